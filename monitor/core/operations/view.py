"""What those who only read may look at: incidents of every kind, silences, maintenance windows."""

from collections.abc import Mapping
from typing import Protocol

from monitor.core.decisions import Incident
from monitor.core.fleet import Device
from monitor.core.operations.silences import Silence
from monitor.core.operations.windows import Window


class Silenced(Protocol):
    """Silences and what they keep."""

    @property
    def silences(self) -> Mapping[str, Silence]:
        """Those that are on or will be, by id."""
        ...

    def untold(self, key: str) -> str:
        """The silence because of which nobody was told of this firing alert; empty if somebody was."""
        ...


class Maintained(Protocol):
    """Maintenance windows."""

    @property
    def windows(self) -> Mapping[str, Window]:
        """Those that are on or will be, by id."""
        ...

    @property
    def on(self) -> Mapping[str, Window]:
        """Those that are on, by id."""
        ...

    def covers(self, device: Device) -> Window | None:
        """A window that is on and holds this device."""
        ...


class DeskView(Protocol):
    """The desk as it stands, for reading only; the desk itself is one."""

    @property
    def open(self) -> Mapping[str, Incident]:
        """Open incidents of every kind by id."""
        ...

    @property
    def refused(self) -> int:
        """How many incidents were not opened because too many are."""
        ...

    def find(self, incident: str) -> Incident | None:
        """An incident that is open or ended lately."""
        ...

    @property
    def hush(self) -> Silenced:
        """Silences."""
        ...

    @property
    def maintenance(self) -> Maintained:
        """Windows."""
        ...
