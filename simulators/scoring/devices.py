"""Verdicts on single devices against the truth: Chen, Toueg and Aguilera's measures, and calibration."""

import math
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from simulators.faults.center import CENTER
from simulators.scoring.verdicts import Spell, Verdicts
from simulators.truth import Absence

DAY_SECONDS = 86_400.0
CRASH_SECONDS = 1800.0
"""Absences of at least this length must be detected and give the detection time; shorter ones may be."""
RETURN_SECONDS = 5.0
"""A device that was away is not yet expected to be believed back within so short a time."""


@dataclass(frozen=True, slots=True)
class DeviceScore:
    """How well devices were judged; times in seconds, rates per device-day."""

    device_days: float
    mistakes: int
    mistake_seconds: float
    crashes: int
    detected: int
    detection_seconds: tuple[float, ...]
    promise: float | None = None
    devices_with_mistakes: int = 0

    @property
    def mistake_rate(self) -> float:
        """λ_M: mistakes per device-day."""
        return self.mistakes / self.device_days if self.device_days else 0.0

    @property
    def mistake_duration(self) -> float:
        """T_M: mean length of a mistake."""
        return self.mistake_seconds / self.mistakes if self.mistakes else 0.0

    @property
    def query_accuracy(self) -> float:
        """P_A: chance that a living device, looked at at random, is rightly called alive."""
        alive = self.device_days * DAY_SECONDS
        return 1.0 - self.mistake_seconds / alive if alive else 1.0

    @property
    def detection_time(self) -> float:
        """T_D: mean time from a crash to its verdict; infinite if none was found."""
        found = self.detection_seconds
        return sum(found) / len(found) if found else math.inf

    @property
    def calibration(self) -> float | None:
        """Mistakes measured over mistakes promised."""
        return None if not self.promise else self.mistake_rate / self.promise

    def detection_quantile(self, share: float) -> float:
        """The detection time that this share of crashes does not exceed."""
        ordered = sorted(self.detection_seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.inf


def score_devices(
    verdicts: Verdicts,
    absences: Iterable[Absence],
    devices: Sequence[str],
    start: float,
    end: float,
) -> DeviceScore:
    """Score one run over the given devices.

    A mistake is to call a device offline that is alive and sending. What the centre does to a device (a broker restart)
    is no absence of the device: calling it offline then is a mistake too.
    """
    away: dict[str, list[Absence]] = defaultdict(list)
    for absence in absences:
        if absence.cause != CENTER:
            away[absence.device].append(absence)
    tally = _Tally()
    for device in devices:
        tally.add(_merge(away.get(device, ()), end), verdicts.offline.get(device, []), start, end)
    return DeviceScore(
        device_days=tally.alive_seconds / DAY_SECONDS,
        mistakes=tally.mistakes,
        mistake_seconds=tally.mistake_seconds,
        crashes=tally.crashes,
        detected=len(tally.detection_seconds),
        detection_seconds=tuple(tally.detection_seconds),
        promise=verdicts.promise,
        devices_with_mistakes=tally.mistaken,
    )


class _Tally:
    """Adds up the scores of devices."""

    def __init__(self) -> None:
        self.alive_seconds = 0.0
        self.mistakes = 0
        self.mistake_seconds = 0.0
        self.crashes = 0
        self.mistaken = 0
        self.detection_seconds: list[float] = []

    def add(self, absent: list[tuple[float, float]], offline: list[Spell], start: float, end: float) -> None:
        self.alive_seconds += (end - start) - sum(until - since for since, until in absent)
        before = self.mistakes
        for spell in offline:
            self._judge_spell(spell, absent, end)
        self.mistaken += self.mistakes > before
        for since, until in absent:
            if until - since >= CRASH_SECONDS:
                self.crashes += 1
                self._judge_crash(since, until, offline)

    def _judge_spell(self, spell: Spell, absent: list[tuple[float, float]], end: float) -> None:
        position = bisect_right(absent, (spell.start, math.inf)) - 1
        if position >= 0 and spell.start <= absent[position][1] + RETURN_SECONDS:
            return
        over = spell.end if spell.end is not None else end
        following = absent[position + 1][0] if position + 1 < len(absent) else end
        self.mistakes += 1
        self.mistake_seconds += max(0.0, min(over, following) - spell.start)

    def _judge_crash(self, since: float, until: float, offline: list[Spell]) -> None:
        """A crash is found by the first spell that covers part of it; one that began before counts as found at once."""
        for spell in offline:
            if spell.start <= until and (spell.end is None or spell.end > since):
                self.detection_seconds.append(max(0.0, spell.start - since))
                return


def _merge(absences: Iterable[Absence], end: float) -> list[tuple[float, float]]:
    """Absences of one device in order, those that touch joined."""
    spells = sorted((each.start, end if each.end is None else min(each.end, end)) for each in absences)
    merged: list[tuple[float, float]] = []
    for since, until in spells:
        if since >= end:
            continue
        if merged and since <= merged[-1][1] + RETURN_SECONDS:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((since, until))
    return merged
