"""What those who only read may look at: metrics and pages, on the same loop, without locks."""

from collections.abc import Mapping
from typing import Protocol

from monitor.core.decisions import Alert, Incident
from monitor.core.fleet import Fleet
from monitor.core.observations import BlindCause


class EngineView(Protocol):
    """The engine as it stands, for reading only; the engine itself is one."""

    @property
    def fleet(self) -> Fleet:
        """The devices and their counts."""
        ...

    @property
    def horizon(self) -> float:
        """The moment up to which everything sent has been read, Unix seconds."""
        ...

    @property
    def incidents(self) -> Mapping[str, Incident]:
        """Open incidents by id."""
        ...

    @property
    def alerts(self) -> Mapping[str, Alert]:
        """Firing alerts by key."""
        ...

    @property
    def blind(self) -> Mapping[BlindCause, float]:
        """Why the monitor is blind and since when; empty while it sees."""
        ...
