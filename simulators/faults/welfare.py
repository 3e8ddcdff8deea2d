"""What ails feeders and rooms: the device lives and is heard, and still an animal or a home comes to harm."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from monitor.devices.events import Feeding, PowerChanged, ScheduleLost
from monitor.devices.schedule import Meal
from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.faults.target import TargetedFault

if TYPE_CHECKING:
    from simulators.world import World

Feeders = Literal[
    "jam", "never_filled", "fed_again", "mains_lost", "restarted", "plan_lost", "old_offset", "slow_clock"
]
Rooms = Literal["boiler_out", "sensor_stuck", "readings_lost", "window_open", "relay_stuck", "short_cycles"]
_FEEDERS: tuple[str, ...] = Feeders.__args__  # type: ignore[attr-defined]
_DAY_SECONDS = 86_400.0
_QUEUE_LOOKS_SECONDS = 5.0
"""How soon a command that waits reaches a feeder that is back."""
_BETWEEN_COMMANDS_SECONDS = 60.0


class Ailment(TargetedFault):
    """Feeders or rooms ail in one way, for `duration` or for good."""

    kind: Literal["ailment"]
    what: Feeders | Rooms
    devices: Annotated[int | None, Field(ge=1)] = 1
    duration: Annotated[Duration, Field(description="0 for as long as the scenario lasts")] = 0.0
    drift: Annotated[Span, Field(description="of a slow clock: how much later meals come from day to day")] = 240.0
    meals: Annotated[int, Field(ge=1, le=10, description="of meals fed again: how many of the last ones")] = 1
    named: Annotated[bool, Field(description="of a meal fed again: whether the command says which it is")] = True
    leak: Annotated[
        Span | None, Field(description="of a boiler that is out or never stops: time constant of the room")
    ] = None

    def stage(self, world: "World") -> None:
        """Plan its beginning and its end."""
        kind = "feeder" if self.what in get_args(Feeders) else "thermostat"
        scope = {**self.resolved(world.population), "kind": kind}
        devices = self.choose(world, scope, singly=True)
        begin = self.staged(world)
        end = begin + self.duration if self.duration else None
        self.record(world, "welfare", scope, devices, end)
        for device in devices:
            world.plan(begin, partial(_BEGIN[self.what], world, device, self))
            if end is not None:
                world.plan(end, partial(_END.get(self.what, _nothing), world, device, self))


def _nothing(_world: "World", _device: SimulatedDevice, _fault: Ailment) -> None:
    """Not every ailment has an end."""


def _set_feeder(name: str, value: object) -> "Change":
    def change(_world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
        setattr(device.feeder, name, value)

    return change


def _set_room(name: str, value: object) -> "Change":
    def change(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
        if device.thermostat is not None:
            device.thermostat.advance(world.now)
            setattr(device.thermostat, name, value)

    return change


def _feed_again(world: "World", device: SimulatedDevice, fault: Ailment) -> None:
    """Carry out the last planned meals once more, as commands do that waited in the cloud's queue."""
    feeder = device.feeder
    if feeder is None:
        return
    if not device.heard:
        world.plan(world.now + _QUEUE_LOOKS_SECONDS, partial(_feed_again, world, device, fault))
        return
    past = [feeder.next_meal(world.now - _DAY_SECONDS)]
    while (following := feeder.next_meal(past[-1][0]))[0] < world.now:
        past.append(following)
    for place, (planned_at, meal) in enumerate(past[-fault.meals :]):
        act = partial(_obey, world, device, fault, planned_at, meal)
        if place:
            world.plan(world.now + place * _BETWEEN_COMMANDS_SECONDS, act)
        else:
            act()


def _obey(world: "World", device: SimulatedDevice, fault: Ailment, planned_at: float, meal: Meal) -> None:
    feeder = device.feeder
    if feeder is None:
        return
    fed: Feeding = feeder.feed(meal, planned_at, world.rng)
    if not fault.named:
        feeder.last_fed_at = float(int(world.now))
        fed = replace(fed, plan_id="", planned_at=None)
    world.presence.tell(device, replace(fed, source="remote"))


def _lose_mains(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    device.battery_from = world.now
    device.settle_clear()
    world.presence.tell(device, PowerChanged(mains=False))


def _regain_mains(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    device.battery_from = None
    device.settle_clear()
    world.presence.tell(device, PowerChanged(mains=True))


def _restart(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    """Its owner restarts it while it can reach no time server: clock and plan are gone."""
    device.clock = "none"
    device.profile = replace(device.profile, schedule_survives_reboot=False)
    if device.feeder is not None:
        device.feeder.plan_lost = True
    world.presence.reboot(device, orderly=False)


def _lose_plan(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    if device.feeder is not None:
        device.feeder.plan_lost = True
        world.presence.tell(device, ScheduleLost())


def _keep_offset(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    if device.feeder is not None:
        device.feeder.keep_offset(world.now)


def _drift(world: "World", device: SimulatedDevice, fault: Ailment) -> None:
    """Its clock falls behind a little more each day, and its meals with it."""
    if device.feeder is None:
        return
    device.feeder.off += fault.drift
    device.clock_offset -= fault.drift
    world.plan(world.now + _DAY_SECONDS, partial(_drift, world, device, fault))


def _put_out(world: "World", device: SimulatedDevice, fault: Ailment) -> None:
    room = device.thermostat
    if room is not None:
        room.advance(world.now)
        room.powered = False
        room.leak_seconds = fault.leak or room.leak_seconds


def _hold_relay(world: "World", device: SimulatedDevice, fault: Ailment) -> None:
    room = device.thermostat
    if room is not None:
        room.advance(world.now)
        room.relay_stuck = True
        room.leak_seconds = fault.leak or room.leak_seconds


def _stick(world: "World", device: SimulatedDevice, _fault: Ailment) -> None:
    room = device.thermostat
    if room is not None:
        room.advance(world.now)
        room.stuck_at = room.temperature


Change = Callable[["World", SimulatedDevice, Ailment], None]

_BEGIN: dict[str, Change] = {
    "jam": _set_feeder("jams", True),  # noqa: FBT003 -- a value
    "never_filled": _set_feeder("refills", False),  # noqa: FBT003
    "fed_again": _feed_again,
    "mains_lost": _lose_mains,
    "restarted": _restart,
    "plan_lost": _lose_plan,
    "old_offset": _keep_offset,
    "slow_clock": _drift,
    "boiler_out": _put_out,
    "sensor_stuck": _stick,
    "readings_lost": _set_room("mute", True),  # noqa: FBT003
    "window_open": _set_room("window_open", True),  # noqa: FBT003
    "relay_stuck": _hold_relay,
    "short_cycles": _set_room("flutters", True),  # noqa: FBT003
}
_END: dict[str, Change] = {
    "jam": _set_feeder("jams", False),  # noqa: FBT003
    "never_filled": _set_feeder("refills", True),  # noqa: FBT003
    "mains_lost": _regain_mains,
    "boiler_out": _set_room("powered", True),  # noqa: FBT003
    "sensor_stuck": _set_room("stuck_at", None),
    "readings_lost": _set_room("mute", False),  # noqa: FBT003
    "window_open": _set_room("window_open", False),  # noqa: FBT003
    "relay_stuck": _set_room("relay_stuck", False),  # noqa: FBT003
    "short_cycles": _set_room("flutters", False),  # noqa: FBT003
}
