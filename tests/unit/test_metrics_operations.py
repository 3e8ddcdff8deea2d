"""What metrics tell about incidents and what people did about them."""

from monitor.core.operations.acts import IncidentAcknowledged, SilenceSet, WindowSet
from monitor.core.operations.silences import Silence, parse_matcher
from monitor.core.operations.windows import Window
from monitor.metrics.families import Families
from monitor.metrics.operations import collect_operations
from tests.timeline import START, Timeline


def told(timeline: Timeline) -> dict[tuple[str, ...], float]:
    families, engine = Families(), timeline.engine
    collect_operations(families, engine.desk, engine.alerts, timeline.now)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_incidents_silences_and_maintenance_are_counted() -> None:
    timeline = Timeline()
    for number in range(4):
        timeline.info(f"d{number}", kind="feeder", provider="aurora", site=f"s{number}")
        timeline.heartbeats(f"d{number}", start=f"{4 * number}s", until="1h" if number > 1 else "10m")
    silence = Silence("s", (parse_matcher("device=d1"),), START, START + 9e3, "ada")
    timeline.tell(SilenceSet(silence, START), SilenceSet(Silence("t", silence.matchers, 9e9, 9.1e9, "ada"), START))
    for name, begins in (("v", START), ("w", START + 9e4)):
        timeline.tell(WindowSet(Window(name, {"provider": "x"}, begins, begins + 9e4, "ada"), START))
    timeline.at("20m").tell(IncidentAcknowledged("device/acme/d0/offline", timeline.now, "ada")).at("21m")
    found = told(timeline)
    assert found["hearthbeat_incidents", "device", "acknowledged"] == 1
    assert sum(number for (name, *_), number in found.items() if name == "hearthbeat_incidents") == 1
    assert found["hearthbeat_silences",] == 1
    assert found["hearthbeat_alerts_untold",] == 1
    assert (found["hearthbeat_maintenance_windows", "on"], found["hearthbeat_maintenance_windows", "planned"]) == (1, 1)
    assert found["hearthbeat_incidents_refused_total",] == 0
