"""Subscribers and what is owed to them, in every kind of store."""

from dataclasses import replace
from pathlib import Path

from monitor.core.publication.bulletins import Bulletin, BulletinChanged, Plan, Update
from monitor.store.mailing import CONFIRMATION, Subscriber
from monitor.store.protocol import Step, Store
from monitor.store.settings import StoreSettings
from monitor.store.sqlite import SqliteStore
from tests.unit.store.conftest import Reopen

HOUR = 3600.0


def asking(address: str = "ann@example.org", **fields: object) -> Subscriber:
    return replace(Subscriber(0, "email", address, f"token-of-{address}", 100.0), **fields)  # type: ignore[arg-type]


async def joined(store: Store, address: str = "ann@example.org", **fields: object) -> Subscriber:
    """Somebody who asked and confirmed, and to whom nothing is owed."""
    newcomer = asking(address, **fields)
    assert await store.mailing.enrol(newcomer, again_seconds=HOUR)
    found = await store.mailing.confirm(newcomer.token, 110.0)
    assert found is not None
    for mailing in await store.mailing.owed(1e9, 100):
        await store.mailing.sent(mailing.id, 111.0)
    return found


def saying(number: int = 1, *, name: str = "b", audience: str = "", components: tuple[str, ...] = ("x",)) -> Step:
    """A bulletin with so many words."""
    words = tuple(
        Update(
            f"{name}-{each}", 100.0 + each, "investigating", "Text.", dict.fromkeys(components, "major_outage"), "kim"
        )
        for each in range(1, number + 1)
    )
    bulletin = Bulletin(name, "Title", 100.0, words, ("i-1",), audience, Plan(1.0, 2.0))
    return Step(at=100.0 + number, decisions=[BulletinChanged(100.0 + number, bulletin)])


async def owed(store: Store, now: float = 1e9) -> list[tuple[str, str]]:
    return [(each.subscriber.address, each.said) for each in await store.mailing.owed(now, 100)]


async def test_nobody_is_told_before_they_confirmed_that_it_was_they_who_asked(store: Store) -> None:
    assert await store.mailing.enrol(asking(), again_seconds=HOUR)
    await store.commit(saying())
    ((address, said),) = await owed(store)
    assert (address, said.split()[0]) == ("ann@example.org", CONFIRMATION)
    assert await store.mailing.confirm("another token", 120.0) is None
    found = await store.mailing.confirm("token-of-ann@example.org", 120.0)
    again = await store.mailing.confirm("token-of-ann@example.org", 130.0)
    assert found == again
    assert found is not None
    assert found.confirmed_at == 120.0
    await store.commit(saying(2))
    assert ("ann@example.org", "b-2") not in await owed(store), "the question comes first"


async def test_the_question_is_not_repeated_for_everybody_who_types_an_address(store: Store) -> None:
    assert await store.mailing.enrol(asking(), again_seconds=HOUR)
    assert not await store.mailing.enrol(asking(token="another", asked_at=200.0), again_seconds=HOUR)
    assert await store.mailing.enrol(asking(token="another", asked_at=100.0 + HOUR), again_seconds=HOUR)
    assert await store.mailing.find("another") is None
    await store.mailing.confirm("token-of-ann@example.org", 120.0)
    assert not await store.mailing.enrol(asking(asked_at=1e6), again_seconds=HOUR)
    assert len(await store.mailing.subscribers(limit=10)) == 1


async def test_a_word_is_owed_once_to_everybody_whom_it_concerns(store: Store) -> None:
    await joined(store, "all@example.org")
    await joined(store, "x@example.org", components=("x", "y"))
    await joined(store, "z@example.org", components=("z",))
    await store.commit(saying())
    await store.commit(saying())  # a step whose fate was unknown is written again
    assert await owed(store) == [("all@example.org", "b-1"), ("x@example.org", "b-1")]
    for each in await store.mailing.owed(1e9, 100):
        await store.mailing.sent(each.id, 120.0)
    await store.commit(saying())
    assert await owed(store) == []
    await store.commit(saying(name="general", components=()))
    assert len(await owed(store)) == 3


