"""What a receiver may know."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Alert
from monitor.egress.bands import bands
from monitor.egress.fields import ALWAYS, COUNTS, HIDDEN, LINKS, Trust, granted
from monitor.egress.pseudonyms import Pseudonyms

SCOPE = (
    "provider",
    "region",
    "network",
    "model",
    "firmware",
    "tenant",
    "site",
    "parent",
    "gateway",
    "device",
    "channel",
    "probe",
    "cause",
)
"""What a summary tells, in this order."""
OF_HOMES = ("region", "network", "model", "firmware", "period")
"""What would tell too much about a single device beside its pseudonym."""
NOT_KNOWN = frozenset({"", "none"})


@dataclass(frozen=True, slots=True)
class Content:
    """What a sending is made of, as the ledger says it: whose, and which fields."""

    tenants: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


NOTHING = Content()


@dataclass(frozen=True, slots=True)
class Admitted(Alert):
    """An alert as one receiver may see it. `tenant` is whose it is, also where the receiver may not know that."""

    tenant: str = ""


def content_of(alerts: Iterable[Alert]) -> Content:
    """What a sending of these alerts is made of; a channel that leaves something out is recorded as if it did not."""
    tenants, fields = set(), {"state", "starts_at", "ends_at"}
    for alert in alerts:
        tenants.add(alert.tenant if isinstance(alert, Admitted) else alert.labels.get("tenant", ""))
        fields |= alert.labels.keys() | alert.annotations.keys() | ALWAYS
    return Content(tuple(sorted(tenants - NOT_KNOWN)), tuple(sorted(fields)))


@dataclass(frozen=True, slots=True)
class Policy:
    """What one receiver may know. Our own see all they are granted; third parties see it hidden and rounded.

    `fields` are those that were chosen for it; None for what its trust grants.
    """

    trust: Trust
    pseudonyms: Pseudonyms
    fields: tuple[str, ...] | None = None

    def admit(self, alert: Alert) -> tuple[Admitted, int]:
        """The alert as the receiver may see it, and how many of its fields were withheld."""
        seen = self._seen_by_own(alert) if self.trust == "own" else self._seen_by_third_party(alert)
        kept = len(seen.labels) + len(seen.annotations.keys() & alert.annotations.keys())
        return seen, len(alert.labels) + len(alert.annotations) - kept

    def _seen_by_own(self, alert: Alert) -> Admitted:
        granted_ = granted(self.trust, self.fields)
        if granted_ is None:
            return _admitted(alert)
        labels = {label: value for label, value in alert.labels.items() if label in granted_}
        notes = {note: text for note, text in alert.annotations.items() if note in granted_}
        return _admitted(alert, labels=labels, annotations=notes)

    def _seen_by_third_party(self, alert: Alert) -> Admitted:
        granted_ = granted(self.trust, self.fields) or ALWAYS
        tenant = alert.labels.get("tenant", "")
        labels = {
            label: self._hidden(tenant, value) if label in HIDDEN else value
            for label, value in alert.labels.items()
            if label in granted_ and not ("device" in alert.labels and label in OF_HOMES)
        }
        notes = {note: text for note, text in alert.annotations.items() if note in granted_ and _harmless(alert, note)}
        if "reading" in granted_ and (measured := bands(alert.readings)):
            notes["reading"] = measured
        if "summary" in granted_:
            notes["summary"] = _plain_summary(alert, labels, notes)
        key = self.pseudonyms.of(tenant, alert.key)
        return _admitted(alert, key=key, labels=labels, annotations=notes, readings={})

    def _hidden(self, tenant: str, name: str) -> str:
        return name if name in NOT_KNOWN else self.pseudonyms.of(tenant, name)


def _admitted(alert: Alert, **changes: object) -> Admitted:
    parts = {name: getattr(alert, name) for name in Alert.__dataclass_fields__}
    return Admitted(**{**parts, **changes}, tenant=alert.labels.get("tenant", ""))


def _harmless(alert: Alert, note: str) -> bool:
    """Whether an annotation may go to a third party as it is: what is the same for everybody, counts, and links."""
    text = alert.annotations[note]
    if note in COUNTS:
        return text.isdecimal()
    if note in LINKS:
        address = urlsplit(text)
        named = {alert.labels.get(label, "") for label in (*HIDDEN, "tenant")} - NOT_KNOWN
        return named.isdisjoint(re.split(r"[^A-Za-z0-9_-]+", f"{address.path} {address.query} {address.fragment}"))
    standing = ALERTS.get(alert.name)
    return standing is not None and text in {"action": {standing.action}, "caution": {standing.caution}}.get(note, ())


def _plain_summary(alert: Alert, labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """One line made of nothing but what is allowed; the written summary may say more than that."""
    facts = [f"{key} {labels[key]}" for key in SCOPE if labels.get(key, "") not in NOT_KNOWN]
    facts += [f"{notes[count]} {count}" for count in sorted(COUNTS & notes.keys())]
    facts += [notes["reading"]] if "reading" in notes else []
    return f"{alert.name}: {', '.join(facts)}" if facts else alert.name
