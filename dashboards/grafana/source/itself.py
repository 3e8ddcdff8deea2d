"""The monitor itself: can its judgement be trusted, and do its alerts arrive?"""

from dashboards.grafana.source.frame import Board, Section
from dashboards.grafana.source.parts import MONITOR, SIGHT, YES_NO, Column, Words, lines, number, rows, timeline

_RATE = "$__rate_interval"


def _rate(metric: str, by: str) -> str:
    return f"sum by ({by}) (rate({metric}{{{MONITOR}}}[{_RATE}]))"


def _quantile(quantile: float, metric: str, by: str = "") -> str:
    kept = f"{by}, le" if by else "le"
    return f"histogram_quantile({quantile}, sum by ({kept}) (rate({metric}_bucket{{{MONITOR}}}[{_RATE}])))"


_GLANCE = (
    number(
        Words("Answers", "Whether Prometheus can read it.", "? not watched"),
        f'min(up{{job="hearthbeat",{MONITOR}}})',
        states=YES_NO,
    ),
    number(
        Words("Sees", "Whether it sees the fleet.", "? not watched"),
        f"max(hearthbeat_blind{{{MONITOR}}})",
        states=SIGHT,
    ),
    number(
        Words("Store works", "Whether its last write to the database succeeded.", "? not watched"),
        f"min(hearthbeat_store_writable{{{MONITOR}}})",
        states=YES_NO,
    ),
    number(
        Words("Proves its sight", "Whether its own messages come back to it; if not, the connection has to do."),
        f"min(hearthbeat_path_echo{{{MONITOR}}})",
        states=YES_NO,
    ),
    number(
        Words("Oldest alert owed", "How long the alert that waits longest has been waiting for its receiver."),
        f"max(hearthbeat_outbox_oldest_seconds{{{MONITOR}}})",
        unit="s",
        limits={0: "green", 60: "yellow", 300: "red"},
    ),
    number(
        Words("Messages", "Messages taken in, per second."),
        f"sum(rate(hearthbeat_ingest_messages_total{{{MONITOR}}}[{_RATE}]))",
        unit="cps",
    ),
)

_SIGHT = (
    timeline(
        Words("Sight", "When it was blind, and why: connection, echo, store, overload or restart."),
        f"max by (cause) (hearthbeat_blind{{{MONITOR}}})",
        "{{cause}}",
        SIGHT,
        width=12,
    ),
    lines(
        Words("Judged until", "How far behind the present its judgement is. A few seconds are the rule."),
        (f"time() - max(hearthbeat_horizon_timestamp_seconds{{{MONITOR}}})", "behind"),
        unit="s",
    ),
)

_INTAKE = (
    lines(
        Words("Messages taken in", "Messages per second by dialect, and those refused by reason."),
        (_rate("hearthbeat_ingest_messages_total", "dialect"), "{{dialect}}"),
        (f"{_rate('hearthbeat_ingest_rejected_total', 'dialect, reason')} > 0", "refused: {{reason}}"),
        unit="cps",
        dashed="refused.*",
    ),
    lines(
        Words(
            "Age of messages",
            "How long after its own time stamp a message arrives, half and 99 %. Clocks that are off show here.",
        ),
        (_quantile(0.5, "hearthbeat_ingest_lag_seconds"), "half"),
        (_quantile(0.99, "hearthbeat_ingest_lag_seconds"), "99 %"),
        unit="s",
        dashed="half",
    ),
    lines(
        Words("Waiting to be judged", "Messages that were read and wait. Steadily growing: too much comes in."),
        (f"max(hearthbeat_inbox_length{{{MONITOR}}})", "messages"),
    ),
    lines(
        Words("One step", "How long it takes to read, decide and commit, half and 99 %."),
        (_quantile(0.5, "hearthbeat_step_duration_seconds"), "half"),
        (_quantile(0.99, "hearthbeat_step_duration_seconds"), "99 %"),
        unit="s",
        dashed="half",
    ),
    lines(
        Words(
            "Connections to the broker",
            "Whether it is connected, and how often within an hour it had to connect again.",
        ),
        (f"min by (broker) (hearthbeat_mqtt_connected{{{MONITOR}}})", "connected to {{broker}}"),
        (f"sum by (broker) (increase(hearthbeat_mqtt_reconnects_total{{{MONITOR}}}[1h]))", "connected again"),
        dashed="connected again",
    ),
    lines(
        Words(
            "At the limits",
            "Per hour: devices turned away, and series left out, because a limit was reached. 0 is right.",
        ),
        (f"sum(increase(hearthbeat_devices_refused_total{{{MONITOR}}}[1h]))", "devices turned away"),
        (
            f"sum by (metric) (increase(hearthbeat_metric_series_dropped_total{{{MONITOR}}}[1h]))",
            "left out: {{metric}}",
        ),
    ),
)

_DELIVERY = (
    lines(
        Words("Deliveries", "Attempts per minute by receiver and outcome. Failed ones are tried again.", "no receiver"),
        (f"60 * {_rate('hearthbeat_notifications_total', 'receiver, outcome')}", "{{receiver}}: {{outcome}}"),
        unit="cpm",
        dashed=".*(failed|abandoned)",
    ),
    lines(
        Words("Alerts owed", "Age of the oldest alert that each receiver has not got yet.", "no receiver"),
        (f"max by (receiver) (hearthbeat_outbox_oldest_seconds{{{MONITOR}}})", "{{receiver}}"),
        unit="s",
    ),
    lines(
        Words("One delivery", "How long receivers take, 95 %.", "no receiver"),
        (_quantile(0.95, "hearthbeat_notification_duration_seconds", "receiver"), "{{receiver}}"),
        unit="s",
    ),
    lines(
        Words(
            "Alerts from Prometheus",
            "What our rules say about the monitor: pending or firing.",
            "✓ none but the watchdog",
        ),
        ("count by (alertname, alertstate) (ALERTS)", "{{alertname}}, {{alertstate}}"),
        dashed=".*pending",
    ),
)

_MACHINE = (
    lines(
        Words("Memory", "Resident memory of the process. It grows with the fleet and then stays."),
        (f'process_resident_memory_bytes{{job="hearthbeat",{MONITOR}}}', "resident"),
        unit="bytes",
        width=8,
    ),
    lines(
        Words("Processor", "Share of one processor core that it uses."),
        (f'rate(process_cpu_seconds_total{{job="hearthbeat",{MONITOR}}}[{_RATE}])', "one core"),
        unit="percentunit",
        width=8,
    ),
    lines(
        Words("Open files", "Open files and connections, and how many there may be."),
        (f'process_open_fds{{job="hearthbeat",{MONITOR}}}', "open"),
        (f'process_max_fds{{job="hearthbeat",{MONITOR}}}', "at most"),
        width=8,
        dashed="at most",
    ),
    rows(
        Words("Version", "What runs."),
        (Column("running", f"hearthbeat_build_info{{{MONITOR}}}"),),
        {"version": None, "revision": None},
    ),
)

BOARD = Board(
    uid="hearthbeat-monitor",
    title="The monitor itself",
    question="Can its judgement be trusted, and do its alerts arrive?",
    sections=(
        Section((*_GLANCE, *_SIGHT)),
        Section(_INTAKE, "What comes in"),
        Section(_DELIVERY, "What goes out"),
        Section(_MACHINE, "The process"),
    ),
)
