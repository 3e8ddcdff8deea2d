"""Publishing by the API: what is due, drafts, refusals, and who may."""

import dataclasses
from typing import Any

import httpx
import pytest

from monitor.subscribers.signing import Listed
from monitor.web.public.state import PublicState
from monitor.web.state import WebState
from tests.asking import TOKEN, ask, web_state, with_token
from tests.provider_outage import Outage, public_state
from tests.timeline import START

TOKEN_HEADER = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "kim"}
KEPT = ("title", "stage", "body", "conditions", "incidents", "audience", "planned_from", "planned_until")


class Desk:
    """An outage, and the API by which operators speak of it."""

    def __init__(self, outage: Outage | None = None) -> None:
        self.outage = outage or Outage().opened()
        self.public: PublicState = public_state(self.outage)
        self.state: WebState = dataclasses.replace(web_state(settings=with_token()), public=self.public)

    async def get(self, path: str = "", root: str = "/api/v1/updates") -> Any:  # noqa: ANN401 -- JSON
        answer = await ask(self.state, f"{root}{path}", headers=TOKEN_HEADER)
        assert answer.is_success, answer.text
        return answer.json()

    async def send(self, path: str, body: object = None, method: str = "POST") -> httpx.Response:
        return await ask(self.state, f"/api/v1{path}", method=method, headers=TOKEN_HEADER, body=body)

    async def draft(self, **changes: object) -> dict[str, Any]:
        shown = await self.get("/3fa2c9")
        return {**{name: shown[name] for name in KEPT}, **changes}


async def test_what_the_public_must_hear_of_is_listed_with_how_long_it_is_overdue() -> None:
    desk = Desk(Outage().opened().at("30m"))
    (waiting,) = (await desk.get())["items"]
    assert (waiting["id"], waiting["said_at"], waiting["overdue_seconds"]) == ("3fa2c9", None, 180.0)
    await desk.send("/bulletins", {"title": "New servers", "stage": "investigating", "body": ""})
    assert [each["title"] for each in (await desk.get())["items"]] == ["Provider aurora", "New servers"]


async def test_a_suggestion_is_read_published_and_then_on_the_page() -> None:
    desk = Desk()
    said = await desk.send("/updates/3fa2c9/publish", await desk.draft())
    assert said.status_code == 200
    assert [(each["author"], each["stage"]) for each in said.json()["updates"]] == [("kim", "investigating")]
    assert desk.public.page().incidents[0].title == "Devices connected through aurora cannot be reached"
    shown = await desk.get("/3fa2c9")
    assert (len(shown["said"]), shown["objections"]) == (1, [])


@pytest.mark.slow
async def test_a_draft_is_kept_shown_with_its_objections_and_dropped() -> None:
    desk = Desk()
    kept = await desk.send("/updates/3fa2c9/draft", await desk.draft(body="north-house is out"), "PUT")
    assert kept.json()["edited_by"] == "kim"
    assert "'north-house', the id of a site" in kept.json()["objections"][0]
    assert (await desk.get())["items"][0]["edited_by"] == "kim"
    assert (await desk.send("/updates/3fa2c9/drop")).status_code == 204
    assert (await desk.send("/updates/3fa2c9/drop")).status_code == 404
    assert (await desk.get("/3fa2c9"))["objections"] == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"body": "Ask acme/aurora-us-east-feeder-3."}, "the id of a device"),
        ({"body": "Write to joe@example.org"}, "an e-mail address"),
        ({"conditions": {"nowhere": "major_outage"}}, "there is no component nowhere"),
        ({"stage": "scheduled"}, "the stage scheduled is none of investigating"),
        ({"stage": "resolved"}, "nobody knows of it yet"),
        ({"planned_from": 5.0}, "give planned_from and planned_until together"),
        ({"stage": "exploded"}, "stage"),
    ],
)
async def test_what_may_not_be_said_is_refused_with_the_reason(changes: dict[str, object], reason: str) -> None:
    desk = Desk()
    answer = await desk.send("/updates/3fa2c9/publish", await desk.draft(**changes))
    assert answer.status_code == 422
    assert reason in answer.json()["detail"]
    assert desk.outage.published == []


