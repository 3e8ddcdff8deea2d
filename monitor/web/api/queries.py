"""What the lists of the API can be asked for. A parameter that is not listed here is an error, not silently ignored."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from monitor.core.decisions import Severity, Status
from monitor.devices.profile import Kind

Text = Annotated[str, Field(max_length=200, description="exactly this one")]
Cursor = Annotated[str, Field(max_length=1000, description="`next` of the page before")]
IncidentState = Literal["open", "resolved", "all"]
AskedKind = Literal["outage", "device", "welfare", "monitor", "all"]
AlertState = Literal["firing", "resolved", "all"]


class Asked(BaseModel):
    """The parameters of a request."""

    model_config = ConfigDict(extra="forbid")


class FleetAsked(Asked):
    """Whose fleet."""

    tenant: Text = ""


class MetricsAsked(Asked):
    """Whose metrics."""

    tenant: Annotated[str, Field(max_length=64, description="show this tenant only")] = ""


class DevicesAsked(Asked):
    """Which devices."""

    tenant: Text = ""
    status: Annotated[list[Status], Field(description="give it several times for any of several")] = []
    kind: Annotated[Kind | None, Field(description="what sort of device")] = None
    provider: Text = ""
    region: Text = ""
    site: Text = ""
    parent: Text = ""
    maintenance: Annotated[bool | None, Field(description="only those under maintenance, or only the others")] = None
    q: Annotated[str, Field(max_length=200, description="a part of the id")] = ""
    limit: Annotated[int, Field(ge=1, le=1000, description="the most in one page")] = 100
    cursor: Cursor = ""


class IncidentsAsked(Asked):
    """Which incidents."""

    state: Annotated[IncidentState, Field(description="which of them; acknowledged ones are open")] = "all"
    kind: Annotated[AskedKind, Field(description="outages unless asked otherwise")] = "outage"
    tenant: Text = ""
    limit: Annotated[int, Field(ge=1, le=500, description="the most in one page")] = 50
    cursor: Cursor = ""


class WelfareAsked(Asked):
    """Which devices at risk."""

    tenant: Text = ""
    kind: Annotated[Kind | None, Field(description="what sort of device")] = None
    incident: Annotated[Text, Field(description="only devices that this open incident covers")] = ""
    limit: Annotated[int, Field(ge=1, le=1000, description="the most in one page")] = 100
    cursor: Cursor = ""


class AlertsAsked(Asked):
    """Which alerts."""

    state: Annotated[AlertState, Field(description="which of them")] = "firing"
    severity: Annotated[Severity | None, Field(description="how urgent")] = None
    name: Text = ""
    tenant: Text = ""
    limit: Annotated[int, Field(ge=1, le=500, description="the most in one page")] = 50
    cursor: Cursor = ""
