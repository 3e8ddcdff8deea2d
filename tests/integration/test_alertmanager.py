"""Alerts in a real Alertmanager with our own configuration: they arrive, group, are withheld and end as they should."""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.clock import SystemClock
from monitor.core.alert_kinds import ALERTS
from monitor.core.decisions import Alert
from monitor.egress import Egress, EgressSettings, Pseudonyms
from monitor.notifiers.alertmanager import Alertmanager, AlertmanagerSettings
from monitor.notifiers.protocol import Parcel
from monitor.outbox import Knowledge, Outbox
from monitor.store.memory import MemoryStore
from tests.alerts import a_step, an_alert
from tests.http_receiver import HttpReceiver
from tests.programs import RealAlertmanager
from tests.waiting import eventually

CONFIG = Path(__file__).resolve().parents[2] / "dashboards" / "alertmanager" / "alertmanager.yml"
RULES = CONFIG.parents[1] / "prometheus" / "rules"
RULE_NAMES = {name for file in RULES.glob("*.yml") for name in re.findall(r"- alert: (\w+)", file.read_text())}
NEVER_WITHHELD = ("Feeder", "Meals", "Freeze", "Rooms", "Overheat")
IN_THE_ATTIC = {"tenant": "home", "site": "attic", "provider": "aurora", "kind": "feeder", "device": "feeder-1"}
AURORA = {"incident": "3f9a", "provider": "aurora"}


def our_config(webhook: str = "") -> str:
    """Our configuration, without its patience, and with a webhook for every receiver."""
    config = yaml.safe_load(CONFIG.read_text())
    for route in (config["route"], *config["route"]["routes"]):
        route |= {"group_wait": "100ms", "group_interval": "200ms"}
    if webhook:
        for receiver in config["receivers"]:
            receiver["webhook_configs"] = [{"url": f"{webhook}/{receiver['name']}", "send_resolved": True}]
    text: str = yaml.safe_dump(config)
    return text


@contextlib.asynccontextmanager
async def notifier_of(program: RealAlertmanager, *, resend_seconds: float = 60) -> AsyncIterator[Alertmanager]:
    """Our notifier for this Alertmanager."""
    settings = AlertmanagerSettings.model_validate(
        {"type": "alertmanager", "url": program.url, "resend_seconds": resend_seconds}
    )
    egress = Egress(EgressSettings(), Pseudonyms(b"a key that only this test knows"))
    door = egress.door(settings.name, trust="own", timeout_seconds=10)
    notifier = settings.open(door, SystemClock())
    yield notifier
    await notifier.aclose()


@pytest.fixture
async def alertmanager(alertmanager_path: Path, tmp_path: Path) -> AsyncIterator[RealAlertmanager]:
    async with RealAlertmanager(alertmanager_path, tmp_path, config=our_config()) as program:
        yield program


def now() -> float:
    return SystemClock().now()


def an_outage(**alert: Any) -> Alert:  # noqa: ANN401 -- as `an_alert`
    labels = alert.pop("labels", AURORA)
    return an_alert(labels["incident"], name="ProviderOutage", severity="critical", at=now(), labels=labels, **alert)


def held_by(program: RealAlertmanager) -> dict[str, str]:
    """What it holds: the state of each alert by name, or by device where it is about one."""
    return {
        alert["labels"].get("device") or alert["labels"]["alertname"]: alert["status"]["state"]
        for alert in program.alerts()
    }


async def test_it_can_be_tried_out(alertmanager: RealAlertmanager) -> None:
    async with notifier_of(alertmanager) as notifier:
        assert await notifier.try_out() == []


async def test_an_alert_that_fires_is_visible_with_everything_it_says_and_gone_when_it_ends(
    alertmanager: RealAlertmanager,
) -> None:
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(Parcel([an_alert(at=now() - 60)], "1"))
        [seen] = alertmanager.alerts()
        assert seen["labels"]["device"] == "feeder-1"
        assert seen["annotations"]["summary"] == "feeder-1 is silent"
        await notifier.send(Parcel([an_alert(state="resolved", at=now())], "2"))
        await eventually(lambda: alertmanager.alerts() == [], "the resolved alert is gone")


async def test_an_outage_withholds_the_notices_of_its_provider_and_of_no_other(alertmanager: RealAlertmanager) -> None:
    other = {"tenant": "home", "site": "none", "provider": "borealis", "kind": "feeder", "device": "feeder-9"}
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(
            Parcel([an_outage(), an_alert(at=now()), an_alert("feeder-9", labels=other, at=now())], "1")
        )
        expected = {"ProviderOutage": "active", "feeder-1": "suppressed", "feeder-9": "active"}
        await eventually(lambda: held_by(alertmanager) == expected, f"it holds {expected}")


