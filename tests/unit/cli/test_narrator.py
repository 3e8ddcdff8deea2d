"""The demo's story, told from a small world in virtual time."""

import io

import pytest
from rich.console import Console

from monitor.cli.narrator import Narrator
from monitor.clock import VirtualClock
from monitor.core.engine import Engine, EngineSettings
from simulators.scenario import load_scenario
from simulators.world import World


async def story(minutes: float) -> tuple[list[str], str]:
    """What is told of the demo's scenario with eighty devices, each line once, and what is printed around it."""
    world = World(load_scenario("demo").resized(80), seed=2)
    clock = VirtualClock(world.start)
    engine = Engine(EngineSettings(), at=world.start, path="link")
    printed = io.StringIO()
    narrator = Narrator(engine, world, clock, Console(file=printed, width=200))
    narrator.welcome("http://127.0.0.1:1", "a broker", 30)
    told: list[str] = []
    for observation in world.observations():
        if observation.at > world.start + minutes * 60:
            break
        while (deadline := engine.next_deadline()) is not None and deadline <= observation.at:
            engine.wake(deadline)
        engine.observe(observation)
        if observation.at >= clock.now() + 5:
            await clock.advance_to(observation.at)
            told += [said for said, _ in narrator.news()]
    narrator.farewell()
    return told, printed.getvalue()


def place(told: list[str], *words: str) -> int:
    """Where a line with all these words stands; the only one of its kind."""
    (found,) = [index for index, said in enumerate(told) if all(word in said for word in words)]
    return found


@pytest.mark.slow
async def test_the_story_is_told_once_and_in_order() -> None:
    told, printed = await story(58)
    order = [
        place(told, "monitor", "80 of 80 devices are here"),
        place(told, "world", "feeder-dies", "falls silent now"),
        place(told, "alert", "DeviceOffline", "feeder acorn/"),
        place(told, "world", "aurora-fails", "fall silent now"),
        place(told, "monitor", "INCIDENT provider aurora"),
        place(told, "world", "aurora-fails", "over"),
        place(told, "monitor", "RESOLVED provider aurora"),
    ]
    assert order == sorted(order)
    assert place(told, "alert", "ProviderOutage (critical)") > order[4] - 1
    assert place(told, "alert", "ProviderOutage resolved") > order[5]
    assert "http://127.0.0.1:1" in printed
    assert "That was the demo: 80 devices known" in printed
