"""HTTP asked of a real server on loopback."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import trustme
from pydantic import ValidationError

from tests.certificates import make_certificates
from tests.http_receiver import HttpReceiver
from tests.unit.probes.asking import ask, settings


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


async def test_an_answer_as_expected_is_healthy(receiver: HttpReceiver) -> None:
    receiver.body = b'{"ok": true}'
    found = await ask("http", f"{receiver.url}/v1/ping?full=1", contains='"ok"', matches=r"true\}$")
    assert (found.verdict, found.facts["status"], found.kind) == ("healthy", 200, "http")
    assert receiver.requests[0].path == "/v1/ping?full=1"
    assert receiver.requests[0].headers["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize(
    ("status", "keys", "verdict", "said"),
    [
        (503, {}, "failing", "It answers 503, not 200 to 299."),
        (503, {"status": [200, 503]}, "healthy", "It answers 503 as expected."),
        (200, {"status": [204, 404]}, "failing", "It answers 200, not 204 or 404."),
        (429, {}, "unknown", "It answers 429: we ask too often."),
        (200, {"contains": "open"}, "failing", "It answers 200, but its body does not hold 'open'."),
        (200, {"matches": "^o+$"}, "failing", "It answers 200, but its body does not match '^o+$'."),
    ],
)
async def test_any_other_answer_says_what_is_wrong(
    receiver: HttpReceiver, status: int, keys: dict[str, Any], verdict: str, said: str
) -> None:
    receiver.status, receiver.body = status, b"closed"
    found = await ask("http", receiver.url, **keys)
    assert (found.verdict, found.statement, found.answered) == (verdict, said, True)


async def test_no_more_of_a_body_is_read_than_allowed(receiver: HttpReceiver) -> None:
    receiver.body, receiver.endless = b"." * 1000, True
    found = await ask("http", receiver.url, response_bytes=4096, contains="the end")
    assert found.statement == "It answers 200, but its body does not hold 'the end' in what was read of it."


async def test_it_is_redirected_only_to_hosts_that_it_names(receiver: HttpReceiver) -> None:
    async def both(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    async with HttpReceiver(status=302) as first:
        first.headers["Location"] = f"http://there.example:{receiver.port}/x"
        astray = await ask("http", first.url, by=both)
        led = await ask("http", first.url, by=both, redirect_hosts=["there.example"])
        first.headers["Location"] = "/again"
        lost = await ask("http", first.url)
    assert astray.verdict == "failing"
    assert "redirects to there.example, which the configuration does not name" in astray.statement
    assert (led.verdict, receiver.requests[0].path) == ("healthy", "/x")
    assert receiver.requests[0].headers["host"] == f"there.example:{receiver.port}"
    assert lost.statement.endswith("redirects more than 3 times.")


async def test_what_a_library_says_with_a_full_stop_ends_with_one() -> None:
    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        found = await ask("http", f"http://127.0.0.1:{port}/")
    assert found.verdict == "failing"
    assert found.statement.endswith("without sending a response.")
    assert not found.statement.endswith("..")


async def test_a_name_is_resolved_once_so_that_changing_it_leads_nowhere(receiver: HttpReceiver) -> None:
    turns = iter((["127.0.0.1"], ["127.0.0.2"]))

    async def rebinding(_host: str, _port: int) -> list[str]:
        return next(turns)

    found = await ask("http", f"http://api.example:{receiver.port}/", by=rebinding)
    assert (found.verdict, next(turns)) == ("healthy", ["127.0.0.2"])


async def test_a_private_address_among_public_ones_is_left_out(receiver: HttpReceiver) -> None:
    async def mixed(_host: str, _port: int) -> list[str]:
        return ["169.254.169.254", "127.0.0.1"]

    found = await ask("http", f"http://api.example:{receiver.port}/", by=mixed)
    assert found.verdict == "healthy"


async def test_the_end_of_a_certificate_is_a_fact(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_certificate, files.server_key)
    async with HttpReceiver(tls=context) as secure:
        trusted = await ask("http", secure.url, ca_file=files.ca)
        strange = await ask("http", secure.url)
        named = await ask("http", f"https://other.example:{secure.port}", ca_file=files.ca, by=_loopback)
    assert trusted.verdict == "healthy"
    assert float(trusted.facts["certificate_ends_at"]) > datetime.now(UTC).timestamp()
    assert strange.verdict == "failing"
    assert "its certificate is not valid" in strange.statement
    assert "other.example: its certificate is not valid: Hostname mismatch" in named.statement


async def test_a_certificate_that_has_expired_is_a_failure(tmp_path: Path) -> None:
    authority = trustme.CA()
    old = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.configure_cert(context)
    async with HttpReceiver(tls=context) as secure:
        found = await ask("http", secure.url, ca_file=tmp_path / "ca.pem")
    assert (found.verdict, found.statement) == (
        "failing",
        "127.0.0.1: its certificate is not valid: certificate has expired.",
    )


async def test_an_authority_that_cannot_be_read_is_our_own_fault(tmp_path: Path) -> None:
    found = await ask("http", "https://127.0.0.1:1/", ca_file=tmp_path / "missing.pem")
    assert found.verdict == "unknown"
    assert "missing.pem cannot be used" in found.statement


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"target": "https://me:secret@api.example/"}, "leave user and password out"),
        ({"matches": "(unclosed"}, "is not a regular expression"),
        ({"about": {}}, "say what the probe is about"),
        ({"about": {"control": True, "provider": "aurora"}}, "control = true stands alone"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(keys: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings("http", **{"target": "https://api.example/", **keys})  # type: ignore[arg-type]


async def _loopback(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]
