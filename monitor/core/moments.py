"""When a device's silence means something: its next due heartbeat, late, offline, no evidence any longer."""

from collections.abc import Callable
from math import ceil

from monitor.core.fleet import Device
from monitor.core.leaves import SILENT_MISSES
from monitor.core.patience.calibrated import Patience
from monitor.core.patience.rhythm import margin
from monitor.core.sessions import LOOK_SECONDS, is_look, next_look, trusts_session
from monitor.core.settings import LivenessSettings
from monitor.core.sight import Sight

REJOIN_SECONDS = 120.0
SLEEP_GRACE_SECONDS = 60.0
SLEEP_PERIODS = 2.0


class Moments:
    """The moments at which each device's silence has to be looked at, all in Unix seconds.

    `explained` tells whether an open incident explains a device's silence.
    """

    def __init__(
        self, sight: Sight, patience: Patience, settings: LivenessSettings, explained: Callable[[Device], bool]
    ) -> None:
        self._sight = sight
        self._patience = patience
        self._settings = settings
        self._explained = explained

    def next(self, device: Device, at: float) -> float | None:
        """The first of the moments after `at` that still matter to this device; None if there is none."""
        moments: list[float] = []
        if device.will_at is not None:
            moments.append(self.left(device, device.will_at))
        if device.leaf is not None:
            moments.append(self._testimony(device, at))
        if device.status != "offline" and not trusts_session(device):
            moments.append(self.silent(device))
            if device.status == "online":
                moments.append(self.late(device))
        return min(moments, default=None)

    def left(self, device: Device, will_at: float) -> float:
        """When its last will counts, which was to be at `will_at`.

        A will that came while the monitor was blind may tell of nothing but the broker's own restart, after which
        devices take their time to connect: then it counts no sooner than silence would.
        """
        if will_at - self._settings.will_hold_seconds > self._sight.returned_at:
            return will_at
        return max(will_at, self._granted(device, device.timeout))

    def slot_due(self, device: Device) -> float:
        """When the next heartbeat that has not come counts as missed.

        After blindness a device has the time to connect again, and then keeps its rhythm. One moment for all would turn
        the misses of a whole interval into a cliff.
        """
        anchor = device.last_seen or device.first_seen
        moment = anchor + (device.misses + 1) * device.interval + margin(device)
        returned_at = self._sight.returned_at
        if anchor >= returned_at:
            return moment
        rejoined = returned_at + min(device.interval + margin(device), REJOIN_SECONDS)
        return moment + max(0, ceil((rejoined - anchor) / device.interval) - 1) * device.interval

    def is_look(self, device: Device, at: float) -> bool:
        """Whether its session is to be counted at `at`; after blindness it has the time to connect again."""
        return is_look(device) and self._sight.returned_at + LOOK_SECONDS <= device.deadline < at

    def out_of_pool(self, device: Device) -> float:
        """When the device has been silent for so long that its silence is no evidence of anything new."""
        silent_since = device.since if trusts_session(device) else device.last_seen
        moment = silent_since + self._settings.forget_silent_seconds
        if not self._explained(device):
            return moment
        return max(moment, self._sight.horizon + self._settings.forget_silent_seconds)

    def late(self, device: Device) -> float:
        """When its silence makes the device late."""
        if device.profile.liveness == "sleepy":
            return self.silent(device)
        return self._granted(device, self._patience.late_after(device))

    def silent(self, device: Device) -> float:
        """When its silence makes the device offline."""
        if device.resting_until is not None:
            return self._granted(device, device.resting_until - device.last_seen)
        if device.profile.liveness == "sleepy":
            return self._granted(device, self.sleep(device.declared_interval or device.profile.interval_seconds))
        return self._granted(device, device.timeout)

    def sleep(self, period: float | None) -> float:
        """How many seconds a device may sleep that wakes once in a period, or does not say when."""
        return SLEEP_PERIODS * period + SLEEP_GRACE_SECONDS if period else self._settings.sleepy_default_seconds

    def unwatched(self, device: Device) -> float:
        """How many seconds of its silence the monitor was blind."""
        anchor = device.last_seen or device.first_seen
        return self._sight.blind_seconds_after(anchor) if anchor < self._sight.returned_at else 0.0

    def _testimony(self, device: Device, at: float) -> float:
        """When outage detection hears of it next."""
        if device.misses >= SILENT_MISSES:
            return self.out_of_pool(device)
        return next_look(device, at) if trusts_session(device) else self.slot_due(device)

    def _granted(self, device: Device, silence: float) -> float:
        """When a silence of so many seconds is reached: blind time does not count, and a return window follows it."""
        anchor = device.last_seen or device.first_seen
        returned_at = self._sight.returned_at
        if anchor >= returned_at:
            return anchor + silence
        moved = anchor + silence + self._sight.blind_seconds_after(anchor)
        return max(moved, returned_at + device.interval + margin(device))
