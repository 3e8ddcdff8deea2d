"""What holds for every type of probe, whatever it asks."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.http_receiver import HttpReceiver
from tests.unit.probes.asking import ask, listening, settings
from tests.waiting import free_port

KINDS = ("http", "tcp", "dns", "mqtt", "smtp", "statuspage")


def entry(kind: str, host: str, port: int) -> dict[str, object]:
    """Target and keys by which this type of probe asks this host."""
    match kind:
        case "http" | "statuspage":
            return {"target": f"http://{host}:{port}/summary.json"}
        case "dns":
            return {"target": "home.example", "server": f"{host}:{port}"}
        case "smtp":
            return {"target": "help@home.example", "server": f"{host}:{port}"}
    return {"target": f"{host}:{port}", **({"greeting": "hello"} if kind == "tcp" else {})}


@pytest_asyncio.fixture
async def mute() -> AsyncIterator[int]:
    """The port of somebody who takes every connection and says nothing."""

    async def say_nothing(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with listening(say_nothing) as port:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(("127.0.0.1", port))
            yield port


@pytest.mark.parametrize("kind", KINDS)
async def test_where_nobody_listens_a_probe_fails_and_a_page_is_unknown(kind: str) -> None:
    port = free_port()
    found = await ask(kind, timeout_seconds=1.0, **entry(kind, "127.0.0.1", port))  # type: ignore[arg-type]
    assert (found.verdict, found.answered) == ("unknown" if kind == "statuspage" else "failing", False)
    assert str(port) in found.statement or "127.0.0.1" in found.statement or "No answer" in found.statement


@pytest.mark.parametrize("kind", KINDS)
async def test_who_never_answers_holds_no_probe_longer_than_its_time(kind: str, mute: int) -> None:
    found = await ask(kind, timeout_seconds=0.2, **entry(kind, "127.0.0.1", mute))  # type: ignore[arg-type]
    assert (found.verdict, found.answered) == ("unknown" if kind == "statuspage" else "failing", False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "inside.example"])
async def test_no_probe_asks_a_private_address_unless_that_is_allowed(kind: str, host: str) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with HttpReceiver() as receiver:
        keys = entry(kind, host, receiver.port)
        found = await ask(kind, by=inside, allow_private=False, **keys)  # type: ignore[arg-type]
    assert (found.verdict, found.answered, receiver.connections) == ("unknown", False, 0)
    assert "not a public address" in found.statement


@pytest.mark.parametrize("kind", KINDS)
def test_a_probe_says_what_leaves_when_it_asks(kind: str) -> None:
    probe = settings(kind, **entry(kind, "127.0.0.1", 1)).open()  # type: ignore[arg-type]
    assert probe.tells


@pytest.mark.parametrize("kind", KINDS)
def test_a_probe_says_whom_it_will_ask(kind: str) -> None:
    assert settings(kind, **entry(kind, "[::1]", 1)).hosts == ("::1",)  # type: ignore[arg-type]


async def test_a_probe_that_breaks_is_unknown_and_harms_nobody() -> None:
    async def broken(_host: str, _port: int) -> list[str]:
        raise RuntimeError("a resolver of our own that is wrong")

    found = await ask("tcp", "somewhere.example:1", by=broken)
    assert (found.verdict, found.statement) == ("unknown", "The probe itself failed: RuntimeError.")
