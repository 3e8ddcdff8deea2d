"""The only door out: what may leave, how long an answer may take, how much of it is read, and who got how much.

Every connection that this program opens to tell somebody something goes through a `Door` (`door.py`). A door is opened
for one receiver and knows how far that receiver is trusted; what it may know is decided in `policy.py`, and who is who
is hidden by `pseudonyms.py`. `Egress` opens the doors and keeps count. What to send, and when, is decided elsewhere.
"""

from monitor.egress.door import Answer, Door, Egress, Traffic
from monitor.egress.ledger import Ledger, LedgerError, LedgerFigures, Sending
from monitor.egress.lines import Line, Outcome, Purpose
from monitor.egress.policy import NOTHING, Content, Policy, Trust, content_of
from monitor.egress.pseudonyms import Pseudonyms, load_key
from monitor.egress.settings import EgressError, EgressSettings

__all__ = [
    "NOTHING",
    "Answer",
    "Content",
    "Door",
    "Egress",
    "EgressError",
    "EgressSettings",
    "Ledger",
    "LedgerError",
    "LedgerFigures",
    "Line",
    "Outcome",
    "Policy",
    "Pseudonyms",
    "Purpose",
    "Sending",
    "Traffic",
    "Trust",
    "content_of",
    "load_key",
]
