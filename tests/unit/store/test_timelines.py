"""Timelines of incidents and what incidents cost, in every store."""

from dataclasses import replace

import pytest

from monitor.core.decisions import IncidentLogged, LossRecorded
from monitor.store.protocol import Step, Store
from tests.unit.store.conftest import Reopen
from tests.unit.store.steps import changing, incident

DAY = 86_400.0


def line(at: float, text: str = "opened", *, of: str = "i-1", author: str = "") -> IncidentLogged:
    return IncidentLogged(of, at, "done" if author else "decided", text, author)


def loss(
    device: str = "acme/f1", outcome: str = "unconfirmed", *, of: str = "i-1", since: float = 50.0, what: str = "meal x"
) -> LossRecorded:
    return LossRecorded(of, 60.0, device, what, since, outcome)


async def test_a_timeline_is_told_from_its_beginning_and_cut_at_its_end(store: Store) -> None:
    made = [line(3.0, "third"), line(1.0, "first", author="ada"), line(2.0, "second"), line(2.0, "other", of="i-2")]
    await store.commit(Step(at=3.0, decisions=made))
    assert [each.text for each in await store.timelines.lines("i-1", limit=10)] == ["first", "second", "third"]
    assert [each.text for each in await store.timelines.lines("i-1", limit=2)] == ["second", "third"]
    assert await store.timelines.lines("i-1", limit=1) == [made[0]]
    assert await store.timelines.lines("never-was", limit=1) == []


async def test_a_step_written_twice_is_told_once(store: Store, reopen: Reopen) -> None:
    step = Step(at=3.0, decisions=[line(1.0), loss(), line(2.0, "silence set", of="", author="ada")])
    for _ in range(2):
        await store.commit(step)
    again, _ = await reopen()
    assert await again.timelines.lines("i-1", limit=10) == [line(1.0)]
    assert await again.timelines.lines("", limit=10) == [step.decisions[2]]
    assert await again.timelines.losses("i-1", limit=10) == [loss()]


async def test_an_incident_is_found_by_its_id(store: Store) -> None:
    await store.commit(changing(incident("i-1"), incident("i-2", resolved_at=9.0)))
    found = await store.timelines.incident("i-2")
    assert found == incident("i-2", resolved_at=9.0)
    assert await store.timelines.incident("never-was") is None


async def test_losses_are_counted_and_corrected_wherever_they_were_recorded(store: Store) -> None:
    made = [loss("acme/f2"), loss("acme/f1", "missed"), loss("acme/f1", "missed", since=40.0)]
    made += [loss("acme/f1", "showing", what="FeederJammed"), loss("acme/f9", of="i-2")]
    await store.commit(Step(at=60.0, decisions=made))
    assert [each.device for each in await store.timelines.losses("i-1", limit=3)] == ["acme/f1"] * 3
    corrections = [
        loss("acme/f2", "dispensed", of=""),
        loss("acme/f1", "over", of="", what="FeederJammed", since=0.0),
        loss("acme/f1", "failed", of="i-2"),
        loss("acme/f3", "dispensed", of=""),
    ]
    for _ in range(2):
        await store.commit(Step(at=70.0, decisions=corrections))
    assert dict(await store.timelines.loss_counts("i-1")) == {
        ("meal", "dispensed"): 1,
        ("meal", "failed"): 1,
        ("meal", "missed"): 1,
        ("FeederJammed", "over"): 1,
    }
    assert [each.device for each in await store.timelines.losses("i-2", limit=9)] == ["acme/f9"]


async def test_timelines_and_losses_go_with_their_incident_and_never_before(store: Store) -> None:
    await store.commit(changing(incident("over", resolved_at=1.0), incident("open")))
    lines = [line(1.0, of="over"), line(1.0, of="open"), line(1.0, of="")]
    await store.commit(Step(at=1.0, decisions=[*lines, loss(of="over"), loss("acme/f2", of="open")]))
    assert sum((await store.prune(now=20 * DAY)).rows.values()) == 0
    removed = {name: number for name, number in (await store.prune(now=40 * DAY)).rows.items() if number}
    assert removed == {"incidents": 1, "incident_log": 2, "incident_losses": 1}
    assert len(await store.timelines.lines("open", limit=9)) == 1
    assert len(await store.timelines.losses("open", limit=9)) == 1


@pytest.mark.parametrize(("kind", "found"), [("outage", ["o1"]), ("welfare", ["w1"]), (None, ["w1", "o1"])])
async def test_incidents_are_listed_by_kind(store: Store, kind: str | None, found: list[str]) -> None:
    await store.commit(changing(incident("o1", opened_at=1.0), replace(incident("w1", opened_at=2.0), kind="welfare")))
    assert [each.id for each in await store.incidents(limit=9, kind=kind)] == found  # type: ignore[arg-type]
