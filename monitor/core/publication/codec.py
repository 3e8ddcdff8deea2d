"""Drafts and bulletins as plain data and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from monitor.core.publication.bulletins import Bulletin, Draft, Plan, Update


def save_draft(draft: Draft) -> dict[str, Any]:
    """One draft as JSON-compatible data."""
    return asdict(draft)


def load_draft(data: Mapping[str, Any]) -> Draft:
    """The draft that `save_draft` wrote."""
    return Draft(**{**data, "incidents": tuple(data["incidents"]), "plan": _plan(data)})


def save_bulletin(bulletin: Bulletin) -> dict[str, Any]:
    """One bulletin as JSON-compatible data."""
    return asdict(bulletin)


def load_bulletin(data: Mapping[str, Any]) -> Bulletin:
    """The bulletin that `save_bulletin` wrote; KeyError or TypeError if it is none."""
    updates = tuple(Update(**each) for each in data["updates"])
    return Bulletin(**{**data, "updates": updates, "incidents": tuple(data["incidents"]), "plan": _plan(data)})


def _plan(data: Mapping[str, Any]) -> Plan | None:
    return None if data.get("plan") is None else Plan(**data["plan"])
