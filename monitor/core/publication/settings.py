"""`[status_page]`, the part that judgement reads: what the public sees by itself, and how soon it must hear."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from monitor.core.decisions import Severity
from monitor.core.publication.times import zone
from monitor.core.settings import Section

PublicLayer = Literal["provider", "region", "network", "release", "fleet"]
"""Layers of an outage that concern more than one customer; only these are ever spoken of in public."""
Minutes = Annotated[float, Field(ge=1, le=1440)]


class PublicationSettings(Section):
    """What the public sees by itself, and how soon it must hear of an outage."""

    automatic_components: Annotated[
        bool,
        Field(
            description="a confirmed outage colours the components it covers at once, marked as not yet confirmed by a"
            " person; if false, components change only by what is published"
        ),
    ] = True
    minimum_devices: Annotated[
        int,
        Field(ge=4, le=100_000, description="a provider or region with fewer devices is not named on the page"),
    ] = 20
    first_update_minutes: Annotated[
        Minutes, Field(description="the first public word on a confirmed outage is due after this")
    ] = 15.0
    update_minutes: Annotated[Minutes, Field(description="every further word is due this long after the last")] = 30.0
    escalate_minutes: Annotated[
        Minutes, Field(description="a word overdue for this long is critical, no longer a warning")
    ] = 15.0
    layers: Annotated[tuple[PublicLayer, ...], Field(description="layers of outages of which the public must hear")] = (
        "provider",
        "region",
        "network",
        "release",
        "fleet",
    )
    severities: Annotated[
        tuple[Severity, ...], Field(description="severities of outages of which the public must hear")
    ] = ("critical",)
    allowed_words: Annotated[
        tuple[str, ...],
        Field(description="words that public texts may use although a device, site or tenant is called so"),
    ] = ()
    time_zone: Annotated[str, Field(description="zone of the times that the public reads, as in Europe/Berlin")] = "UTC"
    contact: Annotated[
        str, Field(max_length=200, description="how owners reach you, shown on the page; texts may name it")
    ] = ""

    @field_validator("time_zone")
    @classmethod
    def _zone_is_known(cls, name: str) -> str:
        try:
            zone(name)
        except (ValueError, LookupError):
            raise ValueError(f"{name!r} is no time zone; it must be a name like UTC or Europe/Berlin") from None
        return name
