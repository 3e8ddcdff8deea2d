"""Writes a world down as a trace for `hearthbeat replay`: one JSON object per line.

A delivery is `{"at": <Unix seconds>, "topic": …, "payload": …, "retain": …}`, the monitor's own link `{"at": …, "link":
"down"|"up"}`, and the last line `{"at": …, "end": true}` says up to when time passed. Echoes are left out: in a trace
the monitor's path is sound unless `link` says otherwise.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from monitor.core.observations import LinkChanged, MaintenanceSet, Observation
from monitor.core.probing.results import ProbeResult
from monitor.trace.probing import write_probe
from simulators.encoders import native
from simulators.world import World


def trace_lines(world: World) -> Iterator[str]:
    """The lines of a trace, without line ends."""
    for observation in world.observations():
        line = trace_line(observation)
        if line is not None and not (line.get("link") == "up" and observation.at == world.start):
            yield json.dumps(line, separators=(",", ":"), ensure_ascii=False)
    yield json.dumps({"at": world.end, "end": True}, separators=(",", ":"))


def trace_line(observation: Observation) -> dict[str, Any] | None:
    """One observation as a trace has it, None for what does not belong there."""
    match observation:
        case LinkChanged():
            return {"at": observation.at, "link": "up" if observation.up else "down"}
        case MaintenanceSet():
            return {"at": observation.at, "maintenance": observation.device, "on": observation.on}
        case ProbeResult():
            return dict(write_probe(observation))
    packet = native.encode(observation)
    if packet is None:
        return None
    return {"at": observation.at, "topic": packet.topic, "payload": packet.payload.decode(), "retain": packet.retained}


def write_trace(world: World, path: Path) -> int:
    """Run the world into a file; gives the number of lines."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in trace_lines(world):
            file.write(line + "\n")
            count += 1
    return count
