"""The composition root: builds all parts, runs the workers in one task group, stops in reverse.

If a worker fails, all stop and the error is the caller's. The daemon, the demo and the tests all begin here.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

import structlog

from monitor.broker import EmbeddedBroker
from monitor.census import CensusTaker
from monitor.checkin import Checkin, loop_and_store
from monitor.clock import Clock, SystemClock
from monitor.config import Config
from monitor.core.decisions import Decision
from monitor.core.engine import Engine
from monitor.core.explain import Explainer
from monitor.decoders.native import NativeDecoder
from monitor.egress import Egress, Ledger, LedgerUpkeep, Pseudonyms, SqliteBook, load_key
from monitor.egress.outlet import Outlet
from monitor.intake import Intake
from monitor.metrics.page import MetricsPage
from monitor.metrics.public import PublicSource
from monitor.metrics.sources import Sources
from monitor.mqtt.link import MqttLink
from monitor.mqtt.settings import MqttSettings
from monitor.outbox import Desk, Outbox
from monitor.outbox.assembly import assemble
from monitor.prober import Prober, errand_of
from monitor.retention import Retention
from monitor.runtime import Pace, Record, Runtime
from monitor.store.lock import sole_user
from monitor.store.protocol import Saved, Store, StoreError
from monitor.store.sqlite import SqliteStore
from monitor.subscribers.assembly import PublicParts, assemble_public
from monitor.version import REVISION, VERSION
from monitor.web.app import create_app
from monitor.web.public.app import create_public_app
from monitor.web.server import Listener, bind, serve
from monitor.web.state import Vitals, WebState

log = structlog.get_logger()

CLOCK_TOLERANCE_SECONDS = 5.0
"""How far the host's clock may lie behind what was last saved before it is worth a word."""

ANSWER_SECONDS = 5.0
"""How long somebody who changes something waits until it is on disk."""


@dataclass(frozen=True, slots=True)
class Monitor:
    """A running monitor, and where it is reached."""

    config: Config
    engine: Engine
    runtime: Runtime
    link: MqttLink
    intake: Intake
    store: Store
    broker_url: str
    broker_flavour: str
    page_url: str
    prober: Prober
    public: PublicParts


@contextlib.asynccontextmanager
async def running(
    config: Config, *, clock: Clock | None = None, record: Record | None = None
) -> AsyncIterator[Monitor]:
    """Run a monitor for as long as the context lasts.

    Raises EmbeddedBrokerError, StoreError, EgressError, ListenError or OSError if it cannot start; each says why.
    """
    clock = clock or SystemClock()
    async with contextlib.AsyncExitStack() as stack:
        listener, status = _listeners(config, stack)
        mqtt, flavour = await _with_broker(config.mqtt, stack)
        stack.enter_context(sole_user(config.store.path))
        store = SqliteStore(config.store)
        stack.push_async_callback(store.close)
        saved = await store.open()
        _warn_about(saved, clock)
        engine = Engine(config.engine, at=clock.now())
        link = MqttLink(mqtt, config.limits, config.sight, clock)
        intake = Intake([NativeDecoder(config.limits.payload_bytes)], config.limits)
        egress, upkeep = _egress(config, clock, stack)
        outbox = _outbox(config, store, clock, engine, egress, stack)
        prober = _prober(config, clock, egress)
        pace = Pace(config.limits.batch_messages, config.store.snapshot_seconds, record, prober.heed)
        runtime = Runtime(engine, link, intake, store, outbox, clock, pace)
        retention = Retention(store, clock, config.store.prune_hours, upkeep)
        public = _public(config, engine, runtime, store, clock, egress, stack)
        monitor = Monitor(config, engine, runtime, link, intake, store, mqtt.url, flavour, listener.url, prober, public)
        census = CensusTaker(engine, store.counts, clock)
        checkin = _checkin(monitor, clock, egress, stack)
        state = _web_state(monitor, clock, egress, outbox, retention, census, checkin)
        app = create_app(state)
        await runtime.begin(_restore(engine, saved, clock, prober.names))
        async with asyncio.TaskGroup() as workers:
            tasks = [
                workers.create_task(link.run(), name="mqtt"),
                workers.create_task(runtime.run(), name="runtime"),
                workers.create_task(outbox.run(), name="outbox"),
                workers.create_task(checkin.run(), name="checkin"),
                workers.create_task(retention.run(), name="retention"),
                workers.create_task(census.run(), name="census"),
                workers.create_task(prober.run(runtime.tell), name="prober"),
                workers.create_task(serve(app, listener), name="web"),
            ]
            if public.mailroom is not None:
                tasks.append(workers.create_task(public.mailroom.run(), name="mailroom"))
            if status is not None:
                alone = create_public_app(state, public.state)
                tasks.append(workers.create_task(serve(alone, status), name="status-page"))
                log.info("status_page", page=f"{status.url}/status")
            log.info(
                "running", page=listener.url, broker=mqtt.url, store=str(config.store.path), devices=len(engine.fleet)
            )
            try:
                yield monitor
            finally:
                for task in tasks:
                    task.cancel()


