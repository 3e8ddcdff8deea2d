"""MQTT: whether a message that we publish comes back to us, through a broker that devices or apps use.

Four kinds of packets of MQTT 3.1.1 at QoS 0 are all that this takes, so they are written out here: a whole client
would bring its own sockets, threads and reconnecting, and none of the limits of the way out.
"""

import asyncio
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from monitor.core.probing.results import Fact
from monitor.egress.outlet import Outlet, OutletError, Stream, certificate_end
from monitor.probes.protocol import CaFile, Found, ProbeSettings, not_reached, read_target

PLAIN_PORT, TLS_PORT = 1883, 8883
CONNECT, CONNACK, PUBLISH, SUBSCRIBE, SUBACK, DISCONNECT = 0x10, 0x20, 0x30, 0x82, 0x90, 0xE0
REFUSALS = {
    1: "it does not speak MQTT 3.1.1",
    2: "it does not take our client id",
    3: "it says that it is not available",
    4: "it does not take user and password",
    5: "it does not let us in",
}
NOT_AVAILABLE = 3
SUBSCRIPTION_REFUSED = 0x80
LARGEST_PACKET = 65_536
LENGTH_BYTES = 4


class MqttProbeSettings(ProbeSettings):
    """`[[probes]] type = "mqtt"`: publish and wait for the message to come back."""

    type: Literal["mqtt"]
    target: Annotated[str, Field(description="broker, host or host:port")]
    tls: Annotated[bool, Field(description="over TLS (port 8883 if none is given)")] = False
    topic: Annotated[
        str, Field(min_length=1, max_length=200, description="to publish to; a random part is added to it")
    ] = "hearthbeat/probe"
    username: Annotated[str, Field(description="whom to log in as")] = ""
    password_env: Annotated[str | None, Field(description="environment variable that holds the password")] = None
    password_file: Annotated[Path | None, Field(description="file that holds the password")] = None
    ca_file: CaFile = None

    @model_validator(mode="after")
    def _target_names_a_broker(self) -> "MqttProbeSettings":
        read_target(self.target, self.usual_port)
        if self.password_env is not None and self.password_file is not None:
            raise ValueError("password_env and password_file are both given; keep one of them")
        return self

    @field_validator("topic")
    @classmethod
    def _topic_can_be_published_to(cls, topic: str) -> str:
        if set(topic) & {"#", "+", "\0"}:
            raise ValueError(f"{topic!r} holds a wildcard; a message is published to one topic")
        return topic

    @property
    def usual_port(self) -> int:
        """The port if none is given."""
        return TLS_PORT if self.tls else PLAIN_PORT

    def read_password(self) -> str:
        """The password, read anew each time. Raises OutletError if it cannot be."""
        if self.password_env is not None:
            return os.environ.get(self.password_env, "")
        if self.password_file is None:
            return ""
        try:
            return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise OutletError(f"password_file {self.password_file} cannot be read", ours=True) from error

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks."""
        return (read_target(self.target, self.usual_port)[0],)

    def open(self) -> "MqttProbe":
        """The probe that these settings describe."""
        return MqttProbe(self)


class MqttProbe:
    """Connects as a client of its own, publishes one message, and leaves when it came back."""

    tells: tuple[str, ...] = ("topic", "nonce")

    def __init__(self, settings: MqttProbeSettings, token: Callable[[], str] = lambda: secrets.token_hex(8)) -> None:
        self.name = settings.name
        self.size = 2 * len(settings.topic) + 80
        self._settings = settings
        self._token = token
        self._host, self._port = read_target(settings.target, settings.usual_port)

    async def ask(self, outlet: Outlet) -> Found:
        """The message must come back; a broker that refuses us as a client says nothing of its health."""
        facts: dict[str, Fact] = {"answered": True}
        try:
            password = self._settings.read_password()
            async with outlet.stream(self._host, self._port, tls=self._settings.tls) as stream:
                secured = stream[1].get_extra_info("ssl_object")
                ends_at = certificate_end(secured.getpeercert()) if secured is not None else None
                if ends_at is not None:
                    facts["certificate_ends_at"] = ends_at
                return await self._round(stream, password, facts)
        except OutletError as error:
            return not_reached(error)
        except asyncio.IncompleteReadError:
            return Found("failing", "The broker hangs up in the middle of the talk.", facts)
        except OSError as error:
            return Found("failing", f"The broker breaks off: {error.strerror or error}.", facts)

    async def _round(self, stream: Stream, password: str, facts: dict[str, Fact]) -> Found:
        token = self._token()
        topic = f"{self._settings.topic}/{token}"
        _, writer = stream
        writer.write(_connect(f"hearthbeat-probe-{token}", self._settings.username, password))
        kind, body = await _read(stream)
        if kind != CONNACK or len(body) != 2:  # noqa: PLR2004 -- MQTT: flags and a code
            return Found("failing", "What answers does not speak MQTT.", facts)
        if body[1]:
            verdict: Literal["failing", "unknown"] = "failing" if body[1] == NOT_AVAILABLE else "unknown"
            return Found(verdict, f"The broker refuses us: {REFUSALS.get(body[1], f'code {body[1]}')}.", facts)
        writer.write(_packet(SUBSCRIBE, b"\x00\x01" + _text(topic) + b"\x00"))
        kind, body = await _read(stream)
        if kind == SUBACK and body[-1:] == bytes([SUBSCRIPTION_REFUSED]):
            return Found("unknown", f"The broker does not let us subscribe to {self._settings.topic}/….", facts)
        writer.write(_packet(PUBLISH, _text(topic) + token.encode()))
        while True:
            kind, body = await _read(stream)
            if kind & 0xF0 == PUBLISH and body.endswith(token.encode()):
                break
        writer.write(bytes([DISCONNECT, 0]))
        return Found("healthy", "A message goes round through the broker.", facts)


def _connect(client: str, username: str, password: str) -> bytes:
    flags = 0x02 | (0x80 if username else 0) | (0x40 if username and password else 0)
    fields = [client, *([username] if username else []), *([password] if username and password else [])]
    return _packet(CONNECT, _text("MQTT") + bytes([4, flags, 0, 30]) + b"".join(map(_text, fields)))


def _packet(kind: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, digit = divmod(left, 128)[0], left % 128
        length.append(digit | (0x80 if left else 0))
        if not left:
            return bytes([kind]) + bytes(length) + body


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2, "big") + data


async def _read(stream: Stream) -> tuple[int, bytes]:
    """One packet: its first byte and its body. Raises OSError if it is too long to be meant for us."""
    reader, _ = stream
    kind = (await reader.readexactly(1))[0]
    length = 0
    for place in range(LENGTH_BYTES):
        digit = (await reader.readexactly(1))[0]
        length |= (digit & 0x7F) << (7 * place)
        if not digit & 0x80:
            break
    if length > LARGEST_PACKET:
        raise OSError("what it sends is no answer to us")
    return kind, await reader.readexactly(length)
