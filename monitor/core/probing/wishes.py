"""Which alerts the answers of probes ask for: computed anew from how things stand, so that none can be forgotten.

What fires and is wished for no longer is resolved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from monitor.core.decisions import Incident
from monitor.core.probing.results import Subject
from monitor.core.probing.settings import ProbingSettings
from monitor.core.probing.standings import Standing
from monitor.core.probing.weights import reach_of, says
from monitor.core.words import count, moment, share, spell

MOSTLY_SILENT = 0.2
"""With a larger share of its devices offline it is not only the control plane that fails."""
DAY_SECONDS = 86_400.0
CUT_OFF_KEY = "monitor/probes"
PREFIX = "probe/"
"""How the keys of all other alerts begin that are wished for here."""

Counted = tuple[int, int]
"""Devices of a scope that are heard, and all of it that ever were."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One alert that should fire from `due_at` on."""

    key: str
    name: str
    due_at: float
    since: float
    summary: str
    description: str
    labels: Mapping[str, str] = field(default_factory=dict)
    incident: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


def key_of(about: Subject) -> str:
    """How the keys of alerts begin that are about this scope or channel."""
    return f"{PREFIX}channel/{about.channel}/" if about.channel else f"{PREFIX}{about.text}/"


def overlaps(scope: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether one scope lies in the other."""
    return scope.items() <= other.items() or other.items() <= scope.items()


def wishes_about_channels(standings: Sequence[Standing], settings: ProbingSettings) -> Iterator[Wish]:
    """A way on which customers reach us is dead: one alert for each channel, however many probes look at it."""
    failing = [each for each in standings if each.latest.about.channel and _blamed(each, standings)]
    for channel, group in groupby(sorted(failing, key=_channel), key=_channel):
        probes = list(group)
        since = min(each.since for each in probes)
        yield Wish(
            key=f"{key_of(probes[0].latest.about)}SupportChannelDown",
            name="SupportChannelDown",
            due_at=since + settings.channel_hold_seconds,
            since=since,
            summary=f"support channel {channel} is down: {probes[0].latest.statement}",
            description=_told(probes, standings) + " Whoever asks us for help on this way gets no answer.",
            labels={"channel": channel, **probes[0].latest.about.scope},
        )


def wishes_about_certificates(standings: Sequence[Standing], settings: ProbingSettings) -> Iterator[Wish]:
    """A certificate ends soon: after that nobody gets through."""
    for each in standings:
        ends_at = each.certificate_ends_at
        if ends_at is None or settings.certificate_days == 0:
            continue
        due_at = ends_at - settings.certificate_days * DAY_SECONDS
        left = max(0.0, ends_at - max(due_at, each.latest.at))
        yield Wish(
            key=f"probe/{each.latest.probe}/certificate",
            name="CertificateExpiring",
            due_at=due_at,
            since=due_at,
            summary=f"the certificate that probe {each.latest.probe} sees ends in {spell(left)}",
            description=f"It is valid until {moment(ends_at, each.latest.at)}. {each.latest.statement}",
            labels={"probe": each.latest.probe, **_terms(each.latest.about)},
        )


def wishes_about_reach(standings: Sequence[Standing], settings: ProbingSettings) -> Iterator[Wish]:
    """Nothing answers us, the controls neither: then no failure proves anything."""
    controls = [each for each in standings if each.latest.about.control]
    if not controls or any(each.verdict != "failing" for each in controls):
        return
    if any(reach_of(each, standings) not in ("cut off", "alone") for each in controls):
        return
    since = max(each.since for each in controls)
    yield Wish(
        key=CUT_OFF_KEY,
        name="ProbesCutOff",
        due_at=since + settings.failing_hold_seconds,
        since=since,
        summary="none of our probes gets an answer, the control targets neither: our own way out is broken",
        description=_told(controls, standings)
        + " Until one answers, failing probes weigh nothing against any provider.",
    )


def wishes_about_pages(
    standings: Sequence[Standing], incidents: Mapping[str, Incident], settings: ProbingSettings
) -> Iterator[Wish]:
    """We see an outage, and the provider's page says that all is well."""
    green = [each for each in standings if each.latest.about.page and each.verdict == "healthy"]
    for each in green:
        scope = each.latest.about.scope
        for incident in incidents.values():
            if incident.kind != "outage" or not scope.items() <= incident.scope.items():
                continue
            since = max(incident.opened_at, each.since)
            part = share(incident.silent, incident.devices)
            named = each.latest.about.text
            for_long = spell(settings.green_page_seconds)
            yield Wish(
                key=f"probe/{each.latest.probe}/{incident.id}",
                name="ProviderPageDisagrees",
                due_at=since + settings.green_page_seconds,
                since=since,
                summary=f"we see {part} of {named} silent, their page is green for {for_long}",
                description=f"{incident.summary}. {each.latest.statement}",
                labels={"incident": incident.id, "probe": each.latest.probe, **incident.scope},
                incident=incident.id,
                counts={"devices": incident.devices, "silent": incident.silent},
            )


def wishes_about_providers(
    standings: Sequence[Standing], covered: Sequence[Mapping[str, str]], heard: Mapping[str, Counted], hold: float
) -> Iterator[Wish]:
    """A provider's front door fails and no outage explains it; `covered` are the scopes of outages that stand.

    `heard` counts the devices of each scope, by the scope's text.
    """
    asked = [each for each in standings if each.latest.about.evidence and not each.latest.about.page]
    failing = [each for each in asked if _blamed(each, standings)]
    for text, group in groupby(sorted(failing, key=_text), key=_text):
        probes = list(group)
        about = probes[0].latest.about
        if not any(overlaps(about.scope, scope) for scope in covered):
            yield _wish_about_provider(text, probes, heard.get(text, (0, 0)), hold, _told(probes, standings))


def _wish_about_provider(text: str, probes: Sequence[Standing], heard: Counted, hold: float, told: str) -> Wish:
    fine, known = heard
    since = min(each.since for each in probes)
    first = probes[0].latest
    remote = any(each.latest.about.capability == "remote_control" for each in probes)
    if remote and known and (known - fine) <= MOSTLY_SILENT * known:
        name = "ControlPlaneDown"
        devices = f"{fine:,} of its {count(known, 'device')} are heard"
        fails = f"{first.probe}: {first.statement}"
        summary = f"{text}: remote control is down, meals planned on devices are not affected; {devices} ({fails})"
        closing = " What devices hold themselves, schedules and setpoints, goes on; what is kept in the cloud may not."
    else:
        name = "ProviderProbeFailing"
        devices = f"{fine:,} of its {count(known, 'device')} are heard" if known else "no device of it is known here"
        summary = f"{text}: {first.probe} fails: {first.statement}"
        closing = f" No outage is seen: {devices}."
    return Wish(
        key=f"{key_of(first.about)}{name}",
        name=name,
        due_at=since + hold,
        since=since,
        summary=summary,
        description=told + closing,
        labels=dict(first.about.scope),
        counts={"devices": known, "silent": known - fine} if known else {},
    )


def _channel(standing: Standing) -> str:
    return standing.latest.about.channel


def _text(standing: Standing) -> str:
    return standing.latest.about.text


def _terms(about: Subject) -> dict[str, str]:
    return {"channel": about.channel, **about.scope} if about.channel else dict(about.scope)


def _told(probes: Sequence[Standing], everybody: Sequence[Standing]) -> str:
    return " ".join(f"{each.latest.probe}: {says(each, reach_of(each, everybody))}" for each in probes)


def _blamed(standing: Standing, everybody: Sequence[Standing]) -> bool:
    """Whether a probe fails and it is not we who are to blame, as far as can be told."""
    return standing.verdict == "failing" and reach_of(standing, everybody) in ("proven", "alone")
