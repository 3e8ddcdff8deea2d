"""What people ask of deliveries: how the receivers are, whether one works, what died and whether to try it again."""

from collections.abc import Sequence

from monitor.clock import Clock
from monitor.core.alerts import AlertBook
from monitor.core.decisions import AlertOwed
from monitor.core.routing import Letter, Owed, ReceiverHealth, Trial
from monitor.notifiers import NotifierSettings
from monitor.outbox.dispatch import Outbox
from monitor.store.codec import with_keys
from monitor.store.protocol import DeadLetter, Retried, Sent, Store

LOOK_SECONDS = 0.1
PATIENCE_SECONDS = 8.0
"""How long the outcome of a trial is waited for; less than people's programs wait for us."""


class Desk:
    """Answers people. Every method may raise StoreError."""

    def __init__(
        self, store: Store, clock: Clock, outbox: Outbox, settings: Sequence[NotifierSettings], public_url: str = ""
    ) -> None:
        self._store = store
        self._clock = clock
        self._outbox = outbox
        self._settings = {entry.name: entry for entry in settings}
        self._public_url = public_url

    async def receivers(self) -> list[ReceiverHealth]:
        """Every receiver that is configured, in the order of the configuration."""
        debts, dead = await self._store.debts(self._clock.now()), await self._store.dead_count()
        found = []
        for name, entry in self._settings.items():
            debt, figures = debts.get(name), self._outbox.figures
            at, error = figures.last_error.get(name, (None, ""))
            found.append(
                ReceiverHealth(
                    name=name,
                    type=entry.type,
                    trust=entry.trust,
                    tenants=entry.tenants,
                    owed=debt.owed if debt else 0,
                    dead=dead.get(name, 0),
                    overdue_since=debt.overdue_since if debt else None,
                    last_success_at=figures.last_success_at.get(name) or await self._store.last_delivered(name),
                    last_error_at=at,
                    last_error=error,
                )
            )
        return found

    async def try_out(self, receiver: str) -> Trial | None:
        """Send a marked test alert and its end the way that all alerts take. None if there is no such receiver."""
        if receiver not in self._settings:
            return None
        began = self._clock.now()
        keys = [await self._owe(letter) for letter in self._trial(receiver, began)]
        self._outbox.wake(receiver)
        until = began + PATIENCE_SECONDS
        while True:
            sent = [found for key in keys if (found := await self._store.delivery(receiver, key))]
            unfinished = [each for each in sent if each.outcome == "owed"]
            failed = next((each.error for each in sent if each.error), "")
            now = self._clock.now()
            if not unfinished or failed or now >= until:
                delivered = bool(sent) and all(each.outcome == "delivered" for each in sent)
                reason = failed or ("" if delivered else "nothing has come of it yet; it is still being tried")
                return Trial(receiver, delivered, now - began, reason)
            await self._clock.wait(None, now + LOOK_SECONDS)

    async def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """What was given up, newest first."""
        return await self._store.dead_letters(limit=limit)

    async def retry(self, deliveries: Sequence[int] | None) -> Retried:
        """Try dead letters again, those with these ids or all."""
        retried = await self._store.retry(deliveries, self._outbox.receivers, self._clock.now())
        self._outbox.wake()
        return retried

    async def deliveries_of(self, incident: str, limit: int) -> Sequence[Sent]:
        """What was and is owed about an incident, newest first."""
        return await self._store.deliveries_of(incident, limit=limit)

    def _trial(self, receiver: str, at: float) -> list[Letter]:
        book = AlertBook(self._public_url)
        fired = book.fire(
            "HearthbeatTest",
            f"test/{receiver}/{at!r}",
            at,
            since=at,
            summary=f"TEST, nothing is wrong: somebody tries out the receiver {receiver}.",
            description="This way works. The end of the test follows at once.",
            labels={"receiver": receiver},
        )
        steps: list[AlertOwed] = [fired, *book.resolve(fired.alert.key, at, "the test is over")]
        return [Letter(each, (Owed(receiver, at, "test"),)) for each in steps]

    async def _owe(self, letter: Letter) -> str:
        await self._store.owe(letter)
        return next(key for _, key in with_keys([letter]))
