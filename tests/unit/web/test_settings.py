"""`[web]` and `[links]`: what is allowed, and what a mistake is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.web.settings import LinksSettings, WebSettings


@pytest.mark.parametrize(
    ("listen", "host", "port", "loopback"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("localhost:0", "localhost", 0, True),
        ("[::1]:80", "::1", 80, True),
        ("0.0.0.0:8080", "0.0.0.0", 8080, False),
        ("monitor.lan:8080", "monitor.lan", 8080, False),
    ],
)
def test_an_address_to_listen_on_is_taken_apart(listen: str, host: str, port: int, *, loopback: bool) -> None:
    settings = WebSettings(listen=listen)
    assert (settings.host, settings.port, settings.loopback) == (host, port, loopback)


@pytest.mark.parametrize("listen", ["8080", ":8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:²"])
def test_an_address_that_cannot_be_listened_on_is_shown_with_one_that_can(listen: str) -> None:
    with pytest.raises(ValidationError, match=r"must look like 127\.0\.0\.1:8080"):
        WebSettings(listen=listen)


def test_a_token_is_never_shown() -> None:
    assert "a-secret-token" not in repr(WebSettings(token="a-secret-token"))
    assert WebSettings(token="a-secret-token").read_token() == "a-secret-token"
    assert WebSettings().read_token() is None


def test_a_short_token_is_refused_without_being_shown() -> None:
    with pytest.raises(ValidationError, match="at least 12 characters"):
        WebSettings(token="short")


def test_a_token_file_must_be_there_and_hold_a_token(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="there is no file"):
        WebSettings(token_file=tmp_path / "absent")
    short = tmp_path / "short"
    short.write_text("short\n")
    with pytest.raises(ValidationError, match="at least 12 characters"):
        WebSettings(token_file=short)


def test_a_token_is_given_once_only(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a-secret-token\n")
    with pytest.raises(ValidationError, match="give the token once"):
        WebSettings(token="a-secret-token", token_file=file)
    assert WebSettings(token=None, token_file=None).read_token() is None


def test_links_are_web_addresses_without_a_trailing_slash() -> None:
    links = LinksSettings(public_url="https://monitor.example/fleet/", grafana_url="")
    assert (links.public_url, links.grafana_url) == ("https://monitor.example/fleet", "")
    for wrong in ("monitor.example", "ftp://monitor.example", "https://"):
        with pytest.raises(ValidationError, match="must begin with http"):
            LinksSettings(public_url=wrong)
