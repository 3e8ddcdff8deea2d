"""What a person reads: one message for any number of alerts."""

from collections.abc import Sequence
from typing import Literal

from monitor.core.decisions import Alert
from monitor.core.routing import Reason

HEADINGS: dict[Reason, str] = {
    "digest": "Digest",
    "quiet": "During quiet hours",
    "escalation": "Nobody has acknowledged",
    "reminder": "Still firing",
    "acknowledged": "Acknowledged",
    "test": "Test",
}
"""What comes before a title, by the reason why the message leaves."""
LISTED = 20
"""Alerts that one message spells out; the rest are counted."""
RANKS = {"critical": 0, "warning": 1, "info": 2}


def title(alerts: Sequence[Alert], reason: Reason) -> str:
    """One line: why it comes, what it is about, how many there are."""
    first = min(alerts, key=_urgency)
    if len(alerts) == 1:
        words = f"{state_of(first)} {first.name}"
    else:
        firing = sum(alert.state == "firing" for alert in alerts)
        parts = [f"{number} {word}" for number, word in ((firing, "firing"), (len(alerts) - firing, "over")) if number]
        words = f"{' and '.join(parts)}, first {first.name}"
    heading = HEADINGS.get(reason)
    return f"{heading}: {words}" if heading else words


def body(alerts: Sequence[Alert]) -> str:
    """The most urgent first, each with what to do; what is over last."""
    ordered = sorted(alerts, key=_urgency)
    parts = [_paragraph(alert) for alert in ordered[:LISTED]]
    if len(ordered) > LISTED:
        parts.append(f"and {len(ordered) - LISTED} more")
    return "\n\n".join(parts)


def worst(alerts: Sequence[Alert]) -> Literal["critical", "warning", "info", "over"]:
    """How bad the worst of them is; `over` if nothing fires any more."""
    first = min(alerts, key=_urgency)
    return first.severity if first.state == "firing" else "over"


def state_of(alert: Alert) -> str:
    """How a line about it begins: its severity, or that it is over."""
    return "RESOLVED" if alert.state == "resolved" else alert.severity.upper()


def shortened(text: str, most: int) -> str:
    """A text of at most so many characters, on one line; what is cut off shows."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _paragraph(alert: Alert) -> str:
    notes = alert.annotations
    # What third parties get for a summary begins with the name.
    known = alert.summary.removeprefix(alert.name).removeprefix(": ")
    lines = [f"{state_of(alert)} {alert.name}: {known}" if known else f"{state_of(alert)} {alert.name}"]
    if alert.state == "resolved":
        lines += [f"Why: {notes['resolution']}"] if notes.get("resolution") else []
    else:
        lines += [f"Do: {notes['action']}"] if notes.get("action") else []
        lines += [notes["caution"]] if notes.get("caution") else []
    link = notes.get("link") or notes.get("runbook_url", "")
    return "\n".join([*lines, *([link] if link.startswith("http") else [])])


def _urgency(alert: Alert) -> tuple[bool, int, str]:
    return alert.state == "resolved", RANKS[alert.severity], alert.key
