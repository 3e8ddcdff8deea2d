"""What the API answers with. Every moment is in Unix seconds, every length of time in seconds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from monitor.core.decisions import IncidentKind, Layer, Phase, Severity, Status
from monitor.core.observations import BlindCause, Value
from monitor.core.operations.lives import Stage
from monitor.core.sentences import Tone
from monitor.devices.profile import Kind

Moment = Annotated[float, Field(description="Unix seconds")]


class Model(BaseModel):
    """Read from the engine's own objects."""

    model_config = ConfigDict(from_attributes=True)


class DeviceLine(Model):
    """One device in a list."""

    id: Annotated[str, Field(description="tenant/device")]
    tenant: str
    device: str
    status: Status
    since: Annotated[float, Field(description="since when it has this status, Unix seconds")]
    reason: Annotated[str, Field(description="why it has this status")]
    last_seen: Annotated[float | None, Field(description="last sign of life, Unix seconds; null if there was none")]
    maintenance: bool
    kind: Kind
    provider: str
    region: str
    site: str
    parent: Annotated[str, Field(description="the gateway it speaks through, empty if it speaks for itself")]
    model: str
    firmware: str


class DevicePage(Model):
    """A page of devices, ordered by id."""

    items: list[DeviceLine]
    next: Annotated[str | None, Field(description="hand this back as `cursor` for the next page; null on the last")]


class Expectation(Model):
    """What is expected of a device."""

    text: Annotated[str, Field(description="in words, and why")]
    interval_seconds: Annotated[float | None, Field(description="time between heartbeats; null if not known yet")]
    timeout_seconds: Annotated[float | None, Field(description="silence that makes it offline")]
    silent_at: Annotated[
        float | None, Field(description="when its silence makes it offline, Unix seconds; null if silence never does")
    ]


class VitalSigns(Model):
    """What its last heartbeat said; null means that it did not say."""

    at: Moment
    rssi_dbm: float | None
    power_source: str | None
    battery_ratio: float | None
    cloud_connected: bool | None
    uptime_seconds: float | None
    clock: str | None
    clock_offset_seconds: Annotated[float | None, Field(description="its clock minus ours")]
    faults: list[str]


class Reading(Model):
    """The latest value of each reading, by the contract's field name."""

    at: Moment
    values: dict[str, Value]


class Totals(Model):
    """What was counted since the device was first seen."""

    messages: int
    sequence_gaps: int
    reboots: int
    misses: Annotated[int, Field(description="due heartbeats missed in a row")]


class StatusChange(Model):
    """One past status change."""

    at: Moment
    status: str
    previous: str
    reason: str


class DeviceDetail(DeviceLine):
    """Everything known about one device."""

    vendor: str
    hardware: str
    power: str | None
    liveness: str
    schedule_survives_reboot: Annotated[
        bool | None, Field(description="whether its plan is still there after a restart; null for kinds without a plan")
    ]
    first_seen: Moment
    expectation: Expectation
    vital_signs: Annotated[VitalSigns | None, Field(description="null if it never sent a heartbeat")]
    reading: Annotated[Reading | None, Field(description="null if it never sent a reading")]
    totals: Totals
    recent: Annotated[list[StatusChange], Field(description="latest status changes, newest first")]
    explained_by: Annotated[
        str | None, Field(description="the open incident that explains its silence, by id; null if none does")
    ]
    suspected: Annotated[bool, Field(description="a scope it belongs to is suspected of an outage")]


class Evidence(Model):
    """One piece of evidence."""

    source: str
    statement: str
    weight_nats: Annotated[float, Field(description="> 0 speaks for an outage, < 0 against it")]


