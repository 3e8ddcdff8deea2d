"""A fleet split over shards is judged as one: each shard watches its devices and counts, one place decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest

from monitor.core.deadlines import Deadlines
from monitor.core.decisions import Decision, StatusChanged
from monitor.core.fleet import Device, Fleet
from monitor.core.leaf import Leaf
from monitor.core.leaves import Leaves
from monitor.core.liveness import Liveness
from monitor.core.observations import DeviceInfo, Heartbeat, LinkChanged, Observation, SessionStatus
from monitor.core.outages import Confirmed, Finding, OutageDetector
from monitor.core.settings import LivenessSettings, OutageSettings, SightSettings
from monitor.core.sight import Sight
from simulators.world import World
from tests.simulation.driving import FLEET, WEATHER
from tests.unit.simulators.worlds import fault, scenario

pytestmark = pytest.mark.slow

OUTAGES = scenario(
    fault("cut", name="one", at="8m", duration="12m", scope={"provider": "aurora"}),
    fault("cut", name="other", at="26m", duration="10m", scope={"region": "eu-west"}),
    duration="45m",
    fleet={**FLEET, "devices": 120},
    network=WEATHER,
)


class Shard:
    """Owns some of the devices: hears them, judges their silence, counts."""

    def __init__(self, at: float, centre: Centre) -> None:
        self.fleet = Fleet()
        self.sight = Sight(SightSettings(), at, "link")
        self.deadlines = Deadlines()
        # What a value of few devices is only the whole fleet can tell, so a shard leaves nothing out.
        self.leaves = Leaves(centre.settings, fold=())
        self.liveness = Liveness(self.fleet, self.deadlines, self.sight, self.leaves, centre.liveness, centre.cover)

    def observe(self, told: Observation) -> Sequence[Decision]:
        """Hear a device of this shard."""
        if not isinstance(told, Heartbeat | SessionStatus | DeviceInfo):
            return ()
        device = self.fleet.get(told.device)
        if device is None:
            device = Device(told.device, told.at)
            self.liveness.meet(device)
        match told:
            case Heartbeat():
                return self.liveness.hear(device, told)
            case SessionStatus():
                return self.liveness.status(device, told)
            case DeviceInfo():
                self.fleet.set_profile(device, told.profile)
                self.liveness.describe(device)
        return ()

    def judge(self, second: int) -> list[Decision]:
        """The second is over: judge the silence of all that were filed in it."""
        self.sight.pass_time(float(second + 1))
        decisions: list[Decision] = []
        while (due := self.deadlines.next_second) is not None and due <= second:
            for device in sorted(self.deadlines.take(due, 1_000_000), key=lambda each: (each.deadline, each.id)):
                decisions += self.liveness.judge(device, float(second + 1))
        return decisions


class Centre:
    """Adds up what the shards counted, and decides."""

    def __init__(self, world: World, shards: int) -> None:
        self.liveness = LivenessSettings()
        self.settings = OutageSettings(networks=world.population.networks())
        self.leaves = Leaves(self.settings, fold=())
        self.detector = OutageDetector(self.settings)
        self.findings: list[Finding] = []
        self.decisions: list[Decision] = []
        self._shards = [Shard(world.start, self) for _ in range(shards)]
        self._world = world

    def cover(self, device: Device) -> str:
        """What explains the silence of a device, as the centre knows it."""
        if not isinstance(device.leaf, Leaf):
            return ""
        leaf = self.leaves.leaf_of(device.leaf.values, device.leaf.bin)
        return "incident" if self.detector.incident_of(leaf) else "suspicion" if self.detector.covers(leaf) else ""

    def run(self, told: Iterable[Observation]) -> Centre:
        """Play a world second by second."""
        waiting = [each for each in told if not isinstance(each, LinkChanged) and hasattr(each, "device")]
        waiting.reverse()
        for second in range(int(self._world.start), int(self._world.end)):
            while waiting and waiting[-1].at < second + 1:
                each = waiting.pop()
                self.decisions += self._shard_of(each.device).observe(each)
            for shard in self._shards:
                self.decisions += shard.judge(second)
                for tally in shard.leaves.drain():
                    self.leaves.absorb(tally)
            self.findings += self.detector.tick(float(second + 1), self.leaves)
        return self

    def _shard_of(self, device: str) -> Shard:
        return self._shards[int(device[-6:]) % len(self._shards)]


def centres(seed: int) -> tuple[Centre, Centre]:
    """The same fleet in one piece and in eight."""
    world = World(OUTAGES, seed)
    told = list(world.observations())
    one, eight = (Centre(world, shards).run(told) for shards in (1, 8))
    assert [each.scope for each in one.findings if isinstance(each, Confirmed)], "there is something to find"
    return one, eight


def verdicts(centre: Centre) -> list[tuple[float, str, str, str]]:
    """What was said of devices, without the odds told with it, which are those of the shard."""
    said = [each for each in centre.decisions if isinstance(each, StatusChanged)]
    return sorted((each.at, each.device, each.status, each.cause) for each in said)


@pytest.mark.parametrize("seed", range(1, 4))
def test_eight_shards_find_what_one_finds_and_judge_every_device_as_one_does(seed: int) -> None:
    """With the default, adaptive patience; after days each shard is as patient as its own devices have taught it."""
    one, eight = centres(seed)
    assert eight.findings == one.findings
    assert verdicts(eight) == verdicts(one)
    assert verdicts(one)
