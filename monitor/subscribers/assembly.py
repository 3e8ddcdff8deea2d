"""Puts together what the public reads and who is told of it."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from monitor.clock import Clock
from monitor.core.publication.bulletins import PublicAct
from monitor.core.publication.desk import Publication
from monitor.egress import Egress
from monitor.metrics.public import MailFigures
from monitor.store.mailing import MailingList
from monitor.subscribers.carrier import Carrier
from monitor.subscribers.mailroom import Mailroom
from monitor.subscribers.messages import Letterhead
from monitor.subscribers.settings import SubscriberSettings
from monitor.subscribers.signing import SubscriberDesk
from monitor.subscribers.smtp import SmtpCarrier
from monitor.subscribers.webhook import RECEIVER, WebhookCarrier
from monitor.web.public.settings import StatusPageSettings
from monitor.web.public.state import PublicState

CARRY_OUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PublicParts:
    """What the pages are given, and the worker that sends; None if nothing can be sent."""

    state: PublicState
    mailroom: Mailroom | None

    @property
    def figures(self) -> MailFigures | None:
        """What was sent."""
        return None if self.mailroom is None else self.mailroom.figures


def assemble_public(  # noqa: PLR0913 -- keywords, each named at the call
    *,
    page: StatusPageSettings,
    subscribers: SubscriberSettings,
    address: str,
    publication: Publication,
    mailing: MailingList,
    clock: Clock,
    egress: Egress,
    carry_out: Callable[[PublicAct, float], Awaitable[bool]],
    stack: contextlib.AsyncExitStack,
) -> PublicParts:
    """The public side of a monitor. Raises EgressError or OSError if messages cannot be sent as configured."""
    mailroom: Mailroom | None = None
    state = PublicState(publication, clock.now, page, address)
    if subscribers.smtp is not None and address:
        door = egress.door(
            RECEIVER,
            trust="third_party",
            timeout_seconds=subscribers.webhook_timeout_seconds,
            purpose="customer-webhook",
        )
        stack.push_async_callback(door.aclose)
        carriers: dict[str, Carrier] = {
            "email": SmtpCarrier(subscribers.smtp, egress.ledger),
            "webhook": WebhookCarrier(door),
        }
        head = _letterhead(page, address, subscribers.smtp.sender, publication)
        mailroom = Mailroom(mailing=mailing, clock=clock, carriers=carriers, head=head, settings=subscribers)
        desk = SubscriberDesk(mailing, mailroom, clock, subscribers)
        state.sign_ups = desk
        state.subscribers = desk

    async def carried_out(act: PublicAct) -> bool:
        done = await carry_out(act, CARRY_OUT_SECONDS)
        state.changed()
        if mailroom is not None:
            mailroom.wake()
        return done

    state.carry_out = carried_out
    return PublicParts(state, mailroom)


def _letterhead(page: StatusPageSettings, address: str, sender: str, publication: Publication) -> Letterhead:
    def name(component: str) -> str:
        found = next((each for each in publication.board.components if each.id == component), None)
        return "" if found is None else f"{found.name} ({found.place})" if found.place else found.name

    return Letterhead(page.name, address, sender, page.time_zone, name, publication.next_update_due_at)
