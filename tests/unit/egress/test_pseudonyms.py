"""Pseudonyms and where their key comes from."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.egress import EgressError, EgressSettings, Pseudonyms, load_key

KEY = Pseudonyms(b"a key that only this test knows")


def test_pseudonyms_depend_on_the_key() -> None:
    assert KEY.of("home", "feeder-1") == KEY.of("home", "feeder-1") == KEY.of_device("home/feeder-1")
    assert KEY.of("home", "feeder-1") != KEY.of("home", "feeder-2")
    assert KEY.of("home", "feeder-1") != Pseudonyms(b"another key of some length").of("home", "feeder-1")


def test_the_same_name_at_another_tenant_has_another_pseudonym() -> None:
    assert KEY.of("home", "feeder-1") != KEY.of("cabin", "feeder-1")
    assert KEY.of("a", "b/c") != KEY.of("a/b", "c")


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    first = load_key(EgressSettings(), tmp_path)
    assert load_key(EgressSettings(), tmp_path) == first
    assert stat.S_IMODE((tmp_path / "pseudonym.key").stat().st_mode) == 0o600
    assert len(first) == 64


def test_a_configured_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a key from somewhere else\n")
    folder = tmp_path / "store"
    folder.mkdir()
    assert load_key(EgressSettings(pseudonym_key_file=file), folder) == b"a key from somewhere else"
    assert load_key(EgressSettings(pseudonym_key=SecretStr("sixteen characters")), folder) == b"sixteen characters"
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["short", None])
def test_a_key_file_that_cannot_serve_is_named(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "key"
    if text is not None:
        file.write_text(text)
    with pytest.raises(EgressError, match=str(file)):
        load_key(EgressSettings(pseudonym_key_file=file), tmp_path)


def test_a_folder_that_cannot_take_the_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(EgressError, match="pseudonym_key_file"):
        load_key(EgressSettings(), tmp_path / "missing")
