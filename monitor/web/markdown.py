"""Markdown as HTML."""

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup


def to_html(markdown: str) -> Markup:
    """Markdown with tables as HTML; HTML inside it is shown as text, never interpreted."""
    return Markup(_renderer().render(markdown))  # noqa: S704 (the renderer escapes everything itself)


@cache
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")