async def test_what_is_said_to_one_tenants_customers_is_owed_to_them_alone(store: Store) -> None:
    await joined(store, "public@example.org")
    await joined(store, "of-acme@example.org", tenant="acme")
    await joined(store, "of-zoo@example.org", tenant="zoo")
    await store.commit(saying(audience="acme"))
    assert await owed(store) == [("of-acme@example.org", "b-1")]
    await store.commit(saying(name="public"))
    assert [address for address, said in await owed(store) if said.startswith("public")] == [
        "public@example.org",
        "of-zoo@example.org",
    ], "the one of acme first gets what is owed to it already"


async def test_one_subscriber_gets_words_in_their_order_and_later_ones_wait(store: Store) -> None:
    await joined(store)
    await store.commit(saying(1))
    await store.commit(saying(2))
    (first,) = await store.mailing.owed(1e9, 100)
    await store.mailing.postponed(first.id, 500.0)
    assert await owed(store, 499.0) == []
    (again,) = await store.mailing.owed(500.0, 100)
    assert (again.said, again.attempts, again.due_at) == ("b-1", 1, 500.0)
    await store.mailing.abandoned(again.id, 501.0)
    assert await owed(store) == [("ann@example.org", "b-2")]


async def test_whoever_leaves_is_forgotten_with_everything_owed_to_them(store: Store) -> None:
    found = await joined(store)
    await store.commit(saying())
    assert await store.mailing.erase(found.id)
    assert not await store.mailing.erase(found.id)
    assert await owed(store) == []
    assert await store.mailing.find(found.token) is None
    assert await store.mailing.counts() == {}
    await store.mailing.sent(1, 1.0)
    await store.mailing.postponed(1, 1.0)


async def test_whoever_never_confirms_is_forgotten_after_a_while(store: Store) -> None:
    await joined(store, "stays@example.org")
    await store.commit(saying())
    await store.mailing.enrol(asking("late@example.org", asked_at=200.0), again_seconds=HOUR)
    assert await store.mailing.counts() == {("email", True): 1, ("email", False): 1}
    assert await store.mailing.tidy(unconfirmed_before=200.0, finished_before=0.0) == 0
    assert await store.mailing.tidy(unconfirmed_before=201.0, finished_before=1e9) == 1
    assert await owed(store) == [("stays@example.org", "b-1")]
    assert [each.address for each in await store.mailing.subscribers(limit=10)] == ["stays@example.org"]


async def test_an_address_that_was_erased_is_nowhere_in_the_files(sqlite: SqliteStore, settings: StoreSettings) -> None:
    found = await joined(sqlite, "marker@example.org")
    await sqlite.commit(saying())
    assert b"marker@" in _bytes_of(settings.path)
    await sqlite.mailing.erase(found.id)
    assert b"marker@" not in _bytes_of(settings.path)


def _bytes_of(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


async def test_a_choice_of_components_can_be_changed(store: Store) -> None:
    found = await joined(store)
    changed = await store.mailing.choose(found.token, ["z"])
    assert changed == replace(found, components=("z",))
    assert await store.mailing.choose("another token", ["z"]) is None


async def test_what_was_said_is_there_after_a_restart(store: Store, reopen: Reopen) -> None:
    await store.commit(saying(2))
    again, saved = await reopen()
    (bulletin,) = saved.bulletins
    assert bulletin == await again.mailing.bulletin("b")
    assert ([each.id for each in bulletin.updates], bulletin.plan) == (["b-1", "b-2"], Plan(1.0, 2.0))
    assert await again.mailing.bulletin("nothing") is None


async def test_what_is_over_is_removed_with_the_incidents_of_its_age(store: Store) -> None:
    step = saying()
    (changed,) = step.decisions
    assert isinstance(changed, BulletinChanged)
    over = replace(changed.bulletin, updates=(replace(changed.bulletin.latest, stage="resolved"),))
    await store.commit(Step(at=101.0, decisions=[BulletinChanged(101.0, over)]))
    await store.commit(saying(name="open"))
    pruned = await store.prune(101.0 + 31 * 86_400)
    assert pruned.rows["bulletins"] == 1
    assert await store.mailing.bulletin("b") is None
    assert await store.mailing.bulletin("open") is not None
