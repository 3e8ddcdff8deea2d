"""What a person reads first: the state of everything in one sentence, and what is expected of one device."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.core.decisions import Incident, Layer, Status
from monitor.core.fleet import Device
from monitor.core.observations import BlindCause
from monitor.core.words import count, share, spell

Tone = Literal["well", "notice", "outage", "blind"]

BLINDNESS: Mapping[BlindCause, str] = {
    "link": "there is no connection to the broker",
    "echo": "our own messages do not come back through the broker",
    "store": "the store takes no writes",
    "overload": "more messages arrive than can be judged",
    "restart": "the monitor has just started and has not caught up",
}
"""Why the monitor cannot see, in words that end a sentence."""

NAMED_SCOPES = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """The state of everything: its tone, one sentence, and what that means for the reader."""

    tone: Tone
    text: str
    detail: str = ""


def headline(
    counts: Mapping[Status, int], incidents: Sequence[Incident], blind: Mapping[BlindCause, float], now: float
) -> Headline:
    """Sum up the fleet; blindness comes first, since nothing else can be trusted while it lasts."""
    outages = [incident for incident in incidents if incident.kind == "outage"]
    if blind:
        since = min(blind.values())
        causes = " and ".join(dict.fromkeys(BLINDNESS[cause] for cause in blind))
        frozen = "Nothing below about devices is current: it shows the fleet as it was when last seen."
        return Headline("blind", f"Blind for {spell(now - since)}: {causes}.", frozen)
    if outages:
        return _outage_headline(outages, now)
    return _calm_headline(counts)


def scope_name(layer: Layer, scope: Mapping[str, str]) -> str:
    """What an incident covers, to stand within a sentence: provider aurora in region us-east."""
    left = dict(scope)
    tenant = left.pop("tenant", "")
    if not left:
        return f"the fleet of {tenant}" if tenant else "the whole fleet"
    first = layer if layer in left else next(iter(left))
    parts = [f"{_NOUNS.get(first, first)} {left.pop(first)}"]
    parts += [f"{_JOINTS.get(key, f'with {key}')} {value}" for key, value in left.items()]
    return " ".join(parts) + (f" of {tenant}" if tenant else "")


def expectation(device: Device) -> str:
    """What is expected of a device and why, in one or two sentences."""
    liveness = device.profile.liveness
    if liveness == "session":
        return "It is watched by its connection: it counts as alive until the broker says that this ended."
    if liveness == "sleepy":
        return (
            "It sleeps between messages and counts as offline when it misses the time at which it said it would wake."
        )
    if device.interval <= 0:
        return "Its rhythm is not known yet."
    if device.beat is not None and device.beat.interval_seconds:
        source = "as its heartbeats state"
    elif device.profile.interval_seconds:
        source = "as it states about itself"
    else:
        source = "as learned from its own rhythm, or the configured default until then"
    limit = f"A silence of {spell(device.timeout)} makes it offline."
    return f"A heartbeat every {spell(device.interval)}, {source}. {limit}"


_NOUNS = {"parent": "gateway", "model": "model", "firmware": "firmware"}
_JOINTS = {"region": "in region", "firmware": "with firmware", "model": "of model", "provider": "of provider"}


def _outage_headline(outages: Sequence[Incident], now: float) -> Headline:
    names = [scope_name(incident.layer, incident.scope) for incident in outages]
    if len(outages) == 1:
        only = outages[0]
        silent = f"{only.silent:,} of {count(only.devices, 'device')} silent ({share(only.silent, only.devices)})"
        return Headline("outage", f"Outage of {names[0]}: {silent}.", f"It began {spell(now - only.started_at)} ago.")
    named = names[:NAMED_SCOPES]
    if more := len(names) - len(named):
        named.append(f"{more} more")
    silent = f"{count(sum(incident.silent for incident in outages), 'device')} silent in all"
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    return Headline("outage", f"{len(outages)} outages: {listed}.", f"{silent[0].upper()}{silent[1:]}.")


def _calm_headline(counts: Mapping[Status, int]) -> Headline:
    total = sum(counts.values())
    offline, late, new = (counts.get(status, 0) for status in ("offline", "late", "new"))
    if not total:
        return Headline("notice", "No device has been heard yet.", "Devices appear here with their first message.")
    waiting = [f"{count(late, 'device')} late"] * bool(late) + [f"{count(new, 'device')} not heard yet"] * bool(new)
    detail = f"{' and '.join(waiting)}." if waiting else ""
    if offline:
        verb = "is" if offline == 1 else "are"
        return Headline("notice", f"{offline:,} of {count(total, 'device')} {verb} offline; no outage.", detail)
    if waiting:
        return Headline("well", f"No outage, and none of {count(total, 'device')} is offline.", detail)
    whole = f"All {total:,} devices are accounted for." if total > 1 else "The one device is accounted for."
    return Headline("well", whole)
