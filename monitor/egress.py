"""The only door out: what may leave, how long an answer may take, how much of it is read, and who got how much.

Every connection that this program opens on behalf of a receiver goes through a `Door`. A door is opened for one
receiver and knows how far that receiver is trusted; `admit` reduces an alert to what the receiver may know.
"""

import asyncio
import contextlib
import hashlib
import hmac
import os
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

import httpx
from pydantic import Field, SecretStr

from monitor.core.decisions import Alert
from monitor.core.settings import Section

Trust = Literal["own", "third_party"]

ALWAYS_ALLOWED = frozenset({"alertname", "severity", "kind", "layer", "incident"})
SCOPE_KEYS = frozenset({"provider", "region", "network", "site", "tenant", "model", "firmware", "parent"})
DEVICE_KEYS = frozenset({"device", "parent", "gateway"})
"""Labels whose value names a device; they leave as pseudonyms."""
COUNTS = frozenset({"devices", "silent"})
LINKS = frozenset({"runbook_url", "dashboard_url", "link"})


class EgressSettings(Section):
    """`[egress]`: what holds for everything that leaves."""

    response_bytes: Annotated[
        int, Field(ge=256, le=1_048_576, description="an answer is read up to this size and then cut")
    ] = 16_384
    pseudonym_key: Annotated[
        SecretStr | None,
        Field(
            min_length=16,
            description="key of the pseudonyms that third parties see; made and kept beside the store if left out",
        ),
    ] = None
    pseudonym_key_file: Annotated[Path | None, Field(description="file that holds the key of the pseudonyms")] = None


class EgressError(Exception):
    """The door cannot be set up; says which file or key is at fault and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the beginning of its body, or no status and the reason why nothing came."""

    status: int | None
    text: str


@dataclass(slots=True)
class Traffic:
    """What went through one door since the start. `withheld` counts the fields that the receiver may not know."""

    requests: int = 0
    bytes_out: int = 0
    bytes_in: int = 0
    withheld: int = 0


class Pseudonyms:
    """Names for devices that only the holder of the key can lead back."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, name: str) -> str:
        """The pseudonym of a device id, `tenant/device`, or of another name that tells who it is about."""
        return f"p-{hmac.digest(self._key, name.encode(), hashlib.sha256).hex()[:16]}"


def load_key(settings: EgressSettings, beside: Path) -> bytes:
    """The key of the pseudonyms: as configured, else `pseudonym.key` beside the store, made at the first start."""
    if settings.pseudonym_key is not None:
        return settings.pseudonym_key.get_secret_value().encode()
    if settings.pseudonym_key_file is not None:
        return _read_key(settings.pseudonym_key_file)
    file = beside / "pseudonym.key"
    with contextlib.suppress(FileExistsError):
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except PermissionError as error:
            raise EgressError(
                f"{file} cannot be written ({error.strerror}); set [egress] pseudonym_key_file"
            ) from error
        with os.fdopen(handle, "w") as opened:
            opened.write(secrets.token_hex(32))
    return _read_key(file)


class Egress:
    """Opens one door for each receiver, and keeps count."""

    def __init__(self, settings: EgressSettings, pseudonyms: Pseudonyms) -> None:
        self.traffic: dict[str, Traffic] = {}
        """By receiver."""
        self._settings = settings
        self._pseudonyms = pseudonyms
        self._doors: dict[str, Door] = {}

    def door(self, receiver: str, *, trust: Trust, timeout_seconds: float, ca_file: Path | None = None) -> "Door":
        """The way out to one receiver, the same one each time. Raises EgressError if `ca_file` cannot be used."""
        if receiver not in self._doors:
            traffic = self.traffic[receiver] = Traffic()
            policy = Policy(trust, self._pseudonyms)
            limits = Limits(timeout_seconds, self._settings.response_bytes)
            self._doors[receiver] = Door(policy, limits, traffic, _tls(ca_file))
        return self._doors[receiver]

    def admit(self, receiver: str, alert: Alert) -> Alert:
        """The alert as this receiver may see it. A receiver without a door is a KeyError: nothing leaves unjudged."""
        return self._doors[receiver].admit(alert)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one request may take."""

    timeout_seconds: float
    response_bytes: int


