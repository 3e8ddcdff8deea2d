"""Small worlds for tests."""

from collections.abc import Mapping, Sequence

from monitor.core.observations import Observation
from simulators.scenario import Scenario
from simulators.world import World

Fields = Mapping[str, object]
PERFECT_AIR: Fields = {"loss": "none", "duplicates": 0.0, "reordered": 0.0}


def fault(kind: str, **fields: object) -> Fields:
    return {"kind": kind, **fields}


def scenario(
    *faults: Fields,
    duration: str = "1h",
    fleet: Fields | None = None,
    network: Fields = PERFECT_AIR,
    everyday: Fields | None = None,
    people: Fields | None = None,
    must_detect: Sequence[Fields] = (),
    must_not: Sequence[Fields] = (),
) -> Scenario:
    parts: dict[str, object] = {"title": "a test", "duration": duration, "faults": faults, "network": network}
    parts["fleet"] = {"devices": 300, **(fleet or {})}
    parts.update(must_detect=must_detect, must_not=must_not)
    if everyday is not None:
        parts["everyday"] = everyday
    if people is not None:
        parts["people"] = people
    return Scenario.model_validate(parts)


def run(made: World) -> list[Observation]:
    """All that the monitor receives."""
    return list(made.observations())