async def test_an_outage_of_one_region_does_not_withhold_notices_from_everywhere(
    alertmanager: RealAlertmanager,
) -> None:
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(Parcel([an_outage(labels={**AURORA, "region": "us-east"}), an_alert(at=now())], "1"))
        expected = {"ProviderOutage": "active", "feeder-1": "active"}
        await eventually(lambda: held_by(alertmanager) == expected, f"it holds {expected}")


async def test_blindness_withholds_what_it_knew_before_and_a_full_disk_withholds_its_own_blindness(
    alertmanager: RealAlertmanager,
) -> None:
    blind = an_alert("sight", name="MonitorBlind", severity="critical", labels={"cause": "store"}, at=now())
    full = an_alert("store", name="StoreFailing", severity="critical", labels={}, at=now())
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(Parcel([blind, an_outage(), an_alert(at=now())], "1"))
        seen = {"MonitorBlind": "active", "ProviderOutage": "suppressed", "feeder-1": "suppressed"}
        await eventually(lambda: held_by(alertmanager) == seen, f"it holds {seen}")
        await notifier.send(Parcel([full], "2"))
        seen |= {"StoreFailing": "active", "MonitorBlind": "suppressed"}
        await eventually(lambda: held_by(alertmanager) == seen, f"it holds {seen}")


async def test_a_silent_site_withholds_the_notices_of_its_devices_and_of_no_other_home(
    alertmanager: RealAlertmanager,
) -> None:
    home = {"tenant": "home", "site": "attic", "provider": "aurora", "kind": "feeder"}
    site = an_alert(
        "site",
        name="SiteOffline",
        severity="critical",
        labels={"incident": "1", "tenant": "home", "site": "attic"},
        at=now(),
    )
    inside = an_alert("feeder-1", labels={**home, "device": "feeder-1"}, at=now())
    namesake = an_alert("feeder-2", labels={**home, "tenant": "other", "device": "feeder-2"}, at=now())
    nowhere = an_alert("feeder-3", labels={**home, "site": "none", "device": "feeder-3"}, at=now())
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(Parcel([site, inside, namesake, nowhere], "1"))
        expected = {"SiteOffline": "active", "feeder-1": "suppressed", "feeder-2": "active", "feeder-3": "active"}
        await eventually(lambda: held_by(alertmanager) == expected, f"it holds {expected}")


async def test_nothing_ever_withholds_a_meal_a_jam_or_a_freezing_room(alertmanager: RealAlertmanager) -> None:
    sources = [
        an_alert(name, name=name, severity="critical", labels=labels, at=now())
        for name, labels in (
            ("MonitorBlind", {"cause": "link"}),
            ("StoreFailing", {}),
            ("ProviderOutage", {"incident": "1", "provider": "aurora"}),
            ("SiteOffline", {"incident": "2", "tenant": "home", "site": "attic"}),
            ("FleetDown", {"incident": "3"}),
            ("HearthbeatDown", {}),
        )
    ]
    harm = [
        an_alert(name, name=name, severity="critical", labels=IN_THE_ATTIC, at=now())
        for name in sorted(ALERTS)
        if name.startswith(NEVER_WITHHELD)
    ]
    assert len(harm) >= 10
    async with notifier_of(alertmanager) as notifier:
        await notifier.send(Parcel([*sources, *harm], "1"))
        await eventually(lambda: len(alertmanager.alerts()) == len(sources) + len(harm), "all alerts arrive")
        held = {alert["labels"]["alertname"]: alert["status"]["state"] for alert in alertmanager.alerts()}
        assert {name for name, state in held.items() if state == "suppressed"} == {
            "ProviderOutage",
            "SiteOffline",
            "FleetDown",
        }


def inhibitions() -> list[dict[str, Any]]:
    """Our rules of what is withheld."""
    rules: list[dict[str, Any]] = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
    return rules


def targets(rule: Mapping[str, Any]) -> set[str]:
    """The alerts that a rule withholds, of all that exist."""
    [pattern] = [found for each in rule["target_matchers"] if (found := re.fullmatch(r'alertname=~?"(.*)"', each))]
    return {name for name in {*ALERTS, *RULE_NAMES} if re.fullmatch(pattern[1], name)}


@pytest.mark.parametrize("rule", inhibitions(), ids=lambda rule: rule["source_matchers"][0])
def test_a_rule_of_what_is_withheld_names_alerts_that_exist_and_spares_those_who_suffer(rule: dict[str, Any]) -> None:
    assert targets(rule)
    assert [name for name in targets(rule) if name.startswith(NEVER_WITHHELD)] == []


