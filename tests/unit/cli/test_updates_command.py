"""Telling the public from the command line, against the real application."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.subscribers.signing import Listed
from monitor.web.app import create_app
from monitor.web.server import Listener, bind, serve
from monitor.web.settings import WebSettings
from monitor.web.state import WebState
from tests.asking import TOKEN, web_state, with_token
from tests.provider_outage import Outage, public_state
from tests.unit.cli.conftest import Ended, Type


class People:
    """Subscribers as operators see them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def listed(self, address: str = "") -> list[Listed]:
        shown = "…@".join(address.split("@")) if address else "a…@example.org"
        return [Listed(7, "email", shown, "acme", ("x",), confirmed=True, asked_at=1.0)]

    async def add(self, kind: str, address: str, tenant: str, components: object) -> str:
        self.asked.append((kind, address, tenant, str(components)))
        return ""

    async def remove(self, subscriber: int) -> bool:
        return subscriber == 7


class Newsroom:
    """An outage that must be spoken of, and commands that ask the monitor about it."""

    def __init__(self, outage: Outage, people: People, url: str, type_in: Type) -> None:
        self.outage = outage
        self.people = people
        self._env = {"HEARTHBEAT_URL": url, "HEARTHBEAT_WEB__TOKEN": TOKEN, "HEARTHBEAT_OPERATOR": "Ada Łovelace"}
        self._type_in = type_in

    def __call__(self, *words: str | Path, stdin: str = "", **env: str) -> Ended:
        return self._type_in(*words, env={**self._env, **env}, stdin=stdin)

    def said(self, *words: str | Path, stdin: str = "", **env: str) -> str:
        """What a command that works prints."""
        ended = self(*words, stdin=stdin, **env)
        assert ended.code == 0, ended.err
        return ended.out


async def _serve(state: WebState, listener: Listener, ready: threading.Event, stop: asyncio.Event) -> None:
    serving = asyncio.ensure_future(serve(create_app(state), listener))
    ready.set()
    await stop.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
def hearthbeat(type_in: Type) -> Iterator[Newsroom]:
    outage, people = Outage().opened().at("30m"), People()
    public = public_state(outage)
    public.subscribers = people
    state = dataclasses.replace(web_state(settings=with_token()), public=public)
    listener = bind(WebSettings(listen="127.0.0.1:0"))
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(state, listener, ready, stop),))
    thread.start()
    ready.wait()
    yield Newsroom(outage, people, listener.url, type_in)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_from_what_is_overdue_to_what_is_public(hearthbeat: Newsroom) -> None:
    listed = hearthbeat.said("updates", "list")
    assert all(part in listed for part in ("3fa2c9", "overdue by 3 min", "Provider aurora"))
    shown = hearthbeat.said("updates", "draft", "3fa2c9")
    assert "Do not" not in shown
    assert "do not switch the feeder off" in shown
    assert hearthbeat("updates", "publish", "3fa2c9", stdin="n\n").code == 1
    assert hearthbeat.outage.published == []
    assert "It is public." in hearthbeat.said("updates", "publish", "3fa2c9", stdin="y\n")
    assert hearthbeat.outage.published[0].bulletin.latest.author == "Ada Łovelace"
    assert "by Ada Łovelace: investigating" in hearthbeat.said("updates", "draft", "3fa2c9")
    assert json.loads(hearthbeat.said("updates", "list", "-f", "json"))[0]["overdue_seconds"] == 0
    assert json.loads(hearthbeat.said("updates", "draft", "3fa2c9", "-f", "json"))[0]["stage"] == "investigating"


