"""Counting what is not in the contract. Nothing of it survives; the count tells that somebody sends it."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from monitor.decoders.protocol import DroppedClass

VENDOR_PREFIX = "x_"

RESTRICTED = frozenset(
    {
        "address",
        "bssid",
        "coordinates",
        "email",
        "gps",
        "ip",
        "lat",
        "latitude",
        "lng",
        "location",
        "lon",
        "longitude",
        "mac",
        "motion",
        "occupancy",
        "occupied",
        "owner",
        "pet",
        "phone",
        "presence",
        "ssid",
        "user",
        "username",
        "video",
    }
)
"""Words that name people, places or networks: any field that contains one is restricted, as in `petName`, `ip_addr`."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def is_restricted(name: str) -> bool:
    """Whether a field's name says that it tells about people, places or networks."""
    return any(word.lower() in RESTRICTED for word in _WORD.findall(name))


def strangers(outside: Iterable[Mapping[str, Any]]) -> list[tuple[DroppedClass, int]]:
    """How many fields there are by class. Inside of a dropped value only restricted fields count on their own."""
    counts: Counter[DroppedClass] = Counter()
    inside: list[Any] = []
    for fields in outside:
        for name, value in fields.items():
            counts[_class_of(name)] += 1
            inside.append(value)
    while inside:
        value = inside.pop()
        if isinstance(value, dict):
            counts["restricted"] += sum(map(is_restricted, value))
            inside += value.values()
        elif isinstance(value, list):
            inside += value
    return [(field_class, count) for field_class, count in counts.items() if count]


def _class_of(name: str) -> DroppedClass:
    if is_restricted(name):
        return "restricted"
    return "vendor" if name.startswith(VENDOR_PREFIX) else "unknown"
