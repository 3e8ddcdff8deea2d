"""`devices`, `incidents` and `alerts`: asking a running monitor."""

import json
from typing import Any

import pytest

from monitor.egress import Pseudonyms
from tests.unit.cli.conftest import Page, Type


def device(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    known = {"status": "offline", "since": 400.0, "last_seen": 100.0, "kind": "feeder", "provider": "aurora"}
    return {"id": f"acme/{name}", "region": "eu", "site": "", "reason": "silent", "maintenance": False, **known, **more}


INCIDENT = {
    "id": "i1", "kind": "outage", "layer": "provider", "scope": {"provider": "aurora"}, "state": "open",
    "started_at": 700.0, "opened_at": 760.0, "resolved_at": None, "devices": 40, "silent": 38, "confidence": 0.97,
    "summary": "Aurora is out",
}  # fmt: skip
ALERT = {
    "name": "ProviderOutage", "state": "firing", "severity": "critical", "starts_at": 880.0, "incident": "i1",
    "summary": "Aurora is out",
}  # fmt: skip


def test_devices_are_a_table_with_ages_by_the_monitors_own_clock(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device("a"), device("b", maintenance=True, last_seen=None)]
    ended = type_in("devices", "--url", page.url)
    assert ended.code == 0
    head, first, second = ended.out.splitlines()
    assert head.split()[:3] == ["Device", "Status", "For"]
    assert "acme/a" in first
    assert "10 min" in first, "1000 - 400 s"
    assert "15 min" in first, "1000 - 100 s"
    assert "offline (maintenance)" in second


def test_devices_as_json_are_what_the_monitor_said(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device("a"), device("b")]
    ended = type_in("devices", "--url", page.url, "--format", "json")
    assert json.loads(ended.out) == [device("a"), device("b")]


def test_filters_are_passed_on_and_those_not_given_are_left_out(type_in: Type, page: Page) -> None:
    page.lists["devices"] = []
    ended = type_in(
        *("devices", "--url", page.url, "-s", "late", "-s", "offline", "--kind", "feeder", "--provider", "aurora"),
        *("--tenant", "acme", "--region", "eu", "--site", "s1", "--parent", "gw", "--search", "f-1"),
    )
    assert ended.out == "No device matches.\n"
    path, query = page.asked[0]
    assert path == "/api/v1/devices"
    assert query == {
        "status": ["late", "offline"], "kind": ["feeder"], "provider": ["aurora"], "tenant": ["acme"],
        "region": ["eu"], "site": ["s1"], "parent": ["gw"], "q": ["f-1"], "limit": ["100"],
    }  # fmt: skip


def test_a_long_list_is_fetched_page_by_page(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device(f"d{number}") for number in range(1200)]
    ended = type_in("devices", "--url", page.url, "--limit", "1100", "--format", "json")
    assert [row["id"] for row in json.loads(ended.out)] == [f"acme/d{number}" for number in range(1100)]
    assert [query["limit"] for _, query in page.asked] == [["500"], ["500"], ["100"]]


def test_a_list_that_was_cut_says_so(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device("a"), device("b")]
    ended = type_in("devices", "--url", page.url, "--limit", "1")
    assert "acme/b" not in ended.out
    assert "Only the first 1 are shown" in ended.err


def test_what_a_device_calls_itself_is_not_taken_for_markup(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device("a", site="[bold]s1[/]")]
    assert "[bold]s1[/]" in type_in("devices", "--url", page.url).out


def test_a_status_that_does_not_exist_is_refused_with_those_that_do(type_in: Type) -> None:
    ended = type_in("devices", "--status", "gone")
    assert ended.code == 2
    assert "gone is not a status; it may be new, online, late, offline, sleeping" in ended.err


def test_a_pseudonym_is_led_back_with_the_key_that_is_kept_here(type_in: Type, page: Page) -> None:
    page.lists["devices"] = [device("a"), device("b")]
    key = "a key that is long enough"
    known = Pseudonyms(key.encode()).of_device("acme/b")
    env = {"HEARTHBEAT_EGRESS__PSEUDONYM_KEY": key}
    ended = type_in("devices", "--url", page.url, "--pseudonym", known, "--format", "json", env=env)
    assert [row["id"] for row in json.loads(ended.out)] == ["acme/b"]
    ended = type_in("devices", "--url", page.url, "--pseudonym", "p-0", env=env)
    assert (ended.code, ended.err) == (1, "No device is known as p-0 with this key.\n")


def test_incidents_are_a_table(type_in: Type, page: Page) -> None:
    over = {**INCIDENT, "id": "i0", "state": "resolved", "resolved_at": 1300.0, "scope": {}}
    page.lists["incidents"] = [INCIDENT, over]
    ended = type_in("incidents", "--url", page.url, "--state", "all", "--tenant", "acme")
    _, first, second = ended.out.splitlines()
    for part in ("i1", "open", "provider=aurora", "1970-01-01 00:11:40Z", "5 min", "38 of 40", "97 %", "Aurora is out"):
        assert part in first
    for part in ("i0", "resolved", "whole fleet", "10 min"):
        assert part in second
    assert page.asked[0][1] == {"state": ["all"], "kind": ["outage"], "tenant": ["acme"], "limit": ["50"]}


def test_alerts_are_a_table_of_those_that_fire(type_in: Type, page: Page) -> None:
    page.lists["alerts"] = [ALERT]
    ended = type_in("alerts", "--url", page.url, "--severity", "critical", "--name", "ProviderOutage")
    for part in ("ProviderOutage", "firing", "critical", "2 min", "i1", "Aurora is out"):
        assert part in ended.out
    assert page.asked[0][1] == {
        "state": ["firing"], "severity": ["critical"], "name": ["ProviderOutage"], "limit": ["50"],
    }  # fmt: skip


@pytest.mark.parametrize("command", ["incidents", "alerts"])
def test_lists_come_as_json_too(type_in: Type, page: Page, command: str) -> None:
    page.lists[command] = [{"id": "x"}]
    assert json.loads(type_in(command, "--url", page.url, "-f", "json").out) == [{"id": "x"}]


@pytest.mark.parametrize(
    ("command", "state", "said"),
    [
        ("incidents", "open", "No incident is open."),
        ("incidents", "all", "There was no incident."),
        ("alerts", "firing", "No alert is firing."),
        ("alerts", "resolved", "No alert matches."),
        ("devices", "", "No device is known yet."),
    ],
)
def test_nothing_is_said_in_words(type_in: Type, page: Page, command: str, state: str, said: str) -> None:
    page.lists[command] = []
    options = ["--state", state] if state else []
    assert type_in(command, "--url", page.url, *options).out == f"{said}\n"


def test_a_monitor_that_is_not_there_is_named_with_what_to_do(type_in: Type) -> None:
    ended = type_in("devices", "--url", "http://127.0.0.1:1")
    assert ended.code == 1
    assert ended.err.startswith("No Hearthbeat answers at http://127.0.0.1:1 (")
    assert "Start one with `hearthbeat run`, or name another with --url." in ended.err


def test_something_else_that_answers_is_called_so(type_in: Type, page: Page) -> None:
    page.body = b"<html>Welcome to your router</html>"
    ended = type_in("devices", "--url", page.url)
    assert (ended.code, ended.err) == (1, f"What answers at {page.url} is not Hearthbeat; name its page with --url.\n")


def test_a_guarded_page_asks_for_the_token_and_takes_it_from_the_environment(type_in: Type, page: Page) -> None:
    page.lists["devices"], page.token = [], "correct-horse-battery"
    ended = type_in("devices", "--url", page.url)
    assert ended.code == 1
    assert "put it into the environment as HEARTHBEAT_WEB__TOKEN" in ended.err
    assert type_in("devices", "--url", page.url, env={"HEARTHBEAT_WEB__TOKEN": page.token}).code == 0


@pytest.mark.parametrize(("status", "code"), [(422, 2), (503, 1)])
def test_a_refusal_is_passed_on_in_its_own_words(type_in: Type, page: Page, status: int, code: int) -> None:
    page.status, page.body = status, b'{"detail": "limit must be smaller"}'
    ended = type_in("alerts", "--url", page.url)
    assert ended.code == code
    assert "limit must be smaller" in ended.err


def test_without_a_url_the_configuration_tells_where_the_page_is(type_in: Type, page: Page) -> None:
    page.lists["devices"] = []
    listen = page.url.removeprefix("http://")
    assert type_in("devices", env={"HEARTHBEAT_WEB__LISTEN": listen}).code == 0
    assert type_in("devices", env={"HEARTHBEAT_URL": page.url}).code == 0


def test_any_free_port_cannot_be_asked(type_in: Type) -> None:
    ended = type_in("devices", env={"HEARTHBEAT_WEB__LISTEN": "127.0.0.1:0"})
    assert ended.code == 2
    assert "name the one that was found with --url" in ended.err
