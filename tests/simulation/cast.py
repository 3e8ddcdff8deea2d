"""How large each scenario is played in tests, and how much of it: as little as can be and still prove what it demands.

`SIMULATION_SEEDS=10` plays each with ten seeds; `SIMULATION_LONG=1` plays in full what lasts for days.
"""

from __future__ import annotations

import os
from typing import NamedTuple

SEEDS = range(1, int(os.environ.get("SIMULATION_SEEDS", "1")) + 1)
IN_FULL = os.environ.get("SIMULATION_LONG", "") not in ("", "0")


class Part(NamedTuple):
    """One scenario as tests play it.

    `hours` of it are enough for all that it demands to be met or missed at least once; None plays all of it. `slow` is
    for what takes more than about two seconds.
    """

    devices: int
    slow: bool = True
    hours: float | None = None


PARTS: dict[str, Part] = {
    "aws-2025-shared": Part(120),
    "bridge-down": Part(120, slow=False),
    "broker-partition": Part(150, slow=False),
    "broker-restart": Part(150, slow=False),
    "broker-stall": Part(150, slow=False),
    "brownout-10": Part(1200),
    "brownout-20": Part(600),
    "brownout-5": Part(4000),
    "calm-day": Part(60),
    "calm-month": Part(60, hours=12),
    "calm-week": Part(60, hours=12),
    "calm-winter-week": Part(120, hours=30),
    "clock-drift": Part(20),
    "clock-jump-devices": Part(120),
    "cloud-held-schedule": Part(60),
    "congestion": Part(300),
    "demo": Part(150, slow=False),
    "device-dies": Part(80, slow=False),
    "double-dispense-replay": Part(40),
    "dst-back": Part(40),
    "dst-forward": Part(40),
    "firmware-ramp": Part(800, hours=2.5),
    "flapping": Part(150),
    "fleet-down": Part(100, slow=False),
    "freeze-fast": Part(20),
    "freeze-slow": Part(10),
    "honeywell-flap": Part(100, hours=12),
    "hopper-trend": Part(12),
    "interval-change": Part(120),
    "jam-partial": Part(40),
    "late-will": Part(80, slow=False),
    "loss-geometric": Part(40, hours=12),
    "loss-long-bursts": Part(40, hours=12),
    "loss-pareto": Part(40, hours=12),
    "mains-loss-battery": Part(40),
    "monitor-link-down": Part(100, slow=False),
    "monitor-restart-mid-outage": Part(150),
    "nest-2016-firmware": Part(150, hours=15.5 * 24),
    "nest-2016-july-partial": Part(800, hours=2),
    "nest-2018-control-plane": Part(100),
    "network-cut": Part(300),
    "night-off": Part(100),
    "overheat-relay": Part(30),
    "overlap": Part(400),
    "page-stays-green": Part(60, slow=False),
    "petnet-2016-partial": Part(300, hours=3),
    "petnet-2020-attrition": Part(500, hours=3.5 * 24),
    "petnet-2020-cliff": Part(220, hours=12),
    "petnet-recovery-reboot": Part(120),
    "provider-cut": Part(150),
    "provider-ramp": Part(1200, hours=1.5),
    "provider-region-cut": Part(400),
    "reboot-in-outage": Part(40),
    "region-cut": Part(250),
    "schedule-lost": Part(40),
    "sensor-stuck": Part(30),
    "short-cycle": Part(30),
    "site-in-step-15m": Part(300),
    "site-in-step-5m": Part(300),
    "site-power-cut": Part(120, slow=False),
    "sleepy-dead": Part(50),
    "sleepy-normal": Part(50),
    "slow-cohort": Part(250),
    "small-gateway": Part(100, slow=False),
    "staged-outage": Part(120),
    "stragglers": Part(200),
    "sure-field-loss": Part(30),
    "sunset-announced": Part(100),
    "tado-short": Part(100),
    "window-open": Part(30),
}
ONLY_IN_FULL = {"hopper-trend", "nest-2016-firmware", "petnet-2020-attrition"}
"""What they demand shows only after days, which take minutes to simulate."""
