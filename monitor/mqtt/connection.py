"""One connection to the broker, from its first packet to its last.

Each has a paho client of its own, so that nothing unsent, unacknowledged or half read is carried over to the next.
Times here are the event loop's: a broker's patience knows no simulated seconds.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from monitor.mqtt.client import make_client
from monitor.mqtt.settings import MqttSettings
from monitor.mqtt.stream import Stream

PACKETS_PER_TURN = 500
"""After this many packets the event loop gets its turn."""
TEND_SECONDS = 0.5
LOST = "the broker closed the connection"
LEFT = "we left the broker"
ENDINGS = {
    MQTTErrorCode.MQTT_ERR_CONN_LOST: LOST,
    MQTTErrorCode.MQTT_ERR_KEEPALIVE: "the broker did not answer within the keep-alive time",
    MQTTErrorCode.MQTT_ERR_PROTOCOL: "what listens there does not speak MQTT 3.1.1",
}
TLS_HINT = "see [mqtt] cert_file and key_file"
HINTS = {
    "Not authorized": "; see [mqtt] username and password_file",
    "Bad user name or password": "; see [mqtt] username and password_file",
    "Client identifier not valid": "; see [mqtt] client_id",
}


class ConnectFailedError(Exception):
    """The broker could not be reached or did not let us in."""


class Listener(Protocol):
    """Who is told what happens on a connection, in the order of reading."""

    def accepted(self) -> None:
        """The broker let us in; messages follow."""

    def received(self, message: MQTTMessage) -> None:
        """A message came."""

    def answered(self, packet: int) -> None:
        """A question was answered."""

    def pass_time(self) -> None:
        """Some time has passed."""


class Connection:
    """An MQTT connection on a stream. `ended` is set when it is over, `reason` then says why."""

    def __init__(self, stream: Stream, settings: MqttSettings, listener: Listener, *, clean: bool = False) -> None:
        self._loop = asyncio.get_running_loop()
        self._stream = stream
        self._settings = settings
        self._listener = listener
        self._clean = clean
        self._begins_session = False
        self._client = make_client(stream, settings, clean=clean)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_unsubscribe = lambda _client, _data, packet, _codes, _properties: listener.answered(packet)
        self._client.on_message = lambda _client, _data, message: listener.received(message)
        self._client.on_socket_open = lambda *_: self._loop.add_reader(stream, self._turn, self._read)
        self._client.on_socket_close = lambda *_: self._unwatch()
        self._client.on_socket_register_write = lambda *_: self._loop.add_writer(stream, self._turn, self._write)
        self._client.on_socket_unregister_write = lambda *_: self._unwatch_writing()
        self._answer: asyncio.Future[Sequence[ReasonCode] | None] = self._loop.create_future()
        self._refusal = ""
        self._paused = False
        self._rest: asyncio.Handle | None = None
        self._timer: asyncio.Handle | None = None
        self._read_at = self._loop.time()
        self.ended = asyncio.Event()
        self.reason = ""
        self.by_peer = False
        self.failure: Exception | None = None
        """A defect of ours that came up in a callback, for whoever runs the connection to raise."""

    async def open(self) -> None:
        """Send our CONNECT and wait for the answer; ConnectFailedError unless it is yes."""
        self._timer = self._loop.call_later(TEND_SECONDS, self._turn, self._tend)
        self._client.reconnect()
        if await self._answer is None:
            raise ConnectFailedError(self.reason)

    async def subscribe(self, topics: Sequence[str]) -> Sequence[str] | None:
        """Subscribe at QoS 1; the topics that were refused, or None if the connection ended first."""
        if self._begins_session:
            # Brokers limit how much may wait for one client at QoS 1, and what the whole fleet left retained is more;
            # at QoS 0 all of it comes. A session that goes on could lose messages by this, and knows the fleet already.
            self._begins_session = False
            await self._ask_for(topics, qos=0)
        codes = await self._ask_for(topics, qos=1)
        if codes is None:
            return None
        return [topic for topic, code in zip(topics, codes, strict=True) if code.is_failure]

    async def _ask_for(self, topics: Sequence[str], *, qos: int) -> Sequence[ReasonCode] | None:
        self._answer = self._loop.create_future()
        if self.ended.is_set():
            return None
        self._client.subscribe([(topic, qos) for topic in topics])
        return await self._answer

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish at QoS 1, once: a copy kept for another try would be out of date when it arrived."""
        self._client.publish(topic, payload, qos=1)
        self._client.drop_out_messages()

    def ask(self, topic: str) -> int:
        """Send something that the broker always answers; the answer carries the number returned here."""
        _, packet = self._client.unsubscribe(topic)
        return packet or 0

    def acknowledge(self, packet: int) -> None:
        """Tell the broker that a delivery is safe."""
        if not self.ended.is_set():
            self._client.ack(packet, 1)

    def pause(self) -> None:
        """Stop reading. A packet is read now and then all the same, which keeps the session alive."""
        if not self._paused and not self.ended.is_set():
            self._paused = True
            self._loop.remove_reader(self._stream)

    def resume(self) -> None:
        """Read on."""
        if self._paused and not self.ended.is_set():
            self._paused = False
            self._loop.add_reader(self._stream, self._turn, self._read)
            self._read_the_rest_soon()

    def close(self) -> None:
        """Take leave of the broker as far as it still listens, and close the socket."""
        if not self.ended.is_set():
            self._client.disconnect()
            self._client.loop_write()
            self._end(LEFT)
        self._unwatch()
        self._client.on_socket_close = self._client.on_socket_unregister_write = None
        self._stream.close()

    def _turn(self, step: Callable[[], MQTTErrorCode]) -> None:
        """Let paho do something, and see what became of the connection."""
        if self.ended.is_set():
            return
        try:
            result = step()
        except Exception as error:  # noqa: BLE001 -- handed on, not swallowed: nobody above a callback would see it
            self.failure = error
            self._end(f"a defect in the monitor: {error!r}")
            return
        if result != MQTTErrorCode.MQTT_ERR_SUCCESS or self._client.socket() is None:
            self._note_end(result)

    def _read(self) -> MQTTErrorCode:
        self._read_at = self._loop.time()
        result = MQTTErrorCode.MQTT_ERR_SUCCESS
        for _ in range(PACKETS_PER_TURN):
            result = self._client.loop_read()
            if self._paused or result != MQTTErrorCode.MQTT_ERR_SUCCESS or not self._stream.holds_more:
                return result
        self._read_the_rest_soon()
        return result

    def _read_the_rest_soon(self) -> None:
        """What is in the stream's own buffer does not show at the socket."""
        if self._stream.holds_more and (self._rest is None or self._rest.cancelled()):
            self._rest = self._loop.call_soon(self._read_the_rest)

    def _read_the_rest(self) -> None:
        self._rest = None
        if not self._paused:
            self._turn(self._read)

    def _write(self) -> MQTTErrorCode:
        return self._client.loop_write()

    def _tend(self) -> MQTTErrorCode:
        self._timer = self._loop.call_later(TEND_SECONDS, self._turn, self._tend)
        self._listener.pass_time()
        longest_pause = self._settings.keepalive_seconds / 2 - 2 * TEND_SECONDS
        if self._paused and self._loop.time() - self._read_at >= longest_pause:
            result = self._read()
            if result != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return result
        alive = self._client.loop_misc() == MQTTErrorCode.MQTT_ERR_SUCCESS
        return MQTTErrorCode.MQTT_ERR_SUCCESS if alive else MQTTErrorCode.MQTT_ERR_KEEPALIVE

    def _note_end(self, result: MQTTErrorCode) -> None:
        if self._refusal:
            self._end(f"the broker refused us: {self._refusal}{HINTS.get(self._refusal, '')}")
            return
        self.by_peer = result == MQTTErrorCode.MQTT_ERR_CONN_LOST
        reason = ENDINGS.get(result, ENDINGS[MQTTErrorCode.MQTT_ERR_KEEPALIVE])
        self._end(f"{reason} (TLS: {self._stream.failure}); {TLS_HINT}" if self._stream.failure else reason)

    def _end(self, reason: str) -> None:
        self.reason = reason
        self.ended.set()
        for handle in (self._timer, self._rest):
            if handle is not None:
                handle.cancel()
        if not self._answer.done():
            self._answer.set_result(None)

    def _unwatch(self) -> None:
        if self._stream.fileno() >= 0:
            self._loop.remove_reader(self._stream)
        self._unwatch_writing()

    def _unwatch_writing(self) -> None:
        if self._stream.fileno() >= 0:
            self._loop.remove_writer(self._stream)

    def _on_connect(
        self, _client: Client, _data: object, flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refusal = str(reason)
            return
        self._begins_session = not (flags.session_present or self._clean)
        if not self._answer.done():  # it is if our patience just ended
            self._answer.set_result([reason])
            self._listener.accepted()

    def _on_subscribe(
        self, _client: Client, _data: object, _packet: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        if not self._answer.done():
            self._answer.set_result(codes)
