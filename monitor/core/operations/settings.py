"""`[incidents]`: what becomes an incident, and how incidents hang together."""

from typing import Annotated, Literal

from pydantic import Field

from monitor.core.settings import Seconds, Section


class IncidentSettings(Section):
    """`[incidents]`: which trouble of single devices is one, when it is the same again, what has a common cause."""

    devices_from: Annotated[
        Literal["critical", "warning"],
        Field(
            description="an alert about a single device opens an incident from this severity on; others wait until"
            " somebody acknowledges them. In a large fleet every warning would be too many"
        ),
    ] = "critical"
    reopen_seconds: Annotated[
        Seconds, Field(description="trouble of the same device, or of the monitor, within this time is the same again")
    ] = 1800.0
    most_open: Annotated[
        int, Field(ge=10, le=1_000_000, description="open incidents of single devices; more are only alerts")
    ] = 10_000
    related_within_seconds: Annotated[
        Seconds,
        Field(description="outages of providers, regions and networks of which each begins this soon after another"),
    ] = 600.0
    related_at_least: Annotated[
        int, Field(ge=2, le=100, description="so many of them at once probably have one common cause")
    ] = 3
    paging_site_devices: Annotated[
        int,
        Field(
            ge=1,
            le=100_000,
            description="from how many devices on a silent site is critical; a smaller one is a home and a warning,"
            " and so is a release that runs nowhere else; missed meals and freezing rooms are critical by themselves",
        ),
    ] = 20
    most_lines: Annotated[
        int, Field(ge=50, le=100_000, description="lines of a timeline that the monitor writes; people may add more")
    ] = 1000
