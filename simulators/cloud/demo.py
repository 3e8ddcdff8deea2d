"""The clouds of the demo, and the probes that ask them."""

from typing import TYPE_CHECKING, Any

from simulators.cloud.provider import SimulatedProvider, Spell, spells_of

if TYPE_CHECKING:
    from simulators.world import World

PAGE_LAG_SECONDS = 900.0
API_DEAD_MINUTES = (45, 55)


def demo_providers(world: "World") -> tuple[SimulatedProvider, ...]:
    """Aurora fails as the scenario has it, and says so late; of cirrus only the API dies, for a while."""
    dead = Spell(*(world.start + 60.0 * minute for minute in API_DEAD_MINUTES))
    return (
        SimulatedProvider("aurora", spells_of(world.truth(), "aurora"), page_lag_seconds=PAGE_LAG_SECONDS),
        SimulatedProvider("cirrus", api_dead=(dead,)),
    )


def demo_probes(cloud: str) -> list[dict[str, Any]]:
    """`[[probes]]` that ask the providers of the demo at this address."""
    aurora, cirrus = {"provider": "aurora"}, {"provider": "cirrus"}
    return [
        {"name": "aurora-api", "type": "http", "target": f"{cloud}/aurora/v1/ping", "about": aurora},
        {
            "name": "aurora-page",
            "type": "statuspage",
            "target": f"{cloud}/aurora/api/v2/summary.json",
            "about": aurora,
        },
        {"name": "cirrus-api", "type": "http", "target": f"{cloud}/cirrus/v1/ping", "about": cirrus},
        {"name": "control", "type": "http", "target": f"{cloud}/control", "about": {"control": True}},
    ]
