"""DNS asked of a real name server on loopback."""

from collections.abc import AsyncIterator
from typing import Any

import dns.rcode
import pytest
import pytest_asyncio
from pydantic import ValidationError

from tests.name_server import NameServer
from tests.unit.probes.asking import ask, settings

ZONE = {
    ("api.home.example", "A"): ["192.0.2.1", "192.0.2.2"],
    ("home.example", "MX"): ["10 mail.home.example."],
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[NameServer]:
    async with NameServer(dict(ZONE)) as server:
        yield server


@pytest.mark.parametrize(
    ("name", "keys", "verdict", "said"),
    [
        ("api.home.example", {}, "healthy", "api.home.example A is answered as expected."),
        ("api.home.example", {"expect": ["192.0.2.2", "192.0.2.1"]}, "healthy", "as expected"),
        ("home.example", {"record": "MX", "expect": ["MAIL.home"]}, "healthy", "as expected"),
        ("api.home.example", {"expect": ["203.0.113."]}, "failing", "'203.0.113.' is not part of it."),
        ("api.home.example", {"record": "MX"}, "failing", "api.home.example has no MX record."),
        ("gone.home.example", {}, "failing", "There is no such name as gone.home.example."),
    ],
)
async def test_the_answer_must_hold_what_is_expected(
    server: NameServer, name: str, keys: dict[str, Any], verdict: str, said: str
) -> None:
    found = await ask("dns", name, server=server.address, **keys)
    assert (found.verdict, found.answered) == (verdict, True)
    assert said in found.statement


async def test_a_server_that_cannot_tell_is_a_failure_of_the_name(server: NameServer) -> None:
    server.rcode = dns.rcode.SERVFAIL
    found = await ask("dns", "api.home.example", server=server.address)
    assert (found.verdict, found.answered) == ("failing", True)
    assert "api.home.example A cannot be looked up" in found.statement


async def test_a_named_server_that_is_silent_fails(server: NameServer) -> None:
    server.answers = False
    found = await ask("dns", "api.home.example", server=server.address, timeout_seconds=0.3)
    assert (found.verdict, found.statement) == ("failing", f"{server.address} does not answer.")


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"target": "a..b"}, "is not a name"), ({"server": "a:b:c"}, "must be host or host:port")],
)
def test_what_cannot_be_looked_up_is_refused(keys: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings("dns", **{"target": "home.example", **keys})
