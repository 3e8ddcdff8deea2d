"""A real, headless browser for the tests of the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

LOCAL_ONLY = (
    "--no-sandbox",  # tests may run as root, where Chromium's sandbox does not start
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture
async def browser(chromium_path: Path) -> AsyncIterator[Browser]:
    """A fresh browser without a past."""
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium_path, args=LOCAL_ONLY)
        yield running
        await running.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page; a script error on it fails the test."""
    errors: list[str] = []
    opened = await browser.new_page(viewport={"width": 1280, "height": 800})
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    await opened.close()
    assert errors == []
