"""Tests as a timetable: what devices send when, and what the engine must have decided by then.

```python
timeline = Timeline()
timeline.at("0s").heartbeats("feeder-1", every="60s", until="10m")
timeline.at("14m").expect(status("feeder-1", "offline"))
timeline.at("15m").expect(alert("DeviceOffline", device="feeder-1"))
```

Moments count from the start of the test. Devices are of tenant `acme` unless their name has a tenant.
"""

import heapq
import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal, TypeVar

from monitor.core.decisions import (
    Alert,
    AlertOwed,
    Decision,
    DeviceRecorded,
    Incident,
    IncidentChanged,
    StatusChanged,
)
from monitor.core.engine import Engine, EngineSettings
from monitor.core.fleet import Device
from monitor.core.observations import (
    DeviceInfo,
    Echo,
    Heartbeat,
    LinkChanged,
    Observation,
    SessionState,
    SessionStatus,
)
from monitor.devices.profile import Profile

START = 1_700_000_000.0
WAKES_AT_ONE_MOMENT = 10_000
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

Expectation = Callable[["Timeline"], str]
D = TypeVar("D", bound=Decision)


def seconds(text: str) -> float:
    """`2h30m`, `90s`, `1.5d` in seconds."""
    parts = re.findall(r"([\d.]+)([smhd])", text)
    assert "".join(number + unit for number, unit in parts) == text, f"not a moment: {text}"
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def full_id(device: str) -> str:
    """`feeder-1` as `acme/feeder-1`."""
    return device if "/" in device else f"acme/{device}"


class Timeline:
    """An engine, the observations it will be given, and everything that it decided."""

    def __init__(
        self, settings: EngineSettings | None = None, *, path: Literal["echo", "link"] = "link", echo_every: float = 5.0
    ) -> None:
        self.settings = settings or EngineSettings()
        self.engine = Engine(self.settings, at=START, path=path)
        self.decisions: list[Decision] = []
        self.now = START
        self._path = path
        self._pending: list[tuple[float, int, Observation]] = []
        self._order = itertools.count()
        self._beats: dict[str, int] = {}
        self._boots: dict[str, str] = {}
        self._echo_every = echo_every
        self._mute_from: float | None = None
        self._next_echo = START
        self._rows: dict[str, dict[str, Any]] = {}

    def at(self, moment: str) -> "Timeline":
        """Let time pass until this moment."""
        target = START + seconds(moment)
        assert target >= self.now, f"{moment} is in the past"
        while True:
            upcoming = [self._pending[0][0]] if self._pending else []
            if self._path == "echo" and self._mute_from is None:
                upcoming.append(self._next_echo)
            deadline = self.engine.next_deadline()
            if deadline is not None:
                upcoming.append(max(deadline, self.now))
            step = min((when for when in upcoming if when <= target), default=None)
            if step is None:
                break
            self._pass_to(step)
        self.now = target
        self._keep(self.engine.wake(target))
        return self

    def _pass_to(self, moment: float) -> None:
        self.now = moment
        while self._pending and self._pending[0][0] <= moment:
            self._keep(self.engine.observe(heapq.heappop(self._pending)[2]))
        if self._path == "echo" and self._mute_from is None and self._next_echo <= moment:
            self._keep(self.engine.observe(Echo(moment, sent_at=moment)))
            self._next_echo = moment + self._echo_every
        deadline: float | None = None
        for _ in range(WAKES_AT_ONE_MOMENT):
            self._keep(self.engine.wake(moment))
            deadline = self.engine.next_deadline()
            if deadline is None or deadline > moment:
                return
        raise AssertionError(f"waking at {moment - START:.0f} s does not move past the deadline {deadline}")

    def _keep(self, decisions: list[Decision]) -> None:
        """As the store does: a device is written when something about it is decided, not at every missed heartbeat."""
        self.decisions += decisions
        named = {each.device for each in decisions if isinstance(each, (StatusChanged, DeviceRecorded))}
        self._rows.update((row["id"], row) for row in self.engine.rows(sorted(named)))

    def tell(self, *observations: Observation) -> "Timeline":
        """Observations at their own moments."""
        for observation in observations:
            heapq.heappush(self._pending, (observation.at, next(self._order), observation))
        return self

    def heartbeats(
        self,
        *devices: str,
        every: str = "60s",
        until: str,
        boot: str | None = None,
        start: str | None = None,
        **fields: Any,  # noqa: ANN401 -- the fields of a heartbeat
    ) -> "Timeline":
        """Heartbeats of each device from now (or `start`) until a moment; the first comes at once."""
        interval = seconds(every)
        end = START + seconds(until)
        for device in map(full_id, devices):
            if boot is not None and boot != self._boots.get(device):
                self._boots[device] = boot
                self._beats[device] = 0
            moment = self.now if start is None else START + seconds(start)
            while moment <= end:
                self._beats[device] = self._beats.get(device, 0) + 1
                beat = Heartbeat(
                    device,
                    moment,
                    boot_id=self._boots.setdefault(device, "boot-1"),
                    seq=self._beats[device],
                    **{"interval_seconds": interval, **fields},
                )
                self.tell(beat)
                moment += interval
        return self

    def info(self, *devices: str, **profile: Any) -> "Timeline":  # noqa: ANN401 -- the fields of a profile
        """What each device says it is."""
        return self.tell(*(DeviceInfo(full_id(device), self.now, Profile(**profile)) for device in devices))

    def status(
        self,
        device: str,
        state: SessionState,
        *,
        boot: str = "boot-1",
        will: bool = False,
        retained: bool = False,
        reason: str = "",
        next_seen: str | None = None,
    ) -> "Timeline":
        """A session status now."""
        next_seen_seconds = None if next_seen is None else seconds(next_seen)
        told = SessionStatus(
            full_id(device),
            self.now,
            state,
            boot,
            will=will,
            retained=retained,
            reason=reason,
            next_seen_seconds=next_seen_seconds,
        )
        return self.tell(told)

    def link(self, *, up: bool) -> "Timeline":
        """The link to the broker is made or lost now."""
        return self.tell(LinkChanged(self.now, up=up))

    def echoes(self, *, on: bool) -> "Timeline":
        """From now on our own messages come back, or do not."""
        self._mute_from = None if on else self.now
        if on:
            self._next_echo = self.now
        return self

    def expect(self, *expectations: Expectation) -> "Timeline":
        """What must be true now; everything that is not is named at once."""
        failures = [failure for failure in (expectation(self) for expectation in expectations) if failure]
        assert not failures, "\n".join(failures) + f"\nat {self.now - START:.0f} s, decided so far:\n" + self.story()
        return self

    def device(self, device: str) -> Device:
        """The device as the engine knows it."""
        return self.engine.fleet.devices[full_id(device)]

    def of(self, kind: type[D]) -> list[D]:
        """All decisions of one kind so far."""
        return [decision for decision in self.decisions if isinstance(decision, kind)]

    def alerts(self, name: str | None = None, state: str | None = None) -> list[Alert]:
        """All alerts owed so far."""
        owed = [decision.alert for decision in self.of(AlertOwed)]
        return [each for each in owed if name in (None, each.name) and state in (None, each.state)]

    def incidents(self, state: str = "opened", kind: str = "outage") -> list[Incident]:
        """All outages, or incidents of another kind, opened, updated or resolved so far."""
        changes = [change.incident for change in self.of(IncidentChanged) if change.state == state]
        return [incident for incident in changes if incident.kind == kind]

    def statuses(self, device: str) -> list[str]:
        """The statuses that a device went through."""
        return [change.status for change in self.of(StatusChanged) if change.device == full_id(device)]

    def story(self, kinds: Iterable[type] = (StatusChanged, IncidentChanged, AlertOwed)) -> str:
        """What was decided, one line each, latest 40."""
        told = [decision for decision in self.decisions if isinstance(decision, tuple(kinds))]
        lines = [f"  {decision.at - START:9.1f} {_line(decision)}" for decision in told]
        return "\n".join(lines[-40:])

    def restarted(
        self, *, away: str = "0s", saved: str | None = None, set_back: str = "0s", killed: bool = False
    ) -> "Timeline":
        """A new engine that begins with what this one saved, after being away, by a clock set back meanwhile.

        One that was `killed` has of each device what was last written, not what it knew in the end.
        """
        old = self.engine
        saved_at = self.now if saved is None else START + seconds(saved)
        rows = list(self._rows.values()) if killed else old.rows(list(old.fleet.devices))
        self.now += seconds(away) - seconds(set_back)
        self.engine = Engine(self.settings, at=self.now, path=self._path)
        self._pending = [entry for entry in self._pending if entry[0] > self.now]
        heapq.heapify(self._pending)
        self._next_echo = self.now
        self.decisions += self.engine.restore(
            at=self.now,
            saved_at=saved_at,
            engine=old.save(),
            devices=rows,
            incidents=[replace(incident) for incident in old.desk.open.values()],
            alerts=list(old.alerts.values()),
            bulletins=list(old.publication.bulletins.values()),
        )
        return self


