"""The whole way to a customer: a monitor that runs, its public address, a real mail server, and one click to leave."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from monitor.app import running
from monitor.config import Config
from tests.mail_server import MailServer, Taken
from tests.waiting import eventually, free_port

TOKEN = "a-token-for-operators"
OPERATOR = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "kim"}
ANN = "ann.marker@example.org"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Telling:
    """A running monitor: the operators' address, the public's, and its mail server."""

    operators: httpx.AsyncClient
    public: httpx.AsyncClient
    mail: MailServer
    folder: Path
    logged: list[Any]

    async def letter(self, number: int) -> Taken:
        """The so-many-th message that left, counted from one."""
        await eventually(lambda: len(self.mail.taken) >= number, f"message {number} arrives")
        return self.mail.taken[number - 1]

    async def say(self, title: str) -> str:
        """Publish something; its id."""
        draft = {"title": title, "stage": "investigating", "body": "Feed by hand. Do not switch the feeder off."}
        begun = await self.operators.post("/api/v1/bulletins", json=draft)
        name = str(begun.json()["id"])
        said = await self.operators.post(f"/api/v1/updates/{name}/publish", json=draft)
        assert said.status_code == 200, said.text
        return name


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Telling]:
    port = free_port()
    async with MailServer() as mail:
        config = Config.model_validate(
            {
                "mqtt": {"url": f"mqtt://127.0.0.1:{free_port()}"},
                "store": {"path": str(tmp_path / "hearthbeat.db")},
                "web": {"listen": "127.0.0.1:0", "token": TOKEN},
                "status_page": {"listen": f"127.0.0.1:{port}", "url": f"http://127.0.0.1:{port}/status"},
                "subscribers": {
                    "smtp": {"host": "127.0.0.1", "port": mail.port, "security": "none", "sender": "us@example.org"}
                },
            }
        )
        with structlog.testing.capture_logs() as logged:
            async with (
                running(config) as monitor,
                httpx.AsyncClient(base_url=monitor.page_url, headers=OPERATOR) as operators,
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as public,
            ):
                yield Telling(operators, public, mail, tmp_path, logged)


@pytest.mark.slow
async def test_from_the_form_to_the_mailbox_and_out_again_with_one_click(service: Telling) -> None:
    asked = await service.public.post("/status/subscribe", content="address=ann.marker%40example.org", headers=FORM)
    assert asked.status_code == 200
    question = await service.letter(1)
    assert question.recipients == (ANN,)
    link = re.search(r"http\S+/confirm/\S+", question.message.get_content())
    assert link is not None
    assert (await service.public.post(link[0])).status_code == 200

    name = await service.say("Feeders are out")
    news = await service.letter(2)
    assert (news.recipients, news.message["To"], news.message["Cc"]) == ((ANN,), ANN, None)
    assert "Do not switch the feeder off." in news.message.get_content()
    assert (await service.public.get(f"/status/incidents/{name}")).status_code == 200
    summary = (await service.public.get("/api/v2/summary.json")).json()
    assert [each["name"] for each in summary["incidents"]] == ["Feeders are out"]
    assert summary["next_update_due_at"] is not None

    one_click = news.message["List-Unsubscribe"].strip("<>")
    left = await service.public.post(one_click, content="List-Unsubscribe=One-Click", headers=FORM)
    assert left.status_code == 200
    metrics = (await service.operators.get("/metrics")).text
    await service.say("Still out")
    assert (await service.public.get("/status")).text.count("Still out") == 1
    assert (await service.operators.get("/api/v1/subscribers")).json() == {"items": []}
    assert len(service.mail.taken) == 2

    assert "marker" not in str(service.logged)
    assert "marker" not in metrics
    assert 'hearthbeat_subscriber_messages_total{kind="email",outcome="sent"} 2.0' in metrics
    kept = b"".join(file.read_bytes() for file in service.folder.iterdir() if file.is_file())
    assert b"customer-mail" in kept, "the ledger tells that something left"
    assert b"marker" not in kept, "and nothing keeps to whom"


async def test_the_public_address_leads_to_nothing_but_the_page(service: Telling) -> None:
    for path in ("/", "/devices", "/api/v1/fleet", "/metrics", "/api/v1/updates", "/runbooks"):
        answer = await service.public.get(path)
        assert (answer.status_code, answer.headers.get("location", "")) in ((404, ""), (307, "/status")), path
    assert (await service.public.get("/status")).status_code == 200
    assert (await service.operators.get("/status")).status_code == 200
