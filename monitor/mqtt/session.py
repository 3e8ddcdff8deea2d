"""What is said on one connection: subscribe, listen, and prove the path again and again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import structlog
from paho.mqtt.client import MQTTMessage, topic_matches_sub

from monitor.clock import Clock
from monitor.core.observations import Echo, LinkChanged
from monitor.core.settings import LimitSettings, SightSettings
from monitor.decoders.protocol import Message
from monitor.mqtt.connection import Connection
from monitor.mqtt.echo import Echoes
from monitor.mqtt.flow import Flow
from monitor.mqtt.inbox import Inbox, Receipt
from monitor.mqtt.settings import MqttSettings

RESERVED = "fleet/v1/_monitor/"
"""Topics of monitors, this one or another; no device speaks there."""

log = structlog.get_logger()


@dataclass(slots=True)
class LinkFigures:
    """What there is to know about the link; `path` is how we know that we see, `trouble` why we might not."""

    path: Literal["echo", "link"] = "echo"
    connected: bool = False
    ready: bool = False
    connects: int = 0
    messages: int = 0
    bytes: int = 0
    echoed: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every session of a link shares."""

    settings: MqttSettings
    limits: LimitSettings
    sight: SightSettings
    clock: Clock
    inbox: Inbox
    flow: Flow
    figures: LinkFigures


class Session:
    """The listener of one connection, and the conversation on it."""

    def __init__(self, serial: int, around: Surroundings) -> None:
        self.serial = serial
        self.unacknowledged = 0
        self.connection: Connection | None = None
        self._around = around
        self._figures = around.figures
        self._topic = around.settings.echo_topic
        self._echoes = Echoes(around.sight.blind_after_seconds)

    def accepted(self) -> None:
        """Our side of the promise about order: this stands before everything that the connection brings."""
        self._figures.connected = True
        self._figures.connects += 1
        self._around.inbox.put(LinkChanged(self._around.clock.now(), up=True))

    def received(self, message: MQTTMessage) -> None:
        """Stamp a message and put it in the inbox; our own echo becomes an `Echo`."""
        now = self._around.clock.now()
        payload = bytes(message.payload)
        self._figures.messages += 1
        self._figures.bytes += len(payload)
        topic = _topic_of(message)
        if topic.startswith(RESERVED):
            if topic == self._topic and not message.retain:
                self._see(self._echoes.read(payload, now))
        else:
            self._echoes.heard(retained=message.retain, held=message.qos > 0)
            # One byte over the limit is enough to be refused by, and a huge payload is not kept.
            kept = payload[: self._around.limits.payload_bytes + 1]
            self._around.inbox.put(Message(topic, kept, message.retain, now))
        if message.qos > 0:
            self.unacknowledged += 1
            self._around.inbox.expect(Receipt(self.serial, message.mid))
        if self._around.inbox.full and self.connection is not None:
            self.connection.pause()
            self._around.flow.pause(now)

    def answered(self, packet: int) -> None:
        """The broker answered a question: an echo of the lesser kind, or proof that echoes are swallowed."""
        echo = self._echoes.answer(packet, self._around.clock.now())
        if self._figures.path == "echo" and echo is not None and self._echoes.swallowed:
            self._figures.path = "link"
            log.warning(
                "echo_never_delivered",
                topic=self._topic,
                instead="watching the link by the broker's answers",
                remedy="allow this user to publish and read the topic, or set [mqtt] publish_echo = false",
            )
        if self._figures.path == "link":
            self._see(echo)

    def pass_time(self) -> None:
        """Let a long pause in reading be known."""
        self._around.flow.pass_time(self._around.clock.now())

    async def converse(self, connection: Connection) -> None:
        """Subscribe, then send echoes, until the connection ends."""
        if not await self._subscribe(connection):
            return
        self._figures.ready = True
        self._figures.trouble = ""
        while True:
            self._prove(connection)
            next_at = self._around.clock.now() + self._around.sight.echo_seconds
            if await self._around.clock.wait(connection.ended, next_at):
                return

    async def _subscribe(self, connection: Connection) -> bool:
        """Ask until every topic is granted; False if the connection ended first."""
        wanted: Sequence[str] = self._around.settings.topics
        if self._figures.path == "echo" and not any(topic_matches_sub(topic, self._topic) for topic in wanted):
            wanted = [*wanted, self._topic]
        while refused := await connection.subscribe(wanted):
            if self._topic in refused:
                self._figures.path = "link"
                refused = [topic for topic in refused if topic != self._topic]
                log.warning("echo_refused", topic=self._topic, instead="watching the link by the broker's answers")
                if not refused:
                    return True
            self._figures.trouble = (
                f"the broker refuses the subscription to {', '.join(refused)}; allow user"
                f" {self._around.settings.username or '(anonymous)'} to read it in the broker's access rules, or"
                " correct [mqtt] topics"
            )
            log.error("subscription_refused", topics=refused, trouble=self._figures.trouble)
            wanted = refused
            try:
                await asyncio.wait_for(connection.ended.wait(), self._around.settings.reconnect_seconds)
            except TimeoutError:
                continue
            return False
        return not connection.ended.is_set()

    def _prove(self, connection: Connection) -> None:
        """Send an echo; or a question where echoes are forbidden, or where they seem to be."""
        now = self._around.clock.now()
        if self._figures.path == "link":
            self._echoes.ask(connection.ask(f"{self._topic}/question"), now)
            return
        connection.publish(self._topic, self._echoes.make(now))
        if self._echoes.doubtful(now, self.unacknowledged):
            self._echoes.ask(connection.ask(f"{self._topic}/question"), now)

    def _see(self, echo: Echo | None) -> None:
        if echo is not None:
            self._figures.echoed = True
            self._around.flow.echo(echo)
            self._around.inbox.put(echo)


def _topic_of(message: MQTTMessage) -> str:
    """The topic; a replacement character for one that is not text, which no decoder claims."""
    try:
        return message.topic
    except UnicodeDecodeError:
        return "\ufffd"
