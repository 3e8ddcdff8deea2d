"""What commands have in common by which people act: who acts, until when, for how long."""

import getpass
import re
from datetime import UTC, datetime
from typing import Annotated

import typer

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

OperatorOption = Annotated[
    str,
    typer.Option(
        "--operator",
        envvar="HEARTHBEAT_OPERATOR",
        metavar="NAME",
        help="Who does it; if left out, who is logged in here.",
    ),
]


def who(given: str) -> str:
    """The name under which somebody acts."""
    return given or getpass.getuser()


def span(text: str) -> float:
    """A length of time as people write it: 90s, 45m, 2h30m, 3d; in seconds. Raises typer.BadParameter."""
    parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise typer.BadParameter(f"{text!r} is no length of time; write it as in 90s, 45m, 2h30m or 3d")
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def moment(text: str) -> float:
    """A moment as in 2026-03-29T01:30Z or 2026-03-29T02:30+01:00, Unix seconds; UTC where nothing else is said."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write it as in 2026-03-29T01:30Z") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
