"""What a receiver may know."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from monitor.core.decisions import Alert
from monitor.egress.pseudonyms import Pseudonyms

Trust = Literal["own", "third_party"]

ALWAYS_ALLOWED = frozenset({"alertname", "severity", "kind", "layer", "incident", "cause"})
SCOPE_KEYS = frozenset({"provider", "region", "network", "site", "tenant", "model", "firmware", "parent"})
DEVICE_KEYS = frozenset({"device", "parent", "gateway"})
"""Labels whose value names a device; they leave as pseudonyms."""
COUNTS = frozenset({"devices", "silent"})
LINKS = frozenset({"runbook_url", "dashboard_url", "link"})
STANDING_TEXTS = frozenset({"action", "caution"})
"""Annotations that read the same for every alert of one name."""
NOT_KNOWN = frozenset({"", "none"})


@dataclass(frozen=True, slots=True)
class Content:
    """What a sending is made of, as the ledger says it: whose, and which fields."""

    tenants: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


NOTHING = Content()
UNDECLARED = Content(fields=("undeclared",))


@dataclass(frozen=True, slots=True)
class Admitted(Alert):
    """An alert as one receiver may see it. `tenant` is whose it is, also where the receiver may not know that."""

    tenant: str = ""


def content_of(alerts: Iterable[Alert]) -> Content:
    """What a sending of these alerts is made of; a channel that leaves something out is recorded as if it did not."""
    tenants, fields = set(), {"state", "starts_at", "ends_at"}
    for alert in alerts:
        tenants.add(alert.tenant if isinstance(alert, Admitted) else alert.labels.get("tenant", ""))
        fields |= alert.labels.keys() | alert.annotations.keys() | {"alertname", "severity"}
    return Content(tuple(sorted(tenants - NOT_KNOWN)), tuple(sorted(fields)))


@dataclass(frozen=True, slots=True)
class Policy:
    """What one receiver may know. Our own receivers see everything; a third party sees names, counts and scopes."""

    trust: Trust
    pseudonyms: Pseudonyms

    def admit(self, alert: Alert) -> tuple[Alert, int]:
        """The alert as the receiver may see it, and how many of its fields were withheld."""
        if self.trust == "own":
            return alert, 0
        labels = self._labels(alert)
        notes = self._annotations(alert)
        withheld = len(alert.labels) - len(labels) + len(alert.annotations) - len(notes)
        notes["summary"] = _plain_summary(alert, labels, notes)
        return replace(alert, key=self.pseudonyms.of(alert.key), labels=labels, annotations=notes), withheld

    def _labels(self, alert: Alert) -> dict[str, str]:
        about_a_device = "device" in alert.labels
        allowed = ALWAYS_ALLOWED | ({"provider"} if about_a_device else SCOPE_KEYS)
        return {
            label: self._pseudonym(alert, value) if label in DEVICE_KEYS else value
            for label, value in alert.labels.items()
            if label in allowed | DEVICE_KEYS
        }

    def _pseudonym(self, alert: Alert, device: str) -> str:
        return device if device in NOT_KNOWN else self.pseudonyms.of(f"{alert.labels.get('tenant', '')}/{device}")

    def _annotations(self, alert: Alert) -> dict[str, str]:
        devices = {alert.labels.get(label, "") for label in DEVICE_KEYS} - NOT_KNOWN
        return {
            note: text
            for note, text in alert.annotations.items()
            if note in STANDING_TEXTS
            or (note in COUNTS and text.isdecimal())
            or (note in LINKS and not any(device in text for device in devices))
        }


def _plain_summary(alert: Alert, labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """One line made of nothing but what is allowed; the written summary may say more than that."""
    scope = sorted((SCOPE_KEYS | DEVICE_KEYS) & labels.keys())
    facts = [f"{key} {labels[key]}" for key in scope if labels[key] not in NOT_KNOWN]
    facts += [f"{notes[count]} {count}" for count in sorted(COUNTS & notes.keys())]
    return f"{alert.name}: {', '.join(facts)}" if facts else alert.name
