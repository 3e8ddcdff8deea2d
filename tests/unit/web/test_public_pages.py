"""The page for everybody: readable without a token, by people and by programs, and with nothing of anybody on it."""

import dataclasses
from xml.etree import ElementTree as ET

import httpx
import pytest

from monitor.core.publication.bulletins import Draft, Plan
from monitor.web.app import create_app
from monitor.web.public.app import create_public_app
from monitor.web.public.state import PublicState, Seat
from monitor.web.state import WebState
from tests.asking import ask, web_state, with_token
from tests.provider_outage import Outage, public_state
from tests.timeline import START

ATOM = "{http://www.w3.org/2005/Atom}"
JSON_PAGES = (
    "summary",
    "status",
    "components",
    "incidents",
    "incidents/unresolved",
    "scheduled-maintenances",
)


class FakeSignUps:
    """Takes in whoever asks; `t` is everybody's token."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.wrong = ""

    async def sign_up(self, address: str, components: object, *, client: str) -> str:
        self.told.append(("sign-up", address, components, client))
        return self.wrong

    async def confirm(self, token: str) -> Seat | None:
        self.told.append(("confirm", token))
        return await self.seat(token)

    async def seat(self, token: str) -> Seat | None:
        return Seat("email", (), confirmed=True) if token == "t" else None

    async def choose(self, token: str, components: object) -> Seat | None:
        self.told.append(("choose", token, components))
        return await self.seat(token)

    async def leave(self, token: str) -> bool:
        self.told.append(("leave", token))
        return token == "t"


def site(outage: Outage | None = None, **settings: object) -> tuple[WebState, PublicState]:
    public = public_state(outage or Outage().opened().publish(), **settings)
    return dataclasses.replace(web_state(settings=with_token()), public=public), public


async def get(state: WebState, path: str, **headers: str) -> httpx.Response:
    return await ask(state, path, headers=headers)


@pytest.mark.parametrize(
    "path",
    ["/status", "/status/history", "/status/feed.atom", "/status/incidents/3fa2c9"]
    + [f"/api/v2/{name}.json" for name in JSON_PAGES],
)
async def test_everybody_may_read_what_is_public_and_nobody_the_rest(path: str) -> None:
    state, public = site()
    assert (await get(state, path)).status_code == 200
    assert (await get(state, "/api/v1/devices")).status_code == 401
    app = create_public_app(state, public)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://status.test") as client:
        assert (await client.get(path)).status_code == 200
        for private in ("/devices", "/api/v1/devices", "/metrics", "/api/v1/updates", "/api"):
            assert (await client.get(private)).status_code == 404
        assert (await client.get("/")).headers["location"] == "/status"


async def test_the_page_is_whole_without_scripts_cookies_and_other_hosts() -> None:
    state, _ = site(contact="help@whisker.example")
    answer = await get(state, "/status")
    assert "<script" not in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    assert answer.headers["cache-control"] == "public, max-age=10"
    assert "set-cookie" not in answer.headers
    for words in (
        "Some things do not work. Scheduled meals cannot be confirmed; feeding from the app does not work.",
        "Next update by 22:55 UTC",
        "do not switch the feeder off",
        "cannot be confirmed",
        "aurora, us-east: Scheduled feeding, Remote control, Device telemetry",
        "You reach us here: help@whisker.example",
    ):
        assert words in answer.text
    assert answer.text.count("<h1") == 1


@pytest.mark.slow
async def test_nothing_of_a_customer_or_a_device_is_on_any_public_page() -> None:
    outage = Outage()
    for device in outage.fleet:
        device.id = device.id.replace("acme", "marker-tenant").replace("feeder", "marker-device")
        device.profile = dataclasses.replace(device.profile, site="marker-site", parent="marker-gateway")
    outage.opened().publish()
    outage.publish("private", Draft("marker-title", "investigating", "marker-body", audience="marker-audience"))
    state, _ = site(outage)
    for path in ("/status", "/status/history", "/status/feed.atom", *(f"/api/v2/{name}.json" for name in JSON_PAGES)):
        text = (await get(state, path)).text
        assert "marker" not in text, path
        assert "kim" not in text, path
    assert (await get(state, "/status/incidents/private")).status_code == 404


async def test_programs_that_know_statuspage_find_what_they_look_for() -> None:
    outage = Outage().opened().publish()
    outage.publish("work", Draft("New servers", "scheduled", "Meals go on.", plan=Plan(START + 9000, START + 9900)))
    outage.publish("old", Draft("Long over", "resolved", "It is over."))
    state, _ = site(outage)
    summary = (await get(state, "/api/v2/summary.json")).json()
    assert summary["page"].keys() >= {"id", "name", "url", "time_zone", "updated_at"}
    assert summary["status"] == {"indicator": "major", "description": "Some things do not work"}
    assert summary["next_update_due_at"] == "2023-11-14T22:55:20.000+00:00"
    (feeding, *_) = summary["components"]
    assert (feeding["name"], feeding["status"]) == ("Scheduled feeding (aurora, us-east)", "degraded_performance")
    assert (feeding["capability"], feeding["provider"], feeding["position"]) == ("feeding", "aurora", 1)
    (incident,) = summary["incidents"]
    assert incident["shortlink"] == "http://127.0.0.1/status/incidents/3fa2c9"
    assert (incident["status"], incident["impact"], incident["resolved_at"]) == ("investigating", "critical", None)
    (word,) = incident["incident_updates"]
    assert word["affected_components"][1]["old_status"] == "operational"
    assert word["affected_components"][1]["new_status"] == "major_outage"
    (planned,) = summary["scheduled_maintenances"]
    assert (planned["impact"], planned["scheduled_for"]) == ("maintenance", "2023-11-15T00:43:20.000+00:00")
    everything = (await get(state, "/api/v2/incidents.json")).json()["incidents"]
    assert [each["id"] for each in everything] == ["3fa2c9", "old"]
    open_ones = (await get(state, "/api/v2/incidents/unresolved.json")).json()["incidents"]
    assert [each["id"] for each in open_ones] == ["3fa2c9"]
    answer = await get(state, "/api/v2/status.json")
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_the_feed_has_every_word_the_newest_first() -> None:
    outage = Outage().opened().publish().at("30m").publish()
    state, _ = site(outage, url="https://status.example.org/status")
    root = ET.fromstring((await get(state, "/status/feed.atom")).content)  # noqa: S314 -- our own
    titles = [each.text for each in root.findall(f"{ATOM}entry/{ATOM}content")]
    assert len(titles) == 2
    assert "goes on" in str(titles[0])
    ids = {str(each.text) for each in root.findall(f"{ATOM}entry/{ATOM}id")}
    assert len(ids) == 2
    empty, _ = site(Outage())
    assert ET.fromstring((await get(empty, "/status/feed.atom")).content).findall(f"{ATOM}entry") == []  # noqa: S314


@pytest.mark.slow
async def test_what_was_published_is_seen_by_the_next_reader() -> None:
    outage = Outage().opened()
    state, _ = site(outage)
    assert "What is going on" not in (await get(state, "/status")).text
    assert "Detected by itself" in (await get(state, "/status")).text
    outage.publish().at("13m")
    assert "What is going on" in (await get(state, "/status")).text


async def test_a_quiet_page_says_that_everything_works() -> None:
    state, _ = site(Outage())
    text = (await get(state, "/status")).text
    assert "Everything works." in text
    assert "No earlier incident was reported" in text
    assert "No incident was reported" in (await get(state, "/status/history")).text


async def test_operator_text_is_shown_as_text() -> None:
    outage = Outage()
    outage.publish("x", Draft("<b>Feeders</b>", "investigating", "<script>alert(1)</script>\n\nSecond."))
    state, _ = site(outage)
    text = (await get(state, "/status")).text
    assert "<b>" not in text
    assert "&lt;script&gt;" in text
    assert "<p>Second.</p>" in text


async def test_the_page_can_be_switched_off() -> None:
    state, _ = site(enabled=False)
    assert (await get(state, "/status")).status_code == 404


@pytest.mark.slow
async def test_subscribing_takes_a_form_a_link_and_a_button() -> None:
    state, public = site()
    public.sign_ups = people = FakeSignUps()
    form = (await get(state, "/status/subscribe")).text
    assert 'type="email"' in form
    chosen = public.page().components[0].id
    sent = await post(state, "/status/subscribe", f"address=ann%40example.org&c-{chosen}=on&c-unknown=on")
    assert "Look into your mailbox" in sent.text
    assert people.told == [("sign-up", "ann@example.org", [chosen], "127.0.0.1")]
    assert "Was it you" in (await get(state, "/status/confirm/t")).text
    assert people.told[1:] == [], "looking confirms nothing"
    assert "You are subscribed" in (await post(state, "/status/confirm/t")).text
    assert "What you hear of" in (await get(state, "/status/subscription/t")).text
    assert "is kept" in (await post(state, "/status/subscription/t", f"c-{chosen}=on")).text
    assert people.told[-1] == ("choose", "t", [chosen])
    for path in ("/status/confirm/x", "/status/subscription/x"):
        assert (await get(state, path)).status_code == 404
        assert (await post(state, path)).status_code == 404


async def test_one_click_unsubscribes_and_looking_does_not() -> None:
    state, public = site()
    public.sign_ups = people = FakeSignUps()
    looked = await get(state, "/status/unsubscribe/t")
    assert (looked.status_code, looked.headers["location"]) == (303, "/status/subscription/t")
    assert people.told == []
    done = await post(state, "/status/unsubscribe/t", "List-Unsubscribe=One-Click", **{"sec-fetch-site": "cross-site"})
    assert (done.status_code, people.told) == (200, [("leave", "t")])
    assert (await post(state, "/status/unsubscribe/gone")).status_code == 200


async def test_a_wrong_address_is_said_on_the_form_and_other_sites_may_not_send_it() -> None:
    state, public = site()
    public.sign_ups = people = FakeSignUps()
    people.wrong = "This is no e-mail address."
    answer = await post(state, "/status/subscribe", "address=ann")
    assert (answer.status_code, "This is no e-mail address." in answer.text) == (422, True)
    foreign = await post(state, "/status/subscribe", "address=a%40b.org", **{"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


@pytest.mark.slow
async def test_where_no_message_can_be_sent_none_is_offered() -> None:
    state, _ = site()
    assert "/status/subscribe" not in (await get(state, "/status")).text
    assert (await get(state, "/status/subscribe")).status_code == 404


async def post(state: WebState, path: str, body: str = "", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_app(state))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        form = {"content-type": "application/x-www-form-urlencoded", **headers}
        return await client.post(path, content=body, headers=form)


async def test_however_many_look_a_page_is_written_once_until_it_changes() -> None:
    outage = Outage().opened().publish()
    _, public = site(outage)
    written: list[str] = []

    def write() -> str:
        written.append(public.page().headline)
        return f"version {len(written)}"

    assert [public.text("page", write) for _ in range(1000)] == ["version 1"] * 1000
    assert public.text("another", write) == "version 2"
    outage.at("13m")
    assert public.text("page", write) == "version 3"
    public.changed()
    assert public.text("page", write) == "version 4"
