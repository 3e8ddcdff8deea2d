"""Worker: ask with every probe on its schedule, sooner when something is suspected, and report what was found.

It decides nothing: results go to the engine as observations. Each probe has a task of its own, so that a slow one holds
up nobody; only so many ask at the same time.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from monitor.clock import Clock
from monitor.core.decisions import Decision, IncidentChanged, SuspicionChanged
from monitor.core.probing.results import VERDICTS, ProbeResult, Subject, Verdict
from monitor.core.probing.settings import ProbingSettings
from monitor.core.probing.standings import Standing
from monitor.core.probing.view import ProbeState
from monitor.core.probing.wishes import overlaps
from monitor.egress.outlet import Outlet
from monitor.probes import AnyProbeSettings, Found, Probe

SPREAD_SECONDS = 30.0
"""Over so long the first round of all probes is spread."""
JITTER = 0.1
SOONEST_SECONDS = 5.0
"""However much is suspected, no probe asks again before."""
LONGEST_TEXT = 600
GRACE_SECONDS = 0.5
"""Probes keep their own time; this much later it is kept for them."""

Report = Callable[[ProbeResult], None]

log = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Errand:
    """One probe and what is needed to send it out. `hurry` is set when it shall ask before its time."""

    probe: Probe
    outlet: Outlet
    kind: str
    target: str
    about: Subject
    every_seconds: float
    timeout_seconds: float
    fresh_seconds: float
    hurry: asyncio.Event = field(default_factory=asyncio.Event)


def errand_of(settings: AnyProbeSettings, outlet: Outlet) -> Errand:
    """The errand that one `[[probes]]` entry describes."""
    return Errand(
        settings.open(),
        outlet,
        settings.type,
        str(settings.target),
        settings.subject,
        settings.every_seconds,
        settings.timeout_seconds,
        settings.fresh_seconds,
    )


async def ask_once(errand: Errand, clock: Clock) -> ProbeResult:
    """Ask, once, within the time that the probe has. Whatever goes wrong is a result."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    found = await _found(errand)
    return ProbeResult(
        probe=errand.probe.name,
        at=clock.now(),
        kind=errand.kind,
        about=errand.about,
        verdict=found.verdict,
        seconds=round(loop.time() - began, 4),
        statement=_plain(found.statement),
        facts={name: _plain(fact) if isinstance(fact, str) else fact for name, fact in found.facts.items()},
        fresh_seconds=errand.fresh_seconds,
    )


async def _found(errand: Errand) -> Found:
    probe = errand.probe
    try:
        # The network's time is real time, however fast ours runs.
        async with asyncio.timeout(errand.timeout_seconds + GRACE_SECONDS):
            await errand.outlet.note(probe.tells, probe.size)
            return await probe.ask(errand.outlet)
    except TimeoutError:
        verdict: Verdict = "unknown" if errand.about.page else "failing"
        return Found(verdict, f"No answer within {errand.timeout_seconds:g} s.")
    except Exception as error:
        log.exception("probe_broken", probe=probe.name)
        return Found("unknown", f"The probe itself failed: {type(error).__name__}.")


def _plain(text: str) -> str:
    """Text that others had a hand in, fit for logs, pages and terminals: one line of what can be printed."""
    return "".join(sign if sign.isprintable() else " " for sign in text)[:LONGEST_TEXT]


class Prober:
    """Sends all probes out. `chance` spreads them, so that not all ask at once, nor always in the same order."""

    def __init__(
        self, errands: Sequence[Errand], settings: ProbingSettings, clock: Clock, chance: random.Random
    ) -> None:
        self.results: Counter[tuple[str, Verdict]] = Counter(
            {(errand.probe.name, verdict): 0 for errand in errands for verdict in VERDICTS}
        )
        """How often each probe found what."""
        self._errands = errands
        self._settings = settings
        self._clock = clock
        self._chance = chance
        self._turns = asyncio.Semaphore(settings.concurrency)

    async def run(self, report: Report) -> None:
        """Go on until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for errand in self._errands:
                tasks.create_task(self._keep_asking(errand, report), name=f"probe-{errand.probe.name}")

    @property
    def names(self) -> frozenset[str]:
        """The probes that are sent out."""
        return frozenset(errand.probe.name for errand in self._errands)

    def states(self, standings: Mapping[str, Standing]) -> list[ProbeState]:
        """All probes as they stand, given what the engine makes of their results."""
        return [self._state(errand, standings.get(errand.probe.name)) for errand in self._errands]

    def _state(self, errand: Errand, standing: Standing | None) -> ProbeState:
        name = errand.probe.name
        return ProbeState(
            name=name,
            kind=errand.kind,
            target=errand.target,
            about=errand.about,
            every_seconds=errand.every_seconds,
            verdict="unknown" if standing is None else standing.verdict,
            since=None if standing is None else standing.since,
            latest=None if standing is None else standing.latest,
            stale=standing is not None and standing.stale,
            results={verdict: self.results[name, verdict] for verdict in VERDICTS},
        )

    def heed(self, decisions: Iterable[Decision]) -> None:
        """Ask sooner about a scope that has come under suspicion, and whether we reach anybody at all."""
        for decision in decisions:
            match decision:
                case SuspicionChanged(state="raised", scope=scope):
                    self._hurry(scope)
                case IncidentChanged(state="opened" | "reopened", incident=incident) if incident.kind == "outage":
                    self._hurry(incident.scope)

    def _hurry(self, scope: Mapping[str, str] | None) -> None:
        """The controls, and whoever says something of this scope."""
        for errand in self._errands:
            about = errand.about
            if about.control or (scope is not None and about.evidence and overlaps(about.scope, scope)):
                errand.hurry.set()

    async def _keep_asking(self, errand: Errand, report: Report) -> None:
        clock = self._clock
        due_at = clock.now() + self._chance.uniform(0, min(errand.every_seconds, SPREAD_SECONDS))
        soonest_at = clock.now()
        streak, last = 0, None
        while True:
            await clock.wait(errand.hurry, due_at)
            if errand.hurry.is_set():
                errand.hurry.clear()
                await clock.wait(None, soonest_at)
            async with self._turns:
                result = await ask_once(errand, clock)
            self.results[errand.probe.name, result.verdict] += 1
            report(result)
            streak = streak + 1 if result.verdict == last else 1
            last = result.verdict
            if result.verdict == "failing" and not result.answered and not errand.about.control:
                self._hurry(None)
            soonest_at = clock.now() + SOONEST_SECONDS
            due_at = clock.now() + self._pause(errand, agreed=streak >= self._settings.agree)

    def _pause(self, errand: Errand, *, agreed: bool) -> float:
        """Until the next time: a round, give or take a little; less while it is not certain what was found."""
        pause = errand.every_seconds * self._chance.uniform(1 - JITTER, 1 + JITTER)
        return pause if agreed else min(pause, self._settings.repeat_seconds)
