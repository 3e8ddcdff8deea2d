"""A million devices with meals and rooms: memory of their welfare, and the cost of heartbeats, meals and readings.

Run `python -m benchmarks.welfare [devices]`; two thirds are feeders with three meals a day, one third thermostats.
"""

import gc
import sys
import time
from collections.abc import Iterator

from benchmarks.fleet import engine_with, minute, name
from benchmarks.million import resident_bytes
from monitor.core.engine import Engine
from monitor.core.observations import DeviceEvent, ScheduleDeclared, Telemetry
from monitor.devices.events import Feeding
from monitor.devices.schedule import Meal, Schedule

DAY_SECONDS = 86_400.0
MEALS = tuple((f"meal-{n}", minute) for n, minute in enumerate((420, 750, 1080)))


def plan_of(number: int) -> Schedule:
    """Three meals, shifted by up to an hour so that homes do not all feed in one second."""
    shift = number % 60
    meals = tuple(Meal(plan_id, at + shift, portions=2, grams=20.0) for plan_id, at in MEALS)
    return Schedule(1, enabled=True, timezone="Europe/Vienna", meals=meals)


def feeders(devices: int) -> Iterator[int]:
    """Numbers of the devices that are feeders."""
    return (number for number in range(devices) if number % 3)


def settle(engine: Engine, devices: int) -> None:
    plans = [plan_of(number) for number in range(60)]
    for number in feeders(devices):
        engine.observe(ScheduleDeclared(name(number), 1.0, plans[number % 60]))


def meals(engine: Engine, devices: int, days: int) -> tuple[float, int]:
    """Seconds per feeding, and how many there were, over whole days of meals that come in time."""
    spent, told = 0.0, 0
    for day in range(days):
        for plan_id, at in MEALS:
            for shift in range(60):
                due = day * DAY_SECONDS + (at + shift) * 60.0 - 3600.0
                events = [
                    DeviceEvent(
                        name(n), due + 5, f"{plan_id}/{day}", Feeding("completed", "schedule", plan_id, due, 2, 2)
                    )
                    for n in feeders(devices)
                    if n % 60 == shift
                ]
                began = time.perf_counter()
                for event in events:
                    engine.observe(event)
                spent += time.perf_counter() - began
                told += len(events)
    return spent / max(1, told), told


def readings(engine: Engine, devices: int, rounds: int, start: float) -> tuple[float, float]:
    """Seconds per telemetry message of a feeder and of a thermostat."""
    spent = [0.0, 0.0]
    for number in range(rounds):
        at = start + number * 600.0
        fed = [
            Telemetry(name(n), at, {"hopper_pct": 50.0, "portions_today": 6.0, "outlet_blocked": False})
            for n in feeders(devices)
        ]
        warm = [
            Telemetry(
                name(n),
                at,
                {"temperature_c": 20.0 + number % 3 / 10, "heating_setpoint_c": 20.0, "running_state": "idle"},
            )
            for n in range(0, devices, 3)
        ]
        for which, said in enumerate((fed, warm)):
            began = time.perf_counter()
            for each in said:
                engine.observe(each)
            spent[which] += (time.perf_counter() - began) / len(said) / rounds
    return spent[0], spent[1]


def main(devices: int) -> None:
    gc.collect()
    empty = resident_bytes()
    engine = engine_with(devices)
    for at, due in minute(1, devices):
        engine.wake(at)
        for each in due:
            engine.observe(each)
    gc.collect()
    plain = resident_bytes()
    settle(engine, devices)
    per_meal, told = meals(engine, devices, 2)
    feeder, room = readings(engine, devices, 24, 2 * DAY_SECONDS)
    gc.collect()
    full = resident_bytes()
    print(
        f"{(plain - empty) / devices:,.0f} bytes per device, {(full - plain) / devices:,.0f} more with meals and rooms"
    )
    print(
        f"{told:,} meals, {per_meal * 1e6:.0f} µs each; reading: feeder {feeder * 1e6:.0f} µs, room {room * 1e6:.0f} µs"
    )
    per_day = per_meal * 3 * devices * 2 / 3
    print(f"three meals a day: {per_day:.0f} s of work a day, {per_day / 86.4:.2f} ms per second")
    began = time.perf_counter()
    for second in range(600):
        engine.welfare.pass_time(3 * DAY_SECONDS + second, 0)
    print(f"a second without a deadline: {(time.perf_counter() - began) / 600 * 1e6:.1f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