def test_a_draft_is_edited_by_options_by_file_and_in_an_editor(hearthbeat: Newsroom, tmp_path: Path) -> None:
    line = hearthbeat.outage.line("telemetry")
    changed = hearthbeat.said(
        "updates", "edit", "3fa2c9", "--title", "Feeders are out", "--stage", "identified", "--body", "Feed by hand.",
        "--component", f"{line}=partial_outage", "--incident", "other", "--operator", "bob",
    )  # fmt: skip
    assert changed.startswith("Feeders are out\nidentified, to the public\n\nFeed by hand.\n")
    names = {each["id"]: each["name"] for each in json.loads(hearthbeat.said("updates", "components", "-f", "json"))}
    assert f"  {names[line]} ({line}): partial_outage\n" in changed
    draft = hearthbeat.outage.draft()
    assert (draft.edited_by, draft.conditions[line], draft.incidents) == ("bob", "partial_outage", ("3fa2c9", "other"))
    file = tmp_path / "text"
    file.write_text("From a file.\n")
    assert "From a file." in hearthbeat.said("updates", "edit", "3fa2c9", "--body-file", file)
    script = tmp_path / "editor.py"
    script.write_text("import sys, pathlib\np = pathlib.Path(sys.argv[1])\np.write_text(p.read_text() + 'And more.')\n")
    editor = f"{sys.executable} {script}"
    assert "And more." in hearthbeat.said("updates", "edit", "3fa2c9", VISUAL=editor)
    assert "Nothing was changed." in hearthbeat("updates", "edit", "3fa2c9", VISUAL="true").err
    assert "did not work" in hearthbeat("updates", "edit", "3fa2c9", VISUAL="/no/such/editor").err
    assert hearthbeat.said("updates", "drop", "3fa2c9") == "The draft is gone.\n"


def test_what_names_a_customer_is_not_published(hearthbeat: Newsroom) -> None:
    edited = hearthbeat("updates", "edit", "3fa2c9", "--body", "Ask north-house.")
    assert "Cannot be published: the text holds 'north-house', the id of a site" in edited.err
    ended = hearthbeat("updates", "publish", "3fa2c9", "--yes")
    assert (ended.code, "change it with `hearthbeat updates edit`" in ended.err) == (1, True)
    assert "write ID=CONDITION" in hearthbeat("updates", "edit", "3fa2c9", "--component", "x").err


def test_planned_work_is_begun_and_published(hearthbeat: Newsroom) -> None:
    begun = hearthbeat.said(
        "updates", "begin", "New servers", "--body", "Meals go on.",
        "--from", "2033-03-03T22:00", "--until", "2033-03-03T23:00",
    )  # fmt: skip
    name = begun.split()[-1]
    shown = hearthbeat.said("updates", "publish", name, "--yes")
    assert "planned from 2033-03-03 22:00:00Z to 2033-03-03 23:00:00Z" in shown
    private = hearthbeat.said("updates", "begin", "For you", "--body", "Text.", "--audience", "acme").split()[-1]
    assert "to subscribers of acme only" in hearthbeat.said("updates", "draft", private)


def test_the_lines_of_the_page_are_listed_with_their_ids(hearthbeat: Newsroom) -> None:
    listed = hearthbeat.said("updates", "components")
    assert hearthbeat.outage.line("feeding") in listed
    assert json.loads(hearthbeat.said("updates", "components", "-f", "json"))[0]["provider"] == "aurora"


def test_subscribers_are_listed_asked_and_erased(hearthbeat: Newsroom) -> None:
    listed = hearthbeat.said("subscribers", "list")
    assert all(part in listed for part in ("a…@example.org", "acme", "1 line", "yes"))
    assert json.loads(hearthbeat.said("subscribers", "list", "-f", "json"))[0]["id"] == 7
    asked = hearthbeat.said("subscribers", "add", "https://hooks.example/x", "--kind", "webhook", "--component", "x")
    assert "The question is on its way." in asked
    assert hearthbeat.people.asked == [("webhook", "https://hooks.example/x", "", "['x']")]
    assert hearthbeat.said("subscribers", "remove", "7") == "The address is erased.\n"
    assert "there is no subscriber 8" in hearthbeat("subscribers", "remove", "8").err
