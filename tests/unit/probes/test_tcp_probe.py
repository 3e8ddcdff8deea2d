"""TCP asked of real servers on loopback."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.certificates import make_certificates
from tests.unit.probes.asking import ask, listening, settings


@contextlib.asynccontextmanager
async def greeting(said: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Somebody who says this to everybody and hangs up."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    async with listening(greet, tls) as port:
        yield f"127.0.0.1:{port}"


async def test_an_open_port_is_healthy() -> None:
    async with greeting(b"") as target:
        found = await ask("tcp", target)
    assert (found.verdict, found.statement) == ("healthy", "It takes connections.")


@pytest.mark.parametrize(
    ("said", "verdict", "statement"),
    [
        (b"SSH-2.0-x\r\n", "healthy", "It takes connections and greets with 'SSH-2.0'."),
        (b"220 mail\r\n", "failing", "It takes connections and greets with '220 mai', not 'SSH-2.0'."),
        (b"SSH", "failing", "It takes connections and greets with 'SSH', not 'SSH-2.0'."),
        (b"", "failing", "It takes connections and greets with nothing, not 'SSH-2.0'."),
    ],
)
async def test_the_greeting_must_be_the_one_expected(said: bytes, verdict: str, statement: str) -> None:
    async with greeting(said) as target:
        found = await ask("tcp", target, greeting="SSH-2.0")
    assert (found.verdict, found.statement) == (verdict, statement)


async def test_over_tls_the_certificate_must_be_valid(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.server_certificate, files.server_key)
    async with greeting(b"hi", context) as target:
        trusted = await ask("tcp", target, tls=True, ca_file=files.ca)
        strange = await ask("tcp", target, tls=True)
    assert trusted.statement == "It takes connections over TLS."
    assert "certificate_ends_at" in trusted.facts
    assert "its certificate is not valid" in strange.statement


@pytest.mark.parametrize("target", ["host", "host:", ":80", "host:99999", "host:80:90", "a/b:80"])
def test_a_target_without_host_and_port_is_refused(target: str) -> None:
    with pytest.raises(ValidationError, match="must be host:port"):
        settings("tcp", target)
