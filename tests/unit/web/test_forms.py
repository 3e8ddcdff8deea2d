"""What people do on the pages: every form reaches the engine, under the name of whoever sent it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import httpx
import pytest

from monitor.web.app import create_app
from monitor.web.state import WebState
from tests.asking import TOKEN, ask, with_token
from tests.provider_outage import Outage, public_state
from tests.struck import Struck, struck


@dataclass
class Person:
    """Somebody at a browser who is logged in."""

    client: httpx.AsyncClient
    secret: str

    async def read(self, path: str) -> str:
        """A page, as its words."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """A form."""
        return await self.client.post(path, data={"form_secret": self.secret, **fields})

    async def done(self, path: str, **fields: str) -> str:
        """A form that is carried out; the words of the page that it leads to."""
        answer = await self.send(path, **fields)
        assert answer.status_code == 303, answer.text
        return await self.read(answer.headers["location"])


async def entered(state: WebState) -> AsyncIterator[Person]:
    transport = httpx.ASGITransport(create_app(state), raise_app_exceptions=False)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as client:
        await client.post("/login", data={"token": TOKEN, "name": "Ada"})
        found = re.search(r'name="form_secret" value="(\w+)"', (await client.get("/runbooks")).text)
        assert found is not None
        yield Person(client, found[1])


@pytest.fixture
async def hit() -> Struck:
    return await struck()


@pytest.fixture
async def ada(hit: Struck) -> AsyncIterator[Person]:
    async for person in entered(hit.state()):
        yield person


async def test_an_incident_is_told_with_its_harm_evidence_and_timeline(hit: Struck, ada: Person) -> None:
    seen = await ada.read(f"/incidents/{hit.incident.id}")
    for expected in (
        "Provider aurora",
        "by nobody yet",
        "Feeders unreachable 12",
        "12 of 12 100 %",
        "What would change this",
        "decided Opened: Provider aurora fell silent",
        "Nobody was sent anything about it.",
        "You take care of it as Ada",
    ):
        assert expected in seen


async def test_an_incident_is_acknowledged_under_ones_name(hit: Struck, ada: Person) -> None:
    at = f"/incidents/{hit.incident.id}"
    seen = await ada.done(f"{at}/acknowledge")
    assert "You take care of this incident now" in seen
    assert "done Acknowledged Ada" in seen
    assert hit.incident.acknowledged_by == "Ada"
    assert "Taken care of by Ada" in await ada.read("/")
    assert "acknowledged" in await ada.read("/incidents")


async def test_a_note_is_kept_as_it_was_written_and_obeyed_by_no_browser(hit: Struck, ada: Person) -> None:
    at = f"/incidents/{hit.incident.id}"
    await ada.done(f"{at}/note", text="Called the vendor.\n<script>alert(1)</script>")
    html = (await ada.client.get(at)).text
    assert "Called the vendor." in html
    assert "<script>alert" not in html
    assert (await ada.send(f"{at}/note", text="  ")).status_code == 422
    assert (await ada.send(f"{at}/note", text="x" * 2001)).status_code == 422


async def test_an_incident_is_silenced_and_the_silence_ended_again(hit: Struck, ada: Person) -> None:
    at = f"/incidents/{hit.incident.id}"
    await ada.done(f"{at}/silence", hours="4", comment="known at the vendor")
    seen = await ada.read("/quiet")
    assert f"incident=&#34;{hit.incident.id}&#34;" in seen
    assert "known at the vendor Ada" in seen
    (silence,) = hit.engine.desk.hush.silences
    assert "Nothing is silenced." in await ada.done(f"/quiet/silences/{silence}/end")
    assert (await ada.send(f"{at}/silence", hours="0", comment="x")).status_code == 422
    assert (await ada.send(f"{at}/silence", hours="4", comment="")).status_code == 422


async def test_an_incident_is_declared_over_with_a_reason(hit: Struck, ada: Person) -> None:
    name = hit.incident.id
    seen = await ada.done(f"/incidents/{name}/resolve", reason="the vendor confirmed the repair")
    assert "declared by Ada" in seen
    assert "the vendor confirmed the repair" in seen
    assert hit.engine.incidents == {}
    assert (await ada.send(f"/incidents/{name}/acknowledge")).status_code == 409


async def test_a_silence_of_any_kind_is_set_by_its_matchers(hit: Struck, ada: Person) -> None:
    matchers = 'site="s1"\n\nalertname=~"Feeder.*"'
    assert "The silence is set." in await ada.done("/quiet/silences", matchers=matchers, hours="2", comment="moving")
    (silence,) = hit.engine.desk.hush.silences.values()
    assert [str(each) for each in silence.matchers] == ['site="s1"', 'alertname=~"Feeder.*"']
    assert silence.ends_at == hit.now + 7200
    refused = await ada.send("/quiet/silences", matchers="nonsense", hours="2", comment="x")
    assert refused.status_code == 422
    assert "nonsense" in refused.text


WEEKLY = {"provider": "aurora", "mon": "on", "sun": "on", "time": "02:30", "timezone": "Europe/Berlin"}
ONCE = {"region": "eu", "begins": "2031-01-31T02:30"}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"tenant": "acme", "site": "s1"}, "site=s1"),
        (WEEKLY, "mon, sun at 02:30 Europe/Berlin for 2 h"),
        (ONCE, "2031-01-31 02:30:00 UTC until 2031-01-31 04:30:00 UTC"),
    ],
)
async def test_maintenance_is_planned_once_or_every_week(ada: Person, fields: dict[str, str], told: str) -> None:
    assert told in await ada.done("/quiet/maintenance", hours="2", comment="new boiler", **fields)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "x"},
        {"begins": "soon"},
        {"mon": "on", "time": "25:00"},
        {"mon": "on"},
        {"tenant": ""},
        {"comment": ""},
    ],
)
async def test_maintenance_that_makes_no_sense_is_refused(ada: Person, wrong: dict[str, str]) -> None:
    fields = {"tenant": "acme", "hours": "2", "comment": "new boiler", **wrong}
    assert (await ada.send("/quiet/maintenance", **fields)).status_code == 422


async def test_maintenance_is_ended_for_good(hit: Struck, ada: Person) -> None:
    await ada.done("/quiet/maintenance", provider="aurora", hours="2", comment="new boiler")
    (window,) = hit.engine.desk.maintenance.windows
    assert "No maintenance is planned." in await ada.done(f"/quiet/maintenance/{window}/end")


PATHS: dict[str, Callable[[str], str]] = {
    "acknowledge": lambda name: f"/incidents/{name}/acknowledge",
    "note": lambda name: f"/incidents/{name}/note",
    "silence": lambda _: "/quiet/silences",
    "window": lambda _: "/quiet/maintenance",
}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
async def test_no_form_does_anything_without_a_session_or_its_secret(
    hit: Struck, ada: Person, path: Callable[[str], str]
) -> None:
    address = path(hit.incident.id)
    forged = replace(ada, secret="0" * 64)
    assert (await forged.send(address, text="x")).status_code == 403
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    assert (await ask(hit.state(), address, method="POST", headers=bearer)).status_code in (401, 404)
    assert hit.incident.acknowledged_at is None


async def test_whoever_only_reads_is_shown_how_to_log_in(hit: Struck) -> None:
    page = await ask(hit.state(with_token(read_open=True)), f"/incidents/{hit.incident.id}")
    assert "Log in</a> to acknowledge it" in page.text
    assert "<textarea" not in page.text


async def test_what_does_not_reach_the_disk_is_not_called_done(hit: Struck) -> None:
    async def too_slow(_: object) -> bool:
        return False

    async for person in entered(replace(hit.state(), carry_out=too_slow)):
        answer = await person.send(f"/incidents/{hit.incident.id}/acknowledge")
        assert answer.status_code == 503
        assert "not on disk yet" in answer.text
    async for person in entered(replace(hit.state(), carry_out=None)):
        assert "This monitor only shows" in await person.read(f"/incidents/{hit.incident.id}")


async def test_the_next_public_word_is_read_changed_kept_and_said(hit: Struck) -> None:
    outage = Outage().opened()
    state = replace(hit.state(), public=public_state(outage))
    async for person in entered(state):
        assert "none yet" in await person.read("/updates")
        draft = outage.draft()
        fields = {"title": draft.title, "stage": draft.stage, "body": "We are looking into it."}
        assert "A draft by Ada." in await person.done("/updates/3fa2c9", do="keep", **fields)
        assert outage.desk.drafts["3fa2c9"].edited_by == "Ada"
        said = await person.done("/updates/3fa2c9", do="publish", **fields)
        assert "The update is public." in said
        assert outage.desk.bulletins["3fa2c9"].latest.author == "Ada"
        assert "We are looking into it." in await person.read("/updates")
        assert (await person.send("/updates/3fa2c9", **{**fields, "stage": "done"})).status_code == 422
        line = next(iter(draft.conditions))
        broken = {**fields, f"condition-{line}": "broken"}
        assert (await person.send("/updates/3fa2c9", **broken)).status_code == 422


async def test_an_incident_page_is_kept_current(hit: Struck) -> None:
    assert (
        await ask(hit.state(), "/incidents/nothing/live", headers={"Authorization": f"Bearer {TOKEN}"})
    ).status_code == 404
