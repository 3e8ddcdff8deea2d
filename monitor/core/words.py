"""Numbers and moments as people say them."""

from datetime import UTC, datetime, tzinfo
from math import floor

NEARLY_CERTAIN = 0.9999
"""Nothing is called surer than this."""


def spell(seconds: float) -> str:
    """A duration as people say it: 45 s, 2 min 30 s, 3 h 20 min, 2 d 4 h."""
    whole = round(seconds)
    for unit, size, smaller, smaller_size in (("d", 86_400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if whole >= size:
            rest = whole % size // smaller_size
            return f"{whole // size} {unit} {rest} {smaller}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: 1 device, 3,120 devices."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def share(part: int, whole: int) -> str:
    """A share in per cent that never rounds something to nothing or most to all: 12 %, 0.4 %, under 0.1 %."""
    if whole <= 0 or part in (0, whole):
        return "0 %" if part == 0 or whole <= 0 else "100 %"
    per_cent = 100 * part / whole
    if 1 <= per_cent <= 99:  # noqa: PLR2004 -- per cent
        return f"{per_cent:.0f} %"
    if per_cent < 0.1:  # noqa: PLR2004 -- per cent
        return "under 0.1 %"
    return "over 99.9 %" if per_cent > 99.9 else f"{per_cent:.1f} %"  # noqa: PLR2004 -- per cent


def certainty(probability: float) -> str:
    """A probability in per cent that is never rounded up to certainty: 97 %, 99.97 %, at least 99.99 %."""
    if probability >= NEARLY_CERTAIN:
        return f"at least {100 * NEARLY_CERTAIN:g} %"
    return f"{floor(probability * 10_000 + 1e-6) / 100:g} %"


def moment(at: float, now: float) -> str:
    """A moment in UTC; the date only where it is not that of `now`."""
    written = datetime.fromtimestamp(at, UTC)
    same_day = written.date() == datetime.fromtimestamp(now, UTC).date()
    return written.strftime("%H:%M:%S UTC" if same_day else "%Y-%m-%d %H:%M:%S UTC")


def sentence(text: str) -> str:
    """The text with a capital at its beginning and a stop at its end; empty stays empty."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def clock(at: float, now: float, zone: tzinfo) -> str:
    """A moment as the clock on a wall of this zone shows it; the date only where it is not that of `now`."""
    written = datetime.fromtimestamp(at, zone)
    same_day = written.date() == datetime.fromtimestamp(now, zone).date()
    return written.strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M")
