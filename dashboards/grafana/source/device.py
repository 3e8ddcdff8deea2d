"""One device: what has it been doing, and what may be wrong with it?"""

from dashboards.grafana.source.frame import Board, Section, places
from dashboards.grafana.source.parts import (
    MONITOR,
    STATUS,
    STATUSES,
    YES_NO,
    Column,
    Words,
    lines,
    number,
    rows,
    states_of,
    timeline,
)

DEVICE = f'{MONITOR},tenant=~"$tenant",device="$device"'
OFF = "series of single devices are off, or no device is chosen"


def _of(metric: str, more: str = "") -> str:
    return f"max by (tenant, device) ({metric}{{{DEVICE}{more}}})"


_GLANCE = (
    number(
        Words("Up", "Whether it is online, late or asleep as announced.", OFF),
        _of("fleet_device_up"),
        states=YES_NO,
    ),
    number(
        Words("Silent for", "Since its last sign of life.", OFF),
        f"time() - {_of('fleet_device_last_seen_timestamp_seconds')}",
        unit="s",
    ),
    number(
        Words("Speaks every", "The time between heartbeats that is expected of it.", OFF),
        _of("fleet_device_expected_interval_seconds"),
        unit="s",
    ),
    number(
        Words("Battery", "Charge of its battery, if it says.", "not stated"),
        _of("fleet_device_battery_ratio"),
        unit="percentunit",
        limits={0: "red", 0.15: "yellow", 0.3: "green"},
    ),
    number(
        Words("On mains", "Whether it is on mains power, if it says.", "not stated"),
        _of("fleet_device_power_mains"),
        states=YES_NO,
    ),
    number(
        Words("Its cloud", "Whether it reaches its provider's cloud, if it says.", "not stated"),
        _of("fleet_device_cloud_connected"),
        states=YES_NO,
    ),
)

_COURSE = (
    lines(
        Words("Signal", "Strength of its radio signal. Below −80 dBm it loses messages.", "not stated"),
        (_of("fleet_device_rssi_dbm"), "signal"),
        unit="dBm",
        low=None,
    ),
    lines(
        Words(
            "Lost heartbeats", "Gaps in the numbering of its heartbeats, per hour: what it sent and nobody got.", OFF
        ),
        (f"sum(increase(fleet_device_sequence_gaps_total{{{DEVICE}}}[1h]))", "gaps"),
    ),
    lines(
        Words("Messages", "Messages from it, per minute.", OFF),
        (f"60 * sum(rate(fleet_device_messages_total{{{DEVICE}}}[$__rate_interval]))", "messages"),
        unit="cpm",
    ),
    lines(
        Words("Reboots", "How often it started anew, within a day.", OFF),
        (f"sum(increase(fleet_device_reboots_total{{{DEVICE}}}[1d]))", "reboots in 24 h"),
    ),
    lines(
        Words("Clock", "Its clock minus ours. An hour off means meals an hour off.", "not stated"),
        (_of("fleet_device_clock_offset_seconds"), "ahead of us"),
        unit="s",
        low=None,
    ),
    lines(
        Words("Battery", "Charge over time, for a battery that drains faster than it should.", "not stated"),
        (_of("fleet_device_battery_ratio"), "charge"),
        unit="percentunit",
    ),
)

_FEEDER = (
    lines(
        Words("Food in the hopper", "How full it is. Only feeders have one.", "not a feeder, or not stated"),
        (_of("fleet_feeder_hopper_ratio"), "hopper"),
        unit="percentunit",
    ),
    lines(
        Words("Food given today", "Starts again at midnight. Only feeders give food.", "not a feeder, or not stated"),
        (_of("fleet_feeder_dispensed_today_grams"), "given today"),
        unit="massg",
    ),
)
_THERMOSTAT = (
    lines(
        Words("Room and setpoint", "What it is and what it should be. Only thermostats know.", "not a thermostat"),
        (_of("fleet_thermostat_temperature_celsius"), "room"),
        (_of("fleet_thermostat_heating_setpoint_celsius"), "heat to"),
        unit="celsius",
        low=None,
        dashed="heat to",
    ),
    lines(
        Words("Heating", "Share of the time that it heats. Only thermostats heat.", "not a thermostat"),
        (f"sum(rate(fleet_thermostat_heating_seconds_total{{{DEVICE}}}[1h]))", "heating"),
        unit="percentunit",
    ),
)

BOARD = Board(
    uid="hearthbeat-device",
    title="One device",
    question="What has this device been doing, and what may be wrong with it?",
    choices=places(one_device=True),
    since="now-24h",
    sections=(
        Section(
            (
                *_GLANCE,
                timeline(
                    Words("State", "The state that it was in, along time.", OFF),
                    states_of("fleet_device_state", DEVICE, STATUSES, "device"),
                    "{{device}}",
                    STATUS,
                    height=4,
                ),
                rows(
                    Words("What it is", "What is known of it. No personal data is kept.", OFF),
                    (Column("known", f"fleet_device_info{{{DEVICE}}}"),),
                    {
                        "tenant": None,
                        "device": "Its page|${hearthbeat}/devices/${__data.fields.tenant}/${__data.fields.device}",
                        **dict.fromkeys(("kind", "site", "provider", "region", "vendor", "model", "firmware")),
                    },
                ),
            )
        ),
        Section(_COURSE, "How it is"),
        Section(_FEEDER, "If it feeds"),
        Section(_THERMOSTAT, "If it heats"),
    ),
)
