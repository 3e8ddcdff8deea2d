from __future__ import annotations

import socket
from pathlib import Path

import pytest

from monitor.broker import EmbeddedBroker, EmbeddedBrokerError, find_mosquitto


def test_a_named_mosquitto_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "my-mosquitto"
    program.touch(mode=0o755)
    monkeypatch.setenv("MOSQUITTO", str(program))
    assert find_mosquitto() == program


def test_a_named_mosquitto_that_cannot_be_run_is_an_error_and_no_reason_to_look_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSQUITTO", str(tmp_path))
    with pytest.raises(EmbeddedBrokerError, match="MOSQUITTO="):
        find_mosquitto()


def test_mosquitto_is_found_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mosquitto").touch(mode=0o755)
    monkeypatch.delenv("MOSQUITTO", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_mosquitto() == tmp_path / "mosquitto"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::"])
def test_it_listens_on_this_machine_only(host: str) -> None:
    with pytest.raises(EmbeddedBrokerError, match="lets anybody in"):
        EmbeddedBroker(host)


async def test_a_port_that_is_taken_by_anything_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmbeddedBrokerError, match=f"port {port} on 127.0.0.1 is in use by another program"):
            async with EmbeddedBroker(port=port):
                pytest.fail("it cannot have started")


async def test_a_mosquitto_that_ends_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\necho 'Error: the cat sat on it' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("MOSQUITTO", str(program))
    with pytest.raises(EmbeddedBrokerError, match="ended with code 3: Error: the cat sat on it"):
        async with EmbeddedBroker():
            pytest.fail("it cannot have started")
