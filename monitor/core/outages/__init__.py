"""What explains all this silence? Outages found from integer counts per leaf, never from single devices.

The way of the evidence, one file each: `slices` adds leaves up, `rates` learns what is normal, `cusum` weighs due
heartbeats, `localise` names the most concise scope, `watch` keeps a suspicion or an outage, `confirm` decides when it
is one, `recovery` when it is over, `evidence` says it in words. `detector` leads through them once per second and
speaks in `findings`.
"""

from monitor.core.outages.detector import OutageDetector
from monitor.core.outages.findings import Confirmed, Finding, Recovering, Resolved, Suspected, SuspicionCleared, Updated

__all__ = [
    "Confirmed",
    "Finding",
    "OutageDetector",
    "Recovering",
    "Resolved",
    "Suspected",
    "SuspicionCleared",
    "Updated",
]
