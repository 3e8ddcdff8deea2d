"""The broker access that docs/contract.md gives, held against a real Mosquitto."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.programs import RealMosquitto
from tests.waiting import wait_for

PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
USERS = {"acme": "a-secret", "zoo": "z-secret", "hearthbeat": "h-secret", "acme-feeder-0a1b": "f-secret"}
DONE = "fleet/v1/_monitor/main/echo"

pytestmark = pytest.mark.mosquitto


def acl() -> str:
    """All access lines of the page, in one file."""
    section = PAGE.partition("## Broker access")[2].partition("\n## ")[0]
    blocks = re.findall(r"```text\n(.*?)```", section, re.DOTALL)
    assert len(blocks) == 2
    return "\n".join(blocks)


class Ear:
    """The monitor's user, listening to everything that it may."""

    def __init__(self, broker: RealMosquitto) -> None:
        self.heard: list[str] = []
        self._client = connected(broker, "hearthbeat", "hearthbeat-main")
        self._client.on_message = lambda _client, _data, message: self.heard.append(message.topic)
        granted: list[int] = []
        self._client.on_subscribe = lambda _client, _data, _mid, codes, _properties: granted.append(codes[0].value)
        self._client.subscribe("fleet/v1/#", qos=1)
        wait_for(lambda: granted, "the subscription is granted")

    def all_of(self) -> list[str]:
        """Everything heard until our own echo came back; what others published before has come by then."""
        self._client.publish(DONE, b"{}", qos=1)
        wait_for(lambda: DONE in self.heard, "the monitor's own echo comes back")
        return [topic for topic in self.heard if topic != DONE]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def connected(broker: RealMosquitto, user: str, client_id: str, will: str | None = None) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
    client.username_pw_set(user, USERS[user])
    if will is not None:
        client.will_set(will, b"{}", qos=1, retain=True)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    wait_for(client.is_connected, f"{client_id} is connected")
    return client


@contextmanager
def device(broker: RealMosquitto, user: str, client_id: str) -> Iterator[mqtt.Client]:
    client = connected(broker, user, client_id)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path, users=USERS, acl=acl()) as running:
        yield running


@pytest.fixture
def ear(broker: RealMosquitto) -> Iterator[Ear]:
    listening = Ear(broker)
    yield listening
    listening.close()


def publish_each(broker: RealMosquitto, user: str, client_id: str, topics: list[str]) -> None:
    """Publish each topic in a connection of its own: what it refuses a broker acknowledges, or it hangs up."""
    for topic in topics:
        with device(broker, user, client_id) as client:
            publish(client, topic)


def publish(client: mqtt.Client, topic: str) -> None:
    hung_up: list[bool] = []
    client.on_disconnect = lambda *_: hung_up.append(True)
    sent = client.publish(topic, b"{}", qos=1)
    wait_for(lambda: sent.is_published() or hung_up, f"the broker answers to {topic}")


def test_a_device_speaks_for_itself_and_for_nobody_else(broker: RealMosquitto, ear: Ear) -> None:
    own = ["fleet/v1/acme/valve-7/status", "fleet/v1/acme/valve-7/heartbeat"]
    others = ["fleet/v1/acme/valve-8/heartbeat", "fleet/v1/zoo/valve-7/heartbeat", "fleet/v1/_monitor/main/status"]
    publish_each(broker, "acme", "valve-7", [*others, *own, "fleet/v1/acme/valve-7/status/deep"])
    assert ear.all_of() == own


def test_a_device_with_a_user_of_its_own_speaks_for_itself_only(broker: RealMosquitto, ear: Ear) -> None:
    topics = ["fleet/v1/acme/valve-7/info", "fleet/v1/acme/feeder-0a1b/info"]
    publish_each(broker, "acme-feeder-0a1b", "any-client-id", topics)
    assert ear.all_of() == ["fleet/v1/acme/feeder-0a1b/info"]


@pytest.mark.parametrize(("user", "heard"), [("acme", True), ("zoo", False)])
def test_a_will_is_let_through_for_the_device_itself_only(
    broker: RealMosquitto, ear: Ear, user: str, *, heard: bool
) -> None:
    client = connected(broker, user, "valve-7", will="fleet/v1/acme/valve-7/status")
    with device(broker, user, "valve-7"):  # the same client id takes over, and the broker speaks the first one's will
        client.loop_stop()
        if heard:
            wait_for(lambda: ear.heard, "the will is heard")
        assert (ear.all_of() == ["fleet/v1/acme/valve-7/status"]) is heard


def test_a_device_hears_nothing_of_the_others(broker: RealMosquitto) -> None:
    with device(broker, "acme", "valve-7") as spy:
        overheard: list[str] = []
        spy.on_message = lambda _client, _data, message: overheard.append(message.topic)
        answers: list[int] = []
        spy.on_subscribe = lambda _client, _data, _mid, codes, _properties: answers.append(codes[0].value)
        spy.subscribe("fleet/v1/#", qos=1)
        wait_for(lambda: answers, "the broker answers the subscription")
        publish_each(broker, "acme", "valve-8", ["fleet/v1/acme/valve-8/heartbeat"])
        publish(spy, "fleet/v1/acme/valve-7/heartbeat")
        assert overheard == []
