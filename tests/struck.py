"""A small fleet with a provider that went dark, judged by the real engine, and pages that change it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.core.decisions import Decision, Incident
from monitor.core.engine import Engine, EngineSettings
from monitor.core.explain import Explainer
from monitor.core.observations import DeviceInfo, Heartbeat, Observation
from monitor.devices.profile import Profile
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from monitor.web.settings import WebSettings
from monitor.web.state import WebState
from tests.asking import web_state, with_token

START = 1_790_000_000.0
BEAT_SECONDS = 10.0
WELL_SECONDS, DARK_SECONDS = 900.0, 240.0


@dataclass
class Struck:
    """An engine in the middle of an outage of aurora, and its store."""

    engine: Engine
    store: MemoryStore
    now: float

    @property
    def incident(self) -> Incident:
        """The outage, as it stands."""
        (found,) = self.engine.incidents.values()
        return found

    async def carry_out(self, act: Observation) -> bool:
        """As the loop does: observe, then commit."""
        await self.store.commit(Step(self.now, self.engine.observe(act)))
        return True

    def state(self, settings: WebSettings | None = None) -> WebState:
        """What the pages are given."""
        engine, store = self.engine, self.store
        bare = web_state(settings=settings or with_token())
        return WebState(
            engine=engine,
            now=lambda: self.now,
            exporter=bare.exporter,
            settings=bare.settings,
            archive=store,
            cover=engine.cover,
            silence_limit=engine.liveness.silence_limit,
            explainer=Explainer(engine),
            welfare=engine.welfare,
            desk=engine.desk,
            carry_out=self.carry_out,
            timelines=store.timelines,
            deliveries=store,
        )


async def struck() -> Struck:
    """Let a quarter of an hour pass, then aurora falls silent for four minutes."""
    engine = Engine(EngineSettings(), at=START, path="link")
    decisions: list[Decision] = []
    names = [f"acme/{provider}-{number}" for provider in ("aurora", "borealis") for number in range(12)]
    for name in names:
        profile = Profile(kind="feeder", model="Bowl 2", provider=name[5:].partition("-")[0], region="us-east")
        decisions += engine.observe(DeviceInfo(name, START, profile))
    end = START + WELL_SECONDS + DARK_SECONDS
    for beat in range(int((WELL_SECONDS + DARK_SECONDS) / BEAT_SECONDS)):
        at = START + beat * BEAT_SECONDS
        for name in names:
            if at < START + WELL_SECONDS or "borealis" in name:
                decisions += engine.observe(Heartbeat(name, at, "b1", beat, BEAT_SECONDS))
        decisions += engine.wake(at)
    decisions += engine.wake(end)
    store = MemoryStore()
    await store.commit(Step(end, decisions))
    return Struck(engine, store, end)
