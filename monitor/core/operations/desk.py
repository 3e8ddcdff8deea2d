"""Where people's acts and the engine's decisions meet: incidents of every kind, silences, maintenance, timelines.

`follow` sees every decision before it leaves the engine and adds what it means for incidents.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from monitor.core.alerts import AlertBook
from monitor.core.decisions import (
    AlertOwed,
    BlindChanged,
    Decision,
    DeviceRecorded,
    Incident,
    IncidentChanged,
    IncidentLogged,
    MealSettled,
    WelfareChanged,
)
from monitor.core.fleet import Device, Fleet
from monitor.core.incidents import Incidents, name_of
from monitor.core.notices import Cover
from monitor.core.operations.acts import (
    IncidentAcknowledged,
    IncidentNoted,
    IncidentResolvedByHand,
    SilenceEnded,
    SilenceSet,
    WindowEnded,
    WindowSet,
)
from monitor.core.operations.cases import Cases, subject_of
from monitor.core.operations.hush import Hush
from monitor.core.operations.journal import Journal
from monitor.core.operations.losses import meal_lost, sign_shown
from monitor.core.operations.maintenance import Hold, Maintenance, in_scope
from monitor.core.operations.settings import IncidentSettings
from monitor.core.operations.silences import Silence
from monitor.core.operations.windows import Window
from monitor.core.words import count

BY_HAND = "declared over by hand"


class Desk:
    """Carries out what people do about incidents, and keeps incidents in step with alerts."""

    def __init__(
        self,
        settings: IncidentSettings,
        incidents: Incidents,
        fleet: Fleet,
        book: AlertBook,
        cover: Callable[[Device], Cover],
        hold: Hold,
        withhold: Callable[[str, str], None],
    ) -> None:
        self.cases = Cases(settings)
        self.hush = Hush(book.firing)
        self.maintenance = Maintenance(fleet, hold)
        self.ways: dict[type, Callable[[Any], list[Decision]]] = {
            IncidentAcknowledged: self._acknowledge,
            IncidentNoted: self._note,
            IncidentResolvedByHand: self._close,
            SilenceSet: self._silence,
            SilenceEnded: self._unsilence,
            WindowSet: self._open_window,
            WindowEnded: self._close_window,
        }
        self._incidents = incidents
        self._fleet = fleet
        self._book = book
        self._cover = cover
        self._withhold = withhold
        self._journal = Journal(settings.most_lines, self._called)

    @property
    def open(self) -> Mapping[str, Incident]:
        """Open incidents of every kind by id, outages first."""
        return {**self._incidents.open, **self.cases.open}

    @property
    def refused(self) -> int:
        """How many incidents were not opened because too many are."""
        return self.cases.refused

    def find(self, incident: str) -> Incident | None:
        """An incident that is open or ended lately."""
        for known in (self._incidents.open, self.cases.open, self._incidents.ended, self.cases.ended):
            if incident in known:
                return known[incident]
        return None

    def follow(self, decisions: Sequence[Decision]) -> list[Decision]:
        """The decisions with what they mean for incidents, and alerts as they are owed under the silences of now."""
        followed: list[Decision] = []
        suffered: list[MealSettled | WelfareChanged] = []
        for decision in decisions:
            match decision:
                case DeviceRecorded():
                    followed.append(decision)
                    followed += self._told_of(self.maintenance.recorded(decision.device, decision.at))
                case BlindChanged():
                    followed.append(decision)
                    followed += self._sight(decision)
                case MealSettled() | WelfareChanged():
                    followed.append(decision)
                    suffered.append(decision)
                case _:
                    followed += self._told_of([decision])
        # An alert that came of it may have opened the incident that it belongs to.
        for each in suffered:
            followed += self._lost(each)
        return followed

    def pass_time(self, now: float) -> list[Decision]:
        """What only the passing of time brings: silences and windows begin and end."""
        self.cases.pass_time(now)
        self._incidents.forget(now)
        decisions: list[Decision] = []
        for silence in self.hush.over(now):
            told = self.hush.end(silence.id, now)
            decisions += [IncidentLogged("", now, "decided", f"silence {silence.id} ended{_owed_anew(told)}"), *told]
        begun, ended, held = self.maintenance.pass_time(now)
        for what, windows in (("began", begun), ("ended", ended)):
            decisions += [IncidentLogged("", now, "decided", f"maintenance {each.id} {what}") for each in windows]
        return decisions + held

    @property
    def next_at(self) -> float | None:
        """When passing time alone may bring something next."""
        moments = (self.hush.next_at, self.maintenance.next_at)
        return min((moment for moment in moments if moment is not None), default=None)

    def save(self) -> dict[str, Any]:
        """As plain data; incidents and alerts are saved as what they are."""
        return {
            "ended": {"outages": self._incidents.save(), "cases": self.cases.save()},
            "silences": self.hush.save(),
            "maintenance": self.maintenance.save(),
            "journal": self._journal.save(self._incidents.open),
        }

    def restore(self, data: Mapping[str, Any], incidents: Sequence[Incident], at: float) -> list[Decision]:
        """From plain data, when devices and firing alerts are known again."""
        ended = data.get("ended", {})
        self._journal.restore(data.get("journal", {}), incidents)
        self.hush.restore(data.get("silences", {}))
        self.maintenance.restore(data.get("maintenance", {}), at)
        self._incidents.restore((each for each in incidents if each.kind == "outage"), ended.get("outages", ()))
        cases = [each for each in incidents if each.kind != "outage"]
        return self.cases.restore(cases, self._book.firing, ended.get("cases", ()), at)

    def _owed(self, owed: AlertOwed) -> list[Decision]:
        alert = owed.alert
        if alert.state == "resolved":
            owed = self.hush.owed(owed)
            holder = alert.incident or self.cases.holding(alert.key)
            owed = replace(owed, alert=replace(alert, incident=holder))
            cleared = self.cases.cleared(alert, owed.at)
            return [owed, *(self._journal.alert(owed, holder) if holder else ()), *self._told_of(cleared)]
        holder, changes = self._belonging(owed)
        if holder != alert.incident:
            alert = replace(alert, incident=holder)
            if alert.key in self._book.firing:
                self._book.firing[alert.key] = alert
        owed = self.hush.owed(replace(owed, alert=alert))
        return [*self._told_of(changes), owed, *(self._journal.alert(owed, holder) if holder else ())]

    def _belonging(self, owed: AlertOwed) -> tuple[str, list[Decision]]:
        """The incident that a firing alert belongs to; trouble within an outage belongs to the outage."""
        alert = owed.alert
        subject = subject_of(alert)
        if not subject:
            return alert.incident, []
        device = self._fleet.get(subject)
        if device is not None and not self.cases.about(subject):
            kind, incident = self._cover(device)
            if kind == "incident":
                return incident, []
        return self.cases.fired(alert, owed.at)

    def _told_of(self, decisions: Sequence[Decision]) -> list[Decision]:
        """What follows from decisions that were made here."""
        followed: list[Decision] = []
        for decision in decisions:
            match decision:
                case AlertOwed():
                    followed += self._owed(decision)
                case IncidentChanged():
                    followed += self._changed(decision)
                case _:
                    followed.append(decision)
        return followed

    def _changed(self, change: IncidentChanged) -> list[Decision]:
        followed: list[Decision] = [change, *self._journal.changed(change)]
        if change.state == "resolved" and change.incident.kind == "outage":
            followed += self._hand_over(change.incident, change.at)
        return followed

    def _hand_over(self, outage: Incident, at: float) -> list[Decision]:
        """Harm that an outage explained and that outlasts it becomes an incident of its own."""
        followed: list[Decision] = []
        for key, alert in list(self._book.firing.items()):
            if alert.incident == outage.id and subject_of(alert):
                holder, changes = self.cases.fired(alert, at, after=(outage.id,))
                if holder:
                    self._book.firing[key] = replace(alert, incident=holder)
                    followed += self._told_of(changes)
        return followed

    def _lost(self, suffered: MealSettled | WelfareChanged) -> list[Decision]:
        incident = self._incident_of(suffered)
        if isinstance(suffered, MealSettled):
            return list(meal_lost(suffered, incident))
        return list(sign_shown(suffered, incident))

    def _incident_of(self, suffered: MealSettled | WelfareChanged) -> str:
        """The incident during which something was suffered; a meal may be settled when its outage is over."""
        device = self._fleet.get(suffered.device)
        if device is None:
            return ""
        kind, incident = self._cover(device)
        if kind == "incident":
            return incident
        if isinstance(suffered, MealSettled):
            for each in reversed(list(self._incidents.ended.values())):
                during = each.started_at <= suffered.planned_at <= (each.resolved_at or each.started_at)
                if during and in_scope(device, each.scope):
                    return each.id
        return self.cases.about(suffered.device)

    def _sight(self, change: BlindChanged) -> list[Decision]:
        text = f"the monitor went blind: {change.cause}" if change.blind else "the monitor sees again"
        return [line for name in self._incidents.open for line in self._journal.seen(name, change.at, text)]

    def _called(self, incident: str) -> str:
        known = self.find(incident)
        return "an incident" if known is None else name_of(known.scope)

    def _acknowledge(self, act: IncidentAcknowledged) -> list[Decision]:
        """Somebody takes care of an incident, or of a firing alert, which becomes one if it is none."""
        name, begun = act.incident, list[Decision]()
        alert = self._book.firing.get(name)
        if alert is not None:
            name = alert.incident
            if not name:
                name, begun = self.cases.fired(alert, act.at, wanted=True)
                self._book.firing[alert.key] = replace(alert, incident=name)
        taken = self._incidents.acknowledge(name, act.at, act.author)
        return begun + (taken or self.cases.acknowledge(name, act.at, act.author))

    def _note(self, act: IncidentNoted) -> list[Decision]:
        return [IncidentLogged(act.incident, act.at, "done", act.text, act.author)]

    def _close(self, act: IncidentResolvedByHand) -> list[Decision]:
        said = BY_HAND + (f": {act.reason}" if act.reason else "")
        line = IncidentLogged(act.incident, act.at, "done", said, act.author)
        closed = self._incidents.close(act.incident, act.at, act.author, act.reason)
        if closed:
            return [line, *closed]
        closed, keys = self.cases.close(act.incident, act.at, act.author, act.reason)
        for key in keys:
            self._withhold(key, act.incident)
            closed += self._book.resolve(key, act.at, BY_HAND)
        return [line, *closed] if closed else []

    def _silence(self, act: SilenceSet) -> list[Decision]:
        said = f"silence {act.silence.id} set for {act.silence}{_remark(act.silence)}"
        line = IncidentLogged("", act.at, "done", said, act.silence.author)
        return [line, *self.hush.set(act.silence, act.at)]

    def _unsilence(self, act: SilenceEnded) -> list[Decision]:
        if act.id not in self.hush.silences:
            return []
        told = self.hush.end(act.id, act.at)
        return [IncidentLogged("", act.at, "done", f"silence {act.id} ended{_owed_anew(told)}", act.author), *told]

    def _open_window(self, act: WindowSet) -> list[Decision]:
        window = act.window
        self.maintenance.set(window, act.at)
        said = f"maintenance {window.id} set for {name_of(window.scope)}{_remark(window)}"
        return [IncidentLogged("", act.at, "done", said, window.author)]

    def _close_window(self, act: WindowEnded) -> list[Decision]:
        ended = self.maintenance.end(act.id, act.at)
        return [] if ended is None else [IncidentLogged("", act.at, "done", f"maintenance {act.id} ended", act.author)]


def _remark(made: Silence | Window) -> str:
    return f": {made.comment}" if made.comment else ""


def _owed_anew(told: Sequence[AlertOwed]) -> str:
    return f"; {count(len(told), 'alert')} owed anew" if told else ""
