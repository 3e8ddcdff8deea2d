"""Two real Alertmanagers that form a cluster: both are told, people hear it once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import httpx
import yaml

from monitor.clock import SystemClock
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.alertmanager import AlertmanagerSettings
from monitor.notifiers.protocol import Parcel
from tests.alerts import an_alert
from tests.http_receiver import HttpReceiver
from tests.programs import RealAlertmanager
from tests.waiting import eventually, free_port

PEER_TIMEOUT = "1s"
"""How long the second of a pair waits for the first before it notifies by itself; less than a group's interval."""


class Member(RealAlertmanager):
    """One of a pair; it knows where the other listens for it."""

    mesh_port = 0
    peer_port = 0

    def command(self) -> Sequence[str | Path]:
        """As alone, with a mesh on loopback whose members find each other quickly."""
        alone = [part for part in super().command() if not str(part).startswith("--cluster.")]
        return [
            *alone,
            f"--cluster.listen-address=127.0.0.1:{self.mesh_port}",
            f"--cluster.advertise-address=127.0.0.1:{self.mesh_port}",
            f"--cluster.peer=127.0.0.1:{self.peer_port}",
            f"--cluster.peer-timeout={PEER_TIMEOUT}",
            "--cluster.gossip-interval=50ms",
            "--cluster.pushpull-interval=1s",
            "--cluster.settle-timeout=5s",
        ]

    @property
    def peers(self) -> int:
        """How many members it sees, itself included."""
        return len(self.get("/api/v2/status")["cluster"]["peers"])

    @property
    def turns(self) -> float:
        """How often it looked, after waiting for the other, whether people had been told already."""
        lines = httpx.get(f"{self.url}/metrics", timeout=10.0).text.splitlines()
        return next(
            (float(line.split()[1]) for line in lines if line.startswith("alertmanager_nflog_queries_total")), 0
        )


def pair_of(path: Path, folder: Path, people: str) -> tuple[Member, Member]:
    """Two members with one configuration, which leads to these people."""
    config = yaml.safe_dump(
        {
            "route": {"receiver": "people", "group_wait": "1s", "group_interval": "4s", "group_by": ["alertname"]},
            "receivers": [{"name": "people", "webhook_configs": [{"url": people, "send_resolved": True}]}],
        }
    )
    members = []
    for name in ("one", "two"):
        (folder / name).mkdir()
        members.append(Member(path, folder / name, config=config))
    one, two = members
    one.mesh_port = two.peer_port = free_port()
    two.mesh_port = one.peer_port = free_port()
    return one, two


async def test_a_pair_is_told_twice_and_tells_people_once(alertmanager_path: Path, tmp_path: Path) -> None:
    async with HttpReceiver() as people:
        one, two = pair_of(alertmanager_path, tmp_path, people.url)
        async with one, two:
            await eventually(lambda: one.peers == two.peers == 2, "the two find each other")
            urls = [one.url, two.url]
            settings = AlertmanagerSettings.model_validate({"type": "alertmanager", "url": urls})
            egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
            notifier = settings.open(egress.door("am", trust="own", timeout_seconds=10), SystemClock())
            now = SystemClock().now()
            await notifier.send(Parcel([an_alert(at=now)], "1"))
            await eventually(lambda: len(one.alerts()) == len(two.alerts()) == 1, "each of them holds the alert")
            await eventually(lambda: min(one.turns, two.turns) >= 1, "each of them has had its turn")
            assert len(people.requests) == 1
            await notifier.send(Parcel([an_alert(state="resolved", at=now)], "2"))
            turns = one.turns, two.turns
            await eventually(lambda: len(people.requests) > 1, "the end is told")
            await eventually(lambda: one.turns > turns[0] and two.turns > turns[1], "each has had its turn again")
            await notifier.aclose()
        assert [request.json["status"] for request in people.requests] == ["firing", "resolved"]
