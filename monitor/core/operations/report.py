"""A draft of a post-mortem in Markdown: everything that is known of an incident, and the questions that it leaves."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.core.decisions import Incident, LossRecorded
from monitor.core.incidents import name_of, sureness
from monitor.core.operations.losses import LOST, OVER, SHOWING
from monitor.core.operations.timeline import Line, Sending
from monitor.core.words import certainty, count, share, spell

LISTED = 200
PROMISED_SECONDS = 900.0
"""The public is to hear a first word within this time."""
CALLED = {"outage": "outage", "device": "trouble of one device", "welfare": "harm", "monitor": "trouble of the monitor"}


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that a report is made of. `losses` may be a part of all, which `counts` adds up."""

    incident: Incident
    lines: Sequence[Line]
    sent: Sequence[Sending]
    losses: Sequence[LossRecorded]
    counts: Mapping[tuple[str, str], int]
    related: Sequence[Incident]
    now: float


def draft(record: Record) -> str:
    """The whole report."""
    parts = (
        _head(record),
        _scope(record),
        _evidence(record.incident),
        _harm(record),
        _told(record),
        _public(record),
        _timeline(record),
        _questions(record),
    )
    return "\n".join("\n".join(part) for part in parts)


def _head(record: Record) -> Iterator[str]:
    incident = record.incident
    yield f"# Incident {incident.id}: {name_of(incident.scope) if incident.kind == 'outage' else incident.summary}\n"
    yield "*A draft, written by the monitor from its own records. Moments are UTC.*\n"
    yield incident.summary + ".\n"
    yield f"- **Kind** {CALLED[incident.kind]}, layer {incident.layer}"
    about = f" ± {spell(incident.onset_uncertainty_seconds)}" if incident.onset_uncertainty_seconds else ""
    yield f"- **Began** {_moment(incident.started_at)}{about}"
    noticed = spell(incident.opened_at - incident.started_at)
    yield f"- **Noticed** {_moment(incident.opened_at)}, {noticed} after it began"
    if incident.acknowledged_at is not None:
        waited = spell(incident.acknowledged_at - incident.opened_at)
        who = incident.acknowledged_by or "somebody"
        yield f"- **Acknowledged** {_moment(incident.acknowledged_at)} by {who}, {waited} later"
    else:
        yield "- **Acknowledged** by nobody"
    if incident.resolved_at is None:
        yield f"- **Not over**; it lasts {spell(record.now - incident.started_at)} so far"
    else:
        by = f", declared over by {incident.resolved_by}" if incident.resolved_by else ""
        yield f"- **Over** {_moment(incident.resolved_at)}{by}"
        yield f"- **Lasted** {spell(incident.resolved_at - incident.started_at)}"
    if incident.reopened:
        yield f"- **Began again** {count(incident.reopened, 'time')}"
    yield ""


def _scope(record: Record) -> Iterator[str]:
    incident = record.incident
    yield "## Scope\n"
    terms = ", ".join(f"{key} `{value}`" for key, value in incident.scope.items()) or "the whole fleet"
    if incident.kind == "outage":
        part = share(incident.silent, incident.devices)
        yield f"{terms}: {incident.silent:,} of {count(incident.devices, 'device')} silent at the last count ({part})."
    else:
        yield f"{terms}."
    if incident.unaffected:
        yield f"Not affected: {incident.unaffected}."
    if incident.equivalents:
        named = "; ".join(name_of(scope) for scope in incident.equivalents)
        yield f"Cannot be told apart from: {named}."
    if incident.stragglers:
        yield f"{count(len(incident.stragglers), 'device')} had not come back at the end: {_some(incident.stragglers)}."
    if record.related:
        yield "\nRelated, probably of one cause:\n"
        yield from (f"- {each.id}: {each.summary}" for each in record.related)
    yield ""


def _evidence(incident: Incident) -> Iterator[str]:
    yield "## Evidence\n"
    if incident.kind == "outage":
        sure = f"{sureness(incident.confidence)} one cause ({certainty(incident.confidence)})"
        yield f"{sure[0].upper()}{sure[1:]}. Weights are in nats; above 0 speaks for the verdict.\n"
        yield from (f"- {each.source} ({each.weight_nats:+.1f}): {each.statement}" for each in incident.evidence)
    else:
        yield from (f"- {each.source}: {each.statement}" for each in incident.evidence)
    if incident.alternatives:
        yield "\nAlso considered:\n"
        yield from (f"- {each}" for each in incident.alternatives)
    yield ""