def _line(decision: Decision) -> str:
    match decision:
        case StatusChanged():
            return f"{decision.device} {decision.previous} -> {decision.status}: {decision.reason}"
        case IncidentChanged():
            return f"incident {decision.state}: {decision.incident.summary}"
        case AlertOwed():
            return f"alert {decision.alert.name} {decision.alert.state}: {decision.alert.summary}"
    return str(decision)


def status(device: str, expected: str) -> Expectation:
    """The device has this status."""

    def look(timeline: Timeline) -> str:
        found = timeline.device(device).status
        return "" if found == expected else f"{device} is {found}, not {expected}"

    return look


def alert(name: str, state: str = "firing", **labels: str) -> Expectation:
    """An alert of this name is the latest of its key, in this state, with these labels."""

    def look(timeline: Timeline) -> str:
        latest = {each.key: each for each in timeline.alerts()}
        for each in latest.values():
            if each.name == name and each.state == state and labels.items() <= each.labels.items():
                return ""
        found = [(each.name, each.state, dict(each.labels)) for each in latest.values()]
        return f"no {state} {name} with {labels}; latest are {found}"

    return look


def no_alert(name: str | None = None) -> Expectation:
    """No alert (of this name) was ever owed."""

    def look(timeline: Timeline) -> str:
        found = timeline.alerts(name)
        return f"unexpected alerts: {[(each.name, each.state, each.summary) for each in found]}" if found else ""

    return look


def incident(layer: str, state: str = "opened", **scope: str) -> Expectation:
    """An incident of this layer and exactly this scope was opened (updated, resolved)."""

    def look(timeline: Timeline) -> str:
        found = [(each.layer, dict(each.scope)) for each in timeline.incidents(state)]
        return "" if (layer, scope) in found else f"no incident {state} for {layer} {scope}; {state}: {found}"

    return look


def no_incident() -> Expectation:
    """No incident was ever opened."""

    def look(timeline: Timeline) -> str:
        found = timeline.incidents()
        return (
            f"unexpected incidents: {[(each.layer, dict(each.scope), each.summary) for each in found]}" if found else ""
        )

    return look
