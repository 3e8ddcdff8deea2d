"""Houses: devices that share a plug are one witness, however many they are and however much in step they beat."""

import numpy as np
import pytest

from monitor.core.outages import Confirmed
from monitor.core.outages.slices import Slice
from tests.unit.core.leafsim import START, LeafWorld, Mask, told

BEGINS = 2000.0
MINE = {"tenant": "acme", "site": "mine"}


def a_fleet(seconds: float, seed: int, network: int = 30) -> tuple[LeafWorld, Mask]:
    """Homes of six, and one of eight in which everything was started at the same moment.

    The network of that home has so many devices.
    """
    size = 302
    index = range(size)
    columns = {
        "provider": ["aurora" if each < 8 or each % 3 == 0 else "boreal" for each in index],
        "region": ["east" if each < 8 or each % 2 else "west" for each in index],
        "site": ["acme/mine" if each < 8 else f"acme/home-{each // 6}" for each in index],
        "network": ["isp-1" if each < network else f"isp-{2 + each % 5}" for each in index],
    }
    world = LeafWorld(columns, [seconds] * size, seed=seed, loss=0.005)
    mine = world.where(site="acme/mine")
    world.due[mine] = START + 0.9 * seconds + 2.0 * np.arange(8) + world.margin[mine]
    return world, mine


def scopes(world: LeafWorld, until: float) -> list[dict[str, str]]:
    return [dict(each.scope) for _, _, each in told(world, until) if isinstance(each, Confirmed)]


@pytest.mark.parametrize("seconds", [60.0, 300.0, 900.0])
def test_a_house_that_beats_in_step_is_named_itself_however_slowly_it_beats(seconds: float) -> None:
    world, mine = a_fleet(seconds, seed=1)
    world.fail(mine, BEGINS)
    assert scopes(world, BEGINS + 2 * seconds + 240) == [MINE]


@pytest.mark.parametrize("seconds", [60.0, 300.0])
def test_a_house_is_not_its_network_although_hardly_anybody_else_is_there_to_say_so(seconds: float) -> None:
    world, mine = a_fleet(seconds, seed=1, network=10)
    world.fail(mine, BEGINS)
    assert scopes(world, BEGINS + 2 * seconds + 240) == [MINE]


@pytest.mark.parametrize("seconds", [60.0, 300.0])
def test_a_network_is_named_as_soon_as_others_than_the_house_are_silent_in_it(seconds: float) -> None:
    world, _ = a_fleet(seconds, seed=1)
    world.fail(world.where(network="isp-1"), BEGINS)
    assert scopes(world, BEGINS + 2 * seconds + 240) == [{"network": "isp-1"}]


def test_what_a_house_has_waited_does_not_count_for_its_network() -> None:
    world, mine = a_fleet(300.0, seed=1)
    rest = world.where(network="isp-1") & ~mine
    world.due[rest] = world.due[mine].max() + np.linspace(100.0, 140.0, int(rest.sum()))
    world.fail(mine | rest, BEGINS)
    found = told(world, BEGINS + 900)
    suspected = [(at, dict(each.scope)) for at, name, each in found if name == "Suspected"]
    house = min(at for at, scope in suspected if scope == MINE)
    network = min(at for at, scope in suspected if scope == {"network": "isp-1"})
    (confirmed,) = (at for at, name, _ in found if name == "Confirmed")
    assert network - house >= 60
    assert confirmed - network >= 60


def homes_of_four(size: int = 304) -> LeafWorld:
    """Homes of four devices; four homes share a network."""
    index = range(size)
    columns = {
        "provider": ["aurora" if each % 3 == 0 else "boreal" for each in index],
        "site": [f"acme/home-{each // 4}" for each in index],
        "network": [f"isp-{each // 16}" for each in index],
    }
    return LeafWorld(columns, [60.0] * size, seed=4, loss=0.005)


def test_two_homes_that_switch_off_minutes_apart_are_not_their_network() -> None:
    world = homes_of_four()
    world.fail(world.where(site="acme/home-0"), BEGINS)
    world.fail(world.where(site="acme/home-1"), BEGINS + 100)
    named = scopes(world, BEGINS + 900)
    assert {"tenant": "acme", "site": "home-0"} in named
    assert {"tenant": "acme", "site": "home-1"} in named
    assert len(named) == 2


def test_three_of_four_homes_at_once_are_their_network() -> None:
    world = homes_of_four()
    for home in range(3):
        world.fail(world.where(site=f"acme/home-{home}"), BEGINS)
    assert scopes(world, BEGINS + 900) == [{"network": "isp-0"}]


def test_a_provider_that_has_nothing_but_one_house_in_a_region_is_not_named_for_it() -> None:
    world, mine = a_fleet(60.0, seed=1)
    columns = {name: column.tolist() for name, column in world.columns.items()}
    columns["region"] = ["east" if each < 8 or each % 3 else "west" for each in range(world.size)]
    world = LeafWorld(columns, [60.0] * world.size, seed=1, loss=0.0)
    world.fail(mine, BEGINS)
    (outage,) = (each for _, _, each in told(world, BEGINS + 400) if isinstance(each, Confirmed))
    assert dict(outage.scope) == MINE
    assert {"provider": "aurora", "region": "east"} in outage.equivalents


def test_heartbeats_that_were_kept_are_counted_from_any_moment_that_is_remembered() -> None:
    part = Slice((("provider", "aurora"),))
    assert part.heard_since(0.0, 10.0) == 0
    for at in range(1, 2001):
        part.stir(float(at))
        part.outcomes = [2, int(at % 10 == 0), 0, 0, 0, 0]
        part.step(float(at))
    part.quiet = 3
    assert part.heard_since(1999.0, 2000.0) == 2 + 3
    assert part.heard_since(1949.0, 2000.0) == 2 * 51 + 3
    assert part.heard_since(1944.0, 2000.0) == pytest.approx(2 * 56 + 3), "in between they came evenly"
    assert part.heard_since(1500.0, 2000.0) == pytest.approx(2 * 500 + 3)
    assert part.heard_since(0.0, 2000.0) < 4000, "what is long ago is forgotten"
    part.stir(2001.0)
    part.outcomes = [0, 1, 0, 0, 0, 0]
    part.step(2001.0)
    assert part.heard_since(1999.0, 2001.0) == 2 + 3, "one mark in five seconds is enough"
