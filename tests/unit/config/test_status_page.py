"""What may be configured about the public page and its messages, and what is refused with a reason."""

import socket

import pytest
from pydantic import ValidationError

from monitor.config import Config
from monitor.web.server import ListenError, bind
from monitor.web.settings import WebSettings

SMTP = {"smtp": {"host": "localhost", "security": "none", "sender": "us@example.org"}}


def test_the_public_reaches_the_page_where_it_is_said_or_below_our_own_address() -> None:
    assert Config().status_address == ""
    assert (
        Config.model_validate({"links": {"public_url": "https://a.example"}}).status_address
        == "https://a.example/status"
    )
    own = {"links": {"public_url": "https://a.example"}, "status_page": {"url": "https://status.example/x/"}}
    assert Config.model_validate(own).status_address == "https://status.example/x"


def test_messages_need_an_address_to_leave_by() -> None:
    with pytest.raises(ValidationError, match="no message could say where to confirm or leave"):
        Config.model_validate({"subscribers": SMTP})
    Config.model_validate({"subscribers": SMTP, "status_page": {"url": "https://status.example"}})


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"url": "status.example"}, "must begin with http"),
        ({"listen": "here"}, "is not an address to listen on"),
        ({"time_zone": "Mars"}, "is no time zone"),
        ({"layers": ["site"]}, "Input should be"),
        ({"minimum_devices": 1}, "greater than or equal to 4"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(page: dict[str, object], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Config.model_validate({"status_page": page})


def test_what_judgement_reads_of_it_reaches_the_engine() -> None:
    config = Config.model_validate({"status_page": {"update_minutes": 45, "listen": "127.0.0.1:0"}})
    assert config.engine.status_page.update_minutes == 45
    assert (config.status_page.host, config.status_page.port) == ("127.0.0.1", 0)


def test_an_address_of_the_page_that_is_taken_is_named_by_its_own_setting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = WebSettings(listen=f"127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ListenError, match=r"\[status_page\] listen \(HEARTHBEAT_STATUS_PAGE__LISTEN\)"):
            bind(settings, "[status_page]")
