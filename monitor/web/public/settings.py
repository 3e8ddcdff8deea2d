"""`[status_page]`: the page for everybody."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from monitor.core.publication.settings import PublicationSettings
from monitor.web.settings import split_listen


class StatusPageSettings(PublicationSettings):
    """`[status_page]`: the page for everybody, and how soon the public must hear of an outage."""

    enabled: Annotated[bool, Field(description="serve the page at /status, readable without the token")] = True
    listen: Annotated[
        str,
        Field(description="address and port on which the page is served alone, besides [web] listen; empty for none"),
    ] = ""
    name: Annotated[str, Field(min_length=1, max_length=80, description="whose status it is")] = "Smart home services"
    url: Annotated[
        str,
        Field(description="where the public reaches the page; if left out, links.public_url with /status"),
    ] = ""
    past_days: Annotated[int, Field(ge=1, le=90, description="days of past trouble on the first page")] = 14

    @property
    def host(self) -> str:
        """The address of its own listener."""
        return split_listen(self.listen)[0]

    @property
    def port(self) -> int:
        """The port of its own listener; 0 for any free one."""
        return split_listen(self.listen)[1]

    @field_validator("listen")
    @classmethod
    def _listen_is_an_address(cls, listen: str) -> str:
        if listen:
            split_listen(listen)
        return listen

    @field_validator("url")
    @classmethod
    def _url_is_http(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError(f"{url!r} is not a URL; it must begin with http:// or https:// and name a host")
        return url.rstrip("/")
