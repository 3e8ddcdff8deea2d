"""Tells in the terminal what happens in the demo: what the simulated world does, and what the monitor makes of it."""

import asyncio
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from monitor.cli.printing import duration, scope_words
from monitor.clock import Clock
from monitor.core.decisions import Alert, Incident, Status
from monitor.core.engine import Engine
from monitor.core.incidents import TROUBLES, sureness
from simulators.truth import Truth
from simulators.world import World

GLANCE_SECONDS = 5.0
"""Simulated."""
MILESTONES = (0.25, 0.5, 0.75, 1.0)
AWAKE: tuple[Status, ...] = ("online", "sleeping")


class Narrator:
    """Looks at the world and at the engine every few simulated seconds, and tells what is new."""

    def __init__(self, engine: Engine, world: World, clock: Clock, console: Console | None = None) -> None:
        self._engine = engine
        self._world = world
        self._clock = clock
        self._console = console or Console(highlight=False, soft_wrap=True)
        self._expected = len(list(world.population))
        self._milestones = list(MILESTONES)
        self._told: set[tuple[str, str]] = set()
        self._incidents: dict[str, Incident] = {}
        self._alerts: dict[str, Alert] = {}

    def welcome(self, page: str, broker: str, speed: float, token: str = "") -> None:
        """What this is, what to open, and what comes next."""
        story = (
            "The devices come online within five minutes of their time, ten seconds of yours. At minute 10 a feeder"
            " dies. At minute 20 the provider aurora fails; its status page admits that at minute 35, and at minute 40"
            " it comes back.\nFrom minute 45 to 55 the API of cirrus is dead while its devices are fine.\n"
            "Then the fleet lives on. Stop with Ctrl-C.\n"
        )
        self._console.print(
            Text.assemble(
                ("Hearthbeat demo\n", "bold"),
                f"{self._expected} simulated devices, {broker}, one monitor, {speed:g} times as fast as life.\n\n",
                "  Page     ",
                (f"{page}\n", "bold cyan"),
                f"  API      {page}/api\n  Metrics  {page}/metrics\n",
                *(("  Token    ", (token, "bold"), "  to log in and acknowledge, note, silence\n") if token else ()),
                "\n",
                story,
            )
        )

    async def tell(self, stop: asyncio.Event) -> None:
        """Go on until the end."""
        while not await self._clock.wait(stop, self._clock.now() + GLANCE_SECONDS):
            for said, style in self.news():
                minutes, seconds = divmod(int(self._clock.now() - self._world.start), 60)
                self._console.print(Text.assemble((f"{minutes:3d}:{seconds:02d}  ", "dim"), (said, style)))

    def farewell(self) -> None:
        """How it stands at the end."""
        fleet = self._engine.fleet
        counts = {
            status: sum(n for (_, s), n in fleet.counts.items() if s == status) for status in ("online", "offline")
        }
        self._console.print(
            f"\nThat was the demo: {len(fleet)} devices known, {counts['online']} online, {counts['offline']} offline."
            " Next: docs/operating.md, or `hearthbeat run --help`."
        )

    def _count(self, *statuses: Status) -> int:
        return sum(number for (_, status), number in self._engine.fleet.counts.items() if status in statuses)

    def news(self) -> Iterator[tuple[str, str]]:
        """What is new since the last look, and in which style to say it."""
        yield from self._milestone()
        yield from self._causes()
        yield from self._incident_news()
        yield from self._alert_news()

    def _milestone(self) -> Iterator[tuple[str, str]]:
        awake = self._count(*AWAKE)
        while self._milestones and awake >= self._milestones[0] * self._expected * 0.99:
            self._milestones.pop(0)
            yield f"monitor  {awake} of {self._expected} devices are here", "green"

    def _causes(self) -> Iterator[tuple[str, str]]:
        for cause in self._world.truth():
            if cause.minor:
                continue
            if self._first("begins", cause.name, cause.start):
                yield f"world    {cause.name}: {_whom(cause)} now, and nobody tells the monitor", "bold"
            if cause.end is not None and self._first("ends", cause.name, cause.end):
                yield f"world    {cause.name}: over, the devices return in their own time", "bold"

    def _first(self, what: str, name: str, at: float) -> bool:
        if self._clock.now() < at or (what, name) in self._told:
            return False
        self._told.add((what, name))
        return True

    def _incident_news(self) -> Iterator[tuple[str, str]]:
        now = dict(self._engine.incidents)
        for name, incident in now.items():
            if name not in self._incidents:
                noticed = duration(incident.opened_at - incident.started_at)
                affected = f"{incident.silent} of {incident.devices} devices {TROUBLES[incident.form]}"
                how_many = f"{affected}, {sureness(incident.confidence)} one cause"
                yield f"monitor  INCIDENT {_what(incident)}: {how_many}, {noticed} after it began", "bold red"
        for name in self._incidents.keys() - now.keys():
            yield f"monitor  RESOLVED {_what(self._incidents[name])}", "bold green"
        self._incidents = now

    def _alert_news(self) -> Iterator[tuple[str, str]]:
        now = dict(self._engine.alerts)
        for key, alert in now.items():
            if key not in self._alerts:
                style = "red" if alert.severity == "critical" else "yellow"
                yield f"alert    {alert.name} ({alert.severity}): {alert.summary}", style
        for key in self._alerts.keys() - now.keys():
            yield f"alert    {self._alerts[key].name} resolved", "green"
        self._alerts = now


def _whom(cause: Truth) -> str:
    if len(cause.devices) == 1:
        return f"{next(iter(cause.devices))} falls silent"
    return f"{len(cause.devices)} devices ({scope_words(cause.scope)}) fall silent"


def _what(incident: Incident) -> str:
    """As in: provider aurora."""
    if len(incident.scope) == 1:
        return f"{incident.layer} {next(iter(incident.scope.values()))}"
    return f"{incident.layer} {scope_words(incident.scope)}"
