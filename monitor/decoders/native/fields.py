"""The types that payload models share. Every text has a form and a length, so that nothing unforeseen is carried in."""

import re
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from monitor.decoders.native.strangers import strangers
from monitor.decoders.protocol import DroppedClass

LONGEST_INTERVAL_SECONDS = 86_400.0
SHORTEST_INTERVAL_SECONDS = 1.0

# 2000-01-01 up to the end of 2100. Outside of it a device's clock was never set, or it sent seconds.
EARLIEST_MS = 946_684_800_000
LATEST_MS = 4_133_980_799_999

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)


def _milliseconds(text: str) -> float:
    """Unix milliseconds of an RFC 3339 moment; a zone is required, or it would name no moment."""
    if not _RFC3339.fullmatch(text):
        raise ValueError("not an RFC 3339 moment with a zone")
    moment = datetime.fromisoformat(text.upper()).timestamp() * 1000
    if not EARLIEST_MS <= moment <= LATEST_MS:
        raise ValueError("not between the years 2000 and 2100")
    return moment


Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
"""The id of a tenant or a device, as in a topic."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""A word made for machines: boot, event and plan ids, fault codes, capabilities."""

Name = Annotated[str, StringConstraints(pattern=r"^\w[\w .:/+()-]{0,63}$")]
"""A name made for people: models, providers, regions, sites, versions. No at sign, quotes or control characters."""

Zone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$")]
"""A time zone by its IANA name."""

Moment = Annotated[
    Annotated[float, Field(ge=EARLIEST_MS, le=LATEST_MS)] | Annotated[str, AfterValidator(_milliseconds)],
    Field(union_mode="left_to_right"),
]
"""Unix milliseconds, or RFC 3339 text; always milliseconds once validated."""

Interval = Annotated[float, Field(gt=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Whole = Annotated[int, Field(ge=0, le=2**53 - 1)]


def seconds(moment: float | str | None) -> float | None:
    """Unix seconds of a validated `Moment`."""
    return None if moment is None else float(moment) / 1000


def clamped(interval: float) -> float:
    """An interval within what the monitor can judge, 1 second to 1 day."""
    if SHORTEST_INTERVAL_SECONDS <= interval <= LONGEST_INTERVAL_SECONDS:
        return interval
    return SHORTEST_INTERVAL_SECONDS if interval < SHORTEST_INTERVAL_SECONDS else LONGEST_INTERVAL_SECONDS


class Part(BaseModel):
    """An object inside a payload. What is not in the contract is set apart, to be counted and forgotten."""

    model_config = ConfigDict(strict=True, extra="allow", allow_inf_nan=False, protected_namespaces=())

    parts: ClassVar[tuple[str, ...]] = ()
    """The fields that hold other parts; those hold none again."""

    def dropped_fields(self) -> list[tuple[DroppedClass, int]]:
        """How many fields are not in the contract, by class."""
        outside = self._outside()
        return strangers(outside) if outside else []

    def _outside(self) -> list[dict[str, Any]]:
        outside = [self.__pydantic_extra__] if self.__pydantic_extra__ else []
        for name in self.parts:
            held = getattr(self, name)
            if held is None:
                continue
            inside = held if isinstance(held, list) else [held]
            outside += [part.__pydantic_extra__ for part in inside if part.__pydantic_extra__]
        return outside


class Payload(Part):
    """One message. `tenant` and `device` may be repeated in it; the topic decides."""

    tenant: str | None = None
    device: str | None = None
