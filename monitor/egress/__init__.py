"""The only door out: what may leave, how long an answer may take, how much of it is read, and who got how much.

Every connection that this program opens to tell somebody something goes through a `Door` (`door.py`). A door is opened
for one receiver and knows how far that receiver is trusted; what it may know is decided in `policy.py`, and who is who
is hidden by `pseudonyms.py`. `Egress` opens the doors. What leaves is written down: `lines.py` says what a line is,
`ledger.py` writes it before the sending, `book.py` keeps it, `audit.py` walks the chain, `upkeep.py` does so each day,
`report.py` adds up. What to send, and when, is decided elsewhere.
"""

from monitor.egress.audit import Finding, verify
from monitor.egress.book import SqliteBook
from monitor.egress.door import Answer, Door, Egress, Traffic
from monitor.egress.fields import Fields, Trust, refused
from monitor.egress.ledger import Ledger, LedgerError, LedgerFigures, Sending
from monitor.egress.lines import Line, Outcome, Purpose, Seal
from monitor.egress.policy import NOTHING, Admitted, Content, Policy, content_of
from monitor.egress.pseudonyms import Pseudonyms, load_key
from monitor.egress.report import Question, Sum, add_up
from monitor.egress.settings import EgressError, EgressSettings
from monitor.egress.upkeep import LedgerUpkeep

__all__ = [
    "NOTHING",
    "Admitted",
    "Answer",
    "Content",
    "Door",
    "Egress",
    "EgressError",
    "EgressSettings",
    "Fields",
    "Finding",
    "Ledger",
    "LedgerError",
    "LedgerFigures",
    "LedgerUpkeep",
    "Line",
    "Outcome",
    "Policy",
    "Pseudonyms",
    "Purpose",
    "Question",
    "Seal",
    "Sending",
    "SqliteBook",
    "Sum",
    "Traffic",
    "Trust",
    "add_up",
    "content_of",
    "load_key",
    "refused",
    "verify",
]
