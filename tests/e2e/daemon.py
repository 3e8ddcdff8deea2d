"""The monitor as a process of its own, and devices that speak to it over a real broker."""

import json
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import httpx
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.programs import RealProgram
from tests.waiting import wait_for

QUICK: dict[str, dict[str, Any]] = {
    "liveness": {"minimum_seconds": 3.0, "will_hold_seconds": 2.0},
    "alerts": {"device_hold_seconds": 1.0, "stragglers_after_seconds": 3.0},
    "outages": {"confirm_seconds": 3.0, "resolve_seconds": 4.0},
    "sight": {"echo_seconds": 0.5, "blind_after_seconds": 3.0},
    "store": {"snapshot_seconds": 1.0},
    "mqtt": {"keepalive_seconds": 5},
}
"""Thresholds in seconds instead of minutes; everything else is as in production."""


class RealMonitor(RealProgram):
    """`hearthbeat run` with a configuration made of `QUICK`, `settings` and the receivers."""

    def __init__(
        self, folder: Path, broker_port: int, *, receivers: Sequence[dict[str, Any]] = (), **settings: dict[str, Any]
    ) -> None:
        super().__init__(Path(sys.executable), folder)
        merged = {name: {**QUICK.get(name, {}), **settings.get(name, {})} for name in {*QUICK, *settings}}
        merged["mqtt"].setdefault("url", f"mqtt://127.0.0.1:{broker_port}")
        merged["store"].setdefault("path", str(self.folder / "hearthbeat.db"))
        merged["web"] = {"listen": f"127.0.0.1:{self.port}", **merged.get("web", {})}
        self.config = self.folder / "hearthbeat.toml"
        self.config.write_text(_toml(merged, receivers), encoding="utf-8")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "hearthbeat.db"

    def command(self) -> Sequence[str | Path]:
        return [self.path, "-m", "monitor", "run", "--config", self.config]

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def get(self, path: str, **query: str) -> Any:  # noqa: ANN401 -- whatever JSON it answers with
        return httpx.get(f"{self.url}{path}", params=query, timeout=10).json()

    def sees(self) -> bool:
        return bool(self.get("/readyz")["ready"])

    def status(self, device: str) -> str:
        answer = httpx.get(f"{self.url}/api/v1/devices/{device}", timeout=10)
        return str(answer.json()["status"]) if answer.status_code == httpx.codes.OK else "unknown"

    def await_status(self, device: str, *expected: str) -> None:
        wait_for(lambda: self.status(device) in expected or None, f"{device} is {' or '.join(expected)}")

    def firing(self, name: str) -> list[dict[str, Any]]:
        return [each for each in self.get("/api/v1/alerts", state="firing")["items"] if each["name"] == name]

    def text(self, path: str) -> str:
        """A page as it is sent."""
        answer = httpx.get(f"{self.url}{path}", timeout=10)
        assert answer.status_code == httpx.codes.OK, f"{path} answered {answer.status_code}"
        return answer.text

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples of this name whose labels include these."""
        total = 0.0
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        page = self.text("/metrics")
        assert f"# TYPE {name} " in page, f"there is no metric {name}"
        for line in page.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name and all(pair in series for pair in wanted):
                total += float(value)
        return total


class Devices:
    """Devices that share one connection and speak the native contract; those in `alive` beat every second."""

    def __init__(self, port: int) -> None:
        self.alive: set[str] = set()
        self._ending = threading.Event()
        self._pacemaker = threading.Thread(target=self._keep_beating, daemon=True)
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._seq: dict[str, int] = {}
        self._pacemaker.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._pacemaker.join()
        self._client.disconnect()
        self._client.loop_stop()

    def _keep_beating(self) -> None:
        while not self._ending.wait(1.0):
            self.beat(*sorted(self.alive))

    def describe(self, device: str, **info: object) -> None:
        self.publish(device, "info", {"kind": "feeder", "model": "m1", **info}, retain=True)

    def beat(self, *devices: str, interval: float = 1.0) -> None:
        for device in devices:
            self._seq[device] = self._seq.get(device, 0) + 1
            stamp = int(time.time() * 1000)
            self.publish(
                device, "heartbeat", {"seq": self._seq[device], "boot_id": "b1", "ts": stamp, "interval_s": interval}
            )

    def publish(self, device: str, channel: str, payload: object, *, retain: bool = False, qos: int = 1) -> None:
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        self._client.publish(f"fleet/v1/{device}/{channel}", body, qos=qos, retain=retain)


def _toml(sections: dict[str, dict[str, Any]], receivers: Sequence[dict[str, Any]]) -> str:
    lines: list[str] = []
    for name, section in sections.items():
        lines += [f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in section.items())]
    for receiver in receivers:
        lines += ["[[notifiers]]", *(f"{key} = {json.dumps(value)}" for key, value in receiver.items())]
    return "\n".join(lines) + "\n"
