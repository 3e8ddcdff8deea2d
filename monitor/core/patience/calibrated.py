"""Patience as promised: each device may be silent just so long that false alarms stay as rare as the operator chose."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from math import log10
from typing import Any

from monitor.core.fleet import Device
from monitor.core.patience.circles import DEEPEST, Circle, Circles
from monitor.core.patience.peers import STRANGERS
from monitor.core.patience.rhythm import learn_jitter, margin
from monitor.core.patience.rules import LONGEST_OVER_SHORTEST, rules_of
from monitor.core.settings import LivenessSettings
from monitor.core.words import spell

PEERS_SLOTS = 50.0
"""The rate of its peers counts as much as so many due heartbeats of the device itself."""
WINDOW_SECONDS = 7 * 86_400.0
"""How far back a device's own rate of missed heartbeats looks."""
LEAST_MISSES = 2
LOSS_EDGES = (0.002, 0.006, 0.02)
"""Rates of missed heartbeats between the loss bins."""
HYSTERESIS = 1.25
"""A device changes its loss bin once its rate is beyond the edge by this factor."""
SUREST = 9.0
"""Suspicion goes no higher: no model of silence is right beyond one in 10^9."""
NO_BLIPS = (1.0,)


class Patience:
    """Gives each device its interval, its jitter margin and its timeout, all in seconds.

    A *blip* is a silence that ended by itself, sooner than the longest silence that is waited out: the device was alive
    all the time. From blips follows for each device the chance that a silence of any length is one. The timeout is
    the shortest silence at which verdicts are wrong no more often than promised.
    """

    def __init__(self, settings: LivenessSettings) -> None:
        self._default_interval = settings.default_interval_seconds
        self._rules = rules_of(settings)
        rules = self._rules.values()
        self._circles = Circles(
            max(max(rule.maximum_seconds, LONGEST_OVER_SHORTEST * rule.minimum_seconds) for rule in rules),
            max(LONGEST_OVER_SHORTEST * rule.factor for rule in rules),
        )

    def renew(self, device: Device) -> None:
        """Set interval, peers and timeout anew: the device told something about itself, or its interval changed."""
        profile = device.profile
        device.interval = (
            device.declared_interval or profile.interval_seconds or device.interval or self._default_interval
        )
        peers, _ = self._circles.of(profile.model, profile.firmware, device.interval)
        if peers.interval_class != device.peers.interval_class and device.peers is not STRANGERS:
            device.slots = 0
            device.starts = 0.0
        device.peers = peers
        self._set_timeout(device)

    def reconsider(self, device: Device) -> None:
        """Set the timeout by all that is known by now: due when a device begins to be silent."""
        self._circle(device).draw()
        self._set_timeout(device)

    def late_after(self, device: Device) -> float:
        """The silence that makes the device late."""
        rule = self._rules[device.profile.kind]
        return min(max(rule.late_factor * device.interval, device.interval + margin(device)), device.timeout)

    def learn(self, device: Device, silence: float, sent: int, at: float) -> bool:
        """A silence of so many seconds ended at `at` and the device did not restart; True if its loss bin changed.

        `sent` says how far its numbering went on. If by one, nothing was lost: within an interval it was merely late,
        which is jitter; beyond, it paused, which is as much of a blip as heartbeats lost on the way.
        """
        interval = device.interval
        if sent == 1 and silence < 2 * interval:
            learn_jitter(device, silence)
            return False
        misses = int((silence - margin(device)) / interval)
        if misses < 1 or silence >= self._rules[device.profile.kind].longest(interval):
            return False
        profile = device.profile
        peers, circle = self._circles.of(profile.model, profile.firmware, interval)
        peers.learn(bisect(LOSS_EDGES, self.loss_rate(device)), min(misses, DEEPEST), at)
        circle.news()
        window = int(WINDOW_SECONDS / interval)
        if device.slots > window:
            device.starts *= window / device.slots
            device.slots = window
        device.slots += 1
        device.starts += 1.0
        return self._classify(device)

    def loss_rate(self, device: Device) -> float:
        """The chance that a due heartbeat of the device begins a blip; 0.0 while only a few of its model are known."""
        return self._chances(device)[0]

    def blip_chance(self, device: Device, silence: float) -> float:
        """The chance that a due heartbeat of the device begins a blip at least as long as this silence in seconds."""
        rate, survival = self._chances(device)
        misses = int((silence - margin(device)) / device.interval)
        if misses < 1:
            return 1.0
        return rate * survival[misses - 1] if misses <= len(survival) else 0.0

    def suspicion(self, device: Device, silence: float) -> float:
        """How hard this silence is to believe in a living device: 3.0 if one heartbeat in 10^3 begins such a blip."""
        chance = self.blip_chance(device, silence)
        return min(SUREST, -log10(chance)) if chance else SUREST

    def explain(self, device: Device, at: float) -> str:
        """What the device usually does, what it does now and how long it may, in words."""
        silence = at - (device.last_seen or device.first_seen)
        limit = spell(device.timeout)
        return f"{self.usual(device)}, silent for {spell(silence)}, limit {limit}{self.odds(device, silence)}"

    def usual(self, device: Device) -> str:
        """When its heartbeats come, in words."""
        return f"usually every {spell(device.interval)} ± {spell(margin(device))}"

    def odds(self, device: Device, silence: float) -> str:
        """How often a living device like this is silent for so long, in words that follow a limit; empty if unknown."""
        chance = self.blip_chance(device, silence)
        if silence < device.timeout or not chance:
            return ""
        return f"; a blip this long comes about once in {spell(device.interval / chance)}"

    def save(self) -> dict[str, Any]:
        """What was learned from devices alike, as plain data; each device keeps what was learned of itself."""
        return {"peers": self._circles.save()}

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data; before any device is readmitted."""
        self._circles.restore(data.get("peers", ()))

    def _set_timeout(self, device: Device) -> None:
        rule = self._rules[device.profile.kind]
        interval = device.interval
        shortest = rule.shortest(interval)
        rate, survival = self._chances(device) if rule.adaptive else (0.0, NO_BLIPS)
        if not rate:
            device.timeout = shortest
            return
        enough = rule.promised * interval / rate
        misses = next((n for n in range(LEAST_MISSES, len(survival)) if survival[n - 1] <= enough), len(survival))
        device.timeout = min(max(shortest, misses * interval + margin(device)), rule.longest(interval))

    def _circle(self, device: Device) -> Circle:
        return self._circles.of(device.profile.model, device.profile.firmware, device.interval)[1]

    def _chances(self, device: Device) -> tuple[float, Sequence[float]]:
        """The device's loss rate, and the chances that a blip of it lasts at least 1, 2, 3, ... misses."""
        circle = self._circle(device)
        if not circle.rate:
            return 0.0, NO_BLIPS
        rate = (PEERS_SLOTS * circle.rate + device.starts) / (PEERS_SLOTS + device.slots)
        return rate, circle.survival[bisect(LOSS_EDGES, rate)]

    def _classify(self, device: Device) -> bool:
        before = loss_bin = device.loss_bin
        rate = self.loss_rate(device)
        while loss_bin < len(LOSS_EDGES) and rate > LOSS_EDGES[loss_bin] * HYSTERESIS:
            loss_bin += 1
        while loss_bin > 0 and rate < LOSS_EDGES[loss_bin - 1] / HYSTERESIS:
            loss_bin -= 1
        device.loss_bin = loss_bin
        return loss_bin != before
