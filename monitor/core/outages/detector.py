"""Finds outages: once per second from what every leaf counted, through suspicion and confirmation to recovery."""

from collections.abc import Mapping, Sequence
from typing import Any

from monitor.core.decisions import Incident
from monitor.core.leaves import Leaf, Leaves
from monitor.core.observations import Witness
from monitor.core.outages import memory
from monitor.core.outages.counting import Counting
from monitor.core.outages.findings import Finding
from monitor.core.outages.members import Members
from monitor.core.outages.past import Past
from monitor.core.outages.slow import Slow
from monitor.core.outages.speech import Speaker
from monitor.core.outages.standing import Standing
from monitor.core.outages.suspicions import Suspicions
from monitor.core.outages.watch import Watch
from monitor.core.outages.witnesses import Witnesses
from monitor.core.settings import OutageSettings

CHANCE_TO_SPEAK = 1.5
"""After blindness a suspicion waits for this many typical intervals."""


class OutageDetector:
    """Judges the silence of the fleet. It is told integer counts and the time, and answers with findings.

    `gone_seconds` is after how much silence devices leave the pool and count as gone.
    """

    def __init__(self, settings: OutageSettings, gone_seconds: float = 64_800.0) -> None:
        self._settings = settings
        self._members = Members(settings.dimensions, settings.pairs)
        self._past = Past()
        self._witnesses = Witnesses()
        speaker = Speaker(self._members, self._witnesses)
        self._standing = Standing(settings, self._members, speaker)
        self._counting = Counting(self._members, self._past, self._standing.joined)
        self._suspicions = Suspicions(settings, self._members, self._past, self._counting, speaker)
        self._slow = (
            Slow("creeping", settings, self._members, speaker, gone_seconds),
            Slow("degraded", settings, self._members, speaker),
        )
        self._saved_past: Sequence[Sequence[Any]] = ()

    def tick(self, at: float, leaves: Leaves) -> list[Finding]:
        """The second that ends at `at` is complete. Call for each whole second of the horizon, in order."""
        self._counting.take_in(at, leaves, self._suspicions.needed_since, self._settings.false_alarms_per_week)
        if self._saved_past:
            memory.load_past(self._saved_past, self._members, self._past)
            self._saved_past = ()
        findings = self._suspicions.judge(at, self._confirm)
        findings += self._standing.follow(at)
        for slow in self._slow:
            findings += slow.judge(at, self._standing.open, self._standing.begin)
        self._counting.learn(at)
        return findings

    def covers(self, place: Leaf) -> bool:
        """Whether a suspicion or an outage explains why devices with these values are silent."""
        if self._standing.covering(place) is not None:
            return True
        suspected = (*self._suspicions.open, *self._slow[0].open)
        return any(self._members.inside(place, watch.scope) for watch in suspected)

    def incident_of(self, place: Leaf) -> str | None:
        """The id of the outage that explains why devices with these values are silent."""
        watch = self._standing.covering(place)
        return None if watch is None else watch.id

    def give_up(self, outage: str, at: float, reason: str) -> Finding | None:
        """Somebody declares an outage over, by its id; None if it is not open."""
        return self._standing.give_up(outage, at, reason)

    def witness(self, w: Witness) -> None:
        """A probe or a provider's page says something about a scope."""
        self._witnesses.hear(w)

    def sighted(self, at: float, blind_for: float) -> None:
        """Sight returned after so many seconds: all timers move, and everybody gets the chance to speak first."""
        self._past.blind(at - blind_for, at)
        for watch in (*self._suspicions.open, *(watch for slow in self._slow for watch in slow.open)):
            interval = watch.sums.typical_interval
            watch.suspected_at += blind_for
            watch.not_before = at + max(self._settings.confirm_seconds, CHANCE_TO_SPEAK * interval)
            watch.explained_at = watch.not_before
        for watch in self._standing.open:
            watch.moved_at += blind_for
            if watch.healing_since is not None:
                watch.healing_since += blind_for

    def save(self) -> dict[str, Any]:
        """As plain data, ready for JSON."""
        judging = bool(self._suspicions.open)
        return {
            "slices": memory.save_slices(self._members),
            "suspicions": [memory.save_watch(watch) for watch in self._suspicions.open],
            "alarms": [memory.save_alarm(part) for part in self._counting.standing_alarms()] if judging else [],
            "past": memory.save_past(self._past) if judging else [],
            "slow": [memory.save_watch(watch) for slow in self._slow for watch in slow.open],
            "open": [memory.save_watch(watch) for watch in self._standing.open],
            "ended": [memory.save_watch(watch) for watch in self._standing.ended],
            "witnesses": self._witnesses.save(),
        }

    def restore(self, data: Mapping[str, Any], at: float, incidents: Sequence[Incident] = ()) -> None:
        """From plain data, before the first tick; `incidents` are those that the store knows to be open at `at`.

        The store is right where the two differ: it is written with every decision, this data only now and then.
        """
        if data:
            self._load(data)
        outages = {incident.id: incident for incident in incidents if incident.kind == "outage"}
        for watch in [each for each in self._standing.open if each.id not in outages]:
            self._standing.open.remove(watch)
            watch.said_at = at
            self._standing.ended.append(watch)
        for watch in self._standing.open:
            watch.relapses = outages[watch.id].reopened
        known = {watch.id for watch in self._standing.open}
        for name in sorted(outages.keys() - known):
            self._standing.open.append(memory.adopt_incident(outages[name], self._members))

    def _load(self, data: Mapping[str, Any]) -> None:
        memory.load_slices(data["slices"], self._members)
        self._suspicions.open = [memory.load_watch(each, self._members) for each in data["suspicions"]]
        for each in data["alarms"]:
            self._counting.alarms.add(memory.load_alarm(each, self._members))
        self._saved_past = data["past"]
        for slow in self._slow:
            slow.open = [memory.load_watch(each, self._members) for each in data["slow"] if each["form"] == slow.form]
        self._standing.open = [memory.load_watch(each, self._members) for each in data["open"]]
        self._standing.ended = [memory.load_watch(each, self._members) for each in data["ended"]]
        self._witnesses.restore(data["witnesses"])

    def _confirm(self, watch: Watch, at: float, affected_elsewhere: float) -> list[Finding]:
        findings = self._standing.begin(watch, at, affected_elsewhere)
        self._suspicions.explained(watch.scope)
        return findings
