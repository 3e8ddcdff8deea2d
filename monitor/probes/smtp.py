"""SMTP: whether mail to one of our own addresses is taken. It stops before any mail is sent.

The mail servers of the address's domain are looked up (MX) and asked, best first: EHLO, MAIL FROM, RCPT TO, then RSET
and QUIT. DATA is never said. An answer that asks us to come again later (4xx, greylisting) means that nothing is known;
so does one that refuses us as a sender, for it says nothing about the address.
"""

import contextlib
from collections.abc import Sequence
from typing import Annotated, Literal

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver
from pydantic import Field, field_validator

from monitor.core.probing.results import Fact
from monitor.egress.outlet import Outlet, OutletError
from monitor.probes.protocol import Found, ProbeSettings, not_reached, read_target

SMTP_PORT = 25
MOST_SERVERS = 3
LONGEST_ANSWER = 160
NO_MAIL_HERE = 521
LATER, REFUSED = 400, 500
GREETING = "greets with"
RECIPIENT = "answers RCPT TO with"

Server = tuple[str, int]


class SmtpProbeSettings(ProbeSettings):
    """`[[probes]] type = "smtp"`: ask whether mail to an address of our own would be taken."""

    type: Literal["smtp"]
    target: Annotated[
        str, Field(pattern=r"^[^@\s<>]{1,64}@[^@\s<>]{1,253}$", description="an address of our own; never another's")
    ]
    server: Annotated[
        str, Field(description="mail server to ask, host or host:port; those of the domain (MX) if left out")
    ] = ""
    resolver: Annotated[
        str, Field(description="name server to ask for MX, host or host:port; those of this machine if left out")
    ] = ""
    sender: Annotated[
        str,
        Field(pattern=r"^([^@\s<>]+@[^@\s<>]+)?$", description="whom it says it is from; nobody (`<>`) if left out"),
    ] = ""
    hello: Annotated[
        str, Field(pattern=r"^[A-Za-z0-9.-]*$", description="our own name in EHLO; the address's domain if left out")
    ] = ""
    every_seconds: Annotated[
        float, Field(ge=60, le=86_400, description="it asks this often; mail servers dislike to be asked often")
    ] = 600.0

    @field_validator("server", "resolver")
    @classmethod
    def _names_a_server(cls, server: str) -> str:
        if server:
            read_target(server, SMTP_PORT)
        return server

    @property
    def domain(self) -> str:
        """Where the address lives."""
        return self.target.rpartition("@")[2]

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks, if that is said."""
        return (read_target(self.server, SMTP_PORT)[0],) if self.server else ()

    def open(self) -> "SmtpProbe":
        """The probe that these settings describe."""
        return SmtpProbe(self)


class SmtpProbe:
    """Asks for one address."""

    tells: tuple[str, ...] = ("own address",)

    def __init__(self, settings: SmtpProbeSettings) -> None:
        self.name = settings.name
        self.size = len(settings.target) + len(settings.sender) + 60
        self._settings = settings

    async def ask(self, outlet: Outlet) -> Found:
        """The first server that can be reached decides."""
        try:
            servers = await self._servers(outlet)
        except OutletError as error:
            return not_reached(error)
        if isinstance(servers, Found):
            return servers
        trouble = Found("failing", f"{self._settings.domain} has no mail server.")
        for host, port in servers:
            try:
                sock = await outlet.connect(host, port)
            except OutletError as error:
                trouble = not_reached(error)
                continue
            client = aiosmtplib.SMTP(
                hostname=host,
                sock=sock,
                local_hostname=self._settings.hello or self._settings.domain,
                timeout=outlet.bounds.timeout_seconds,
                start_tls=False,
            )
            try:
                return await self._talk(client, host)
            finally:
                client.close()
        return trouble

    async def _servers(self, outlet: Outlet) -> Sequence[Server] | Found:
        if self._settings.server:
            return [read_target(self._settings.server, SMTP_PORT)]
        domain = self._settings.domain
        try:
            answer = await (await self._resolver(outlet)).resolve(
                domain, "MX", lifetime=outlet.bounds.timeout_seconds, search=False
            )
        except dns.resolver.NoAnswer:
            return [(domain, SMTP_PORT)]  # then mail goes to the domain itself
        except dns.exception.DNSException as error:
            return _no_servers(domain, error)
        found = sorted(answer, key=lambda each: each.preference)
        names = [str(each.exchange).rstrip(".") for each in found]
        if not any(names):
            return Found("failing", f"{domain} says that it takes no mail at all.", {"answered": True})
        return [(name, SMTP_PORT) for name in names[:MOST_SERVERS] if name]

    async def _resolver(self, outlet: Outlet) -> dns.asyncresolver.Resolver:
        if not self._settings.resolver:
            try:
                return dns.asyncresolver.Resolver()
            except dns.resolver.NoResolverConfiguration as error:
                raise OutletError("this machine has no resolver configured", ours=True) from error
        host, port = read_target(self._settings.resolver, 53)
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = list(await outlet.find(host, port))
        resolver.port = port
        return resolver

    async def _talk(self, client: aiosmtplib.SMTP, host: str) -> Found:
        facts: dict[str, Fact] = {"answered": True, "server": host}
        step = GREETING
        try:
            await client.connect()
            step = "answers EHLO with"
            await client.ehlo()
            step = "answers MAIL FROM with"
            await client.mail(self._settings.sender)
            step = RECIPIENT
            response = await client.rcpt(self._settings.target)
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error, f"{host} {step} {error.code} {_line(error.message)}", step, facts)
        except aiosmtplib.SMTPException as error:
            told = {} if step == GREETING else facts
            return Found("failing", f"{host} does not speak as a mail server: {_line(str(error))}.", told)
        with contextlib.suppress(aiosmtplib.SMTPException):
            await client.rset()
            await client.quit()
        return Found("healthy", f"{host} takes mail to {self._settings.target}.", {**facts, "code": response.code})


def _no_servers(domain: str, error: dns.exception.DNSException) -> Found:
    if isinstance(error, dns.resolver.NXDOMAIN):
        return Found("failing", f"There is no such domain as {domain}; all mail to it bounces.", {"answered": True})
    if isinstance(error, dns.resolver.LifetimeTimeout):
        return Found("unknown", f"No resolver answers about the mail servers of {domain}.")
    return Found("failing", f"The mail servers of {domain} cannot be looked up.", {"answered": True})


def _refused(error: aiosmtplib.SMTPResponseException, said: str, step: str, facts: dict[str, Fact]) -> Found:
    """What a refusal means: only one of the address itself, or of all mail, is a failure."""
    told = {**facts, "code": error.code}
    if error.code < 0:
        return Found("failing", f"{facts['server']} does not speak as a mail server.", facts)
    about_us = step != RECIPIENT or error.message.lstrip().startswith("5.7.")
    if LATER <= error.code < REFUSED:
        return Found("unknown", f"{said}: it wants us to come again later.", told)
    if error.code == NO_MAIL_HERE or not about_us:
        return Found("failing", f"{said}: mail bounces.", told)
    return Found("unknown", f"{said}: it refuses us as a sender, which says nothing of the address.", told)


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST_ANSWER].rstrip(".")
