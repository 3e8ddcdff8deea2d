"""A real SMTP server on loopback that takes, defers or refuses mail as told, and remembers how far each talk came."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(slots=True)
class MailServer:
    """Listens while entered. `recipient` is what it answers to RCPT TO, `sender` to MAIL FROM; empty takes it."""

    sender: str = ""
    recipient: str = ""
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
        self._server = await loop.create_server(lambda: SMTP(_Clerk(self), hostname="mail.test"), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

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
        if self._server.recipient:
            return self._server.recipient
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, _smtp: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        self._server.said.append("DATA")
        return "250 taken"
