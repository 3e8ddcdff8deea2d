"""The way out of probes: to hosts that the configuration names, at addresses that may be asked, so far and so much.

A name is resolved once and the connection goes to the address that was judged, so a name that changes in between
(rebinding) gains nothing. HTTP is redirected only to hosts that the probe names.
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from monitor.egress import addresses
from monitor.egress.addresses import Resolve, literal, permitted
from monitor.egress.ledger import Ledger
from monitor.egress.lines import Purpose
from monitor.egress.trusting import tls_context

MOST_REDIRECTS = 3
MOST_ADDRESSES = 3
"""Of one host are tried, one after the other."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class OutletError(Exception):
    """No connection or no usable answer; `ours` says that we did not ask, or did not read on, by our own rules."""

    def __init__(self, reason: str, *, ours: bool = False) -> None:
        super().__init__(reason)
        self.ours = ours


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back: the beginning of the body, and whether there was more. `certificate_ends_at` in Unix seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool
    url: str
    certificate_ends_at: float | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that one probe may do."""

    timeout_seconds: float
    response_bytes: int
    allow_private: bool = False
    hosts: frozenset[str] = frozenset()
    """Where it may be redirected to, beside the host that it asks."""
    ca_file: Path | None = None


class Notes(Protocol):
    """Where it is written down that something leaves; the ledger is one."""

    async def note(self, *, receiver: str, purpose: Purpose, fields: Iterable[str], size: int) -> None:
        """Record one sending."""
        ...


class Outlet:
    """The way out of one probe."""

    def __init__(
        self, receiver: str, bounds: Bounds, ledger: Notes | None = None, resolve: Resolve = addresses.resolve
    ) -> None:
        self.bounds = bounds
        self._receiver = receiver
        self._ledger: Notes = ledger or Ledger()
        self._resolve = resolve
        self._tls: ssl.SSLContext | None = None

    async def note(self, fields: Iterable[str], size: int) -> None:
        """Write into the ledger that something is asked: names of what leaves, and about how much."""
        await self._ledger.note(receiver=self._receiver, purpose="probe", fields=fields, size=size)

    @property
    def tls(self) -> ssl.SSLContext:
        """What TLS trusts. Raises OutletError if the authority's file cannot be used."""
        if self._tls is None:
            ca_file = self.bounds.ca_file
            try:
                self._tls = tls_context(ca_file)
            except OSError as error:
                raise OutletError(f"ca_file {ca_file} cannot be used: {_words(error)}", ours=True) from error
        return self._tls

    async def find(self, host: str, port: int) -> list[str]:
        """Addresses of a host that may be asked. Raises OutletError if there is none."""
        try:
            found = [literal(host)] if literal(host) else await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise OutletError(f"{host} cannot be resolved: {_words(error)}") from error
        allowed = [each for each in found if permitted(each, allow_private=self.bounds.allow_private)]
        if not allowed:
            raise OutletError(_not_permitted(host, found), ours=True)
        return allowed[:MOST_ADDRESSES]

    async def connect(self, host: str, port: int) -> socket.socket:
        """A connected socket to a host. Raises OutletError."""
        found = await self.find(host, port)
        trouble = ""
        for address in found:
            try:
                async with asyncio.timeout(self.bounds.timeout_seconds / len(found)):
                    return await _connected(address, port)
            except TimeoutError:
                trouble = f"{host}:{port} does not answer within {self.bounds.timeout_seconds:g} s"
            except OSError as error:
                trouble = f"{host}:{port}: {_words(error)}"
        raise OutletError(trouble)

    @contextlib.asynccontextmanager
    async def stream(self, host: str, port: int, *, tls: bool = False) -> AsyncIterator[Stream]:
        """A stream to a host, secured if asked for. Raises OutletError."""
        sock = await self.connect(host, port)
        secured = {"ssl": self.tls, "server_hostname": host} if tls else {}
        try:
            reader, writer = await asyncio.open_connection(sock=sock, limit=self.bounds.response_bytes, **secured)  # type: ignore[arg-type]
        except (OSError, ValueError) as error:
            sock.close()
            raise OutletError(f"{host}:{port}: {_words(error)}") from error
        try:
            yield reader, writer
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def fetch(self, method: str, url: str) -> Fetched:
        """Ask for a page. Raises OutletError if none comes, or if we are sent where we may not go."""
        here = httpx.URL(url)
        hosts = self.bounds.hosts | {here.host}
        for _ in range(MOST_REDIRECTS + 1):
            fetched = await self._fetch_once(method, here)
            if fetched.status not in REDIRECTS or "location" not in fetched.headers:
                return fetched
            here = _redirected(here, fetched.headers["location"], hosts)
        raise OutletError(f"{url} redirects more than {MOST_REDIRECTS} times")

    async def _fetch_once(self, method: str, url: httpx.URL) -> Fetched:
        """Ask one address after the other until one accepts the connection."""
        found = await self.find(url.host, url.port or (443 if url.scheme == "https" else 80))
        refusal: Exception = OSError("no address")
        for address in found:
            try:
                return await self._fetch_from(method, url, address)
            except httpx.ConnectError as error:
                refusal = error
            except httpx.TimeoutException as error:
                reason = f"{url.host} does not answer within {self.bounds.timeout_seconds:g} s"
                raise OutletError(reason) from error
            except (httpx.HTTPError, OSError) as error:
                raise OutletError(f"{url.host}: {_words(error)}") from error
        raise OutletError(f"{url.host}: {_words(refusal)}") from refusal

    async def _fetch_from(self, method: str, url: httpx.URL, address: str) -> Fetched:
        verify = self.tls if url.scheme == "https" else False
        patience = self.bounds.timeout_seconds
        headers = {
            "Host": url.netloc.decode("ascii"),
            "User-Agent": "hearthbeat-probe",
            "Accept-Encoding": "identity",
        }
        # The name goes into TLS and the Host header, the connection to the address that was judged.
        named = {"sni_hostname": url.raw_host.decode("ascii")}
        async with (
            httpx.AsyncClient(verify=verify, trust_env=False, timeout=patience) as client,
            client.stream(method, url.copy_with(host=address), headers=headers, extensions=named) as response,
        ):
            return await self._read(url, response)

    async def _read(self, url: httpx.URL, response: httpx.Response) -> Fetched:
        ends_at = _certificate_of(response)
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self.bounds.response_bytes:
                break
        kept = bytes(body[: self.bounds.response_bytes])
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Fetched(response.status_code, headers, kept, len(kept) < len(body), str(url), ends_at)


