from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor.mqtt import Address, MqttSettings


def complaint(**keys: object) -> str:
    """What is wrong with a section, one line per mistake, each with its key."""
    with pytest.raises(ValidationError) as caught:
        MqttSettings.model_validate(keys)
    return "\n".join(
        f"{'.'.join(map(str, mistake['loc']))}: {mistake['msg']}"
        for mistake in caught.value.errors(include_input=False, include_url=False)
    )


def test_without_a_word_it_is_the_broker_on_this_machine_and_the_whole_fleet() -> None:
    settings = MqttSettings()
    assert settings.address == Address("mqtt", "127.0.0.1", 1883)
    assert settings.topics == ("fleet/v1/#",)
    assert settings.echo_topic == "fleet/v1/_monitor/main/echo"
    assert settings.read_password() is None
    assert settings.make_tls() is None


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://broker.example", Address("mqtt", "broker.example", 1883)),
        ("mqtts://broker.example", Address("mqtts", "broker.example", 8883)),
        ("mqtt://broker.example:1884/", Address("mqtt", "broker.example", 1884)),
        ("mqtt://[::1]:1883", Address("mqtt", "::1", 1883)),
        ("embedded://127.0.0.1:0", Address("embedded", "127.0.0.1", 0)),
        ("embedded://localhost", Address("embedded", "localhost", 1883)),
    ],
)
def test_a_url_names_scheme_host_and_port(url: str, address: Address) -> None:
    assert MqttSettings(url=url).address == address


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("a.example", False)],
)
def test_only_this_machine_is_loopback(host: str, loopback: bool) -> None:  # noqa: FBT001
    assert Address("mqtt", host, 1883).loopback is loopback


@pytest.mark.parametrize(
    "url",
    [
        "",
        "broker",
        "http://broker:1883",
        "mqtt://",
        "mqtt://broker:port",
        "mqtt://broker/fleet",
        "mqtt://broker?tls=1",
        "mqtt://[::1",
    ],
)
def test_what_is_no_url_of_a_broker_is_answered_with_one_that_is(url: str) -> None:
    said = complaint(url=url)
    assert said.startswith("url: ")
    assert repr(url) in said
    assert "mqtt://host:1883" in said


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    said = complaint(url="mqtt://me:open-sesame@broker:1883")
    assert "username and password_file" in said
    assert "sesame" not in said
    assert "sesame" not in complaint(url="mqtt://me:open-sesame@broker:port")


def test_an_embedded_broker_for_the_world_is_refused() -> None:
    assert "this machine only" in complaint(url="embedded://192.168.1.2:1883")


def test_only_an_embedded_broker_may_choose_its_port() -> None:
    assert "any free port" in complaint(url="mqtt://127.0.0.1:0")


@pytest.mark.parametrize("topic", ["", "fleet/#/status", "fleet/v1#", "fleet/a+/x", "a\0b"])
def test_a_topic_that_cannot_be_subscribed_to_is_named(topic: str) -> None:
    said = complaint(topics=["fleet/v1/#", topic])
    assert said.startswith("topics: ")
    assert repr(topic) in said


def test_a_shared_subscription_is_refused_because_it_hides_a_part_of_the_fleet() -> None:
    assert "only a part" in complaint(topics=["$share/us/fleet/v1/#"])


def test_no_topics_at_all_is_a_mistake() -> None:
    assert complaint(topics=[]).startswith("topics: ")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone.pem"
    for key in ("ca_file", "cert_file", "password_file"):
        assert f"{key}: Value error, there is no file {gone}" in complaint(
            **{key: gone, "url": "mqtts://b", "username": "u"}
        )


def test_certificates_without_tls_are_a_mistake(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    assert "make it mqtts://" in complaint(url="mqtt://broker", ca_file=ca)


def test_a_key_without_its_certificate_is_a_mistake(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    assert "give cert_file too" in complaint(url="mqtts://broker", key_file=key)


def test_a_password_is_read_from_its_file_at_each_connect(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("first\n")
    settings = MqttSettings(username="me", password_file=file)
    assert settings.read_password() == "first"
    file.write_text("second\n")
    assert settings.read_password() == "second"


def test_files_that_cannot_be_used_are_named_with_their_key(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_bytes(b"\xff not PEM")
    with pytest.raises(OSError, match=f"ca_file {nonsense} cannot be used"):
        MqttSettings(url="mqtts://b", ca_file=nonsense).make_tls()
    with pytest.raises(OSError, match=f"cert_file {nonsense} with key_file {nonsense} cannot be used"):
        MqttSettings(url="mqtts://b", cert_file=nonsense, key_file=nonsense).make_tls()
    with pytest.raises(OSError, match=f"password_file {nonsense} is not UTF-8 text"):
        MqttSettings(username="me", password_file=nonsense).read_password()


def test_a_password_is_never_shown() -> None:
    settings = MqttSettings.model_validate({"username": "me", "password": "open-sesame"})
    assert settings.read_password() == "open-sesame"
    assert "sesame" not in f"{settings!r} {settings.model_dump_json()}"


def test_two_passwords_are_one_too_many(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.touch()
    said = complaint(username="me", password="open-sesame", password_file=file)
    assert "not both" in said
    assert "sesame" not in said


def test_a_password_without_a_user_is_a_mistake() -> None:
    assert "without a username" in complaint(password="open-sesame")


def test_an_unknown_key_is_a_mistake() -> None:
    assert complaint(adress="mqtt://broker").startswith("adress: ")


def test_an_instance_name_must_fit_into_a_topic() -> None:
    assert complaint(instance="main/two").startswith("instance: ")
