"""The names of what an alert can carry, and which of them a receiver gets."""

from typing import Annotated, Literal

from pydantic import AfterValidator

Trust = Literal["own", "third_party"]

ALL: frozenset[str] = frozenset(
    {
        "action",
        "caution",
        "cause",
        "channel",
        "dashboard_url",
        "description",
        "device",
        "devices",
        "firmware",
        "gateway",
        "incident",
        "kind",
        "layer",
        "link",
        "model",
        "network",
        "parent",
        "period",
        "probe",
        "provider",
        "reading",
        "region",
        "resolution",
        "runbook_url",
        "silent",
        "site",
        "summary",
        "tenant",
    }
)
"""Labels and annotations; `reading` is what was measured, as a band. Name, severity, state and times always go."""

ALWAYS: frozenset[str] = frozenset({"alertname", "severity"})
RESTRICTED: frozenset[str] = frozenset({"description", "resolution"})
"""Free words of ours, which may name devices, homes and readings: never for third parties."""
WATCHED: frozenset[str] = frozenset({"tenant"})
"""What a third party gets only if it is asked for by name, and with a warning."""
NARROW: frozenset[str] = ALL - RESTRICTED - WATCHED
"""What third parties get unless something else is configured."""
HIDDEN: frozenset[str] = frozenset({"device", "gateway", "parent", "site"})
"""Names of things at somebody's home: they leave to third parties as pseudonyms."""
LINKS: frozenset[str] = frozenset({"dashboard_url", "link", "runbook_url"})
COUNTS: frozenset[str] = frozenset({"devices", "silent"})


def _known(chosen: tuple[str, ...]) -> tuple[str, ...]:
    for name in chosen:
        if name not in ALL:
            raise ValueError(f"there is no field {name}; an alert has {', '.join(sorted(ALL))}")
    return chosen


Fields = Annotated[tuple[str, ...], AfterValidator(_known)]
"""Fields that a receiver is granted, by name."""


def granted(trust: Trust, chosen: tuple[str, ...] | None) -> frozenset[str] | None:
    """The fields that a receiver gets; None for everything there is."""
    if chosen is not None:
        return frozenset(chosen) | ALWAYS
    return None if trust == "own" else NARROW | ALWAYS


def refused(trust: Trust, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """The chosen fields that this receiver must never get, sorted."""
    return tuple(sorted(RESTRICTED & set(chosen or ()))) if trust == "third_party" else ()
