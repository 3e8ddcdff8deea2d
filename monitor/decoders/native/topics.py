"""Topics: `fleet/v1/{tenant}/{device}/{channel}`. The topic alone says who speaks."""

import re

from monitor.decoders.protocol import Decoded, Rejected, Speaker

PREFIX = "fleet/v1/"
CHANNELS = ("status", "info", "heartbeat", "telemetry", "event", "schedule")
MONITOR = "_monitor"

_ID = r"[a-z0-9][a-z0-9-]{0,63}"
_TOPIC = re.compile(rf"{PREFIX}({_ID}/{_ID})/({'|'.join(CHANNELS)})")
_LEVELS = ("tenant", "device", "channel")


def speaker_of(topic: str) -> Speaker | None:
    """Who speaks on a topic; None if it is not a device's topic."""
    match = _TOPIC.fullmatch(topic)
    return Speaker(match[1], match[2]) if match else None


def not_a_device(topic: str) -> Decoded | Rejected:
    """What to make of a topic on which no device speaks. The answer repeats nothing of the topic."""
    levels = topic.removeprefix(PREFIX).split("/")
    if MONITOR in levels[:2]:
        return Decoded((), ignored="monitor")
    if len(levels) != len(_LEVELS):
        return Rejected("topic", f"{len(levels)} levels after {PREFIX}; there must be tenant, device and channel")
    for level, name in zip(levels, _LEVELS[:2], strict=False):
        if not re.fullmatch(_ID, level):
            return Rejected("topic", f"the {name} is not an id: 1 to 64 of a-z, 0-9 and -, not beginning with -")
    return Rejected("channel", f"the channel is none of {', '.join(CHANNELS)}")
