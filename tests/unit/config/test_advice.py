from typing import Any

import pytest

from monitor.config import Config, advise

RECEIVER = {"type": "webhook", "url": "http://127.0.0.1:1/x"}
AM = {"type": "alertmanager", "url": "http://127.0.0.1:9093"}
PAGER = {"type": "pagerduty", "secret_env": "PAGER_KEY"}
ROUTE = {"receivers": ["webhook"]}

API = {"name": "api", "type": "http", "target": "https://api.example/", "about": {"provider": "aurora"}}


def advice(**sections: Any) -> list[str]:  # noqa: ANN401
    sound: dict[str, Any] = {"notifiers": [RECEIVER], "links": {"public_url": "https://hearthbeat.example"}}
    return advise(Config.model_validate({**sound, **sections}))


def test_a_thought_out_configuration_needs_no_advice() -> None:
    assert advice() == []


@pytest.mark.parametrize(
    ("sections", "begins"),
    [
        ({"sight": {"echo_seconds": 10, "blind_after_seconds": 15}}, "sight.blind_after_seconds = 15 leaves no room"),
        ({"liveness": {"factor": 1.5}}, "liveness.late_factor = 1.5 is not below liveness.factor = 1.5"),
        ({"liveness": {"kinds": {"feeder": {"factor": 1.5}}}}, "liveness.kinds.feeder.factor = 1.5 is not above"),
        ({"alerts": {"device_hold_seconds": 10}}, "alerts.device_hold_seconds = 10 is shorter than outages.confirm"),
        ({"web": {"listen": "0.0.0.0:8080"}}, "web.listen = 0.0.0.0:8080 can be reached from other machines"),
        ({"links": {"public_url": "http://127.0.0.1:8080"}}, "links.public_url = http://127.0.0.1:8080 only works on"),
        ({"links": {"public_url": "https://x", "grafana_url": "http://localhost:3000"}}, "links.grafana_url = http://lo"),
        ({"links": {}}, "links.public_url is not set"),
        ({"notifiers": []}, "there is no [[notifiers]] entry"),
        ({"mqtt": {"url": "mqtt://broker", "username": "u", "password": "p"}}, "mqtt.url = mqtt://broker sends"),
        ({"mqtt": {"publish_echo": False}}, "mqtt.publish_echo is off"),
        ({"notifiers": [{**RECEIVER, "tenants": ["acme"]}]}, "every receiver is bound to tenants"),
        ({"notifiers": [RECEIVER, AM, PAGER]}, "an Alertmanager and receivers of our own (pagerduty) are told"),
        ({"routes": [{**ROUTE, "severity": ["critical"]}]}, "no [[routes]] entry is without conditions"),
        ({"routes": [ROUTE, ROUTE]}, "routes[0] takes every alert, so the routes after it never count"),
        ({"probes": [API]}, "no [[probes]] entry is a control, so a failing api cannot be told"),
        ({"probes": [{**API, "target": "http://[::1]/", "about": {"control": True}}]}, "probe api would ask ::1"),
        (
            {"notifiers": [{**RECEIVER, "trust": "third_party", "fields": ["kind", "tenant"]}]},
            "receiver webhook is a third party and gets the names of tenants",
        ),
    ],
)  # fmt: skip
def test_what_is_allowed_but_unwise_is_said_once(sections: dict[str, Any], begins: str) -> None:
    (warning,) = advice(**sections)
    assert warning.startswith(begins)


def test_a_guarded_page_may_be_reached_from_anywhere() -> None:
    assert advice(web={"listen": "0.0.0.0:8080", "token": "long-enough-to-be-a-token"}) == []


def test_the_console_alone_needs_no_public_address() -> None:
    assert advice(notifiers=[{"type": "console"}], links={}) == []


def test_routes_that_add_up_and_end_with_the_rest_need_no_advice() -> None:
    assert advice(routes=[{**ROUTE, "also_next": True}, {**ROUTE, "tenant": ["acme"]}, ROUTE]) == []


def test_a_route_to_a_receiver_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"routes\[0\]\.receivers names 'wbhook', but .* there are: webhook"):
        advice(routes=[{"receivers": ["wbhook"]}])
    with pytest.raises(ValueError, match="an Alertmanager: it is told everything"):
        advice(notifiers=[RECEIVER, AM], routes=[{"receivers": ["alertmanager"]}])
