"""Feeders: is every animal fed, and where must somebody go?"""

from dashboards.grafana.source.frame import Board, Section, places
from dashboards.grafana.source.parts import (
    MONITOR,
    YES_NO,
    Column,
    State,
    Words,
    history,
    lines,
    number,
    rows,
    states_of,
)

FEEDER = f'{MONITOR},kind="feeder",tenant=~"$tenant",site=~"$site"'
OFF = "series of single devices are off, or there are no feeders"
SUMS = f'{MONITOR},kind="feeder",tenant=~"$tenant",provider=~"$provider"'
ON_PROVIDER = f'and on (tenant, device) fleet_device_info{{{MONITOR},provider=~"$provider"}}'
KEYS = "tenant, site, device"
HOPPER = (
    State(1, "✓ ok", "green"),
    State(2, "~ low", "yellow"),
    State(3, "✗ empty", "red"),
    State(4, "? unknown", "blue"),
)
TO_DEVICE = (
    "This device|/d/hearthbeat-device?var-tenant=${__data.fields.tenant}&var-device=${__data.fields.device}"
    "&${__url_time_range}"
)


def _each(metric: str) -> str:
    return f"max by ({KEYS}) ({metric}{{{FEEDER}}} {ON_PROVIDER})"


_HOPPERS = states_of("fleet_feeder_hopper_state", FEEDER, ("ok", "low", "empty", "unknown"), KEYS)

_GLANCE = (
    number(
        Words("Feeders", "Feeders in the fleet."),
        f"sum(fleet_devices{{{SUMS}}})",
    ),
    number(
        Words(
            "Out of reach", "Feeders that are offline. They may still feed by their own schedule; nobody can see it."
        ),
        f'sum(fleet_devices{{{SUMS},state="offline"}})',
        limits={0: "green", 1: "red"},
    ),
    number(
        Words("Hoppers empty", "Feeders that say that they have no food left.", OFF),
        f'sum(fleet_feeder_hopper_state{{{FEEDER},state="empty"}} {ON_PROVIDER})',
        limits={0: "green", 1: "red"},
    ),
    number(
        Words("Hoppers low", "Feeders that say that they will soon have no food left.", OFF),
        f'sum(fleet_feeder_hopper_state{{{FEEDER},state="low"}} {ON_PROVIDER})',
        limits={0: "green", 1: "yellow"},
    ),
    number(
        Words("Meals in the next hour", "Feeders whose next planned meal is less than an hour away.", "✓ none planned"),
        f"count(0 <= (fleet_feeder_next_meal_timestamp_seconds{{{FEEDER}}} {ON_PROVIDER}) - time() < 3600)",
    ),
    number(
        Words("Longest without food", "Since the feeder that waits longest last gave food.", OFF),
        f"time() - min(fleet_feeder_last_dispense_timestamp_seconds{{{FEEDER}}} {ON_PROVIDER})",
        unit="s",
        limits={0: "green", 43_200: "yellow", 86_400: "red"},
    ),
)

BOARD = Board(
    uid="hearthbeat-feeders",
    title="Feeders",
    question="Is every animal fed, and where must somebody go?",
    choices=places("feeder"),
    since="now-24h",
    sections=(
        Section(
            (
                *_GLANCE,
                lines(
                    Words("Feeders by state", "How many are in each state, one above the other.", "no feeders"),
                    (f"sum by (state) (fleet_devices{{{SUMS}}})", "{{state}}"),
                    stacked=True,
                ),
                lines(
                    Words("Food given today", "All feeders together. Flat at a meal time: nobody was fed.", OFF),
                    (f"sum by (tenant) (fleet_feeder_dispensed_today_grams{{{FEEDER}}} {ON_PROVIDER})", "{{tenant}}"),
                    unit="massg",
                ),
            )
        ),
        Section(
            (
                rows(
                    Words(
                        "Who waits longest", "Feeders by the time since they last gave food, the longest first.", OFF
                    ),
                    (
                        Column(
                            "since food",
                            f"topk(50, time() - {_each('fleet_feeder_last_dispense_timestamp_seconds')})",
                            "s",
                        ),
                        Column("next meal in", f"{_each('fleet_feeder_next_meal_timestamp_seconds')} - time()", "s"),
                        Column("hopper", _each("fleet_feeder_hopper_ratio"), "percentunit"),
                        Column("up", _each("fleet_device_up"), states=YES_NO),
                    ),
                    {"tenant": None, "site": None, "device": TO_DEVICE},
                    sort="since food",
                ),
            ),
            "Where to look first",
        ),
        Section(
            (
                history(
                    Words("Hoppers", "What the twenty hoppers that need it most say of themselves.", OFF),
                    f"topk(20, {_HOPPERS})",
                    "{{tenant}}/{{device}}",
                    states=HOPPER,
                ),
                lines(
                    Words("Emptiest hoppers", "The ten with the least food left, and how fast it goes.", OFF),
                    (f"bottomk(10, {_each('fleet_feeder_hopper_ratio')})", "{{tenant}}/{{device}}"),
                    unit="percentunit",
                ),
                lines(
                    Words("On battery", "Feeders that run on their battery: mains power is gone there.", OFF),
                    (f"sum by (tenant) (1 - fleet_device_power_mains{{{FEEDER}}} {ON_PROVIDER})", "{{tenant}}"),
                ),
            ),
            "Food and power",
        ),
    ),
)
