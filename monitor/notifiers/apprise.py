"""Everything else, through apprise: Slack, ntfy, Telegram, Matrix, mail and a hundred more, each by one URL."""

import asyncio
import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from monitor.clock import Clock
from monitor.egress import Door, LedgerError, content_of
from monitor.notifiers.message import body, title, worst
from monitor.notifiers.protocol import EXCERPT, DeliveryError, KeyedReceiverSettings, Parcel

if TYPE_CHECKING:
    import apprise

TYPES = {"critical": "failure", "warning": "warning", "info": "info", "over": "success"}
SHORTEST_SECRET = 4
"""Parts of a URL shorter than this are not worth hiding, and would hide half of the message."""


class AppriseSettings(KeyedReceiverSettings):
    """`[[notifiers]] type = "apprise"`; the secret is one URL as apprise writes them, as in ntfys://host/topic."""

    type: Literal["apprise"]
    timeout_seconds: Annotated[float, Field(gt=0, le=120, description="an answer must come within this time")] = 30.0

    def open(self, door: Door, clock: Clock) -> "Apprise":  # noqa: ARG002 -- every member is opened alike
        """The receiver that these settings describe."""
        return Apprise(self, door)


class Apprise:
    """One place that apprise knows the way to. It makes its own connections, which the door only writes down."""

    def __init__(self, settings: AppriseSettings, door: Door) -> None:
        self.name = settings.name
        self.resend_seconds: float | None = None
        self._settings = settings
        self._door = door
        # Only who has such a receiver waits for the library and its hundred plug-ins, and does so at the start.
        import apprise  # noqa: PLC0415

        self._apprise = apprise.Apprise
        apprise.Apprise.instantiate("json://127.0.0.1/")
        self._asset = apprise.AppriseAsset(
            app_id="Hearthbeat",
            app_desc="Hearthbeat",
            http_redirects=False,
            storage_mode=apprise.PersistentStoreMode.MEMORY,
            service_timeout=settings.timeout_seconds,
        )

    async def send(self, parcel: Parcel) -> None:
        """One message for the whole parcel."""
        url = self._settings.secret()
        place = self._place(url)
        subject, text = title(parcel.alerts, parcel.reason), body(parcel.alerts)
        said: list[str] = []
        try:
            async with self._door.sending(content_of(parcel.alerts), len(subject.encode()) + len(text.encode())) as out:
                async with asyncio.timeout(self._settings.timeout_seconds):
                    taken = await place.async_notify(
                        title=subject,
                        body=text,
                        notify_type=TYPES[worst(parcel.alerts)],
                        body_format="text",
                        log_callback=lambda entry, _: said.append(str(entry.message)),
                        log_level=30,
                    )
                out.outcome = "accepted" if taken else "refused"
        except TimeoutError:
            raise DeliveryError(
                f"{self.name}: no answer within {self._settings.timeout_seconds:g} s", retryable=True
            ) from None
        except LedgerError as error:
            raise DeliveryError(f"{self.name}: {error}", retryable=True) from error
        if not taken:
            reason = without_secrets(" ".join(said[-1:]), url)[:EXCERPT] or "refused without a word"
            raise DeliveryError(f"{self.name}: {reason}", retryable=True)

    async def try_out(self) -> list[str]:
        """Read the URL and see whether apprise knows it; most services cannot be asked without telling somebody."""
        try:
            self._place(self._settings.secret())
        except DeliveryError as error:
            return [str(error)]
        return []

    async def aclose(self) -> None:
        """There is nothing to release."""

    def _place(self, url: str) -> "apprise.Apprise":
        place = self._apprise(asset=self._asset)
        if not place.add(url):
            where = self._settings.secret_env or self._settings.secret_file
            raise DeliveryError(f"{self.name}: {where} holds no URL that apprise understands", retryable=True)
        return place


def without_secrets(text: str, url: str) -> str:
    """A message of apprise with every part of the URL taken out that may be a password, a token or an address."""
    parts = re.split(r"[/:@?&=,\s]+", url.partition("://")[2])
    for part in sorted(set(parts), key=len, reverse=True):
        if len(part) >= SHORTEST_SECRET:
            text = text.replace(part, "…")
    return " ".join(text.split())
