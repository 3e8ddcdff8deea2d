"""Where devices are counted, and that counts add up whatever the order and the shard."""

from collections import Counter
from dataclasses import replace

import pytest

from monitor.core.fleet import Device
from monitor.core.leaf import NOTHING, Gauges, Leaf, difference, merged
from monitor.core.leaves import Leaves
from monitor.core.observations import Heartbeat
from monitor.core.settings import OutageSettings
from monitor.devices.profile import Profile

SETTINGS = OutageSettings()


def a_device(name: str, tenant: str = "acme", interval: float = 60.0, **profile: str) -> Device:
    device = Device(f"{tenant}/{name}", 0.0)
    device.interval = interval
    device.profile = Profile(**profile)  # type: ignore[arg-type]
    return device


def placed(leaves: Leaves, number: int, **profile: str) -> list[Device]:
    devices = [
        a_device(f"{profile.get('provider', 'device')}-{index}", **profile)  # type: ignore[arg-type]
        for index in range(number)
    ]
    for device in devices:
        leaves.place(device)
    return devices


def value(device: Device, dimension: str) -> str:
    assert isinstance(device.leaf, Leaf)
    return device.leaf.values[SETTINGS.dimensions.index(dimension)]


def leaf(device: Device) -> Leaf:
    assert isinstance(device.leaf, Leaf)
    return device.leaf


def test_a_value_counts_as_none_until_four_devices_have_it() -> None:
    leaves = Leaves(SETTINGS)
    devices = placed(leaves, 3, provider="aurora")
    assert [value(device, "provider") for device in devices] == ["", "", ""]
    devices += [fourth := a_device("fourth", provider="aurora")]
    leaves.place(fourth)
    assert [value(device, "provider") for device in devices] == ["aurora"] * 4
    assert leaf(fourth).size == 4


def test_devices_that_left_or_changed_do_not_help_a_value_to_count() -> None:
    leaves = Leaves(SETTINGS)
    first, second, third = placed(leaves, 3, provider="aurora")
    leaves.remove(first)
    second.profile = Profile(provider="boreal")
    leaves.place(second)
    late = a_device("late", provider="aurora")
    leaves.place(late)
    assert value(third, "provider") == value(late, "provider") == ""
    for name in ("fifth", "sixth"):
        leaves.place(a_device(name, provider="aurora"))
    assert value(third, "provider") == value(late, "provider") == "aurora"


def test_sites_and_gateways_are_told_apart_by_tenant() -> None:
    leaves = Leaves(SETTINGS, fold=())
    one = a_device("one", tenant="acme", site="home", parent="hub")
    other = a_device("one", tenant="zenith", site="home", parent="hub")
    for device in (one, other):
        leaves.place(device)
    assert value(one, "site") == "acme/home"
    assert value(other, "site") == "zenith/home"
    assert value(other, "parent") == "zenith/hub"


def test_a_gateway_is_counted_with_the_devices_behind_it() -> None:
    leaves = Leaves(SETTINGS, fold=())
    hub = a_device("hub", kind="gateway")
    leaves.place(hub)
    assert value(hub, "parent") == "acme/hub"


def test_the_network_is_that_of_the_site_and_may_be_told_for_one_tenant() -> None:
    settings = OutageSettings(networks={"home": "north-net", "zenith/home": "south-net"})
    leaves = Leaves(settings, fold=())
    devices = [
        a_device("one", site="home"),
        a_device("one", tenant="zenith", site="home"),
        a_device("two", site="elsewhere"),
        a_device("three"),
    ]
    for device in devices:
        leaves.place(device)
    assert [value(device, "network") for device in devices] == ["north-net", "south-net", "", ""]


def test_gauges_follow_misses_and_returns() -> None:
    leaves = Leaves(SETTINGS)
    device = a_device("one")
    leaves.place(device)
    for misses in range(4):
        leaves.slot_missed(device, misses)
    assert leaf(device).gauges() == Gauges(1, 1, 1, 0, 0, ((60, 1),))
    assert (leaf(device).miss0, leaf(device).miss1, leaf(device).miss2) == (1, 1, 1)
    leaves.returned(device)
    assert leaf(device).gauges() == Gauges(1, 0, 0, 0, 0, ((60, 1),))
    for misses in range(4):
        leaves.slot_kept(device, misses)
    leaves.departed(device)
    counted = leaf(device)
    assert (counted.ok0, counted.ok1, counted.ok2, counted.returned, counted.departed) == (1, 1, 1, 1, 1)


