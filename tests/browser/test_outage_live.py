"""An outage as people live through it: a real daemon, a real broker, a real browser on a desk and on a phone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.browser.accessibility import faults_of
from tests.browser.watching import Watched
from tests.e2e.daemon import Devices, RealMonitor
from tests.programs import RealMosquitto
from tests.waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto]

TOKEN = "a-token-for-the-browser"
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
AURORA = [f"acme/aurora-{number}" for number in range(12)]
BOREAL = [f"acme/boreal-{number}" for number in range(12)]
PATIENT = 30_000


@pytest.fixture
def devices(mosquitto_path: Path, tmp_path: Path) -> Iterator[tuple[Devices, RealMosquitto]]:
    with RealMosquitto(mosquitto_path, tmp_path) as broker, Devices(broker.port) as devices:
        for device in AURORA + BOREAL:
            provider = device.partition("/")[2].partition("-")[0]
            devices.describe(device, provider=provider, region="us-east", site=f"site-{device[-1]}")
        devices.alive |= {*AURORA, *BOREAL}
        yield devices, broker


@asynccontextmanager
async def opened(browser: Browser, seen: Watched, size: ViewportSize, *, dark: bool = False) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=size, color_scheme="dark" if dark else "light")
    page = await context.new_page()
    seen.watch(page)
    yield page
    await context.close()


async def test_an_outage_is_seen_without_reloading_and_acknowledged_from_a_phone(
    browser: Browser, devices: tuple[Devices, RealMosquitto], tmp_path: Path
) -> None:
    fleet, broker = devices
    seen = Watched()
    with RealMonitor(tmp_path, broker.port, web={"token": TOKEN, "read_open": True}) as monitor:
        await asyncio.to_thread(
            wait_for, lambda: monitor.get("/api/v1/fleet")["statuses"].get("online", 0) == 24, "all are heard"
        )
        async with opened(browser, seen, DESK) as desk, opened(browser, seen, PHONE, dark=True) as phone:
            await desk.goto(monitor.url)
            await expect(desk.locator("h1")).to_have_text("All 24 devices are accounted for.")
            await expect(desk.locator("#live")).to_have_text("Live")
            assert await faults_of(desk) == []
            fleet.alive -= set(AURORA)
            await expect(desk.locator("h1")).to_contain_text("Provider aurora is down since", timeout=PATIENT)
            await expect(desk.locator("h1")).to_contain_text("12 feeders unreachable")
            await expect(desk).to_have_title("✕ Outage · Hearthbeat")
            row = desk.locator(".matrix tbody tr").first
            await expect(row).to_contain_text("aurora")
            await expect(row).to_contain_text("100 %")
            await expect(row).to_contain_text("outage · 12 of 12")
            await expect(desk.locator(".matrix tbody tr").nth(1)).to_contain_text("0 of 12")
            assert await faults_of(desk) == []
            await seen_on_a_terminal(monitor.url)
            await acknowledged(phone, monitor.url)
            await expect(desk.locator("#incidents")).to_contain_text("by Ada")
            await desk.get_by_role("link", name="Provider aurora").click()
            await expect(desk.locator("#live")).to_have_text("Live")
            await noted(phone)
            await expect(desk.locator("#timeline")).to_contain_text("The vendor knows.")
            assert await faults_of(desk) == []
    assert seen.hosts == {f"127.0.0.1:{monitor.port}"}
    assert seen.complaints == []


async def seen_on_a_terminal(url: str) -> None:
    """The same, for people on ssh."""
    program = (sys.executable, "-m", "monitor", "watch", "--once", "--url", url)
    watching = await asyncio.create_subprocess_exec(*program, stdout=asyncio.subprocess.PIPE)
    out, _ = await watching.communicate()
    told = " ".join(out.decode().split())
    assert watching.returncode == 0
    assert "OUTAGE Provider aurora is down since" in told
    assert "provider=aurora" in told
    assert "by nobody yet" in told
    assert "aurora us-east 100% 12 of 12" in told
    assert "critical ProviderOutage" in told


async def acknowledged(phone: Page, url: str) -> None:
    """Somebody at night, in the dark, on a phone."""
    await phone.goto(url)
    await phone.locator("#incidents").get_by_role("link", name="Provider aurora").click()
    await phone.get_by_role("link", name="Log in").first.click()
    assert await faults_of(phone) == []
    await phone.get_by_label("Your name").fill("Ada")
    await phone.get_by_label("Token").fill(TOKEN)
    await phone.get_by_role("button", name="Log in").click()
    button = phone.get_by_role("button", name="Acknowledge")
    await button.wait_for()
    await phone.wait_for_load_state("load")
    box = await button.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb hits it"
    assert box["x"] + box["width"] <= PHONE["width"]
    await button.click()
    await expect(phone.get_by_text("You take care of this incident now")).to_be_visible()
    await expect(phone.locator("#facts")).to_contain_text("by Ada")
    assert await faults_of(phone) == []
    background = await phone.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in background[4:-1].split(",")) < 60, "dark at night"


async def noted(phone: Page) -> None:
    """A note, which whoever looks at the incident sees at once."""
    await phone.get_by_label("Note").fill("The vendor knows.")
    await phone.get_by_role("button", name="Add note").click()
    await expect(phone.locator("#timeline")).to_contain_text("The vendor knows.")
