"""`[mqtt]`: which broker, as whom, and what to listen to."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from monitor.core.settings import Section

Scheme = Literal["mqtt", "mqtts", "embedded"]

DEFAULT_PORTS: dict[str, int] = {"mqtt": 1883, "mqtts": 8883, "embedded": 1883}
URL_HELP = "it must look like mqtt://host:1883, mqtts://host:8883 or embedded://127.0.0.1:1883"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a broker listens."""

    scheme: Scheme
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can be meant."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_address(url: str) -> Address:
    """Take a broker's URL apart; ValueError says what is wrong with it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"{_shown(url)} is not a URL of a broker ({error}); {URL_HELP}") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError("leave user and password out of the URL; they belong in username and password_file")
    if parts.scheme not in DEFAULT_PORTS or not host or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"{_shown(url)} is not a URL of a broker; {URL_HELP}")
    address = Address(parts.scheme, host, DEFAULT_PORTS[parts.scheme] if port is None else port)  # type: ignore[arg-type]
    if address.scheme == "embedded" and not address.loopback:
        raise ValueError(
            f"{url}: the embedded broker lets anybody in, so it listens on this machine only; use 127.0.0.1"
        )
    if address.port == 0 and address.scheme != "embedded":
        raise ValueError(f"{url}: port 0 means any free port, which only an embedded:// broker can have")
    return address


def _said_by(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return f"not valid PEM, or not a pair ({error.reason or error})"
    return error.strerror or str(error)


def _nobody_to_ask() -> str:
    """An encrypted key: OpenSSL would ask at the terminal, where nobody sits."""
    return ""


def _shown(url: str) -> str:
    """The URL for an error message, without what might be a password."""
    scheme, at, host = url.rpartition("@")
    return repr(f"{scheme.partition('://')[0]}://...@{host}" if at else url)


class MqttSettings(Section):
    """`[mqtt]`: the broker that the fleet publishes to."""

    url: Annotated[str, Field(description="mqtt://host:port, mqtts://host:port (TLS) or embedded://127.0.0.1:port")] = (
        "mqtt://127.0.0.1:1883"
    )
    topics: Annotated[tuple[str, ...], Field(min_length=1, description="topic filters to subscribe to, at QoS 1")] = (
        "fleet/v1/#",
    )
    client_id: Annotated[
        str,
        Field(min_length=1, max_length=128, description="names our session at the broker; no two clients may share it"),
    ] = "hearthbeat"
    instance: Annotated[
        str,
        Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="our name in fleet/v1/_monitor/<instance>/echo"),
    ] = "main"
    publish_echo: Annotated[
        bool,
        Field(
            description="publish the path echo; where that is forbidden, the broker's answers are the next best proof"
        ),
    ] = True
    ca_file: Annotated[Path | None, Field(description="trust only this authority (PEM); else those of the system")] = (
        None
    )
    cert_file: Annotated[Path | None, Field(description="client certificate (PEM)")] = None
    key_file: Annotated[
        Path | None, Field(description="key of the client certificate (PEM), if it is not in cert_file")
    ] = None
    password: Annotated[SecretStr | None, Field(description="from the environment only: HEARTHBEAT_MQTT__PASSWORD")] = (
        None
    )
    password_file: Annotated[Path | None, Field(description="file that holds the password, read at each connect")] = (
        None
    )
    username: Annotated[str | None, Field(validate_default=True, description="whom we log in as at the broker")] = None
    keepalive_seconds: Annotated[
        int,
        Field(ge=5, le=3600, description="the broker gives us up after one and a half times this long without a sign"),
    ] = 30
    answer_seconds: Annotated[
        float, Field(ge=0.1, le=120, description="the broker may take this long to accept us")
    ] = 10.0
    reconnect_seconds: Annotated[
        float, Field(ge=0.1, le=3600, description="the longest wait between two attempts to connect")
    ] = 60.0

    @property
    def address(self) -> Address:
        """The URL, taken apart."""
        return read_address(self.url)

    @property
    def echo_topic(self) -> str:
        """Where our echo goes out and comes back."""
        return f"fleet/v1/_monitor/{self.instance}/echo"

    def read_password(self) -> str | None:
        """The password, wherever it is kept; OSError if its file cannot be read."""
        if self.password_file is not None:
            try:
                return self.password_file.read_text(encoding="utf-8").rstrip("\r\n")
            except UnicodeDecodeError:
                raise OSError(f"[mqtt] password_file {self.password_file} is not UTF-8 text") from None
        return None if self.password is None else self.password.get_secret_value()

    def make_tls(self) -> ssl.SSLContext | None:
        """What a mqtts:// connection is secured by; OSError if its files are of no use."""
        if self.address.scheme != "mqtts":
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise OSError(f"[mqtt] ca_file {self.ca_file} cannot be used: {_said_by(error)}") from None
        if self.cert_file is not None:
            try:
                context.load_cert_chain(self.cert_file, self.key_file, password=_nobody_to_ask)
            except OSError as error:
                files = f"cert_file {self.cert_file}" + (f" with key_file {self.key_file}" if self.key_file else "")
                raise OSError(f"[mqtt] {files} cannot be used: {_said_by(error)}") from None
        return context

    @field_validator("url")
    @classmethod
    def _url_names_a_broker(cls, url: str) -> str:
        read_address(url)
        return url

    @field_validator("topics")
    @classmethod
    def _topics_can_be_subscribed_to(cls, topics: tuple[str, ...]) -> tuple[str, ...]:
        for topic in topics:
            if problem := _problem_with(topic):
                raise ValueError(f"topic {topic!r} {problem}")
        return topics

    @field_validator("ca_file", "cert_file", "key_file", "password_file")
    @classmethod
    def _file_is_there(cls, file: Path | None) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}")
        return file

    @field_validator("ca_file", "cert_file", "key_file")
    @classmethod
    def _only_tls_needs_certificates(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        url = info.data.get("url")
        if file is not None and url is not None and not url.startswith("mqtts:"):
            raise ValueError(f"certificates are for TLS, but url is {url}; make it mqtts://")
        return file

    @field_validator("key_file")
    @classmethod
    def _a_key_belongs_to_a_certificate(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and "cert_file" in info.data and info.data["cert_file"] is None:
            raise ValueError("key_file is the key of a client certificate; give cert_file too")
        return file

    @field_validator("password_file")
    @classmethod
    def _one_password_is_enough(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and info.data.get("password") is not None:
            raise ValueError("give the password once: in password_file or in HEARTHBEAT_MQTT__PASSWORD, not both")
        return file

    @field_validator("username")
    @classmethod
    def _a_password_needs_a_user(cls, username: str | None, info: ValidationInfo) -> str | None:
        if not username and (info.data.get("password") is not None or info.data.get("password_file") is not None):
            raise ValueError("a password without a username; MQTT wants both")
        return username


def _problem_with(topic: str) -> str | None:
    """Why a topic filter cannot be subscribed to, if so."""
    levels = topic.split("/")
    if not topic or "\0" in topic:
        return "is empty or holds a NUL character"
    if levels[0] == "$share":
        return "is a shared subscription, which would give us only a part of the fleet's messages"
    if "#" in levels[:-1] or any(len(level) > 1 and set(level) & {"#", "+"} for level in levels):
        return "has a misplaced wildcard: # must be the last level, and # and + must stand alone in theirs"
    return None
