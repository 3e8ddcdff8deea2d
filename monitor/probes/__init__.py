"""Active probes, one file for each type: they ask where heartbeats only let guess.

`http`, `tcp`, `dns`, `mqtt`, `smtp` and `statuspage` each bring a settings model and a probe; `protocol` is what they
have in common. The union below is the registry. A probe asks once, through the outlet that it is given (`egress`), and
says what it found as a value: failure is a result, not an error. It does not wait, repeat, or judge what it means:
that is for `monitor/prober.py` and `monitor/core/probing`. To add one: a file with its settings and its class, and the
name of the settings in the union.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.probes.dns import DnsProbeSettings
from monitor.probes.http import HttpProbeSettings
from monitor.probes.mqtt import MqttProbeSettings
from monitor.probes.protocol import Found, Probe, ProbeSettings
from monitor.probes.smtp import SmtpProbeSettings
from monitor.probes.statuspage import StatuspageProbeSettings
from monitor.probes.tcp import TcpProbeSettings

AnyProbeSettings = Annotated[
    HttpProbeSettings
    | TcpProbeSettings
    | DnsProbeSettings
    | MqttProbeSettings
    | SmtpProbeSettings
    | StatuspageProbeSettings,
    Field(discriminator="type"),
]


def _distinct_names(entries: tuple[AnyProbeSettings, ...]) -> tuple[AnyProbeSettings, ...]:
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{names.count(name)} probes are named {name!r}; give each its own name")
    return entries


Probes = Annotated[tuple[AnyProbeSettings, ...], AfterValidator(_distinct_names)]
"""All of `[[probes]]`."""

__all__ = ["AnyProbeSettings", "Found", "Probe", "ProbeSettings", "Probes"]
