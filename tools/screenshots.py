"""Pictures of the pages as a browser draws them, for looking at and for the README.

    python -m tools.screenshots FOLDER    one picture for each page, in light and dark, on a desk and on a phone

It shows made-up fleets; nothing but the loopback address is listened on or asked.
"""

import asyncio
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from monitor.web.app import create_app
from monitor.web.server import bind, serve
from monitor.web.settings import WebSettings
from tests.browser.shown import blind_fleet, healthy_fleet, state, struck_fleet
from tests.small_fleet import ShownEngine
from tools.real_parts import obtain

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
ANYWHERE = WebSettings(listen="127.0.0.1:0")


async def picture(browser: Browser, url: str, file: Path, *, dark: bool = False, phone: bool = False) -> None:
    """One whole page as a PNG."""
    page = await browser.new_page(
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        color_scheme="dark" if dark else "light",
        device_scale_factor=2 if phone else 1,
    )
    await page.goto(url, wait_until="load")
    if url.endswith("/"):
        await page.wait_for_selector("[data-live=on]")
    await page.screenshot(path=file, full_page=True)
    await page.close()


async def pictures(browser: Browser, folder: Path) -> None:
    """Every picture."""
    fleets: dict[str, ShownEngine] = {"well": healthy_fleet(), "outage": struck_fleet(), "blind": blind_fleet()}
    for name, engine in fleets.items():
        listener = bind(ANYWHERE)
        serving = asyncio.ensure_future(serve(create_app(replace(state(engine), settings=ANYWHERE)), listener))
        await picture(browser, f"{listener.url}/", folder / f"{name}.png")
        await picture(browser, f"{listener.url}/", folder / f"{name}-dark.png", dark=True)
        await picture(browser, f"{listener.url}/", folder / f"{name}-phone.png", phone=True)
        if name == "outage":
            for path in ("devices?status=offline", "devices/acme/feeder-004", "incidents/a1b2c3", "runbooks", "api"):
                file = folder / f"{path.partition('?')[0].replace('/', '-')}.png"
                await picture(browser, f"{listener.url}/{path}", file)
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


async def main(folder: Path) -> None:
    """Draw everything into a folder."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=obtain("chromium"), args=["--no-sandbox"])
        await pictures(browser, folder)
        await browser.close()
    print(f"pictures are in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004
        sys.exit("usage: python -m tools.screenshots FOLDER")
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(main(Path(sys.argv[1])))
