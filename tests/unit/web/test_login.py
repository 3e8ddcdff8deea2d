"""Logging in: who gets a session, what it is worth, and that no other site can use it."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from monitor.web.app import create_app
from monitor.web.sessions import Doorman, Sessions
from monitor.web.state import WebState
from tests.asking import TOKEN, ask, web_state, with_token
from tests.small_fleet import NOW, ShownEngine, device

HTML = {"Accept": "text/html"}


def browser(state: WebState | None = None, base: str = "http://127.0.0.1") -> httpx.AsyncClient:
    """What keeps cookies and asks for pages."""
    transport = httpx.ASGITransport(create_app(state or web_state(settings=with_token())), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=base, headers=HTML)


async def log_in(client: httpx.AsyncClient, token: str = TOKEN, name: str = "Ada", **fields: str) -> httpx.Response:
    return await client.post("/login", data={"token": token, "name": name, **fields})


def form_secret(html: str) -> str:
    found = re.search(r'name="form_secret" value="([0-9a-f]+)"', html)
    assert found is not None
    return found[1]


async def test_a_person_without_a_session_is_led_to_the_log_in_and_back() -> None:
    async with browser() as client:
        led = await client.get("/devices?kind=feeder")
        assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Fdevices%3Fkind%3Dfeeder")
        form = await client.get(led.headers["location"])
        assert 'value="/devices?kind=feeder"' in form.text
        entered = await log_in(client, next="/devices?kind=feeder")
        assert (entered.status_code, entered.headers["location"]) == (303, "/devices?kind=feeder")
        page = await client.get("/devices?kind=feeder")
        assert page.status_code == 200
        assert "Ada" in page.text
        assert (await client.get("/login?next=/devices")).headers["location"] == "/devices"


async def test_the_cookie_is_kept_from_scripts_and_other_sites() -> None:
    async with browser() as client:
        cookie = (await log_in(client)).headers["set-cookie"]
    assert cookie.startswith("hearthbeat=")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie


PROXIED = {"X-Forwarded-Proto": "https"}


@pytest.mark.parametrize(("base", "headers"), [("https://h.example", {}), ("http://h.example", PROXIED)])
async def test_over_https_the_cookie_is_bound_to_it(base: str, headers: dict[str, str]) -> None:
    async with browser(base=base) as client:
        client.headers.update(headers)
        cookie = (await log_in(client)).headers["set-cookie"]
    assert cookie.startswith("__Host-hearthbeat=")
    assert "Secure" in cookie


@pytest.mark.parametrize(
    ("token", "name", "status", "told"),
    [
        ("wrong-wrong-wrong", "Ada", 403, "not the token"),
        ("", "Ada", 403, "not the token"),
        (TOKEN, " ", 422, "give your name"),
        (TOKEN, "A" * 61, 422, "up to 60 characters"),
        (TOKEN, "A\u202eB", 422, "give your name"),
    ],
)
async def test_whoever_does_not_know_the_token_or_has_no_name_is_told_so(
    token: str, name: str, status: int, told: str
) -> None:
    async with browser() as client:
        answer = await log_in(client, token, name)
    assert answer.status_code == status
    assert told in answer.text
    assert "set-cookie" not in answer.headers


async def test_guessing_tokens_is_slowed_down() -> None:
    async with browser() as client:
        for _ in range(10):
            await log_in(client, "wrong-wrong-wrong")
        assert (await log_in(client)).status_code == 429
    doorman = Doorman()
    for _ in range(20):
        doorman.note_wrong("a", NOW)
    assert not doorman.lets_try("a", NOW + 59)
    assert doorman.lets_try("a", NOW + 61)
    assert doorman.lets_try("b", NOW)


@pytest.mark.parametrize("address", ["//evil.example", "https://evil.example", "/\\evil.example", "/logout", "/a\nb"])
async def test_nobody_is_sent_elsewhere_after_logging_in(address: str) -> None:
    async with browser() as client:
        assert (await log_in(client, next=address)).headers["location"] == "/"


async def test_a_form_of_another_site_is_refused() -> None:
    async with browser() as client:
        client.headers["sec-fetch-site"] = "cross-site"
        assert (await log_in(client)).status_code == 403


async def test_logging_out_needs_our_own_form_and_ends_the_session_everywhere() -> None:
    async with browser() as client:
        await log_in(client)
        copy = dict(client.cookies)
        secret = form_secret((await client.get("/")).text)
        assert (await client.post("/logout", data={"form_secret": ""})).status_code == 403
        assert (await client.post("/logout", json={"form_secret": secret})).status_code == 415
        assert (await client.get("/")).status_code == 200
        assert (await client.post("/logout", data={"form_secret": secret})).headers["location"] == "/"
        client.cookies.update(copy)
        assert (await client.get("/")).status_code == 303
        assert (await client.post("/logout", data={"form_secret": secret})).status_code == 401


async def test_a_form_that_is_no_form_is_refused() -> None:
    async with browser() as client:
        await log_in(client)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert (await client.post("/logout", content=b"a=" + b"x" * 40_000, headers=form)).status_code == 413
        assert (await client.post("/logout", content=b"a=\xff", headers=form)).status_code == 422
        assert (await client.post("/logout", content=b"&".join([b"a=1"] * 60), headers=form)).status_code == 422


async def test_a_session_ends_in_time_and_with_its_token() -> None:
    now = [NOW]
    state = replace(web_state(settings=with_token()), now=lambda: now[0])
    async with browser(state) as client:
        await log_in(client)
        now[0] += 12 * 3600 - 1
        assert (await client.get("/")).status_code == 200
        now[0] += 2
        assert (await client.get("/")).status_code == 303
    cookie = Sessions("one-token-of-two", 1.0).begin("Ada", NOW)
    kept = Sessions("one-token-of-two", 1.0).read(cookie, NOW)
    assert kept is not None, "a restart ends no session"
    assert kept.author == "Ada"
    assert Sessions("another-token-here", 1.0).read(cookie, NOW) is None
    assert Sessions(None, 1.0).read(cookie, NOW) is None
    with pytest.raises(ValueError, match="no token"):
        Sessions(None, 1.0).begin("Ada", NOW)


@pytest.mark.parametrize("cookie", ["x", "x.y", ".", "bm90IGpzb24.00", ""])
async def test_a_cookie_that_we_did_not_make_is_worth_nothing(cookie: str) -> None:
    state = web_state(settings=with_token())
    assert (await ask(state, "/api/v1/fleet", headers={"Cookie": f"hearthbeat={cookie}"})).status_code == 401


async def test_a_session_reads_the_api_and_changes_nothing_there() -> None:
    engine = ShownEngine()
    device(engine.fleet, "acme/f1")
    async with browser(web_state(engine, settings=with_token())) as client:
        await log_in(client)
        assert (await client.get("/api/v1/fleet")).status_code == 200
        refused = await client.post("/api/v1/devices/acme/f1/maintenance", json={"on": True})
        assert refused.status_code == 401


async def test_without_a_token_nobody_can_log_in_and_the_page_says_why() -> None:
    async with browser(web_state()) as client:
        assert "This monitor has no token" in (await client.get("/login")).text
        assert "set-cookie" not in (await log_in(client, "", "Ada")).headers
