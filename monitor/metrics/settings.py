"""`[metrics]`: what Prometheus may read."""

from typing import Annotated

from pydantic import Field

from monitor.core.settings import Section


class MetricsSettings(Section):
    """`[metrics]`: series per device, and who is missed when nobody reads."""

    per_device: Annotated[bool, Field(description="serve series for single devices on /metrics/devices")] = False
    per_device_limit: Annotated[
        int, Field(ge=1, le=100_000, description="most devices that get series of their own")
    ] = 1000
    unread_seconds: Annotated[
        float,
        Field(ge=30, le=86_400, description="PrometheusNotScraping is raised when nobody reads /metrics for this long"),
    ] = 300.0
