import tomllib
from pathlib import Path

from monitor.config import Loaded, describe, load

FILE = """
[mqtt]
url = "mqtts://broker.example"
username = "joe"
[liveness.kinds.feeder]
factor = 4
[outages.networks]
site-1 = 'a "quoted" name'
[[notifiers]]
type = "webhook"
url = "http://127.0.0.1:1/x"
[[probes]]
name = "api"
type = "http"
target = "https://api.example/"
about = {provider = "aurora"}
"""
SECRETS = {"HEARTHBEAT_MQTT__PASSWORD": "hunter2-correct-horse", "HEARTHBEAT_WEB__TOKEN": "battery-staple-and-more"}


def loaded(folder: Path, environ: dict[str, str]) -> Loaded:
    path = folder / "hearthbeat.toml"
    path.write_text(FILE)
    found = load(path, environ)
    assert isinstance(found, Loaded), found
    return found


def test_what_is_printed_can_be_used_as_a_configuration(tmp_path: Path) -> None:
    first = loaded(tmp_path, {})
    again = tmp_path / "again.toml"
    again.write_text(describe(first))
    second = load(again, {})
    assert isinstance(second, Loaded), second
    assert second.config == first.config


def test_secrets_are_masked_and_origins_named(tmp_path: Path) -> None:
    text = describe(loaded(tmp_path, SECRETS))
    assert not any(secret in text for secret in SECRETS.values())
    assert 'password = "********"  # environment' in text
    assert 'url = "mqtts://broker.example"  # file' in text
    assert "factor = 4  # file" in text
    assert 'client_id = "hearthbeat"\n' in text


def test_it_is_toml_whatever_stands_in_it(tmp_path: Path) -> None:
    data = tomllib.loads(describe(loaded(tmp_path, SECRETS)))
    assert data["outages"]["networks"] == {"site-1": 'a "quoted" name'}
    assert data["notifiers"][0]["type"] == "webhook"
    assert data["probes"][0]["about"]["provider"] == "aurora"
