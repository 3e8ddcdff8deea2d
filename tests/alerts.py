"""Alerts and receivers as tests need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from monitor.clock import VirtualClock
from monitor.core.decisions import Alert, AlertOwed, Decision, Severity
from monitor.core.routing import Addressee, Letter, Routing
from monitor.notifiers.protocol import DeliveryError, Parcel
from monitor.store.protocol import Step

NOON = 1_764_590_400.0
"""2025-12-01T12:00:00Z."""


def an_alert(
    device: str = "feeder-1",
    *,
    state: Literal["firing", "resolved"] = "firing",
    name: str = "DeviceOffline",
    severity: Severity = "warning",
    at: float = NOON,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Alert:
    """An alert about a device of the tenant `home`; resolved ones began five minutes before `at`."""
    told = {"summary": f"{device} is silent", "runbook_url": f"http://127.0.0.1:8080/runbooks/{name}"}
    about = {"tenant": "home", "site": "none", "provider": "aurora", "kind": "feeder", "device": device}
    return Alert(
        key=f"{name}/home/{device}",
        name=name,
        state=state,
        severity=severity,
        labels=about if labels is None else labels,
        annotations=told if annotations is None else annotations,
        starts_at=at if state == "firing" else at - 300,
        ends_at=None if state == "firing" else at,
    )


def a_step(at: float, *alerts: Alert, receivers: tuple[str, ...]) -> Step:
    """A step that owes these alerts."""
    decisions = [AlertOwed(at, alert) for alert in alerts]
    return Step(at=at, decisions=decisions, letters=to_all(decisions, receivers))


def to_all(decisions: Iterable[Decision], receivers: Sequence[str]) -> list[Letter]:
    """Everything owed to everybody at once, as without routes."""
    return Routing(Addressee(name) for name in receivers).letters(decisions, {})


class FakeReceiver:
    """Takes parcels, or refuses them, or takes its time; all in virtual time."""

    def __init__(self, name: str, clock: VirtualClock, *, resend_seconds: float | None = None) -> None:
        self.name = name
        self.resend_seconds = resend_seconds
        self.parcels: list[tuple[float, Parcel]] = []
        """What it took, and when."""
        self.tried: list[float] = []
        """When something was brought to it, taken or not."""
        self.refusing: DeliveryError | None = None
        self.poisonous = ""
        """The device whose alerts it refuses for good."""
        self.seconds = 0.0
        self._clock = clock

    async def send(self, parcel: Parcel) -> None:
        """Take the parcel, unless told otherwise."""
        self.tried.append(self._clock.now())
        if self.seconds:
            await self._clock.wait(None, self._clock.now() + self.seconds)
        if self.refusing is not None:
            raise self.refusing
        if self.poisonous and any(alert.labels.get("device") == self.poisonous for alert in parcel.alerts):
            raise DeliveryError("answered 400: bad label", retryable=False)
        self.parcels.append((self._clock.now(), parcel))

    async def try_out(self) -> list[str]:
        """It can always be reached."""
        return []

    async def aclose(self) -> None:
        """There is nothing to release."""

    @property
    def taken(self) -> list[str]:
        """What it was told, in order: device and state."""
        return [
            f"{alert.labels.get('device', '')} {alert.state}" for _, parcel in self.parcels for alert in parcel.alerts
        ]

    @property
    def keys(self) -> list[str]:
        """The idempotency keys in order."""
        return [parcel.idempotency_key for _, parcel in self.parcels]
