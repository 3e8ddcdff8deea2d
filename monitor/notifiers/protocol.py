"""What a channel to people must offer, and what it may use."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol, Self

from pydantic import AnyHttpUrl, Field, model_validator

from monitor.core.decisions import Alert
from monitor.core.routing import Reason
from monitor.core.settings import Section
from monitor.egress import Answer, Fields, Trust, refused

RETRYABLE_STATUSES = frozenset({408, 425, 429})
"""Refusals that pass by themselves, beside everything from 500 up."""
EXCERPT = 200
"""Characters of an answer that an error message quotes."""


class DeliveryError(Exception):
    """The receiver did not take the alerts; `retryable` tells whether a later try can help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class Parcel:
    """Alerts for one receiver in one sending, with the key that lets the receiver drop a repeat.

    No alert is in it twice, so that a receiver need not care about order. What has a `bundle` was put together by a
    route and is to be one message; `reason` says why it leaves when it does.
    """

    alerts: Sequence[Alert]
    idempotency_key: str
    reason: Reason = "alert"
    bundle: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    """By the key that an alert has for this receiver: what lets it drop a repeat of that one."""

    def key_for(self, alerts: Sequence[Alert]) -> str:
        """The idempotency key of a request that holds these of its alerts, however they were put together before."""
        own = [self.keys.get(alert.key, f"{self.idempotency_key}/{alert.key}") for alert in alerts]
        return hashlib.sha256("\n".join(own).encode()).hexdigest()[:32]


class Notifier(Protocol):
    """One configured receiver."""

    name: str
    resend_seconds: float | None
    """How often alerts still firing must be sent again; None if once is enough."""

    async def send(self, parcel: Parcel) -> None:
        """Deliver, or raise DeliveryError."""
        ...

    async def try_out(self) -> list[str]:
        """What stands in the way of a delivery, found without anybody being told anything; empty if nothing does."""
        ...

    async def aclose(self) -> None:
        """Release connections."""
        ...


