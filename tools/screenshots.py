"""Pictures of the pages as a browser draws them, for looking at and for the README.

    python -m tools.screenshots FOLDER    each page in light and dark, on a desk and on a phone

It shows a simulated fleet, judged by the real engine; nothing but the loopback address is listened on or asked.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright
from pydantic import SecretStr

from monitor.web.app import create_app
from monitor.web.server import bind, serve
from monitor.web.settings import WebSettings
from tools.real_parts import obtain
from tools.staged import Staged, staged

DESK: ViewportSize = {"width": 1360, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
COVER_HEIGHT = 1780
TOKEN = "a-token-for-pictures"  # noqa: S105 -- of pages that last a minute
SETTINGS = WebSettings(listen="127.0.0.1:0", token=SecretStr(TOKEN), read_open=True)
CALM_HOURS, BLIND_HOURS, OUTAGE_HOURS = 1.4, 4.2, 8.0


@asynccontextmanager
async def shown(day: Staged) -> AsyncIterator[str]:
    """The pages of this day, at an address of their own."""
    listener = bind(SETTINGS)
    serving = asyncio.ensure_future(serve(create_app(day.state(SETTINGS)), listener))
    try:
        yield listener.url
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def pictures(browser: Browser, url: str, paths: dict[str, str], folder: Path) -> None:
    """Each path in light, dark and on a phone, as somebody who is logged in sees it."""
    for suffix, phone, dark in (("", False, False), ("-dark", False, True), ("-phone", True, False)):
        context = await browser.new_context(
            viewport=PHONE if phone else DESK,
            color_scheme="dark" if dark else "light",
            device_scale_factor=2 if phone else 1,
        )
        page = await context.new_page()
        await page.goto(f"{url}/login")
        await page.screenshot(path=folder / f"login{suffix}.png")
        await page.get_by_label("Your name").fill("Night shift")
        await page.get_by_label("Token").fill(TOKEN)
        await page.get_by_role("button", name="Log in").click()
        for name, path in paths.items():
            await page.goto(f"{url}{path}", wait_until="load")
            if path == "/":
                await page.wait_for_selector("[data-live=on]")
            await page.screenshot(path=folder / f"{name}{suffix}.png", full_page=True)
        await context.close()


async def cover(browser: Browser, url: str, file: Path) -> None:
    """The upper part of the first page, for the README."""
    page = await browser.new_page(viewport={"width": DESK["width"], "height": COVER_HEIGHT})
    await page.goto(url)
    await page.wait_for_selector("[data-live=on]")
    await page.screenshot(path=file)
    await page.close()


def struck_paths(day: Staged) -> dict[str, str]:
    """The pages worth a picture during the outage."""
    incident = next(iter(day.engine.incidents))
    risks = day.engine.welfare.risks(day.now)
    feeder = next(risk.device for risk in risks if risk.kind == "feeder")
    room = next(risk.device for risk in risks if risk.kind == "thermostat")
    silent = next(each.id for each in day.engine.fleet if day.engine.cover(each)[0] == "incident")
    return {
        "outage": "/",
        "incident": f"/incidents/{incident}",
        "feeder": f"/devices/{feeder}",
        "room": f"/devices/{room}",
        "silent": f"/devices/{silent}",
        "devices": "/devices?status=offline",
        "incidents": "/incidents",
        "quiet": "/quiet",
        "runbooks": "/runbooks",
        "api": "/api",
    }


async def main(folder: Path, only: Sequence[str]) -> None:
    """Draw everything into a folder, or only some of the days."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=obtain("chromium"), args=["--no-sandbox"])
        for name, hours in (("calm", CALM_HOURS), ("blind", BLIND_HOURS), ("outage", OUTAGE_HOURS)):
            if only and name not in only:
                continue
            day = await staged(hours)
            async with shown(day) as url:
                paths = struck_paths(day) if name == "outage" else {name: "/"}
                await pictures(browser, url, paths, folder)
                if name == "outage":
                    await cover(browser, url, folder / "fleet.png")
        await browser.close()
    print(f"pictures are in {folder}")


if __name__ == "__main__":
    if len(sys.argv) < 2:  # noqa: PLR2004
        sys.exit("usage: python -m tools.screenshots FOLDER [calm] [blind] [outage]")
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
