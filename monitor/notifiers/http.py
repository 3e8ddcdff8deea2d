"""What receivers with one HTTP address have in common."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlsplit

from pydantic import Field

from monitor.core.decisions import Alert
from monitor.egress import Answer, Door, content_of
from monitor.notifiers.protocol import DeliveryError, KeyedReceiverSettings, SecretReceiverSettings, require_accepted

S = TypeVar("S", bound=SecretReceiverSettings)


class KeyedHttpReceiverSettings(KeyedReceiverSettings):
    """What every receiver that is reached by HTTP and cannot do without a secret may say."""

    ca_file: Annotated[
        Path | None, Field(description="PEM file of the authority that signed the receiver's certificate")
    ] = None


class HttpNotifier(Generic[S]):
    """A receiver that is told by POST and is never asked anything. `address` is where it is looked for."""

    def __init__(self, settings: S, door: Door, address: str) -> None:
        self.name = settings.name
        self.resend_seconds: float | None = None
        self._settings = settings
        self._address = address
        self._door = door

    async def try_out(self) -> list[str]:
        """Connect, without sending anything: any request might wake somebody."""
        try:
            self._settings.secret()
        except DeliveryError as error:
            return [str(error)]
        reason = await self._door.reach(self._address)
        return [f"{self.name}: {reason}"] if reason else []

    async def aclose(self) -> None:
        """Release connections."""
        await self._door.aclose()

    async def _post(
        self, url: str, body: object, alerts: Sequence[Alert], headers: Mapping[str, str], key: str
    ) -> Answer:
        """Send JSON about these alerts, under the key by which a repeat is known."""
        tagged = {"Content-Type": "application/json", **headers, "Idempotency-Key": key}
        return await self._door.post(url, json.dumps(body).encode(), tagged, content=content_of(alerts))

    def _require_accepted(self, answer: Answer) -> None:
        """Raise DeliveryError unless the receiver took it."""
        require_accepted(answer, f"{self.name} at {urlsplit(self._address).hostname}")


def key_within(alert: Alert, most: int) -> str:
    """The alert's own key, hashed if it has more characters than the receiver keeps."""
    return alert.key if len(alert.key) <= most else hashlib.sha256(alert.key.encode()).hexdigest()
