"""The browser that the tests of the pages rely on."""

from __future__ import annotations

from playwright.async_api import Page


async def test_a_real_browser_shows_text_and_runs_scripts(page: Page) -> None:
    await page.set_content("<h1>Fleet</h1><script>document.querySelector('h1').append(' of ' + 6 * 7)</script>")
    assert await page.text_content("h1") == "Fleet of 42"