def _harm(record: Record) -> Iterator[str]:
    yield "## Harm\n"
    if record.incident.meaning:
        yield record.incident.meaning + ".\n"
    meals = Counter({outcome: n for (what, outcome), n in record.counts.items() if what == "meal"})
    signs = {what: n for (what, _), n in record.counts.items() if what != "meal"}
    if not record.counts:
        yield "Nothing is known to have been missed.\n"
        return
    lost = [f"{meals[outcome]:,} {outcome}" for outcome in sorted(LOST) if meals[outcome]]
    corrected = sum(number for outcome, number in meals.items() if outcome not in LOST)
    if lost:
        yield f"Meals: {', '.join(lost)}."
    if corrected:
        yield f"{count(corrected, 'meal')} that seemed lost came after all, as was learned later."
    if signs:
        yield "Devices with a sign of harm: " + ", ".join(f"{what} {n:,}" for what, n in sorted(signs.items())) + "."
    listed = [loss for loss in record.losses if loss.outcome in LOST or loss.outcome in (SHOWING, OVER)][:LISTED]
    if listed:
        yield "\n| Since | Device | What | Known now |\n|---|---|---|---|"
        yield from (f"| {_moment(each.since)} | {each.device} | {each.what} | {each.outcome} |" for each in listed)
        if (left := sum(record.counts.values()) - corrected - len(listed)) > 0:
            yield f"\nAnd {left:,} more."
    yield ""


def _told(record: Record) -> Iterator[str]:
    yield "## What was sent to whom\n"
    if not record.sent:
        yield "Nothing: no receiver was owed anything of it.\n"
        return
    yield "| Owed | Receiver | What | Became of it |\n|---|---|---|---|"
    for each in record.sent[-LISTED:]:
        when = f" after {spell(each.finished_at - each.owed_at)}" if each.finished_at is not None else ""
        error = f" ({each.error})" if each.error and each.outcome != "delivered" else ""
        yield f"| {_moment(each.owed_at)} | {each.receiver} | {each.what} | {each.outcome}{when}{error} |"
    yield ""


def _public(record: Record) -> Iterator[str]:
    yield "## When the public was told\n"
    said = [line for line in record.lines if line.kind == "said"]
    if not said:
        yield "The public was told nothing.\n"
        return
    first = said[0].at - record.incident.opened_at
    yield f"The first word came {spell(max(first, 0.0))} after the incident was noticed.\n"
    yield from (f"- {_moment(line.at)} {line.text}{_by(line)}" for line in said)
    yield ""


def _timeline(record: Record) -> Iterator[str]:
    yield "## Timeline\n"
    yield "| When | What |  |\n|---|---|---|"
    yield from (f"| {_moment(line.at)} | {line.kind} | {_cell(line.text)}{_by(line)} |" for line in record.lines)
    yield ""


def _questions(record: Record) -> Iterator[str]:
    """What the records leave open, and what people must answer in any case."""
    incident = record.incident
    yield "## Open questions\n"
    yield from (f"- {question}" for question in _asked_by_the_record(record))
    if incident.kind == "outage":
        yield "- What was the cause, in whose hands, and what did they say?"
    else:
        yield "- What was the cause?"
    yield "- What told us first, and could anything have told us sooner?"
    yield "- What was done that helped, and what that did not?"
    yield "- What will be changed, by whom, until when?"
    yield ""


def _asked_by_the_record(record: Record) -> Iterator[str]:
    incident, said = record.incident, [line for line in record.lines if line.kind == "said"]
    if incident.acknowledged_at is None:
        yield "Why did nobody acknowledge it?"
    if incident.kind == "outage" and (not said or said[0].at > incident.opened_at + PROMISED_SECONDS):
        yield f"Why did the public hear nothing within {spell(PROMISED_SECONDS)}?"
    unknown = record.counts.get(("meal", "unconfirmed"), 0)
    if unknown:
        yield f"Did {'the meal' if unknown == 1 else f'those {unknown:,} meals'} of which nothing is known come?"
    if incident.stragglers:
        yield f"What became of the {count(len(incident.stragglers), 'device')} that did not come back?"
    failed = sorted({each.receiver for each in record.sent if each.outcome == "abandoned"})
    if failed:
        yield f"Why did {', '.join(failed)} not take what was sent?"
    if incident.resolved_by:
        yield "It was declared over by hand: was it?"
    if incident.alternatives or incident.equivalents:
        yield "Was it this scope, or one of the others that were considered?"


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def _by(line: Line) -> str:
    return f" — {line.author}" if line.author else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")


def _some(names: Sequence[str]) -> str:
    listed: Iterable[str] = names[:20]
    return ", ".join(listed) + (f" and {len(names) - 20} more" if len(names) > 20 else "")  # noqa: PLR2004
