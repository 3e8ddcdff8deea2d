"""A provider that goes dark, and what an operator says about it: the desk for the public alone, in virtual time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Alert, AlertOwed, Decision, Incident, IncidentLogged
from monitor.core.fleet import Device, Fleet
from monitor.core.incidents import incident_key
from monitor.core.publication.bulletins import (
    BulletinChanged,
    Draft,
    DraftDropped,
    PublicAct,
    UpdateDrafted,
    UpdatePublished,
)
from monitor.core.publication.desk import Publication
from monitor.core.publication.settings import PublicationSettings
from monitor.core.settings import SightSettings
from monitor.core.sight import Sight
from monitor.core.welfare.harm import Toll
from monitor.devices.profile import Kind, Profile
from monitor.web.public.settings import StatusPageSettings
from monitor.web.public.state import PublicState
from tests.timeline import START, seconds

AUTHOR = "kim"
OPENED = 720.0
"""Seconds from the start until the outage is confirmed."""
SCOPE = {"provider": "aurora"}


def fleet_of(*crowds: tuple[str, str, Kind, int], tenant: str = "acme") -> Fleet:
    """A fleet of so many devices by provider, region and kind; every home is called `north-house`."""
    fleet = Fleet()
    for provider, region, kind, number in crowds:
        for index in range(number):
            device = Device(f"{tenant}/{provider}-{region}-{kind}-{index}", START)
            device.profile = Profile(kind=kind, provider=provider, region=region, site="north-house")
            fleet.add(device)
    return fleet


def incident_of(scope: Mapping[str, str], *, name: str = "3fa2c9", **fields: object) -> Incident:
    """A confirmed outage of a hundred devices, all silent."""
    began = Incident(
        id=name,
        kind="outage",
        layer="provider",
        scope=scope,
        started_at=START + 600,
        opened_at=START + OPENED,
        resolved_at=None,
        devices=100,
        silent=100,
        confidence=0.99,
    )
    return replace(began, **fields)  # type: ignore[arg-type]


class Outage:
    """Thirty feeders of aurora are out from twelve minutes on, as soon as `opened`; borealis goes on."""

    def __init__(self, *, toll: Toll | None = None, **settings: object) -> None:
        self.settings = PublicationSettings.model_validate(settings)
        self.fleet = fleet_of(("aurora", "us-east", "feeder", 30), ("borealis", "us-east", "feeder", 30))
        self.book = AlertBook("")
        self.sight = Sight(SightSettings(), START, "link")
        self.open: dict[str, Incident] = {}
        self.tolls: dict[str, Toll] = {} if toll is None else {"3fa2c9": toll}
        self.desk = self._desk()
        self.now = START
        self.decisions: list[Decision] = []
        self.at("0s")

    def _desk(self) -> Publication:
        return Publication(self.fleet, self.book, self.sight, self.settings, self.open, self.tolls.get)

    def at(self, moment: str) -> "Outage":
        """Let time pass until a moment from the start, as the engine does."""
        target = START + seconds(moment)
        while (due := self.desk.next_at) is not None and due <= target:
            assert due > self.now, "a moment that passing time cannot move past"
            self._pass(due)
        self._pass(target)
        return self

    def opened(self, severity: Literal["critical", "warning"] = "critical") -> "Outage":
        """Go to the moment at which the outage is confirmed."""
        self.at("12m")
        incident = incident_of(SCOPE)
        self.open[incident.id] = incident
        self.book.fire(
            "ProviderOutage", incident_key(incident.id), self.now, since=self.now, summary="", description="",
            labels={}, severity=severity,
        )  # fmt: skip
        self._pass(self.now)
        return self

    def ended(self) -> "Outage":
        """The outage is over now."""
        self.open.clear()
        self.book.resolve(incident_key("3fa2c9"), self.now, "over")
        self._pass(self.now)
        return self

    @property
    def incident(self) -> Incident:
        """The outage."""
        return self.open["3fa2c9"]

    def becomes(self, **fields: object) -> "Outage":
        """The outage is as these fields say from now on."""
        self.open["3fa2c9"] = replace(self.incident, **fields)  # type: ignore[arg-type]
        self._pass(self.now)
        return self

    def draft(self, bulletin: str = "3fa2c9") -> Draft:
        """The next word."""
        found = self.desk.draft(bulletin)
        assert found is not None
        return found

    def publish(self, bulletin: str = "3fa2c9", draft: Draft | None = None) -> "Outage":
        """Say it now."""
        return self.act(UpdatePublished(bulletin, self.now, AUTHOR, draft or self.draft(bulletin)))

    def act(self, act: PublicAct) -> "Outage":
        """An operator does something."""
        match act:
            case UpdatePublished():
                self.decisions += self.desk.published(act)
            case UpdateDrafted():
                self.decisions += self.desk.drafted(act)
            case DraftDropped():
                self.decisions += self.desk.dropped(act)
        return self

    def write(self, bulletin: str, draft: Draft) -> "Outage":
        """An operator works on a draft."""
        return self.act(UpdateDrafted(bulletin, self.now, AUTHOR, draft))

    def restarted(self) -> "Outage":
        """A new desk that begins with what this one saved."""
        old = self.desk
        self.desk = self._desk()
        self.desk.restore(old.save(), old.bulletins.values())
        return self

    @property
    def overdue(self) -> list[Alert]:
        """What people were told of overdue words."""
        owed = [each.alert for each in self.decisions if isinstance(each, AlertOwed)]
        return [each for each in owed if each.name == "PublicUpdateOverdue"]

    @property
    def logged(self) -> list[IncidentLogged]:
        """The lines of timelines."""
        return [each for each in self.decisions if isinstance(each, IncidentLogged)]

    @property
    def published(self) -> list[BulletinChanged]:
        """What was said."""
        return [each for each in self.decisions if isinstance(each, BulletinChanged)]

    def line(self, capability: str, provider: str = "aurora") -> str:
        """The id of a line of the page."""
        return next(
            each.id
            for each in self.desk.board.components
            if each.capability == capability and each.provider in (provider, "")
        )

    def _pass(self, moment: float) -> None:
        self.now = moment
        self.decisions += self.desk.pass_time(moment)


def public_state(outage: Outage, **settings: object) -> PublicState:
    """What the public pages are given of this outage; what an operator says is carried out at once."""

    async def carry_out(act: PublicAct) -> bool:
        outage.act(act)
        public.changed()
        return True

    page = StatusPageSettings.model_validate({"name": "Whisker & Warmth", **settings})
    public = PublicState(outage.desk, lambda: outage.now, page, carry_out=carry_out)
    return public
