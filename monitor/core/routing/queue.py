"""What is owed to one receiver, sorted: what leaves together now, what waits, what need not leave any more."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from monitor.core.routing.owed import Delivery

LATER = frozenset({"escalation", "reminder"})
"""What leaves only if nobody acknowledged until then."""


@dataclass(frozen=True, slots=True)
class Present:
    """The moment at which a queue is sorted.

    What was due before `began_at`, the start of this life of the program, may have been sent by the one before; so may
    what is in `tried`. `again` is the first look after a start, when nobody is left alone because of what happened
    before. `unwanted` says why a reminder or an escalation need not leave, empty if it must.
    """

    now: float
    began_at: float
    again: bool
    tried: frozenset[int]
    unwanted: Callable[[Delivery], str]


def is_ripe(row: Delivery, now: float, *, again: bool) -> bool:
    """Whether it may leave. What was owed in the future was owed by a clock that was set back since."""
    return row.due_at <= now or (again and row.attempts > 0) or row.owed_at > now


def settle(rows: Iterable[Delivery], present: Present) -> tuple[list[list[Delivery]], dict[int, str]]:
    """The parcels to send now, in order, no alert twice; and what is not to be sent at all, with the reason."""
    ended: dict[int, str] = {}
    alerts: dict[str, list[Delivery]] = {}
    for row in sorted(rows, key=lambda each: each.id):
        alerts.setdefault(row.key, []).append(row)
    left = [row for same in alerts.values() for row in _still_wanted(same, present, ended)]
    return _parcels(_leaving(sorted(left, key=lambda row: row.id), present)), ended


def _still_wanted(rows: Sequence[Delivery], present: Present, ended: dict[int, str]) -> list[Delivery]:
    """What is left of the news of one alert, oldest first, when what nobody needs is taken out."""
    kept: list[Delivery] = []
    untold = False
    for row in rows:
        waits = _untried(row, present)
        if row.reason in LATER and waits and (why := present.unwanted(row)):
            ended[row.id] = why
            untold = True
            continue
        if row.state == "resolved":
            over = [each for each in _latest_spell(kept) if _was_over(each, row, present)]
            ended.update((each.id, "over before it was due") for each in over)
            kept = [each for each in kept if each not in over]
            fires = kept[-1].state == "firing" if kept else row.told
            if (over or untold) and not fires and row.id not in present.tried:
                ended[row.id] = "nobody was told that it fired"
                continue
        else:
            old = [each for each in _latest_spell(kept) if _is_outdated(each, row, present)]
            ended.update((each.id, "newer words leave with it") for each in old)
            kept = [each for each in kept if each not in old]
        kept.append(row)
    return kept


def _latest_spell(kept: Sequence[Delivery]) -> list[Delivery]:
    """The news since the alert last ended: what is over or outdated now can only be among it."""
    ends = [place for place, row in enumerate(kept, 1) if row.state == "resolved"]
    return list(kept[ends[-1] if ends else 0 :])


def _untried(row: Delivery, present: Present) -> bool:
    """Whether nobody can have been told of it yet."""
    tried = row.begun or row.attempts > 0 or row.id in present.tried
    return row.bundle != "" and not tried and row.due_at > present.began_at


def _was_over(row: Delivery, resolved: Delivery, present: Present) -> bool:
    return _untried(row, present) and row.due_at > resolved.owed_at


def _is_outdated(row: Delivery, newer: Delivery, present: Present) -> bool:
    return _untried(row, present) and row.due_at >= newer.due_at


def _leaving(rows: Sequence[Delivery], present: Present) -> list[Delivery]:
    """One piece of news of each alert at most. What was refused holds up all of its incident that came after it."""
    ripe = {row.key for row in rows if is_ripe(row, present.now, again=present.again)}
    seen: set[str] = set()
    refused: set[str] = set()
    leaving: list[Delivery] = []
    for row in rows:
        if row.key in seen:
            continue
        seen.add(row.key)
        if row.attempts and not is_ripe(row, present.now, again=present.again):
            refused.add(row.thread)
        elif row.key in ripe and row.thread not in refused:
            leaving.append(row)
    return leaving


def _parcels(rows: Sequence[Delivery]) -> list[list[Delivery]]:
    """What has one bundle and moment, or was owed by one step, together; nothing overtakes another of its incident."""
    parcels: list[list[Delivery]] = []
    open_parcel: dict[tuple[str, float], int] = {}  # by bundle and first due moment, or by step
    latest: dict[str, int] = {}
    for row in rows:
        group = (row.bundle, row.wanted_at if row.bundle else row.owed_at)
        place = open_parcel.get(group, -1)
        if place < latest.get(row.thread, 0):
            place = open_parcel[group] = len(parcels)
            parcels.append([])
        parcels[place].append(row)
        latest[row.thread] = place
    return parcels
