"""Privacy and egress: what do we drop at the door, what leaves, and is old data removed?"""

from dashboards.grafana.source.frame import Board, Section
from dashboards.grafana.source.parts import MONITOR, Column, State, Words, lines, number, rows

_DROPPED = f"hearthbeat_ingest_dropped_fields_total{{{MONITOR}}}"
_SENT = f"hearthbeat_egress_messages_total{{{MONITOR}}}"
_REFUSED = f'hearthbeat_egress_messages_total{{{MONITOR},outcome!~"accepted|sent"}}'
_BYTES = f"hearthbeat_egress_bytes_total{{{MONITOR}}}"
_WITHHELD = f"hearthbeat_egress_withheld_fields_total{{{MONITOR}}}"
_WHOLE = f"hearthbeat_egress_ledger_verified{{{MONITOR}}}"
_WAITING = f"hearthbeat_egress_ledger_waiting_lines{{{MONITOR}}}"
_OLDEST = f"hearthbeat_egress_ledger_oldest_timestamp_seconds{{{MONITOR}}}"
_LINES = f"hearthbeat_egress_ledger_lines{{{MONITOR}}}"
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
                    Words("Sent", "What left in the time shown, to whomever and for whatever purpose.", "nothing"),
                    f"sum(increase({_SENT}[$__range]))",
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
                        "What left",
                        "Sendings per hour by receiver and purpose. Third parties get pseudonyms and bands.",
                        "nothing",
                    ),
                    (f"sum by (receiver, purpose) (increase({_SENT}[1h]))", "{{receiver}}: {{purpose}}"),
                ),
            ),
            "What comes in and what leaves",
        ),
        Section(
            (
                rows(
                    Words(
                        "Who was sent how much",
                        "In the time shown. Which fields it was, `hearthbeat egress report` tells.",
                        "nobody was sent anything",
                    ),
                    (
                        Column("sent", f"sum by (receiver, purpose) (increase({_SENT}[$__range]))"),
                        Column("not accepted", f"sum by (receiver, purpose) (increase({_REFUSED}[$__range]))"),
                        Column("bytes", f"sum by (receiver, purpose) (increase({_BYTES}[$__range]))", "bytes"),
                    ),
                    {"receiver": None, "purpose": None},
                    width=12,
                ),
                lines(
                    Words(
                        "Fields withheld",
                        "Per hour: fields of alerts that a receiver was not given because it may not know them.",
                        "none",
                    ),
                    (f"sum by (receiver) (increase({_WITHHELD}[1h]))", "{{receiver}}"),
                ),
            ),
            "Who got what",
        ),
        Section(
            (
                number(
                    Words("Ledger", "Whether its chain was whole when it was last walked along.", "no ledger"),
                    f"min({_WHOLE})",
                    states=(State(1, "✓ whole", "green"), State(0, "✗ broken or not verified", "red")),
                    width=6,
                ),
                number(
                    Words("Lines", "What the ledger of all that left has on record.", "no ledger"),
                    f"sum({_LINES})",
                    width=6,
                ),
                number(
                    Words("Goes back", "Since the oldest line that is kept was written.", "no line yet"),
                    f"time() - min({_OLDEST} > 0)",
                    unit="s",
                    width=6,
                ),
                number(
                    Words("Not yet written", "Lines in memory because the ledger could not be written.", "no ledger"),
                    f"sum({_WAITING})",
                    limits={0: "green", 1: "red"},
                    width=6,
                ),
            ),
            "The record of it",
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
