"""A monitor without a broker: an engine in virtual time, a store, and the web application that people act through."""

from __future__ import annotations

from dataclasses import dataclass, field

import httpx
from fastapi import FastAPI

from monitor.core.decisions import AlertOwed, Decision
from monitor.core.observations import Observation
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import Sources
from monitor.store.memory import MemoryStore
from monitor.store.protocol import Step
from monitor.web.app import create_app
from monitor.web.state import WebState
from tests.alerts import to_all
from tests.asking import with_token
from tests.timeline import Timeline


@dataclass
class Office:
    """What people do goes to the engine, and what follows to the store, at once; `works` is whether the disk does."""

    timeline: Timeline = field(default_factory=Timeline)
    store: MemoryStore = field(default_factory=MemoryStore)
    receivers: tuple[str, ...] = ("pager",)
    works: bool = True
    _app: FastAPI | None = None

    async def keep(self) -> Office:
        """Commit everything decided so far."""
        await self._commit(self.timeline.decisions)
        return self

    async def carry_out(self, act: Observation) -> bool:
        """What somebody does."""
        if not self.works:
            return False
        made = self.timeline.engine.observe(act) + self.timeline.engine.wake(self.timeline.now)
        self.timeline.decisions += made
        await self._commit(made)
        return True

    async def ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, body: object = None
    ) -> httpx.Response:
        """One request to the application, which is made once."""
        if self._app is None:
            self._app = create_app(self.state())
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, headers=headers, json=body)

    def state(self) -> WebState:
        """What the web application is given."""
        engine, timeline = self.timeline.engine, self.timeline
        return WebState(
            engine=engine,
            now=lambda: timeline.now,
            exporter=MetricsPage(Sources(engine=engine, now=lambda: timeline.now, version="1.2.3")),
            version="1.2.3",
            settings=with_token(),
            archive=self.store,
            desk=engine.desk,
            carry_out=self.carry_out,
            timelines=self.store.timelines,
            deliveries=self.store,
        )

    async def _commit(self, decisions: list[Decision]) -> None:
        sent = [made for made in decisions if isinstance(made, AlertOwed) and not made.silenced_by]
        await self.store.commit(Step(self.timeline.now, decisions, letters=to_all(sent, self.receivers)))