@pytest.mark.parametrize(
    "rule", [rule for rule in inhibitions() if "equal" in rule], ids=lambda rule: str(rule["equal"])
)
def test_a_label_that_must_be_equal_is_never_missing_on_both_sides(rule: dict[str, Any]) -> None:
    assert targets(rule) <= {"DeviceOffline", "DeviceFlapping"}
    assert set(rule["equal"]) <= {"tenant", "site", "provider", "kind", "device"}, "what notices always carry"


async def test_many_notices_make_one_notification_and_an_outage_wakes_the_pager(
    alertmanager_path: Path, tmp_path: Path
) -> None:
    async with HttpReceiver() as people:
        async with (
            RealAlertmanager(alertmanager_path, tmp_path, config=our_config(people.url)) as program,
            notifier_of(program) as notifier,
        ):
            away = {"site": "none", "provider": "borealis", "kind": "feeder", "tenant": "home"}
            notices = [
                an_alert(f"feeder-{number}", labels={**away, "device": f"feeder-{number}"}, at=now())
                for number in range(12)
            ]
            await notifier.send(Parcel([an_outage(), *notices], "1"))
            await eventually(lambda: len(people.requests) >= 2, "both groups are notified")
        told = {request.path: request.json for request in people.requests}
        assert told["/pager"]["groupLabels"] == {"alertname": "ProviderOutage", "incident": "3f9a"}
        assert told["/notices"]["groupLabels"] == {
            "alertname": "DeviceOffline",
            "tenant": "home",
            "provider": "borealis",
            "site": "none",
        }
        assert len(told["/notices"]["alerts"]) == 12


async def test_an_alert_owed_in_the_outbox_survives_a_restart_of_alertmanager(
    alertmanager: RealAlertmanager,
) -> None:
    store, firing = MemoryStore(), {"a": an_alert(at=now())}
    await store.commit(a_step(now(), *firing.values(), receivers=("alertmanager",)))
    async with notifier_of(alertmanager, resend_seconds=5) as notifier:
        known = Knowledge(lambda _receiver, alert: alert, lambda: list(firing.values()))
        outbox = Outbox(store, SystemClock(), [notifier], known=known)
        running = asyncio.create_task(outbox.run())
        await eventually(lambda: held_by(alertmanager) == {"feeder-1": "active"}, "the alert arrives")
        await asyncio.to_thread(alertmanager.kill)
        await asyncio.to_thread(alertmanager.start)
        await eventually(lambda: held_by(alertmanager) == {"feeder-1": "active"}, "the alert is told again")
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def test_our_configuration_pleases_its_own_judge(amtool_path: Path) -> None:
    judged = subprocess.run([amtool_path, "check-config", CONFIG], capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        ({"alertname": "ProviderOutage", "severity": "critical", "incident": "3f9a"}, "pager"),
        ({"alertname": "FirmwareRegression", "severity": "warning", "incident": "3f9a"}, "notices"),
        ({"alertname": "DevicesStillOffline", "severity": "warning", "incident": "3f9a"}, "notices"),
        ({"alertname": "DeviceOffline", "severity": "warning", "device": "feeder-1"}, "notices"),
        ({"alertname": "FeederMealMissed", "severity": "critical", "device": "feeder-1"}, "pager"),
        ({"alertname": "FreezeRisk", "severity": "critical", "device": "thermostat-1"}, "pager"),
        ({"alertname": "FeederHopperLow", "severity": "warning", "device": "feeder-1"}, "notices"),
        ({"alertname": "MonitorBlind", "severity": "critical", "cause": "link"}, "pager"),
        ({"alertname": "HearthbeatDown", "severity": "critical"}, "pager"),
        ({"alertname": "DeliveriesFailing", "severity": "critical", "receiver": "hook"}, "pager"),
        ({"alertname": "RetentionOverdue", "severity": "warning"}, "notices"),
        ({"alertname": "HearthbeatWatchdog", "severity": "info"}, "watchdog"),
        ({"alertname": "PrometheusWatchdog", "severity": "none"}, "watchdog"),
    ],
    ids=lambda value: value["alertname"] if isinstance(value, dict) else value,
)
def test_an_alert_takes_the_route_that_its_urgency_asks_for(
    amtool_path: Path, labels: Mapping[str, str], receiver: str
) -> None:
    words = [f"{label}={value}" for label, value in labels.items()]
    routed = subprocess.run(
        [amtool_path, "config", "routes", "test", f"--config.file={CONFIG}", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert routed.stdout.strip() == receiver, routed.stderr
