"""The real programs do for a test what tests/programs.py says they do."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.publish import single
from paho.mqtt.subscribe import simple

from tests.certificates import make_certificates
from tests.programs import RealAlertmanager, RealMosquitto, RealPrometheus, TlsFiles
from tests.waiting import accepts_connections, wait_for

ALERTMANAGER_CONFIG = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


@pytest.fixture
def broker(mosquitto_path: Path, tmp_path: Path) -> Iterator[RealMosquitto]:
    with RealMosquitto(mosquitto_path, tmp_path) as running:
        yield running


def connect_result(broker: RealMosquitto, **login: str) -> str:
    """What the broker says to a client that connects."""
    said: list[str] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda _client, _data, _flags, reason, _properties: said.append(str(reason))
    if login:
        client.username_pw_set(login["username"], login["password"])
    client.connect("127.0.0.1", broker.port)
    wait_for(lambda: client.loop(0.05) is not None and said, "the broker answers a connect")
    client.disconnect()
    return said[0]


def test_a_real_broker_lets_anybody_in_by_default(broker: RealMosquitto) -> None:
    assert connect_result(broker) == "Success"


def test_a_real_broker_with_users_wants_their_password(mosquitto_path: Path, tmp_path: Path) -> None:
    with RealMosquitto(mosquitto_path, tmp_path, users={"hearth": "warm"}) as broker:
        assert connect_result(broker, username="hearth", password="warm") == "Success"
        assert connect_result(broker, username="hearth", password="cold") == "Not authorized"
        assert connect_result(broker) == "Not authorized"


def test_a_real_broker_keeps_retained_messages_over_a_restart_if_asked_to(mosquitto_path: Path, tmp_path: Path) -> None:
    with RealMosquitto(mosquitto_path, tmp_path, persistence=True) as broker:
        single("kept", b"still here", qos=1, retain=True, hostname="127.0.0.1", port=broker.port)
        broker.restart()
        assert simple("kept", hostname="127.0.0.1", port=broker.port).payload == b"still here"


def test_a_killed_broker_is_gone_and_comes_back_on_its_port(broker: RealMosquitto) -> None:
    port = broker.port
    broker.kill()
    assert not broker.running
    assert not accepts_connections(port)
    broker.start()
    assert connect_result(broker) == "Success"


def test_a_frozen_broker_still_accepts_but_says_nothing_until_thawed(broker: RealMosquitto) -> None:
    broker.freeze()
    assert accepts_connections(broker.port)
    said: list[str] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda *_arguments: said.append("heard")
    client.connect("127.0.0.1", broker.port)
    client.loop(0.1)
    assert said == []
    broker.thaw()
    wait_for(lambda: client.loop(0.05) == paho.MQTT_ERR_SUCCESS and said, "a thawed broker answers")


def test_a_real_broker_speaks_tls_to_those_who_trust_it_and_bring_a_certificate(
    mosquitto_path: Path, tmp_path: Path
) -> None:
    made = make_certificates(tmp_path)
    files = TlsFiles(made.ca, made.server_certificate, made.server_key, require_client=True)
    with RealMosquitto(mosquitto_path, tmp_path, tls=files) as broker:
        context = ssl.create_default_context(cafile=made.ca)
        context.load_cert_chain(made.client_certificate, made.client_key)
        client = paho.Client(CallbackAPIVersion.VERSION2)
        client.tls_set_context(context)
        assert client.connect("127.0.0.1", broker.port) == paho.MQTT_ERR_SUCCESS
        wait_for(lambda: client.loop(0.05) == paho.MQTT_ERR_SUCCESS and client.is_connected(), "TLS client connects")
        client.disconnect()


def test_a_program_that_cannot_start_says_why(mosquitto_path: Path, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no_such_option"):
        RealMosquitto(mosquitto_path, tmp_path, extra=["no_such_option 1"]).start()


async def test_prometheus_scrapes_itself_and_answers_queries(prometheus_path: Path, tmp_path: Path) -> None:
    program = RealPrometheus(prometheus_path, tmp_path, config="")
    program.config_file.write_text(
        f"scrape_configs: [{{job_name: self, scrape_interval: 200ms, scrape_timeout: 200ms,"
        f" static_configs: [{{targets: ['127.0.0.1:{program.port}']}}]}}]\n",
    )
    async with program as prometheus:
        labels, value = wait_for(lambda: prometheus.query("up"), "Prometheus scrapes")[0]
        assert (labels["job"], value) == ("self", 1.0)
        assert prometheus.alerts() == []


def test_alertmanager_starts_without_alerts(alertmanager_path: Path, tmp_path: Path) -> None:
    with RealAlertmanager(alertmanager_path, tmp_path, config=ALERTMANAGER_CONFIG) as alertmanager:
        assert alertmanager.alerts() == []
        alertmanager.reload()
