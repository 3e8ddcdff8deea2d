"""HTTP: whether a page or an API answers as it should, and how long its certificate lasts."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AnyHttpUrl, Field, field_validator

from monitor.core.probing.results import Capability, Fact
from monitor.egress.outlet import Fetched, Outlet, OutletError
from monitor.probes.protocol import CaFile, Found, ProbeSettings, not_reached

TOO_MANY_REQUESTS = 429


class HttpProbeSettings(ProbeSettings):
    """`[[probes]] type = "http"`: ask for a page."""

    capability_by_default: ClassVar[Capability] = "remote_control"

    type: Literal["http"]
    target: Annotated[AnyHttpUrl, Field(description="the page to ask for")]
    method: Annotated[Literal["GET", "HEAD"], Field(description="how to ask")] = "GET"
    status: Annotated[
        tuple[int, ...], Field(description="what it may answer with; any from 200 to 299 if left out")
    ] = ()
    contains: Annotated[str, Field(max_length=500, description="text that the beginning of the body must hold")] = ""
    matches: Annotated[
        str, Field(max_length=500, description="regular expression that the beginning of the body must match")
    ] = ""
    redirect_hosts: Annotated[
        tuple[str, ...], Field(description="hosts that it may be redirected to, beside its own")
    ] = ()
    ca_file: CaFile = None

    @field_validator("target")
    @classmethod
    def _holds_no_credentials(cls, target: AnyHttpUrl) -> AnyHttpUrl:
        if target.username or target.password:
            raise ValueError("leave user and password out of the URL: whatever a probe may see, anybody may see")
        return target

    @field_validator("matches")
    @classmethod
    def _is_an_expression(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
        return pattern

    @property
    def hosts(self) -> tuple[str, ...]:
        """Whom it asks."""
        return ((self.target.host or "").strip("[]"),)

    def open(self) -> "HttpProbe":
        """The probe that these settings describe."""
        return HttpProbe(self)


class HttpProbe:
    """Asks for one page."""

    tells: tuple[str, ...] = ("host", "path")

    def __init__(self, settings: HttpProbeSettings) -> None:
        self.name = settings.name
        self.size = len(str(settings.target))
        self._settings = settings

    async def ask(self, outlet: Outlet) -> Found:
        """Status and body must be as expected; 429 says nothing but that we ask too often."""
        settings = self._settings
        try:
            fetched = await outlet.fetch(settings.method, str(settings.target))
        except OutletError as error:
            return not_reached(error)
        facts: dict[str, Fact] = {"answered": True, "status": fetched.status}
        if fetched.certificate_ends_at is not None:
            facts["certificate_ends_at"] = fetched.certificate_ends_at
        if fetched.status == TOO_MANY_REQUESTS and TOO_MANY_REQUESTS not in settings.status:
            return Found("unknown", "It answers 429: we ask too often.", facts)
        wrong = self._wrong(fetched)
        if wrong:
            return Found("failing", wrong, facts)
        return Found("healthy", f"It answers {fetched.status} as expected.", facts)

    def _wrong(self, fetched: Fetched) -> str:
        settings = self._settings
        fine = fetched.status in settings.status if settings.status else 200 <= fetched.status <= 299  # noqa: PLR2004 -- HTTP
        if not fine:
            wanted = " or ".join(map(str, settings.status)) or "200 to 299"
            return f"It answers {fetched.status}, not {wanted}."
        text = fetched.body.decode(errors="replace")
        read = " in what was read of it" if fetched.cut else ""
        if settings.contains and settings.contains not in text:
            return f"It answers {fetched.status}, but its body does not hold {settings.contains!r}{read}."
        if settings.matches and re.search(settings.matches, text) is None:
            return f"It answers {fetched.status}, but its body does not match {settings.matches!r}{read}."
        return ""