class Door:
    """The way out to one receiver: no redirects followed, no proxy from the environment, time and size limited."""

    def __init__(self, policy: "Policy", limits: Limits, traffic: Traffic, tls: ssl.SSLContext) -> None:
        self._policy = policy
        self._limits = limits
        self._traffic = traffic
        self._tls = tls
        self._client = httpx.AsyncClient(
            verify=tls,
            follow_redirects=False,
            trust_env=False,
            timeout=limits.timeout_seconds,
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=2),
            headers={"User-Agent": "hearthbeat", "Accept-Encoding": "identity"},
        )

    def admit(self, alert: Alert) -> Alert:
        """The alert as this receiver may see it."""
        admitted, withheld = self._policy.admit(alert)
        self._traffic.withheld += withheld
        return admitted

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and hand back the beginning of the answer."""
        return await self._request("POST", url, body, headers)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Ask for a page and hand back its beginning."""
        return await self._request("GET", url, b"", headers)

    async def reach(self, url: str) -> str:
        """Connect (and agree on TLS for https) without sending anything; the reason if that fails, else nothing."""
        address = httpx.URL(url)
        secure = address.scheme == "https"
        port = address.port or (443 if secure else 80)
        try:
            async with asyncio.timeout(self._limits.timeout_seconds):
                _, writer = await asyncio.open_connection(address.host, port, ssl=self._tls if secure else None)
        except TimeoutError:
            return f"{address.host}:{port} does not answer within {self._limits.timeout_seconds:g} s"
        except OSError as error:
            return f"{address.host}:{port}: {error.strerror or error}"
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return ""

    async def aclose(self) -> None:
        """Release connections."""
        await self._client.aclose()

    async def _request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self._traffic.requests += 1
        self._traffic.bytes_out += len(body)
        try:
            async with (
                asyncio.timeout(self._limits.timeout_seconds),
                self._client.stream(method, url, content=body, headers=dict(headers)) as response,
            ):
                return Answer(response.status_code, await self._beginning(response))
        except (TimeoutError, httpx.TimeoutException):
            return Answer(None, f"no answer within {self._limits.timeout_seconds:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return Answer(None, str(error) or type(error).__name__)

    async def _beginning(self, response: httpx.Response) -> str:
        body = bytearray()
        async for chunk in response.aiter_raw():
            self._traffic.bytes_in += len(chunk)
            body += chunk
            if len(body) >= self._limits.response_bytes:
                break
        return body[: self._limits.response_bytes].decode(errors="replace")


@dataclass(frozen=True, slots=True)
class Policy:
    """What one receiver may know. Our own receivers see everything; a third party sees names, counts and scopes."""

    trust: Trust
    pseudonyms: Pseudonyms

    def admit(self, alert: Alert) -> tuple[Alert, int]:
        """The alert as the receiver may see it, and how many of its fields were withheld."""
        if self.trust == "own":
            return alert, 0
        labels = self._labels(alert)
        notes = self._annotations(alert)
        withheld = len(alert.labels) - len(labels) + len(alert.annotations) - len(notes)
        notes["summary"] = _plain_summary(alert, labels, notes)
        return replace(alert, key=self.pseudonyms.of(alert.key), labels=labels, annotations=notes), withheld

    def _labels(self, alert: Alert) -> dict[str, str]:
        about_a_device = "device" in alert.labels
        allowed = ALWAYS_ALLOWED | ({"provider"} if about_a_device else SCOPE_KEYS)
        tenant = alert.labels.get("tenant", "")
        return {
            label: self.pseudonyms.of(f"{tenant}/{value}") if label in DEVICE_KEYS else value
            for label, value in alert.labels.items()
            if label in allowed | DEVICE_KEYS
        }

    def _annotations(self, alert: Alert) -> dict[str, str]:
        named = [alert.labels[label] for label in DEVICE_KEYS if alert.labels.get(label)]
        return {
            note: text
            for note, text in alert.annotations.items()
            if (note in COUNTS and text.isdecimal()) or (note in LINKS and not any(name in text for name in named))
        }


def _plain_summary(alert: Alert, labels: Mapping[str, str], notes: Mapping[str, str]) -> str:
    """One line made of nothing but what is allowed; the written summary may say more than that."""
    facts = [f"{key} {labels[key]}" for key in sorted((SCOPE_KEYS | DEVICE_KEYS) & labels.keys())]
    facts += [f"{notes[count]} {count}" for count in sorted(COUNTS & notes.keys())]
    return f"{alert.name}: {', '.join(facts)}" if facts else alert.name


def _read_key(file: Path) -> bytes:
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise EgressError(f"{file}, the key of the pseudonyms, cannot be read: {error.strerror}") from error
    if len(key) < 16:  # noqa: PLR2004 -- as the setting asks
        raise EgressError(f"{file}, the key of the pseudonyms, has {len(key)} bytes; at least 16 are needed")
    return key


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    if ca_file is None:
        context = httpx.create_ssl_context()
        context.load_default_certs()  # also the authorities that this machine's owner trusts
        return context
    try:
        return ssl.create_default_context(cafile=str(ca_file))
    except OSError as error:
        raise EgressError(f"ca_file {ca_file} cannot be used: {error.strerror or error}") from error
