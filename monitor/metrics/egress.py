"""What left, and the state of the record of it."""

from monitor.egress import Egress
from monitor.metrics.families import Families


def collect_egress(families: Families, egress: Egress) -> None:
    """Sendings and bytes by receiver, and the ledger."""
    figures = egress.ledger.figures
    for (receiver, purpose, outcome), number in figures.messages.items():
        families.put("hearthbeat_egress_messages_total", number, receiver, purpose, outcome)
    for (receiver, purpose), size in figures.size.items():
        families.put("hearthbeat_egress_bytes_total", size, receiver, purpose)
    for receiver, traffic in egress.traffic.items():
        families.put("hearthbeat_egress_withheld_fields_total", traffic.withheld, receiver)
    for purpose, number in figures.unrecorded.items():
        families.put("hearthbeat_egress_unrecorded_total", number, purpose)
    families.put("hearthbeat_egress_ledger_waiting_lines", figures.waiting)
    families.put("hearthbeat_egress_ledger_lost_lines_total", figures.lost)
    families.put("hearthbeat_egress_ledger_lines", figures.lines)
    families.put("hearthbeat_egress_ledger_verified", float(figures.verified_at is not None))
    families.put("hearthbeat_egress_ledger_verified_timestamp_seconds", figures.verified_at or 0.0)
    families.put("hearthbeat_egress_ledger_oldest_timestamp_seconds", figures.oldest_at or 0.0)
