"""Eight hours of a simulated fleet, played through the real engine in virtual time: something to look at in pictures.

A provider fails near the end, a feeder jams, a boiler goes out, and in the middle the monitor is cut off for a while.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.core.census import Census, next_minute
from monitor.core.decisions import Decision
from monitor.core.engine import Engine
from monitor.core.explain import Explainer
from monitor.core.observations import Observation
from monitor.core.routing import DeadLetter, ReceiverHealth, Retried, Sent, Trial
from monitor.core.routing.routing import Addressee, Routing
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step, StoreError
from monitor.web.settings import WebSettings
from monitor.web.state import Vitals, WebState
from simulators.judges import engine_settings
from simulators.scenario import Scenario
from simulators.world import World

SEED = 4
SENT = 1000
STORY = {
    "title": "A day to look at",
    "story": "Everything that a page can show, within eight hours.",
    "duration": "8h",
    "fleet": {
        "devices": 900,
        "providers": ["aurora", "borealis", "cirrus", "dorado", "esker"],
        "regions": ["us-east", "us-west", "eu-west"],
        "intervals": {"60s": 0.7, "5m": 0.3},
        "mean_celsius": -6.0,
        "tended": True,
        "telemetry": "10m",
        "wrong_clocks": 0.0,
    },
    "network": {"loss": "geometric"},
    "faults": [
        {"kind": "ailment", "name": "jam", "what": "jam", "at": "30m"},
        {"kind": "ailment", "name": "boiler", "what": "boiler_out", "at": "10m", "leak": "9h"},
        {"kind": "device_death", "name": "dies", "at": "3h", "scope": {"kind": "feeder", "provider": "borealis"}},
        {"kind": "monitor_link_down", "name": "cut-off", "at": "4h", "duration": "18m"},
        {
            "kind": "cut", "name": "short", "at": "2h", "duration": "25m",
            "scope": {"provider": "cirrus", "region": "eu-west"},
        },
        {"kind": "cut", "name": "fails", "at": "6h40m", "duration": "3h", "scope": {"provider": "aurora"}},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staged:
    """The engine at the end of the day, the past in a store, and the counts."""

    engine: Engine
    store: MemoryStore
    census: Census
    now: float

    async def carry_out(self, act: Observation) -> bool:
        """As the loop does: observe, then commit."""
        await self.store.commit(Step(self.now, self.engine.observe(act)))
        return True

    def state(self, settings: WebSettings | None = None) -> WebState:
        """What the pages are given."""
        engine = self.engine
        vitals = Vitals(broker="127.0.0.1:1883", connected=not engine.blind, messages=412_903)
        return WebState(
            engine=engine,
            now=lambda: self.now,
            exporter=MetricsPage(Sources(engine=engine, now=lambda: self.now, version="0.2.0")),
            version="0.2.0",
            settings=settings or WebSettings(),
            archive=self.store,
            vitals=lambda: vitals,
            cover=engine.cover,
            silence_limit=engine.liveness.silence_limit,
            explainer=Explainer(engine),
            welfare=engine.welfare,
            desk=engine.desk,
            carry_out=self.carry_out,
            timelines=self.store.timelines,
            deliveries=self.store,
            delivery=Told(self.now),
            counts=self.census.since,
            unavailable=(StoreError,),
        )


class Told:
    """A receiver that takes everything."""

    def __init__(self, now: float) -> None:
        self._now = now

    async def receivers(self) -> list[ReceiverHealth]:
        """How it is."""
        return [ReceiverHealth("night-shift", "webhook", "own", (), 0, 0, None, self._now - 240, None, "")]

    async def try_out(self, receiver: str) -> Trial | None:
        """It takes a test as well."""
        return Trial(receiver, delivered=True, seconds=0.2, error="")

    async def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """None, whatever the limit."""
        return ()[:limit]

    async def retry(self, deliveries: Sequence[int] | None) -> Retried:
        """There is nothing to retry."""
        return Retried(len(deliveries or ()), 0, 0)

    async def deliveries_of(self, incident: str, limit: int) -> Sequence[Sent]:
        """The store tells those."""
        raise LookupError(f"ask the store for {limit} deliveries of {incident}")


async def staged(hours: float = 8.0) -> Staged:
    """Play the day, or the beginning of it."""
    world = World(Scenario.model_validate(STORY), SEED, echo_seconds=5.0)
    engine = Engine(engine_settings(world.population.networks()), at=world.start)
    store, census = MemoryStore(), Census()
    end = min(world.end, world.start + hours * 3600)
    routing = Routing([Addressee("night-shift")])
    decisions = _played(engine, census, world.observations(), world.start, end)
    await store.commit(Step(end, decisions, letters=routing.letters(decisions, engine.incidents)))
    taken = await store.owed("night-shift", end, SENT)
    await store.delivered({letter.id: None for letter in taken}, end)
    return Staged(engine, store, census, end)


def _played(
    engine: Engine, census: Census, observations: Iterable[Observation], start: float, end: float
) -> list[Decision]:
    decisions: list[Decision] = []
    minute = next_minute(start)
    for observation in observations:
        if observation.at > end:
            break
        while minute <= observation.at:
            decisions += engine.wake(minute)
            census.take(engine.fleet, minute, blind=bool(engine.blind))
            minute = next_minute(minute)
        due = engine.next_deadline()
        if due is not None and due <= observation.at:
            decisions += engine.wake(observation.at)
        decisions += engine.observe(observation)
    return decisions + engine.wake(end)