def _listeners(config: Config, stack: contextlib.AsyncExitStack) -> tuple[Listener, Listener | None]:
    """Where the page is served, and where the public one is served alone, if it is."""
    listener = bind(config.web)
    stack.callback(listener.socket.close)
    status = bind(config.status_page, "[status_page]") if config.status_page.listen else None
    if status is not None:
        stack.callback(status.socket.close)
    return listener, status


def _checkin(monitor: Monitor, clock: Clock, egress: Egress, stack: contextlib.AsyncExitStack) -> Checkin:
    settings, runtime = monitor.config.checkin, monitor.runtime
    began_at = clock.now()

    def ailing() -> str:
        return loop_and_store(clock.now, lambda: max(began_at, runtime.meter.last_at), lambda: runtime.store_writable)

    door = egress.door("check-in", trust="third_party", timeout_seconds=settings.timeout_seconds, purpose="check-in")
    stack.push_async_callback(door.aclose)
    return Checkin(settings, door, clock, ailing)


async def _with_broker(mqtt: MqttSettings, stack: contextlib.AsyncExitStack) -> tuple[MqttSettings, str]:
    if mqtt.address.scheme != "embedded":
        return mqtt, ""
    broker = await stack.enter_async_context(EmbeddedBroker(mqtt.address.host, mqtt.address.port))
    log.info("embedded_broker", url=broker.url, flavour=broker.flavour)
    return mqtt.model_copy(update={"url": broker.url}), broker.flavour


def _egress(config: Config, clock: Clock, stack: contextlib.AsyncExitStack) -> tuple[Egress, LedgerUpkeep]:
    """The door out with its ledger, and what keeps the ledger in order."""
    key = load_key(config.egress, config.store.path.absolute().parent)
    book = SqliteBook(config.egress.ledger(config.store.path), key)
    ledger = Ledger(book, clock)
    stack.callback(book.close)
    stack.push_async_callback(ledger.aclose)
    upkeep = LedgerUpkeep(book, key, ledger.figures, clock, config.egress.ledger_days)
    stack.callback(upkeep.close)
    return Egress(config.egress, Pseudonyms(key), ledger), upkeep


def _public(
    config: Config,
    engine: Engine,
    runtime: Runtime,
    store: Store,
    clock: Clock,
    egress: Egress,
    stack: contextlib.AsyncExitStack,
) -> PublicParts:
    return assemble_public(
        page=config.status_page,
        subscribers=config.subscribers,
        address=config.status_address,
        publication=engine.publication,
        mailing=store.mailing,
        clock=clock,
        egress=egress,
        carry_out=runtime.carry_out,
        stack=stack,
    )


def _prober(config: Config, clock: Clock, egress: Egress) -> Prober:
    errands = []
    for entry in config.probes:
        bounds = entry.bounds(allow_private=config.egress.allow_private)
        errands.append(errand_of(entry, Outlet(f"probe:{entry.name}", bounds, egress.ledger)))
    return Prober(errands, config.probing, clock, random.Random())  # noqa: S311 -- spreads them in time, no more


