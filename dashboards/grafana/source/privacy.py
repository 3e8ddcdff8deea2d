"""Privacy and egress: what do we drop at the door, what leaves, and is old data removed?"""

from dashboards.grafana.source.frame import Board, Section
from dashboards.grafana.source.parts import MONITOR, Column, Words, lines, number, rows

_DROPPED = f"hearthbeat_ingest_dropped_fields_total{{{MONITOR}}}"
_SENT = f"hearthbeat_notifications_total{{{MONITOR}}}"
_DELIVERED = f'hearthbeat_notifications_total{{{MONITOR},outcome="delivered"}}'
_REMOVED = f"hearthbeat_retention_last_success_timestamp_seconds{{{MONITOR}}}"

BOARD = Board(
    uid="hearthbeat-privacy",
    title="Privacy and egress",
    question="What do we drop at the door, what leaves, and is old data removed?",
    since="now-7d",
    refresh="5m",
    sections=(
        Section(
            (
                number(
                    Words("Fields dropped", "Fields that devices sent unasked and nobody kept, in the time shown."),
                    f"sum(increase({_DROPPED}[$__range]))",
                    width=6,
                ),
                number(
                    Words("Receivers", "Whom alerts leave to.", "nobody"),
                    f"count(count by (receiver) ({_SENT}))",
                    width=6,
                ),
                number(
                    Words(
                        "Oldest removal",
                        "Since the kind of data that waits longest was last removed by age.",
                        "not yet",
                    ),
                    f"time() - min({_REMOVED} > 0)",
                    unit="s",
                    limits={0: "green", 129_600: "yellow", 172_800: "red"},
                    width=6,
                ),
                number(
                    Words(
                        "Devices with series", "Devices whose state and readings Prometheus keeps one by one.", "none"
                    ),
                    f"count(fleet_device_info{{{MONITOR}}})",
                    width=6,
                ),
            )
        ),
        Section(
            (
                lines(
                    Words(
                        "Dropped at the door",
                        "Fields outside the contract, per hour by class. What is dropped was never kept.",
                    ),
                    (f"sum by (dialect, field_class) (increase({_DROPPED}[1h]))", "{{dialect}}: {{field_class}}"),
                ),
                lines(
                    Words(
                        "Alerts that left",
                        "Per hour and receiver. Third parties get pseudonyms and no readings.",
                        "nobody",
                    ),
                    (
                        f"sum by (receiver) (increase({_DELIVERED}[1h]))",
                        "{{receiver}}",
                    ),
                ),
            ),
            "What comes in and what leaves",
        ),
        Section(
            (
                rows(
                    Words(
                        "Removal of old data",
                        "When each kind of data was last removed by age; 0 before the first time.",
                    ),
                    (Column("last removed", f"1000 * max by (data_class) ({_REMOVED})", "dateTimeFromNow"),),
                    {"data_class": "What it means|${hearthbeat}/runbooks/RetentionOverdue"},
                    width=12,
                ),
                lines(
                    Words(
                        "Time since removal", "By kind of data. More than two days is a promise not kept.", "not yet"
                    ),
                    (f"time() - max by (data_class) ({_REMOVED} > 0)", "{{data_class}}"),
                    unit="s",
                ),
            ),
            "What is kept",
        ),
    ),
)
