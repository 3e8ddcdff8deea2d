"""A real SMTP server on loopback that takes, defers or refuses mail as told, and remembers how far each talk came."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that it took: the envelope's addresses, and the message itself."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


@dataclass(slots=True)
class MailServer:
    """Listens while entered. `recipient` is what it answers to RCPT TO, `sender` to MAIL FROM; empty takes it."""

    sender: str = ""
    recipient: str = ""
    recipients: dict[str, str] = field(default_factory=dict)
    """What it answers about one address, before `recipient` is asked."""
    data: str = "250 taken"
    tls: ssl.SSLContext | None = None
    """With it nothing is taken before STARTTLS."""
    taken: list[Taken] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """What it was told, by command."""
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._speaker, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def _speaker(self) -> SMTP:
        return SMTP(_Clerk(self), hostname="mail.test", tls_context=self.tls, require_starttls=self.tls is not None)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()


class _Clerk:
    """What aiosmtpd asks at each step; the names are its own."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    async def handle_MAIL(  # noqa: N802 -- aiosmtpd's name
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._server.said.append(f"MAIL {address}")
        if self._server.sender:
            return self._server.sender
        envelope.mail_from = address
        return "250 fine"

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._server.said.append(f"RCPT {address}")
        if answer := self._server.recipients.get(address, self._server.recipient):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _smtp: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._server.said.append("DATA")
        if self._server.data.startswith("2"):
            message = message_from_bytes(envelope.original_content or b"", policy=default)
            self._server.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), message))
        return self._server.data
