"""What people do by API: incidents, silences, maintenance; and what is told of an incident."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from monitor.core.observations import DeviceInfo
from monitor.devices.profile import Profile
from tests.asking import TOKEN, ask, web_state
from tests.office import Office
from tests.timeline import Timeline

KEY = {"authorization": f"Bearer {TOKEN}"}
ADA = {**KEY, "x-operator": "ada"}
OFFLINE = "device/acme/d0/offline"


@pytest.fixture(scope="module")
def empty() -> Office:
    """Nothing is wrong, and nothing that is refused changes it."""
    return Office()


async def outage() -> tuple[Office, str]:
    """Provider aurora is out; the office and the incident's id."""
    timeline = Timeline()
    for number in range(12):
        provider = ("aurora", "boreal")[number % 2]
        timeline.info(f"d{number}", kind="feeder", provider=provider, site=f"s{number}")
        timeline.heartbeats(f"d{number}", start=f"{4 * number}s", until="20m" if provider == "aurora" else "1h")
    office = await Office(timeline.at("26m")).keep()
    (incident,) = timeline.engine.incidents
    return office, incident


async def one_silent_device() -> Office:
    timeline = Timeline()
    for number in range(4):
        timeline.info(f"d{number}", kind="feeder", provider="aurora", site=f"s{number}")
        timeline.heartbeats(f"d{number}", start=f"{4 * number}s", until="1h" if number else "10m")
    return await Office(timeline.at("20m")).keep()


async def post(office: Office, path: str, body: object = None, headers: dict[str, str] | None = None) -> httpx.Response:
    return await office.ask("POST", f"/api/v1/{path}", headers=headers or ADA, body=body or {})


async def get(office: Office, path: str) -> Any:  # noqa: ANN401 -- whatever it answers
    return (await office.ask("GET", f"/api/v1/{path}", headers=KEY)).json()


async def test_an_incident_is_taken_noted_and_declared_over_in_somebodys_name() -> None:
    office, incident = await outage()
    taken = (await post(office, f"incidents/{incident}/acknowledge")).json()
    assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", "ada")
    again = await post(office, f"incidents/{incident}/acknowledge", {"author": "bob"})
    assert (again.status_code, again.json()["acknowledged_by"]) == (200, "ada")
    await post(office, f"incidents/{incident}/notes", {"text": "called them", "author": "bob"})
    over = (await post(office, f"incidents/{incident}/resolve", {"reason": "fixed"})).json()
    assert (over["state"], over["resolved_by"]) == ("resolved", "ada")
    assert (await get(office, "incidents?state=open"))["items"] == []
    story = await get(office, f"incidents/{incident}/timeline")
    people = [(line["text"], line["author"]) for line in story["lines"] if line["kind"] == "done"]
    assert people == [("acknowledged", "ada"), ("called them", "bob"), ("declared over by hand: fixed", "ada")]
    assert ("sent", "ProviderOutage firing is still owed to pager") in {
        (line["kind"], line["text"]) for line in story["lines"]
    }
    assert story["duration_seconds"] > 300
    assert (await post(office, f"incidents/{incident}/notes", {"text": "a thought"})).status_code == 200


@pytest.mark.parametrize("what", ["acknowledge", "resolve"])
async def test_what_is_over_or_unknown_cannot_be_acted_on(what: str) -> None:
    office, incident = await outage()
    await post(office, f"incidents/{incident}/resolve")
    refused = await post(office, f"incidents/{incident}/{what}")
    assert (refused.status_code, "is over" in refused.json()["detail"]) == (409, True)
    assert (await post(office, f"incidents/never-was/{what}")).status_code == 404


async def test_nobody_acts_without_a_name_or_a_token() -> None:
    office, incident = await outage()
    nameless = await post(office, f"incidents/{incident}/acknowledge", headers=KEY)
    assert (nameless.status_code, "who you are" in nameless.json()["detail"]) == (422, True)
    assert (await post(office, f"incidents/{incident}/acknowledge", headers={"x-operator": "eve"})).status_code == 401


