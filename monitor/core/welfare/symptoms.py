"""What any device can suffer from: an empty battery, a wrong clock, starting again and again."""

from monitor.core.decisions import Decision
from monitor.core.observations import Heartbeat
from monitor.core.welfare.care import Words
from monitor.core.welfare.case import VitalCase
from monitor.core.words import spell

HOUR_SECONDS = 3600.0
DAY_SECONDS = 86_400.0
BOOTS_KEPT = 16
RECOVERED_RATIO = 0.05
SMALLEST_FALL = 0.03
CLOCK_WORTH_A_LOOK_SECONDS = 60.0
BEATS_TO_TRUST = 1.5
"""A single message that was kept back on its way looks like a wrong clock; the next one tells."""


def stirs(old: Heartbeat | None, new: Heartbeat) -> bool:
    """Whether a heartbeat says anything about the device's own state that the one before it did not."""
    return (
        old is None
        or new.power_source != old.power_source
        or new.battery_ratio != old.battery_ratio
        or new.boot_id != old.boot_id
        or new.clock != old.clock
        or _off(new)
        or _off(old)
    )


def _off(beat: Heartbeat) -> bool:
    """Whether it carries a time that is worth a look; one that was, and is right again, is worth one too."""
    return beat.sent_at is not None and abs(beat.sent_at - beat.at) > CLOCK_WORTH_A_LOOK_SECONDS


def worth_watching(old: Heartbeat | None, new: Heartbeat) -> bool:
    """Whether a heartbeat of a device that is not watched so far is a reason to begin."""
    off_mains = new.power_source != "mains" and new.battery_ratio is not None
    return off_mains or _off(new) or (old is not None and new.boot_id != old.boot_id)


def judge_vitals(case: VitalCase, *, booted: bool) -> list[Decision]:
    """Battery, clock and starts as the last heartbeat shows them."""
    beat = case.device.beat
    if beat is None:
        return []
    if booted:
        case.care.boots = (*case.care.boots[-(BOOTS_KEPT - 1) :], case.at)
    return [*_battery(case, beat), *_drain(case, beat), *_clock(case, beat), *judge_boots(case)]


def judge_boots(case: VitalCase) -> list[Decision]:
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


def _on_battery(case: VitalCase, beat: Heartbeat) -> bool:
    return (beat.power_source or case.device.profile.power) == "battery"


def _battery(case: VitalCase, beat: Heartbeat) -> list[Decision]:
    ratio, low = beat.battery_ratio, case.numbers.battery_low_ratio
    if ratio is None or not _on_battery(case, beat):
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
    if ratio is None or not _on_battery(case, beat):
        case.care.charge = None
        return case.clear("DeviceBatteryDrain", "it runs on mains power")
    if mark is None or ratio > mark[1] + RECOVERED_RATIO:
        case.care.charge = (case.at, ratio)
        return []
    passed = case.at - mark[0]
    if passed < case.numbers.drain_seconds:
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


def _clock(case: VitalCase, beat: Heartbeat) -> list[Decision]:
    if beat.sent_at is None:
        return []
    wrong = beat.sent_at - beat.at
    limit = case.numbers.clock_skew_seconds
    direction = "ahead" if wrong > 0 else "behind"
    return case.put(
        "DeviceClockSkew",
        showing=abs(wrong) > limit or (None if abs(wrong) > limit / 2 else False),
        say=lambda: Words(
            f"the clock of {case.called} is {spell(abs(wrong))} {direction}",
            f"Its messages carry times {spell(abs(wrong))} {direction} of their arrival. What it does by its own plan, "
            f"it does at the wrong time.",
        ),
        over=f"its clock is right to {spell(abs(wrong))}",
        hold=max(case.numbers.clock_hold_seconds, BEATS_TO_TRUST * case.device.interval),
    )
