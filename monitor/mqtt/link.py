"""The link to the broker: kept up by one worker, read by another in batches."""

import asyncio
import random
import socket
import ssl
from typing import Literal

import structlog

from monitor.clock import Clock
from monitor.core.observations import LinkChanged
from monitor.core.settings import LimitSettings, SightSettings
from monitor.mqtt.connection import LEFT, ConnectFailedError, Connection
from monitor.mqtt.flow import Flow
from monitor.mqtt.inbox import Batch, Inbox
from monitor.mqtt.reconnect import STEADY_SECONDS, Backoff, ClientIdTakenError, TakeoverWatch
from monitor.mqtt.session import LinkFigures, Session, Surroundings
from monitor.mqtt.settings import MqttSettings
from monitor.mqtt.stream import open_stream

log = structlog.get_logger()


class MqttLink:
    """Keeps a connection to the broker and hands out what it brings.

    What comes out of `take` is in the order of reading, and after each `LinkChanged(up=True)` everything up to the
    next `Echo` was (or may have been) queued before the connection was made: history, not proof of life.
    """

    def __init__(
        self,
        settings: MqttSettings,
        limits: LimitSettings,
        sight: SightSettings,
        clock: Clock,
        *,
        dice: random.Random | None = None,
        clean_session: bool = False,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._clean = clean_session
        self._inbox = Inbox(limits.inbox_messages)
        self._flow = Flow(self._inbox.put)
        self.figures = LinkFigures(path="echo" if settings.publish_echo else "link")
        self._around = Surroundings(settings, limits, sight, clock, self._inbox, self._flow, self.figures)
        self._session = Session(0, self._around)
        self._watch = TakeoverWatch()
        self._echo_suspected = False
        self._backoff = Backoff(settings.reconnect_seconds, dice or random.Random())  # noqa: S311 -- only spreads load

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in."""
        return self.figures.connected

    @property
    def ready(self) -> bool:
        """Whether we are connected and every subscription is granted."""
        return self.figures.ready

    @property
    def trouble(self) -> str:
        """Why we are not ready, as a sentence for people; empty if we are."""
        return self.figures.trouble

    @property
    def path(self) -> Literal["echo", "link"]:
        """How we know that we see: by our echo, or, where the broker forbids it, by the broker's answers."""
        return self.figures.path

    @property
    def reconnects(self) -> int:
        """How often the connection was made again."""
        return max(0, self.figures.connects - 1)

    @property
    def inbox_length(self) -> int:
        """How many items wait to be taken."""
        return len(self._inbox)

    @property
    def paused_seconds(self) -> float:
        """For how long reading has been paused because the inbox was full, in all."""
        return self._flow.paused_seconds(self._clock.now())

    async def take(self, limit: int, until: float | None) -> Batch:
        """Up to `limit` items, as soon as there are any; none if the clock passes `until` first."""
        if self._inbox.filled.is_set():
            await asyncio.sleep(0)  # whoever takes without a pause must not keep the socket from being read
        else:
            await self._clock.wait(self._inbox.filled, until)
        batch = self._inbox.take(limit)
        if self._flow.paused and self._inbox.roomy.is_set() and self._session.connection is not None:
            self._flow.resume(self._clock.now())
            self._session.connection.resume()
        return batch

    def acknowledge(self, batch: Batch) -> None:
        """Tell the broker that what a batch held is safe; without that it will deliver it again."""
        connection = self._session.connection
        if connection is None:
            return
        for receipt in batch.receipts:
            if receipt.serial == self._session.serial:
                self._session.unacknowledged -= 1
                connection.acknowledge(receipt.packet)

    async def run(self) -> None:
        """Keep the link up until cancelled; ClientIdTakenError if somebody else keeps taking our session."""
        while True:
            await self._inbox.roomy.wait()
            wait_seconds = await self._live_once()
            if self._watch.lost:
                raise ClientIdTakenError(self._settings.client_id, self._settings.url, self._watch.drops)
            await asyncio.sleep(wait_seconds)

    async def _live_once(self) -> float:
        """One try to connect and the life of the connection; how long to wait before the next try."""
        self._suspect_the_echo()
        self._session = Session(self._session.serial + 1, self._around)
        try:
            async with asyncio.timeout(self._settings.answer_seconds):
                connection = await self._connect(self._session)
        except (ConnectFailedError, OSError) as failure:
            self._watch.failed()
            self._trust_the_echo_again()
            self._note_down(_explain(failure, self._settings))
            return self._backoff.next_seconds()
        accepted_at = asyncio.get_running_loop().time()
        log.info("broker_connected", url=self._settings.url, client_id=self._settings.client_id)
        try:
            await self._session.converse(connection)
        finally:
            connection.close()
            self._session.connection = None
            self._flow.resume(self._clock.now())
            self._note_down(connection.reason)
        if connection.failure is not None:
            raise connection.failure
        lived_seconds = asyncio.get_running_loop().time() - accepted_at
        self._watch.ended(lived_seconds, by_peer=connection.by_peer)
        if lived_seconds < STEADY_SECONDS:
            self._trust_the_echo_again()
        else:
            self._backoff.reset()
        return 0.0 if connection.by_peer else self._backoff.next_seconds()

    async def _connect(self, session: Session) -> Connection:
        stream = await open_stream(self._settings.address, self._settings.make_tls(), self._settings.answer_seconds)
        try:
            connection = session.connection = Connection(stream, self._settings, session, clean=self._clean)
        except BaseException:
            stream.close()
            raise
        try:
            await connection.open()
        except BaseException:
            connection.close()
            session.connection = None
            raise
        return connection

    def _suspect_the_echo(self) -> None:
        """Some brokers drop who publishes without permission. Dropped twice and never echoed: try it without."""
        self._echo_suspected = self._watch.doubtful and not self.figures.echoed and self.path == "echo"
        if self._echo_suspected:
            self.figures.path = "link"
            log.warning("broker_drops_us", url=self._settings.url, trying="without publishing our echo")

    def _trust_the_echo_again(self) -> None:
        if self._echo_suspected:
            self.figures.path = "echo"

    def _note_down(self, reason: str) -> None:
        """Say that the link is down: to the engine once, to the log as often as the reason changes."""
        if self.figures.connected or not self.figures.trouble:
            self._inbox.put(LinkChanged(self._clock.now(), up=False, reason=reason))
        if reason == LEFT:
            log.info("broker_left", url=self._settings.url)
        elif reason != self.figures.trouble:
            log.warning("broker_link_down", url=self._settings.url, reason=reason)
        self.figures.connected = self.figures.ready = False
        self.figures.trouble = reason


def _explain(failure: Exception, settings: MqttSettings) -> str:
    """Why a connection could not be made, for people."""
    if isinstance(failure, TimeoutError):
        return f"the broker did not answer within {settings.answer_seconds:g} s"
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"the broker's certificate is not to be trusted ({failure.verify_message}); see [mqtt] ca_file"
    if isinstance(failure, ssl.SSLError):
        return f"no TLS with the broker ({failure.reason or failure}); see [mqtt] url, ca_file, cert_file and key_file"
    if isinstance(failure, ConnectionRefusedError):
        return f"nothing listens on {settings.address.host} port {settings.address.port}"
    if isinstance(failure, socket.gaierror):
        return f"the host name {settings.address.host} is not known ({failure.strerror})"
    return str(failure) or type(failure).__name__
