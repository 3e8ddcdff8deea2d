"""Thermostats: is any room too cold or too hot, and which will be?"""

from dashboards.grafana.source.feeders import KEYS, TO_DEVICE
from dashboards.grafana.source.frame import Board, Section, places
from dashboards.grafana.source.parts import (
    MONITOR,
    YES_NO,
    Column,
    State,
    Words,
    lines,
    number,
    rows,
    states_of,
    timeline,
)

THERMOSTAT = f'{MONITOR},kind="thermostat",tenant=~"$tenant",site=~"$site"'
OFF = "series of single devices are off, or there are no thermostats"
SUMS = f'{MONITOR},kind="thermostat",tenant=~"$tenant",provider=~"$provider"'
ON_PROVIDER = f'and on (tenant, device) fleet_device_info{{{MONITOR},provider=~"$provider"}}'
RUNNING = (
    State(1, "– idle", "blue"),
    State(2, "▲ heat", "orange"),
    State(3, "▼ cool", "purple"),
    State(4, "~ fan", "green"),
)
COLD, FROST, HOT = 10, 5, 35
_ROOM = f"fleet_thermostat_temperature_celsius{{{THERMOSTAT}}} {ON_PROVIDER}"


def _each(metric: str) -> str:
    return f"max by ({KEYS}) ({metric}{{{THERMOSTAT}}} {ON_PROVIDER})"


def _until(celsius: int, bound: str) -> str:
    """Seconds until a room that cools is as cold as this; rooms that do not cool have no forecast."""
    filters = f'{THERMOSTAT},celsius="{celsius}",bound="{bound}"'
    return f"max by ({KEYS}) (fleet_thermostat_cold_forecast_timestamp_seconds{{{filters}}} {ON_PROVIDER}) - time()"


_GAP = f"{_each('fleet_thermostat_heating_setpoint_celsius')} - {_each('fleet_thermostat_temperature_celsius')}"
_DOING = states_of("fleet_thermostat_running_state", THERMOSTAT, ("idle", "heat", "cool", "fan_only"), KEYS)
_STARTS = f"max by ({KEYS}) (increase(fleet_thermostat_heating_cycles_total{{{THERMOSTAT}}}[1h]))"

_GLANCE = (
    number(
        Words("Thermostats", "Thermostats in the fleet."),
        f"sum(fleet_devices{{{SUMS}}})",
    ),
    number(
        Words("Out of reach", "Thermostats that are offline. In frost each is a building that nobody watches."),
        f'sum(fleet_devices{{{SUMS},state="offline"}})',
        limits={0: "green", 1: "red"},
    ),
    number(
        Words("Coldest room", "The lowest temperature that any thermostat measured. Pipes freeze from 5 °C on.", OFF),
        f"min({_ROOM})",
        unit="celsius",
        limits={-50: "red", FROST: "yellow", COLD: "green"},
    ),
    number(
        Words("Rooms below 10 °C", "Rooms on their way to frost.", "✓ none"),
        f"count(({_ROOM}) < {COLD}) or 0 * count({_ROOM})",
        limits={0: "green", 1: "red"},
    ),
    number(
        Words(
            "Frost within 4 hours",
            "Rooms that will probably be at 5 °C within four hours if nobody does anything.",
            "✓ none",
        ),
        f"count({_until(FROST, 'expected')} < 14400) or 0 * count({_ROOM})",
        limits={0: "green", 1: "red"},
    ),
    number(
        Words("Hottest room", "The highest temperature that any thermostat measured.", OFF),
        f"max({_ROOM})",
        unit="celsius",
        limits={-50: "green", 30: "yellow", HOT: "red"},
    ),
)

BOARD = Board(
    uid="hearthbeat-thermostats",
    title="Thermostats",
    question="Is any room too cold or too hot, and which will be?",
    choices=places("thermostat"),
    since="now-24h",
    sections=(
        Section(
            (
                *_GLANCE,
                lines(
                    Words("Coldest rooms", "The ten coldest rooms over time.", OFF),
                    (f"bottomk(10, {_each('fleet_thermostat_temperature_celsius')})", "{{tenant}}/{{device}}"),
                    unit="celsius",
                    low=None,
                ),
                lines(
                    Words("Thermostats by state", "How many are in each state, one above the other.", "no thermostats"),
                    (f"sum by (state) (fleet_devices{{{SUMS}}})", "{{state}}"),
                    stacked=True,
                ),
            )
        ),
        Section(
            (
                rows(
                    Words(
                        "Rooms",
                        "The fifty rooms furthest below what they should have, with what is known of each.",
                        OFF,
                    ),
                    (
                        Column("missing", f"topk(50, {_GAP})", "celsius"),
                        Column("room", _each("fleet_thermostat_temperature_celsius"), "celsius"),
                        Column("heat to", _each("fleet_thermostat_heating_setpoint_celsius"), "celsius"),
                        Column("humidity", _each("fleet_thermostat_humidity_ratio"), "percentunit"),
                        Column("up", _each("fleet_device_up"), states=YES_NO),
                    ),
                    {"tenant": None, "site": None, "device": TO_DEVICE},
                    sort="missing",
                ),
            ),
            "Where to look first",
        ),
        Section(
            (
                rows(
                    Words(
                        "Rooms that cool",
                        "When each will be cold if nobody does anything. A forecast, even where the device is silent.",
                        "✓ no room cools",
                    ),
                    (
                        Column("5 °C in", _until(FROST, "expected"), "s"),
                        Column("at the earliest", _until(FROST, "earliest"), "s"),
                        Column("10 °C in", _until(COLD, "expected"), "s"),
                    ),
                    {"tenant": None, "site": None, "device": TO_DEVICE},
                ),
                lines(
                    Words(
                        "Rooms foreseen at 5 °C",
                        "How many rooms will be that cold within four, twelve and twenty-four hours, by forecast.",
                        "no thermostats",
                    ),
                    (
                        f'sum by (within) (fleet_thermostat_cold_forecast_rooms{{{SUMS},celsius="5"}})',
                        "within {{within}}",
                    ),
                ),
            ),
            "What is coming",
        ),
        Section(
            (
                timeline(
                    Words("Who heats", "What thirty thermostats do, along time.", OFF),
                    f"topk(30, {_DOING})",
                    "{{tenant}}/{{device}}",
                    RUNNING,
                ),
                lines(
                    Words("Time spent heating", "Share of the time that all thermostats together heat, and cool.", OFF),
                    (f"avg(rate(fleet_thermostat_heating_seconds_total{{{THERMOSTAT}}}[1h]))", "heating"),
                    (f"avg(rate(fleet_thermostat_cooling_seconds_total{{{THERMOSTAT}}}[1h]))", "cooling"),
                    unit="percentunit",
                    dashed="cooling",
                ),
                lines(
                    Words(
                        "Starts of the heating",
                        "The ten that start most often within an hour; many starts wear it out.",
                        OFF,
                    ),
                    (
                        f"topk(10, {_STARTS})",
                        "{{tenant}}/{{device}}",
                    ),
                ),
            ),
            "Heating",
        ),
    ),
)
