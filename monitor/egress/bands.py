"""Exact values as bands: enough to act on, too little to tell when somebody is at home."""

from collections.abc import Mapping

COLD = (0.0, 5.0, 7.0, 10.0, 15.0)
WARM = (25.0, 30.0, 35.0, 40.0)
"""Degrees Celsius; a room between the two is neither."""
SHARES = (5.0, 10.0, 25.0, 50.0)
"""Per cent."""
WORDS = {"temperature_c": "temperature", "hopper_pct": "hopper"}


def bands(readings: Mapping[str, float]) -> str:
    """Readings for those who may not know them exactly: `temperature below 7 °C`. What has no band is left out."""
    told = {"temperature_c": _temperature, "hopper_pct": _share}
    return ", ".join(f"{WORDS[name]} {told[name](value)}" for name, value in sorted(readings.items()) if name in told)


def _temperature(celsius: float) -> str:
    if celsius < COLD[-1]:
        return f"below {next(edge for edge in COLD if celsius < edge):g} °C"
    if celsius < WARM[0]:
        return f"between {COLD[-1]:g} and {WARM[0]:g} °C"
    return f"above {max(edge for edge in WARM if celsius >= edge):g} °C"


def _share(per_cent: float) -> str:
    if per_cent >= SHARES[-1]:
        return f"above {SHARES[-1]:g} %"
    return f"below {next(edge for edge in SHARES if per_cent < edge):g} %"
