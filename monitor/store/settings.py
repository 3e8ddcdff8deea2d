"""`[store]`: where decisions are kept, and for how long."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from monitor.core.settings import Section

Days = Annotated[float, Field(ge=1, le=36_500)]


class Retention(Section):
    """`[store.retention]`: days until a finished thing is removed; what is open, firing or owed is never removed."""

    status_changes: Annotated[Days, Field(description="days that a device's status changes are kept")] = 90.0
    counts: Annotated[Days, Field(description="days that the fleet's counts by the minute are kept")] = 30.0
    incidents: Annotated[Days, Field(description="days that a resolved incident is kept")] = 730.0
    alerts: Annotated[Days, Field(description="days that a resolved alert and its deliveries are kept")] = 90.0


class StoreSettings(Section):
    """`[store]`: the database file and its upkeep."""

    path: Annotated[Path, Field(description="the SQLite database; a relative path starts at the working directory")] = (
        Path("hearthbeat.db")
    )
    retention: Retention = Retention()
    snapshot_seconds: Annotated[
        float,
        Field(ge=1, le=3600, description="last-seen times are saved this often; more is lost when the power fails"),
    ] = 60.0
    prune_hours: Annotated[float, Field(ge=0.1, le=168, description="retention runs this often")] = 24.0
