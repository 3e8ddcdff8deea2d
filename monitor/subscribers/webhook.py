"""By webhook: one POST for one subscriber, through the door."""

from monitor.egress import Content, Door
from monitor.subscribers.carrier import Fate
from monitor.subscribers.messages import Post

RECEIVER = "subscribers-webhook"
RETRYABLE = frozenset({408, 425, 429})


class WebhookCarrier:
    """All webhooks of subscribers. One that fails is tried again later and holds up no other."""

    def __init__(self, door: Door) -> None:
        self._door = door

    async def send(self, post: Post) -> Fate:
        """Hand over one message."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": post.key}
        content = Content(tenants=(post.tenant,), fields=post.fields)
        answer = await self._door.post(post.address, post.body, headers, content=content)
        if answer.status is None or answer.status >= 500 or answer.status in RETRYABLE:  # noqa: PLR2004 -- HTTP
            return "later"
        return "sent" if answer.status < 300 else "never"  # noqa: PLR2004 -- HTTP: success

    async def rest(self) -> None:
        """The door stays open."""
