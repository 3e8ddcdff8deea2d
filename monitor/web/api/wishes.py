"""What people ask for when they act, and what they are shown of silences and maintenance."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from monitor.core.operations.windows import LONGEST_SECONDS
from monitor.devices.schedule import DAYS, Day
from monitor.web.api.models import Model

YEAR_SECONDS = 366 * 86_400.0
Author = Annotated[str, Field(max_length=100, description="who does it; the header X-Operator will do as well")]
Comment = Annotated[str, Field(max_length=500, description="why, for those who come after")]
Moment = Annotated[float, Field(gt=0, lt=1e11, description="Unix seconds")]
Span = Annotated[float, Field(gt=0, le=YEAR_SECONDS, description="how long, in seconds")]


class Wish(BaseModel):
    """Something that somebody wants done."""

    model_config = ConfigDict(extra="forbid")

    author: Author = ""


class Acknowledgement(Wish):
    """Take care of an incident."""


class AlertAcknowledgement(Wish):
    """Take care of a firing alert that belongs to no incident yet."""

    alert: Annotated[str, Field(min_length=1, max_length=300, description="the alert's key")]


class Ending(Wish):
    """End a silence or a maintenance window before its time."""


class Note(Wish):
    """Add a line to a timeline."""

    text: Annotated[str, Field(min_length=1, max_length=4000, description="what there is to say")]


class Resolution(Wish):
    """Declare an incident over."""

    reason: Annotated[str, Field(max_length=500, description="why it is over")] = ""


class SilenceWish(Wish):
    """Tell nobody of alerts that match, for a while."""

    matchers: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(min_length=1, max_length=20, description='as in site="s1", alertname=~"Feeder.*"; all must match'),
    ]
    starts_at: Annotated[Moment | None, Field(description="Unix seconds; now if left out")] = None
    ends_at: Moment | None = None
    duration_seconds: Span | None = None
    comment: Comment = ""

    @model_validator(mode="after")
    def _one_end(self) -> "SilenceWish":
        if (self.ends_at is None) == (self.duration_seconds is None):
            raise ValueError("give either ends_at or duration_seconds")
        return self


class SilenceLine(Model):
    """One silence."""

    id: str
    matchers: list[str]
    starts_at: Moment
    ends_at: Moment
    author: str
    comment: str
    on: Annotated[bool, Field(description="whether it is on now")]


class SilenceList(Model):
    """All silences that are on or will be."""

    items: list[SilenceLine]


class RecurrenceWish(Model):
    """A window that comes again."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    time: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="local time, as in 02:30")]
    days: Annotated[list[Day], Field(min_length=1, max_length=7)] = Field(
        default_factory=lambda: list(DAYS), description="every day if left out"
    )
    timezone: Annotated[str, Field(max_length=64, description="as in Europe/Berlin; clocks that change are heeded")]
    duration_seconds: Annotated[float, Field(gt=0, le=LONGEST_SECONDS, description="how long each time")]


class WindowWish(Wish):
    """Keep devices in maintenance, once or again and again."""

    scope: Annotated[
        dict[str, Annotated[str, Field(max_length=200)]],
        Field(description="one or more of tenant, site, provider, region, kind, device, as in {'site': 's1'}"),
    ]
    starts_at: Annotated[Moment | None, Field(description="Unix seconds; now if left out")] = None
    ends_at: Annotated[Moment | None, Field(description="Unix seconds; when it is over for good")] = None
    duration_seconds: Annotated[Span | None, Field(description="instead of ends_at")] = None
    recurrence: RecurrenceWish | None = None
    comment: Comment = ""

    @model_validator(mode="after")
    def _one_end(self) -> "WindowWish":
        if self.ends_at is not None and self.duration_seconds is not None:
            raise ValueError("give ends_at or duration_seconds, not both")
        return self


class WindowLine(Model):
    """One maintenance window."""

    id: str
    scope: dict[str, str]
    starts_at: Moment
    ends_at: Moment | None
    recurrence: RecurrenceWish | None
    author: str
    comment: str
    on: Annotated[bool, Field(description="whether it is on now")]
    next_at: Annotated[float | None, Field(description="when it begins or ends next, Unix seconds")]


class WindowList(Model):
    """All windows that are on or will be."""

    items: list[WindowLine]
