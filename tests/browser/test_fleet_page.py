"""The first page in a real browser: what it shows, that it stays current by itself, and that it keeps to itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from monitor.web.app import create_app
from monitor.web.server import Listener, bind, serve
from monitor.web.settings import WebSettings
from tests.browser.accessibility import faults_of
from tests.browser.shown import healthy_fleet, state, struck_fleet
from tests.browser.watching import Watched
from tests.small_fleet import NOW, ShownEngine, outage


@dataclass
class Shown:
    """A running page and the engine behind it."""

    engine: ShownEngine
    listener: Listener
    serving: asyncio.Task[None]

    async def stop(self) -> None:
        """Stop the monitor's server; the browser is left alone."""
        self.serving.cancel()
        with suppress(asyncio.CancelledError):
            await self.serving


@asynccontextmanager
async def showing(engine: ShownEngine) -> AsyncIterator[Shown]:
    listener = bind(WebSettings(listen="127.0.0.1:0"))
    running = Shown(engine, listener, asyncio.ensure_future(serve(create_app(state(engine)), listener)))
    try:
        yield running
    finally:
        await running.stop()
        listener.socket.close()


@pytest.fixture
async def shown() -> AsyncIterator[Shown]:
    async with showing(healthy_fleet()) as running:
        yield running


async def test_the_page_shows_the_fleet_and_follows_it_by_itself(page: Page, shown: Shown) -> None:
    watched = Watched()
    watched.watch(page)
    await page.goto(shown.listener.url)
    await expect(page.locator("h1")).to_have_text("All 300 devices are accounted for.")
    await expect(page.locator("#live")).to_have_text("Live")
    shown.engine.incidents["a1b2c3"] = outage()
    device = shown.engine.fleet.devices["acme/feeder-004"]
    device.last_seen = NOW - 5400
    shown.engine.fleet.set_status(device, "offline")
    await expect(page.locator("h1")).to_have_text(
        "Provider aurora is down since 14:07 UTC: 117 of 120 devices silent (98 %)."
    )
    await expect(page).to_have_title("✕ Outage · Hearthbeat")
    await expect(page.locator("#devices tbody tr")).to_have_count(1)
    await expect(page.locator("#devices time")).to_have_text("1 h 30 min ago")
    shown.engine.blind["link"] = NOW - 60
    await expect(page.locator("h1")).to_contain_text("Blind since 14:12 UTC")
    assert watched.hosts == {f"127.0.0.1:{shown.listener.port}"}
    assert watched.complaints == []


async def test_a_page_that_lost_the_monitor_says_that_it_is_old(page: Page, shown: Shown) -> None:
    await page.goto(shown.listener.url)
    await expect(page.locator("#live")).to_have_text("Live")
    await shown.stop()
    await expect(page.locator("#live")).to_contain_text("What you see is old", timeout=20_000)


async def test_the_page_says_the_same_without_scripts(browser: Browser, shown: Shown) -> None:
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto(shown.listener.url)
    await expect(plain.locator("h1")).to_have_text("All 300 devices are accounted for.")
    await expect(plain.locator("#vitals time")).to_contain_text("UTC")
    assert await plain.locator("meta[http-equiv=refresh]").count() == 1
    await context.close()


STICKS_OUT = """() => [...document.querySelectorAll("main *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1)
    .map(each => each.outerHTML.slice(0, 80))"""


DEVICE, INCIDENT = "/devices/acme/feeder-004", "/incidents/a1b2c3"
PATHS = ("/", "/devices", DEVICE, "/incidents", INCIDENT, "/quiet", "/runbooks", "/api", "/login")


@pytest.mark.parametrize("width", [320, 1280])
async def test_every_page_fits_its_screen_and_serves_whoever_cannot_see_it(browser: Browser, width: int) -> None:
    dark = "dark" if width == 320 else "light"
    narrow = await browser.new_page(viewport={"width": width, "height": 800}, color_scheme=dark)  # type: ignore[arg-type]
    async with showing(struck_fleet()) as struck:
        for path in PATHS:
            await narrow.goto(f"{struck.listener.url}{path}")
            assert await narrow.evaluate(STICKS_OUT) == [], path
            assert await faults_of(narrow) == [], path
    await narrow.close()


async def test_a_person_finds_a_device_and_what_is_expected_of_it(page: Page, shown: Shown) -> None:
    watched = Watched()
    watched.watch(page)
    await page.goto(f"{shown.listener.url}/devices")
    await page.get_by_label("Id contains").fill("thermostat-01")
    await page.get_by_role("button", name="Show").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await page.get_by_role("link", name="acme/thermostat-015").click()
    await expect(page.locator("h1")).to_contain_text("thermostat-015")
    await expect(page.get_by_text("A heartbeat every 1 min")).to_be_visible()
    assert watched.complaints == []
