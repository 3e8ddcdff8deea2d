"""Worker: tell an address outside that we live, so that somebody there notices when that stops."""

import re
from collections.abc import Callable
from typing import Annotated

import structlog
from pydantic import Field, SecretStr, field_validator

from monitor.clock import Clock
from monitor.core.settings import Section
from monitor.egress import Door

STILL_SECONDS = 30.0
"""A loop that has done nothing for so long is stuck: it steps every second even if nothing happens."""

log = structlog.get_logger()


class CheckinSettings(Section):
    """`[checkin]`: a dead-man's switch outside, such as a Healthchecks or Uptime Kuma address."""

    url: Annotated[
        SecretStr | None, Field(description="address that is asked for again and again while we live; off if left out")
    ] = None
    every_seconds: Annotated[
        float, Field(ge=5, le=86_400, description="how often; let the other side miss at least two before it cries")
    ] = 60.0
    fail_suffix: Annotated[
        str,
        Field(
            pattern=r"^(/[A-Za-z0-9._~/-]*)?$",
            description="what is appended to the address to say at once that something is wrong, as in /fail",
        ),
    ] = ""
    timeout_seconds: Annotated[float, Field(gt=0, le=60, description="an answer must come within this time")] = 10.0

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.fullmatch(r"https?://[^\s/?#@]+([/?#]\S*)?", url.get_secret_value()):
            raise ValueError("is no address that begins with http:// or https:// and holds no user or password")
        return url


class Checkin:
    """Asks for the address while `ailing` names no reason not to; says so there if it does, where that is possible."""

    def __init__(self, settings: CheckinSettings, door: Door, clock: Clock, ailing: Callable[[], str]) -> None:
        self.last_success_at = 0.0
        """Unix seconds; 0 before the first."""
        self.last_error = ""
        self._settings = settings
        self._door = door
        self._clock = clock
        self._ailing = ailing

    async def run(self) -> None:
        """Check in until cancelled; at once if no address is configured."""
        if self._settings.url is None:
            return
        address = self._settings.url.get_secret_value().rstrip("/")
        while True:
            due_at = self._clock.now() + self._settings.every_seconds
            await self._check_in(address)
            await self._clock.wait(None, due_at)

    async def _check_in(self, address: str) -> None:
        if reason := self._ailing():
            log.error("not_checking_in", reason=reason)
            if self._settings.fail_suffix:
                await self._door.get(address + self._settings.fail_suffix, {})
            return
        answer = await self._door.get(address, {})
        if answer.status is not None and answer.status < 300:  # noqa: PLR2004 -- HTTP: everything below is success
            self.last_success_at, self.last_error = self._clock.now(), ""
            return
        # The address may be all that is secret about it, so it is not said.
        error = f"answered {answer.status}" if answer.status is not None else "no answer"
        if error != self.last_error:
            log.warning("checkin_failed", error=error)
        self.last_error = error


def loop_and_store(now: Callable[[], float], last_step_at: Callable[[], float], writable: Callable[[], bool]) -> str:
    """Why we should not count as alive: the loop stands still, or nothing can be written. Empty if all is well."""
    still = now() - last_step_at()
    if still > STILL_SECONDS:
        return f"the last step was {still:.0f} s ago"
    return "" if writable() else "decisions cannot be written to disk"
