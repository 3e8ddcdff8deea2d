"""What is sent: one message for one subscriber, with what is public and their own way out, and nothing else."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any

from monitor.core.publication.bulletins import Bulletin, Update
from monitor.core.publication.page import STAGE_WORDS
from monitor.core.publication.times import day_and_time
from monitor.store.mailing import Mailing

KEY_LENGTH = 32
PLAIN = SMTP.clone(max_line_length=998, cte_type="7bit")
"""Headers are not broken into lines: a link with a break in it, or encoded, leads nowhere. 998 is what SMTP allows."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message has in common. `address` is where the public reaches the page; `sender` whom it is from.

    `component` names a component by its id and is empty for one that is gone; `next_update` is the moment that was
    promised for more of a bulletin.
    """

    name: str
    address: str
    sender: str
    time_zone: str
    component: Callable[[str], str]
    next_update: Callable[[Bulletin], float | None]


@dataclass(frozen=True, slots=True)
class Post:
    """One message ready to go: to one recipient, under a key that is the same each time it is sent.

    `fields` are the names of what it carries, for the ledger.
    """

    address: str
    tenant: str
    key: str
    body: bytes
    fields: tuple[str, ...]


def key_of(mailing: Mailing) -> str:
    """The same message has the same key, however often it is sent."""
    return hashlib.sha256(f"{mailing.subscriber.token} {mailing.said}".encode()).hexdigest()[:KEY_LENGTH]


def mail(mailing: Mailing, said: tuple[Bulletin, Update] | None, head: Letterhead, at: float) -> Post:
    """An e-mail: of an update, or the question whether it was they who asked."""
    subscriber, key = mailing.subscriber, key_of(mailing)
    message = EmailMessage(policy=PLAIN)
    message["From"] = head.sender
    message["To"] = subscriber.address
    message["Date"] = formatdate(at)
    message["Message-ID"] = f"<{key}@{head.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if said is None:
        message["Subject"] = f"{head.name}: please confirm that you want updates"
        text = _question(subscriber.token, head)
    else:
        bulletin, update = said
        message["Subject"] = f"{head.name}: {STAGE_WORDS[update.stage]}: {bulletin.title}"
        message["List-Unsubscribe"] = f"<{head.address}/unsubscribe/{subscriber.token}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text = _news(bulletin, update, subscriber.token, head)
    message.set_content(text)
    return Post(subscriber.address, subscriber.tenant, key, bytes(message), fields_of(said))


def hook(mailing: Mailing, said: tuple[Bulletin, Update] | None, head: Letterhead, at: float) -> Post:
    """A webhook's body: JSON."""
    subscriber, key = mailing.subscriber, key_of(mailing)
    body: dict[str, Any] = {"page": {"name": head.name, "url": head.address}, "sent_at": at, "idempotency_key": key}
    if said is None:
        body |= {"kind": "confirmation", "confirm_url": f"{head.address}/confirm/{subscriber.token}"}
    else:
        bulletin, update = said
        body |= {
            "kind": "update",
            "unsubscribe_url": f"{head.address}/unsubscribe/{subscriber.token}",
            "incident": {
                "id": bulletin.id,
                "name": bulletin.title,
                "status": update.stage,
                "impact": bulletin.impact,
                "body": update.body,
                "display_at": update.at,
                "shortlink": None if bulletin.audience else f"{head.address}/incidents/{bulletin.id}",
                "components": {head.component(each): how for each, how in update.conditions.items()},
                "next_update_due_at": head.next_update(bulletin) if update == bulletin.latest else None,
            },
        }
    return Post(subscriber.address, subscriber.tenant, key, json.dumps(body).encode(), fields_of(said))


def fields_of(said: tuple[Bulletin, Update] | None) -> tuple[str, ...]:
    """The names of what a message carries, none of its values."""
    return ("address", "token") if said is None else ("address", "token", "title", "stage", "body", "components")


def _question(token: str, head: Letterhead) -> str:
    return (
        f"Somebody, probably you, asked that updates of {head.name} be sent to this address.\n\n"
        f"If it was you, open this link and confirm it:\n{head.address}/confirm/{token}\n\n"
        "If not, do nothing. Nothing more is sent, and the address is erased.\n"
    )


def _news(bulletin: Bulletin, update: Update, token: str, head: Letterhead) -> str:
    lines = ((head.component(each), how.replace("_", " ")) for each, how in update.conditions.items())
    named = [f"- {name}: {how}" for name, how in lines if name]
    parts = [
        f"{STAGE_WORDS[update.stage]}: {bulletin.title}",
        day_and_time(update.at, head.time_zone),
        update.body,
    ]
    if named:
        parts.append("\n".join(named))
    promised = head.next_update(bulletin) if update == bulletin.latest else None
    if promised is not None:
        parts.append(f"Next update by {day_and_time(promised, head.time_zone)}.")
    if not bulletin.audience:
        parts.append(f"Everything that was said: {head.address}/incidents/{bulletin.id}")
    parts.append(f"--\nChange what you hear of, or unsubscribe: {head.address}/subscription/{token}")
    return "\n\n".join(parts) + "\n"
