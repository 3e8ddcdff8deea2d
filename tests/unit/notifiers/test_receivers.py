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
