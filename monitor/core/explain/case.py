"""An incident of one device or of the monitor itself in words: it rests on alerts, and nothing was weighed."""

from monitor.core.decisions import Incident
from monitor.core.explain.incident import IncidentExplanation, since_words
from monitor.core.operations.settings import IncidentSettings
from monitor.core.words import sentence, spell


def explain_case(incident: Incident, now: float, settings: IncidentSettings) -> IncidentExplanation:
    """Say why it is open, or was, and when it ends."""
    return IncidentExplanation(
        id=incident.id,
        summary=incident.summary,
        expected=_expected(incident),
        seen=" ".join(f"{piece.source}: {sentence(piece.statement)}" for piece in incident.evidence),
        since=since_words(incident, now, "told"),
        sure="Nothing had to be weighed: it is open while its alerts fire, and each of them says what it rests on.",
        evidence=(),
        considered=(),
        indistinguishable=(),
        unaffected="",
        would_change=(_would_change(incident, now, settings),),
        withheld=0,
        notices="",
    )


def _expected(incident: Incident) -> str:
    if incident.kind == "monitor":
        return (
            "The monitor hears its own messages come back through the broker, writes down what it decides, and is read."
        )
    device = f"{incident.scope['tenant']}/{incident.scope['device']}"
    return f"Device {device} is heard in time and does what it is there for; explain the device to see what that is."


def _would_change(incident: Incident, now: float, settings: IncidentSettings) -> str:
    again = spell(settings.reopen_seconds)
    if incident.resolved_at is None:
        return f"It is over with the last of its alerts, and goes on if one fires again within {again} of that."
    if now < incident.resolved_at + settings.reopen_seconds:
        return f"If one of its alerts fires again within {again} of its end, this incident goes on."
    return f"Nothing: it ended more than {again} ago, and a new alert would be a new incident."
