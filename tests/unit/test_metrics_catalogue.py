"""The catalogue holds to Prometheus' conventions, and the document lists exactly what is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.devices.kinds import KINDS_BY_NAME
from monitor.metrics.catalogue import CATALOGUE, Metric
from monitor.metrics.devices import READINGS

DOCUMENT = Path(__file__).parents[2] / "docs" / "metrics.md"
ROW = re.compile(
    r"^\| `(?P<name>[a-z_]+)` \| (?P<type>\w+) \| (?P<labels>[^|]+) \| (?P<meaning>[^|]+) \|$", re.MULTILINE
)
UNITS = ("_seconds", "_celsius", "_grams", "_ratio", "_dbm", "_bytes")


def documented() -> dict[str, tuple[str, tuple[str, ...], str]]:
    return {
        row["name"]: (row["type"], tuple(re.findall(r"`(\w+)`", row["labels"])), row["meaning"])
        for row in ROW.finditer(DOCUMENT.read_text())
    }


def test_the_document_lists_every_metric_with_its_type_labels_and_meaning() -> None:
    assert documented() == {name: (metric.type, metric.labels, metric.help) for name, metric in CATALOGUE.items()}


@pytest.mark.parametrize("metric", CATALOGUE.values(), ids=CATALOGUE)
def test_a_metric_is_named_and_described_as_prometheus_users_expect(metric: Metric) -> None:
    assert re.fullmatch(r"(fleet|hearthbeat)_[a-z_]+", metric.name)
    assert (metric.type == "counter") == metric.name.endswith("_total")
    assert metric.help[0].isupper() or metric.help[0].isdigit()
    assert metric.help.endswith(".")
    assert len(set(metric.labels)) == len(metric.labels)
    if metric.type == "histogram":
        assert metric.name.endswith(UNITS)


def test_only_the_page_for_devices_has_a_label_per_device() -> None:
    assert {metric.path for metric in CATALOGUE.values() if "device" in metric.labels} == {"/metrics/devices"}


def test_every_reading_that_is_exported_is_in_the_catalogue() -> None:
    exported = {reading.metric for readings in READINGS.values() for reading in readings.values()}
    assert exported <= CATALOGUE.keys()


def test_every_reading_that_is_exported_is_one_that_its_kind_has_with_the_same_words() -> None:
    for kind in KINDS_BY_NAME.values():
        read = {reading.name: getattr(reading, "words", ()) for reading in kind.readings}
        exported = {name: reading.states for name, reading in READINGS.get(kind.name, {}).items()}
        assert exported.items() <= read.items()
