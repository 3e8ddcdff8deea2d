"""A configuration file as an operator writes it, with an environment on top."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from monitor.config import Config, ConfigErrors, Loaded, find_file, load

Read = Callable[..., Loaded]
Refuse = Callable[..., list[str]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(text: str = "", environ: Mapping[str, str] | None = None) -> Loaded:
        loaded = load(_written(tmp_path, text), environ or {})
        assert isinstance(loaded, Loaded), loaded
        return loaded

    return read


@pytest.fixture
def refuse(tmp_path: Path) -> Refuse:
    def refuse(text: str = "", environ: Mapping[str, str] | None = None) -> list[str]:
        loaded = load(_written(tmp_path, text), environ or {})
        assert isinstance(loaded, ConfigErrors)
        return [mistake.replace(f"{tmp_path}/", "") for mistake in loaded.mistakes]

    return refuse


def _written(folder: Path, text: str) -> Path:
    path = folder / "hearthbeat.toml"
    path.write_text(text)
    return path


def test_without_file_and_environment_everything_is_as_shipped() -> None:
    loaded = load(None, {"HOME": "/", "PATH": "/bin"})
    assert loaded == Loaded(Config())


def test_the_environment_overrides_the_file_and_the_file_the_default(read: Read) -> None:
    loaded = read(
        '[store]\npath = "file.db"\nsnapshot_seconds = 30\n',
        {"HEARTHBEAT_STORE__PATH": "environment.db", "HEARTHBEAT_WEB__LISTEN": "[::1]:0"},
    )
    assert loaded.config.store.path == Path("environment.db")
    assert loaded.config.store.snapshot_seconds == 30
    assert loaded.config.web.listen == "[::1]:0"
    assert loaded.config.store.prune_hours == Config().store.prune_hours
    assert loaded.origins == {
        ("store", "path"): "environment",
        ("store", "snapshot_seconds"): "file",
        ("web", "listen"): "environment",
    }


@pytest.mark.parametrize(
    "text", ["fleet/v1/a/#,fleet/v1/b/#", '["fleet/v1/a/#", "fleet/v1/b/#"]', " fleet/v1/a/#, fleet/v1/b/#"]
)
def test_a_variable_may_hold_a_list_with_commas_or_as_json(read: Read, text: str) -> None:
    loaded = read("", {"HEARTHBEAT_MQTT__TOPICS": text})
    assert loaded.config.mqtt.topics == ("fleet/v1/a/#", "fleet/v1/b/#")


def test_a_variable_may_hold_a_table_as_json(read: Read) -> None:
    loaded = read("", {"HEARTHBEAT_OUTAGES__NETWORKS": '{"site-1": "isp-1"}'})
    assert loaded.config.outages.networks == {"site-1": "isp-1"}


def test_a_variable_reaches_into_the_table_of_one_kind(read: Read) -> None:
    loaded = read(
        "[liveness.kinds.feeder]\nminimum_seconds = 45\n", {"HEARTHBEAT_LIVENESS__KINDS__FEEDER__FACTOR": "4"}
    )
    assert loaded.config.liveness.kinds["feeder"].factor == 4
    assert loaded.config.liveness.kinds["feeder"].minimum_seconds == 45


def test_a_variable_reaches_into_one_receiver_and_may_append_one(read: Read) -> None:
    loaded = read(
        '[[notifiers]]\ntype = "webhook"\nurl = "http://127.0.0.1:1/a"\n',
        {
            "HEARTHBEAT_NOTIFIERS__0__URL": "http://127.0.0.1:2/b",
            "HEARTHBEAT_NOTIFIERS__1__TYPE": "console",
        },
    )
    first, second = loaded.config.notifiers
    assert str(getattr(first, "url", "")) == "http://127.0.0.1:2/b"
    assert second.type == "console"


def test_an_empty_variable_counts_as_none(read: Read) -> None:
    assert read("", {"HEARTHBEAT_MQTT__CA_FILE": "", "HEARTHBEAT_NONSENSE": ""}).origins == {}


@pytest.mark.parametrize(
    "name",
    ["HEARTHBEAT_SERVICE_HOST", "HEARTHBEAT_SERVICE_PORT_HTTP", "HEARTHBEAT_PORT", "HEARTHBEAT_PORT_8080_TCP_ADDR"],
)
def test_what_container_platforms_set_by_themselves_is_no_mistake(read: Read, name: str) -> None:
    assert read("", {name: "tcp://10.0.0.1:8080"}).config == Config()


def test_a_variable_that_a_receiver_reads_its_secret_from_is_no_mistake(read: Read) -> None:
    text = '[[notifiers]]\ntype = "webhook"\nurl = "http://127.0.0.1:1/a"\nsecret_env = "HEARTHBEAT_PAGER"\n'
    assert len(read(text, {"HEARTHBEAT_PAGER": "hunter2"}).config.notifiers) == 1


def test_three_mistakes_get_three_messages(refuse: Refuse) -> None:
    text = """
        [mqtt]
        ulr = "mqtt://broker"
        [liveness]
        factor = 0.5
        [log]
        format = "xml"
        """
    unknown, too_small, wrong_word = refuse(text)
    assert unknown == "hearthbeat.toml: unknown key mqtt.ulr; did you mean mqtt.url?"
    assert too_small.startswith("hearthbeat.toml: liveness.factor = 0.5: must be a number from 1.5 to 100 (missed ")
    assert wrong_word.startswith('hearthbeat.toml: log.format = "xml": must be "console" or "json" (for people, ')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colour = 1", "unknown key colour; the file may hold mqtt, store, "),
        ("[mqtt]\nlisten = 1", "unknown key mqtt.listen; did you mean web.listen?"),
        ("[liveness.kinds.feeder]\nfactr = 3", "unknown key liveness.kinds.feeder.factr; did you mean liveness.kinds."),
        ("[liveness.kinds.toaster]\nfactor = 3", "unknown name toaster in liveness.kinds; it may be 'feeder', "),
        ("[store]\npath = 7", "store.path = 7: must be a path "),
        ("[store]\nretention = 90", "store.retention = 90: must be a table"),
        ("store = 1", "store = 1: must be a table"),
        ("[mqtt]\npublish_echo = 5", "mqtt.publish_echo = 5: must be true or false "),
        ("[mqtt]\ntopics = []", "mqtt.topics: must not be empty"),
        ("[mqtt]\ntopics = 'a'", 'mqtt.topics = "a": must be a list of text '),
        ('[outages]\npairs = [["model"]]', "outages.pairs[0][1] is missing; it must be text"),
        ("[outages]\nminimum_share = nan", "outages.minimum_share = nan: must be a number greater than 0 and "),
        ("[limits]\ndevices = 1.5", "limits.devices = 1.5: must be a whole number from 1 to 10000000"),
        ('[web]\nlisten = "here"', 'web.listen = "here": '),
        ("[sight]\nblind_after_seconds = 4", "sight.blind_after_seconds = 4 must be longer than sight.echo_seconds "),
        ('[[notifiers]]\ntype = "pigeon"', "notifiers[0].type = \"pigeon\": must be one of 'alertmanager', "),
        ("[[notifiers]]\nname = 'x'", 'notifiers[0].type: is missing; say which kind it is, as in type = "webhook"'),
        ('[[notifiers]]\ntype = "webhook"', "notifiers[0].url is missing; it must be a URL "),
        ('[[notifiers]]\ntype = "webhook"\nurl = "x"\nnam = 1', 'notifiers[0].url = "x": must be a URL such as '),
        ('[[notifiers]]\ntype = "alertmanager"\nurl = 7', "notifiers[0].url = 7: must be a URL or a list of URL "),
        ("notifiers = 1", "notifiers = 1: must be a list "),
        ("[mqtt", "is not TOML: "),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_key_its_value_and_what_is_allowed(
    refuse: Refuse, text: str, message: str
) -> None:
    assert any(mistake.startswith(f"hearthbeat.toml: {message}") for mistake in refuse(text)), refuse(text)


def test_a_syntax_error_is_named_with_its_line(refuse: Refuse) -> None:
    (mistake,) = refuse("[mqtt]\nurl = \n")
    assert "line 2" in mistake


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HEARTHBEAT_STORE__PATHH", "x", "there is no key store.pathh; did you mean HEARTHBEAT_STORE__PATH?"),
        ("HEARTHBEAT_WEBB__LISTEN", "x", "there is no key webb.listen; did you mean HEARTHBEAT_WEB__LISTEN?"),
        ("HEARTHBEAT_LOGLEVEL", "x", "there is no key loglevel; did you mean HEARTHBEAT_LOG__LEVEL?"),
        ("HEARTHBEAT_LIMITS__DEVICES", "many", 'limits.devices = "many": must be a whole number from 1 to 10000000'),
        ("HEARTHBEAT_WEB__LISTEN__X", "1", "web.listen: must be text "),
        ("HEARTHBEAT_OUTAGES__NETWORKS", "isp-1", "must be a table as JSON"),
        ("HEARTHBEAT_MQTT__TOPICS", '["a"', "must be a list as JSON"),
        ("HEARTHBEAT_NOTIFIERS__3__URL", "http://x", "there is no entry 3: the list has 0, counted from 0"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(refuse: Refuse, name: str, value: str, message: str) -> None:
    (mistake,) = refuse("", {name: value})
    assert mistake.startswith(f"environment {name}: {message}")


def test_a_variable_below_a_plain_value_is_refused(refuse: Refuse) -> None:
    (mistake,) = refuse('[web]\nlisten = "127.0.0.1:80"', {"HEARTHBEAT_WEB__LISTEN__X": "1"})
    assert mistake == "environment HEARTHBEAT_WEB__LISTEN__X: web.listen has no keys of its own"


def test_mistakes_in_file_and_environment_come_together(refuse: Refuse) -> None:
    assert len(refuse("[log]\nlevel = 1", {"HEARTHBEAT_OUTAGES__NETWORKS": "x", "HEARTHBEAT_STORE__PATHH": "x"})) == 3


SECRET = "hunter2-correct-horse"


@pytest.mark.parametrize(
    "text",
    [
        f'[mqtt]\npassword = ["{SECRET}"]',
        f'[mqtt]\npasswort = "{SECRET}"',
        f'[mqtt]\nurl = "mqtt://joe:{SECRET}@broker"',
        f'[mqtt]\nurl = "http://joe:{SECRET}@broker/path"',
        f'[[notifiers]]\ntype = "webhook"\nurl = "ftp://joe:{SECRET}@host"',
        f'[egress]\npseudonym_key = {{ a = "{SECRET}" }}',
        f'{SECRET.replace("-", "_")} = "{SECRET}"',
    ],
)
def test_no_message_shows_a_secret(refuse: Refuse, text: str) -> None:
    mistakes = refuse(text)
    assert mistakes
    assert not any(f'"{SECRET}' in mistake or f":{SECRET}" in mistake for mistake in mistakes), mistakes


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    errors = load(tmp_path / "never.toml", {})
    assert isinstance(errors, ConfigErrors)
    assert str(errors).endswith("never.toml: there is no such file; name the configuration with --config")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_bytes(b"\xff\xfe")
    for path, reason in ((tmp_path, "cannot be read"), (tmp_path / "odd.toml", "is not UTF-8 text")):
        errors = load(path, {})
        assert isinstance(errors, ConfigErrors)
        assert f"{path}: {reason}" in str(errors)


def test_the_file_is_the_one_named_else_the_variables_else_the_usual_one(tmp_path: Path) -> None:
    assert find_file(None, tmp_path, {}) is None
    (tmp_path / "hearthbeat.toml").touch()
    assert find_file(None, tmp_path, {}) == tmp_path / "hearthbeat.toml"
    assert find_file(None, tmp_path, {"HEARTHBEAT_CONFIG": "other.toml"}) == Path("other.toml")
    assert find_file(Path("mine.toml"), tmp_path, {"HEARTHBEAT_CONFIG": "other.toml"}) == Path("mine.toml")
