"""Scopes: what an outage may be the outage of, and what it costs to name one."""

from collections.abc import Mapping
from hashlib import blake2s

from monitor.core.decisions import Layer
from monitor.core.leaves import TENANT_BOUND

Scope = tuple[tuple[str, str], ...]
"""Dimension and value, one or two of them; none is the whole fleet."""

FLEET: Scope = ()

LAYERS: dict[str, Layer] = {
    "provider": "provider",
    "region": "region",
    "network": "network",
    "site": "site",
    "parent": "gateway",
}
BROADEST_FIRST: tuple[Layer, ...] = ("fleet", "provider", "region", "network", "release", "site", "gateway")
HOUSES: frozenset[Layer] = frozenset({"site", "gateway"})
"""Layers whose devices share a plug and a router."""
AREAS: frozenset[Layer] = frozenset({"region", "network"})
"""Layers of which a fleet may have nothing but one house."""
PRICES: dict[Layer, float] = {
    "fleet": 0.0,
    "provider": 2.5,
    "region": 3.0,
    "network": 4.0,
    "release": 4.0,
    "site": 6.5,
    "gateway": 7.0,
}
"""What naming a value of this layer costs, in nats: about the log of how many such values a fleet has.

Fixed, because a price that followed the number of values would let a cohort that has no part in an outage change its
scope.
"""
PAIR_PRICE = 1.0


def layer_of(scope: Scope) -> Layer:
    """The layer of a scope; a pair takes that of its broader member."""
    if not scope:
        return "fleet"
    return min((_layer(dimension) for dimension, _ in scope), key=BROADEST_FIRST.index)


def price_of(scope: Scope) -> float:
    """What naming this scope costs, in nats."""
    return sum(PRICES[_layer(dimension)] for dimension, _ in scope) + PAIR_PRICE * max(0, len(scope) - 1)


def breadth_of(scope: Scope) -> tuple[int, int, Scope]:
    """A key that sorts scopes from broad to narrow."""
    return BROADEST_FIRST.index(layer_of(scope)), len(scope), scope


def as_mapping(scope: Scope) -> dict[str, str]:
    """The scope as keys and values; the tenant is named where values are unique only within one."""
    terms: dict[str, str] = {}
    for dimension, value in scope:
        if dimension in TENANT_BOUND:
            terms["tenant"], _, terms[dimension] = value.partition("/")
        else:
            terms[dimension] = value
    return terms


def of_mapping(terms: Mapping[str, str]) -> Scope:
    """The scope of these keys and values, in the order in which they came."""
    return tuple(
        (dimension, f"{terms['tenant']}/{value}" if dimension in TENANT_BOUND else value)
        for dimension, value in terms.items()
        if dimension != "tenant"
    )


def as_text(scope: Scope) -> str:
    """The scope in words."""
    return " in ".join(f"{dimension} {value}" for dimension, value in scope) or "the whole fleet"


def outage_id(scope: Scope, opened_at: float) -> str:
    """A short id that the same outage gets in every run."""
    terms = "&".join(f"{dimension}={value}" for dimension, value in scope)
    return blake2s(f"outage|{terms}|{opened_at:.0f}".encode(), digest_size=5).hexdigest()


def _layer(dimension: str) -> Layer:
    return LAYERS.get(dimension, "release")
