"""DNS: whether a name leads where it should."""

from collections.abc import Sequence
from typing import Annotated, Literal

import dns.asyncresolver
import dns.exception
import dns.name
import dns.resolver
from pydantic import Field, field_validator

from monitor.core.probing.results import Fact
from monitor.egress.outlet import Outlet, OutletError
from monitor.probes.protocol import Found, ProbeSettings, not_reached, read_target

DNS_PORT = 53
MOST_SHOWN = 5
LONGEST_ERROR = 200

Record = Literal["A", "AAAA", "CNAME", "MX", "NS", "TXT"]


class DnsProbeSettings(ProbeSettings):
    """`[[probes]] type = "dns"`: look a name up."""

    type: Literal["dns"]
    target: Annotated[str, Field(min_length=1, max_length=253, description="the name to look up")]
    record: Annotated[Record, Field(description="the kind of record to ask for")] = "A"
    server: Annotated[
        str, Field(description="name server to ask, host or host:port; those of this machine if left out")
    ] = ""
    expect: Annotated[
        tuple[str, ...], Field(description="texts of which each must be part of some record of the answer")
    ] = ()

    @field_validator("target")
    @classmethod
    def _is_a_name(cls, target: str) -> str:
        try:
            dns.name.from_text(target)
        except (dns.exception.DNSException, UnicodeError) as error:
            raise ValueError(f"{target!r} is not a name that can be looked up: {error}") from None
        return target

    @field_validator("server")
    @classmethod
    def _names_a_server(cls, server: str) -> str:
        if server:
            read_target(server, DNS_PORT)
        return server

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks, if that is said."""
        return (read_target(self.server, DNS_PORT)[0],) if self.server else ()

    def open(self) -> "DnsProbe":
        """The probe that these settings describe."""
        return DnsProbe(self)


class DnsProbe:
    """Looks one name up."""

    tells: tuple[str, ...] = ("name",)

    def __init__(self, settings: DnsProbeSettings) -> None:
        self.name = settings.name
        self.size = len(settings.target)
        self._settings = settings

    async def ask(self, outlet: Outlet) -> Found:
        """The answer must hold what is expected; where no resolver of this machine answers, nothing is known."""
        settings = self._settings
        try:
            resolver = await self._resolver(outlet)
            answer = await resolver.resolve(
                settings.target, settings.record, lifetime=outlet.bounds.timeout_seconds, search=False
            )
        except OutletError as error:
            return not_reached(error)
        except dns.resolver.LifetimeTimeout:
            silent = settings.server or "No resolver of this machine"
            return Found("failing" if settings.server else "unknown", f"{silent} does not answer.")
        except dns.exception.DNSException as error:
            return Found("failing", self._told(error), {"answered": True})
        return self._judged(sorted(record.to_text() for record in answer))

    def _judged(self, records: Sequence[str]) -> Found:
        settings = self._settings
        asked = f"{settings.target} {settings.record}"
        facts: dict[str, Fact] = {"answered": True, "records": ", ".join(records[:MOST_SHOWN])}
        missing = [text for text in settings.expect if not any(text.lower() in each.lower() for each in records)]
        if missing:
            return Found("failing", f"{asked} is {facts['records']}; {missing[0]!r} is not part of it.", facts)
        return Found("healthy", f"{asked} is answered as expected.", facts)

    def _told(self, error: dns.exception.DNSException) -> str:
        settings = self._settings
        if isinstance(error, dns.resolver.NXDOMAIN):
            return f"There is no such name as {settings.target}."
        if isinstance(error, dns.resolver.NoAnswer):
            return f"{settings.target} has no {settings.record} record."
        # What the servers said instead: refused, broken zone, nonsense.
        said = (str(error).splitlines() or [type(error).__name__])[0][:LONGEST_ERROR].rstrip(".")
        return f"{settings.target} {settings.record} cannot be looked up: {said}."

    async def _resolver(self, outlet: Outlet) -> dns.asyncresolver.Resolver:
        if not self._settings.server:
            try:
                resolver = dns.asyncresolver.Resolver()
            except dns.resolver.NoResolverConfiguration as error:
                raise OutletError("this machine has no resolver configured", ours=True) from error
        else:
            host, port = read_target(self._settings.server, DNS_PORT)
            resolver = dns.asyncresolver.Resolver(configure=False)
            resolver.nameservers = list(await outlet.find(host, port))
            resolver.port = port
        resolver.cache = None
        return resolver
