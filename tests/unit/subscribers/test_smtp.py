"""By e-mail, to a real SMTP server: one recipient for each message, and what its answers mean."""

import ssl
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest
import structlog

from monitor.egress import EgressError, Ledger
from monitor.egress.ledger import LedgerError, Scrap
from monitor.egress.lines import Line
from monitor.subscribers.messages import Post
from monitor.subscribers.settings import SmtpSettings
from monitor.subscribers.smtp import SmtpCarrier
from tests.certificates import make_certificates
from tests.mail_server import MailServer
from tests.waiting import free_port

FIELDS = ("address", "body", "token")


def post(address: str = "ann@example.org", text: str = "Feed by hand.") -> Post:
    body = f"From: updates@example.org\r\nTo: {address}\r\nSubject: News\r\n\r\n{text}\r\n"
    return Post(address, "acme", "k" * 32, body.encode(), FIELDS)


def carrier(port: int, ledger: Ledger | None = None, **settings: object) -> SmtpCarrier:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "updates@example.org", **settings}
    return SmtpCarrier(SmtpSettings.model_validate(given), ledger or Ledger())


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as running:
        yield running


async def test_each_message_has_one_recipient_over_one_connection(server: MailServer) -> None:
    book = Scrap()
    way = carrier(server.port, Ledger(book))
    assert [await way.send(post()), await way.send(post("bob@example.org"))] == ["sent", "sent"]
    await way.rest()
    assert [taken.recipients for taken in server.taken] == [("ann@example.org",), ("bob@example.org",)]
    assert [taken.sender for taken in server.taken] == ["updates@example.org"] * 2
    assert server.taken[0].message["Subject"] == "News"
    first: Line = book.lines[0]
    assert (first.receiver, first.purpose, first.tenants, first.fields) == (
        "subscribers-mail",
        "customer-mail",
        ("acme",),
        FIELDS,
    )
    assert "ann@" not in str(book.lines)


@pytest.mark.parametrize(
    ("answer", "fate"),
    [("550 no such user ann@example.org", "never"), ("451 greylisted, try again", "later"), ("", "sent")],
)
async def test_what_is_said_of_one_recipient_concerns_that_message_only(
    server: MailServer, answer: str, fate: str
) -> None:
    server.recipients["ann@example.org"] = answer
    way = carrier(server.port)
    with structlog.testing.capture_logs() as lines:
        assert await way.send(post()) == fate
        assert await way.send(post("bob@example.org")) == "sent"
    await way.rest()
    assert "ann@" not in str(lines)


async def test_a_message_that_the_server_does_not_like_is_refused_or_deferred(server: MailServer) -> None:
    way = carrier(server.port)
    server.data = "554 spam"
    assert await way.send(post()) == "never"
    server.data = "452 out of space"
    assert await way.send(post()) == "later"
    await way.rest()


async def test_a_server_that_refuses_us_or_is_not_there_closes_the_way(server: MailServer) -> None:
    way = carrier(server.port)
    server.sender = "550 you may not send"
    assert await way.send(post()) == "closed"
    await way.rest()
    assert await carrier(free_port()).send(post()) == "closed"


async def test_nothing_leaves_that_the_ledger_cannot_record(server: MailServer) -> None:
    class Torn(Scrap):
        def append(self, lines: Iterable[Line]) -> None:
            raise LedgerError(f"no room for {len(list(lines))} lines")

    way = carrier(server.port, Ledger(Torn()))
    assert await way.send(post()) == "closed"
    await way.rest()
    assert server.taken == []


async def test_addresses_travel_under_tls_and_a_stranger_is_not_trusted(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.server_certificate, made.server_key)
    async with MailServer(tls=context) as server:
        way = carrier(server.port, security="starttls", ca_file=made.ca)
        assert await way.send(post()) == "sent"
        await way.rest()
        assert await carrier(server.port, security="starttls").send(post()) == "closed"
        assert len(server.taken) == 1


def test_a_file_of_authorities_that_cannot_be_read_is_named() -> None:
    with pytest.raises(EgressError, match=r"subscribers\.smtp\.ca_file"):
        carrier(25, security="starttls", ca_file="nowhere.pem")


def test_the_password_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    settings = SmtpSettings(host="localhost", sender="a@b.org", password_file=file)
    assert settings.read_password() == "secret"
    assert SmtpSettings.model_validate({"host": "x", "sender": "a@b.org", "password": "p"}).read_password() == "p"
