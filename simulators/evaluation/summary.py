"""Many runs in few figures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simulators.evaluation.runs import Judged, RunScore


@dataclass(frozen=True, slots=True)
class Row:
    """One detector over all seeds of one scenario; times in seconds, NaN where nothing was measured."""

    scenario: str
    detector: str
    runs: int
    passed: int
    recall: float
    exact: float
    suspect_p50: float
    confirm_p50: float
    confirm_p95: float
    onset_error: float
    resolve_p50: float
    false_incidents: int
    misnamed: int
    duplicates: int
    months: float
    detection_time: float
    mistake_rate: float
    mistake_duration: float
    query_accuracy: float
    calibration: float


def summarize(runs: Sequence[RunScore]) -> list[Row]:
    """One row per scenario and detector, in the order in which they were run."""
    grouped: dict[tuple[str, str], list[Judged]] = {}
    for run in runs:
        for judged in run.judged:
            grouped.setdefault((run.scenario, judged.detector), []).append(judged)
    return [_row(scenario, detector, group) for (scenario, detector), group in grouped.items()]


def _row(scenario: str, detector: str, group: list[Judged]) -> Row:
    outages = [judged.outages for judged in group if judged.outages is not None]
    devices = [judged.devices for judged in group if judged.devices is not None]
    truths = [truth for score in outages for truth in score.truths]
    found = [truth for truth in truths if truth.hit]
    days = sum(score.device_days for score in devices)
    mistakes = sum(score.mistakes for score in devices)
    mistaken_seconds = sum(score.mistake_seconds for score in devices)
    promises = [score.promise for score in devices if score.promise]
    detections = [seconds for score in devices for seconds in score.detection_seconds]
    return Row(
        scenario=scenario,
        detector=detector,
        runs=len(group),
        passed=sum(judged.passed for judged in group),
        recall=len(found) / len(truths) if truths else math.nan,
        exact=sum(truth.exact for truth in found) / len(found) if found else math.nan,
        suspect_p50=quantile([t.suspected_after for t in truths if t.suspected_after is not None], 0.5),
        confirm_p50=quantile([t.confirmed_after for t in truths if t.confirmed_after is not None], 0.5),
        confirm_p95=quantile([t.confirmed_after for t in truths if t.confirmed_after is not None], 0.95),
        onset_error=quantile([abs(t.onset_error) for t in truths if t.onset_error is not None], 0.5),
        resolve_p50=quantile([t.resolved_after for t in truths if t.resolved_after is not None], 0.5),
        false_incidents=sum(len(score.false) for score in outages),
        misnamed=sum(len(score.misnamed) for score in outages),
        duplicates=sum(truth.duplicates for truth in truths),
        months=sum(score.months for score in outages),
        detection_time=sum(detections) / len(detections) if detections else math.nan,
        mistake_rate=mistakes / days if days else math.nan,
        mistake_duration=mistaken_seconds / mistakes if mistakes else math.nan,
        query_accuracy=1 - mistaken_seconds / (days * 86_400.0) if days else math.nan,
        calibration=mistakes / days / promises[0] if promises and days else math.nan,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of values does not exceed, NaN for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan
