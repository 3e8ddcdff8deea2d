"""Both pages as text, in the format that the reader asks for."""

from collections import Counter

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from monitor.metrics.collector import FleetCollector
from monitor.metrics.devices import DeviceCollector
from monitor.metrics.sources import Sources


class MetricsPage:
    """What `/metrics` and `/metrics/devices` answer. `device_cap` is the most devices that get series of their own."""

    def __init__(self, sources: Sources, *, device_cap: int = 1000) -> None:
        self.last_scraped_at: float | None = None
        """When the sums of the whole fleet were last read, Unix seconds; None if never."""
        self._sources = sources
        self._device_cap = device_cap
        self._dropped: Counter[str] = Counter()

    def fleet(self, *, accept: str = "", tenant: str | None = None) -> tuple[bytes, str]:
        """The sums and the content type; with a tenant, only that tenant's."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(FleetCollector(self._sources, self._dropped, tenant=tenant))
        if tenant is None:
            ProcessCollector(registry=registry)
            self.last_scraped_at = self._sources.now()
        return _encode(registry, accept)

    def devices(self, *, accept: str = "", tenant: str | None = None) -> tuple[bytes, str]:
        """The series per device and the content type."""
        fleet = self._sources.engine.fleet
        return _encode(_only(DeviceCollector(fleet, self._dropped, cap=self._device_cap, tenant=tenant)), accept)


def _only(collector: Collector) -> CollectorRegistry:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return registry


def _encode(registry: CollectorRegistry, accept: str) -> tuple[bytes, str]:
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type
