"""Who may read, who may change things, and what browsers are told."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from monitor.web.settings import WebSettings
from tests.asking import TOKEN, Told, ask, web_state, with_token
from tests.small_fleet import ShownEngine, device

READS = (
    "/",
    "/devices",
    "/devices/acme/f1",
    "/incidents",
    "/incidents/x",
    "/incidents/x/live",
    "/quiet",
    "/updates",
    "/updates/x",
    "/runbooks",
    "/runbooks/DeviceOffline",
    "/api",
    "/live",
    "/metrics",
    "/metrics/devices",
    "/api/v1/fleet",
    "/api/v1/devices",
    "/api/v1/devices/acme/f1",
    "/api/v1/incidents",
    "/api/v1/incidents/x",
    "/api/v1/alerts",
)
OPEN = ("/healthz", "/readyz", "/static/hearthbeat.css")
MAINTENANCE = "/api/v1/devices/acme/f1/maintenance"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def login(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{token}".encode()).decode()}


@pytest.mark.parametrize("path", READS)
async def test_nothing_of_the_fleet_is_shown_without_the_token(path: str) -> None:
    response = await ask(web_state(settings=with_token()), path)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("headers", [bearer(TOKEN), {"Authorization": f"bearer  {TOKEN}"}, login(TOKEN)])
async def test_the_token_opens_the_pages_as_bearer_or_as_password(headers: dict[str, str]) -> None:
    assert (await ask(web_state(settings=with_token()), "/api/v1/fleet", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer wrong-wrong-wrong", f"Basic {TOKEN}", "Basic !!!", "Basic gICA", f"Digest {TOKEN}"]
)
async def test_anything_but_the_token_is_refused(value: str) -> None:
    response = await ask(web_state(settings=with_token()), "/api/v1/fleet", headers={"Authorization": value})
    assert response.status_code == 401


@pytest.mark.parametrize("path", OPEN)
async def test_supervisors_need_no_token(path: str) -> None:
    assert (await ask(web_state(settings=with_token()), path)).status_code == 200


async def test_reading_can_be_open_to_all_while_changes_are_not() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    state = web_state(engine, settings=with_token(read_open=True), observe=Told())
    assert (await ask(state, "/api/v1/fleet")).status_code == 200
    assert (await ask(state, MAINTENANCE, method="POST", body={"on": True})).status_code == 401


async def test_a_browsers_login_is_no_leave_to_change_things() -> None:
    told = Told()
    state = web_state(settings=with_token(), observe=told)
    response = await ask(state, MAINTENANCE, method="POST", headers=login(TOKEN), body={"on": True})
    assert response.status_code == 401
    assert told.observations == []


async def test_without_a_token_nobody_can_change_anything() -> None:
    response = await ask(web_state(observe=Told()), MAINTENANCE, method="POST", body={"on": True})
    assert response.status_code == 403
    assert "token_file" in response.json()["detail"]


async def test_the_token_can_be_kept_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    state = web_state(settings=WebSettings(token_file=file))
    assert (await ask(state, "/api/v1/fleet")).status_code == 401
    assert (await ask(state, "/api/v1/fleet", headers=bearer(TOKEN))).status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/fleet", "/nothing", "/static/live.js", "/healthz"])
async def test_every_answer_tells_browsers_to_trust_nothing_else(path: str) -> None:
    headers = (await ask(web_state(), path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
