"""Runbooks as pages."""

from __future__ import annotations

import re

import pytest

from monitor.web import runbooks
from monitor.web.markdown import to_html
from tests.asking import ask, web_state


async def test_every_runbook_that_is_listed_can_be_read() -> None:
    state = web_state()
    listing = (await ask(state, "/runbooks")).text
    for name in runbooks.names():
        assert f'href="/runbooks/{name}"' in listing
        assert (await ask(state, f"/runbooks/{name}")).status_code == 200


async def test_every_link_from_one_runbook_to_another_can_be_followed() -> None:
    pages = [str(runbooks.as_html(name)) for name in runbooks.names()]
    links = {link for page in pages for link in re.findall(r'href="([^":/]+)"', page)}
    assert "ProviderOutage.md" in links
    state = web_state()
    for link in links:
        assert (await ask(state, f"/runbooks/{link}")).status_code == 200, link


@pytest.mark.parametrize("name", ["Nothing", "..%2F..%2FREADME", "README.md", "a" * 65, "%00"])
async def test_a_name_that_is_no_runbook_leads_nowhere(name: str) -> None:
    assert (await ask(web_state(), f"/runbooks/{name}")).status_code == 404


def test_markdown_becomes_html_and_html_in_it_stays_text() -> None:
    html = to_html(
        "# Title\n\n| a | b |\n|---|---|\n| 1 | `x` |\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))"
    )
    assert "<h1>Title</h1>" in html
    assert "<td><code>x</code></td>" in html
    assert "<script>" not in html
    assert 'href="javascript' not in html
