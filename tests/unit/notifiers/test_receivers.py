"""All entries of `[[notifiers]]` together."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from monitor.notifiers import Receivers


def test_two_receivers_may_not_share_a_name() -> None:
    with pytest.raises(ValueError, match="2 receivers are named 'console'; give each its own name"):
        TypeAdapter(Receivers).validate_python([{"type": "console"}, {"type": "console"}])


def test_receivers_with_names_of_their_own_are_welcome() -> None:
    found = TypeAdapter(Receivers).validate_python([{"type": "console"}, {"type": "console", "name": "second"}])
    assert [receiver.name for receiver in found] == ["console", "second"]


def test_a_third_party_cannot_be_granted_our_free_words() -> None:
    entry = {"type": "webhook", "name": "chat", "url": "http://127.0.0.1:1", "fields": ["kind", "description"]}
    with pytest.raises(ValueError, match="chat is a third party and must not get description"):
        TypeAdapter(Receivers).validate_python([{**entry, "trust": "third_party"}])
    (ours,) = TypeAdapter(Receivers).validate_python([entry])
    assert ours.fields == ("kind", "description")


def test_a_field_that_does_not_exist_cannot_be_granted() -> None:
    with pytest.raises(ValueError, match="fields"):
        TypeAdapter(Receivers).validate_python([{"type": "console", "fields": ["shoe_size"]}])
