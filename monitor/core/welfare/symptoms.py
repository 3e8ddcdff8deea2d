"""What any device can suffer from: an empty battery, a wrong clock, starting again and again."""

from collections.abc import Sequence

from monitor.core.decisions import Decision
from monitor.core.observations import Heartbeat
from monitor.core.welfare.care import Care, Words
from monitor.core.welfare.case import VitalCase
from monitor.core.words import count, spell

HOUR_SECONDS = 3600.0
DAY_SECONDS = 86_400.0
MOMENTS_KEPT = 16
RECOVERED_RATIO = 0.05
SMALLEST_FALL = 0.03
CLOCK_WORTH_A_LOOK_SECONDS = 60.0
WEAK_WORTH_A_LOOK_DBM = -70.0
STRONG_AGAIN_DBM = 5.0
INTERVALS_WATCHED = 48
LOST_AT_ONCE = 3
"""A longer gap counts as no more than this: it is an absence, which others judge."""
FAULTS_KEPT = 16
JAM_CODES = frozenset({"jam", "jammed", "motor_stall", "outlet_blocked"})
"""Faults of a feeder that have an alert of their own."""
FAULTS_NAMED = 5


def stirs(old: Heartbeat | None, new: Heartbeat) -> bool:
    """Whether a heartbeat says anything about the device's own state that the one before it did not.

    What it does not name it says nothing about.
    """
    return (
        old is None
        or (new.power_source != old.power_source and new.power_source is not None)
        or (new.battery_ratio != old.battery_ratio and new.battery_ratio is not None)
        or new.boot_id != old.boot_id
        or new.clock != old.clock
        or new.seq - old.seq != 1
        or new.faults != old.faults
        or _off(new)
        or _off(old)
    )


def _off(beat: Heartbeat) -> bool:
    """Whether it carries a time that is worth a look; one that was, and is right again, is worth one too."""
    return beat.sent_at is not None and abs(beat.sent_at - beat.at) > CLOCK_WORTH_A_LOOK_SECONDS


def worth_watching(old: Heartbeat | None, new: Heartbeat) -> bool:
    """Whether a heartbeat of a device that is not watched so far is a reason to begin."""
    off_mains = new.power_source != "mains" and new.battery_ratio is not None
    booted = old is not None and new.boot_id != old.boot_id
    faint = _broke(old, new) and new.rssi_dbm is not None and new.rssi_dbm < WEAK_WORTH_A_LOOK_DBM
    return off_mains or booted or faint or bool(new.faults) or _off(new)


def _broke(old: Heartbeat | None, new: Heartbeat) -> bool:
    """Whether heartbeats between these two were lost."""
    return old is not None and new.boot_id == old.boot_id and new.seq - old.seq > 1


def note_vitals(case: VitalCase, old: Heartbeat | None, new: Heartbeat) -> None:
    """What is new since the heartbeat before: a start, a gap, faults that came or went."""
    care = case.care
    if old is not None and new.boot_id != old.boot_id:
        care.boots = (*care.boots[-(MOMENTS_KEPT - 1) :], case.at)
        care.faults = ()
    if old is not None and _broke(old, new):
        begun, lost = care.air or (case.at, 0.0)
        care.air = (begun, lost + min(new.seq - old.seq - 1, LOST_AT_ONCE))
    gone = old.faults if old is not None else ()
    note_faults(case, raised=new.faults, cleared=tuple(code for code in gone if code not in new.faults))


def note_faults(case: VitalCase, *, raised: Sequence[str] = (), cleared: Sequence[str] = ()) -> None:
    """Faults that the device reports, or no longer does."""
    known = case.care.faults
    if raised or cleared:
        case.care.faults = tuple(sorted({*known, *raised}.difference(cleared)))[:FAULTS_KEPT]


