"""Verdicts in words: what was expected, what was seen, what else was considered, and what would change it.

`incident` explains incidents, open or over; `device` explains what is thought of one device and what happens to it
next; `weights` says how much a piece of evidence weighs. Everything is read from what was decided; nothing is judged
here. `Explainer` does both for the incidents and devices of one engine.
"""

from monitor.core.explain.device import DeviceExplanation, PastChange
from monitor.core.explain.explainer import Explainer
from monitor.core.explain.incident import IncidentExplanation
from monitor.core.explain.weights import Weighed

__all__ = ["DeviceExplanation", "Explainer", "IncidentExplanation", "PastChange", "Weighed"]
