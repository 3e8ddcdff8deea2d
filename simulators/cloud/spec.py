"""`[[clouds]]` of a scenario: how a provider looks from outside while its devices are watched."""

from typing import Annotated

from pydantic import Field, model_validator

from monitor.core.settings import Section
from simulators.cloud.provider import Page
from simulators.durations import Duration


class CloudSpec(Section):
    """One provider that the monitor probes once a minute: its API, its status page, and a control."""

    provider: Annotated[str, Field(min_length=1, description="whose cloud it is")]
    page: Annotated[
        Page,
        Field(
            description="its status page: `honest` (it admits outages), `green` (it never does), `broken` (nonsense),"
            " `absent`"
        ),
    ] = "honest"
    page_lag: Annotated[Duration, Field(description="an honest page admits an outage this long after it began")] = 600.0
    api_dead_at: Annotated[Duration | None, Field(description="when the API alone dies; its devices are fine")] = None
    api_dead_for: Annotated[Duration, Field(description="for how long")] = 600.0

    @model_validator(mode="after")
    def _a_death_has_a_beginning(self) -> "CloudSpec":
        if self.api_dead_at is None and "api_dead_for" in self.model_fields_set:
            raise ValueError("api_dead_for says how long the API is dead; say when with api_dead_at")
        return self
