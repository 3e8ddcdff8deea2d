"""Judges verdicts against the truth of a world, with the field's usual measures.

`verdicts` collects what a detector said, whichever detector it is; `devices` scores verdicts on single devices
(detection time, mistake rate, mistake duration, query accuracy, calibration); `outages` scores outage verdicts (time to
suspect and to confirm, exact scope, overlap, onset error, false ones per month, recovery); `expectations` checks what a
scenario demands.
"""

from simulators.scoring.devices import DeviceScore, score_devices
from simulators.scoring.expectations import Finding, examine
from simulators.scoring.outages import OutageScore, TruthScore, score_outages
from simulators.scoring.verdicts import OutageVerdict, Spell, Suspicion, Verdicts

__all__ = [
    "DeviceScore",
    "Finding",
    "OutageScore",
    "OutageVerdict",
    "Spell",
    "Suspicion",
    "TruthScore",
    "Verdicts",
    "examine",
    "score_devices",
    "score_outages",
]