def keep_stated(care: Care, beat: Heartbeat | None) -> None:
    """Remember what a heartbeat names of battery, power and signal; what it does not name stays as it was said last."""
    if beat is None:
        return
    if beat.battery_ratio is not None:
        care.battery = beat.battery_ratio
    if beat.rssi_dbm is not None:
        care.rssi = beat.rssi_dbm
    if beat.power_source is not None and (care.supply is None or beat.at > care.supply[0]):
        care.supply = (beat.at, beat.power_source)


def judge_vitals(case: VitalCase, beat: Heartbeat) -> list[Decision]:
    """Battery, clock, starts, reception and faults as the last heartbeat shows them."""
    keep_stated(case.care, beat)
    return [*_battery(case), *_drain(case, beat), *_clock(case, beat), *judge_lately(case), *judge_faults(case)]


def judge_lately(case: VitalCase) -> list[Decision]:
    """What ends when it has not happened for a while."""
    return [*_boots(case), *_signal(case)]


def quiet_at(case: VitalCase) -> float | None:
    """When to look at what happened again and again, or whether it has stopped; None if nothing did."""
    care = case.care
    moments = [care.boots[-1] + HOUR_SECONDS] if "DeviceRebootLoop" in care.signs else []
    if care.air is not None:
        moments.append(care.air[0] + _watched(case))
    return min(moments, default=None)


def _watched(case: VitalCase) -> float:
    """Over how long losses are measured: longer for devices that speak seldom."""
    return max(HOUR_SECONDS, INTERVALS_WATCHED * case.device.interval)


def _signal(case: VitalCase) -> list[Decision]:
    """Many heartbeats lost while the signal is weak, measured over whole spells. A long gap is an outage, not this."""
    keep_stated(case.care, case.device.beat)
    rssi, mark, weak = case.care.rssi, case.care.air, case.numbers.signal_weak_dbm
    if rssi is None or rssi >= weak + STRONG_AGAIN_DBM:
        case.care.air = None
        return case.clear("DeviceSignalWeak", "its signal is strong enough")
    if mark is None or (passed := case.at - mark[0]) < _watched(case):
        return []
    share, limit = mark[1] * case.device.interval / passed, case.numbers.lost_share
    case.care.air = (case.at, 0.0) if mark[1] else None
    return case.put(
        "DeviceSignalWeak",
        showing=(rssi < weak and share > limit) or (None if share > limit / 2 else False),
        say=lambda: Words(
            f"{case.called} is hard to hear: {rssi:.0f} dBm, {share:.0%} of its heartbeats lost in {spell(passed)}",
            "What it tells may be lost too. This is its place or its router, not its provider.",
            since=mark[0],
        ),
        over=f"{1 - share:.0%} of its heartbeats come",
    )


def judge_faults(case: VitalCase) -> list[Decision]:
    """What the device itself calls a fault; jams of feeders have an alert of their own."""
    codes = [code for code in case.care.faults if code not in JAM_CODES or case.device.profile.kind != "feeder"]
    named = ", ".join(codes[:FAULTS_NAMED])
    return case.put(
        "DeviceFault",
        showing=bool(codes),
        say=lambda: Words(
            f"{case.called} reports {count(len(codes), 'fault')}: {named}",
            "These are its maker's codes, as it sends them.",
            news=named,
        ),
        over="it reports no fault any more",
        hold=case.numbers.fault_hold_seconds,
    )


def _boots(case: VitalCase) -> list[Decision]:
    """Whether it starts again and again."""
    boots = case.care.boots
    lately = sum(moment > case.at - HOUR_SECONDS for moment in boots)
    return case.put(
        "DeviceRebootLoop",
        showing=lately >= case.numbers.boots_per_hour or (None if lately else False),
        say=lambda: Words(
            f"{case.called} starts again and again: {lately} times in an hour",
            "Each start may lose a meal, or a plan that is held in volatile memory.",
            since=boots[-lately],
        ),
        over=f"it has not started anew for {spell(HOUR_SECONDS)}",
    )


