"""The broker and the way from it to the monitor: retained messages, what waits while the link is down, echoes."""

import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from operator import attrgetter

from monitor.core.observations import (
    DeviceEvent,
    DeviceInfo,
    Echo,
    LinkChanged,
    Observation,
    ScheduleDeclared,
    SessionStatus,
)
from simulators.devices import speech
from simulators.fleet import Population

_SPACING_SECONDS = 0.00005
"""Between two messages of a backlog: a broker hands over about 20,000 a second."""
_ECHO_DELAY_SECONDS = 0.01
_AT_LEAST_ONCE = (SessionStatus, DeviceInfo, ScheduleDeclared, DeviceEvent)
_moment = attrgetter("at")


class Broker:
    """Takes what devices publish and hands it to the monitor, second by second."""

    def __init__(self, population: Population, echo_seconds: float) -> None:
        self.arriving: dict[int, list[Observation]] = defaultdict(list)
        """Deliveries by whole second; whoever publishes appends with the moment of arrival."""
        self.linked = True
        self._stalled = False
        self._busy_until = 0.0
        self._held: list[Observation] = []
        self._population = population
        self._statuses: dict[str, SessionStatus] = {}
        self._echo_seconds = echo_seconds
        self._next_echo = 0.0

    def publish(self, observation: Observation) -> None:
        """Accept a message that will reach the monitor at `observation.at`, the path permitting."""
        if type(observation) is SessionStatus:
            self._statuses[observation.device] = observation
        self.arriving[int(observation.at)].append(observation)

    def retain(self, status: SessionStatus) -> None:
        """Keep a status that was published while nobody listened."""
        self._statuses[status.device] = status

    def subscribe(self, at: float) -> None:
        """The monitor (re)connects: retained messages, then what waited for it, then the first echo."""
        self._hand_over([*self._retained(at), *self._held], at)
        self._held = []
        self._next_echo = at

    def drop_link(self, at: float, reason: str) -> None:
        """The monitor's connection ends."""
        self.linked = False
        self.arriving[int(at)].append(LinkChanged(at, up=False, reason=reason))

    def raise_link(self, at: float, reason: str) -> None:
        """The monitor's connection is made again."""
        self.linked = True
        self.arriving[int(at)].append(LinkChanged(at, up=True, reason=reason))
        self.subscribe(at + _SPACING_SECONDS)

    def stall(self) -> None:
        """The broker freezes: everything is held, nothing is lost."""
        self._stalled = True

    def resume(self, at: float) -> None:
        """The broker thaws and hands over all that it held."""
        self._stalled = False
        held, self._held = self._held, []
        self._hand_over(held, at)

    def deliver(self, second: int) -> Iterator[Observation]:
        """What the monitor receives within one second, in order of arrival."""
        self._echo(second)
        due = self.arriving.pop(second, None)
        if due is None:
            return
        due.sort(key=_moment)
        if self.linked and not self._stalled:
            yield from due
            return
        for observation in due:
            yield from self._through(observation)

    def _through(self, observation: Observation) -> Iterator[Observation]:
        if isinstance(observation, LinkChanged):
            yield observation
        elif self._stalled or isinstance(observation, _AT_LEAST_ONCE):
            self._held.append(observation)

    def _echo(self, second: int) -> None:
        if not self._echo_seconds or not self.linked:
            return
        while self._next_echo < second + 1:
            sent_at = max(self._next_echo, float(second))
            at = max(sent_at, self._busy_until) + _ECHO_DELAY_SECONDS
            self.arriving[int(at)].append(Echo(at, sent_at))
            self._next_echo = sent_at + self._echo_seconds

    def _hand_over(self, backlog: list[Observation], at: float) -> None:
        for position, observation in enumerate(backlog):
            arrival = at + position * _SPACING_SECONDS
            if observation.at != arrival:
                observation = replace(observation, at=arrival)  # noqa: PLW2901
            self.arriving[int(arrival)].append(observation)
        self._busy_until = at + len(backlog) * _SPACING_SECONDS

    def _retained(self, at: float) -> Iterator[Observation]:
        """What the broker keeps of every device, already stamped with the moments at which it will be handed over."""
        position = itertools.count()
        for device in self._population:
            status = self._statuses.get(device.id)
            if status is None:
                continue
            yield speech.info(device, at + next(position) * _SPACING_SECONDS, retained=True)
            if device.schedule is not None:
                moment = at + next(position) * _SPACING_SECONDS
                yield ScheduleDeclared(device.id, moment, device.schedule, retained=True)
            yield replace(status, at=at + next(position) * _SPACING_SECONDS, retained=True)
