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
        Words("Longest without food", "Since the feeder that waits longest last gave food for sure.", OFF),
        f"time() - min(fleet_feeder_last_confirmed_food_timestamp_seconds{{{FEEDER}}} {ON_PROVIDER})",
        unit="s",
        limits={0: "green", 43_200: "yellow", 86_400: "red"},
    ),
)

_MEALS = f"fleet_feeder_meals_total{{{SUMS}}}"
_HOW_THEY_ENDED = (
    number(
        Words("Meals missed", "Planned meals that did not come, as first believed, in the time shown.", OFF),
        f'sum(increase(fleet_feeder_meals_total{{{SUMS},outcome="missed"}}[$__range]))',
        limits={0: "green", 1: "red"},
        width=6,
    ),
    number(
        Words("Meals unconfirmed", "Meals of feeders out of reach: nobody knows whether they came.", OFF),
        f'sum(increase(fleet_feeder_meals_total{{{SUMS},outcome="unconfirmed"}}[$__range]))',
        limits={0: "green", 1: "yellow"},
        width=6,
    ),
    number(
        Words("Meals given", "Planned meals that came, in time or late, in the time shown.", OFF),
        f'sum(increase(fleet_feeder_meals_total{{{SUMS},outcome=~"dispensed|late|partial"}}[$__range]))',
        width=6,
    ),
    number(
        Words("Latest meal", "How much later than planned the last meal of the slowest feeder came.", OFF),
        f"max(fleet_feeder_meal_delay_seconds{{{FEEDER}}} {ON_PROVIDER})",
        unit="s",
        limits={0: "green", 900: "yellow", 3600: "red"},
        width=6,
    ),
    lines(
        Words("How meals ended", "Meals within an hour by how they ended, as first believed.", "no feeders"),
        (f"sum by (outcome) (increase({_MEALS}[1h]))", "{{outcome}}"),
        stacked=True,
    ),
    lines(
        Words("Signs of harm", "Feeders that show each sign, whether or not anybody was told.", "✓ none"),
        (f"sum by (sign) (fleet_welfare_devices{{{SUMS}}}) > 0", "{{sign}}"),
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
        Section(_HOW_THEY_ENDED, "Meals"),
        Section(
            (
                rows(
                    Words(
                        "Who waits longest",
                        "Feeders by the time since they gave food for sure, the longest first.",
                        OFF,
                    ),
                    (
                        Column(
                            "since food",
                            f"topk(50, time() - {_each('fleet_feeder_last_confirmed_food_timestamp_seconds')})",
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
