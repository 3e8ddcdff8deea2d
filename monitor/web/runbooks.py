"""The runbook of each alert: Markdown from the project, shown as HTML."""

import re
from pathlib import Path

from markupsafe import Markup

from monitor.web.markdown import to_html

# In an installed package the runbooks lie beside the rooms; in a checkout, with the other documents.
FOLDERS = (Path(__file__).parents[1] / "runbooks", Path(__file__).parents[2] / "docs" / "runbooks")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")


def names() -> list[str]:
    """The alerts that have a runbook."""
    return sorted({file.stem for folder in FOLDERS for file in folder.glob("*.md") if _NAME.fullmatch(file.stem)})


def as_html(name: str) -> Markup | None:
    """One runbook, or None if there is none of this name; runbooks link each other by file, with `.md`."""
    name = name.removesuffix(".md")
    if not _NAME.fullmatch(name):
        return None
    file = next((folder / f"{name}.md" for folder in FOLDERS if (folder / f"{name}.md").is_file()), None)
    return None if file is None else to_html(file.read_text(encoding="utf-8"))
