"""Empty families for the metrics of the catalogue, to be filled with samples."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family

from monitor.metrics.catalogue import CATALOGUE
from monitor.metrics.distribution import Distribution

UNKNOWN = "none"
"""How an empty label is shown: an empty one would be no label at all to Prometheus."""


class Families:
    """The families of one scrape. A name that is not in the catalogue is a KeyError."""

    def __init__(self) -> None:
        self._families: dict[str, Family] = {}

    def __iter__(self) -> Iterator[Family]:
        return iter(self._families.values())

    def put(self, name: str, value: float, *labels: str) -> None:
        """Add one sample of a gauge or counter; labels in the order of the catalogue."""
        family = self._family(name)
        if not isinstance(family, GaugeMetricFamily | CounterMetricFamily):
            raise TypeError(f"{name} is not a gauge or counter")
        family.add_metric([label or UNKNOWN for label in labels], value)

    def put_states(self, name: str, holding: AbstractSet[str], states: Sequence[str], *labels: str) -> None:
        """Add one sample for each state: 1 for each that holds, 0 for the others."""
        for candidate in states:
            self.put(name, float(candidate in holding), *labels, candidate)

    def put_distribution(self, name: str, distribution: Distribution, *labels: str) -> None:
        """Add a histogram."""
        family = self._family(name)
        if not isinstance(family, HistogramMetricFamily):
            raise TypeError(f"{name} is not a histogram")
        family.add_metric([label or UNKNOWN for label in labels], distribution.buckets(), distribution.total)

    def _family(self, name: str) -> Family:
        if name not in self._families:
            metric = CATALOGUE[name]
            self._families[name] = _FAMILIES[metric.type](metric.name, metric.help, labels=metric.labels)
        return self._families[name]


_FAMILIES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}
