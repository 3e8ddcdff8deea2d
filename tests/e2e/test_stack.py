"""The stack of docker-compose.yml as local programs: up from the very same files, with an answer to every dashboard."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from paho.mqtt.publish import multiple

from tests.boards import Asked, boards, queries
from tests.waiting import accepts_connections, wait_for
from tools.stack import Stack, Wishes, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.mosquitto, pytest.mark.prometheus, pytest.mark.alertmanager]

SPEED = 60.0
DEVICES = 160
EMPTY_BY_NATURE = {
    **dict.fromkeys(
        (f"hearthbeat-thermostats / Rooms that cool / {letter}" for letter in "ABC"),
        "no room cools within the hour that the fleet lives here",
    ),
    **dict.fromkeys(
        (f"hearthbeat-outages / {panel} / A" for panel in ("Probes", "Certificates")),
        "no probe is configured here: the stack asks nobody outside",
    ),
    "annotation Blind": "the monitor is not blind here, unless this machine stands still for seconds",
}
"""Queries that rightly find nothing in this run, and why."""
FEEDER, THERMOSTAT = "acorn/says-all-feeder", "acorn/says-all-thermostat"
"""Two devices that say what the simulated ones leave out."""


@pytest.fixture(scope="module")
def stack(mosquitto_path: Path, prometheus_path: Path, alertmanager_path: Path) -> Iterator[Stack]:
    """The stack with an hour of the fleet's life in a minute."""
    del mosquitto_path, prometheus_path, alertmanager_path  # asked for, so that their absence is told
    with running_stack(Wishes(speed=SPEED, devices=DEVICES, any_port=True, scrape_seconds=1)) as stack:
        yield stack


def speak_of_everything(stack: Stack) -> None:
    """Publish all that a feeder and a thermostat can say, and something that says nothing."""
    now = int(time.time() * 1000)
    beat = {"seq": 1, "boot_id": "b1", "ts": now, "interval_s": 600, "rssi_dbm": -61, "battery_pct": 80}
    beat |= {"power_source": "battery", "cloud": {"connected": True}}
    fed = {
        "hopper_state": "low",
        "hopper_pct": 12,
        "dispensed_today_g": 40,
        "last_dispense_ts": now - 3_600_000,
        "next_meal_ts": now + 900_000,
    }
    warm = {"temperature_c": 4.5, "humidity_pct": 60, "heating_setpoint_c": 20, "heating_s": 60, "cooling_s": 30}
    said: list[tuple[str, object]] = []
    for name, kind, reading in ((FEEDER, "feeder", fed), (THERMOSTAT, "thermostat", warm)):
        said += [(f"{name}/info", {"kind": kind, "model": "m1", "provider": "aurora", "ssid": "not asked for"})]
        said += [(f"{name}/heartbeat", beat), (f"{name}/telemetry", reading)]
    payloads = [(f"fleet/v1/{topic}", json.dumps(body), 1, False) for topic, body in said]
    multiple(
        [*payloads, (f"fleet/v1/{FEEDER}/heartbeat", "no JSON", 1, False)],
        port=stack.ports["mosquitto"],
        hostname="127.0.0.1",
        auth={"username": "simulator", "password": (stack.folder / "secrets" / "mqtt-simulator").read_text().strip()},
    )


