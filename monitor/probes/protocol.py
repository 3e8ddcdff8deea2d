"""What every probe offers, and what every `[[probes]]` entry may say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Protocol

from pydantic import Field, model_validator

from monitor.core.probing.results import Capability, Fact, Subject, Verdict
from monitor.core.settings import Section
from monitor.egress.outlet import Bounds, Outlet, OutletError

LAST_PORT = 65_535
_HOST_AND_PORT = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\]]+))(?::(?P<port>[0-9]{1,5}))?")

STALE_AFTER_ROUNDS = 3
"""A result stands until so many more should have come."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one asking found; `statement` is a sentence that reads the same while nothing changes."""

    verdict: Verdict
    statement: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


class Probe(Protocol):
    """One configured probe."""

    name: str
    tells: tuple[str, ...]
    """Names of what leaves when it asks, for the ledger."""
    size: int
    """About how many bytes of it leave."""

    async def ask(self, outlet: Outlet) -> Found:
        """Ask once. Never raises because of the other side."""
        ...


class About(Section):
    """`about` of a probe: whom its answer says something of."""

    provider: Annotated[str, Field(max_length=64, description="a provider of the fleet")] = ""
    region: Annotated[str, Field(max_length=64, description="a region of the fleet, or of the provider")] = ""
    network: Annotated[str, Field(max_length=64, description="a network (ISP) of the fleet")] = ""
    channel: Annotated[str, Field(max_length=64, description="a way on which customers reach us for help")] = ""
    control: Annotated[
        bool, Field(description="only shows whether we reach anything; something that has no part in the fleet")
    ] = False

    @property
    def scope(self) -> dict[str, str]:
        """The part of the fleet that is meant."""
        terms = {"provider": self.provider, "region": self.region, "network": self.network}
        return {key: value for key, value in terms.items() if value}

    @model_validator(mode="after")
    def _is_about_one_thing(self) -> "About":
        if self.control and (self.scope or self.channel):
            raise ValueError("control = true stands alone: a control target has no part in what is watched")
        if not (self.control or self.scope or self.channel):
            raise ValueError(
                'say what the probe is about: {provider = "…"}, {channel = "…"} or {control = true}, as in'
                ' about = {provider = "aurora"}'
            )
        return self


class ProbeSettings(Section):
    """What every `[[probes]]` entry may say."""

    capability_by_default: ClassVar[Capability] = "device_telemetry"
    page: ClassVar[bool] = False

    name: Annotated[
        str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$", description="unique name, as metrics and alerts call it")
    ]
    about: Annotated[About, Field(description="whom the answer says something of")]
    capability: Annotated[
        Capability | None,
        Field(
            description="what does not work while it fails; left out: remote_control for HTTP, support_channels for a"
            " channel, else device_telemetry"
        ),
    ] = None
    every_seconds: Annotated[
        float, Field(ge=5, le=86_400, description="it asks this often, give or take a tenth; sooner in doubt")
    ] = 60.0
    timeout_seconds: Annotated[float, Field(ge=0.1, le=120, description="no answer within this time is no answer")] = (
        10.0
    )
    response_bytes: Annotated[
        int, Field(ge=256, le=16_777_216, description="an answer is read up to this size and then cut")
    ] = 262_144
    allow_private: Annotated[
        bool | None, Field(description="may ask private addresses and this machine; as `[egress]` says if left out")
    ] = None

    @property
    def subject(self) -> Subject:
        """What its results are about."""
        usual: Capability = "support_channels" if self.about.channel else self.capability_by_default
        return Subject(self.about.scope, self.about.channel, self.about.control, self.page, self.capability or usual)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that it is told to ask, as far as they are named."""
        return ()

    @property
    def fresh_seconds(self) -> float:
        """How long a result proves something."""
        return STALE_AFTER_ROUNDS * self.every_seconds + self.timeout_seconds

    def bounds(self, *, allow_private: bool) -> Bounds:
        """The most that it may do; `allow_private` holds where it says nothing of its own."""
        return Bounds(
            timeout_seconds=self.timeout_seconds,
            response_bytes=self.response_bytes,
            allow_private=allow_private if self.allow_private is None else self.allow_private,
            hosts=frozenset(getattr(self, "redirect_hosts", ())),
            ca_file=self._ca_file(),
        )

    def _ca_file(self) -> Path | None:
        return getattr(self, "ca_file", None)


def not_reached(error: OutletError) -> Found:
    """No answer is a failure of the other side, unless our own rules kept us from asking."""
    return Found("unknown" if error.ours else "failing", f"{error}.")


def read_target(target: str, port: int | None = None) -> tuple[str, int]:
    """Host and port of `host:port` or `[v6]:port`, `port` if none is given; ValueError says what is wrong."""
    found = _HOST_AND_PORT.fullmatch(target)
    if found is not None and (found["port"] or port is not None):
        number = int(found["port"] or port or 0)
        if 0 < number <= LAST_PORT:
            return found["v6"] or found["host"], number
    wanted = "host:port" if port is None else f"host or host:port (port {port} if left out)"
    raise ValueError(f"{target!r} must be {wanted}, such as example.com:{port or 8883}")


CaFile = Annotated[Path | None, Field(description="trust only this authority (PEM); else those of the system")]
