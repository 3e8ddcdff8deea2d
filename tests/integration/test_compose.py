"""docker-compose.yml without a container engine: its shape, and every configuration file before its own program."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
import yaml
from paho.mqtt.enums import CallbackAPIVersion
from typer.testing import CliRunner

from monitor.cli import app
from tests.certificates import make_certificates
from tests.programs import RealProgram
from tests.waiting import accepts_connections, free_port, wait_for
from tools.compose import FILE, ROOT, Translation, read_services
from tools.make_secrets import USERS, make_secrets

COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("hearthbeat", "fleet")
every_service = pytest.mark.parametrize("name", SERVICES)


class ComposedMosquitto(RealProgram):
    """The broker with the configuration of docker-compose.yml, changed only as far as `make stack` changes it."""

    def __init__(self, path: Path, folder: Path, *, tls: bool = False) -> None:
        super().__init__(path, folder, None)
        self.secrets = self.folder / "secrets"
        self.tls_port = free_port()
        make_secrets(self.secrets)
        services = read_services()
        translation = Translation(services.values(), {"mosquitto": self.port}, self.folder, self.secrets)
        words, _ = translation.prepare(
            services["mosquitto"], (r"^allow_anonymous false$", "user root\nallow_anonymous false")
        )
        self._config = Path(words[-1])
        if tls:
            self._add_tls()

    def command(self) -> list[str | Path]:
        return [self.path, "-c", self._config]

    def answers(self) -> bool:
        return accepts_connections(self.port)

    def password(self, user: str) -> str:
        return (self.secrets / USERS[user]).read_text().strip()

    def _add_tls(self) -> None:
        files = make_certificates(self.folder)
        text = (self._config.parent / "conf.d" / "tls.conf.example").read_text()
        text = text.replace("8883 0.0.0.0", f"{self.tls_port} 127.0.0.1")
        text = text.replace("/mosquitto/certs/server.crt", str(files.server_certificate))
        (self._config.parent / "conf.d" / "tls.conf").write_text(
            text.replace("/mosquitto/certs/server.key", str(files.server_key))
        )


def answer_to(broker: ComposedMosquitto, user: str, password: str) -> str:
    """What the broker says to somebody who logs in."""
    said: list[str] = []
    client = paho.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    client.on_connect = lambda _client, _data, _flags, reason, _properties: said.append(str(reason))
    client.connect("127.0.0.1", broker.port)
    wait_for(lambda: client.loop(0.05) is not None and said, "the broker answers")
    client.disconnect()
    return said[0]


def test_every_part_of_the_stack_is_there() -> None:
    assert set(SERVICES) == {"mosquitto", "hearthbeat", "fleet", "prometheus", "alertmanager", "grafana"}
    assert SERVICES["fleet"]["profiles"] == ["demo"]
    assert [name for name in SERVICES if name != "fleet" and "profiles" in SERVICES[name]] == []


@every_service
def test_every_image_has_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:v?\d+\.\d+\.\d+", SERVICES[name]["image"])


@every_service
def test_every_service_says_whether_it_is_well_and_comes_back_by_itself(name: str) -> None:
    health = SERVICES[name]["healthcheck"]
    assert health.get("disable") is True or health["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@every_service
def test_every_port_is_published_on_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@every_service
def test_every_mount_volume_secret_and_dependency_exists(name: str) -> None:
    service = SERVICES[name]
    for entry in service.get("volumes", ()):
        source, _, rest = entry.partition(":")
        if source.startswith("."):
            assert (ROOT / source).is_dir()
            assert rest.endswith(":ro"), "what is configured here is not changed from there"
        else:
            assert source in COMPOSE["volumes"]
    assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    for needed, how in service.get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        assert "test" in SERVICES[needed]["healthcheck"]


@pytest.mark.parametrize("name", OURS)
def test_ours_run_as_nobody_special_and_write_only_where_they_must(name: str) -> None:
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 -- the container's own


def test_no_secret_is_in_the_file_and_all_of_them_can_be_made(tmp_path: Path) -> None:
    assert (
        re.search(r"(?i)(password|token|secret)\w*[:=] *['\"]?(?!/run/secrets|/)[A-Za-z0-9]{8}", FILE.read_text())
        is None
    )
    made = make_secrets(tmp_path / "secrets")
    assert set(made) == COMPOSE["secrets"].keys()
    assert {Path(secret["file"]) for secret in COMPOSE["secrets"].values()} == {Path("secrets", name) for name in made}
    assert "secrets/" in (ROOT / ".gitignore").read_text().splitlines()


def test_secrets_that_are_there_are_left_alone(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert make_secrets(tmp_path) == []
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_the_configuration_of_the_monitor_pleases_its_own_judge(tmp_path: Path) -> None:
    services = read_services()
    make_secrets(tmp_path / "secrets")
    translation = Translation(services.values(), {}, tmp_path, tmp_path / "secrets")
    words, _ = translation.prepare(services["hearthbeat"])
    judged = CliRunner().invoke(app, ["check-config", *words[1:]])
    assert judged.exit_code == 0, judged.output


def test_the_broker_lets_in_whom_it_knows_and_nobody_else(mosquitto_path: Path, tmp_path: Path) -> None:
    with ComposedMosquitto(mosquitto_path, tmp_path) as broker:
        assert [answer_to(broker, user, broker.password(user)) for user in USERS] == ["Success", "Success"]
        assert answer_to(broker, "hearthbeat", "a guess") == "Not authorized"
        assert answer_to(broker, "stranger", "") == "Not authorized"


def test_the_example_for_tls_is_one_that_the_broker_takes(mosquitto_path: Path, tmp_path: Path) -> None:
    with ComposedMosquitto(mosquitto_path, tmp_path, tls=True) as broker:
        wait_for(lambda: accepts_connections(broker.tls_port), "the broker speaks TLS")


def test_the_broker_drops_nothing_on_its_own_account() -> None:
    config = (ROOT / "dashboards" / "mosquitto" / "mosquitto.conf").read_text().splitlines()
    assert {"max_queued_messages 0", "max_inflight_messages 0", "allow_anonymous false"} <= set(config)


def test_grafana_finds_its_datasource_and_its_dashboards_without_a_click() -> None:
    folder = ROOT / "dashboards" / "grafana" / "provisioning"
    [source] = yaml.safe_load((folder / "datasources" / "prometheus.yaml").read_text())["datasources"]
    [provider] = yaml.safe_load((folder / "dashboards" / "hearthbeat.yaml").read_text())["providers"]
    mounted = dict(entry.split(":")[:2][::-1] for entry in SERVICES["grafana"]["volumes"])
    assert source["type"] == "prometheus"
    assert source["url"] == "http://prometheus:9090"
    assert mounted[provider["options"]["path"]] == "./dashboards/grafana/dashboards"
    assert mounted["/etc/grafana/provisioning"] == "./dashboards/grafana/provisioning"
    home = Path(SERVICES["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).name
    assert (ROOT / "dashboards" / "grafana" / "dashboards" / home).is_file()


def test_the_stack_names_a_program_that_is_missing(tmp_path: Path) -> None:
    surroundings = {"PATH": str(tmp_path), "MOSQUITTO": str(tmp_path / "nothing")}
    tried = subprocess.run(
        [sys.executable, "-m", "tools.stack", "--any-port"],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 1
    assert "MOSQUITTO=" in tried.stderr
