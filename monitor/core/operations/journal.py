"""The monitor's own lines in the timelines of incidents: what it saw and decided, each thing once."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from monitor.core.decisions import AlertOwed, Incident, IncidentChanged, IncidentLogged, Phase
from monitor.core.words import share

MOVED_SHARE = 0.1
PHASES: Mapping[Phase, str] = {"ongoing": "failing again", "recovering": "recovering"}
LineKind = Literal["seen", "decided"]


class Told:
    """What the timeline of one incident says already."""

    __slots__ = ("lines", "meaning", "phase", "related", "silent", "sources")

    def __init__(self) -> None:
        self.lines = 0
        self.silent = -1
        self.phase: Phase = "ongoing"
        self.meaning = ""
        self.sources: set[str] = set()
        self.related: set[str] = set()


class Journal:
    """Writes timelines; at most so many lines for each incident, so that one that drags on stays readable.

    `named` gives what an incident is called, by its id.
    """

    def __init__(self, most_lines: int, named: Callable[[str], str]) -> None:
        self._most = most_lines
        self._named = named
        self._told: dict[str, Told] = {}

    def changed(self, change: IncidentChanged) -> list[IncidentLogged]:
        """An incident changed."""
        incident, at = change.incident, change.at
        told = self._told.setdefault(incident.id, Told())
        match change.state:
            case "opened":
                lines = [_line(incident.id, at, "decided", f"opened: {incident.summary}")]
                lines += self._evidence(incident, told, at)
                if incident.unaffected:
                    lines.append(_line(incident.id, at, "seen", f"not affected: {incident.unaffected}"))
                told.silent, told.phase = incident.silent, incident.phase
            case "reopened":
                lines = [_line(incident.id, at, "decided", f"began again: {incident.summary}")]
                told.silent, told.phase = incident.silent, incident.phase
            case "acknowledged":
                lines = [IncidentLogged(incident.id, at, "done", "acknowledged", incident.acknowledged_by)]
            case "resolved":
                del self._told[incident.id]
                return [IncidentLogged(incident.id, at, "decided", incident.summary)]
            case _:
                lines = self._news(incident, told, at)
        lines += self._links(incident, told, at)
        return self._within(lines, incident.id, at)

    def alert(self, owed: AlertOwed, incident: str) -> list[IncidentLogged]:
        """An alert that belongs to an incident was decided."""
        alert, at = owed.alert, owed.at
        if alert.state == "resolved":
            text = f"{alert.name} is over: {alert.annotations.get('resolution', '')}"
        else:
            text = f"{alert.name} ({alert.severity}): {alert.summary}"
        if owed.silenced_by:
            text += f"; told to nobody because of silence {owed.silenced_by}"
        return self._within([_line(incident, at, "decided", text)], incident, at)

    def seen(self, incident: str, at: float, text: str) -> list[IncidentLogged]:
        """Something else was seen that matters to an incident."""
        return self._within([_line(incident, at, "seen", text)], incident, at)

    def save(self, incidents: Iterable[str]) -> dict[str, Any]:
        """What the timelines of these incidents say, as plain data."""
        return {
            name: {
                "lines": told.lines,
                "silent": told.silent,
                "phase": told.phase,
                "meaning": told.meaning,
                "sources": sorted(told.sources),
                "related": sorted(told.related),
            }
            for name in incidents
            if (told := self._told.get(name)) is not None
        }

    def restore(self, data: Mapping[str, Any], incidents: Iterable[Incident]) -> None:
        """From plain data; of open incidents that are not in it, what they say themselves counts as told."""
        for incident in incidents:
            told = self._told[incident.id] = Told()
            told.silent, told.phase, told.meaning = incident.silent, incident.phase, incident.meaning
            told.sources, told.related = {piece.source for piece in incident.evidence}, set(incident.related)
        for name, saved in data.items():
            told = self._told[name] = Told()
            told.lines, told.silent, told.meaning = saved["lines"], saved["silent"], saved["meaning"]
            told.phase = saved.get("phase", "ongoing")
            told.sources, told.related = set(saved["sources"]), set(saved["related"])

    def _news(self, incident: Incident, told: Told, at: float) -> list[IncidentLogged]:
        lines = self._evidence(incident, told, at)
        moved = abs(incident.silent - told.silent) >= max(1.0, MOVED_SHARE * incident.devices)
        turned = incident.phase != told.phase
        if incident.kind == "outage" and (moved or turned):
            told.silent, told.phase = incident.silent, incident.phase
            part = share(incident.silent, incident.devices)
            text = f"{incident.silent:,} of {incident.devices:,} silent ({part})"
            lines.append(_line(incident.id, at, "seen", f"{PHASES[incident.phase]}: {text}" if turned else text))
        if incident.meaning and incident.meaning != told.meaning:
            told.meaning = incident.meaning
            lines.append(_line(incident.id, at, "seen", incident.meaning))
        return lines

    def _evidence(self, incident: Incident, told: Told, at: float) -> list[IncidentLogged]:
        fresh = [piece for piece in incident.evidence if piece.source not in told.sources]
        told.sources.update(piece.source for piece in fresh)
        return [_line(incident.id, at, "seen", f"{piece.source}: {piece.statement}") for piece in fresh]

    def _links(self, incident: Incident, told: Told, at: float) -> list[IncidentLogged]:
        fresh = [name for name in incident.related if name not in told.related]
        told.related.update(fresh)
        if not fresh or incident.kind != "outage":
            return []
        others = "; ".join(f"{self._named(name)} ({name})" for name in fresh)
        return [_line(incident.id, at, "decided", f"probably one common cause with {others}: they began together")]

    def _within(self, lines: list[IncidentLogged], incident: str, at: float) -> list[IncidentLogged]:
        """As many lines as there is room for, and one that says that there is no more."""
        told = self._told.get(incident)
        if told is None:
            return lines
        room = self._most - told.lines
        told.lines += len(lines)
        if len(lines) <= room:
            return lines
        if room <= 0:
            return []
        return [
            *lines[: room - 1],
            IncidentLogged(incident, at, "decided", "the timeline is full; the rest is left out"),
        ]


def _line(incident: str, at: float, kind: LineKind, text: str) -> IncidentLogged:
    return IncidentLogged(incident, at, kind, text)
