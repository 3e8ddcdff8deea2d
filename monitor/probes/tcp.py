"""TCP: whether anybody takes the connection, agrees on TLS, and greets as expected."""

import asyncio
from typing import Annotated, Literal

from pydantic import Field, field_validator

from monitor.core.probing.results import Fact
from monitor.egress.outlet import Outlet, OutletError, Stream, certificate_end
from monitor.probes.protocol import CaFile, Found, ProbeSettings, not_reached, read_target


class TcpProbeSettings(ProbeSettings):
    """`[[probes]] type = "tcp"`: connect."""

    type: Literal["tcp"]
    target: Annotated[str, Field(description="host:port")]
    tls: Annotated[bool, Field(description="agree on TLS, and look at the certificate")] = False
    greeting: Annotated[str, Field(max_length=200, description="how the other side must begin to speak by itself")] = ""
    ca_file: CaFile = None

    @field_validator("target")
    @classmethod
    def _names_host_and_port(cls, target: str) -> str:
        read_target(target)
        return target

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks."""
        return (read_target(self.target)[0],)

    def open(self) -> "TcpProbe":
        """The probe that these settings describe."""
        return TcpProbe(self)


class TcpProbe:
    """Connects to one port and hangs up again. It never speaks first."""

    tells: tuple[str, ...] = ("host",)

    def __init__(self, settings: TcpProbeSettings) -> None:
        self.name = settings.name
        self.size = 0
        self._settings = settings
        self._host, self._port = read_target(settings.target)

    async def ask(self, outlet: Outlet) -> Found:
        """The connection must be taken, and greeted as expected."""
        facts: dict[str, Fact] = {"answered": True}
        try:
            async with outlet.stream(self._host, self._port, tls=self._settings.tls) as stream:
                secured = stream[1].get_extra_info("ssl_object")
                ends_at = certificate_end(secured.getpeercert()) if secured is not None else None
                if ends_at is not None:
                    facts["certificate_ends_at"] = ends_at
                if self._settings.greeting:
                    return await self._greeted(stream, facts)
        except OutletError as error:
            return not_reached(error)
        return Found("healthy", f"It takes connections{' over TLS' if self._settings.tls else ''}.", facts)

    async def _greeted(self, stream: Stream, facts: dict[str, Fact]) -> Found:
        wanted = self._settings.greeting.encode()
        try:
            heard = await stream[0].readexactly(len(wanted))
        except asyncio.IncompleteReadError as error:
            heard = error.partial
        except OSError:
            heard = b""
        if heard == wanted:
            return Found("healthy", f"It takes connections and greets with {self._settings.greeting!r}.", facts)
        said = repr(heard.decode(errors="replace")) if heard else "nothing"
        return Found("failing", f"It takes connections and greets with {said}, not {self._settings.greeting!r}.", facts)
