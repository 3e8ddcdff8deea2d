"""What the first page shows, as data; made at most once a second however many look at it."""

import asyncio
import contextlib
from dataclasses import dataclass

from monitor.core.census import totals
from monitor.core.decisions import Alert, Incident, Severity, Status
from monitor.core.fleet import Device
from monitor.core.routing import ReceiverHealth
from monitor.core.sentences import Headline, headline
from monitor.web.devices import Wanted, rest_seconds
from monitor.web.history import HOUR_SECONDS, SPANS_HOURS, History, history
from monitor.web.matrix import Matrix, matrix
from monitor.web.rounds import Round, Rounds
from monitor.web.state import Vitals, WebState

SHOWN_INCIDENTS = 20
SHOWN_ALERTS = 20
SHOWN_DEVICES = 20
FRESH_SECONDS = 0.9
RECEIVERS_SECONDS = 5.0

MEANINGS: dict[Status, str] = {
    "online": "heard in time",
    "late": "overdue, not given up",
    "offline": "silent too long, or gone",
    "sleeping": "asleep as announced",
    "new": "not heard yet",
}
_SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many devices have one status."""

    status: Status
    meaning: str
    number: int
    permille: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the first page. `more_…` is how many are not shown."""

    at: float
    headline: Headline
    horizon: float
    total: int
    counts: tuple[StatusCount, ...]
    in_maintenance: int
    incidents: tuple[Incident, ...]
    more_incidents: int
    alerts: tuple[Alert, ...]
    more_alerts: int
    devices: tuple[Device, ...]
    more_devices: int
    vitals: Vitals
    matrix: Matrix
    history: History | None
    round: Round
    receivers: tuple[ReceiverHealth, ...] = ()


class OverviewMaker:
    """Makes the overview when it is asked for and the last one is not fresh any more."""

    def __init__(self, state: WebState, rounds: Rounds) -> None:
        self._state = state
        self._rounds = rounds
        self._made: Overview | None = None
        self._made_at = 0.0
        self._searching = asyncio.Lock()
        self._searched_at = 0.0
        self._unwell: list[Device] = []
        self._history: History | None = None
        self._history_at = 0.0
        self._receivers: tuple[ReceiverHealth, ...] = ()
        self._asked_at = -RECEIVERS_SECONDS

    async def current(self) -> Overview:
        """The overview, at most about a second old."""
        clock = asyncio.get_running_loop().time
        async with self._searching:
            if self._made is None or clock() > self._made_at + FRESH_SECONDS:
                await self._search()
                await self._ask_receivers()
                self._made = self._make(await self._rounds.latest())
                self._made_at = clock()
            return self._made

    async def _ask_receivers(self) -> None:
        now, desk = asyncio.get_running_loop().time(), self._state.delivery
        if desk is None or now < self._asked_at + RECEIVERS_SECONDS:
            return
        self._asked_at = now
        with contextlib.suppress(*self._state.unavailable):
            self._receivers = tuple(await desk.receivers())

    async def _search(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._searched_at + rest_seconds(len(self._state.engine.fleet)):
            return
        state, unwell = self._state, list[Device]()
        for status in ("offline", "late"):
            wanted = Wanted(status=frozenset({status}), only=lambda device: state.cover(device)[0] != "incident")
            missing = SHOWN_DEVICES - len(unwell)
            if missing:
                found = await state.index.find(state.engine.fleet, wanted, after="", limit=missing)
                unwell += found.devices
        self._unwell = unwell
        self._searched_at = now

    def _make(self, made_round: Round) -> Overview:
        state, engine, now = self._state, self._state.engine, self._state.now()
        counts = totals(engine.fleet)
        total = sum(counts.values())
        known = state.desk.open if state.desk is not None else engine.incidents
        incidents = sorted(known.values(), key=lambda each: (each.kind != "outage", -each.opened_at, each.id))
        alerts = sorted(engine.alerts.values(), key=_urgency)[:SHOWN_ALERTS]
        unwell = tuple(device for device in self._unwell if device.status in ("offline", "late"))
        number_unwell = counts.get("offline", 0) + counts.get("late", 0)
        return Overview(
            at=now,
            headline=headline(
                counts,
                list(engine.incidents.values()),
                engine.blind,
                now,
                harm=made_round.harm,
                at_risk=made_round.at_risk,
            ),
            horizon=engine.horizon,
            total=total,
            counts=tuple(_status_count(status, counts.get(status, 0), total) for status in MEANINGS),
            in_maintenance=engine.fleet.in_maintenance.total(),
            incidents=tuple(incidents[:SHOWN_INCIDENTS]),
            more_incidents=max(0, len(incidents) - SHOWN_INCIDENTS),
            alerts=tuple(alerts),
            more_alerts=len(engine.alerts) - len(alerts),
            devices=unwell,
            more_devices=max(0, number_unwell - len(unwell)),
            vitals=state.vitals(),
            matrix=matrix(engine.fleet, engine.incidents.values()),
            history=self._drawn(now),
            round=made_round,
            receivers=self._receivers,
        )

    def _drawn(self, now: float) -> History | None:
        """The plots, drawn anew when another count came."""
        counts = self._state.counts(now - SPANS_HOURS[-1] * HOUR_SECONDS)
        if counts and counts[-1].at != self._history_at:
            self._history, self._history_at = history(counts, now), counts[-1].at
        return self._history


def _status_count(status: Status, number: int, total: int) -> StatusCount:
    return StatusCount(status, MEANINGS[status], number, round(1000 * number / total) if total else 0)


def _urgency(alert: Alert) -> tuple[int, float, str]:
    return _SEVERITIES.index(alert.severity), -alert.starts_at, alert.key
