"""Alerts about single devices: which are owed, which wait, which are withheld and why."""

import heapq
from collections.abc import Callable, Mapping
from typing import Any, Literal

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Alert, Decision, Incident, Severity, StatusChanged
from monitor.core.fleet import Device, Fleet
from monitor.core.sessions import trusts_session
from monitor.core.settings import AlertSettings, LivenessSettings
from monitor.core.words import count, spell

Cover = tuple[Literal["", "suspicion", "incident"], str]
"""What explains a device's silence: nothing, a suspicion, or the incident with this id."""

RECHECK_SECONDS = 5.0
NAMED_DEVICES = 10


class Notices:
    """Holds each device alert until nothing larger can explain it, and withholds it where something does."""

    def __init__(
        self,
        fleet: Fleet,
        book: AlertBook,
        alerts: AlertSettings,
        liveness: LivenessSettings,
        cover: Callable[[Device], Cover],
    ) -> None:
        self._fleet = fleet
        self._book = book
        self._settings = alerts
        self._liveness = liveness
        self._cover = cover
        self._due: dict[str, float] = {}
        self._queue: list[tuple[float, str]] = []
        self.withheld: dict[str, str] = {}
        """Ids of offline devices whose alert is withheld, and the incident that explains each."""
        self._stragglers: dict[str, set[str]] = {}

    def changed(self, change: StatusChanged) -> list[Decision]:
        """A device changed its status."""
        device = self._fleet.devices[change.device]
        if change.status == "offline":
            if device.ever_heard and change.cause != "parent":
                self._wait(device.id, change.at + self._settings.device_hold_seconds)
            return []
        if change.previous != "offline":
            return []
        self._release_children(device, change.at)
        return self._back(
            device.id, change.at, f"heard again; it was offline for {spell(change.at - self._began(device.id, change))}"
        )

    def removed(self, device: str, at: float) -> list[Decision]:
        """A device left the fleet."""
        return self._back(device, at, "the device was removed from the fleet") + list(
            self._book.resolve(flapping_key(device), at, "the device was removed from the fleet")
        )

    def maintained(self, device: Device, at: float) -> list[Decision]:
        """Maintenance began or ended for a device; what was known before is not announced again."""
        if device.status == "offline" and not device.maintenance and offline_key(device.id) not in self._book.firing:
            self._wait(device.id, at + self._settings.device_hold_seconds)
        return []

    def withhold(self, key: str, incident: str) -> None:
        """Somebody declared over what an alert tells of: a device that stays offline is not announced again."""
        device = key.removeprefix("device/").removesuffix("/offline")
        if offline_key(device) == key and device in self._fleet.devices:
            self.withheld[device] = incident

    def incident_opened(self, incident: Incident, at: float) -> list[Decision]:
        """Device alerts already sent that the incident explains end, so that one cause is one alert."""
        decisions: list[Decision] = []
        for alert in list(self._book.firing.values()):
            device = self._told_by(alert)
            if device is not None and self._cover(device) == ("incident", incident.id):
                self.withheld[device.id] = incident.id
                decisions += self._book.resolve(alert.key, at, f"folded into incident {incident.id}")
        return decisions

    def incident_resolved(self, incident: Incident, at: float) -> list[str]:
        """What the incident explained is explained no longer: devices that do not return are reported as one list.

        Gives the ids of those that are offline still.
        """
        left = {device for device, explained_by in self.withheld.items() if explained_by == incident.id}
        for device in left:
            del self.withheld[device]
        if left:
            self._stragglers[incident.id] = left
            heapq.heappush(self._queue, (at + self._settings.stragglers_after_seconds, f"incident/{incident.id}"))
        return sorted(left)

    def pass_time(self, now: float, limit: int) -> list[Decision]:
        """Send what has waited long enough and is still unexplained."""
        decisions: list[Decision] = []
        while self._queue and self._queue[0][0] <= now and len(decisions) < limit:
            at, name = heapq.heappop(self._queue)
            if name.startswith("incident/"):
                decisions += self._report_stragglers(name.removeprefix("incident/"), now)
            elif name.startswith("flapping/"):
                decisions += self._judge_flapping(name.removeprefix("flapping/"), now)
            elif self._due.get(name) == at:
                del self._due[name]
                decisions += self._announce(name, now)
        return decisions

    def due_at(self, device: str) -> float | None:
        """When the alert of an offline device is owed, unless something explains its silence; None if it is settled."""
        return self._due.get(device)

    def sighted(self, lost_seconds: float) -> None:
        """Waiting times do not run while nothing can be seen."""
        self._queue = [(at + lost_seconds, name) for at, name in self._queue]
        self._due = {device: at + lost_seconds for device, at in self._due.items()}

    def save(self) -> dict[str, Any]:
        """What waits, is withheld or straggles, as plain data."""
        return {
            "queue": [list(entry) for entry in sorted(self._queue)],
            "due": self._due,
            "withheld": self.withheld,
            "stragglers": {incident: sorted(left) for incident, left in self._stragglers.items()},
        }

    def restore(self, data: Mapping[str, Any], at: float) -> None:
        """Go on waiting where `save` left off; an offline device of which nothing is known waits anew."""
        self._queue = [(float(moment), str(name)) for moment, name in data.get("queue", ())]
        heapq.heapify(self._queue)
        self._due = dict(data.get("due", {}))
        self.withheld = dict(data.get("withheld", {}))
        self._stragglers = {incident: set(left) for incident, left in data.get("stragglers", {}).items()}
        listed = set(self._due) | set(self.withheld) | {device for left in self._stragglers.values() for device in left}
        for device in self._fleet:
            unannounced = device.status == "offline" and device.ever_heard and device.cause != "parent"
            if unannounced and device.id not in listed and offline_key(device.id) not in self._book.firing:
                self._wait(device.id, at + self._settings.device_hold_seconds)

    def _wait(self, device: str, until: float) -> None:
        self._due[device] = until
        heapq.heappush(self._queue, (until, device))

    def _back(self, device: str, at: float, reason: str) -> list[Decision]:
        self._due.pop(device, None)
        self.withheld.pop(device, None)
        decisions: list[Decision] = list(self._book.resolve(offline_key(device), at, reason))
        for incident, left in list(self._stragglers.items()):
            left.discard(device)
            if not left:
                del self._stragglers[incident]
                decisions += self._book.resolve(_stragglers_key(incident), at, "every device of the list is back")
        return decisions

    def _told_by(self, alert: Alert) -> Device | None:
        """The device of which an alert says that it is offline, whatever the alert is called."""
        device = self._fleet.get(f"{alert.labels.get('tenant')}/{alert.labels.get('device')}")
        return device if device is not None and alert.key == offline_key(device.id) else None

    def _release_children(self, parent: Device, at: float) -> None:
        """Children get their own timeout to return before they are a problem of their own."""
        for child_id in self._fleet.children.get(parent.id, ()):
            child = self._fleet.devices[child_id]
            if child.status == "offline" and child.cause == "parent":
                self._wait(child_id, at + child.timeout + self._settings.device_hold_seconds)

    def _announce(self, device_id: str, now: float) -> list[Decision]:
        device = self._fleet.get(device_id)
        if device is None or device.status != "offline" or device.maintenance:
            return []
        cover, incident = self._cover(device)
        if cover == "suspicion":
            self._wait(device_id, now + RECHECK_SECONDS)
            return []
        if cover == "incident":
            self.withheld[device_id] = incident
            return []
        parent = self._fleet.get(device.parent_id)
        if device.cause == "parent" and parent is not None and parent.status == "offline":
            return []
        if len(device.flaps) >= self._liveness.flap_changes:
            return self._announce_flapping(device, now)
        return [self._offline_alert(device, now)]

    def _offline_alert(self, device: Device, now: float) -> Decision:
        children = self._fleet.offline_children(device)
        name = "GatewayOffline" if children else "DeviceOffline"
        behind = f" and {count(children, 'device')} behind it" if children else ""
        severity: Severity | None = "critical" if device.id in self._settings.critical_devices else None
        session = trusts_session(device)
        since = device.since if session else device.last_seen
        last = f"{'Its session ended' if session else 'Last heard'} {spell(now - since)} ago"
        others = "apart from those behind it, the devices there" if children else "the other devices there"
        return self._book.fire(
            name,
            offline_key(device.id),
            now,
            since=since,
            summary=f"{_called(device)}{behind} offline: {device.reason}",
            description=(
                f"{last}, {device.reason}. No outage of its provider, region, network, site or release explains it: "
                f"{others} are heard."
            ),
            labels=device_labels(device),
            severity=severity,
        )

    def _announce_flapping(self, device: Device, now: float) -> list[Decision]:
        key = flapping_key(device.id)
        window = self._liveness.flap_window_seconds
        heapq.heappush(self._queue, (now + window / 2, f"flapping/{device.id}"))
        if key in self._book.firing:
            return []
        return [
            self._book.fire(
                "DeviceFlapping",
                key,
                now,
                since=device.flaps[0],
                summary=f"{_called(device)} comes and goes: {len(device.flaps)} changes in {spell(window)}",
                description="Its single changes are not announced while this lasts. " + device.reason,
                labels=device_labels(device),
            )
        ]

    def _judge_flapping(self, device_id: str, now: float) -> list[Decision]:
        device = self._fleet.get(device_id)
        window = self._liveness.flap_window_seconds
        if device is not None and device.flaps and device.flaps[-1] > now - window / 2:
            heapq.heappush(self._queue, (device.flaps[-1] + window / 2, f"flapping/{device_id}"))
            return []
        decisions: list[Decision] = list(self._book.resolve(flapping_key(device_id), now, "it has been steady again"))
        if device is not None:
            device.flaps = ()
            if device.status == "offline":
                self._wait(device_id, now)
        return decisions

    def _report_stragglers(self, incident: str, now: float) -> list[Decision]:
        left = {device for device in self._stragglers.pop(incident, set()) if self._still_offline(device)}
        if not left:
            return []
        self._stragglers[incident] = left
        names = sorted(left)
        listed = ", ".join(names[:NAMED_DEVICES]) + (
            f" and {len(names) - NAMED_DEVICES} more" if len(names) > NAMED_DEVICES else ""
        )
        return [
            self._book.fire(
                "DevicesStillOffline",
                _stragglers_key(incident),
                now,
                since=now,
                summary=f"{count(len(names), 'device')} did not return after incident {incident}",
                description=f"Still offline: {listed}.",
                labels={"incident": incident},
                incident=incident,
                counts={"silent": len(names)},
            )
        ]

    def _still_offline(self, device_id: str) -> bool:
        device = self._fleet.get(device_id)
        return device is not None and device.status == "offline" and not device.maintenance

    def _began(self, device: str, change: StatusChanged) -> float:
        alert = self._book.firing.get(offline_key(device))
        return alert.starts_at if alert else change.at


def device_labels(device: Device) -> dict[str, str]:
    """The labels that every alert about one device carries."""
    profile = device.profile
    return {
        "tenant": device.tenant,
        "site": profile.site,
        "provider": profile.provider,
        "kind": profile.kind,
        "device": device.name,
    }


def _called(device: Device) -> str:
    kind = device.profile.kind
    return f"{'device' if kind == 'generic' else kind} {device.id}"


def offline_key(device: str) -> str:
    """The key of the alert that a device is offline."""
    return f"device/{device}/offline"


def flapping_key(device: str) -> str:
    """The key of the alert that a device comes and goes."""
    return f"device/{device}/flapping"


def _stragglers_key(incident: str) -> str:
    return f"incident/{incident}/stragglers"
