"""Worker: deliver every owed alert to its receivers, at least once.

What is owed lies in the store and is marked only after the receiver took it, so a crash in between sends it again,
under the same idempotency key. `dispatch.py` is what the rest of the program talks to, `desk.py` what people ask;
`lane.py` is the way to one receiver, which never waits for another; `backoff.py` says how long to leave a failing
receiver alone, `repeats.py` what to tell again to receivers that forget. To whom and when is decided in
`monitor.core.routing`; how to speak to a receiver is known in `monitor.notifiers`.
"""

from monitor.outbox.desk import Desk
from monitor.outbox.dispatch import Outbox
from monitor.outbox.lane import Knowledge
from monitor.outbox.settings import OutboxSettings

__all__ = ["Desk", "Knowledge", "Outbox", "OutboxSettings"]
