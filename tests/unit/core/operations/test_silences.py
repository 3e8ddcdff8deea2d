"""Silences: what they match, and that nothing is lost by them."""

import pytest

from monitor.core.decisions import Alert, AlertOwed
from monitor.core.operations.hush import Hush
from monitor.core.operations.silences import Matcher, Silence, fault_of, parse_matcher

LABELS = {"alertname": "FeederJammed", "tenant": "acme", "site": "north-1"}


def alert(key: str = "k", *, state: str = "firing", **labels: str) -> Alert:
    return Alert(key, "FeederJammed", state, "critical", {**LABELS, **labels}, {"summary": "s"}, 1.0)  # type: ignore[arg-type]


def silence(*matchers: str, name: str = "s1", begins: float = 0.0, ends: float = 100.0) -> Silence:
    return Silence(name, tuple(map(parse_matcher, matchers)), begins, ends, "ada", "work")


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ('site="north-1"', True),
        ("site=north-1", True),
        ("site = north-2", False),
        ('site!="north-1"', False),
        ('alertname=~"Feeder.*"', True),
        ('alertname=~"Feeder"', False),
        ('alertname!~"Device.*"', True),
        ('provider=""', True),
        ('provider=~".+"', False),
    ],
)
def test_matchers_are_those_of_alertmanager(text: str, matches: bool) -> None:  # noqa: FBT001
    matcher = parse_matcher(text)
    assert matcher.matches(LABELS) is matches
    assert parse_matcher(str(matcher)) == matcher


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("site", "is no matcher"),
        ('9site="x"', "is no matcher"),
        ('site=~"("', "is no regular expression"),
        ('site=~"(a|a)*b"', "may take too long"),
        ('site=~"(?:a)b"', "may take too long"),
        (r'site=~"(a)\1"', "may take too long"),
        ('site=~"a*a*a*a*b"', "may take too long"),
        ('site=~"' + "a?" * 9 + '"', "may take too long"),
        ('site="' + "x" * 201 + '"', "longer than 200 characters"),
    ],
)
def test_a_matcher_that_cannot_be_used_says_why(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match="site") as refused:
        parse_matcher(text)
    assert fault in str(refused.value)


def test_a_repeat_within_brackets_or_after_a_backslash_is_only_a_character() -> None:
    assert parse_matcher(r'site=~"[*+?)*]+a\*\+\?"').matches({"site": "+?a*+?"})


def test_a_silence_says_its_matchers_and_covers_from_its_begin_until_before_its_end() -> None:
    made = silence('site="north-1"', "tenant=acme", begins=10.0)
    assert str(made) == 'site="north-1", tenant="acme"'
    assert [made.covers(LABELS, at) for at in (9.9, 10.0, 99.9, 100.0)] == [False, True, True, False]
    assert not made.covers({"site": "north-1"}, 50.0)


def test_a_silence_that_makes_no_sense_is_refused() -> None:
    assert fault_of(silence("site=x"), 50.0) == ""
    assert "in the future" in fault_of(silence("site=x"), 100.0)
    assert "after it begins" in fault_of(silence("site=x", begins=100.0), 50.0)
    assert "every alert" in fault_of(silence('site=~".*"', "tenant!=zoo"), 50.0)


class Room:
    """Firing alerts, and a hush over them."""

    def __init__(self) -> None:
        self.firing: dict[str, Alert] = {}
        self.hush = Hush(self.firing)

    def fire(self, at: float, key: str = "k", **labels: str) -> str:
        """An alert fires; the silence that keeps it."""
        self.firing[key] = alert(key, **labels)
        return self.hush.owed(AlertOwed(at, self.firing[key])).silenced_by

    def resolve(self, at: float, key: str = "k") -> str:
        """An alert ends; the silence because of which nobody is told."""
        del self.firing[key]
        return self.hush.owed(AlertOwed(at, alert(key, state="resolved"))).silenced_by


def test_what_was_never_told_ends_in_silence_too() -> None:
    room = Room()
    room.hush.set(silence("tenant=acme"), 0.0)
    assert room.fire(1.0) == "s1"
    assert room.hush.untold("k") == "s1"
    assert room.resolve(2.0) == "s1"
    assert room.hush.untold("k") == ""


def test_the_end_of_what_was_told_is_told_whatever_is_silenced_by_then() -> None:
    room = Room()
    assert room.fire(1.0) == ""
    room.hush.set(silence("tenant=acme"), 2.0)
    assert room.fire(3.0) == "s1", "news of it are kept"
    assert room.hush.untold("k") == ""
    assert room.resolve(4.0) == ""


def test_an_end_of_which_nothing_is_known_is_told() -> None:
    room = Room()
    room.firing["k"] = alert()
    assert room.resolve(1.0) == ""


def test_what_still_fires_when_its_silence_ends_is_owed_anew() -> None:
    room = Room()
    room.fire(0.5, "told")
    room.hush.set(silence("tenant=acme"), 1.0)
    for key in ("told", "fresh", "over"):
        room.fire(2.0, key)
    room.resolve(3.0, "over")
    del room.firing["told"]
    assert [each.id for each in room.hush.over(99.0)] == []
    assert [each.id for each in room.hush.over(100.0)] == ["s1"]
    assert room.hush.end("s1", 100.0) == [AlertOwed(100.0, room.firing["fresh"])]
    assert room.resolve(101.0, "fresh") == ""


def test_another_silence_that_covers_it_goes_on_keeping_it() -> None:
    room = Room()
    room.hush.set(silence("tenant=acme"), 1.0)
    room.hush.set(silence("site=north-1", name="s2", ends=200.0), 1.0)
    room.fire(2.0)
    assert room.hush.next_at == 100.0
    assert room.hush.end("s1", 100.0) == []
    assert room.hush.untold("k") == "s2"


def test_a_silence_that_is_changed_lets_go_of_what_it_covers_no_longer() -> None:
    room = Room()
    room.hush.set(silence("tenant=acme"), 1.0)
    room.fire(2.0)
    assert [owed.alert.key for owed in room.hush.set(silence("tenant=zoo"), 3.0)] == ["k"]
    assert room.fire(4.0) == ""


def test_silences_and_what_they_keep_survive_a_restart() -> None:
    room = Room()
    room.fire(0.5, "told")
    room.hush.set(silence("tenant=acme", "site=~north.*"), 1.0)
    for key in ("told", "kept"):
        room.fire(2.0, key)
    again = Hush(room.firing)
    again.restore(room.hush.save())
    assert again.silences == room.hush.silences
    assert again.untold("kept") == "s1"
    assert again.untold("told") == ""
    assert [owed.alert.key for owed in again.end("s1", 5.0)] == ["told", "kept"]
    assert Matcher("site", "=~", "north.*") in room.hush.silences["s1"].matchers
