"""What the public was told and waits for, and who subscribed; numbers only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.core.publication.bulletins import CONDITIONS, Condition
from monitor.core.publication.desk import Publication
from monitor.metrics.families import Families

SUBSCRIBER_KINDS = ("email", "webhook")
MESSAGE_OUTCOMES = ("sent", "failed", "abandoned")


@dataclass(slots=True)
class MailFigures:
    """What was sent to subscribers since the start, and who they are; whoever sends keeps it."""

    messages: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By kind and outcome: sent, failed (to be tried again), abandoned."""
    subscribers: Mapping[tuple[str, bool], int] = field(default_factory=dict)
    """By kind and whether they confirmed."""
    refused: int = 0
    """Sign-ups refused because too many came."""


@dataclass(frozen=True, slots=True)
class PublicSource:
    """Where these figures come from; without `mail` nothing can be sent to anybody."""

    publication: Publication
    mail: MailFigures | None = None


def collect_public(families: Families, source: PublicSource, now: float) -> None:
    """The state of the promise, of the page, and of messages."""
    desk = source.publication
    families.put("hearthbeat_public_update_overdue_seconds", desk.overdue_seconds(now))
    families.put("hearthbeat_public_bulletins_open", sum(each.open for each in desk.bulletins.values()))
    worse: Counter[Condition] = Counter(desk.board.conditions.values())
    worse["operational"] = len(desk.board.components) - worse.total()
    for condition in CONDITIONS:
        families.put("hearthbeat_public_components", worse[condition], condition)
    if source.mail is None:
        return
    for kind in SUBSCRIBER_KINDS:
        for confirmed in (True, False):
            number = source.mail.subscribers.get((kind, confirmed), 0)
            families.put("hearthbeat_subscribers", number, kind, "confirmed" if confirmed else "asked")
        for outcome in MESSAGE_OUTCOMES:
            families.put("hearthbeat_subscriber_messages_total", source.mail.messages[kind, outcome], kind, outcome)
    families.put("hearthbeat_sign_ups_refused_total", source.mail.refused)
