"""Takes in what probes find, and tells the rest of the engine: witnesses to outages, lines in timelines, alerts."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Alert, AlertOwed, Decision, Incident, IncidentLogged, SuspicionChanged
from monitor.core.fleet import Fleet
from monitor.core.observations import Witness
from monitor.core.probing import wishes
from monitor.core.probing.results import ProbeResult
from monitor.core.probing.settings import ProbingSettings
from monitor.core.probing.standings import Standing
from monitor.core.probing.weights import proves, reach_of, says, weight_of, weight_of_page
from monitor.core.probing.wishes import CUT_OFF_KEY, PREFIX, Counted, Wish, key_of, overlaps

MOST_PROBES = 1000
HEARD = ("online", "late", "sleeping")


class Scene(NamedTuple):
    """What else is known: the fleet, open incidents by id, what is suspected."""

    fleet: Fleet
    incidents: Mapping[str, Incident]
    suspicions: Mapping[str, SuspicionChanged]


class Probing:
    """What all probes have found, as it stands."""

    def __init__(
        self, settings: ProbingSettings, book: AlertBook, scene: Scene, testify: Callable[[Witness], None]
    ) -> None:
        self.standings: dict[str, Standing] = {}
        """By the name of the probe."""
        self.next_at: float | None = None
        """When passing time alone may change something."""
        self._settings = settings
        self._book = book
        self._scene = scene
        self._testify = testify
        self._said: dict[str, tuple[float, str]] = {}
        self._looked_at = float("-inf")
        self._quiet = True
        self._trouble: frozenset[str] = frozenset()

    def hear(self, result: ProbeResult) -> list[Decision]:
        """One probe has asked."""
        standing = self.standings.get(result.probe)
        if standing is None:
            standing = self.standings[result.probe] = Standing(result)
            while len(self.standings) > MOST_PROBES:
                del self.standings[next(iter(self.standings))]
        changed = standing.hear(result, self._settings.agree)
        if result.verdict == "failing" and not standing.proven:
            standing.proven = proves(standing, list(self.standings.values()))
        self._said.pop(result.probe, None)
        self.next_at = result.at  # what follows is worked out with the next wake, which must come
        self._testify_all(result.at)
        return list(self._timeline(standing, result.at)) if changed else []

    def pass_time(self, at: float, *, blind: bool) -> list[Decision]:
        """Fire and resolve what is due; while blind nothing changes that depends on what we see of the fleet."""
        idle = not self.standings and self._quiet
        if idle or (int(at) <= self._looked_at and (self.next_at is None or at < self.next_at)):
            return []
        self._looked_at = int(at)
        expired = [each for each in self.standings.values() if each.expire(at)]
        if self._trouble_moved() or expired:
            self._testify_all(at)
        for name in [name for name, each in self.standings.items() if each.forgotten(at)]:
            del self.standings[name]
        wished = {wish.key: wish for wish in self._wishes(blind=blind)}
        due = {key: wish for key, wish in wished.items() if wish.due_at <= at}
        decisions: list[Decision] = [*self._end(due, at, blind=blind)]
        decisions += [self._fire(wish, at) for key, wish in due.items() if key not in self._book.firing]
        coming = [wish.due_at for wish in wished.values() if wish.due_at > at]
        coming += [each.stale_at for each in self.standings.values() if not each.stale]
        self.next_at = min(coming, default=None)
        self._quiet = not any(_ours(key) for key in self._book.firing)
        return decisions

    def retain(self, probes: Collection[str]) -> None:
        """Forget probes that are not configured any more; alerts about them end with the next second."""
        self.standings = {name: each for name, each in self.standings.items() if name in probes}

    def save(self) -> list[dict[str, Any]]:
        """As plain data."""
        return [standing.save() for standing in self.standings.values()]

    def restore(self, data: Sequence[Mapping[str, Any]]) -> None:
        """From plain data."""
        for each in data:
            standing = Standing.load(each)
            self.standings[standing.latest.probe] = standing
        self._quiet = False

    def _testify_all(self, at: float) -> None:
        """Say to the outage detector what each probe of a scope is worth now; only what has changed."""
        everybody = list(self.standings.values())
        for standing in everybody:
            about, latest = standing.latest.about, standing.latest
            if not about.evidence:
                continue
            reach = reach_of(standing, everybody)
            began_at = self._began_at(about.scope)
            if about.page:
                weight = weight_of_page(standing, began_at, at)
            else:
                sharing = [each for each in everybody if _together(each, standing)]
                weight = weight_of(standing, reach, max(1, len(sharing)), began_at)
            told = round(weight, 1), says(standing, reach, began_at)
            if self._said.get(latest.probe) != told:
                self._said[latest.probe] = told
                source = f"{'page' if about.page else 'probe'}:{latest.probe}"
                self._testify(Witness(at, source, about.scope, told[1], told[0]))

    def _trouble_moved(self) -> bool:
        """Whether outages or suspicions came or went since this was last asked."""
        trouble = frozenset([*self._scene.incidents, *self._scene.suspicions])
        moved = trouble != self._trouble
        self._trouble = trouble
        return moved

    def _began_at(self, scope: Mapping[str, str]) -> float | None:
        """When the outage of a scope began that is seen or suspected, if one is."""
        moments = [each.started_at for each in self._scene.incidents.values() if scope.items() <= each.scope.items()]
        moments += [each.at for each in self._scene.suspicions.values() if scope.items() <= each.scope.items()]
        return min(moments, default=None)

    def _timeline(self, standing: Standing, at: float) -> Iterator[Decision]:
        if not standing.latest.about.evidence:
            return
        said = f"{standing.latest.probe} ({standing.latest.about.text}) is {standing.verdict}: "
        said += says(standing, reach_of(standing, list(self.standings.values())))
        for incident in self._scene.incidents.values():
            if incident.kind == "outage" and overlaps(standing.latest.about.scope, incident.scope):
                yield IncidentLogged(incident.id, at, "seen", said)

    def _wishes(self, *, blind: bool) -> Iterator[Wish]:
        everybody, settings = list(self.standings.values()), self._settings
        yield from wishes.wishes_about_channels(everybody, settings)
        yield from wishes.wishes_about_certificates(everybody, settings)
        yield from wishes.wishes_about_reach(everybody, settings)
        if blind:
            return
        outages = [each for each in self._scene.incidents.values() if each.kind == "outage"]
        yield from wishes.wishes_about_pages(everybody, {each.id: each for each in outages}, settings)
        texts = {each.latest.about.text: each.latest.about.scope for each in everybody if each.latest.about.evidence}
        heard = {text: self._heard(scope) for text, scope in texts.items()}
        covered = [each.scope for each in outages]
        for wish in wishes.wishes_about_providers(everybody, covered, heard, settings.failing_hold_seconds):
            if wish.key in self._book.firing or not self._suspected(wish.labels):
                yield wish

    def _suspected(self, scope: Mapping[str, str]) -> bool:
        return any(overlaps(scope, each.scope) for each in self._scene.suspicions.values())

    def _heard(self, scope: Mapping[str, str]) -> Counted:
        """How many devices of a scope are heard, of all that ever were."""
        heard = known = 0
        for (cohort, status), number in self._scene.fleet.counts.items():
            if status != "new" and all(getattr(cohort, key, None) == value for key, value in scope.items()):
                known += number
                heard += number if status in HEARD else 0
        return heard, known

    def _fire(self, wish: Wish, at: float) -> AlertOwed:
        return self._book.fire(
            wish.name,
            wish.key,
            at,
            since=wish.since,
            summary=wish.summary,
            description=wish.description,
            labels=wish.labels,
            incident=wish.incident,
            counts=wish.counts,
        )

    def _end(self, due: Mapping[str, Wish], at: float, *, blind: bool) -> Iterator[AlertOwed]:
        for key, alert in list(self._book.firing.items()):
            if _ours(key) and key not in due and not (blind and alert.name in SIGHTED):
                yield from self._book.resolve(key, at, self._reason(alert))

    def _reason(self, alert: Alert) -> str:
        """Why an alert is over."""
        if alert.name == "ProviderPageDisagrees":
            return self._reason_of_page(alert.labels.get("probe", ""), alert.incident)
        if alert.name in REASONS:
            return REASONS[alert.name]
        asked = [each for each in self.standings.values() if not each.latest.about.page]
        concerned = [each for each in asked if alert.key.startswith(key_of(each.latest.about))]
        scope = concerned[0].latest.about.scope if concerned else {}
        for each in self._scene.incidents.values():
            if alert.name in SIGHTED and scope and each.kind == "outage" and overlaps(scope, each.scope):
                return f"folded into incident {each.id}"
        well = [each for each in concerned if each.verdict == "healthy"]
        if len(well) < len(concerned) or not well:
            return "it cannot be told any more"
        return f"it answers again: {well[0].latest.statement}"

    def _reason_of_page(self, probe: str, incident: str) -> str:
        if incident not in self._scene.incidents:
            return "the outage is over"
        standing = self.standings.get(probe)
        if standing is None or standing.verdict == "unknown":
            return "the page cannot be read any more, which says nothing"
        return f"the page agrees now: {standing.latest.statement}"


SIGHTED = ("ControlPlaneDown", "ProviderProbeFailing", "ProviderPageDisagrees")
"""Alerts that depend on what we see of the fleet."""
REASONS = {
    "CertificateExpiring": "a certificate that lasts longer is in place, or nobody looks any more",
    "ProbesCutOff": "somebody answers our probes again",
}


def _ours(key: str) -> bool:
    """Whether an alert is one of those that are fired here."""
    return key == CUT_OFF_KEY or key.startswith(PREFIX)


def _together(each: Standing, standing: Standing) -> bool:
    """Whether two probes share one scope's weight: both ask for themselves, and both have something to say."""
    told, about = each.latest.about, standing.latest.about
    return told.evidence and not told.page and told.scope == about.scope and each.verdict != "unknown"
