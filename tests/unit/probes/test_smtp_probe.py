"""SMTP asked of a real mail server on loopback."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.mail_server import MailServer
from tests.name_server import NameServer
from tests.unit.probes.asking import ask, listening

ADDRESS = "help@home.example"


@pytest_asyncio.fixture
async def server() -> AsyncIterator[MailServer]:
    async with MailServer() as server:
        yield server


async def test_an_address_that_is_taken_is_healthy_and_no_mail_is_sent(server: MailServer) -> None:
    found = await ask("smtp", ADDRESS, server=server.address, sender="probe@home.example")
    assert (found.verdict, found.statement) == ("healthy", f"127.0.0.1 takes mail to {ADDRESS}.")
    assert server.said == ["MAIL probe@home.example", f"RCPT {ADDRESS}"]


@pytest.mark.parametrize(
    ("answer", "verdict", "said"),
    [
        ("550 5.1.1 no such user", "failing", "answers RCPT TO with 550 5.1.1 no such user: mail bounces."),
        ("552 5.2.2 mailbox full", "failing", "mail bounces"),
        ("451 4.7.1 greylisted", "unknown", "it wants us to come again later"),
        ("450 try later", "unknown", "it wants us to come again later"),
        ("554 5.7.1 blocked by policy", "unknown", "it refuses us as a sender"),
    ],
)
async def test_only_a_refusal_of_the_address_itself_is_a_failure(
    server: MailServer, answer: str, verdict: str, said: str
) -> None:
    server.recipient = answer
    found = await ask("smtp", ADDRESS, server=server.address)
    assert (found.verdict, found.answered, found.facts["code"]) == (verdict, True, int(answer[:3]))
    assert said in found.statement
    assert server.said[0] == "MAIL <>"


async def test_a_server_that_refuses_us_as_a_sender_says_nothing_of_the_address(server: MailServer) -> None:
    server.sender = "553 5.7.1 you are on a list"
    found = await ask("smtp", ADDRESS, server=server.address)
    assert found.verdict == "unknown"


@pytest.mark.parametrize(
    ("greeting", "verdict"),
    [(b"521 no mail here\r\n", "failing"), (b"421 busy\r\n", "unknown"), (b"HTTP/1.1 400 what\r\n", "failing")],
)
async def test_a_server_is_judged_by_how_it_greets(greeting: bytes, verdict: str) -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await reader.read(1000)

    async with listening(greet) as port:
        found = await ask("smtp", ADDRESS, server=f"127.0.0.1:{port}")
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("zone", "verdict", "said"),
    [
        ({}, "failing", "There is no such domain as home.example"),
        ({("home.example", "MX"): ["0 ."]}, "failing", "takes no mail at all"),
        ({("home.example", "MX"): ["20 b.home.example.", "10 a.home.example."]}, "failing", "b.home.example:25"),
        ({("home.example", "A"): ["127.0.0.1"]}, "failing", "home.example:25"),
    ],
)
async def test_the_mail_servers_of_the_domain_are_asked_the_best_first(
    zone: dict[tuple[str, str], list[str]], verdict: str, said: str
) -> None:
    asked: list[str] = []

    async def nobody(host: str, _port: int) -> list[str]:
        asked.append(host)
        raise OSError("nobody")

    async with NameServer(zone) as names:
        found = await ask("smtp", ADDRESS, resolver=names.address, by=nobody)
    assert found.verdict == verdict
    assert said.partition(":")[0] in found.statement
    if len(zone.get(("home.example", "MX"), ())) > 1:
        assert asked == ["a.home.example", "b.home.example"]
