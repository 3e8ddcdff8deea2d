"""Who is alive: the status of each device, from what it says and from its silence."""

from collections.abc import Callable

from monitor.core.deadlines import Deadlines
from monitor.core.decisions import Decision, OfflineCause, StatusChanged
from monitor.core.fleet import Device, Fleet
from monitor.core.leaves import SILENT_MISSES, Leaves
from monitor.core.moments import Moments
from monitor.core.observations import Heartbeat, SessionStatus
from monitor.core.patience.calibrated import Patience
from monitor.core.patience.rhythm import learn_interval, learn_jitter, margin, undeclared
from monitor.core.sessions import accept, begin_boot, recognise, trusts_session
from monitor.core.settings import LivenessSettings
from monitor.core.sight import Sight
from monitor.core.transitions import TRANSITIONS, Happening
from monitor.core.words import count, spell

NO_BLIP: tuple[OfflineCause, ...] = ("shutdown", "parent")
"""Why a device may be offline with no doubt about it: what it was silent for teaches nothing."""


class Liveness:
    """Keeps every device's status, and files each device for the next moment at which its silence means something.

    `cover` names what explains a device's silence: "suspicion", "incident" or nothing.
    """

    def __init__(
        self,
        fleet: Fleet,
        deadlines: Deadlines,
        sight: Sight,
        leaves: Leaves,
        settings: LivenessSettings,
        cover: Callable[[Device], str],
    ) -> None:
        self._fleet = fleet
        self._deadlines = deadlines
        self._sight = sight
        self._leaves = leaves
        self._settings = settings
        self._cover = cover
        self.patience = Patience(settings)
        self._moments = Moments(sight, self.patience, settings, lambda device: cover(device) == "incident")

    def meet(self, device: Device) -> None:
        """A device not seen before."""
        self.patience.renew(device)
        self._fleet.add(device)
        self._deadlines.file(device, self._moments.silent(device))

    def readmit(self, device: Device) -> None:
        """A device from before a restart, with its status as it was.

        It was written when something about it was decided, and may have missed heartbeats since: who is offline has.
        """
        if device.status == "offline" and device.ever_heard:
            device.misses = SILENT_MISSES
        self._fleet.add(device)
        self.patience.renew(device)
        self._settle(device)
        self._file_next(device, self._sight.horizon)

    def part(self, device: Device) -> None:
        """A device leaves the fleet."""
        self._deadlines.withdraw(device)
        self._leaves.remove(device)
        self._fleet.remove(device)

    def hear(self, device: Device, beat: Heartbeat) -> list[Decision]:
        """A heartbeat; the quiet path is short because nearly all of them are quiet."""
        previous = device.beat
        quiet = previous is not None and previous.boot_id == beat.boot_id and beat.seq - previous.seq == 1
        if not quiet and not accept(self._fleet, device, beat):
            return []
        device.beat = beat
        if previous is not None and previous.cloud_connected != beat.cloud_connected:
            self._leaves.cloud_changed(device)
        if beat.interval_seconds is not None and beat.interval_seconds != device.declared_interval:
            device.declared_interval = beat.interval_seconds
            self._rhythm_changed(device)
        if self._sight.backlog or self._sight.blind:
            self._fleet.anomalies["backlog"] += 1
            return []
        if previous is not None and undeclared(device):
            self._learn_interval(device, previous, beat)
        if quiet and previous is not None and device.status == "online" and not device.misses:
            if previous.at >= self._sight.returned_at:
                learn_jitter(device, beat.at - previous.at)
            device.last_seen = beat.at
            device.will_at = None
            return []
        sent = 0 if previous is None else self._learn(device, previous, beat)
        return self._prove(device, beat.at, sent)

    def notice(self, device: Device, at: float) -> list[Decision]:
        """Something other than a heartbeat that only a living device can have sent just now."""
        if self._sight.backlog or self._sight.blind:
            self._fleet.anomalies["backlog"] += 1
            return []
        if device.status == "online" and not device.misses:
            device.last_seen = at
            device.will_at = None
            return []
        return self._prove(device, at)

    def status(self, device: Device, told: SessionStatus) -> list[Decision]:
        """The device's session began, ended or went to sleep."""
        boot = recognise(device, told.boot_id)
        if boot == "stale":
            self._fleet.anomalies["stale_will" if told.will else "stale_boot"] += 1
            return []
        if boot == "new":
            begin_boot(self._fleet, device, told.boot_id)
        if told.state == "offline":
            return self._depart(device, told)
        device.will_at = None
        stored = told.retained or self._sight.backlog
        if stored and not trusts_session(device):
            return []
        if told.state == "sleeping":
            return self._rest(device, told)
        device.session_up = True
        return self._resume(device, told.at) if stored else self._prove(device, told.at)

    def keeps(self, device: Device, at: float) -> bool:
        """Whether all is well: the device was heard since it was filed, and has only to be filed anew.

        `judge` would say the same; nearly all devices are well, and this costs a fraction.
        """
        if device.status != "online" or device.misses or device.leaf is None or device.will_at is not None:
            return False
        if trusts_session(device):
            return False
        last_seen = device.last_seen
        due = last_seen + min(device.interval + margin(device), device.timeout)
        if due <= at or last_seen < self._sight.returned_at:
            return False
        self._keep_slot(device)
        self._deadlines.file(device, due)
        return True

    def judge(self, device: Device, at: float) -> list[Decision]:
        """The second in which the device is filed is over: find out what its silence until `at` means."""
        decisions: list[Decision] = []
        if device.will_at is not None and self._moments.left(device, device.will_at) <= at:
            device.will_at = None
            device.session_up = False
            decisions += self._move(device, "left", at, "its connection broke and did not come back", "will")
        if trusts_session(device):
            self._look(device, at)
        else:
            decisions += self._judge_silence(device, at)
        if device.leaf is not None and device.misses >= SILENT_MISSES:
            self._judge_testimony(device, at)
        self._file_next(device, at)
        return decisions

    def orphan(self, parent: Device, at: float) -> list[Decision]:
        """The gateway `parent` went offline: children that have not spoken since it did are unreachable through it."""
        decisions: list[Decision] = []
        for child_id in sorted(self._fleet.children.get(parent.id, ())):
            child = self._fleet.devices[child_id]
            if child.ever_heard and child.last_seen <= parent.last_seen + margin(child):
                decisions += self._move(child, "orphaned", at, f"its gateway {parent.name} is offline", "parent")
        return decisions

    def describe(self, device: Device) -> None:
        """Its profile changed: file it by its new rhythm and place."""
        self._rhythm_changed(device)
        self._settle(device)

    def silence_limit(self, device: Device) -> float | None:
        """The moment at which silence makes the device offline; None if silence never does."""
        return None if trusts_session(device) else self._moments.silent(device)

    def explain(self, device: Device, at: float) -> str:
        """What is usual for the device, how long it has been silent, how long it may be, and how rare that is."""
        silence = at - (device.last_seen or device.first_seen)
        unwatched = self._moments.unwatched(device)
        note = f" ({spell(unwatched)} of it unwatched)" if unwatched else ""
        told = f"silent for {spell(silence)}{note}"
        if trusts_session(device):
            return f"{told}, judged by its session alone"
        limit = self._moments.silent(device) - at + silence - unwatched
        if device.resting_until is not None or device.profile.liveness == "sleepy":
            return f"{told}, sleeps by design, limit {spell(limit)}"
        odds = self.patience.odds(device, silence - unwatched)
        return f"{told}, {self.patience.usual(device)}, limit {spell(limit)}{odds}"

    def _learn(self, device: Device, previous: Heartbeat, beat: Heartbeat) -> int:
        """Learn from the silence that this heartbeat ends; how many the device sent since, 0 if that is not known.

        Nothing is learned if the device restarted, which means that it was away, or if something else explains the
        silence: an outage, blindness, its gateway, its own goodbye.
        """
        sent = beat.seq - previous.seq
        if previous.boot_id != beat.boot_id or sent < 1:
            return 0
        foreign = (
            device.leaf is None
            or trusts_session(device)
            or min(previous.at, device.last_seen) < self._sight.returned_at
            or device.cause in NO_BLIP
            or self._cover(device) != ""
        )
        if not foreign and self.patience.learn(device, beat.at - device.last_seen, sent, beat.at):
            self._settle(device)
        return sent

    def _prove(self, device: Device, at: float, sent: int = 0) -> list[Decision]:
        silence = at - device.last_seen
        reason = f"heard again after {spell(silence)}" if device.ever_heard and device.status != "sleeping" else "heard"
        if device.misses:
            self._return(device)
            reason += _meanwhile(sent)
        device.last_seen = max(device.last_seen, at)
        device.will_at = None
        device.resting_until = None
        decisions = self._move(device, "heard", at, reason)
        if device.leaf is None:
            self._settle(device)
        self._file_next(device, at)
        return decisions

    def _resume(self, device: Device, at: float) -> list[Decision]:
        """The broker holds that its session is up, since nobody knows when; of a device never heard it is the proof."""
        if device.misses:
            self._return(device)
        device.last_seen = device.last_seen or at
        decisions = self._move(device, "heard", at, "its session is up")
        self._file_next(device, at)
        return decisions

    def _return(self, device: Device) -> None:
        if device.misses < SILENT_MISSES:
            self._leaves.slot_kept(device, device.misses)
        self._leaves.returned(device)
        device.misses = 0

    def _depart(self, device: Device, told: SessionStatus) -> list[Decision]:
        device.session_up = False
        if not told.will:
            return self._move(
                device, "left", told.at, f"it said goodbye: {told.reason or 'no reason given'}", "shutdown"
            )
        if device.status != "offline":
            device.will_at = told.at + self._settings.will_hold_seconds
            if not told.retained and not trusts_session(device):
                self._leaves.departed(device)
            self._file_sooner(device, device.will_at)
        return []

    def _rest(self, device: Device, told: SessionStatus) -> list[Decision]:
        period = told.next_seen_seconds or device.declared_interval or device.profile.interval_seconds
        allowed = self._moments.sleep(period)
        device.resting_until = told.at + allowed
        device.last_seen = max(device.last_seen, told.at)
        decisions = self._move(device, "rested", told.at, f"sleeps, expected within {spell(allowed)}")
        self._deadlines.file(device, device.resting_until)
        return decisions

    def _look(self, device: Device, at: float) -> None:
        """Once in a while its session is counted like a heartbeat that falls due: kept if it is up, else missed."""
        if device.leaf is None or not self._moments.is_look(device, at):
            return
        if device.status == "offline" and device.misses < SILENT_MISSES:
            self._leaves.slot_missed(device, device.misses)
            device.misses += 1
        elif device.status == "online" and device.will_at is None:
            self._leaves.slot_kept(device, 0)

    def _judge_silence(self, device: Device, at: float) -> list[Decision]:
        decisions: list[Decision] = []
        while device.leaf is not None and device.misses < SILENT_MISSES and self._moments.slot_due(device) <= at:
            self._leaves.slot_missed(device, device.misses)
            device.misses += 1
            if device.misses == 1:
                self.patience.reconsider(device)
        if device.leaf is not None and device.misses == 0:
            self._keep_slot(device)
        if device.status == "offline":
            return decisions
        if self._moments.silent(device) <= at:
            if device.status == "new":
                return decisions + self._move(device, "unheard", at, "never heard")
            cause: OfflineCause = "parent" if self._parent_gone(device) else "silence"
            return decisions + self._move(device, "silent", at, self.explain(device, at), cause)
        if device.status == "online" and self._moments.late(device) <= at:
            decisions += self._move(device, "late", at, self.explain(device, at))
        return decisions

    def _keep_slot(self, device: Device) -> None:
        self._leaves.slot_kept(device, 0)
        device.slots += 1
        device.peers.slots += 1

    def _judge_testimony(self, device: Device, at: float) -> None:
        """A device silent for long outside any incident would keep its scopes under suspicion for ever."""
        if self._moments.out_of_pool(device) <= at:
            self._leaves.give_up(device)

    def _move(
        self, device: Device, happening: Happening, at: float, reason: str, cause: OfflineCause = ""
    ) -> list[Decision]:
        previous = device.status
        status = TRANSITIONS.get((previous, happening))
        if status is None or status == previous:
            return []
        self._fleet.set_status(device, status)
        device.since = at
        device.reason = reason
        device.cause = cause
        if status == "offline" or previous == "offline":
            cutoff = at - self._settings.flap_window_seconds
            device.flaps = (*(moment for moment in device.flaps if moment > cutoff), at)
        self._settle(device)
        return [StatusChanged(device.id, at, status, previous, reason, cause)]

    def _settle(self, device: Device) -> None:
        """Devices of which heartbeats are due, or a session is known, take part in outage detection.

        Who sleeps has no due slots to testify, and who ended its session with a goodbye did not lose it.
        """
        said_goodbye = trusts_session(device) and device.cause == "shutdown"
        takes_part = (
            device.profile.liveness != "sleepy"
            and not said_goodbye
            and not device.maintenance
            and device.ever_heard
            and device.status not in ("new", "sleeping")
        )
        if takes_part:
            self._leaves.place(device)
        else:
            self._leaves.remove(device)

    def _rhythm_changed(self, device: Device) -> None:
        self.patience.renew(device)
        self._file_next(device, max(self._sight.horizon, device.last_seen))

    def _file_next(self, device: Device, at: float) -> None:
        moment = self._moments.next(device, at)
        if moment is None:
            self._deadlines.withdraw(device)
        else:
            self._deadlines.file(device, max(moment, at))

    def _file_sooner(self, device: Device, moment: float) -> None:
        if not device.deadline or moment < device.deadline:
            self._deadlines.file(device, moment)

    def _learn_interval(self, device: Device, previous: Heartbeat, beat: Heartbeat) -> None:
        steps = beat.seq - previous.seq
        same_spell = previous.boot_id == beat.boot_id and previous.at >= self._sight.returned_at
        if same_spell and steps > 0 and learn_interval(device, (beat.at - previous.at) / steps):
            self._rhythm_changed(device)

    def _parent_gone(self, device: Device) -> bool:
        parent = self._fleet.get(device.parent_id)
        return parent is not None and (parent.status in ("offline", "late") or parent.misses > 0)


def _meanwhile(sent: int) -> str:
    """What a device did while it was silent, told by how far its numbering went on; 0 is not known."""
    if sent > 1:
        return f"; it had gone on sending, {count(sent - 1, 'heartbeat')} got lost"
    return "; it had sent nothing meanwhile" if sent else ""