def certificate_end(certificate: Mapping[str, object] | None) -> float | None:
    """When a certificate ends, Unix seconds."""
    ends = (certificate or {}).get("notAfter")
    return float(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None


def _certificate_of(response: httpx.Response) -> float | None:
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream is not None else None
    return certificate_end(secured.getpeercert()) if secured is not None else None


def _redirected(here: httpx.URL, location: str, hosts: frozenset[str]) -> httpx.URL:
    try:
        there = here.join(location)
    except httpx.InvalidURL as error:
        raise OutletError(f"{here.host} redirects to what is no address") from error
    if there.scheme not in ("http", "https") or (here.scheme == "https" and there.scheme != "https"):
        raise OutletError(f"{here.host} redirects to {there.scheme or 'nowhere'}, where nothing is protected")
    if there.host not in hosts:
        raise OutletError(f"{here.host} redirects to {there.host}, which the configuration does not name")
    return there


async def _connected(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    sock.setblocking(False)  # noqa: FBT003 -- the library's signature
    try:
        await asyncio.get_running_loop().sock_connect(sock, (address, port))
    except BaseException:
        sock.close()
        raise
    return sock


def _not_permitted(host: str, found: list[str]) -> str:
    said = host if found == [host] else f"{host} leads to {', '.join(found)}, which"
    return f"{said} is not a public address, so it was not asked; [egress] allow_private permits private ones"


def _words(error: Exception) -> str:
    """What went wrong; of a certificate, what is wrong with it, however deep that is wrapped."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text.rstrip(".") or type(error).__name__
