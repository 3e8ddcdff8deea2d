"""One connection to a broker that only publishes: paho on the event loop, no thread, no blocking."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from monitor.mqtt.settings import MqttSettings
from monitor.mqtt.stream import Stream, open_stream
from simulators.encoders.native import Packet

KEEPALIVE_SECONDS = 60
TEND_SECONDS = 5.0
RETRY_SECONDS = 1.0
CONNECT_SECONDS = 10.0
SETTLE_SECONDS = 5.0
GLANCE_SECONDS = 0.02
WAITING_LIMIT = 1000
"""Messages that wait for a connection; the oldest is dropped first."""


class Station:
    """Publishes for one device or many. It connects when there is something to say and after a loss tries again."""

    def __init__(self, settings: MqttSettings, client_id: str, will: Packet | None = None) -> None:
        self._settings = settings
        self._client_id = client_id
        self._will = will
        self._client: Client | None = None
        self._opening: asyncio.Task[None] | None = None
        self._tending: asyncio.TimerHandle | None = None
        self._waiting: deque[Packet] = deque(maxlen=WAITING_LIMIT)
        self._last: MQTTMessageInfo | None = None
        self._not_before = 0.0
        self.dropped = 0
        self.failure = ""
        """Why the last try to connect failed."""

    @property
    def connected(self) -> bool:
        """Whether messages go straight out."""
        return self._client is not None and self._client.is_connected()

    def publish(self, packet: Packet) -> None:
        """Send now, or as soon as there is a connection."""
        if self._client is not None and self._client.is_connected():
            self._send(self._client, packet)
            return
        self.dropped += len(self._waiting) == WAITING_LIMIT
        self._waiting.append(packet)
        loop = asyncio.get_running_loop()
        if self._opening is None and loop.time() >= self._not_before:
            self._opening = loop.create_task(self._open())

    def drop(self) -> None:
        """Vanish without a goodbye: the broker will publish the will."""
        self._forget(polite=False)

    def leave(self) -> None:
        """Take leave of the broker, which then forgets the will."""
        self._forget(polite=True)

    async def settle(self) -> None:
        """Wait until the broker has everything that was said, as far as it can be reached in a few seconds."""
        loop = asyncio.get_running_loop()
        give_up = loop.time() + SETTLE_SECONDS
        while self._busy and loop.time() < give_up:  # noqa: ASYNC110 -- paho tells of no one moment to wait for
            await asyncio.sleep(GLANCE_SECONDS)

    @property
    def _busy(self) -> bool:
        if self._opening is not None or (self._client is not None and self._waiting):
            return True
        return self._client is not None and self._last is not None and not self._last.is_published()

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            stream = await open_stream(self._settings.address, self._settings.make_tls(), CONNECT_SECONDS)
        except OSError as error:
            self.failure = str(error)
            self._not_before = loop.time() + RETRY_SECONDS
            self._opening = None
            return
        self._client = self._make_client(stream)
        self._client.reconnect()
        self._tending = loop.call_later(TEND_SECONDS, self._tend)
        self._opening = None

    def _make_client(self, stream: Stream) -> Client:
        loop = asyncio.get_running_loop()
        client = _Client(stream, self._client_id)
        client.max_inflight_messages_set(0)
        if self._settings.username:
            client.username_pw_set(self._settings.username, self._settings.read_password())
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, self._will.qos, self._will.retain)
        client.on_connect = self._on_connect
        client.on_socket_open = lambda *_: loop.add_reader(stream, self._turn, lambda: _read(client, stream))
        client.on_socket_close = lambda *_: _unwatch(stream)
        client.on_socket_register_write = lambda *_: loop.add_writer(stream, self._turn, client.loop_write)
        client.on_socket_unregister_write = lambda *_: _unwatch_writing(stream)
        client.connect_async(self._settings.address.host, self._settings.address.port, KEEPALIVE_SECONDS)
        return client

    def _on_connect(self, client: Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:  # noqa: ANN401
        if reason.is_failure:
            self.failure = f"the broker refused us: {reason}"
            self._not_before = asyncio.get_running_loop().time() + RETRY_SECONDS
            return
        while self._waiting:
            self._send(client, self._waiting.popleft())

    def _send(self, client: Client, packet: Packet) -> None:
        self._last = client.publish(packet.topic, packet.payload, packet.qos, packet.retain)

    def _turn(self, step: Callable[[], MQTTErrorCode]) -> None:
        if step() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._lose()

    def _tend(self) -> None:
        if self._client is None:
            return
        if self._client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._lose()
            return
        self._tending = asyncio.get_running_loop().call_later(TEND_SECONDS, self._tend)

    def _lose(self) -> None:
        """The broker went away; the next message tries to reach it again."""
        self._not_before = asyncio.get_running_loop().time() + RETRY_SECONDS
        self._forget(polite=False)

    def _forget(self, *, polite: bool) -> None:
        client, self._client = self._client, None
        self._last = None
        if self._tending is not None:
            self._tending.cancel()
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
        if client is None:
            return
        stream = client.socket()
        if polite and stream is not None:
            client.disconnect()
            client.loop_write()
        if isinstance(stream, Stream):
            _unwatch(stream)
            client.on_socket_close = client.on_socket_unregister_write = None
            stream.close()


class _Client(Client):
    """A paho client that is handed its socket instead of making one, which would block the event loop."""

    def __init__(self, stream: Stream, client_id: str) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        self._stream = stream

    def _create_socket(self) -> Stream:
        return self._stream


def _read(client: Client, stream: Stream) -> MQTTErrorCode:
    """Read all that came: what is in the stream's own buffer does not show at the socket."""
    result = client.loop_read()
    while result == MQTTErrorCode.MQTT_ERR_SUCCESS and stream.holds_more:
        result = client.loop_read()
    return result


def _unwatch(stream: Stream) -> None:
    if stream.fileno() >= 0:
        asyncio.get_running_loop().remove_reader(stream)
    _unwatch_writing(stream)


def _unwatch_writing(stream: Stream) -> None:
    if stream.fileno() >= 0:
        asyncio.get_running_loop().remove_writer(stream)
