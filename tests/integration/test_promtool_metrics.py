"""Prometheus' own tool judges both pages."""

from __future__ import annotations

import subprocess
from pathlib import Path

from monitor.egress import Egress, EgressSettings, Pseudonyms, Traffic
from monitor.metrics.page import MetricsPage
from monitor.metrics.sources import DeliveryFigures, IngestFigures, Sources
from tests.small_fleet import NOW, ShownEngine, alert, device, outage


def full_page() -> MetricsPage:
    engine = ShownEngine(incidents={"i": outage()}, alerts={"a": alert()})
    device(engine.fleet, "acme/f1").reading = {"hopper_pct": 40.0, "hopper_state": "low", "dispensed_today_g": 30.0}
    device(engine.fleet, "acme/t1", kind="thermostat").reading = {"temperature_c": 19.5, "heating_s": 3600.0}
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    egress.traffic["team"] = Traffic()
    egress.ledger.expect("team", "alert")
    return MetricsPage(
        Sources(
            engine=engine,
            now=lambda: NOW,
            version="1.2.3",
            ingest=IngestFigures.for_dialects(["native"], reasons=["too_large"], field_classes=["unknown"]),
            delivery=DeliveryFigures.for_receivers(["team"]),
            egress=egress,
        )
    )


def judge(promtool: Path, body: bytes) -> tuple[int, str]:
    told = subprocess.run([promtool, "check", "metrics"], input=body, capture_output=True, check=False, timeout=60)
    return told.returncode, (told.stdout + told.stderr).decode()


def test_promtool_finds_no_fault_with_the_sums(promtool_path: Path) -> None:
    assert judge(promtool_path, full_page().fleet()[0]) == (0, "")


def test_promtool_finds_no_fault_with_a_tenants_view(promtool_path: Path) -> None:
    assert judge(promtool_path, full_page().fleet(tenant="acme")[0]) == (0, "")


def test_promtool_finds_no_fault_with_the_series_of_devices(promtool_path: Path) -> None:
    assert judge(promtool_path, full_page().devices()[0]) == (0, "")


def test_promtool_would_tell_of_a_fault(promtool_path: Path) -> None:
    assert judge(promtool_path, b"# TYPE bad_total gauge\nbad_total 1\n")[0] != 0
