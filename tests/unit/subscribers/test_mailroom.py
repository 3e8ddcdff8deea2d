"""Every word reaches every subscriber at least once, each alone, whatever the ways out do."""

import json
from email import message_from_bytes
from email.policy import default

import pytest

from tests.unit.subscribers.room import HEAD, NOON, Room


async def test_a_word_reaches_each_subscriber_in_a_message_of_their_own() -> None:
    async with Room().at_work() as room:
        tokens = [await room.joined("ann@example.org"), await room.joined("bob@example.org")]
        await room.publish()
        assert [post.address for post in room.mail.posts] == ["ann@example.org", "bob@example.org"]
        assert len({post.key for post in room.mail.posts}) == 2
        for post, token in zip(room.mail.posts, tokens, strict=True):
            message = message_from_bytes(post.body, policy=default)
            assert message["To"] == post.address
            assert (message["Cc"], message["Bcc"]) == (None, None)
            assert message["Subject"] == "Whisker & Warmth: Investigating: Feeders are out"
            assert f"\r\nList-Unsubscribe: <{HEAD.address}/unsubscribe/{token}>\r\n".encode() in post.body
            assert (
                message["List-Unsubscribe"]
                == f"<https://status.whisker-and-warmth.example.org/status/unsubscribe/{token}>"
            )
            assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
            assert message["Auto-Submitted"] == "auto-generated"
            assert message["Message-ID"] == f"<{post.key}@example.org>"
            text = message.get_content()
            assert "Feed by hand." in text
            assert "- Scheduled feeding (aurora): major outage" in text
            assert "Next update by 14 November, 22:43 UTC." in text
            assert "/subscription/" + token in text
        others = [post.body for post in room.mail.posts if post.address != "bob@example.org"]
        assert not any(b"bob" in body or tokens[1].encode() in body for body in others)


async def test_a_message_to_one_tenants_subscriber_never_contains_anothers_data() -> None:
    async with Room().at_work() as room:
        await room.joined("ann@acme.example", tenant="acme")
        await room.joined("https://zoo.example/hook", tenant="zoo")
        await room.joined("public@example.org")
        await room.publish(name="a", body="MARKER-OF-ACME", audience="acme")
        await room.publish(name="z", body="MARKER-OF-ZOO", audience="zoo")
        await room.publish(name="p", body="For everybody.")
        sent = {
            (post.address, b"MARKER-OF-ACME" in post.body, b"MARKER-OF-ZOO" in post.body) for post in room.mail.posts
        }
        assert sent == {
            ("ann@acme.example", True, False),
            ("ann@acme.example", False, False),
            ("public@example.org", False, False),
        }
        assert [(b"MARKER-OF-ACME" in post.body, b"MARKER-OF-ZOO" in post.body) for post in room.hooks.posts] == [
            (False, True),
            (False, False),
        ]
        assert {post.tenant for post in room.hooks.posts} == {"zoo"}
        private = next(post for post in room.mail.posts if b"MARKER-OF-ACME" in post.body)
        assert b"/incidents/" not in private.body, "it is on no public page"


async def test_a_webhook_gets_what_an_owner_reads_and_the_key_of_the_message() -> None:
    async with Room().at_work() as room:
        token = await room.joined("https://hooks.example/status")
        await room.publish()
        (post,) = room.hooks.posts
        body = json.loads(post.body)
        assert body["idempotency_key"] == post.key
        assert body["unsubscribe_url"].endswith(f"/unsubscribe/{token}")
        assert body["incident"]["components"] == {"Scheduled feeding (aurora)": "major_outage"}
        assert body["incident"]["next_update_due_at"] == NOON + 1 + 1800
        assert "kim" not in post.body.decode(), "who said it stays in the house"
        assert "i-1" not in post.body.decode()


