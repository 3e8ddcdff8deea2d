"""What every notifier must do, asked of each member of the union against a real HTTP server.

A new member adds one line to `MEMBERS`; a test fails if it is forgotten.
"""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter

from monitor.clock import VirtualClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers import NotifierSettings
from monitor.notifiers.console import Console, ConsoleSettings
from monitor.notifiers.protocol import DeliveryError, Notifier, Parcel
from tests.alerts import NOON, an_alert
from tests.http_receiver import HttpReceiver
from tests.waiting import free_port

TIMEOUT_SECONDS = 10.0
SHORT_SECONDS = 0.3
BY_HTTP = ["alertmanager", "webhook"]
KEYED = ["pagerduty", "opsgenie"]
"""Spoken to by HTTP too, but never without a secret, which is not a header of anybody's choice."""
BY_URL = [*BY_HTTP, *KEYED]
MEMBERS = [*BY_URL, "console", "apprise"]
Open = Callable[..., Notifier]


@pytest.fixture
async def there() -> AsyncIterator[HttpReceiver]:
    async with HttpReceiver() as receiver:
        yield receiver


@pytest.fixture
async def opened(there: HttpReceiver, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a notifier that delivers to `there`, and closes it afterwards."""
    made: list[Notifier] = []

    def open_notifier(member: str, **entry: Any) -> Notifier:  # noqa: ANN401 -- any configuration
        known: dict[str, Any] = {"timeout_seconds": TIMEOUT_SECONDS}
        if member in BY_URL:
            known["url"] = there.url
        if member in KEYED or member == "apprise":
            known["secret_file"] = tmp_path / member
            known["secret_file"].write_text(f"json://127.0.0.1:{there.port}/" if member == "apprise" else "a-key")
        made.append(open_member(member, {**known, **entry}))
        return made[-1]

    yield open_notifier
    for notifier in made:
        await notifier.aclose()


def open_member(member: str, entry: dict[str, Any]) -> Notifier:
    """What the program does at its start with one entry of `[[notifiers]]`."""
    settings: NotifierSettings = TypeAdapter(NotifierSettings).validate_python({"type": member, **entry})
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    door = egress.door(settings.name, trust=settings.trust, timeout_seconds=settings.timeout_seconds)
    return settings.open(door, VirtualClock(NOON))


def a_parcel() -> Parcel:
    return Parcel([an_alert("feeder-1"), an_alert("feeder-2", state="resolved")], "key-1")


def test_the_suite_knows_every_member_of_the_union() -> None:
    union, _ = get_args(NotifierSettings)
    types = {get_args(member.model_fields["type"].annotation)[0] for member in get_args(union)}
    assert types == set(MEMBERS)


@pytest.mark.parametrize("member", MEMBERS)
async def test_it_is_called_by_its_type_unless_it_is_given_a_name(opened: Open, member: str) -> None:
    assert opened(member).name == member
    assert (
        TypeAdapter(NotifierSettings)
        .validate_python(
            {
                "type": member,
                "name": "night-shift",
                **({"url": "http://127.0.0.1"} if member in BY_URL else {}),
                **({"secret_env": "A_KEY"} if member in (*KEYED, "apprise") else {}),
            }
        )
        .name
        == "night-shift"
    )


@pytest.mark.parametrize("member", BY_HTTP)
async def test_it_delivers_every_alert_of_a_parcel(opened: Open, there: HttpReceiver, member: str) -> None:
    await opened(member).send(a_parcel())
    sent = json.dumps([request.json for request in there.requests])
    assert "feeder-1 is silent" in sent
    assert "feeder-2 is silent" in sent


@pytest.mark.parametrize("member", BY_HTTP)
async def test_a_repeat_has_the_same_idempotency_key_and_another_parcel_another(
    opened: Open, there: HttpReceiver, member: str
) -> None:
    notifier = opened(member)
    await notifier.send(a_parcel())
    await notifier.send(a_parcel())
    await notifier.send(Parcel([an_alert()], "key-2"))
    keys = [request.headers["idempotency-key"] for request in there.requests]
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("member", KEYED)
async def test_each_alert_is_a_request_of_its_own_whose_key_is_the_same_on_a_repeat(
    opened: Open, there: HttpReceiver, member: str
) -> None:
    notifier = opened(member)
    await notifier.send(a_parcel())
    await notifier.send(a_parcel())
    keys = [request.headers["idempotency-key"] for request in there.requests]
    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2


@pytest.mark.parametrize("member", [*KEYED, "apprise"])
async def test_without_its_secret_it_sends_nothing(
    opened: Open, there: HttpReceiver, member: str, tmp_path: Path
) -> None:
    notifier = opened(member)
    (tmp_path / member).write_text("two\nlines-of-it")
    with pytest.raises(DeliveryError, match="secret_file") as refused:
        await notifier.send(a_parcel())
    assert "lines-of-it" not in str(refused.value)
    assert refused.value.retryable
    assert "secret_file" in (await notifier.try_out())[0]
    assert there.requests == []


@pytest.mark.parametrize("member", BY_URL)
@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
async def test_a_refusal_that_may_pass_can_be_tried_again(
    opened: Open, there: HttpReceiver, member: str, status: int
) -> None:
    there.status = status
    with pytest.raises(DeliveryError, match=str(status)) as refused:
        await opened(member).send(a_parcel())
    assert refused.value.retryable


@pytest.mark.parametrize("member", BY_URL)
@pytest.mark.parametrize("status", [400, 401, 404, 413])
async def test_a_refusal_for_good_is_final_and_says_what_the_receiver_said(
    opened: Open, there: HttpReceiver, member: str, status: int
) -> None:
    there.status, there.body = status, b"label name\n  is not valid " + b"x" * 5000
    with pytest.raises(DeliveryError, match=f"{status}: label name is not valid") as refused:
        await opened(member).send(a_parcel())
    assert not refused.value.retryable
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("member", BY_URL)
async def test_a_redirect_is_not_followed(opened: Open, there: HttpReceiver, member: str) -> None:
    async with HttpReceiver() as elsewhere:
        there.status, there.headers = 302, {"Location": elsewhere.url}
        with pytest.raises(DeliveryError, match="redirects are not followed") as refused:
            await opened(member).send(a_parcel())
        assert not refused.value.retryable
        assert elsewhere.requests == []


@pytest.mark.parametrize("member", BY_URL)
async def test_no_answer_in_time_can_be_tried_again(opened: Open, there: HttpReceiver, member: str) -> None:
    there.answers = False
    with pytest.raises(DeliveryError, match=r"no answer within 0\.3 s") as refused:
        await opened(member, timeout_seconds=SHORT_SECONDS).send(a_parcel())
    assert refused.value.retryable


@pytest.mark.parametrize("member", BY_URL)
async def test_a_closed_port_can_be_tried_again(opened: Open, member: str) -> None:
    with pytest.raises(DeliveryError) as refused:
        await opened(member, url=f"http://127.0.0.1:{free_port()}").send(a_parcel())
    assert refused.value.retryable


@pytest.mark.parametrize("member", BY_URL)
async def test_an_endless_answer_does_not_hold_it_up(opened: Open, there: HttpReceiver, member: str) -> None:
    there.endless, there.body = True, b"thanks " * 5000
    await opened(member, timeout_seconds=60).send(Parcel([an_alert()], "1"))
    assert len(there.requests) == 1


@pytest.mark.parametrize("member", MEMBERS)
async def test_trying_it_out_finds_nothing_wrong_and_tells_nobody(
    opened: Open, there: HttpReceiver, member: str
) -> None:
    assert await opened(member).try_out() == []
    assert all(request.method == "GET" for request in there.requests)


@pytest.mark.parametrize("member", BY_URL)
async def test_trying_it_out_says_what_is_wrong(opened: Open, member: str) -> None:
    [problem] = await opened(member, url=f"http://127.0.0.1:{free_port()}").try_out()
    assert problem.startswith(f"{member}: ")


@pytest.mark.parametrize("member", BY_HTTP)
async def test_the_secret_comes_from_a_file_or_the_environment(
    opened: Open,
    there: HttpReceiver,
    member: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path_factory.mktemp("secrets") / "token"
    file.write_text("Bearer of-good-news\n")
    monkeypatch.setenv("HOOK_TOKEN", "open sesame")
    await opened(member, secret_file=file).send(Parcel([an_alert()], "1"))
    await opened(member, secret_env="HOOK_TOKEN", secret_header="X-Door").send(Parcel([an_alert()], "2"))
    assert there.requests[0].headers["authorization"] == "Bearer of-good-news"
    assert there.requests[1].headers["x-door"] == "open sesame"


@pytest.mark.parametrize("member", BY_HTTP)
@pytest.mark.parametrize("entry", [{"secret_file": "/nowhere/token"}, {"secret_env": "NOT_SET_ANYWHERE"}])
async def test_a_secret_that_is_missing_is_named_and_nothing_is_sent_without_it(
    opened: Open, there: HttpReceiver, member: str, entry: dict[str, str]
) -> None:
    [named] = entry.values()
    notifier = opened(member, **entry)
    with pytest.raises(DeliveryError, match=named) as refused:
        await notifier.send(a_parcel())
    assert refused.value.retryable
    assert named in (await notifier.try_out())[0]
    assert there.requests == []


@pytest.mark.parametrize("member", BY_HTTP)
@pytest.mark.parametrize("secret", ["", "two\nlines-of-it", "geheimnisträger"])
async def test_a_secret_that_no_header_can_hold_is_refused_without_being_quoted(
    opened: Open, there: HttpReceiver, member: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_TOKEN", secret)
    with pytest.raises(DeliveryError, match="HOOK_TOKEN") as refused:
        await opened(member, secret_env="HOOK_TOKEN").send(a_parcel())
    assert "lines-of-it" not in str(refused.value)
    assert "geheim" not in str(refused.value)
    assert there.requests == []


@pytest.mark.parametrize("member", BY_HTTP)
@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"url": "http://user:pass@127.0.0.1/"}, "secret_file"),
        ({"url": "ftp://127.0.0.1/"}, "URL scheme"),
        ({"url": "http://127.0.0.1/", "secret_env": "A", "secret_file": "b"}, "keep one"),
        ({"url": "http://127.0.0.1/", "name": "Night Shift"}, "name"),
        ({"url": "http://127.0.0.1/", "urgency": 3}, "urgency"),
    ],
)
def test_a_mistake_in_its_configuration_is_named(member: str, entry: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        TypeAdapter(NotifierSettings).validate_python({"type": member, **entry})


async def test_the_console_prints_one_line_for_each_alert_and_nothing_that_could_command_the_terminal() -> None:
    paper = io.StringIO()
    notes = {"summary": "[red]feeder\x1b[2J\nis silent[/red]"}
    console = Console(ConsoleSettings(type="console", name="console"), paper)
    await console.send(Parcel([an_alert(annotations=notes), an_alert(state="resolved", at=NOON + 61)], "1"))
    first, second = paper.getvalue().splitlines()
    assert first == "12:00:00Z warning  DeviceOffline [red]feeder [2J is silent[/red]"
    assert second == "12:01:01Z resolved DeviceOffline feeder-1 is silent → over"


async def test_a_console_that_is_gone_can_be_tried_again() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError(32, "Broken pipe")

    console = Console(ConsoleSettings(type="console", name="console"), Gone())
    with pytest.raises(DeliveryError, match="Broken pipe") as refused:
        await console.send(a_parcel())
    assert refused.value.retryable
