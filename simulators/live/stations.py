"""Who speaks through which connection: some devices have their own, with a will; the others share a few."""

import asyncio
import resource
from typing import Literal
from zlib import crc32

from monitor.core.observations import DeviceInfo, Observation, ScheduleDeclared, SessionStatus
from monitor.mqtt.settings import MqttSettings
from simulators.devices import speech
from simulators.encoders import native
from simulators.encoders.native import Packet
from simulators.fleet import Population
from simulators.live.station import Station

Sessions = Literal["own", "shared"]
SHARED_STATIONS = 4
REMOVALS_AT_ONCE = 100
BREATH_SECONDS = 0.2
"""Between two portions of removals: 500 a second, which a monitor that commits what it acknowledges keeps up with."""
SPARE_FILES = 128
"""Open files that the rest of the process may need."""


def most_connections(wanted: int) -> int:
    """As many of the wanted connections as the limit on open files allows."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(0, min(wanted, soft - SPARE_FILES))


class Stations:
    """All connections of a fleet. With `sessions="own"` up to `own_limit` devices get one each."""

    def __init__(
        self, population: Population, settings: MqttSettings, *, sessions: Sessions = "own", own_limit: int = 500
    ) -> None:
        self._settings = settings
        self._population = population
        independent = [device.id for device in population if not device.parent]
        limit = most_connections(own_limit) if sessions == "own" else 0
        self._entitled = frozenset(independent[:limit])
        self._own: dict[str, tuple[str, Station]] = {}
        self._shared = [Station(settings, f"{settings.client_id}-{number}") for number in range(SHARED_STATIONS)]
        self._introduced: set[str] = set()
        self._retained: set[tuple[str, str]] = set()
        """What the broker keeps for us: topic and device."""
        self._lost_count = 0
        self.published = 0

    @property
    def connected(self) -> int:
        """Connections that stand."""
        own = sum(station.connected for _, station in self._own.values())
        return own + sum(station.connected for station in self._shared)

    @property
    def dropped(self) -> int:
        """Messages given up because the broker could not be reached."""
        own = sum(station.dropped for _, station in self._own.values())
        return self._lost_count + own + sum(station.dropped for station in self._shared)

    @property
    def failure(self) -> str:
        """Why a connection could not be made, if none stands; empty while all is well."""
        if self.connected:
            return ""
        stations = [*self._shared, *(station for _, station in self._own.values())]
        return next((station.failure for station in stations if station.failure), "")

    def speak(self, observation: Observation) -> None:
        """Publish what makes a monitor see this. What a broker retains is published once, not at every replay."""
        packet = native.encode(observation)
        if packet is None or self._known_already(observation):
            return
        self.published += 1
        if packet.retain:
            self._retained.add((packet.topic, observation.device))  # type: ignore[union-attr]
        if isinstance(observation, SessionStatus):
            self._session(observation, packet)
        else:
            self._station(packet.topic, observation.device).publish(packet)  # type: ignore[union-attr]

    async def leave(self, *, clean: bool) -> None:
        """End all connections in good order; `clean` removes what the broker retained for the fleet first.

        A stock mosquitto keeps a thousand messages for a reader that is slower than we are and drops the rest, so
        removals go out in small portions: the next one when the broker has acknowledged the last, and a breath later.
        """
        kept = sorted(self._retained) if clean else []
        for begin in range(0, len(kept), REMOVALS_AT_ONCE):
            for topic, device in kept[begin : begin + REMOVALS_AT_ONCE]:
                self._shared_by(device).publish(Packet(topic, b"", retain=True, qos=1, retained=False))
            await asyncio.gather(*(station.settle() for station in self._shared), asyncio.sleep(BREATH_SECONDS))
        stations = [station for _, station in self._own.values()] + self._shared
        await asyncio.gather(*(station.settle() for station in stations))
        for station in stations:
            station.leave()

    def _session(self, status: SessionStatus, packet: Packet) -> None:
        self._introduced.add(status.device)
        if status.device not in self._entitled:
            self._shared_by(status.device).publish(packet)
            return
        boot_id, station = self._own.get(status.device, ("", None))
        if status.will:
            if station is not None and boot_id == status.boot_id:
                station.drop()
            else:
                self._shared_by(status.device).publish(packet)
            return
        if station is None or boot_id != status.boot_id:
            if station is not None:
                self._lost_count += station.dropped
                station.leave()
            station = self._open(status)
        station.publish(packet)
        if status.state == "offline":
            station.leave()

    def _open(self, status: SessionStatus) -> Station:
        device = self._population.by_id[status.device]
        will = native.encode(speech.will(device, status.boot_id, 0.0))
        station = Station(self._settings, f"{self._settings.client_id}-{device.tenant}-{device.name}", will)
        self._own[status.device] = (status.boot_id, station)
        return station

    def _station(self, _topic: str, device: str) -> Station:
        _, station = self._own.get(device, ("", None))
        return station if station is not None else self._shared_by(device)

    def _shared_by(self, device: str) -> Station:
        return self._shared[crc32(device.encode()) % len(self._shared)]

    def _known_already(self, observation: Observation) -> bool:
        kept = isinstance(observation, SessionStatus | DeviceInfo | ScheduleDeclared) and observation.retained
        return kept and observation.device in self._introduced  # type: ignore[union-attr]
