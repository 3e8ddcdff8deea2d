"""The metrics of the probes: one series for each probe, of which there are as many as the configuration names."""

from collections.abc import Iterable

from monitor.core.probing.results import VERDICTS
from monitor.core.probing.view import ProbeState
from monitor.metrics.families import Families


def collect_probes(families: Families, probes: Iterable[ProbeState]) -> None:
    """Add the samples of all probes. A probe whose verdict is unknown has no `hearthbeat_probe_up`."""
    for probe in probes:
        labels = (probe.name, probe.kind, probe.about.text)
        if probe.verdict != "unknown":
            families.put("hearthbeat_probe_up", float(probe.verdict == "healthy"), *labels)
        for verdict in VERDICTS:
            families.put("hearthbeat_probe_results_total", probe.results.get(verdict, 0), *labels, verdict)
        if probe.latest is None:
            continue
        families.put("hearthbeat_probe_duration_seconds", probe.latest.seconds, *labels)
        families.put("hearthbeat_probe_last_timestamp_seconds", probe.latest.at, *labels)
        ends_at = probe.latest.facts.get("certificate_ends_at")
        if isinstance(ends_at, float):
            families.put("hearthbeat_probe_certificate_expiry_timestamp_seconds", ends_at, *labels)
