"""Puts the revision of the source into the wheel, so that an installed program can still name it."""

import os
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class RevisionHook(BuildHookInterface):
    """Called by hatchling; a checkout needs no such file, and a source without revision gets none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add `monitor/revision.txt`."""
        here = Path(self.root)
        names: dict[str, Any] = {"__file__": str(here / "monitor" / "version.py"), "__name__": "version"}
        exec(compile((here / "monitor" / "version.py").read_text(), "version.py", "exec"), names)  # noqa: S102 -- ours
        revision = names["find_revision"](here / "monitor", os.environ)
        if version == "editable" or revision == names["UNKNOWN"]:
            return
        file = Path(tempfile.mkdtemp()) / "revision.txt"
        file.write_text(f"{revision}\n")
        build_data["force_include"][str(file)] = "monitor/revision.txt"
