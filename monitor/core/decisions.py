"""Everything that the engine can decide. A decision leaves no choice: it carries ids, reason and evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitor.core.observations import BlindCause
from monitor.core.publication.bulletins import PublicDecision

Status = Literal["new", "online", "late", "offline", "sleeping"]
STATUSES: tuple[Status, ...] = ("new", "online", "late", "offline", "sleeping")

OfflineCause = Literal["", "silence", "will", "shutdown", "parent"]
"""Why a device is offline; empty for every other status."""

Severity = Literal["critical", "warning", "info"]
IncidentKind = Literal["outage", "device", "welfare", "monitor"]
Phase = Literal["ongoing", "recovering"]
"""How an open outage goes on: most of it lasts, or at least half of those that fell silent are back."""

FLAPPING_FROM = 2
"""An outage that began again so often comes and goes: its single changes are no news."""

Layer = Literal["provider", "region", "network", "site", "gateway", "release", "fleet", "device", "monitor"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence in plain words; `weight_nats` > 0 speaks for the verdict, < 0 against it."""

    source: str
    statement: str
    weight_nats: float = 0.0


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as it stands. Moments are Unix seconds; `started_at` is when it began, not when it was noticed."""

    id: str
    kind: IncidentKind
    layer: Layer
    scope: Mapping[str, str]
    started_at: float
    opened_at: float
    resolved_at: float | None
    devices: int
    silent: int
    confidence: float
    evidence: tuple[Evidence, ...] = ()
    unaffected: str = ""
    equivalents: tuple[Mapping[str, str], ...] = ()
    alternatives: tuple[str, ...] = ()
    onset_uncertainty_seconds: float = 0.0
    stragglers: tuple[str, ...] = ()
    summary: str = ""
    meaning: str = ""
    """What it means for animals and homes, in one line."""
    form: Literal["sudden", "creeping", "degraded"] = "sudden"
    acknowledged_at: float | None = None
    acknowledged_by: str = ""
    reopened: int = 0
    """How many times it was over and began again; once it comes and goes, how often it was as good as over."""
    related: tuple[str, ...] = ()
    """Ids of incidents that seem to have a cause in common with it."""
    resolved_by: str = ""
    """Who declared it over; empty if it ended by itself."""
    phase: Phase = "ongoing"
    """Of an outage, as long as it is open."""

    @property
    def flapping(self) -> bool:
        """Whether it comes and goes."""
        return self.kind == "outage" and self.reopened >= FLAPPING_FROM


@dataclass(frozen=True, slots=True)
class Alert:
    """What a human is told. `key` is stable over the life of the alert and serves receivers as deduplication key."""

    key: str
    name: str
    state: Literal["firing", "resolved"]
    severity: Severity
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: float
    ends_at: float | None = None
    incident: str = ""
    readings: Mapping[str, float] = field(default_factory=dict)
    """What was measured and is the reason, by the contract's names; for those who must be told less than exactly."""

    @property
    def summary(self) -> str:
        """The one line that a phone shows."""
        return self.annotations.get("summary", "")


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A device changed its status."""

    device: str
    at: float
    status: Status
    previous: Status
    reason: str
    cause: OfflineCause = ""


@dataclass(frozen=True, slots=True)
class DeviceRecorded:
    """What is known of a device changed (first seen, new profile, reboot) and wants to be saved."""

    device: str
    at: float


@dataclass(frozen=True, slots=True)
class DeviceForgotten:
    """A device left the fleet."""

    device: str
    at: float


@dataclass(frozen=True, slots=True)
class SuspicionChanged:
    """A scope is suspected of an outage, or no longer; never a page."""

    at: float
    state: Literal["raised", "cleared"]
    layer: Layer
    scope: Mapping[str, str]
    devices: int
    silent: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """An incident was opened, updated, acknowledged, resolved, or began again."""

    at: float
    state: Literal["opened", "updated", "acknowledged", "resolved", "reopened"]
    incident: Incident


@dataclass(frozen=True, slots=True)
class IncidentLogged:
    """One line of an incident's timeline: something was seen, decided, sent, said to the public, or done by people."""

    incident: str
    at: float
    kind: Literal["seen", "decided", "sent", "said", "done"]
    text: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class LossRecorded:
    """What an incident cost: a meal that did not come or of which nothing is known, or a sign of harm.

    `what` is the meal's plan or the sign, `since` when the meal was planned or the sign began, 0.0 where that is not
    known again. Without an `incident` it corrects what was recorded of the same device, meal or sign before.
    """

    incident: str
    at: float
    device: str
    what: str
    since: float
    outcome: str


@dataclass(frozen=True, slots=True)
class AlertOwed:
    """An alert must reach its receivers; it is on disk before it leaves.

    `silenced_by` is the silence that covers it, empty for none: it is kept all the same, and owed to nobody.
    """

    at: float
    alert: Alert
    silenced_by: str = ""


@dataclass(frozen=True, slots=True)
class BlindChanged:
    """The monitor went blind, or sees again; `since` is the horizon: the last moment it can vouch for."""

    at: float
    blind: bool
    cause: BlindCause
    since: float


@dataclass(frozen=True, slots=True)
class MealSettled:
    """A planned meal ended, or turns out to have ended otherwise than was believed (`before`, empty if it is new).

    `fed_at` is when food came, None if none did.
    """

    device: str
    at: float
    plan_id: str
    planned_at: float
    outcome: str
    before: str = ""
    fed_at: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WelfareChanged:
    """A device began to show a sign of harm, or shows it no longer; who is told of it is the alert's affair."""

    device: str
    at: float
    sign: str
    showing: bool
    summary: str


Decision = (
    StatusChanged
    | DeviceRecorded
    | DeviceForgotten
    | SuspicionChanged
    | IncidentChanged
    | IncidentLogged
    | LossRecorded
    | AlertOwed
    | PublicDecision
    | BlindChanged
    | MealSettled
    | WelfareChanged
)
