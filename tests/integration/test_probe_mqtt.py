"""The MQTT probe asks real brokers."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from tests.certificates import make_certificates
from tests.programs import RealMosquitto, TlsFiles
from tests.scripted_broker import Script, ScriptedBroker
from tests.unit.probes.asking import ask, listening


async def test_a_message_goes_round_through_a_real_broker(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        found = await ask("mqtt", f"127.0.0.1:{broker.port}")
        broker.freeze()
        frozen = await ask("mqtt", f"127.0.0.1:{broker.port}", timeout_seconds=0.3)
        broker.thaw()
    assert (found.verdict, found.statement) == ("healthy", "A message goes round through the broker.")
    assert (frozen.verdict, frozen.statement) == ("failing", "No answer within 0.3 s.")


async def test_a_broker_that_does_not_know_us_is_unknown_and_not_down(
    mosquitto_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROBE_PASSWORD", "warm-hearth")
    login: dict[str, Any] = {"username": "probe", "password_env": "PROBE_PASSWORD"}
    (tmp_path / "password").write_text("warm-hearth\n")
    filed: dict[str, Any] = {"username": "probe", "password_file": tmp_path / "password"}
    async with RealMosquitto(mosquitto_path, tmp_path, users={"probe": "warm-hearth"}) as broker:
        stranger = await ask("mqtt", f"127.0.0.1:{broker.port}")
        known = await ask("mqtt", f"127.0.0.1:{broker.port}", **login)
        also_known = await ask("mqtt", f"127.0.0.1:{broker.port}", **filed)
    assert (stranger.verdict, stranger.answered) == ("unknown", True)
    assert "refuses us" in stranger.statement
    assert (known.verdict, also_known.verdict) == ("healthy", "healthy")


async def test_over_tls_the_end_of_the_certificate_is_seen(mosquitto_path: Path, tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    tls = TlsFiles(files.ca, files.server_certificate, files.server_key)
    async with RealMosquitto(mosquitto_path, tmp_path, tls=tls) as broker:
        found = await ask("mqtt", f"127.0.0.1:{broker.port}", tls=True, ca_file=files.ca)
        strange = await ask("mqtt", f"127.0.0.1:{broker.port}", tls=True)
    assert found.verdict == "healthy"
    assert "certificate_ends_at" in found.facts
    assert strange.verdict == "failing"


@pytest.mark.parametrize(
    ("script", "verdict", "said"),
    [
        (Script(connect_code=3), "failing", "it says that it is not available"),
        (Script(connect_code=5), "unknown", "it does not let us in"),
        (Script(connect_code=77), "unknown", "code 77"),
        (Script(grant=lambda _: 0x80), "unknown", "does not let us subscribe"),
        (Script(drop_publishers=True), "failing", "hangs up in the middle"),
        (Script(delivers_echoes=False), "failing", "No answer within"),
    ],
)
async def test_a_broker_on_a_bad_day_is_judged_by_what_it_says(script: Script, verdict: str, said: str) -> None:
    async with ScriptedBroker(script) as broker:
        found = await ask("mqtt", f"127.0.0.1:{broker.port}", timeout_seconds=0.5)
    assert found.verdict == verdict
    assert said in found.statement


@pytest.mark.parametrize(
    ("said", "statement"),
    [
        (b"HTTP/1.1 400 no\r\n\r\n" + b"x" * 200, "What answers does not speak MQTT."),
        (b"\x20\xff\xff\xff\x7f", "The broker breaks off: what it sends is no answer to us."),
    ],
)
async def test_what_is_no_broker_is_a_failure(said: bytes, statement: str) -> None:
    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await asyncio.Event().wait()

    async with listening(talk) as port:
        found = await ask("mqtt", f"127.0.0.1:{port}", timeout_seconds=0.5)
    assert (found.verdict, found.statement) == ("failing", statement)


async def test_a_password_that_cannot_be_read_is_our_own_fault(tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        found = await ask("mqtt", f"127.0.0.1:{port}", username="me", password_file=tmp_path / "missing")
    assert (found.verdict, found.answered) == ("unknown", False)
