"""Fleet now: is everything all right, and if not, where?"""

from dashboards.grafana.source import outages
from dashboards.grafana.source.frame import FLEET, Board, Section
from dashboards.grafana.source.parts import COHORT, MONITOR, SIGHT, WIDTH, Column, Words, lines, number, rows

DOWN = f'fleet_devices{{{COHORT},state="offline"}}'
ALL = f"fleet_devices{{{COHORT}}}"
_BY_PLACE = "by (tenant, provider, region, kind)"
_TO_PROVIDER = "Look at this provider|/d/hearthbeat-outages?var-provider=${__value.raw}&${__url_time_range}"

_GLANCE = (
    number(
        Words(
            "Do we see?", "Whether the monitor sees. While it is blind, everything else here is old.", "? no monitor"
        ),
        f"max(hearthbeat_blind{{{MONITOR}}})",
        states=SIGHT,
    ),
    number(
        Words("Devices", "Devices in the fleet, whatever their state, within the choice above."),
        f"sum({ALL})",
    ),
    number(
        Words("Offline", "Devices that were silent for longer than they may be, or whose session ended."),
        f"sum({DOWN})",
        limits={0: "green", 1: "yellow"},
    ),
    number(
        Words("Share offline", "Offline devices by all devices."),
        f"sum({DOWN}) / sum({ALL})",
        unit="percentunit",
        limits={0: "green", 0.02: "yellow", 0.05: "red"},
    ),
    number(
        Words("Open incidents", "Incidents that are open, of every layer: outages, devices, and the monitor itself."),
        f"sum(fleet_incidents_open{{{MONITOR}}})",
        limits={0: "green", 1: "red"},
    ),
    number(
        Words("Judged until", "How far behind the present the judgement is. It grows while the monitor is blind."),
        f"time() - max(hearthbeat_horizon_timestamp_seconds{{{MONITOR}}})",
        unit="s",
        limits={0: "green", 30: "yellow", 60: "red"},
    ),
)

_COURSE = (
    lines(
        Words("Devices by state", "How many devices are in each state, one above the other.", "no devices yet"),
        (f"sum by (state) ({ALL})", "{{state}}"),
        stacked=True,
    ),
    lines(
        Words("Share offline by provider", "One provider rising alone is an outage of it; all rising is the way in."),
        (
            f"sum by (provider) ({DOWN}) / sum by (provider) ({ALL})",
            "{{provider}}",
        ),
        unit="percentunit",
    ),
)

_HARM = (
    lines(
        Words("Signs of harm", "How many devices show each sign: meals missed, jams, rooms at risk.", "✓ none"),
        (f"sum by (sign) (fleet_welfare_devices{{{COHORT}}}) > 0", "{{sign}}"),
    ),
    rows(
        Words("Harm now", "Devices by sign and provider, with the way to what to do.", "✓ none"),
        (Column("devices", f"sum by (sign, tenant, provider) (fleet_welfare_devices{{{COHORT}}}) > 0"),),
        {"sign": "What to do|${hearthbeat}/runbooks/${__value.raw}", "tenant": None, "provider": None},
        sort="devices",
        width=12,
    ),
)

_ALERTS = (
    lines(
        Words("Alerts that fire", "What people have been told and is still true, by urgency."),
        (f"sum by (severity) (fleet_alerts_active{{{MONITOR}}})", "{{severity}}"),
        dashed="warning|info",
    ),
    lines(
        Words(
            "Devices that changed state",
            "Changes per minute by the state entered. Both ways at once: flapping.",
        ),
        (f"60 * sum by (state) (rate(fleet_status_changes_total{{{MONITOR}}}[$__rate_interval]))", "to {{state}}"),
        unit="cpm",
    ),
)

_WHERE = rows(
    Words("Where they are", "Every group of devices that share tenant, provider, region and kind, worst first."),
    (
        Column("devices", f"sum {_BY_PLACE} ({ALL})"),
        Column("offline", f"sum {_BY_PLACE} ({DOWN})"),
        Column("late", f'sum {_BY_PLACE} (fleet_devices{{{COHORT},state="late"}})'),
        Column("maintenance", f"sum {_BY_PLACE} (fleet_devices_in_maintenance{{{COHORT}}})"),
        Column("share offline", f"sum {_BY_PLACE} ({DOWN}) / sum {_BY_PLACE} ({ALL})", "percentunit"),
    ),
    {"tenant": None, "provider": _TO_PROVIDER, "region": None, "kind": None},
    sort="share offline",
    width=WIDTH,
)

BOARD = Board(
    uid="hearthbeat-fleet",
    title="Fleet now",
    question="Is everything all right, and if not, where?",
    choices=FLEET,
    sections=(
        Section((*_GLANCE, outages.over_time(), *_COURSE)),
        Section(_HARM, "Who suffers"),
        Section((_WHERE,), "Where"),
        Section(_ALERTS, "What people were told"),
    ),
)