def _on_battery(case: VitalCase) -> bool:
    return (case.care.supply[1] if case.care.supply is not None else case.device.profile.power) == "battery"


def _battery(case: VitalCase) -> list[Decision]:
    ratio, low = case.care.battery, case.numbers.battery_low_ratio
    if ratio is None:
        return []
    if not _on_battery(case):
        return case.clear("DeviceBatteryLow", "it runs on mains power")
    return case.put(
        "DeviceBatteryLow",
        showing=ratio < low or (None if ratio < low + RECOVERED_RATIO else False),
        say=lambda: Words(f"{case.called} has {ratio:.0%} battery left", f"It runs on its battery; low is {low:.0%}."),
        over=f"the battery is at {ratio:.0%} again",
        hold=case.numbers.battery_hold_seconds,
    )


def _drain(case: VitalCase, beat: Heartbeat) -> list[Decision]:
    """A battery that empties faster than it should, measured over hours; one that only bridges a power cut may."""
    ratio, mark = beat.battery_ratio, case.care.charge
    if case.device.profile.power != "battery":
        return []
    if not _on_battery(case):
        case.care.charge = None
        return case.clear("DeviceBatteryDrain", "it runs on mains power")
    if ratio is None:
        return []
    two_steps = 2 * _gauge_step(case.care, ratio)
    if mark is None or ratio > mark[1] + RECOVERED_RATIO:
        case.care.charge = (case.at, ratio)
        return []
    passed = case.at - mark[0]
    if passed < max(case.numbers.drain_seconds, two_steps / case.numbers.drain_per_day * DAY_SECONDS):
        return []
    case.care.charge = (case.at, ratio)
    fall = mark[1] - ratio
    per_day, limit = fall / passed * DAY_SECONDS, case.numbers.drain_per_day
    return case.put(
        "DeviceBatteryDrain",
        showing=(per_day > limit and fall >= SMALLEST_FALL) or (None if per_day > limit / 2 else False),
        say=lambda: Words(
            f"{case.called} loses {per_day:.0%} of its battery a day; what is left lasts about "
            f"{spell(ratio / per_day * DAY_SECONDS)}",
            f"It fell from {mark[1]:.0%} to {ratio:.0%} in {spell(passed)}. Others of its release may do so too.",
            since=mark[0],
        ),
        over="its battery lasts again",
    )


def _gauge_step(care: Care, ratio: float) -> float:
    """The smallest step that its gauge was seen to make; a single one in so short a time says nothing of a rate."""
    step, last = care.gauge or (0.0, ratio)
    moved = abs(ratio - last)
    care.gauge = (min(step or moved, moved) if moved else step, ratio)
    return care.gauge[0]


def _clock(case: VitalCase, beat: Heartbeat) -> list[Decision]:
    """Two heartbeats must agree: a single one that was kept back on its way looks like a wrong clock, too."""
    if beat.sent_at is None:
        return []
    wrong = beat.sent_at - beat.at
    limit = case.numbers.clock_skew_seconds
    direction = "ahead" if wrong > 0 else "behind"
    before = case.care.skew
    agreed = before is not None and abs(wrong - before[1]) < limit / 2 and before[0] != beat.at
    if before is None or before[0] != beat.at:
        case.care.skew = (beat.at, wrong) if abs(wrong) > limit / 2 else None
    return case.put(
        "DeviceClockSkew",
        showing=(abs(wrong) > limit and agreed) or (None if abs(wrong) > limit / 2 else False),
        say=lambda: Words(
            f"the clock of {case.called} is {spell(abs(wrong))} {direction}",
            f"Its messages carry times {spell(abs(wrong))} {direction} of their arrival. What it does by its own plan, "
            f"it does at the wrong time.",
        ),
        over=f"its clock is right to {spell(abs(wrong))}",
        hold=case.numbers.clock_hold_seconds,
    )
