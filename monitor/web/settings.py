"""`[web]` and `[links]`: where the pages are, and who may read them."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from monitor.core.settings import Section

LISTEN_HELP = "it must look like 127.0.0.1:8080; port 0 takes any free port"
SHORTEST_TOKEN = 12


def split_listen(listen: str) -> tuple[str, int]:
    """Host and port of a listening address; ValueError says what is wrong with it."""
    host, colon, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65_535:  # noqa: PLR2004
        raise ValueError(f"{listen!r} is not an address to listen on; {LISTEN_HELP}")
    return host, int(port)


class WebSettings(Section):
    """`[web]`: the pages, the API and the metrics."""

    listen: Annotated[str, Field(description="address and port; port 0 takes any free one")] = "127.0.0.1:8080"
    token: Annotated[
        SecretStr | None, Field(description="whoever knows it may read and change things; better in token_file")
    ] = None
    token_file: Annotated[Path | None, Field(description="file that holds the token")] = None
    read_open: Annotated[bool, Field(description="anybody may read; the token is asked for changes only")] = False
    device_series: Annotated[bool, Field(description="serve series per device on /metrics/devices")] = False
    device_series_cap: Annotated[
        int, Field(ge=1, le=100_000, description="the most devices that get series of their own")
    ] = 1000
    session_hours: Annotated[float, Field(ge=0.1, le=168, description="a log-in to the pages lasts this long")] = 12.0
    live_clients: Annotated[int, Field(ge=1, le=10_000, description="the most pages kept current at a time")] = 100

    @property
    def host(self) -> str:
        """The address to listen on."""
        return split_listen(self.listen)[0]

    @property
    def port(self) -> int:
        """The port to listen on; 0 for any free one."""
        return split_listen(self.listen)[1]

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the pages."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    def read_token(self) -> str | None:
        """The token, wherever it is kept; None if there is none; OSError if its file cannot be read."""
        if self.token_file is not None:
            return self.token_file.read_text(encoding="utf-8").strip()
        return None if self.token is None else self.token.get_secret_value()

    @field_validator("listen")
    @classmethod
    def _listen_is_an_address(cls, listen: str) -> str:
        split_listen(listen)
        return listen

    @field_validator("token")
    @classmethod
    def _token_is_hard_to_guess(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and len(token.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"a token must have at least {SHORTEST_TOKEN} characters")
        return token

    @field_validator("token_file")
    @classmethod
    def _one_token_is_enough(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if file is None:
            return None
        if info.data.get("token") is not None:
            raise ValueError("give the token once: in token or in token_file, not both")
        if not file.is_file():
            raise ValueError(f"there is no file {file}")
        if len(file.read_text(encoding="utf-8").strip()) < SHORTEST_TOKEN:
            raise ValueError(f"the token in {file} must have at least {SHORTEST_TOKEN} characters")
        return file


class LinksSettings(Section):
    """`[links]`: what alerts and pages point to."""

    public_url: Annotated[
        str, Field(description="where people reach these pages; alerts link their runbooks there")
    ] = ""
    grafana_url: Annotated[str, Field(description="where the dashboards are; linked from the page if set")] = ""

    @field_validator("public_url", "grafana_url")
    @classmethod
    def _url_is_http(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError(f"{url!r} is not a URL; it must begin with http:// or https:// and name a host")
        return url.rstrip("/")
