"""A door that opens on nothing: what would leave is kept and shown, to the byte."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.egress.door import Answer, Door, Limits, Record, Traffic
from monitor.egress.ledger import Ledger
from monitor.egress.policy import NOTHING, Content, Policy


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A request that did not leave, and what the ledger would say of it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    content: Content


class Rehearsal(Door):
    """Takes whatever a channel sends, answers that all is well, and connects to nobody."""

    def __init__(self, receiver: str, policy: Policy) -> None:
        record = Record(Ledger(), receiver, "alert")
        super().__init__(policy, Limits(1.0, 256), Traffic(), record, ssl.create_default_context())
        self.requests: list[Rehearsed] = []

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, content: Content) -> Answer:
        """Keep a body instead of sending it."""
        self.requests.append(Rehearsed("POST", url, headers, body, content))
        return Answer(200, "")

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """Keep a question instead of asking it."""
        self.requests.append(Rehearsed("GET", url, headers, b"", NOTHING))
        return Answer(200, "")

    async def reach(self, url: str) -> str:  # noqa: ARG002 -- nobody is reached
        """Pretend to have connected."""
        return ""
