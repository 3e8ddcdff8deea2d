"""What people do from the command line, against the real application."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import typer

from monitor.cli.acting import moment, span, who
from monitor.core.decisions import LossRecorded
from monitor.web.app import create_app
from monitor.web.server import Listener, bind, serve
from monitor.web.settings import WebSettings
from tests.asking import TOKEN
from tests.office import Office
from tests.timeline import Timeline
from tests.unit.cli.conftest import Ended, Type

OFFLINE = "device/acme/d0/offline"


class Served:
    """An office whose application listens, and commands that ask it."""

    def __init__(self, office: Office, url: str, type_in: Type) -> None:
        self.office = office
        self._env = {"HEARTHBEAT_URL": url, "HEARTHBEAT_WEB__TOKEN": TOKEN, "HEARTHBEAT_OPERATOR": "ada"}
        self._type_in = type_in

    def __call__(self, *words: str | Path) -> Ended:
        return self._type_in(*words, env=self._env)

    def said(self, *words: str | Path) -> str:
        """What a command that works prints."""
        ended = self(*words)
        assert ended.code == 0, ended.err
        return ended.out


async def _serve(office: Office, listener: Listener, ready: threading.Event, stop: asyncio.Event) -> None:
    await office.keep()
    serving = asyncio.ensure_future(serve(create_app(office.state()), listener))
    ready.set()
    await stop.wait()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


@pytest.fixture
def hearthbeat(type_in: Type) -> Iterator[Served]:
    """One device of four is silent."""
    timeline = Timeline()
    for number in range(4):
        timeline.info(f"d{number}", kind="feeder", provider="aurora", site=f"s{number}")
        timeline.heartbeats(f"d{number}", start=f"{4 * number}s", until="1h" if number else "10m")
    office, listener = Office(timeline.at("20m")), bind(WebSettings(listen="127.0.0.1:0"))
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(_serve(office, listener, ready, stop),))
    thread.start()
    ready.wait()
    yield Served(office, listener.url, type_in)
    loop.call_soon_threadsafe(stop.set)
    thread.join()
    loop.close()


def test_an_incident_from_its_acknowledgement_to_its_report(hearthbeat: Served, tmp_path: Path) -> None:
    assert hearthbeat.said("incidents", "--state", "open") == "No incident is open.\n"
    taken = hearthbeat.said("incidents", "ack", OFFLINE)
    assert "is acknowledged by ada: feeder acme/d0 offline" in taken
    (incident,) = hearthbeat.office.timeline.engine.desk.open
    assert incident in taken
    listed = hearthbeat.said("incidents", "list", "--kind", "device")
    assert all(part in listed for part in (incident, "acknowledged", "tenant=acme device=d0", "ada"))
    hearthbeat.said("incidents", "note", incident, "called the owner", "--operator", "bob")
    shown = hearthbeat.said("incidents", "show", incident)
    for part in (
        "taken care of by ada",
        "done     called the owner — bob",
        "decided  opened: feeder acme/d0 offline",
    ):
        assert part in shown
    assert '"lines"' in hearthbeat.said("incidents", "show", incident, "-f", "json")
    over = hearthbeat.said("incidents", "resolve", incident, "--reason", "moved out")
    assert f"Incident {incident} is resolved: device acme/d0: over after " in over
    assert "declared over by hand: moved out" in over
    report = tmp_path / "report.md"
    assert hearthbeat.said("incidents", "report", incident, "--output", report) == f"The draft is in {report}.\n"
    assert report.read_text() == hearthbeat.said("incidents", "report", incident)[:-1]
    assert "| done | called the owner — bob |" in report.read_text()
    again = hearthbeat("incidents", "report", incident, "-o", report)
    assert (again.code, "cannot be written" in again.err) == (1, True), "a report that somebody worked on is kept"


def test_what_cannot_be_done_says_why(hearthbeat: Served) -> None:
    for words in (("ack", "never-was"), ("report", "never-was")):
        ended = hearthbeat("incidents", *words)
        assert (ended.code, "no incident never-was is known" in ended.err) == (1, True)
    ended = hearthbeat("silences", "add", "site", "--for", "1h")
    assert (ended.code, "is no matcher" in ended.err) == (2, True)


def test_what_an_incident_cost_is_shown(hearthbeat: Served) -> None:
    hearthbeat.said("incidents", "ack", OFFLINE)
    (incident,) = hearthbeat.office.timeline.engine.desk.open
    lost = hearthbeat.office.store.timelines.lost
    lost["acme/d0", "meal x", 1.0] = LossRecorded(incident, 2.0, "acme/d0", "meal x", 1.0, "missed")
    assert "meal x" in hearthbeat.said("incidents", "show", incident)


def test_silences_are_set_listed_and_ended(hearthbeat: Served) -> None:
    assert hearthbeat.said("silences", "list") == "Nothing is silenced.\n"
    made = hearthbeat.said("silences", "add", "tenant=acme", 'site=~"s.*"', "--for", "2h", "--comment", "new router")
    (silence,) = hearthbeat.office.timeline.engine.desk.hush.silences
    assert made.startswith(f"Silence {silence} until ")
    hearthbeat.said("silences", "add", "site=x", "--from", "2033-01-01T00:00Z", "--until", "2033-01-01T02:00+01:00")
    listed = hearthbeat.said("silences", "list")
    for part in (silence, "on", "later", 'tenant="acme", site=~"s.*"', "ada", "new router", "2033-01-01 01:00:00Z"):
        assert part in listed
    assert '"matchers"' in hearthbeat.said("silences", "list", "-f", "json")
    assert hearthbeat.said("silences", "end", silence) == f"Silence {silence} is over.\n"
    assert silence not in hearthbeat.said("silences", "list")


def test_maintenance_is_planned_listed_and_ended(hearthbeat: Served) -> None:
    assert hearthbeat.said("maintenance", "list") == "No maintenance is planned.\n"
    hearthbeat.said("maintenance", "add", "tenant=acme", "device=d1", "--for", "30m", "--comment", "new router")
    (window,) = hearthbeat.office.timeline.engine.desk.maintenance.windows
    weekly = hearthbeat.said(
        "maintenance", "add", "provider=aurora", "--daily", "02:00", "--days", "sat, sun", "--zone", "Europe/Berlin",
        "--for", "1h", "--until", "2033-01-01",
    )  # fmt: skip
    assert "provider=aurora: sat, sun 02:00 Europe/Berlin for 60 min until 2033-01-01 00:00:00Z." in weekly
    hearthbeat.said("maintenance", "add", "provider=boreal", "--daily", "03:00", "--for", "1h")
    listed = hearthbeat.said("maintenance", "list")
    for part in (window, "on", "later", "tenant=acme device=d1", "every day 03:00 UTC", "new router", "ada"):
        assert part in listed
    assert '"scope"' in hearthbeat.said("maintenance", "list", "-f", "json")
    assert hearthbeat.said("maintenance", "end", window) == f"Maintenance {window} is over.\n"
    assert window not in hearthbeat.said("maintenance", "list")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("silences", "add", "site=x"), "either --for or --until"),
        (("silences", "add", "site=x", "--for", "1h", "--until", "2033-01-01"), "either --for or --until"),
        (("silences", "add", "site=x", "--for", "soon"), "is no length of time"),
        (("silences", "add", "site=x", "--until", "soon"), "is no moment"),
        (("maintenance", "add", "aurora", "--for", "1h"), "names no devices"),
        (("maintenance", "add", "provider=aurora", "--for", "1h", "--days", "sun"), "belong to --daily"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused(type_in: Type, words: Sequence[str], fault: str) -> None:
    ended = type_in(*words, "--url", "http://127.0.0.1:9")
    assert (ended.code, fault in ended.err) == (2, True), ended.err


def test_lengths_and_moments_are_read_as_people_write_them() -> None:
    assert [span(text) for text in ("90s", "2h30m", "1.5d")] == [90.0, 9000.0, 129_600.0]
    assert moment("1970-01-02") == moment("1970-01-02T01:00+01:00") == 86_400.0
    with pytest.raises(typer.BadParameter):
        span("h")


def test_who_acts_is_who_is_logged_in_unless_another_is_named() -> None:
    assert who("ada") == "ada"
    assert who("") != ""
