"""What a person reads first: the state of everything in one sentence, and what is expected of one device."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from monitor.core.decisions import Incident, Layer, Status
from monitor.core.fleet import Device
from monitor.core.incidents import TROUBLES
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
DOWN_SHARE = 0.9
"""From this share of silent devices on something is down; before that only a part of it is."""
DAY_SECONDS = 86_400.0


@dataclass(slots=True)
class Harm:
    """What outages do, counted over the devices that they cover.

    `unreachable` is by kind, `fed` are feeders that gave food since the onset, `unconfirmed` and `missed` are meals.
    """

    unreachable: Counter[str] = field(default_factory=Counter)
    fed: int = 0
    unconfirmed: int = 0
    missed: int = 0
    rooms_at_risk: int = 0

    def __add__(self, other: "Harm") -> "Harm":
        """The harm of both."""
        return Harm(
            self.unreachable + other.unreachable,
            self.fed + other.fed,
            self.unconfirmed + other.unconfirmed,
            self.missed + other.missed,
            self.rooms_at_risk + other.rooms_at_risk,
        )


@dataclass(frozen=True, slots=True)
class AtRisk:
    """How many animals and rooms need somebody soon, whether or not an outage is behind it."""

    animals: int = 0
    rooms: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """The state of everything: its tone, one sentence, and what that means for the reader."""

    tone: Tone
    text: str
    detail: str = ""


def headline(
    counts: Mapping[Status, int],
    incidents: Sequence[Incident],
    blind: Mapping[BlindCause, float],
    now: float,
    *,
    harm: Mapping[str, Harm] | None = None,
    at_risk: AtRisk = AtRisk(),
) -> Headline:
    """Sum up the fleet; blindness comes first, since nothing else can be trusted while it lasts.

    `harm` is what each outage does, by incident; one that is not counted yet is told by its silent devices.
    """
    outages = [incident for incident in incidents if incident.kind == "outage"]
    if blind:
        causes = " and ".join(dict.fromkeys(BLINDNESS[cause] for cause in blind))
        frozen = "Nothing below about devices is current: it shows the fleet as it was when last seen."
        return Headline("blind", f"Blind since {time_of_day(min(blind.values()), now)}: {causes}.", frozen)
    if outages:
        return _outage_headline(outages, harm or {}, now)
    return _calm_headline(counts, at_risk)


def time_of_day(at: float, now: float) -> str:
    """A moment as people say it: 14:02 UTC, with its date unless it was within the last day."""
    written = datetime.fromtimestamp(at, UTC)
    return written.strftime("%H:%M UTC" if abs(now - at) < DAY_SECONDS else "%H:%M UTC on %-d %B")


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


_KINDS = {"generic": "other device"}
_NOUNS = {"parent": "gateway", "model": "model", "firmware": "firmware"}
_JOINTS = {"region": "in region", "firmware": "with firmware", "model": "of model", "provider": "of provider"}


def _outage_headline(outages: Sequence[Incident], harm: Mapping[str, Harm], now: float) -> Headline:
    names = [scope_name(incident.layer, incident.scope) for incident in outages]
    known = [harm[incident.id] for incident in outages if incident.id in harm]
    done = _harm_words(sum(known, Harm())) if len(known) == len(outages) else ""
    silent, devices = (sum(getattr(incident, name) for incident in outages) for name in ("silent", "devices"))
    forms = {TROUBLES[incident.form] for incident in outages}
    covered = f"{silent:,} of {count(devices, 'device')} {forms.pop() if len(forms) == 1 else 'affected'}"
    since = f"since {time_of_day(min(incident.started_at for incident in outages), now)}"
    if len(outages) == 1:
        only, name = outages[0], f"{names[0][0].upper()}{names[0][1:]}"
        begun = f"It began {spell(now - only.started_at)} ago"
        told = f"{name} {_condition(only)} {since}: {done or f'{covered} ({share(silent, devices)})'}."
        return Headline("outage", told, f"{begun}; {covered}." if done else f"{begun}.")
    named = names[:NAMED_SCOPES]
    if more := len(names) - len(named):
        named.append(f"{more} more")
    listed = f"{', '.join(named[:-1])} and {named[-1]}"
    covered = f"{covered[0].upper()}{covered[1:]}"
    told = f"{len(outages)} outages {since}: {listed}."
    return Headline("outage", told, f"{covered}: {done}." if done else f"{covered} in all.")


def _condition(outage: Incident) -> str:
    if outage.form == "degraded":
        return "cannot reach its cloud"
    if outage.form == "creeping":
        return "is failing little by little"
    return "is down" if outage.silent >= DOWN_SHARE * outage.devices else "is partly down"


def _harm_words(harm: Harm) -> str:
    """What is the matter with whom: 3,120 feeders unreachable, 2,871 fed on schedule, 249 meals unconfirmed."""
    kinds = [count(number, _KINDS.get(kind, kind)) for kind, number in harm.unreachable.most_common() if number]
    if not kinds:
        return ""
    parts = [f"{' and '.join([', '.join(kinds[:-1]), kinds[-1]] if kinds[1:] else kinds)} unreachable"]
    parts += [f"{harm.fed:,} fed on schedule"] * bool(harm.fed)
    parts += [f"{count(harm.unconfirmed, 'meal')} unconfirmed"] * bool(harm.unconfirmed)
    parts += [f"{count(harm.missed, 'meal')} missed"] * bool(harm.missed)
    parts += [f"{count(harm.rooms_at_risk, 'room')} at risk of frost"] * bool(harm.rooms_at_risk)
    return ", ".join(parts)


def _calm_headline(counts: Mapping[Status, int], at_risk: AtRisk) -> Headline:
    total = sum(counts.values())
    offline, late, new = (counts.get(status, 0) for status in ("offline", "late", "new"))
    if not total:
        return Headline("notice", "No device has been heard yet.", "Devices appear here with their first message.")
    waiting = [f"{count(late, 'device')} late"] * bool(late) + [f"{count(new, 'device')} not heard yet"] * bool(new)
    detail = f"{' and '.join(waiting)}." if waiting else ""
    verb = "is" if offline == 1 else "are"
    gone = f"{offline:,} of {count(total, 'device')} {verb} offline"
    if at_risk.animals or at_risk.rooms:
        who = [count(at_risk.animals, "animal")] * bool(at_risk.animals)
        who += [count(at_risk.rooms, "room")] * bool(at_risk.rooms)
        beside = f"{gone}; no outage." if offline else detail
        need = "needs" if at_risk.animals + at_risk.rooms == 1 else "need"
        return Headline("notice", f"{' and '.join(who)} {need} somebody soon.", beside)
    if offline:
        return Headline("notice", f"{gone}; no outage.", detail)
    if waiting:
        return Headline("well", f"No outage, and none of {count(total, 'device')} is offline.", detail)
    whole = f"All {total:,} devices are accounted for." if total > 1 else "The one device is accounted for."
    return Headline("well", whole)