def ask(stack: Stack, path: str, **query: str) -> Any:  # noqa: ANN401 -- whatever JSON it answers with
    answer = httpx.get(f"{stack.url('prometheus')}{path}", params=query, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()["data"]


def sample(stack: Stack, expr: str) -> float:
    found = ask(stack, "/api/v1/query", query=expr)["result"]
    return float(found[0]["value"][1]) if found else 0.0


def arrived(stack: Stack, name: str) -> Any:  # noqa: ANN401 -- as above
    """The alerts of this name in Alertmanager."""
    answer = httpx.get(
        f"{stack.url('alertmanager')}/api/v2/alerts", params={"filter": f'alertname="{name}"'}, timeout=20
    )
    return answer.raise_for_status().json()


def filled(expr: str, stack: Stack, device: str) -> str:
    """A query as Grafana sends it when everything is chosen; the range shown is what the stack has lived."""
    chosen = {"monitor": f"127.0.0.1:{stack.ports['hearthbeat']}", "device": device}
    chosen |= {"__rate_interval": "10s", "__range": "10m", "__interval": "5s"}
    return re.sub(r"\$(\w+)", lambda found: chosen.get(found[1], ".*"), expr)


def finds(stack: Stack, asked: Asked, device: str) -> bool:
    """Whether a query finds anything, in the range that the stack has lived."""
    expr, now = filled(asked.expr, stack, device), time.time()
    times = {"start": f"{now - 300}", "end": f"{now}"}
    if asked.label:
        return bool(ask(stack, f"/api/v1/label/{asked.label}/values", **{"match[]": expr, **times}))
    return bool(ask(stack, "/api/v1/query_range", query=expr, step="5s", **times)["result"])


def test_the_stack_comes_up_sees_a_provider_fail_and_answers_every_question_of_the_dashboards(stack: Stack) -> None:
    wait_for(
        lambda: sample(stack, "sum(fleet_devices)") == DEVICES,
        "the whole fleet is seen in Prometheus",
        patience_seconds=90,
    )
    wait_for(
        lambda: sample(stack, 'count(fleet_outage_state{layer="provider",state="confirmed"} == 1)'),
        "the provider's outage is seen in Prometheus",
        patience_seconds=120,
    )
    wait_for(lambda: arrived(stack, "ProviderOutage"), "the outage arrives in Alertmanager")
    assert stack.ended() is None

    speak_of_everything(stack)
    wait_for(lambda: sample(stack, f"sum(fleet_devices) == {DEVICES + 2}"), "the two that say everything are seen")
    wait_for(
        lambda: sample(stack, 'sum(hearthbeat_ingest_rejected_total{reason="not_json"})'), "what was refused is counted"
    )
    devices = [name.partition("/")[2] for name in (FEEDER, THERMOSTAT)]
    silent = [asked for board in boards() for asked in queries(board) if asked.where not in EMPTY_BY_NATURE]

    def all_answered() -> bool:
        silent[:] = [asked for asked in silent if not any(finds(stack, asked, device) for device in devices)]
        return not silent

    with contextlib.suppress(AssertionError):  # what is missing says more than that something is
        wait_for(all_answered, "every query finds something, the last ones after a few more scrapes")
    assert [asked.where for asked in silent] == []


def test_alerts_from_prometheus_link_to_pages_and_carry_no_label_for_it(stack: Stack) -> None:
    found = wait_for(
        lambda: arrived(stack, "PrometheusWatchdog"),
        "the watchdog of Prometheus arrives, at the latest when it is sent again after a minute",
        patience_seconds=120,
    )
    assert found[0]["labels"] == {"alertname": "PrometheusWatchdog", "severity": "none"}
    assert found[0]["annotations"]["dashboard_url"] == "http://127.0.0.1:3000/d/hearthbeat-monitor"


def test_the_stack_ends_cleanly_when_it_is_interrupted(
    mosquitto_path: Path, prometheus_path: Path, alertmanager_path: Path
) -> None:
    del mosquitto_path, prometheus_path, alertmanager_path
    command = [sys.executable, "-m", "tools.stack", "--any-port", "--devices", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                process.send_signal(signal.SIGINT)
        assert process.wait() == 0, "".join(said)
    assert said[-1] == "Everything has ended; nothing was kept.\n"
    ports = [int(port) for port in re.findall(r"://127\.0\.0\.1:(\d+)", "".join(said))]
    assert len(ports) == 4
    assert [port for port in ports if accepts_connections(port)] == []
