"""Everything else, through apprise: a real HTTP server, and a real mail server."""

from __future__ import annotations

import email
import email.policy
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from monitor.clock import VirtualClock
from monitor.egress import Door, Egress, EgressSettings, Ledger, Pseudonyms
from monitor.logs import LogSettings, set_up
from monitor.notifiers.apprise import Apprise, AppriseSettings, without_secrets
from monitor.notifiers.protocol import DeliveryError, Parcel
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver
from tests.waiting import free_port

PARCEL = Parcel(
    [an_alert("feeder-1", severity="critical"), an_alert("feeder-2", state="resolved")], "1", "grouped", "g"
)


def door(ledger: Ledger | None = None) -> Door:
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"), ledger)
    return egress.door("apprise", trust="own", timeout_seconds=5)


def to(url: str, monkeypatch: pytest.MonkeyPatch, *, seconds: float = 5, way: Door | None = None) -> Apprise:
    monkeypatch.setenv("SOMEWHERE", url)
    settings = AppriseSettings.model_validate(
        {"type": "apprise", "secret_env": "SOMEWHERE", "timeout_seconds": seconds}
    )
    return settings.open(way or door(), VirtualClock(NOON))


@dataclass
class Letterbox:
    """Takes every mail, or refuses it."""

    letters: list[Any] = field(default_factory=list)
    refuses: bool = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: ANN401, N802
        if self.refuses:
            return "550 not wanted here"
        self.letters.append(envelope)
        return "250 OK"


@pytest.fixture
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    box, port = Letterbox(), free_port()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


async def test_a_storm_is_one_message_over_http(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpReceiver() as there:
        await to(f"json://127.0.0.1:{there.port}/in", monkeypatch).send(PARCEL)
        [request] = there.requests
    assert (request.method, request.path) == ("POST", "/in")
    assert request.json["title"] == "1 firing and 1 over, first DeviceOffline"
    assert "CRITICAL DeviceOffline: feeder-1 is silent" in request.json["message"]
    assert request.json["type"] == "failure"


async def test_mail_reaches_one_mailbox_and_nobody_else(
    letterbox: tuple[Letterbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = letterbox
    url = f"mailto://127.0.0.1:{port}/?from=hearth@example.org&to=night@example.org&mode=insecure"
    await to(url, monkeypatch).send(PARCEL)
    [envelope] = box.letters
    assert envelope.rcpt_tos == ["night@example.org"]
    letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert "first DeviceOffline" in str(letter["subject"])
    body = letter.get_body(("plain", "html"))
    assert body is not None
    assert "feeder-1 is silent" in body.get_content()


async def test_a_mail_server_that_refuses_is_tried_again(
    letterbox: tuple[Letterbox, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, port = letterbox
    box.refuses = True
    url = f"mailto://127.0.0.1:{port}/?from=hearth@example.org&to=night@example.org&mode=insecure"
    with pytest.raises(DeliveryError) as refused:
        await to(url, monkeypatch).send(PARCEL)
    assert refused.value.retryable
    assert "night@example.org" not in str(refused.value)


async def test_a_refusal_is_told_without_the_secret_in_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpReceiver(status=500) as there:
        notifier = to(f"json://me:hunter2222@127.0.0.1:{there.port}/t0psecret", monkeypatch)
        with pytest.raises(DeliveryError, match="500") as refused:
            await notifier.send(PARCEL)
    assert refused.value.retryable
    assert "hunter2222" not in str(refused.value)
    assert "t0psecret" not in str(refused.value)


async def test_the_reason_of_a_refusal_is_heard_though_the_log_prints_only_errors(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = io.StringIO()
    set_up(LogSettings(level="error"), printed)
    async with HttpReceiver(status=500) as there:
        with pytest.raises(DeliveryError, match="500"):
            await to(f"json://127.0.0.1:{there.port}/in", monkeypatch).send(PARCEL)
    assert printed.getvalue() == ""


async def test_no_answer_in_time_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpReceiver(answers=False) as there:
        notifier = to(f"json://127.0.0.1:{there.port}/?cto=0.2&rto=0.2", monkeypatch, seconds=0.3)
        with pytest.raises(DeliveryError) as refused:
            await notifier.send(PARCEL)
    assert refused.value.retryable


async def test_a_redirect_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with HttpReceiver() as elsewhere, HttpReceiver(status=302, headers={"Location": elsewhere.url}) as there:
        with pytest.raises(DeliveryError):
            await to(f"json://127.0.0.1:{there.port}/", monkeypatch).send(PARCEL)
        assert elsewhere.requests == []


async def test_an_address_that_apprise_does_not_know_is_named_by_its_place_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notifier = to("nonsense-with-a-secret", monkeypatch)
    [problem] = await notifier.try_out()
    assert "SOMEWHERE holds no URL that apprise understands" in problem
    assert "nonsense" not in problem
    with pytest.raises(DeliveryError, match="SOMEWHERE"):
        await notifier.send(PARCEL)


async def test_every_message_is_written_into_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger()
    async with HttpReceiver() as there:
        await to(f"json://127.0.0.1:{there.port}/", monkeypatch, way=door(ledger)).send(PARCEL)
    assert ledger.figures.size["apprise", "alert"] > 0


def test_a_receiver_of_this_kind_is_a_third_party_and_needs_a_secret() -> None:
    assert AppriseSettings.model_validate({"type": "apprise", "secret_env": "X"}).trust == "third_party"
    with pytest.raises(ValueError, match="name where the secret is kept"):
        AppriseSettings.model_validate({"type": "apprise"})


def test_short_parts_of_an_address_are_not_worth_hiding() -> None:
    assert without_secrets("to abc failed with longtoken", "json://h/abc/longtoken") == "to abc failed with …"
