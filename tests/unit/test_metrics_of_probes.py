"""What the metrics say of probes."""

from monitor.metrics.families import Families
from monitor.metrics.probes import collect_probes
from tests.small_fleet import NOW, a_probe


def up(*families: Families) -> list[float]:
    found = [family for each in families for family in each if family.name == "hearthbeat_probe_up"]
    return [sample.value for family in found for sample in family.samples]


def test_a_probe_that_is_unknown_is_neither_up_nor_down() -> None:
    families = Families()
    collect_probes(families, [a_probe("unknown")])
    assert up(families) == []
    collect_probes(families, [a_probe("failing"), a_probe("healthy")])
    assert up(families) == [0, 1]


def test_a_probe_tells_what_it_found_so_far_and_when_the_certificate_ends() -> None:
    families = Families()
    collect_probes(families, [a_probe("failing")])
    samples = {
        (sample.name, sample.labels.get("verdict", "")): sample.value
        for family in families
        for sample in family.samples
    }
    assert samples["hearthbeat_probe_results_total", "failing"] == 3
    assert samples["hearthbeat_probe_results_total", "healthy"] == 0
    assert samples["hearthbeat_probe_certificate_expiry_timestamp_seconds", ""] == NOW + 86_400
