"""`[web]`: where the page, the API and the metrics are served."""

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from monitor.core.settings import Section

LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where a server listens; port 0 means any free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def read_listen(text: str) -> ListenAddress:
    """Take `host:port` or `[::1]:port` apart; ValueError says what is wrong with it."""
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"an IPv6 address stands in brackets, as in [{host}]:{port}")
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port) > LARGEST_PORT:
        raise ValueError("it must be host:port, as in 127.0.0.1:8080")
    return ListenAddress(host, int(port))


class WebSettings(Section):
    """`[web]`: the address of the HTTP server, and who may ask."""

    listen: Annotated[str, Field(description="host:port to serve on; port 0 takes any free one")] = "127.0.0.1:8080"
    token: Annotated[
        SecretStr | None,
        Field(min_length=16, description="what callers must show as bearer token; without it everybody may read"),
    ] = None
    token_file: Annotated[Path | None, Field(description="file that holds the token, read at the start")] = None

    @property
    def address(self) -> ListenAddress:
        """`listen`, taken apart."""
        return read_listen(self.listen)

    @property
    def guarded(self) -> bool:
        """Whether callers must show a token."""
        return self.token is not None or self.token_file is not None

    def read_token(self) -> str | None:
        """The token, wherever it is kept; OSError if its file cannot be read."""
        if self.token_file is not None:
            return self.token_file.read_text(encoding="utf-8").strip()
        return None if self.token is None else self.token.get_secret_value()

    @field_validator("listen")
    @classmethod
    def _listen_is_an_address(cls, listen: str) -> str:
        read_listen(listen)
        return listen

    @field_validator("token_file")
    @classmethod
    def _one_token_is_enough(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is not None and not file.is_file():
            raise ValueError(f"there is no file {file}")
        if file is not None and info.data.get("token") is not None:
            raise ValueError("give the token once: in token_file or in token, not both")
        return file