@pytest.mark.slow
async def test_who_hears_a_thing_cannot_change_afterwards() -> None:
    desk = Desk()
    await desk.send("/updates/3fa2c9/publish", await desk.draft())
    answer = await desk.send("/updates/3fa2c9/publish", await desk.draft(audience="acme"))
    assert "who hears it cannot change" in answer.json()["detail"]


async def test_planned_work_is_begun_and_published() -> None:
    desk = Desk(Outage())
    work = {
        "title": "New servers",
        "stage": "scheduled",
        "body": "Meals go on.",
        "planned_from": START + 9000,
        "planned_until": START + 9900,
    }
    begun = await desk.send("/bulletins", work)
    assert begun.status_code == 201
    name = begun.json()["id"]
    assert (await desk.send(f"/updates/{name}/publish", work)).status_code == 200
    assert desk.public.page().planned[0].planned_from == START + 9000
    shown = await desk.get(f"/{name}")
    assert (shown["body"], shown["planned_until"]) == ("", START + 9900)


async def test_the_lines_of_the_page_can_be_looked_up() -> None:
    found = (await Desk().get("/components"))["items"]
    assert found[0]["name"] == "Scheduled feeding"
    assert found[0].keys() >= {"id", "provider", "region", "condition"}


async def test_changes_need_the_token_and_unknown_things_are_not_found() -> None:
    desk = Desk()
    draft = await desk.draft()
    assert (await ask(desk.state, "/api/v1/updates/3fa2c9/publish", method="POST", body=draft)).status_code == 401
    assert (await ask(desk.state, "/api/v1/updates")).status_code == 401
    assert (await desk.send("/updates/unknown", method="GET")).status_code == 404
    assert (await desk.send("/updates/unknown/publish", draft)).status_code == 404


async def test_what_does_not_reach_the_disk_is_not_said_to_be_published() -> None:
    desk = Desk()
    draft = await desk.draft()

    async def too_slow(_act: object) -> bool:
        return False

    async def lost(_act: object) -> bool:
        return True

    desk.public.carry_out = too_slow
    assert (await desk.send("/updates/3fa2c9/publish", draft)).status_code == 503
    desk.public.carry_out = lost
    assert (await desk.send("/updates/3fa2c9/publish", draft)).status_code == 409
    desk.public.carry_out = None
    assert (await desk.send("/updates/3fa2c9/publish", draft)).status_code == 403


class People:
    """Subscribers as operators see them."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.wrong = ""

    async def listed(self, address: str = "") -> list[Listed]:
        self.told.append(address)
        return [Listed(7, "email", "a…@example.org", "", (), confirmed=False, asked_at=1.0)]

    async def add(self, kind: str, address: str, tenant: str, components: object) -> str:
        self.told.append((kind, address, tenant, components))
        return self.wrong

    async def remove(self, subscriber: int) -> bool:
        return subscriber == 7


@pytest.mark.slow
async def test_subscribers_are_listed_asked_and_erased_by_operators_only() -> None:
    desk = Desk()
    assert (await desk.send("/subscribers", method="GET")).status_code == 404, "nothing is set up to send messages"
    desk.public.subscribers = people = People()
    assert (await ask(desk.state, "/api/v1/subscribers")).status_code == 401
    (found,) = (await desk.get(root="/api/v1/subscribers"))["items"]
    assert (found["address"], found["confirmed"]) == ("a…@example.org", False)
    added = await desk.send("/subscribers/add", {"address": "ann@example.org", "tenant": "acme"})
    assert added.status_code == 202
    assert ("email", "ann@example.org", "acme", []) in people.told
    people.wrong = "this address is subscribed already"
    assert (await desk.send("/subscribers/add", {"address": "ann@example.org"})).status_code == 409
    assert (await desk.send("/subscribers/7", method="DELETE")).status_code == 204
    assert (await desk.send("/subscribers/8", method="DELETE")).status_code == 404


async def test_a_monitor_that_publishes_nothing_says_so() -> None:
    state = web_state(settings=with_token())
    answer = await ask(state, "/api/v1/updates", headers=TOKEN_HEADER)
    assert (answer.status_code, answer.json()["detail"]) == (404, "nothing is published here")
