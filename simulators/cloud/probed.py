"""What the monitor of a scenario finds when it probes the scenario's clouds."""

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING

from monitor.core.probing.results import ProbeResult
from simulators.cloud.asking import answers, usual_questions
from simulators.cloud.provider import SimulatedProvider, Spell, spells_of
from simulators.cloud.spec import CloudSpec

if TYPE_CHECKING:
    from simulators.world import World


def probed(world: "World") -> Iterator[ProbeResult]:
    """All results of a scenario's run. Their moments are drawn apart, so that probing changes nothing else."""
    providers = [_provider(world, spec) for spec in world.scenario.clouds]
    return answers(usual_questions(providers), world.start, world.end, Random(f"{world.seed} probes"))


def _provider(world: "World", spec: CloudSpec) -> SimulatedProvider:
    dead: tuple[Spell, ...] = ()
    if spec.api_dead_at is not None:
        begin = world.start + spec.api_dead_at
        dead = (Spell(begin, begin + spec.api_dead_for),)
    outages = spells_of(world.truth(), spec.provider)
    return SimulatedProvider(spec.provider, outages, dead, spec.page, spec.page_lag)