async def test_the_question_for_confirmation_has_a_link_and_no_news() -> None:
    async with Room().at_work() as room:
        assert await room.desk.add("webhook", "https://hooks.example/status", "", []) == ""
        assert await room.desk.sign_up("ann@example.org", [], client="") == ""
        await room.settle()
        assert "confirm_url" in json.loads(room.hooks.posts[0].body)
        message = message_from_bytes(room.mail.posts[0].body, policy=default)
        assert "/confirm/" in message.get_content()
        assert message["List-Unsubscribe"] is None


async def test_a_way_that_is_closed_is_left_alone_for_longer_each_time_and_nothing_is_lost() -> None:
    async with Room(first_retry_seconds=30, longest_retry_seconds=600).at_work() as room:
        await room.joined("ann@example.org")
        await room.joined("bob@example.org")
        room.mail.fate = "closed"
        await room.publish()
        assert room.mail.tried == 3, "two questions, and one attempt for both"
        await room.until(3600)
        between = room.mail.tried
        assert 6 <= between < 30
        room.mail.fate = "sent"
        await room.until(5400)
        assert [post.address for post in room.mail.posts] == ["ann@example.org", "bob@example.org"]
        assert room.mailroom.figures.messages["email", "failed"] > 0


async def test_one_who_cannot_be_reached_holds_up_nobody() -> None:
    async with Room().at_work() as room:
        await room.joined("https://dead.example/hook")
        await room.joined("ann@example.org")
        room.hooks.fate = "later"
        await room.publish()
        assert [post.address for post in room.mail.posts] == ["ann@example.org"]
        room.hooks.fate = "sent"
        await room.until(120)
        assert len(room.hooks.posts) == 1


async def test_a_message_that_is_refused_for_good_or_for_too_long_is_given_up() -> None:
    async with Room(give_up_hours=1).at_work() as room:
        await room.joined("ann@example.org")
        room.mail.fate = "never"
        await room.publish(1)
        assert room.mailroom.figures.messages["email", "abandoned"] == 1
        room.mail.fate = "later"
        await room.publish(2)
        await room.until(4 * 3600)
        assert room.mailroom.figures.messages["email", "abandoned"] == 2
        tried = room.mail.tried
        await room.until(8 * 3600)
        assert room.mail.tried == tried


async def test_a_message_sent_before_a_crash_is_sent_again_under_the_same_key() -> None:
    async with Room().at_work() as room:
        await room.joined("ann@example.org")
        room.mailing.fails_to_mark = True
        await room.publish()
        room.mailing.fails_to_mark = False
        await room.until(60)
        assert len(room.mail.posts) == 2
        assert room.mail.posts[0].key == room.mail.posts[1].key
        await room.until(120)
        assert len(room.mail.posts) == 2


async def test_what_was_removed_before_it_was_sent_is_not_sent() -> None:
    async with Room().at_work() as room:
        await room.joined("ann@example.org")
        room.mail.fate = "later"
        await room.publish()
        room.store.mailing.bulletins.clear()
        room.mail.fate = "sent"
        await room.until(3600)
        assert room.mail.posts == []


async def test_connections_are_let_go_when_nothing_is_owed() -> None:
    async with Room().at_work() as room:
        assert room.mail.rested == room.hooks.rested == 1


async def test_whoever_never_confirms_is_forgotten() -> None:
    async with Room(confirm_hours=1).at_work() as room:
        await room.desk.sign_up("ann@example.org", [], client="")
        await room.settle()
        assert room.mailroom.figures.subscribers == {("email", False): 1}
        await room.until(2 * 3600)
        assert room.mailroom.figures.subscribers == {}


@pytest.mark.parametrize("kind", ["email", "webhook"])
async def test_a_way_that_is_not_set_up_keeps_its_messages(kind: str) -> None:
    async with Room(unequipped=True).at_work() as room:
        address = "ann@example.org" if kind == "email" else "https://hooks.example/x"
        await room.desk.add(kind, address, "", [])  # type: ignore[arg-type]
        await room.settle()
        assert len(await room.store.mailing.owed(NOON + 1e6, 10)) == 1
