"""Rules of thumb for outages: a share of a slice is silent for some minutes, or its traffic has dropped."""

import heapq
from abc import abstractmethod
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from statistics import median

from monitor.core.observations import DeviceInfo, Heartbeat, Observation
from monitor.devices.profile import Profile
from simulators.faults.target import layer_of
from simulators.scoring.verdicts import ONLY_OUTAGES, OutageVerdict, Verdicts

Slice = tuple[tuple[str, str], ...]
SMALLEST_SLICE = 4
HOLD_SECONDS = 300.0
STEP_SECONDS = 30.0
SILENT_INTERVALS = 3.0
USUAL_INTERVAL_SECONDS = 60.0
BUCKET_SECONDS = 60.0
BUCKETS = 5
LEAST_EXPECTED = 20
LEAST_HISTORY = 6
HISTORY = 60


def slices_of(device: str, profile: Profile, networks: Mapping[str, str]) -> tuple[Slice, ...]:
    """The slices that a device belongs to, as scopes in the form of sorted pairs."""
    tenant = device.partition("/")[0]
    found: list[Slice] = [
        (("provider", profile.provider),),
        (("region", profile.region),),
        (("provider", profile.provider), ("region", profile.region)),
        (("model", profile.model),),
        (("firmware", profile.firmware),),
        (("site", profile.site), ("tenant", tenant)),
    ]
    if profile.parent:
        found.append((("parent", profile.parent), ("tenant", tenant)))
    network = networks.get(profile.site, "")
    if network:
        found.append((("network", network),))
    return tuple(found)


class _SliceRule:
    """What the rules share: who is in which slice, a step of time, and incidents that open and resolve per slice."""

    def __init__(self, name: str, networks: Mapping[str, str], step_seconds: float) -> None:
        self.verdicts = Verdicts(name, vocabulary=ONLY_OUTAGES)
        self.slices: dict[str, tuple[Slice, ...]] = {}
        self.sizes: Counter[Slice] = Counter()
        self._networks = networks
        self._step_seconds = step_seconds
        self._next_step: float | None = None
        self._open: dict[Slice, OutageVerdict] = {}

    def observe(self, observation: Observation) -> None:
        """Learn who belongs where, count, and judge once per step."""
        if self._next_step is None:
            self._next_step = observation.at + self._step_seconds
        while observation.at >= self._next_step:
            self.step(self._next_step)
            self._next_step += self._step_seconds
        if type(observation) is Heartbeat:
            self.heard(observation)
        elif type(observation) is DeviceInfo:
            self._meet(observation)

    def finish(self, end: float) -> None:
        """Judge up to the end."""
        while self._next_step is not None and self._next_step <= end:
            self.step(self._next_step)
            self._next_step += self._step_seconds

    @abstractmethod
    def heard(self, beat: Heartbeat) -> None:
        """Take in a heartbeat."""

    @abstractmethod
    def step(self, now: float) -> None:
        """Judge all slices."""

    def declare(self, now: float, failing: Iterable[tuple[Slice, float]]) -> None:
        """Open an incident for each failing slice (with its onset) and resolve those of all others."""
        current = dict(failing)
        for each in [each for each in self._open if each not in current]:
            self._open.pop(each).resolved_at = now
        for each, onset in current.items():
            if each not in self._open:
                scope = dict(each)
                number = len(self.verdicts.outages) + 1
                verdict = OutageVerdict(str(number), layer_of(scope), scope, onset, now)
                self._open[each] = verdict
                self.verdicts.outages.append(verdict)

    def _meet(self, info: DeviceInfo) -> None:
        self.sizes.subtract(self.slices.get(info.device, ()))
        self.slices[info.device] = slices_of(info.device, info.profile, self._networks)
        self.sizes.update(self.slices[info.device])


class SilentShareRule(_SliceRule):
    """An incident once a share of a slice has been silent for three intervals each, for five minutes on end."""

    def __init__(self, share: float, networks: Mapping[str, str]) -> None:
        super().__init__(f"{share:.0%} for 5 min", networks, STEP_SECONDS)
        self._share = share
        self._deadlines: dict[str, float] = {}
        self._agenda: list[tuple[float, str]] = []
        self._silent: set[str] = set()
        self._counts: Counter[Slice] = Counter()
        self._since: dict[Slice, float] = {}

    def heard(self, beat: Heartbeat) -> None:
        """Move the device's deadline; the agenda notices when the old one comes up."""
        known = beat.device in self._deadlines
        interval = beat.interval_seconds or USUAL_INTERVAL_SECONDS
        self._deadlines[beat.device] = beat.at + SILENT_INTERVALS * interval
        if beat.device in self._silent:
            self._silent.discard(beat.device)
            self._counts.subtract(self.slices.get(beat.device, ()))
            known = False
        if not known:
            heapq.heappush(self._agenda, (self._deadlines[beat.device], beat.device))

    def step(self, now: float) -> None:
        """Find who fell silent, then which slices have been failing for long enough."""
        while self._agenda and self._agenda[0][0] <= now:
            _, device = heapq.heappop(self._agenda)
            deadline = self._deadlines[device]
            if deadline > now:
                heapq.heappush(self._agenda, (deadline, device))
            elif device not in self._silent:
                self._silent.add(device)
                self._counts.update(self.slices.get(device, ()))
        above = {
            each
            for each, count in self._counts.items()
            if count > 0 and self.sizes[each] >= SMALLEST_SLICE and count >= self._share * self.sizes[each]
        }
        self._since = {each: self._since.get(each, now) for each in sorted(above)}
        self.declare(now, [(each, since) for each, since in self._since.items() if now - since >= HOLD_SECONDS])


class TrafficDropRule(_SliceRule):
    """An incident once a slice sent less than a share of the messages per five minutes that it usually does."""

    def __init__(self, share: float, networks: Mapping[str, str]) -> None:
        super().__init__(f"traffic < {share:.0%}", networks, BUCKET_SECONDS)
        self._share = share
        self._current: Counter[Slice] = Counter()
        self._buckets: deque[Counter[Slice]] = deque(maxlen=BUCKETS)
        self._history: dict[Slice, deque[int]] = defaultdict(lambda: deque(maxlen=HISTORY))

    def heard(self, beat: Heartbeat) -> None:
        """Count."""
        self._current.update(self.slices.get(beat.device, ()))

    def step(self, now: float) -> None:
        """Compare the last five minutes with what is usual."""
        self._buckets.append(self._current)
        self._current = Counter()
        if len(self._buckets) < BUCKETS:
            return
        failing = []
        for each in sorted(self.sizes):
            if self.sizes[each] < SMALLEST_SLICE:
                continue
            count = sum(bucket[each] for bucket in self._buckets)
            history = self._history[each]
            usual = median(history) if len(history) >= LEAST_HISTORY else 0.0
            if usual >= LEAST_EXPECTED and count < self._share * usual:
                failing.append((each, now - BUCKETS * BUCKET_SECONDS))
            else:
                # What is unusual teaches nothing.
                history.append(count)
        self.declare(now, failing)
