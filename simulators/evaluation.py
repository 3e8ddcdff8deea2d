"""Runs scenarios with many seeds through the engine and the baselines, on the same traces, and scores them all."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from time import perf_counter

from monitor.core.engine import EngineSettings
from simulators.baselines import make_baseline
from simulators.judges import EngineJudge, Judge, engine_settings
from simulators.scenario import Scenario
from simulators.scoring import DeviceScore, Finding, OutageScore, Verdicts, examine, score_devices, score_outages
from simulators.world import World

ECHO_SECONDS = 5.0
PROGRESS_OBSERVATIONS = 20_000


@dataclass(frozen=True, slots=True)
class Judged:
    """What one detector scored in one run."""

    detector: str
    verdicts: Verdicts
    outages: OutageScore | None
    devices: DeviceScore | None
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether every demand of the scenario was met."""
        return all(finding.met for finding in self.findings)


@dataclass(frozen=True, slots=True)
class RunScore:
    """One scenario with one seed; `observations` were judged by every detector within `seconds` of real time."""

    scenario: str
    seed: int
    simulated_seconds: float
    devices: int
    observations: int
    seconds: float
    judged: tuple[Judged, ...]


def run_scenario(
    scenario: Scenario,
    seed: int,
    *,
    against: Sequence[str] = (),
    settings: EngineSettings | None = None,
    judges: Iterable[Judge] = (),
    progress: Callable[[float], None] | None = None,
) -> RunScore:
    """Play one scenario to the engine, the named baselines and any further judges at once.

    `progress` is told now and then which share of the simulated time has passed.
    """
    world = World(scenario, seed, echo_seconds=ECHO_SECONDS)
    networks = world.population.networks()
    panel: list[Judge] = [EngineJudge(world.start, settings or engine_settings(networks))]
    panel += [make_baseline(text, networks) for text in against]
    panel += judges
    began, count = perf_counter(), 0
    for observation in world.observations():
        for judge in panel:
            judge.observe(observation)
        count += 1
        if progress is not None and count % PROGRESS_OBSERVATIONS == 0:
            progress((observation.at - world.start) / (world.end - world.start))
    for judge in panel:
        judge.finish(world.end)
    seconds = perf_counter() - began
    judged = tuple(_judged(world, judge.verdicts) for judge in panel)
    return RunScore(scenario.name, seed, world.end - world.start, len(world.population), count, seconds, judged)


def _judged(world: World, verdicts: Verdicts) -> Judged:
    truths = world.truth()
    seconds = world.end - world.start
    regular = [device.id for device in world.population if not device.sleepy]
    return Judged(
        detector=verdicts.detector,
        verdicts=verdicts,
        outages=score_outages(verdicts, truths, world.population, seconds) if "outage" in verdicts.vocabulary else None,
        devices=score_devices(verdicts, world.absences(), regular, world.start, world.end)
        if "device" in verdicts.vocabulary
        else None,
        findings=tuple(examine(world.scenario, verdicts, truths, world.population)),
    )


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