async def test_while_the_disk_fails_an_act_is_not_called_done() -> None:
    office, incident = await outage()
    office.works = False
    answer = await post(office, f"incidents/{incident}/acknowledge")
    assert (answer.status_code, "not on disk yet" in answer.json()["detail"]) == (503, True)


async def test_a_monitor_that_only_shows_takes_no_acts() -> None:
    state = web_state(settings=Office().state().settings)
    for path in ("silences/add", "maintenance/add"):
        body = {"matchers": ["site=s1"], "scope": {"provider": "x"}, "duration_seconds": 60}
        body.pop("scope" if path.startswith("silences") else "matchers")
        answer = await ask(state, f"/api/v1/{path}", method="POST", headers=ADA, body=body)
        assert (answer.status_code, "only shows" in answer.json()["detail"]) == (503, True)
    for path in ("silences", "maintenance"):
        assert (await ask(state, f"/api/v1/{path}", headers=KEY)).json() == {"items": []}


async def test_a_warning_becomes_an_incident_by_being_acknowledged() -> None:
    office = await one_silent_device()
    assert (await get(office, "incidents?kind=all"))["items"] == []
    taken = (await post(office, "alerts/acknowledge", {"alert": OFFLINE})).json()
    assert (taken["kind"], taken["state"]) == ("device", "acknowledged")
    assert (await get(office, "incidents"))["items"] == [], "outages, unless asked for others"
    for query in ("kind=device", "kind=all&state=open", "kind=device&state=open"):
        assert [each["id"] for each in (await get(office, f"incidents?{query}"))["items"]] == [taken["id"]]
    assert (await get(office, f"incidents/{taken['id']}"))["acknowledged_by"] == "ada"
    assert (await post(office, "alerts/acknowledge", {"alert": "never/was"})).status_code == 404


async def test_an_alert_about_nothing_single_cannot_be_acknowledged_alone() -> None:
    office = await one_silent_device()
    engine = office.timeline.engine
    odd = engine.alerts[OFFLINE]
    engine.alerts["odd"] = type(odd)("odd", "MealsAtRisk", "firing", "critical", {}, {}, 1.0)  # type: ignore[index]
    assert (await post(office, "alerts/acknowledge", {"alert": "odd"})).status_code == 409


async def test_a_silence_is_set_listed_and_ended() -> None:
    office, _ = await outage()
    now = office.timeline.now
    wish = {"matchers": ['provider="aurora"', "alertname=~Provider.*"], "duration_seconds": 3600, "comment": "known"}
    made = await post(office, "silences/add", wish)
    assert made.status_code == 201
    later = {"matchers": ["site=s1"], "starts_at": now + 60, "ends_at": now + 120, "author": "bob"}
    await post(office, "silences/add", later)
    second, first = (await get(office, "silences"))["items"]
    assert (first["id"], first["on"], first["author"], first["ends_at"]) == (made.json()["id"], True, "ada", now + 3600)
    assert first["matchers"] == ['provider="aurora"', 'alertname=~"Provider.*"']
    assert (second["on"], second["author"]) == (False, "bob")
    assert (await post(office, f"silences/{first['id']}/end")).status_code == 204
    assert [each["id"] for each in (await get(office, "silences"))["items"]] == [second["id"]]
    assert (await post(office, "silences/never-was/end")).status_code == 404


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ({"matchers": ["site=s1"]}, "either ends_at or duration_seconds"),
        ({"matchers": ["site=s1"], "ends_at": 5.0}, "in the future"),
        ({"matchers": [], "duration_seconds": 60}, "matchers"),
        ({"matchers": ["site"], "duration_seconds": 60}, "is no matcher"),
        ({"matchers": ['site=~".*"'], "duration_seconds": 60}, "every alert"),
        ({"matchers": ["site=s1"], "duration_seconds": 60, "color": "red"}, "no such parameter"),
    ],
)
async def test_a_silence_that_makes_no_sense_is_refused(empty: Office, wish: dict[str, object], fault: str) -> None:
    answer = await post(empty, "silences/add", wish)
    assert (answer.status_code, fault in answer.json()["detail"]) == (422, True), answer.text


