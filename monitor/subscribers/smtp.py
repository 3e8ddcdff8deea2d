"""By e-mail: one SMTP transaction for one recipient, over a connection that lasts while there is something owed."""

import contextlib
import ssl

import aiosmtplib
import structlog

from monitor.egress import EgressError, Ledger
from monitor.subscribers.carrier import Fate
from monitor.subscribers.messages import Post
from monitor.subscribers.settings import SmtpSettings

RECEIVER = "subscribers-mail"
"""How the ledger calls all of them; who they are is nobody's business there."""
PERMANENT = 500

log = structlog.get_logger()


class SmtpCarrier:
    """One mail server. Its answers are told by number only, since their text may repeat an address."""

    def __init__(self, settings: SmtpSettings, ledger: Ledger) -> None:
        self._settings = settings
        self._ledger = ledger
        self._password = settings.read_password()
        self._tls = _tls(settings)
        self._connection: aiosmtplib.SMTP | None = None

    async def send(self, post: Post) -> Fate:
        """Hand over one message."""
        connection = await self._connected()
        if connection is None:
            return "closed"
        try:
            async with self._ledger.sending(
                receiver=RECEIVER, purpose="customer-mail", tenant=post.tenant, fields=post.fields, size=len(post.body)
            ) as sending:
                fate = await self._hand_over(connection, post)
                sending.outcome = {"sent": "accepted", "never": "refused"}.get(fate, "failed")  # type: ignore[assignment]
        except EgressError as error:
            log.warning("mail_withheld", reason=str(error))
            return "closed"
        return fate

    async def rest(self) -> None:
        """Say goodbye to the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await connection.quit()

    async def _connected(self) -> aiosmtplib.SMTP | None:
        if self._connection is not None and self._connection.is_connected:
            return self._connection
        settings = self._settings
        connection = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=settings.timeout_seconds,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=self._tls,
            username=settings.username or None,
            password=self._password,
        )
        try:
            await connection.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_server_unreachable", server=f"{settings.host}:{settings.port}", reason=_reason(error))
            connection.close()
            return None
        self._connection = connection
        return connection

    async def _hand_over(self, connection: aiosmtplib.SMTP, post: Post) -> Fate:
        try:
            await connection.sendmail(self._settings.sender, post.address, post.body)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return "never" if all(each.code >= PERMANENT for each in error.recipients) else "later"
        except aiosmtplib.SMTPSenderRefused as error:
            log.warning("mail_sender_refused", code=error.code)
            return "closed"
        except aiosmtplib.SMTPResponseException as error:
            return "never" if error.code >= PERMANENT else "later"
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_server_left", reason=type(error).__name__)
            connection.close()
            return "closed"
        return "sent"


def _tls(settings: SmtpSettings) -> ssl.SSLContext | None:
    if settings.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=None if settings.ca_file is None else str(settings.ca_file))
    except OSError as error:
        raise EgressError(f"subscribers.smtp.ca_file {settings.ca_file} cannot be used: {error.strerror}") from error


def _reason(error: Exception) -> str:
    code = getattr(error, "code", None)
    return f"{type(error).__name__} {code}" if code is not None else type(error).__name__
