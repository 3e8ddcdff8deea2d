"""Limits on what comes back, whoever is on the other side."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.egress import NOTHING, Door, Egress, EgressError, EgressSettings, Pseudonyms
from tests.alerts import an_alert
from tests.certificates import make_certificates
from tests.http_receiver import HttpReceiver
from tests.waiting import free_port


def an_egress(**settings: int) -> Egress:
    return Egress(EgressSettings(**settings), Pseudonyms(b"a key that only this test knows"))


@contextlib.asynccontextmanager
async def open_door(
    egress: Egress | None = None, *, timeout_seconds: float = 5.0, ca_file: Path | None = None
) -> AsyncIterator[Door]:
    door = (egress or an_egress()).door("hook", trust="own", timeout_seconds=timeout_seconds, ca_file=ca_file)
    yield door
    await door.aclose()


async def test_an_answer_is_handed_back_with_its_status() -> None:
    async with HttpReceiver(status=202, body=b"taken") as there, open_door() as door:
        answer = await door.post(f"{there.url}/in", b"{}", {"X-Mark": "7"}, content=NOTHING)
        assert (answer.status, answer.text) == (202, "taken")
        assert there.requests[0].headers["x-mark"] == "7"


async def test_an_endless_answer_is_cut_and_the_connection_closed() -> None:
    egress = an_egress(response_bytes=1000)
    async with HttpReceiver(body=b"x" * 50_000, endless=True) as there, open_door(egress) as door:
        answer = await door.get(there.url, {})
        assert (answer.status, answer.text) == (200, "x" * 1000)
        assert egress.traffic["hook"].bytes_in < 5_000_000


async def test_no_answer_in_time_is_an_answer_without_status() -> None:
    async with HttpReceiver(answers=False) as there, open_door(timeout_seconds=0.2) as door:
        answer = await door.post(there.url, b"{}", {}, content=NOTHING)
        assert (answer.status, answer.text) == (None, "no answer within 0.2 s")


async def test_an_answer_that_trickles_is_cut_when_its_time_is_up() -> None:
    async with (
        HttpReceiver(body=b"x", endless=True, pause_seconds=0.02) as there,
        open_door(timeout_seconds=0.3) as door,
    ):
        assert (await door.post(there.url, b"{}", {}, content=NOTHING)).status == 200


async def test_an_answer_that_breaks_off_counts_by_its_status() -> None:
    async with HttpReceiver(status=202, halting=True) as there, open_door(timeout_seconds=0.2) as door:
        assert (await door.post(there.url, b"{}", {}, content=NOTHING)).status == 202


async def test_a_redirect_is_not_followed() -> None:
    async with HttpReceiver() as elsewhere, HttpReceiver(status=307) as there, open_door() as door:
        there.headers = {"Location": elsewhere.url}
        assert (await door.post(there.url, b"{}", {}, content=NOTHING)).status == 307
        assert elsewhere.requests == []


async def test_a_closed_port_is_an_answer_without_status() -> None:
    async with open_door() as door:
        answer = await door.get(f"http://127.0.0.1:{free_port()}/", {})
        assert answer.status is None
        assert answer.text


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpReceiver() as proxy, HttpReceiver() as there:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        async with open_door() as door:
            assert (await door.get(there.url, {})).status == 200
        assert proxy.requests == []


async def test_requests_and_bytes_are_counted_by_receiver() -> None:
    egress = an_egress()
    async with HttpReceiver(body=b"thanks") as there, open_door(egress) as door:
        await door.post(there.url, b"12345", {}, content=NOTHING)
        await door.post(there.url, b"12345", {}, content=NOTHING)
    traffic = egress.traffic["hook"]
    assert (traffic.requests, traffic.bytes_out, traffic.bytes_in) == (2, 10, 12)


def test_a_receiver_has_one_door_however_often_it_is_asked_for() -> None:
    egress = an_egress()
    first = egress.door("hook", trust="own", timeout_seconds=1)
    assert egress.door("hook", trust="own", timeout_seconds=1) is first


async def test_a_private_authority_is_trusted_only_where_it_is_named(tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(made.server_certificate, made.server_key)
    async with HttpReceiver(tls=tls) as there:
        async with open_door(ca_file=made.ca) as door:
            assert (await door.get(there.url, {})).status == 200
            assert await door.reach(there.url) == ""
        async with open_door() as door:
            assert "certificate" in (await door.get(there.url, {})).text.lower()
            assert "certificate" in (await door.reach(there.url)).lower()


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(EgressError, match=r"missing\.pem"):
        an_egress().door("hook", trust="own", timeout_seconds=1, ca_file=tmp_path / "missing.pem")


async def test_reaching_connects_and_sends_nothing() -> None:
    async with HttpReceiver() as there, open_door() as door:
        assert await door.reach(there.url) == ""
        assert there.requests == []
    async with open_door() as door:
        port = free_port()
        assert f"127.0.0.1:{port}" in await door.reach(f"http://127.0.0.1:{port}")


def test_nothing_is_admitted_for_a_receiver_without_a_door() -> None:
    with pytest.raises(KeyError):
        an_egress().admit("stranger", an_alert())
