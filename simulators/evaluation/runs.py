"""One scenario with one seed, told to the engine and the baselines at once, and scored."""

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
_DAY_SECONDS = 86_400.0


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
    daily: Callable[[int, Verdicts], None] | None = None,
) -> RunScore:
    """Play one scenario to the engine, the named baselines and any further judges at once.

    `daily` hears, after each simulated day, its number from 1 on and what the engine has said since the beginning.
    """
    world = World(scenario, seed, echo_seconds=ECHO_SECONDS)
    networks = world.population.networks()
    engine = EngineJudge(world.start, settings or engine_settings(networks))
    panel: list[Judge] = [engine]
    panel += [make_baseline(text, networks) for text in against]
    panel += judges
    began, count = perf_counter(), 0
    day, midnight = 1, world.start + _DAY_SECONDS
    for observation in world.observations():
        if daily and observation.at >= midnight:
            daily(day, engine.verdicts)
            day, midnight = day + 1, midnight + _DAY_SECONDS
        for judge in panel:
            judge.observe(observation)
        count += 1
    for judge in panel:
        judge.finish(world.end)
    if daily and world.end >= midnight:
        daily(day, engine.verdicts)
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
