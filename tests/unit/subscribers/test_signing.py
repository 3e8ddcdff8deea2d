"""Who may ask, how often, and that nobody learns who is subscribed."""

import pytest

from monitor.subscribers.settings import SmtpSettings
from monitor.subscribers.signing import masked
from tests.unit.subscribers.room import Room


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "ann@example",
        "a b@example.org",
        "ann@example.org\nBcc: x@y.org",
        "x" * 260 + "@a.org",
    ],
)
async def test_what_is_no_address_is_refused(address: str) -> None:
    assert "no e-mail address" in await Room().desk.sign_up(address, [], client="10.0.0.1")


@pytest.mark.parametrize("url", ["ftp://example.org", "https://", "https://user:pass@example.org/x", "example.org"])
async def test_what_is_no_webhook_is_refused(url: str) -> None:
    assert "no address for a webhook" in await Room().desk.add("webhook", url, "", [])


async def test_asking_again_is_answered_alike_and_sends_nothing_more() -> None:
    async with Room().at_work() as room:
        first = await room.desk.sign_up("ann@Example.org ", [], client="a")
        again = await room.desk.sign_up("ann@example.ORG", [], client="a")
        await room.settle()
        assert (first, again) == ("", "")
        assert [post.address for post in room.mail.posts] == ["ann@example.org"]
        assert await room.desk.add("email", "ann@example.org", "", []) != ""


async def test_one_client_may_ask_only_so_often_and_all_together_too() -> None:
    room = Room(sign_ups_per_client=2, sign_ups_per_hour=3)
    asked = [await room.desk.sign_up(f"a{number}@example.org", [], client="one") for number in range(3)]
    assert [bool(each) for each in asked] == [False, False, True]
    asked = [await room.desk.sign_up(f"b{number}@example.org", [], client="two") for number in range(2)]
    assert [bool(each) for each in asked] == [False, True]
    assert room.mailroom.figures.refused == 2
    await room.until(3601)
    assert await room.desk.sign_up("c@example.org", [], client="one") == ""


async def test_whoever_holds_the_token_confirms_chooses_and_leaves() -> None:
    async with Room().at_work() as room:
        token = await room.joined("ann@example.org")
        seat = await room.desk.choose(token, ["x"])
        assert seat == await room.desk.seat(token)
        assert seat is not None
        assert (seat.kind, seat.components, seat.confirmed) == ("email", ("x",), True)
        assert await room.desk.leave(token)
        assert not await room.desk.leave(token)
        assert [await room.desk.seat(token), await room.desk.confirm(token), await room.desk.choose(token, [])] == [
            None
        ] * 3


async def test_operators_see_as_much_of_an_address_as_it_takes_to_know_it_again() -> None:
    room = Room()
    await room.desk.add("email", "ann@example.org", "acme", ["x"])
    await room.desk.add("webhook", "https://hooks.example/secret-path", "", [])
    assert [each.address for each in await room.desk.listed()] == ["https://hooks.example/…", "a…@example.org"]
    (found,) = await room.desk.listed("ann@EXAMPLE.org")
    assert (found.kind, found.tenant, found.components, found.confirmed) == ("email", "acme", ("x",), False)
    assert len(await room.desk.listed("https://hooks.example/secret-path")) == 1
    assert await room.desk.remove(found.id)
    assert masked("x@y.org") == "x…@y.org"


def test_addresses_are_sent_in_clear_text_to_this_machine_only() -> None:
    SmtpSettings(host="localhost", security="none", sender="a@b.org")
    SmtpSettings(host="127.0.0.1", security="none", sender="a@b.org")
    with pytest.raises(ValueError, match="allowed to this machine only"):
        SmtpSettings(host="mail.example.org", security="none", sender="a@b.org")
