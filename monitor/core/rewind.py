"""What was saved by a clock that was ahead, told by the clock that counts now.

If the host's clock was set back between two lives of the monitor, saved moments lie in the future. Taken as they are,
silence would be judged late by as much, and nothing would have happened yet that has. So they are moved back together:
the time between two of them stays what it was, and the last of them is now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.core.decisions import Alert, Incident

EARLIEST = 1e9
"""Unix seconds, of the year 2001: a number below is no moment but a count or a length of time."""
REACH_SECONDS = 400 * 86_400.0
"""A saved number this near to when it was saved is a moment."""

JUDGEMENT = ("sight", "notices", "outages", "welfare", "patience", "probing")
"""The parts of the engine's memory that measure time. People's plans (silences, windows, promises) mean the time of
day, and stay."""
OF_DEVICES = ("profile", "reading", "schedule", "welfare")
"""The parts of a device's row that hold its own words or times of day."""
BY_THE_DAY = ("first_at", "ledger", "next_at", "planned_to", "plan_since", "today")
"""What a feeder's memory says of planned meals."""


class Rewind:
    """Moves what was saved at `saved_at` back to `at`, if that is earlier; else leaves all as it is.

    A device's row that was not saved again since the clock went back is moved by itself.
    """

    def __init__(self, saved_at: float, at: float) -> None:
        self._at = at
        self._seconds = max(0.0, saved_at - at)

    def memory(self, engine: Mapping[str, Any]) -> Mapping[str, Any]:
        """The engine's own memory."""
        if not self._seconds:
            return engine
        return {name: self._moved(part, self._seconds) if name in JUDGEMENT else part for name, part in engine.items()}

    def devices(self, rows: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
        """The rows of devices."""
        for row in rows:
            ahead = max(self._seconds, row["last_seen"] - self._at)
            yield self._device(row, ahead) if ahead > 0 else row

    def incidents(self, incidents: Sequence[Incident]) -> Sequence[Incident]:
        """Open incidents; none began in the future."""
        at = self._at
        return [
            replace(each, started_at=min(each.started_at, at), opened_at=at) if each.opened_at > at else each
            for each in incidents
        ]

    def alerts(self, alerts: Sequence[Alert]) -> Sequence[Alert]:
        """Firing alerts; none began in the future."""
        return [replace(each, starts_at=self._at) if each.starts_at > self._at else each for each in alerts]

    def _device(self, row: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        kept = {name: value for name, value in row.items() if name in OF_DEVICES}
        moved = {name: self._moved(value, seconds) for name, value in row.items() if name not in OF_DEVICES}
        if kept.get("welfare"):
            care = kept["welfare"]
            kept["welfare"] = {
                name: value if name in BY_THE_DAY else self._moved(value, seconds) for name, value in care.items()
            }
        return {**moved, **kept}

    def _moved(self, value: Any, seconds: float) -> Any:  # noqa: ANN401 -- plain data of any shape
        if isinstance(value, Mapping):
            return {name: self._moved(each, seconds) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._moved(each, seconds) for each in value]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or value < EARLIEST or abs(value - self._at - seconds) > REACH_SECONDS:
            return value
        return type(value)(value - seconds)
