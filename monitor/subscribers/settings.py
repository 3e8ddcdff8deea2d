"""`[subscribers]`: who wants to be told of what is published, and how it reaches them."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from monitor.core.settings import Section


class SmtpSettings(Section):
    """`[subscribers.smtp]`: the mail server that takes our messages. Without it no e-mail is offered."""

    host: Annotated[str, Field(min_length=1, description="the mail server")]
    port: Annotated[int, Field(ge=1, le=65_535, description="its port; 465 with `tls`, 587 with `starttls`")] = 587
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Field(description="how the connection is protected; `none` only to this machine"),
    ] = "starttls"
    username: Annotated[str, Field(description="to log in with; empty for none")] = ""
    password: Annotated[SecretStr | None, Field(description="to log in with; better in password_file")] = None
    password_file: Annotated[Path | None, Field(description="file that holds the password")] = None
    sender: Annotated[str, Field(pattern=r"^[^@\s<>]+@[^@\s<>]+$", description="the address that messages come from")]
    ca_file: Annotated[Path | None, Field(description="authorities to trust instead of the system's")] = None
    timeout_seconds: Annotated[float, Field(gt=0, le=300, description="an answer may take this long")] = 30.0

    def read_password(self) -> str | None:
        """The password, wherever it is kept; OSError if its file cannot be read."""
        if self.password_file is not None:
            return self.password_file.read_text(encoding="utf-8").strip()
        return None if self.password is None else self.password.get_secret_value()

    @field_validator("security")
    @classmethod
    def _unprotected_only_here(cls, security: str, info: ValidationInfo) -> str:
        if security == "none" and not _is_here(str(info.data.get("host", ""))):
            raise ValueError('"none" sends addresses in clear text and is allowed to this machine only; use "starttls"')
        return security


class SubscriberSettings(Section):
    """`[subscribers]`: messages to those who asked for them."""

    smtp: SmtpSettings | None = None
    sign_ups_per_hour: Annotated[
        int, Field(ge=1, le=100_000, description="how many may ask for a message within an hour, all together")
    ] = 300
    sign_ups_per_client: Annotated[
        int, Field(ge=1, le=1000, description="how many one network address may ask for within an hour")
    ] = 5
    confirm_hours: Annotated[
        float, Field(ge=1, le=720, description="who has not confirmed within this time is erased")
    ] = 48.0
    again_minutes: Annotated[
        float, Field(ge=1, le=1440, description="the question for confirmation is repeated no sooner than this")
    ] = 60.0
    first_retry_seconds: Annotated[float, Field(ge=1, le=3600, description="the first new attempt after this")] = 30.0
    longest_retry_seconds: Annotated[
        float, Field(ge=1, le=86_400, description="the longest time between two attempts")
    ] = 1800.0
    give_up_hours: Annotated[
        float, Field(ge=1, le=720, description="a message that was not taken for this long is given up")
    ] = 48.0
    webhook_timeout_seconds: Annotated[float, Field(gt=0, le=60, description="an answer may take this long")] = 10.0


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
