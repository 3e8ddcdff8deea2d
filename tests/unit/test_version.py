"""Where the revision is found: an image's environment, a wheel's file, a checkout's records."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.version import find_revision

FULL = "0123456789abcdef0123456789abcdef01234567"
SHORT = FULL[:12]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout" / "monitor"
    folder.mkdir(parents=True)
    return folder


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_what_the_environment_says_comes_first(package: Path) -> None:
    write(package / "revision.txt", f"{FULL}\n")
    assert find_revision(package, {"HEARTHBEAT_REVISION": "2026.1"}) == "2026.1"
    assert find_revision(package, {"HEARTHBEAT_REVISION": ""}) == SHORT


@pytest.mark.parametrize("place", ["refs/heads/main", "packed-refs", "HEAD"])
def test_a_checkout_is_read_without_git(package: Path, place: str) -> None:
    records = package.parent / ".git"
    write(records / "HEAD", "ref: refs/heads/main\n" if place != "HEAD" else FULL)
    if place == "packed-refs":
        write(
            records / place,
            f"# pack-refs with: peeled\n{'f' * 40} refs/heads/other\n{FULL} refs/heads/main\n^{'e' * 40}\n",
        )
    elif place != "HEAD":
        write(records / place, f"{FULL}\n")
    assert find_revision(package, {}) == SHORT


def test_a_second_work_tree_points_to_the_records_of_the_first(package: Path) -> None:
    main = package.parents[1] / "main" / ".git"
    write(package.parent / ".git", f"gitdir: {main}/worktrees/second\n")
    write(main / "worktrees" / "second" / "HEAD", "ref: refs/heads/side\n")
    write(main / "worktrees" / "second" / "commondir", "../..\n")
    write(main / "refs" / "heads" / "side", f"{FULL}\n")
    assert find_revision(package, {}) == SHORT


def test_only_a_source_that_nothing_is_known_of_is_unknown(package: Path) -> None:
    assert find_revision(package, {}) == "unknown"
    write(package.parent / ".git" / "HEAD", "ref: refs/heads/main\n")
    assert find_revision(package, {}) == "unknown"
