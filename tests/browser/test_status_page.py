"""The public page in a real browser: without scripts, on a telephone, in the dark, by keyboard, and to itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from monitor.core.publication.bulletins import Draft, Plan
from monitor.web.public.app import create_public_app
from monitor.web.public.state import PublicState, Seat
from monitor.web.server import bind, serve
from monitor.web.settings import WebSettings
from tests.browser.shown import healthy_fleet, state
from tests.provider_outage import Outage, public_state
from tests.timeline import START

pytestmark = pytest.mark.browser
CONTRAST = """() => {
  const light = (colour) => {
    const parts = colour.match(/[\\d.]+/g).map(Number);
    const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    const [r, g, b] = parts.slice(0, 3).map((v) => linear(v / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const worst = [];
  const texts = "h1, h2, h3, p, a, small, legend, label, .status, time, strong, em";
  for (const element of document.querySelectorAll(texts)) {
    if (!element.textContent.trim() || element.closest(".skip")) continue;
    const [front, back] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    const ratio = (front + 0.05) / (back + 0.05);
    if (ratio < 4.5) worst.push(`${element.tagName} ${element.className} ${ratio.toFixed(2)}`);
  }
  return worst;
}"""
"""Text that has too little contrast to be read by everybody, as WCAG 2.2 counts it."""


class AnySeat:
    """Stands where sign-ups are taken."""

    async def sign_up(self, address: str, components: object, *, client: str) -> str:
        return "" if "@" in address and components is not None and client else "This is no e-mail address."

    async def seat(self, _token: str) -> Seat | None:
        return Seat("email", (), confirmed=True)

    confirm = seat

    async def choose(self, token: str, components: object) -> Seat | None:
        return await self.seat(f"{token}{components}")

    async def leave(self, token: str) -> bool:
        return bool(token)


def troubled() -> PublicState:
    """An outage of which was spoken, planned work, and something that is over."""
    outage = Outage().opened().publish()
    outage.publish("old", Draft("The app was slow", "resolved", "It is over. Nothing needs to be done."))
    plan = Plan(START + 90_000, START + 93_600)
    outage.publish("work", Draft("New servers for the app", "scheduled", "Scheduled meals go on.", plan=plan))
    public = public_state(outage.at("20m"), contact="the help page of the app")
    public.sign_ups = AnySeat()
    return public


@asynccontextmanager
async def showing(public: PublicState) -> AsyncIterator[str]:
    listener = bind(WebSettings(listen="127.0.0.1:0"))
    serving = asyncio.ensure_future(serve(create_public_app(state(healthy_fleet()), public), listener))
    try:
        yield listener.url
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        listener.socket.close()


async def test_an_owner_reads_first_whether_the_animal_is_fed_and_what_to_do(page: Page) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    async with showing(troubled()) as url:
        await page.goto(f"{url}/status")
        await expect(page.get_by_role("heading", level=1)).to_have_text(
            "Some things do not work. Scheduled meals cannot be confirmed; feeding from the app does not work."
        )
        await expect(page.get_by_text("do not switch the feeder off")).to_be_visible()
        await expect(page.get_by_text("Next update by").first).to_be_visible()
        bars = page.get_by_role("img", name="Scheduled feeding, last 90 days").first
        await expect(bars).to_be_visible()
        assert await bars.locator("rect title").text_content() == "14 November 2023: impaired, 0 h 8 min of trouble"
        shapes = [await bars.locator(kind).get_attribute("d") for kind in (".unwatched", ".operational")]
        assert sum(str(shape).count("M") for shape in shapes) == 89
        assert await page.evaluate("document.cookie") == ""
        assert hosts == {urlsplit(url).netloc}, "nobody else learns who looks"


PAGES = ("/status", "/status/history", "/status/subscribe", "/status/incidents/3fa2c9", "/status/subscription/t")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_a_telephone_and_can_be_read_by_day_and_by_night(
    browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    context = await browser.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)
    page = await context.new_page()
    async with showing(troubled()) as url:
        for path in PAGES:
            await page.goto(f"{url}{path}")
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path
            assert await page.evaluate(CONTRAST) == [], path
            assert await page.locator("h1").count() == 1
            assert await page.locator("html[lang], main, header, footer").count() == 4
        await page.evaluate(
            "document.querySelector('h1').style.color = getComputedStyle(document.body).backgroundColor"
        )
        assert await page.evaluate(CONTRAST) != [], "what cannot be read is found"
    await context.close()


async def test_all_of_it_works_without_scripts_and_by_keyboard_alone(browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    async with showing(troubled()) as url:
        await page.goto(f"{url}/status")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        await page.get_by_role("link", name="Get updates").focus()
        await page.keyboard.press("Enter")
        await page.get_by_label("E-mail address").fill("ann@example.org")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
        await page.goto(f"{url}/status/confirm/t")
        await page.get_by_role("button", name="Yes, send me updates").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed")
        await page.goto(f"{url}/status/subscription/t")
        await page.get_by_label("Scheduled feeding").first.check()
        await page.get_by_role("button", name="Keep this choice").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Your choice is kept")
        await page.goto(f"{url}/status/unsubscribe/t")
        await page.get_by_role("button", name="Unsubscribe").press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    await context.close()
