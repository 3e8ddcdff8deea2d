"""Who is told what, and when: pure.

`routing.py` says to whom a decided alert is owed and at which moment each of them is due; `settings.py` is what an
operator may say about it, `kinds.py` sorts alerts and names those that nothing may hold back, `hours.py` finds moments
of the local day. When the moment has come, `queue.py` sorts what is owed to one receiver: what leaves together, what
waits, and what need not leave any more. Keeping it is the store's work, sending it the outbox's.
"""

from monitor.core.routing.outcomes import DeadLetter, Debt, Outcome, ReceiverHealth, Retried, Sent, Trial
from monitor.core.routing.owed import Delivery, Letter, Owed, Reason, thread_of
from monitor.core.routing.routing import Addressee, Routing
from monitor.core.routing.settings import RouteSettings

__all__ = [
    "Addressee",
    "DeadLetter",
    "Debt",
    "Delivery",
    "Letter",
    "Outcome",
    "Owed",
    "Reason",
    "ReceiverHealth",
    "Retried",
    "RouteSettings",
    "Routing",
    "Sent",
    "Trial",
    "thread_of",
]