class ReceiverSettings(Section):
    """What every `[[notifiers]]` entry may say; `name` is what metrics, logs and the outbox call the receiver."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$", description="unique name; the type if left out")]
    trust: Annotated[
        Trust,
        Field(description="own sees everything; third_party gets pseudonyms and no readings"),
    ] = "own"
    fields: Annotated[
        Fields | None,
        Field(description="names of what it gets of an alert; all for own, what tells of no home for third_party"),
    ] = None
    timeout_seconds: Annotated[float, Field(gt=0, le=120, description="an answer must come within this time")] = 10.0
    tenants: Annotated[
        tuple[str, ...],
        Field(description="binds it to these: it learns of no other, nor of what concerns several; all if left out"),
    ] = ()
    watchdog_seconds: Annotated[
        float | None, Field(ge=10, le=86_400, description="send HearthbeatWatchdog this often; never if left out")
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _name_is_the_type_unless_given(cls, entry: Any) -> Any:  # noqa: ANN401 -- nothing is known of it yet
        if isinstance(entry, dict) and "name" not in entry and "type" in entry:
            return {**entry, "name": entry["type"]}
        return entry

    @model_validator(mode="after")
    def _no_field_that_must_stay(self) -> "ReceiverSettings":
        if names := refused(self.trust, self.fields):
            raise ValueError(
                f"{self.name} is a third party and must not get {' and '.join(names)}: free text can name devices, "
                "homes and readings. Leave that out of fields; summary is written anew for third parties"
            )
        return self


class SecretReceiverSettings(ReceiverSettings):
    """What every receiver with a secret may say. The secret is named here, never written here."""

    secret_env: Annotated[str | None, Field(description="environment variable that holds the secret")] = None
    secret_file: Annotated[Path | None, Field(description="file that holds the secret")] = None

    @model_validator(mode="after")
    def _one_secret_at_most(self) -> Self:
        if self.secret_env is not None and self.secret_file is not None:
            raise ValueError("secret_env and secret_file are both given; keep one of them")
        return self

    def secret(self) -> str:
        """The secret, read anew each time; empty if none is named. Raises DeliveryError if it cannot be read."""
        if self.secret_env is not None:
            return self._fit(os.environ.get(self.secret_env, ""), f"secret_env {self.secret_env}")
        if self.secret_file is None:
            return ""
        try:
            secret = self.secret_file.read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise DeliveryError(f"{self.name}: secret_file {self.secret_file}: {error}", retryable=True) from error
        return self._fit(secret, f"secret_file {self.secret_file}")

    def _fit(self, secret: str, place: str) -> str:
        """Refuse what no header can hold here, since the HTTP library would quote it in its complaint."""
        secret = secret.strip()
        if not secret:
            raise DeliveryError(f"{self.name}: {place} is empty or not set", retryable=True)
        if not (secret.isascii() and secret.isprintable()):
            raise DeliveryError(f"{self.name}: {place} must be one line of plain ASCII", retryable=True)
        return secret


class KeyedReceiverSettings(SecretReceiverSettings):
    """What every receiver that cannot do without a secret may say: it is a third party unless told otherwise."""

    trust: Annotated[Trust, Field(description="own sees everything; third_party gets pseudonyms and no readings")] = (
        "third_party"
    )

    @model_validator(mode="after")
    def _a_secret_at_least(self) -> Self:
        if self.secret_env is None and self.secret_file is None:
            raise ValueError("neither secret_env nor secret_file is given; name where the secret is kept")
        return self


class HttpReceiverSettings(SecretReceiverSettings):
    """What every receiver that is reached by HTTP may say. The secret is named here, never written here."""

    ca_file: Annotated[
        Path | None, Field(description="PEM file of the authority that signed the receiver's certificate")
    ] = None
    secret_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", description="header that carries the secret")] = (
        "Authorization"  # noqa: S105 -- the header's name, not a secret
    )
    secret_env: Annotated[
        str | None, Field(description="environment variable that holds the secret header's whole value")
    ] = None
    secret_file: Annotated[Path | None, Field(description="file that holds the secret header's whole value")] = None

    def headers(self) -> dict[str, str]:
        """The headers of a request, the secret read anew each time. Raises DeliveryError if it cannot be read."""
        secret = self.secret()
        return {"Content-Type": "application/json", **({self.secret_header: secret} if secret else {})}


def without_credentials(url: AnyHttpUrl) -> AnyHttpUrl:
    """Refuse `user:password@` in a URL: it would show wherever the URL does."""
    if url.username or url.password:
        raise ValueError("holds a user or password; put the whole header value into a file and name it in secret_file")
    return url


def require_accepted(answer: Answer, receiver: str) -> None:
    """Raise DeliveryError unless the receiver took it; quotes no more than the beginning of what it said."""
    if answer.status is None:
        raise DeliveryError(f"{receiver}: {answer.text[:EXCERPT]}", retryable=True)
    if answer.status < 300:  # noqa: PLR2004 -- HTTP: everything below is success
        return
    if answer.status < 400:  # noqa: PLR2004 -- HTTP: a redirect
        raise DeliveryError(
            f"{receiver}: answered {answer.status}; redirects are not followed, put the final address into url",
            retryable=False,
        )
    retryable = answer.status >= 500 or answer.status in RETRYABLE_STATUSES  # noqa: PLR2004 -- HTTP: the server's fault
    said = " ".join(answer.text.split())[:EXCERPT]
    raise DeliveryError(
        f"{receiver}: answered {answer.status}: {said}" if said else f"{receiver}: answered {answer.status}",
        retryable=retryable,
    )


def labels_of(alert: Alert) -> dict[str, str]:
    """The labels as receivers expect them: name and severity are labels too."""
    return {**alert.labels, "alertname": alert.name, "severity": alert.severity}


def link_of(alert: Alert) -> str:
    """Where to look first; empty if nowhere."""
    return alert.annotations.get("link") or alert.annotations.get("dashboard_url", "")


def rfc3339(moment: float) -> str:
    """A moment in Unix seconds as the protocols of this trade write it, in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
