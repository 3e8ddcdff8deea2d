"""The engine's neighbour for the public: takes what operators say, and keeps the promise of the next word."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from monitor.core.alert_kinds import ALERTS
from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, Incident, IncidentLogged
from monitor.core.fleet import Fleet
from monitor.core.incidents import ALERT_OF_LAYER, incident_key, name_of
from monitor.core.publication.board import Board
from monitor.core.publication.bulletins import (
    Bulletin,
    BulletinChanged,
    Draft,
    DraftChanged,
    DraftDropped,
    UpdateDrafted,
    UpdatePublished,
    spoken,
)
from monitor.core.publication.codec import load_draft, save_draft
from monitor.core.publication.drafts import Occasion, suggest
from monitor.core.publication.objections import objections
from monitor.core.publication.overdue import (
    Matter,
    matters,
    next_step_at,
    next_update_at,
    step_of,
)
from monitor.core.publication.settings import PublicationSettings
from monitor.core.sight import Sight
from monitor.core.welfare.harm import Toll
from monitor.core.words import spell

KEPT_BULLETINS = 200
KEPT_DRAFTS = 50
WARNING_STEP = 1


class Publication:
    """What was said, what is being written, and what should have been said by now."""

    def __init__(
        self,
        fleet: Fleet,
        book: AlertBook,
        sight: Sight,
        settings: PublicationSettings,
        incidents: Mapping[str, Incident],
        toll: Callable[[str], Toll | None],
    ) -> None:
        self.bulletins: dict[str, Bulletin] = {}
        """What was said, by id, the oldest first."""
        self.drafts: dict[str, Draft] = {}
        """Drafts that an operator worked on, by bulletin."""
        self.settings = settings
        self.board = Board(fleet, settings)
        self.next_at: float | None = None
        """When passing time alone may tell something next."""
        self._fleet = fleet
        self._book = book
        self._sight = sight
        self._open = incidents
        self._toll = toll
        self._seen: dict[str, Incident] = {}
        """Incidents of which the public must hear, as last seen, also for a while after they ended."""
        self._since: dict[str, float] = {}
        """Since when each open one of them is one."""
        self._idle_until = -math.inf
        self._known: frozenset[str] = frozenset()
        self._told: dict[str, int] = {}
        """How often each overdue word was told of."""

    def drafted(self, act: UpdateDrafted) -> list[Decision]:
        """An operator worked on the next word."""
        self.drafts.pop(act.bulletin, None)
        self.drafts[act.bulletin] = act.draft
        while len(self.drafts) > KEPT_DRAFTS:
            del self.drafts[next(iter(self.drafts))]
        return [DraftChanged(act.at, act.bulletin, act.author)]

    def dropped(self, act: DraftDropped) -> list[Decision]:
        """An operator threw a draft away."""
        if self.drafts.pop(act.bulletin, None) is None:
            return []
        return [DraftChanged(act.at, act.bulletin, act.author)]

    def published(self, act: UpdatePublished) -> list[Decision]:
        """An operator said it. What names a customer or a device is not said, whoever lets it through."""
        if self.objections(act.draft):
            return []
        bulletin = spoken(self.bulletins.pop(act.bulletin, None), act)
        self.bulletins[bulletin.id] = bulletin
        self.drafts.pop(act.bulletin, None)
        self._forget_oldest()
        said = bulletin.latest
        decisions: list[Decision] = [BulletinChanged(act.at, bulletin)]
        whom = f"to the customers of {bulletin.audience}" if bulletin.audience else "to the public"
        decisions += [
            IncidentLogged(incident, act.at, "said", f"{said.stage}, {whom}: {bulletin.title}. {said.body}", act.author)
            for incident in bulletin.incidents
        ]
        return decisions + self._review(act.at)

    def objections(self, draft: Draft) -> list[str]:
        """Why a draft cannot be published; empty if it can."""
        return objections(
            draft, self._fleet, allowed=self.settings.allowed_words, contact=self.settings.contact
        ) + self.board.unknown(draft.conditions)

    def draft(self, bulletin: str) -> Draft | None:
        """The next word of a trouble: as an operator left it, else as suggested; None if there is nothing to say."""
        if bulletin in self.drafts:
            return self.drafts[bulletin]
        known = self.bulletins.get(bulletin)
        names = known.incidents if known is not None else (bulletin,)
        found = (self._open.get(name) or self._seen.get(name) for name in names)
        of_it = [incident for incident in found if incident is not None and _concerns_many(incident)]
        if not of_it:
            return None
        # What is still open is spoken of before what is over.
        incident = next((each for each in of_it if each.id in self._open), of_it[0])
        over = incident.id not in self._open
        if over and (known is None or not known.open):
            return None
        toll = self._toll(incident.id)
        return suggest(Occasion(incident, toll, known, over, self.settings.time_zone), self.board.components)

    def to_say(self) -> list[Matter]:
        """What the public must hear of, the most urgent first."""
        untold = {name: (name_of(self._seen[name].scope), since) for name, since in self._since.items()}
        return matters(self.settings, list(self.bulletins.values()), untold)

    def next_update_due_at(self, bulletin: Bulletin) -> float | None:
        """When the public was promised more."""
        return next_update_at(self.settings, bulletin)

    def overdue_seconds(self, now: float) -> float:
        """For how long the longest overdue word has been waited for; 0 if none is overdue."""
        return max([0.0, *(now - matter.due_at for matter in self.to_say())])

    def pass_time(self, now: float) -> list[Decision]:
        """See which incidents there are, colour the page's lines, and tell of words that are overdue.

        Called with every step of the engine: as long as nothing can have changed it costs nothing.
        """
        if now < self._idle_until and self._open.keys() == self._known:
            return []
        return self._review(now)

    def _review(self, now: float) -> list[Decision]:
        self._watch(now)
        decisions: list[Decision] = list(
            self.board.pass_time(
                now,
                self.bulletins.values(),
                [each for each in self._open.values() if _concerns_many(each)],
                self._toll,
                self._book.firing.values(),
            )
        )
        waiting = self.to_say()
        for matter in waiting:
            decisions += self._remind(matter, now)
        overdue = {matter.id for matter in waiting if matter.due_at <= now}
        for name in [name for name in self._told if name not in overdue]:
            del self._told[name]
            said = any(matter.id == name and matter.said_at is not None for matter in waiting) or name in self.bulletins
            reason = "the public was told" if said else "the outage is over; the public was never told of it"
            decisions += self._book.resolve(overdue_key(name), now, reason)
        moments = [next_step_at(self.settings, matter, now) for matter in waiting]
        self.next_at = min([*moments, *self.board.next_moments(self.bulletins.values(), now)], default=None)
        self._idle_until = min(self.board.look_at, self.board.look_at if self.next_at is None else self.next_at)
        self._known = frozenset(self._open)
        return decisions

    @property
    def blind_since(self) -> float | None:
        """Since when our own monitoring cannot see; None while it does."""
        return self._sight.blind_from if self._sight.blind else None

    def save(self) -> dict[str, Any]:
        """What a restart must not forget, bulletins excepted: they are kept one by one."""
        return {
            "since": dict(self._since),
            "told": dict(self._told),
            "drafts": {name: save_draft(draft) for name, draft in self.drafts.items()},
            "board": self.board.save(),
        }

    def restore(self, data: Mapping[str, Any], bulletins: Iterable[Bulletin]) -> None:
        """What `save` wrote, with the bulletins that were kept."""
        self.bulletins = {each.id: each for each in sorted(bulletins, key=lambda each: each.latest.at)}
        self._idle_until = -math.inf
        self._since = {name: float(since) for name, since in data.get("since", {}).items() if name in self._open}
        self._seen = {name: self._open[name] for name in self._since}
        self._told = {name: int(step) for name, step in data.get("told", {}).items()}
        self.drafts = {name: load_draft(draft) for name, draft in data.get("drafts", {}).items()}
        self.board.restore(data.get("board", {}))

    def _watch(self, now: float) -> None:
        for name, incident in self._open.items():
            if name in self._since:
                self._seen[name] = incident
            elif self._is_public(incident):
                self._seen[name] = incident
                self._since[name] = now if incident.reopened else incident.opened_at
        for name in [name for name in self._since if name not in self._open]:
            del self._since[name]
        spoken_of = {name for each in self.bulletins.values() if each.open for name in each.incidents}
        for name in [name for name in self._seen if name not in self._open and name not in spoken_of]:
            del self._seen[name]

    def _is_public(self, incident: Incident) -> bool:
        if not _concerns_many(incident) or incident.layer not in self.settings.layers:
            return False
        alert = self._book.firing.get(incident_key(incident.id))
        severity = alert.severity if alert else ALERTS[ALERT_OF_LAYER[incident.layer]].severity
        return severity in self.settings.severities

    def _remind(self, matter: Matter, now: float) -> list[Decision]:
        step = step_of(self.settings, now - matter.due_at)
        if step <= self._told.get(matter.id, 0):
            return []
        first = matter.id not in self._told
        self._told[matter.id] = step
        waited = now - (matter.since if matter.said_at is None else matter.said_at)
        heard = "no public word" if matter.said_at is None else "no further public word"
        due = f"It was due {spell(now - matter.due_at)} ago" if now > matter.due_at else "It is due now"
        owed = self._book.fire(
            "PublicUpdateOverdue",
            overdue_key(matter.id),
            now,
            since=matter.due_at,
            summary=f"{heard} for {spell(waited)} on: {matter.title}",
            description=f"{due}. A text is suggested: hearthbeat updates publish {matter.id}.",
            labels={"incident": matter.id},
            severity="warning" if step == WARNING_STEP else "critical",
            incident=matter.incidents[0] if matter.incidents else "",
        )
        if not first:
            return [owed]
        text = f"{heard} in time on: {matter.title}"
        return [owed, *(IncidentLogged(incident, now, "decided", text) for incident in matter.incidents)]

    def _forget_oldest(self) -> None:
        closed = [name for name, each in self.bulletins.items() if not each.open]
        for name in closed[: max(0, len(self.bulletins) - KEPT_BULLETINS)]:
            del self.bulletins[name]


def _concerns_many(incident: Incident) -> bool:
    """Whether it may be spoken of at all: an outage whose scope has nothing of one tenant in it."""
    return incident.kind == "outage" and not incident.scope.keys() & {"tenant", "site", "parent", "device"}


def overdue_key(bulletin: str) -> str:
    """The key of the alert that a word is overdue."""
    return f"public/{bulletin}/overdue"
