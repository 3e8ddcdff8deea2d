"""Suggested words for each kind of outage and each model of harm. An operator edits and publishes them, or not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from monitor.core.decisions import Incident
from monitor.core.publication import phrases
from monitor.core.publication.bulletins import Bulletin, Condition, Draft, Stage
from monitor.core.publication.components import Component
from monitor.core.publication.conditions import of_outage
from monitor.core.publication.times import day_and_time
from monitor.core.welfare.harm import Toll

RECOVERED = 0.25
"""Below this share of silent devices an outage of which more was said is coming to its end."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What there is to speak of: an outage, what it costs, what was said of it, and whether it is over."""

    incident: Incident
    toll: Toll | None = None
    known: Bulletin | None = None
    over: bool = False
    time_zone: str = "UTC"

    @property
    def share(self) -> float:
        """The share of devices that is silent."""
        return self.incident.silent / self.incident.devices if self.incident.devices else 0.0

    @property
    def recovering(self) -> bool:
        """Whether devices come back, and the public knows that they were gone."""
        return self.known is not None and self.known.open and self.share < RECOVERED and not self.over

    @property
    def with_feeders(self) -> bool:
        """Whether animals depend on it, as far as is known."""
        return self.toll is None or self.toll.feeders > 0

    def fill(self, sentence: str) -> str:
        """A sentence with where, how many and since when."""
        place = where(self.incident.scope) or "of all providers"
        share = next(word for least, word in phrases.SHARES if self.share >= least)
        since = day_and_time(self.incident.started_at, self.time_zone)
        return sentence.format(where=place, share=share, since=since)


def suggest(occasion: Occasion, components: Iterable[Component]) -> Draft:
    """The next word on an outage: the first, a further one, that devices come back, or that it is over."""
    incident, known = occasion.incident, occasion.known
    return Draft(
        title=known.title if known else occasion.fill(phrases.TITLES[incident.form]),
        stage=_stage(occasion),
        body="\n\n".join(_paragraphs(occasion)),
        conditions=_conditions(occasion, of_outage(incident, occasion.toll, components)),
        incidents=(incident.id,),
    )


def where(scope: Mapping[str, str]) -> str:
    """Where the devices are, for the public; other keys than these are never read."""
    return " ".join(phrases.WHERE[key].format(**{key: scope[key]}) for key in phrases.WHERE if scope.get(key))


def _conditions(occasion: Occasion, found: Mapping[Component, Condition]) -> dict[str, Condition]:
    """By id. A component that got better must be said to be better, or it would stay as it was."""
    known = occasion.known
    said: dict[str, Condition] = dict.fromkeys(known.components, "operational") if known is not None else {}
    for component, condition in found.items():
        if occasion.over or condition == "operational":
            said |= {component.id: "operational"} if component.id in said else {}
        else:
            said[component.id] = condition
    return said


def _stage(occasion: Occasion) -> Stage:
    known = occasion.known
    if occasion.over:
        return "resolved"
    if occasion.recovering:
        return "monitoring"
    return known.latest.stage if known is not None and known.open else "investigating"


def _paragraphs(occasion: Occasion) -> Iterator[str]:
    if occasion.over:
        yield occasion.fill(phrases.OVER if occasion.with_feeders else phrases.OVER_WITHOUT_FEEDERS)
        return
    if occasion.recovering:
        yield occasion.fill(phrases.RECOVERING)
    else:
        first = occasion.known is None
        said = occasion.fill((phrases.FIRST if first else phrases.STILL)[occasion.incident.form])
        yield " ".join(filter(None, (said, phrases.CAUSES.get(occasion.incident.layer, ""))))
    meaning = [*_meals(occasion), *_rooms(occasion.toll)]
    if meaning:
        yield " ".join(meaning)
    yield " ".join(_advice(occasion))


def _meals(occasion: Occasion) -> Iterator[str]:
    toll = occasion.toll
    if toll is None:
        yield phrases.MEALS["unknown"]
        return
    if not toll.feeders:
        return
    if toll.missed:
        yield phrases.MEALS["missed"]
    if toll.held_by_cloud:
        yield phrases.MEALS["cloud" if toll.held_by_cloud >= toll.feeders / 2 else "mixed"]
    elif occasion.incident.form == "degraded" and not toll.missed and not toll.unconfirmed:
        yield phrases.MEALS["fine"]
    else:
        yield phrases.MEALS["feeder"]


def _rooms(toll: Toll | None) -> Iterator[str]:
    if toll is not None and toll.rooms:
        yield phrases.HEATING
        if toll.rooms_at_risk:
            yield phrases.COLD


def _advice(occasion: Occasion) -> Iterator[str]:
    """What to do first, then what not to do."""
    toll = occasion.toll
    if occasion.with_feeders:
        hungry = toll is not None and (toll.missed or toll.held_by_cloud)
        yield phrases.FEED_BY_HAND_NOW if hungry else phrases.FEED_BY_HAND
    if toll is not None and toll.rooms:
        yield phrases.WATCH_HEATING
    yield phrases.KEEP_ON if occasion.with_feeders else phrases.KEEP_ON_ANY
    if occasion.with_feeders:
        yield phrases.NO_REPEATS
