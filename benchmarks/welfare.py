"""A million devices with meals and rooms: memory of their welfare, and the cost of heartbeats, meals and readings.

Run `python -m benchmarks.welfare [devices]`; two thirds are feeders with three meals a day, one third thermostats.
"""

import gc
import sys
import time
from collections.abc import Iterator
from timeit import timeit

from benchmarks.fleet import beat, engine_with, minute, name
from benchmarks.million import resident_bytes
from monitor.core.decisions import MealSettled
from monitor.core.engine import Engine
from monitor.core.observations import DeviceEvent, ScheduleDeclared, Telemetry
from monitor.core.welfare.cooling import POINT_SECONDS, POINTS_KEPT
from monitor.core.welfare.settings import WelfareSettings
from monitor.core.welfare.symptoms import stirs
from monitor.devices.events import Feeding
from monitor.devices.schedule import Meal, Schedule

DAY_SECONDS = 86_400.0
DAYS = 1
FEEDER_ROUNDS = 2
MINUTES_UNFED = 6
QUIET_HOURS = 6
"""So long before breakfast nothing is told of meals, and what fell due of the day before is looked after."""
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
                began = time.process_time()
                for event in events:
                    engine.observe(event)
                spent += time.process_time() - began
                told += len(events)
    return spent / max(1, told), told


def readings(engine: Engine, devices: int, start: float) -> tuple[float, float]:
    """Seconds per telemetry message of a feeder and of a thermostat."""
    spent = [0.0, 0.0]
    told = [0, 0]
    for number in range(POINTS_KEPT):
        at = start + number * POINT_SECONDS
        warm = (
            Telemetry(
                name(n),
                at,
                {"temperature_c": 20.0 + number % 3 / 10, "heating_setpoint_c": 20.0, "running_state": "idle"},
            )
            for n in range(0, devices, 3)
        )
        fed = (
            Telemetry(name(n), at, {"hopper_pct": 50.0, "portions_today": 6.0, "outlet_blocked": False})
            for n in feeders(devices if number < FEEDER_ROUNDS else 0)
        )
        for which, said in enumerate((list(fed), list(warm))):
            began = time.process_time()
            for each in said:
                engine.observe(each)
            spent[which] += time.process_time() - began
            told[which] += len(said)
    return spent[0] / told[0], spent[1] / told[1]


def unfed(engine: Engine, devices: int, breakfast: float) -> tuple[float, float, int]:
    """Seconds spent on a usual and on the worst second in which meals fall due that nobody tells of; and how many.

    The feeders of the first six minutes are in touch, and so their meals are missed when the grace is over.
    """
    for at in range(int(breakfast - QUIET_HOURS * 3600), int(breakfast), 60):
        engine.welfare.pass_time(float(at), 10 * devices)
    for n in (n for n in feeders(devices) if n % 60 < MINUTES_UNFED):
        engine.observe(beat(n, breakfast + 600.0, 3))
    spent: list[float] = []
    settled = 0
    for second in range(60 * (10 + MINUTES_UNFED)):
        began = time.process_time()
        decisions = engine.welfare.pass_time(breakfast + second, 10 * devices)
        spent.append(time.process_time() - began)
        settled += sum(isinstance(each, MealSettled) for each in decisions)
    return sorted(spent)[len(spent) // 2], max(spent), settled


def quiet(devices: int, rounds: int) -> tuple[float, float, float]:
    """Seconds per quiet heartbeat with meals and rooms, and with welfare switched off, minute by minute in turns.

    The third figure is the comparison that decides whether a heartbeat is of interest, by itself.
    """
    engines = engine_with(devices), engine_with(devices, WelfareSettings(enabled=False))
    for engine in engines:
        settle(engine, devices)
        for n in range(0, devices, 3):
            engine.observe(Telemetry(name(n), 1.0, {"temperature_c": 20.0, "running_state": "idle"}))
    spent = [0.0, 0.0]
    for number in range(1, rounds + 2):
        for which, engine in enumerate(engines):
            for at, due in minute(number, devices):
                engine.wake(at)
                began = time.process_time()
                for each in due:
                    engine.observe(each)
                spent[which] += time.process_time() - began if number > 1 else 0.0
    one, other = beat(0, 60.0, 1), beat(0, 120.0, 2)
    compared = timeit(lambda: stirs(one, other), number=200_000, timer=time.process_time) / 200_000
    return spent[0] / (devices * rounds), spent[1] / (devices * rounds), compared


def main(devices: int) -> None:
    on, off, compared = quiet(20_000, 12)
    print(
        f"a quiet heartbeat: {on * 1e6:.2f} µs with meals and rooms, {off * 1e6:.2f} µs without, {on / off:.3f} times"
        f" as much; the comparison alone is {compared * 1e6:.2f} µs"
    )
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
    per_meal, told = meals(engine, devices, DAYS)
    feeder, room = readings(engine, devices, DAYS * DAY_SECONDS)
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
    breakfast = DAYS * DAY_SECONDS + MEALS[0][1] * 60.0 - 3600.0
    usual, worst, settled = unfed(engine, devices, breakfast)
    print(
        f"{settled:,} meals that nobody tells of: {usual * 1e6:.0f} µs in a usual second, {worst:.2f} s in the worst,"
        f" in which {devices // 90:,} are given up at once"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