async def test_maintenance_is_planned_listed_and_ended() -> None:
    office = await one_silent_device()
    now = office.timeline.now
    wish = {"scope": {"tenant": "acme", "device": "d1"}, "duration_seconds": 600, "comment": "new router"}
    made = (await post(office, "maintenance/add", wish)).json()
    assert (made["on"], made["next_at"], made["author"]) == (True, now + 600, "ada")
    assert office.timeline.device("d1").maintenance
    weekly = {"time": "02:30", "days": ["sun"], "timezone": "Europe/Berlin", "duration_seconds": 3600.0}
    other = (await post(office, "maintenance/add", {"scope": {"provider": "aurora"}, "recurrence": weekly})).json()
    assert (other["recurrence"], other["on"], other["ends_at"]) == (weekly, False, None)
    assert {each["id"] for each in (await get(office, "maintenance"))["items"]} == {made["id"], other["id"]}
    assert (await post(office, f"maintenance/{made['id']}/end")).status_code == 204
    assert not office.timeline.device("d1").maintenance
    assert (await post(office, "maintenance/never-was/end")).status_code == 404


@pytest.mark.parametrize(
    ("wish", "fault"),
    [
        ({"scope": {"site": "s1"}, "duration_seconds": 60}, "together with its tenant"),
        ({"scope": {}, "duration_seconds": 60}, "whole fleet"),
        ({"scope": {"provider": "x"}}, "must end"),
        ({"scope": {"provider": "x"}, "duration_seconds": 60, "ends_at": 1e10}, "not both"),
        (
            {"scope": {"provider": "x"}, "recurrence": {"time": "25:00", "timezone": "UTC", "duration_seconds": 60}},
            "recurrence time",
        ),
        (
            {"scope": {"provider": "x"}, "recurrence": {"time": "02:00", "timezone": "X/Y", "duration_seconds": 60}},
            "is no time zone",
        ),
    ],
)
async def test_maintenance_that_makes_no_sense_is_refused(empty: Office, wish: dict[str, object], fault: str) -> None:
    answer = await post(empty, "maintenance/add", wish)
    assert (answer.status_code, fault in answer.json()["detail"]) == (422, True), answer.text


async def test_the_report_of_an_incident_is_markdown_with_everything_in_it() -> None:
    office, incident = await outage()
    for delivery in await office.store.owed("pager", office.timeline.now, 10):
        await office.store.delivered({delivery.id: None}, office.timeline.now)
    answer = await office.ask("GET", f"/api/v1/incidents/{incident}/report", headers=KEY)
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert f"# Incident {incident}: Provider aurora" in answer.text
    assert "| pager | ProviderOutage firing | delivered after " in answer.text
    missing = await office.ask("GET", "/api/v1/incidents/never-was/report", headers=KEY)
    assert missing.status_code == 404


async def test_without_a_past_a_story_is_what_is_known_now() -> None:
    office, incident = await outage()
    engine = office.timeline.engine
    state = web_state(engine, settings=office.state().settings)  # type: ignore[arg-type]
    story = (await ask(state, f"/api/v1/incidents/{incident}/timeline", headers=KEY)).json()
    assert (story["lines"], story["losses"]) == ([], [])


async def test_more_silences_or_windows_than_allowed_are_refused() -> None:
    office = Office()
    desk = office.timeline.engine.desk
    made = (await post(office, "silences/add", {"matchers": ["site=s1"], "duration_seconds": 60})).json()
    desk.hush.silences.update(dict.fromkeys(map(str, range(500)), desk.hush.silences[made["id"]]))
    full = await post(office, "silences/add", {"matchers": ["site=s1"], "duration_seconds": 60})
    assert (full.status_code, "already" in full.json()["detail"]) == (422, True)
    office.timeline.engine.observe(DeviceInfo("acme/x", office.timeline.now, Profile()))
    window = (await post(office, "maintenance/add", {"scope": {"provider": "x"}, "duration_seconds": 60})).json()
    desk.maintenance.windows.update(dict.fromkeys(map(str, range(500)), desk.maintenance.windows[window["id"]]))
    full = await post(office, "maintenance/add", {"scope": {"provider": "x"}, "duration_seconds": 60})
    assert (full.status_code, "already" in full.json()["detail"]) == (422, True)