class IncidentLine(Model):
    """One incident."""

    id: str
    kind: IncidentKind
    layer: Layer
    scope: Annotated[dict[str, str], Field(description="what it covers; empty for the whole fleet")]
    state: Annotated[Stage, Field(description="where it is in its life")]
    phase: Annotated[
        Phase | None, Field(description="how an open outage goes on: recovering once half are back; else null")
    ]
    summary: str
    meaning: Annotated[str, Field(description="what it means for animals and homes; empty if nobody depends on it")]
    started_at: Annotated[float, Field(description="when it began, Unix seconds")]
    opened_at: Annotated[float, Field(description="when it was noticed, Unix seconds")]
    resolved_at: Annotated[float | None, Field(description="when it ended, Unix seconds")]
    devices: Annotated[int, Field(description="devices in the scope")]
    silent: Annotated[int, Field(description="silent devices in the scope")]
    confidence: Annotated[float, Field(description="how sure, 0 to 1")]
    onset_uncertainty_seconds: float
    evidence: list[Evidence]
    unaffected: Annotated[str, Field(description="who is not affected")]
    equivalents: Annotated[list[dict[str, str]], Field(description="scopes that explain the silence equally well")]
    alternatives: Annotated[list[str], Field(description="what else could explain it, and why it is less likely")]
    stragglers: Annotated[list[str], Field(description="devices that did not come back when it ended")]
    acknowledged_at: Annotated[float | None, Field(description="when somebody took care of it, Unix seconds")]
    acknowledged_by: Annotated[str, Field(description="who did; empty if nobody did yet")]
    resolved_by: Annotated[str, Field(description="who declared it over; empty if it ended by itself")]
    reopened: Annotated[
        int, Field(description="how many times it was over and began again; from 2 on it comes and goes")
    ]
    related: Annotated[list[str], Field(description="incidents that probably have a cause in common with it")]


class RiskLine(Model):
    """One device at risk."""

    device: Annotated[str, Field(description="its id, with its tenant")]
    kind: Kind
    site: str
    sign: Annotated[str, Field(description="the worst of what it shows, by the name of the alert for it")]
    severity: Severity
    hours: Annotated[float, Field(description="time until harm as far as it can be told, below 0 if it is past")]
    since: Moment
    summary: str
    signs: Annotated[list[str], Field(description="everything that it shows, the worst first")]


class RiskPage(Model):
    """A page of devices at risk, the least time until harm first."""

    items: list[RiskLine]
    next: Annotated[str | None, Field(description="hand this back as `cursor` for the next page; null on the last")]


class IncidentPage(Model):
    """A page of incidents, newest first."""

    items: list[IncidentLine]
    next: Annotated[str | None, Field(description="hand this back as `cursor` for the next page; null on the last")]


class AlertLine(Model):
    """One alert as it stands."""

    key: Annotated[str, Field(description="the same for the life of the alert")]
    name: str
    state: Annotated[str, Field(description="firing or resolved")]
    severity: Severity
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: Moment
    ends_at: float | None
    incident: Annotated[str, Field(description="the incident it belongs to, empty if none")]


class AlertPage(Model):
    """A page of alerts, newest first."""

    items: list[AlertLine]
    next: Annotated[str | None, Field(description="hand this back as `cursor` for the next page; null on the last")]


class CohortCounts(Model):
    """Devices of one combination of tenant, provider, region and kind."""

    tenant: str
    provider: str
    region: str
    kind: str
    statuses: dict[Status, int]
    in_maintenance: int


class FleetSummary(Model):
    """The fleet in numbers, and whether they are current."""

    at: Moment
    sentence: Annotated[str, Field(description="the state of everything in one sentence")]
    detail: Annotated[str, Field(description="what stands beside the sentence")]
    tone: Annotated[Tone, Field(description="how it is, in a word")]
    current: Annotated[bool, Field(description="false while blind: then everything is as of `horizon`")]
    horizon: Annotated[float, Field(description="up to when everything sent has been read, Unix seconds")]
    devices: int
    statuses: dict[Status, int]
    in_maintenance: int
    incidents_open: int
    alerts_firing: int
    cohorts: Annotated[list[CohortCounts], Field(description="at most 1,000, largest first")]


class Blindness(Model):
    """One reason why the monitor cannot see."""

    cause: BlindCause
    since: Moment
    meaning: str


class Readiness(Model):
    """Whether the monitor sees."""

    ready: bool
    horizon: Annotated[float, Field(description="up to when everything sent has been read, Unix seconds")]
    blind: list[Blindness]


class Alive(Model):
    """The process runs and its loop turns."""

    status: str = "alive"
    version: str


class MaintenanceWish(Model):
    """Put a device under maintenance, or take it out."""

    model_config = ConfigDict(extra="forbid")

    on: bool
    author: Annotated[str, Field(max_length=100, description="who wants it, for the record")] = ""


class MaintenanceTaken(Model):
    """The wish was taken and will be carried out within the next step."""

    device: str
    on: bool
