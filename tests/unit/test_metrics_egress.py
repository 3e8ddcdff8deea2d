"""What metrics tell about what left."""

from __future__ import annotations

from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.metrics.egress import collect_egress
from monitor.metrics.families import Families
from tests.alerts import NOON, an_alert


def told(egress: Egress) -> dict[tuple[str, ...], float]:
    families = Families()
    collect_egress(families, egress)
    return {
        (sample.name.removeprefix("hearthbeat_egress_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


async def test_what_leaves_is_counted_by_receiver_from_nought() -> None:
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    door = egress.door("chat", trust="third_party", timeout_seconds=1)
    found = told(egress)
    assert found["messages_total", "chat", "alert", "accepted"] == 0
    assert found["bytes_total", "chat", "alert"] == 0
    assert found["unrecorded_total", "alert"] == 0
    egress.admit("chat", an_alert(annotations={"description": "feeder-1 is silent", "summary": "feeder-1"}))
    await egress.ledger.note(receiver="chat", purpose="alert", fields=["summary"], size=70)
    found = told(egress)
    assert found["messages_total", "chat", "alert", "sent"] == 1
    assert found["bytes_total", "chat", "alert"] == 70
    assert found["withheld_fields_total", "chat"] == 2
    await door.aclose()


async def test_the_state_of_the_ledger_is_told() -> None:
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    assert told(egress)["ledger_verified",] == 0
    figures = egress.ledger.figures
    figures.verified_at, figures.oldest_at, figures.lines, figures.lost = NOON, NOON - 60, 12, 3
    found = told(egress)
    assert (found["ledger_verified",], found["ledger_verified_timestamp_seconds",]) == (1, NOON)
    assert (found["ledger_oldest_timestamp_seconds",], found["ledger_lines",]) == (NOON - 60, 12)
    assert found["ledger_lost_lines_total",] == 3
