"""The simulated world: virtual time, one seed, and everything that a monitor would receive, in order of arrival.

The world turns in steps of one second. Within a step, what is planned (faults, returns, readings, meals) comes first,
then the heartbeats that fall due, then what arrives is handed out with its exact moment. A heartbeat costs a few list
operations and two random numbers, so 100,000 devices are no trouble and memory does not grow with time.
"""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random

from monitor.core.observations import Heartbeat, Observation
from monitor.decoders.protocol import Message
from simulators.broker import Broker
from simulators.cloud.probed import probed
from simulators.devices.device import SimulatedDevice
from simulators.encoders import native
from simulators.faults.everyday import Everyday
from simulators.faults.target import NoSuchTargetError
from simulators.households import Households
from simulators.network import Air
from simulators.outfit import fit_out
from simulators.people import People
from simulators.presence import Presence
from simulators.reception import Reception
from simulators.scenario import Scenario, ScenarioError
from simulators.settlement import settle
from simulators.truth import Absence, Truth

_WAVER_SHARE = 0.2
"""How much a device's own timer wavers, as part of a network delay."""


class World:
    """One run of a scenario. Iterate once: `observations()` for judging, `messages()` for the way a broker tells it."""

    def __init__(
        self, scenario: Scenario, seed: int = 1, *, echo_seconds: float = 0.0, start: float | None = None
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.start = scenario.start_at if start is None else float(int(start))
        self.end = self.start + scenario.duration
        self.now = self.start
        self.heartbeats = 0
        self.rng = Random(seed)
        self.air = Air(scenario.network, self.rng)
        self.population = settle(scenario.fleet, self.air, self.rng, self.start)
        self.chance = Random(f"{seed}/habits")
        """Draws what came to the world later, so that all else stays as it was with the same seed."""
        fit_out(self.population, scenario.fleet, self.chance, self.start)
        self.broker = Broker(self.population, echo_seconds)
        self.presence = Presence(self)
        self.households = Households(self)
        self._reception = Reception(self)
        self._truths: list[Truth] = []
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._due: dict[int, list[SimulatedDevice]] = defaultdict(list)
        self._begin()

    def observations(self) -> Iterator[Observation]:
        """Everything that reaches the monitor until the scenario ends, by moment of arrival."""
        if not self.scenario.clouds:
            return self._turn()
        return heapq.merge(self._turn(), probed(self), key=lambda observation: observation.at)

    def _turn(self) -> Iterator[Observation]:
        for second in range(int(self.start), int(self.end)):
            self.now = float(second)
            agenda = self._agenda
            while agenda and agenda[0][0] < second + 1:
                at, _, act = heapq.heappop(agenda)
                self.now = max(at, float(second))
                act()
            self._beat(second)
            yield from self.broker.deliver(second)
        self.now = self.end

    def messages(self) -> Iterator[Message]:
        """The same as MQTT deliveries; the monitor's own link and echoes are no messages."""
        for observation in self.observations():
            packet = native.encode(observation)
            if packet is not None:
                yield Message(packet.topic, packet.payload, packet.retained, observation.at)

    def truth(self) -> list[Truth]:
        """All causes staged so far, by when they began; complete once the run is over."""
        return sorted(self._truths, key=lambda truth: (truth.start, truth.name))

    def absences(self) -> list[Absence]:
        """Every spell in which a device could not be heard, closed and open ones."""
        return self.presence.absences()

    def plan(self, at: float, act: Callable[[], None]) -> None:
        """Let something happen at a moment; never earlier than now."""
        heapq.heappush(self._agenda, (max(at, self.now), next(self._order), act))

    def stage(self, truth: Truth) -> None:
        """Put a cause on record."""
        self._truths.append(truth)

    def rephase(self, device: SimulatedDevice, next_beat: float) -> None:
        """Let the device's next heartbeat fall due at another moment; its old place in the queue goes stale."""
        device.next_beat = next_beat
        self._due[int(next_beat)].append(device)

    def _begin(self) -> None:
        self.presence.begin()
        People(self, self.scenario.people).begin()
        self.households.begin()
        for number, fault in enumerate(self.scenario.faults):
            try:
                fault.stage(self)
            except NoSuchTargetError as error:
                raise ScenarioError(f"{self.scenario.name}: faults.{number} ({fault.kind}): {error}") from error
        Everyday(self, self.scenario.everyday).begin()

    def _beat(self, second: int) -> None:
        """Send the heartbeats of one second. This is the hot path: names are local, calls are few."""
        queue = self._due.pop(second, None)
        if queue is None:
            return
        due, arriving, delays, random = self._due, self.broker.arriving, self.air.delays, self.rng.random
        limit, count = second + 1.0, len(self.air.delays)
        for device in queue:
            moment = device.next_beat
            if moment >= limit:
                continue
            delay = delays[int(random() * count)]
            if moment < device.clear_until:
                device.seq += 1
                at = moment + delay
                arriving[int(at)].append(
                    Heartbeat(
                        device.id,
                        at,
                        device.boot_id,
                        device.seq,
                        device.interval,
                        device.own_time(moment),
                        float(int(moment - device.boot_at)),
                        device.clock,
                        device.rssi,
                        "mains",
                        None,
                        device.cloud_connected,
                    )
                )
            else:
                self._reception.beat(device, moment, delay)
            following = moment + device.interval * (1.0 + device.drift_ppm * 1e-6) + delay * _WAVER_SHARE
            device.next_beat = following
            due[int(following)].append(device)
        self.heartbeats += len(queue)