def test_placing_again_changes_nothing_unless_the_device_changed() -> None:
    leaves = Leaves(SETTINGS)
    device = a_device("one", provider="aurora")
    device.misses = 3
    leaves.place(device)
    leaves.place(device)
    assert leaf(device).gauges() == Gauges(1, 1, 1, 0, 0, ((60, 1),))
    device.interval = 900.0
    leaves.place(device)
    assert leaf(device).gauges() == Gauges(1, 1, 1, 0, 0, ((900, 1),))
    leaves.remove(device)
    leaves.remove(device)
    assert device.leaf is None
    leaves.settle()
    assert len(leaves) == 0


def test_a_device_that_is_given_up_is_gone_until_it_takes_part_again_or_leaves() -> None:
    leaves = Leaves(SETTINGS)
    device = a_device("one", provider="aurora")
    leaves.give_up(device)
    leaves.place(device)
    known = leaf(device)
    leaves.give_up(device)
    leaves.settle()
    assert known.gauges() == Gauges(0, 0, 0, 0, 0, (), gone=1)
    assert len(leaves) == 1, "the leaf remembers"
    leaves.place(device)
    assert leaf(device) is known
    assert known.gauges() == Gauges(1, 0, 0, 0, 0, ((60, 1),))
    leaves.give_up(device)
    leaves.remove(device)
    leaves.settle()
    assert len(leaves) == 0


def test_what_devices_say_of_their_cloud_is_counted() -> None:
    leaves = Leaves(SETTINGS)
    device = a_device("one")
    leaves.place(device)
    for connected, expected in ((True, (1, 0)), (False, (1, 1)), (None, (0, 0))):
        device.beat = Heartbeat("acme/one", 0.0, "boot", 1, cloud_connected=connected)
        leaves.cloud_changed(device)
        assert (leaf(device).cloud_known, leaf(device).cloud_down) == expected
    device.beat = Heartbeat("acme/one", 0.0, "boot", 2, cloud_connected=False)
    leaves.place(device)
    assert (leaf(device).cloud_known, leaf(device).cloud_down) == (1, 1)


def test_a_device_that_takes_no_part_is_not_counted() -> None:
    leaves = Leaves(SETTINGS)
    device = a_device("one")
    leaves.slot_missed(device, 0)
    leaves.slot_kept(device, 0)
    leaves.returned(device)
    leaves.departed(device)
    leaves.cloud_changed(device)
    assert leaves.touched == []


def test_a_tick_begins_with_nothing_counted() -> None:
    leaves = Leaves(SETTINGS)
    (device,) = placed(leaves, 1)
    leaves.slot_kept(device, 0)
    assert leaves.touched == [leaf(device)]
    leaves.settle()
    assert leaves.touched == []
    assert leaf(device).ok0 == 0


@pytest.mark.parametrize("shards", [1, 3, 8])
def test_shards_add_up_to_the_whole(shards: int) -> None:
    parts = [Leaves(SETTINGS, fold=()) for _ in range(shards)]
    whole = Leaves(SETTINGS, fold=())
    devices = [
        a_device(f"d{index}", provider="aurora" if index % 3 else "boreal", interval=30.0 + 30 * (index % 2))
        for index in range(24)
    ]
    for device in devices[::8]:
        device.profile = replace(device.profile, liveness="session")
    for index, device in enumerate(devices):
        parts[index % shards].place(device)
    totals: Counter[str] = Counter()
    for round_ in range(4):
        for index, device in enumerate(devices):
            if index % 4 == round_:
                parts[index % shards].slot_missed(device, 0)
        if round_ == 2:
            parts[1 % shards].returned(devices[1])
            parts[0].remove(devices[0])
        for part in parts:
            for tally in part.drain():
                whole.absorb(tally)
        totals = Counter({each.values[0]: each.size for each in whole.touched})
        whole.settle()
    assert totals
    gauges = {values[0]: each.gauges() for (values, _), each in whole._leaves.items()}
    assert gauges == {
        "aurora": Gauges(16, 15, 0, 0, 0, ((30, 6), (60, 10))),
        "boreal": Gauges(7, 7, 0, 0, 0, ((30, 3), (60, 4))),
    }


def test_differences_name_only_what_changed() -> None:
    before = Gauges(2, 1, 0, 0, 0, ((60, 2),))
    assert difference(before, before) == NOTHING
    assert difference(before._replace(size=3, intervals=((30, 1), (60, 2))), before).intervals == ((30, 1),)
    assert merged(((30, 1),), ((30, -1), (60, 1))) == ((60, 1),)
