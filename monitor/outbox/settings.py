"""`[outbox]`: how hard to try."""

from typing import Annotated

from pydantic import Field

from monitor.core.settings import Section


class OutboxSettings(Section):
    """What an operator may say about deliveries."""

    first_retry_seconds: Annotated[
        float, Field(gt=0, le=3600, description="wait after the first failure; doubles with each further one")
    ] = 1.0
    longest_retry_seconds: Annotated[float, Field(gt=0, le=86_400, description="no wait is longer than this")] = 60.0
    give_up_hours: Annotated[
        float, Field(gt=0, le=8760, description="an alert that could not be delivered for this long is abandoned")
    ] = 24.0
    parcel_alerts: Annotated[int, Field(ge=1, le=10_000, description="most alerts in one sending")] = 100