def _outbox(
    config: Config, store: Store, clock: Clock, engine: Engine, egress: Egress, stack: contextlib.AsyncExitStack
) -> Outbox:
    return assemble(
        receivers=config.notifiers,
        routes=config.routes,
        settings=config.outbox,
        store=store,
        clock=clock,
        engine=engine,
        egress=egress,
        stack=stack,
    )


def _warn_about(saved: Saved, clock: Clock) -> None:
    """Say what is odd about what the store held."""
    if saved.saved_at is not None and saved.saved_at > clock.now() + CLOCK_TOLERANCE_SECONDS:
        behind = round(saved.saved_at - clock.now())
        log.warning(
            "clock_was_set_back", seconds=behind, advice="saved moments are moved back by as much; is NTP in step?"
        )
    for row in saved.unreadable:
        log.error("saved_row_unreadable", row=row, advice="it is left out; restore a backup if it matters")


def _restore(engine: Engine, saved: Saved, clock: Clock, probes: Collection[str]) -> list[Decision]:
    if saved.saved_at is None:
        return []
    decisions = engine.restore(
        at=clock.now(),
        saved_at=saved.saved_at,
        engine=saved.engine,
        devices=saved.devices,
        incidents=saved.incidents,
        alerts=saved.alerts,
        bulletins=saved.bulletins,
    )
    engine.probing.retain(probes)
    return decisions


def _sources(
    monitor: Monitor, clock: Clock, egress: Egress, outbox: Outbox, retention: Retention, checkin: Checkin
) -> Sources:
    engine, runtime, link = monitor.engine, monitor.runtime, monitor.link
    return Sources(
        engine=engine,
        now=clock.now,
        version=VERSION,
        revision=REVISION,
        broker=monitor.broker_url,
        path=lambda: link.path,
        link=link,
        ingest=monitor.intake.figures,
        inbox_length=lambda: link.inbox_length,
        steps=runtime.meter,
        delivery=outbox.figures,
        checked_in_at=lambda: checkin.last_success_at,
        egress=egress,
        store_writable=lambda: runtime.store_writable,
        retention=lambda: retention.last_success,
        welfare=engine.welfare,
        suspicions=lambda: [(each.layer, each.scope) for each in engine.suspicions.values()],
        desk=engine.desk,
        probes=lambda: monitor.prober.states(engine.probing.standings),
        public=PublicSource(engine.publication, monitor.public.figures),
    )


def _web_state(
    monitor: Monitor,
    clock: Clock,
    egress: Egress,
    outbox: Outbox,
    retention: Retention,
    census: CensusTaker,
    checkin: Checkin,
) -> WebState:
    config, engine, runtime, link = monitor.config, monitor.engine, monitor.runtime, monitor.link
    sources = _sources(monitor, clock, egress, outbox, retention, checkin)

    def vitals() -> Vitals:
        return Vitals(
            broker=monitor.broker_url,
            connected=link.connected,
            messages=sum(monitor.intake.figures.messages.values()),
            inbox_length=link.inbox_length,
            store_writable=runtime.store_writable,
            oldest_owed_at=outbox.figures.oldest_owed_at,
        )

    return WebState(
        engine=engine,
        now=clock.now,
        exporter=MetricsPage(sources, device_cap=config.web.device_series_cap),
        version=VERSION,
        settings=config.web,
        links=config.links,
        archive=monitor.store,
        delivery=Desk(monitor.store, clock, outbox, config.notifiers, config.links.public_url),
        observe=runtime.tell,
        vitals=vitals,
        cover=engine.cover,
        silence_limit=engine.liveness.silence_limit,
        explainer=Explainer(engine),
        welfare=engine.welfare,
        probes=sources.probes,
        counts=census.since,
        desk=engine.desk,
        carry_out=lambda act: runtime.carry_out(act, ANSWER_SECONDS),
        timelines=monitor.store.timelines,
        deliveries=monitor.store,
        public=monitor.public.state,
        unavailable=(StoreError,),
    )
