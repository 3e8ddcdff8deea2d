"""Getting and keeping a connection to a real broker."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from monitor.core.observations import Echo, LinkChanged
from monitor.mqtt import ClientIdTakenError, try_broker
from monitor.mqtt.reconnect import STEADY_SECONDS
from tests.certificates import make_certificates
from tests.link_tap import LinkTap, settings_for
from tests.programs import RealMosquitto, TlsFiles
from tests.waiting import free_port


def has_reconnected(tap: LinkTap, times: int) -> bool:
    return tap.link.reconnects >= times


async def test_a_broker_that_is_absent_at_the_start_is_found_when_it_comes(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    port = free_port()
    async with LinkTap(settings_for(port)) as tap:
        await tap.until(lambda: tap.of(LinkChanged), "the link is reported down")
        assert tap.of(LinkChanged)[0].up is False
        assert tap.link.trouble == f"nothing listens on 127.0.0.1 port {port}"
        async with RealMosquitto(mosquitto_path, tmp_path, port=port):
            await tap.until_sighted()
            assert tap.link.ready
            assert tap.link.trouble == ""
            assert [change.up for change in tap.of(LinkChanged)] == [False, True]


@pytest.mark.parametrize("persistence", [False, True])
async def test_a_broker_that_is_killed_and_restarted_again_and_again_is_no_takeover(
    mosquitto_path: Path,
    tmp_path: Path,
    persistence: bool,  # noqa: FBT001
) -> None:
    async with (
        RealMosquitto(mosquitto_path, tmp_path, persistence=persistence) as broker,
        LinkTap(settings_for(broker.port)) as tap,
    ):
        for times in range(1, 9):
            await tap.until_sighted()
            await asyncio.to_thread(broker.kill)
            await tap.until(lambda: not tap.link.connected, "the loss is noticed")
            await asyncio.to_thread(broker.start)
            await tap.until(partial(has_reconnected, tap, times), "the link is up again")
        await tap.until_sighted()


async def test_a_graceful_restart_is_no_takeover_either(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        for times in range(1, 9):
            await tap.until_sighted()
            await asyncio.to_thread(broker.restart)
            await tap.until(partial(has_reconnected, tap, times), "the link is up again")
        await tap.until_sighted()


async def test_of_two_links_with_one_client_id_one_gives_up_by_name_and_the_other_lives_on(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    async with (
        RealMosquitto(mosquitto_path, tmp_path) as broker,
        LinkTap(settings_for(broker.port)) as first,
        LinkTap(settings_for(broker.port)) as second,
    ):
        done, rest = await asyncio.wait({first.running, second.running}, return_when="FIRST_COMPLETED", timeout=30)
        assert len(done) == 1, "one of the two gives up"
        with pytest.raises(ClientIdTakenError, match="'hearthbeat'"):
            done.pop().result()
        survivor = first if first.running in rest else second
        await survivor.until_sighted()


@pytest.mark.slow
async def test_a_link_that_lived_in_peace_outlasts_a_newcomer_with_its_client_id(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as resident:
        await resident.until_sighted()
        settled_at = asyncio.get_running_loop().time() + STEADY_SECONDS
        await resident.until(lambda: asyncio.get_running_loop().time() > settled_at, "the resident has settled")
        async with LinkTap(settings_for(broker.port)) as newcomer:
            with pytest.raises(ClientIdTakenError):
                await asyncio.wait_for(newcomer.running, 30)
        await resident.until_sighted()


async def test_a_wrong_password_is_said_clearly_without_saying_it_and_tried_again(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    password_file = tmp_path / "password"
    password_file.write_text("cold-hearth\n")
    async with RealMosquitto(mosquitto_path, tmp_path, users={"watch": "warm-hearth"}) as broker:
        settings = settings_for(broker.port, username="watch", password_file=password_file)
        with capture_logs() as lines:
            async with LinkTap(settings) as tap:
                await tap.until(lambda: tap.link.trouble, "the refusal is noticed")
                assert "Not authorized" in tap.link.trouble
                assert "[mqtt] username and password_file" in tap.link.trouble
                password_file.write_text("warm-hearth\n")
                await tap.until_sighted()
        assert "hearth\\n" not in str(lines)
        assert "cold-hearth" not in str(lines)
        assert [line["event"] for line in lines if line["log_level"] == "warning"] == ["broker_link_down"]


async def test_a_link_that_is_stopped_takes_its_leave(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker:
        async with LinkTap(settings_for(broker.port)) as tap:
            await tap.until_sighted()
        await asyncio.to_thread(broker.stop)
        assert "Client hearthbeat disconnected" in broker.output()


async def test_tls_with_a_client_certificate_works(mosquitto_path: Path, tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    tls = TlsFiles(made.ca, made.server_certificate, made.server_key, require_client=True)
    async with RealMosquitto(mosquitto_path, tmp_path, tls=tls) as broker:
        settings = settings_for(
            broker.port,
            url=f"mqtts://127.0.0.1:{broker.port}",
            ca_file=made.ca,
            cert_file=made.client_certificate,
            key_file=made.client_key,
        )
        async with LinkTap(settings) as tap:
            await tap.until_sighted()
            await tap.until_sighted()


async def test_tls_without_the_client_certificate_is_told_to_bring_one(mosquitto_path: Path, tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    tls = TlsFiles(made.ca, made.server_certificate, made.server_key, require_client=True)
    async with RealMosquitto(mosquitto_path, tmp_path, tls=tls) as broker:
        settings = settings_for(broker.port, url=f"mqtts://127.0.0.1:{broker.port}", ca_file=made.ca)
        async with LinkTap(settings) as tap:
            await tap.until(lambda: tap.link.trouble, "the refusal is noticed")
            assert "TLS" in tap.link.trouble
            assert "cert_file" in tap.link.trouble


async def test_a_broker_that_cannot_prove_itself_is_not_trusted(mosquitto_path: Path, tmp_path: Path) -> None:
    made = make_certificates(tmp_path)
    tls = TlsFiles(made.ca, made.server_certificate, made.server_key)
    async with RealMosquitto(mosquitto_path, tmp_path, tls=tls) as broker:
        settings = settings_for(broker.port, url=f"mqtts://127.0.0.1:{broker.port}")
        async with LinkTap(settings) as tap:
            await tap.until(lambda: tap.link.trouble, "the distrust is noticed")
            assert "not to be trusted" in tap.link.trouble
            assert "[mqtt] ca_file" in tap.link.trouble
            assert not tap.of(Echo)


async def test_a_trial_of_the_configuration_leaves_a_running_link_alone(mosquitto_path: Path, tmp_path: Path) -> None:
    async with RealMosquitto(mosquitto_path, tmp_path) as broker, LinkTap(settings_for(broker.port)) as tap:
        await tap.until_sighted()
        assert await try_broker(settings_for(broker.port)) == ""
        await tap.until_sighted()
        assert tap.link.reconnects == 0


async def test_a_trial_without_a_broker_says_why(mosquitto_path: Path, tmp_path: Path) -> None:
    port = free_port()
    assert await try_broker(settings_for(port)) == f"nothing listens on 127.0.0.1 port {port}"
    read_only = RealMosquitto(mosquitto_path, tmp_path, acl="topic read fleet/#\n", extra=["max_queued_messages 1000"])
    async with read_only as broker:
        assert "our echo did not come back" in await try_broker(settings_for(broker.port), patience_seconds=1.0)
