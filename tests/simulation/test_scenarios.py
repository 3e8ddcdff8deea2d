"""Every scenario that comes with the project, played to the real engine: what it must and must not say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulators.scenario import shipped
from tests.simulation.cast import IN_FULL, ONLY_IN_FULL, PARTS, SEEDS
from tests.simulation.playing import staged, unmet


def cases() -> Iterator[object]:
    for name, part in PARTS.items():
        marks = [pytest.mark.slow] if part.slow else []
        if name in ONLY_IN_FULL and not IN_FULL:
            marks.append(
                pytest.mark.skip(reason="takes minutes; SIMULATION_LONG=1 plays it here, and make evaluate in full")
            )
        yield from (pytest.param(name, seed, marks=marks, id=f"{name}-{seed}") for seed in SEEDS)


@pytest.mark.parametrize(("name", "seed"), list(cases()))
def test_a_scenario_is_judged_as_it_demands(name: str, seed: int) -> None:
    assert not (failures := unmet(staged(name), seed)), "\n".join(failures)


def test_every_scenario_has_its_part() -> None:
    assert set(PARTS) == set(shipped())


def test_every_scenario_demands_something() -> None:
    assert [name for name in PARTS if not (staged(name).must_detect or staged(name).must_not)] == []


def test_a_part_is_long_enough_for_what_it_demands() -> None:
    """Each demand with a time limit is over before the part is, so that nothing passes for want of time."""
    short = [
        f"{scenario.name}: {demand.verdict} of {fault.name}"
        for scenario in map(staged, PARTS.keys() - ONLY_IN_FULL)
        for demand in scenario.must_detect
        for fault in scenario.faults
        if fault.name == demand.fault is not None and fault.at + (demand.within or 0) > scenario.duration
    ]
    assert short == []
