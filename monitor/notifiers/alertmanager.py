"""Alertmanager: POST /api/v2/alerts, to each of a pair; firing alerts are sent again before they would expire."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AnyHttpUrl, Field

from monitor.clock import Clock
from monitor.core.decisions import Alert
from monitor.egress import Content, Door, content_of
from monitor.notifiers.protocol import (
    DeliveryError,
    HttpReceiverSettings,
    Parcel,
    labels_of,
    link_of,
    require_accepted,
    rfc3339,
    without_credentials,
)

Url = Annotated[AnyHttpUrl, AfterValidator(without_credentials)]
EXPIRES_AFTER = 4
"""Resends that may get lost before Alertmanager believes that a firing alert has ended."""


class AlertmanagerSettings(HttpReceiverSettings):
    """`[[notifiers]] type = "alertmanager"`; `url` is a list for the members of one cluster, each of which is told."""

    type: Literal["alertmanager"]
    url: Annotated[Url | tuple[Url, ...], Field(description="base URL, or a list of those of one cluster")]
    resend_seconds: Annotated[float, Field(ge=5, le=3600, description="firing alerts are sent again this often")] = 60.0

    @property
    def bases(self) -> tuple[str, ...]:
        """The base URLs, without a slash at the end."""
        urls = self.url if isinstance(self.url, tuple) else (self.url,)
        return tuple(str(url).rstrip("/") for url in urls)

    def open(self, door: Door, clock: Clock) -> "Alertmanager":
        """The receiver that these settings describe."""
        return Alertmanager(self, door, clock)


class Alertmanager:
    """One Alertmanager, or a cluster of them.

    It judges expiry by wall time, while our clock never steps and may have started before the host's was set. So
    moments are sent by their distance from now, counted from `wall`, which is read for nothing else.
    """

    def __init__(
        self, settings: AlertmanagerSettings, door: Door, clock: Clock, wall: Callable[[], float] = time.time
    ) -> None:
        self.name = settings.name
        self.resend_seconds: float | None = settings.resend_seconds
        self._settings = settings
        self._lifetime_seconds = EXPIRES_AFTER * settings.resend_seconds
        self._door = door
        self._clock = clock
        self._wall = wall

    async def send(self, parcel: Parcel) -> None:
        """Tell every member; one that took it is enough, since firing alerts are sent again and the rest expire."""
        headers = {**self._settings.headers(), "Idempotency-Key": parcel.idempotency_key}
        body = json.dumps([self._posted(alert) for alert in parcel.alerts]).encode()
        content = content_of(parcel.alerts)
        posts = (self._post(base, body, headers, content) for base in self._settings.bases)
        failures = [failure for failure in await asyncio.gather(*posts) if failure is not None]
        if len(failures) == len(self._settings.bases):
            text = "; ".join(str(failure) for failure in failures)
            raise DeliveryError(text, retryable=any(failure.retryable for failure in failures))

    async def try_out(self) -> list[str]:
        """Ask each member for its status."""
        problems = []
        try:
            for base in self._settings.bases:
                answer = await self._door.get(f"{base}/api/v2/status", self._settings.headers())
                if answer.status != 200:  # noqa: PLR2004 -- HTTP: OK
                    problems.append(f"{self.name}: {base}/api/v2/status: {answer.status or answer.text}")
        except DeliveryError as error:
            return [str(error)]
        return problems

    async def aclose(self) -> None:
        """Release connections."""
        await self._door.aclose()

    async def _post(self, base: str, body: bytes, headers: dict[str, str], content: Content) -> DeliveryError | None:
        try:
            answer = await self._door.post(f"{base}/api/v2/alerts", body, headers, content=content)
            require_accepted(answer, f"{self.name} at {base}")
        except DeliveryError as error:
            return error
        return None

    def _posted(self, alert: Alert) -> dict[str, Any]:
        offset = self._wall() - self._clock.now()
        if alert.state == "resolved":
            ends_at = offset + (alert.ends_at if alert.ends_at is not None else self._clock.now())
        else:
            ends_at = self._wall() + self._lifetime_seconds
        link = link_of(alert)
        return {
            "labels": labels_of(alert),
            "annotations": dict(alert.annotations),
            "startsAt": rfc3339(min(alert.starts_at + offset, ends_at)),
            "endsAt": rfc3339(ends_at),
            **({"generatorURL": link} if link else {}),
        }
