import json

import pytest

from monitor.core.observations import Echo, Flooding, Heartbeat, LinkChanged, MaintenanceSet, Witness
from monitor.core.probing.results import ProbeResult, Subject
from monitor.decoders.protocol import Message
from monitor.trace.lines import End, LineError, moment_of, read_line, write_line, write_link


def test_a_message_is_read_as_the_broker_would_have_delivered_it() -> None:
    line = '{"at": 1.5, "topic": "fleet/v1/a/b/status", "payload": "{\\"ü\\":1}", "retain": true}'
    said = read_line(line)
    assert said == Message("fleet/v1/a/b/status", '{"ü":1}'.encode(), retained=True, received_at=1.5)
    assert moment_of(said) == 1.5


def test_payload_and_retain_may_be_left_out() -> None:
    assert read_line('{"at": 1, "topic": "x"}') == Message("x", b"", retained=False, received_at=1.0)


def test_a_payload_that_was_never_text_is_left_to_the_decoder() -> None:
    said = read_line('{"at": 1, "topic": "x", "payload": "\\ud800"}')
    assert isinstance(said, Message)
    assert said.payload == b"\xed\xa0\x80"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"at": 2, "link": "down"}', LinkChanged(2.0, up=False)),
        ('{"at": 2, "link": "up"}', LinkChanged(2.0, up=True)),
        ('{"at": 2, "maintenance": "acme/d", "on": true}', MaintenanceSet("acme/d", 2.0, on=True)),
        ('{"at": 2, "flooding": "acme/d", "on": true, "dropped": 9}', Flooding("acme/d", 2.0, on=True, dropped=9)),
        (
            '{"at": 2, "witness": "page", "scope": {"provider": "x"}, "statement": "down", "weight_nats": 3}',
            Witness(2.0, "page", {"provider": "x"}, "down", 3.0),
        ),
        (
            '{"at": 2, "probe": "api", "type": "http", "about": {"control": true}, "verdict": "healthy"}',
            ProbeResult("api", 2.0, "http", Subject(control=True), "healthy", 0.0, ""),
        ),
        ('{"at": 2, "end": true}', End(2.0)),
    ],
)
def test_each_kind_of_line_is_read(line: str, said: object) -> None:
    assert read_line(line) == said


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1]", "must be a JSON object"),
        ("{}", '"at" must be a number'),
        ('{"at": true, "end": true}', '"at" must be a number'),
        ('{"at": "now", "end": true}', '"at" must be a number'),
        ('{"at": NaN, "end": true}', '"at" must be a number'),
        ('{"at": 1e999, "end": true}', '"at" must be a number'),
        ('{"at": 1}', "must hold one of topic, link, maintenance, witness, probe, flooding, said, end, acknowledged"),
        ('{"at": 1, "topic": 5}', '"topic" and "payload" must be text'),
        ('{"at": 1, "topic": "x", "payload": {}}', '"topic" and "payload" must be text'),
        ('{"at": 1, "topic": "x", "retain": 1}', '"retain" must be true or false'),
        ('{"at": 1, "link": "sideways"}', '"link" must be "up" or "down"'),
        ('{"at": 1, "link": ["up"]}', '"link" must be "up" or "down"'),
        ('{"at": 1, "maintenance": "d", "on": true}', '"maintenance" must be a device as tenant/device'),
        ('{"at": 1, "maintenance": "a/d"}', '"on" must be true or false'),
        ('{"at": 1, "flooding": "a/d", "on": true, "dropped": "x"}', '"dropped" must be a whole number'),
        ('{"at": 1, "witness": "x", "scope": {"a": 1}}', '"scope" must be an object of texts'),
        ('{"at": 1, "witness": "x", "weight_nats": true}', '"weight_nats" must be a number'),
        ('{"at": 1, "probe": "x", "about": {}, "verdict": "splendid"}', '"verdict" of a probe: Input should be'),
        ('{"at": 1, "probe": "", "about": {}, "verdict": "failing"}', '"probe" of a probe: String should have'),
        ('{"at": 1, "end": false}', '"end" must be true'),
    ],
)
def test_a_line_that_cannot_be_used_says_what_it_must_be(line: str, wrong: str) -> None:
    with pytest.raises(LineError) as refused:
        read_line(line)
    assert str(refused.value).startswith(wrong)


@pytest.mark.parametrize(
    "observation",
    [
        MaintenanceSet("acme/d", 2.5, on=False),
        Flooding("acme/d", 2.5, on=True, dropped=9),
        Witness(2.5, "page", {"provider": "x"}, "down", 3.0),
        ProbeResult(
            "page",
            2.5,
            "statuspage",
            Subject({"provider": "x"}, page=True),
            "failing",
            0.2,
            "down",
            {"impact": "major"},
        ),
    ],
)
def test_what_is_written_is_read_back(observation: MaintenanceSet | Flooding | Witness | ProbeResult) -> None:
    line = write_line(observation)
    assert line is not None
    assert read_line(line) == observation


def test_a_heartbeat_is_written_as_the_message_that_says_it() -> None:
    line = write_line(Heartbeat("acme/d", 2.5, "b1", 7))
    assert line is not None
    assert json.loads(line) == {
        "at": 2.5,
        "topic": "fleet/v1/acme/d/heartbeat",
        "payload": '{"seq":7,"boot_id":"b1"}',
        "retain": False,
    }


def test_echoes_are_not_written() -> None:
    assert write_line(Echo(1.0, 1.0)) is None


def test_the_link_is_written_as_a_word() -> None:
    assert read_line(write_link(3.5, up=False)) == LinkChanged(3.5, up=False)
