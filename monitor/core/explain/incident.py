"""An incident in words: what was expected and seen, how sure that is, what lost against it, what would change it."""

from dataclasses import dataclass

from monitor.core.decisions import Incident
from monitor.core.explain.weights import Weighed, likelihood, weigh
from monitor.core.incidents import OWN_PATH, name_of, scope_text
from monitor.core.outages.recovery import LEFT_SHARE
from monitor.core.outages.witnesses import CAPS
from monitor.core.settings import OutageSettings
from monitor.core.words import certainty, count, moment, sentence, share, spell

MAIN_SOURCES = ("silence", "cloud")
"""The evidence whose statement says, parted by a semicolon, what was seen and what is usual."""
STRAGGLERS_NAMED = 10


@dataclass(frozen=True, slots=True)
class IncidentExplanation:
    """Why an incident is what we call it, part by part; a part that says nothing is empty.

    `withheld` counts the notices about single devices that it holds back now.
    """

    id: str
    summary: str
    expected: str
    seen: str
    since: str
    sure: str
    evidence: tuple[Weighed, ...]
    considered: tuple[str, ...]
    indistinguishable: tuple[str, ...]
    unaffected: str
    would_change: tuple[str, ...]
    withheld: int
    notices: str
    stayed_away: str = ""


def explain_incident(incident: Incident, now: float, withheld: int, settings: OutageSettings) -> IncidentExplanation:
    """Say of an incident, open or over, all that was known when it was last judged."""
    nats = sum(piece.weight_nats for piece in incident.evidence)
    seen, usual = _main_statement(incident)
    return IncidentExplanation(
        id=incident.id,
        summary=incident.summary,
        expected=_expected(incident, usual),
        seen=f"{seen} {_now(incident)}".strip(),
        since=since_words(incident, now, "confirmed"),
        sure=_sure(incident, nats),
        evidence=weigh(incident.evidence),
        considered=_considered(incident),
        indistinguishable=_indistinguishable(incident),
        unaffected=sentence(incident.unaffected) or "Nobody outside it is known: it covers the whole fleet.",
        would_change=tuple(_would_change(incident, now, nats, settings)),
        withheld=withheld,
        notices=_notices(incident, withheld),
        stayed_away=_stayed_away(incident),
    )


def _main_statement(incident: Incident) -> tuple[str, str]:
    for piece in incident.evidence:
        if piece.source in MAIN_SOURCES:
            seen, _, usual = piece.statement.partition("; ")
            return sentence(seen), sentence(usual)
    return "", ""


def _now(incident: Incident) -> str:
    if not incident.devices:
        return "None of its devices is left in the fleet."
    when = "Now" if incident.resolved_at is None else "At the end"
    silent = "is silent" if incident.silent == 1 else "are silent"
    told = "cannot reach their cloud" if incident.form == "degraded" else silent
    return f"{when} {incident.silent:,} of {incident.devices:,} {told}."


def _expected(incident: Incident, usual: str) -> str:
    who = f"{count(incident.devices, 'device')} of {scope_text(incident.scope)}"
    match incident.form:
        case "degraded":
            told = f"Those of the {who} that can tell should reach their cloud."
        case _:
            told = f"Each of the {who} is due to be heard at its own interval."
    return f"{told} {usual}".strip()


def since_words(incident: Incident, now: float, noticed: str) -> str:
    """When it began, was noticed and ended; `noticed` is the word for the moment it was opened."""
    give = incident.onset_uncertainty_seconds
    parts = [f"Began about {moment(incident.started_at, now)}" + (f", give or take {spell(give)}" if give else "")]
    parts.append(f"{noticed} at {moment(incident.opened_at, now)}, {_after(incident.started_at, incident.opened_at)}")
    if incident.resolved_at is None:
        parts.append(f"it has lasted {spell(now - incident.started_at)} so far")
    else:
        lasted = spell(incident.resolved_at - incident.started_at)
        parts.append(f"over at {moment(incident.resolved_at, now)} after {lasted}")
    return "; ".join(parts) + "."


def _after(began: float, confirmed: float) -> str:
    return f"{spell(confirmed - began)} later" if confirmed >= began else "at once"


def _sure(incident: Incident, nats: float) -> str:
    word = likelihood(nats)
    total = f"The evidence adds up to {nats:+.1f} nats: {certainty(incident.confidence)} that one cause is behind it"
    return f"{word[0].upper()}{word[1:]}. {total}, where each 2.3 nats make it ten times as likely."


def _considered(incident: Incident) -> tuple[str, ...]:
    rivals = tuple(sentence(text) for text in incident.alternatives)
    if not incident.scope:
        return (OWN_PATH, *rivals)
    return rivals or ("No other scope explained the silence at a price worth paying.",)


def _indistinguishable(incident: Incident) -> tuple[str, ...]:
    return tuple(f"{name_of(scope)}: here the same devices." for scope in incident.equivalents)


def _would_change(incident: Incident, now: float, nats: float, settings: OutageSettings) -> list[str]:
    again = spell(settings.reopen_seconds)
    if incident.resolved_at is not None:
        if now < incident.resolved_at + settings.reopen_seconds:
            return [f"If the same scope fails again within {again} of its end, this incident goes on."]
        return [f"Nothing: it ended more than {again} ago, and a new failure would be a new incident."]
    back = share(round((1 - LEFT_SHARE) * 100), 100)
    steady = f"{spell(settings.resolve_seconds)}, or for two of their intervals if that is longer"
    if incident.flapping:
        steady = f"{again}, for it comes and goes"
    told = [f"It is over once {back} of those that {_fell(incident)} and it stays so for {steady}."]
    if incident.scope:
        told.append("If a wider scope that holds it fails as a whole, it becomes part of that outage.")
    sources = {piece.source.partition(":")[0] for piece in incident.evidence}
    if incident.form != "degraded" and incident.scope and "probe" not in sources:
        least = CAPS["probe"][0]
        told.append(
            f"No probe has spoken; probes that got through would take up to {-least:.1f} nats away and leave it"
            f" {likelihood(nats + least)}."
        )
    return told


def _fell(incident: Incident) -> str:
    return "lost their cloud reach it again" if incident.form == "degraded" else "fell silent are heard again"


def _notices(incident: Incident, withheld: int) -> str:
    if incident.resolved_at is not None:
        return "It is over and holds no notices back any more."
    if not withheld:
        return "No notice about a single device is held back for it yet."
    return f"{count(withheld, 'notice')} about single devices {'is' if withheld == 1 else 'are'} held back for it."


def _stayed_away(incident: Incident) -> str:
    left = incident.stragglers
    if not left:
        return ""
    more = len(left) - STRAGGLERS_NAMED
    listed = ", ".join(left[:STRAGGLERS_NAMED]) + (f" and {more:,} more" if more > 0 else "")
    return f"{count(len(left), 'device')} had not come back when it ended: {listed}."
