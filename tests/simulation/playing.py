"""Plays a scenario to the real engine in virtual time, and says what came of each demand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from simulators.evaluation.runs import run_scenario
from simulators.scenario import Expectation, Scenario, load_scenario
from simulators.scoring import Verdicts
from tests.simulation.cast import IN_FULL, PARTS

MOST_SHOWN = 12


def staged(name: str) -> Scenario:
    """A shipped scenario as large and as long as tests play it."""
    part = PARTS[name]
    scenario = load_scenario(name).resized(part.devices)
    if part.hours is None or IN_FULL:
        return scenario
    return scenario.model_copy(update={"duration": min(scenario.duration, part.hours * 3600)})


def unmet(scenario: Scenario, seed: int) -> list[str]:
    """Each demand that was not met: scenario, demand, and what was seen instead."""
    (judged,) = run_scenario(scenario, seed).judged
    seen = "\n    ".join(_seen(judged.verdicts, scenario.start_at)) or "nothing was said"
    return [
        f"{scenario.name} (seed {seed}, {scenario.fleet.devices} devices):"
        f" {_demand(finding.expectation, wanted=finding.wanted)}; {finding.text}\n    {seen}"
        for finding in judged.findings
        if not finding.met
    ]


def _demand(expectation: Expectation, *, wanted: bool) -> str:
    parts = [f"{key} {value}" for key, value in expectation.model_dump(exclude_none=True).items()]
    return f"{'must_detect' if wanted else 'must_not'} {', '.join(parts)}"


def _seen(verdicts: Verdicts, start: float) -> Iterator[str]:
    """What was said, in order of importance."""
    for outage in verdicts.outages[:MOST_SHOWN]:
        over = "" if outage.resolved_at is None else f", over {_after(outage.resolved_at, start)}"
        same = f", the same as {[dict(scope) for scope in outage.equivalents]}" if outage.equivalents else ""
        yield f"outage {outage.layer} {dict(outage.scope)} {_after(outage.opened_at, start)}{over}{same}"
    for suspicion in verdicts.suspicions[:MOST_SHOWN]:
        yield f"suspicion {suspicion.layer} {dict(suspicion.scope)} {_after(suspicion.at, start)}"
    for spell in verdicts.blind[:MOST_SHOWN]:
        yield f"blind {_after(spell.start, start)}"
    gone = [(spell.start, device) for device, spells in verdicts.offline.items() for spell in spells]
    for at, device in sorted(gone)[:MOST_SHOWN]:
        yield f"offline {device} {_after(at, start)}"


def _after(moment: float, start: float) -> str:
    return f"after {timedelta(seconds=round(moment - start))}"
