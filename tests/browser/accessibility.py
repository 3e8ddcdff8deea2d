"""What a page must offer to people who cannot see it, see it badly, or use no mouse; looked at in the real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

FAULTS = (Path(__file__).parent / "accessibility.js").read_text()


async def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands, one line for each thing."""
    await page.wait_for_load_state("load")
    found: list[str] = await page.evaluate(FAULTS)
    return found
