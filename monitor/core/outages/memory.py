"""What the detector must not forget over a restart, as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.core.decisions import Evidence, Incident
from monitor.core.outages.members import Members
from monitor.core.outages.past import Fall, Past
from monitor.core.outages.scopes import Scope, of_mapping
from monitor.core.outages.slices import Slice
from monitor.core.outages.sums import Sums
from monitor.core.outages.watch import Watch

REMEMBERED_DEVICES = 20
"""Smaller slices learn anew."""

_NUMBERS = (
    "suspected_at",
    "onset",
    "onset_uncertainty",
    "usual",
    "opened_at",
    "before",
    "peak",
    "fell",
    "healing_since",
    "moved_at",
    "moved_excess",
    "said_at",
    "said_affected",
    "wills",
    "confidence",
    "relapses",
)
_TEXTS = ("form", "trait", "state", "id", "unaffected", "said_paging", "said_sure")


def save_watch(watch: Watch) -> dict[str, Any]:
    """A suspicion or an outage as plain data."""
    data: dict[str, Any] = {name: getattr(watch, name) for name in (*_NUMBERS, *_TEXTS)}
    data["scope"] = [list(term) for term in watch.scope]
    data["evidence"] = [[each.source, each.statement, each.weight_nats] for each in watch.evidence]
    data["silence"] = None if watch.silence is None else watch.silence.statement
    data["silence_weight"] = 0.0 if watch.silence is None else watch.silence.weight_nats
    data["equivalents"] = [[list(term) for term in scope] for scope in watch.equivalents]
    data["alternatives"] = list(watch.alternatives)
    return data


def load_watch(data: Mapping[str, Any], members: Members) -> Watch:
    """A suspicion or an outage from plain data; its sums come with the leaves that join."""
    scope = _scope(data["scope"])
    own = data["form"] == "sudden" and data["state"] != "suspected"
    sums = Sums() if own else members.slice_of(scope).sums
    watch = Watch(scope, data["form"], sums, suspected_at=data["suspected_at"], onset=data["onset"])
    for name in (*_NUMBERS, *_TEXTS):
        if name in data:
            setattr(watch, name, data[name])
    watch.evidence = tuple(Evidence(*piece) for piece in data["evidence"])
    if data["silence"] is not None:
        watch.silence = Evidence("silence", data["silence"], data["silence_weight"])
    watch.equivalents = tuple(_scope(terms) for terms in data["equivalents"])
    watch.alternatives = tuple(data["alternatives"])
    return watch


def adopt_incident(incident: Incident, members: Members) -> Watch:
    """An outage of which only the incident survived: it was opened after the last save."""
    scope = members.ordered(of_mapping(incident.scope))
    sums = Sums() if incident.form == "sudden" else members.slice_of(scope).sums
    watch = Watch(scope, incident.form, sums, suspected_at=incident.opened_at, onset=incident.started_at)
    watch.state = "confirmed"
    watch.relapses = incident.reopened
    watch.id = incident.id
    watch.opened_at = watch.moved_at = watch.said_at = incident.opened_at
    watch.onset_uncertainty = incident.onset_uncertainty_seconds
    watch.peak = watch.said_affected = incident.silent
    watch.said_paging = True
    watch.confidence = incident.confidence
    watch.evidence = incident.evidence
    watch.unaffected = incident.unaffected
    watch.equivalents = tuple(of_mapping(scope) for scope in incident.equivalents)
    watch.alternatives = incident.alternatives
    return watch


def save_slices(members: Members) -> list[dict[str, Any]]:
    """What was learned of each slice that is large enough to remember."""
    return [
        {
            "scope": [list(term) for term in scope],
            "rates": part.rates.save(),
            "wills": part.will_rate,
            "usual": part.usual.save(),
            "cloud": part.cloud_usual.save(),
            "gone": part.gone_usual.save(),
        }
        for scope, part in members.slices.items()
        if part.sums.size >= REMEMBERED_DEVICES
    ]


def load_slices(data: Sequence[Mapping[str, Any]], members: Members) -> None:
    """Put back what was learned."""
    for each in data:
        part = members.slice_of(_scope(each["scope"]))
        part.rates.restore(each["rates"])
        part.will_rate = each["wills"]
        part.usual.restore(each["usual"])
        part.cloud_usual.restore(each["cloud"])
        if "gone" in each:
            part.gone_usual.restore(each["gone"])
    members.fleet.expect(members.fleet.normal)
    of_all = members.fleet.normal
    for part in members.slices.values():
        if part is not members.fleet:
            part.expect(of_all)


def save_past(past: Past) -> list[list[Any]]:
    """Who fell silent lately, by the values of their leaf."""
    return [
        [at, [[list(fall.member.leaf.values), fall.member.leaf.bin, fall.devices] for fall in falls]]
        for at, falls in past.seconds
    ]


def load_past(data: Sequence[Sequence[Any]], members: Members, past: Past) -> None:
    """Put back who fell silent, for the leaves that there still are."""
    by_key = {(member.leaf.values, member.leaf.bin): member for member in members}
    for at, falls in data:
        known = [
            Fall(by_key[tuple(values), loss_bin], devices)
            for values, loss_bin, devices in falls
            if (tuple(values), loss_bin) in by_key
        ]
        past.seconds.append((at, known))


def save_alarm(part: Slice) -> dict[str, Any]:
    """The evidence that a slice has gathered."""
    return {
        "scope": [list(term) for term in part.scope],
        "nats": part.nats,
        "zero_at": part.zero_at,
        "run": part.run,
        "returns": part.returns,
        "wills": part.wills,
        "alarmed_at": part.alarmed_at,
    }


def load_alarm(data: Mapping[str, Any], members: Members) -> Slice:
    """Put back the evidence that a slice had gathered."""
    part = members.slice_of(_scope(data["scope"]))
    part.nats, part.zero_at, part.run = list(data["nats"]), list(data["zero_at"]), list(data["run"])
    part.returns, part.wills, part.alarmed_at = data["returns"], data["wills"], data["alarmed_at"]
    return part


def _scope(terms: Sequence[Sequence[str]]) -> Scope:
    return tuple((dimension, value) for dimension, value in terms)
