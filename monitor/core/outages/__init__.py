"""What explains all this silence? Outages found from integer counts per leaf, never from single devices.

`detector` leads once per second through the rest and speaks in `findings`. The way of the evidence: `counting` adds
leaves (`members`) up to `slices`, which weigh due heartbeats (`cusum`) against what is normal (`rates`). An alarm makes
`suspicions` ask which scope explains who fell silent (`past`, `sudden`, `localise`, `houses`, `scopes`). `confirm`
decides when a suspicion (`watch`) is an outage; `standing` keeps it, `recovery` tells when it is over. `slow` does the
same for levels (`levels`) against what is usual at this hour (`usual`). `evidence`, `witnesses` and `speech` put it in
words, `memory` keeps it over a restart.
"""

from monitor.core.outages.detector import OutageDetector
from monitor.core.outages.findings import (
    Confirmed,
    Finding,
    Recovering,
    Relapsed,
    Resolved,
    Suspected,
    SuspicionCleared,
    Updated,
)

__all__ = [
    "Confirmed",
    "Finding",
    "OutageDetector",
    "Recovering",
    "Relapsed",
    "Resolved",
    "Suspected",
    "SuspicionCleared",
    "Updated",
]
