"""Heartbeats per second through a real broker into the whole daemon: socket, decoder, engine, store, metrics.

Run `python -m benchmarks.broker_rate [devices] [heartbeats per device]`. The daemon is a process of its own and so are
the devices, so on two cores broker and devices take their share of the time that passes. The rate per second of the
daemon's processor time is what one core can do.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import paho.mqtt.client as paho
import psutil
from paho.mqtt.enums import CallbackAPIVersion

from tests.programs import RealMosquitto
from tests.waiting import free_port, wait_for
from tools.real_parts import obtain

CONFIG = """
[mqtt]
url = "mqtt://127.0.0.1:{broker}"
[web]
listen = "127.0.0.1:{web}"
[store]
path = "{store}"
[limits]
device_messages_per_minute = 1000000
inbox_messages = 200000
"""
IN_FLIGHT = 5000
DEVICES = "devices"


def main(devices: int, beats: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with RealMosquitto(obtain("mosquitto"), folder) as broker:
            measure(folder, broker.port, devices, beats)


def measure(folder: Path, broker: int, devices: int, beats: int) -> None:
    """Run daemon and devices against a broker and print the rates."""
    web = free_port()
    config = folder / "hearthbeat.toml"
    config.write_text(CONFIG.format(broker=broker, web=web, store=folder / "hearthbeat.db"), encoding="utf-8")
    daemon = subprocess.Popen([sys.executable, "-m", "monitor", "run", "--config", config], stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: ready(web), "the daemon sees")
        before = processor_seconds(daemon.pid)
        began = time.perf_counter()
        speaker = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, DEVICES, str(broker), str(devices), str(beats)]
        )
        wait_for(lambda: ingested(web) >= devices * beats, "every heartbeat is taken in", patience_seconds=300)
        passed = time.perf_counter() - began
        spent = processor_seconds(daemon.pid) - before
        speaker.wait()
    finally:
        daemon.terminate()
        daemon.wait()
    total = devices * beats
    print(f"{total:,} heartbeats of {devices:,} devices: {total / passed:,.0f} a second of time, ", end="")
    print(f"{total / spent:,.0f} a second of the daemon's processor time")


def ready(port: int) -> bool:
    """Whether the daemon answers and sees."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def ingested(port: int) -> float:
    """How many messages the daemon took in; asked seldom, since being asked costs too."""
    time.sleep(0.5)
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith("hearthbeat_ingest_messages_total"))


def processor_seconds(pid: int) -> float:
    """User and system time of a process."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def speak(port: int, devices: int, beats: int) -> None:
    """Publish as fast as the broker takes it."""
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", port)
    client.loop_start()
    for seq in range(1, beats + 1):
        for device in range(devices):
            beat = {"seq": seq, "boot_id": "9f3c21aa", "ts": int(time.time() * 1000), "interval_s": 60, "rssi_dbm": -61}
            client.publish(f"fleet/v1/acme/device-{device}/heartbeat", json.dumps(beat), qos=0)
            while len(client._out_packet) > IN_FLIGHT:  # noqa: SLF001 -- paho tells in no other way
                time.sleep(0.001)
    while client._out_packet:  # noqa: SLF001
        time.sleep(0.01)
    client.disconnect()
    client.loop_stop()


if __name__ == "__main__":
    if sys.argv[1:2] == [DEVICES]:
        speak(*(int(each) for each in sys.argv[2:]))
    else:
        sizes = [int(each) for each in sys.argv[1:]]
        main(*(sizes or [2000, 100]))
