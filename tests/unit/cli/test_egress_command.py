"""What the egress commands tell of a ledger, and what they show of a receiver."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from monitor.egress import Line, SqliteBook
from monitor.egress.lines import FOLLOW_UP
from tests.alerts import NOON
from tests.unit.cli.conftest import Type

KEY = "a key that only this test knows"
ENV = {"HEARTHBEAT_EGRESS__PSEUDONYM_KEY": KEY, "HEARTHBEAT_LINKS__PUBLIC_URL": "https://hearth.example"}
NOON_MS = round(NOON * 1000)

RECEIVERS = """
[[notifiers]]
type = "webhook"
name = "ours"
url = "http://127.0.0.1:9/ours"
secret_env = "OURS"

[[notifiers]]
type = "webhook"
name = "chat"
url = "http://127.0.0.1:9/chat"
trust = "third_party"
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Two alerts to chat, one of which it took, and a probe."""
    file = tmp_path / "hearthbeat.ledger"
    book = SqliteBook(file, KEY.encode())
    book.append(
        [
            Line(NOON_MS, "s1", "chat", "alert", "sent", ("acme",), ("device", "kind"), 120),
            Line(NOON_MS + 1, "s1", "chat", "alert", "accepted", remark=FOLLOW_UP),
            Line(NOON_MS + 2, "s2", "chat", "alert", "sent", ("zoo",), ("kind",), 100),
            Line(NOON_MS + 3, "s3", "aurora-api", "probe", "accepted"),
        ]
    )
    book.close()
    return file


def test_the_report_tells_who_got_which_fields_how_often(type_in: Type, ledger: Path) -> None:
    assert ledger.exists()
    told = type_in("egress", "report", env=ENV).out
    assert "aurora-api" in told
    assert "220" in told
    assert "accepted 1" in told
    rows = json.loads(type_in("egress", "report", "--receiver", "chat", "--format", "json", env=ENV).out)
    assert [(row["sendings"], row["fields"], row["tenants"]) for row in rows] == [
        (2, {"kind": 2, "device": 1}, {"acme": 1, "zoo": 1})
    ]
    (row,) = json.loads(type_in("egress", "report", "--tenant", "zoo", "--format", "json", env=ENV).out)
    assert row["outcomes"] == {"sent": 1}


def test_the_report_can_begin_at_a_moment_or_a_span_ago(type_in: Type, ledger: Path) -> None:
    assert ledger.exists()
    assert "chat" in type_in("egress", "report", "--since", "2025-12-01T11:59:59Z", env=ENV).out
    assert type_in("egress", "report", "--since", "1m", env=ENV).out == "Nothing left.\n"
    ended = type_in("egress", "report", "--since", "lately", env=ENV)
    assert (ended.code, "2026-11-01" in ended.err) == (2, True)


def test_a_whole_chain_is_verified_and_its_last_place_can_be_compared_later(type_in: Type, ledger: Path) -> None:
    ended = type_in("egress", "verify", env=ENV)
    assert ended.code == 0
    assert "4 lines fit" in ended.out
    place = ended.out.split()[-1]
    assert type_in("egress", "verify", "--expect", place, env=ENV).code == 0
    other = f"4:{'ab' * 32}"
    ended = type_in("egress", "verify", "--expect", other, env=ENV)
    assert (ended.code, "line 4 is not the one" in ended.err) == (1, True)
    assert type_in("egress", "verify", "--expect", "4", env=ENV).code == 2
    assert json.loads(type_in("egress", "verify", "--format", "json", env=ENV).out)["lines"] == 4
    assert ledger.exists()


def test_the_first_line_that_does_not_fit_ends_with_code_1(type_in: Type, ledger: Path) -> None:
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER lines_are_never_changed")
        connection.execute("UPDATE lines SET receiver = 'nobody' WHERE number = 2")
    ended = type_in("egress", "verify", env=ENV)
    assert ended.code == 1
    assert "line 2 is not what was written" in ended.err


@pytest.mark.parametrize("command", ["report", "verify"])
def test_where_nothing_was_sent_yet_there_is_no_ledger(type_in: Type, command: str) -> None:
    ended = type_in("egress", command)
    assert ended.code == 1
    assert "There is no egress ledger at" in ended.err


def test_a_preview_shows_the_bytes_and_hides_the_secret(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "hearthbeat.toml").write_text(RECEIVERS)
    ours = type_in("egress", "preview", "ours", env=ENV | {"OURS": "Bearer opensesame"}).out
    assert "POST http://127.0.0.1:9/ours" in ours
    assert "6.4 °C" in json.loads(ours.partition("\n\n")[2])["alerts"][0]["annotations"]["summary"]
    assert "opensesame" not in ours
    chat = type_in("egress", "preview", "chat", env=ENV)
    (alert,) = json.loads(chat.out.partition("\n\n")[2])["alerts"]
    assert alert["annotations"]["reading"] == "temperature below 7 °C"
    assert alert["labels"]["device"].startswith("p-")
    for hidden in ("thermostat-1", "cabin", "example/thermostat", "6.4", "tenant"):
        assert hidden not in chat.out
    assert "fields are withheld from chat" in chat.err
    assert list(tmp_path.iterdir()) == [tmp_path / "hearthbeat.toml"]


def test_a_preview_of_an_outage_and_of_what_does_not_exist(type_in: Type, tmp_path: Path) -> None:
    (tmp_path / "hearthbeat.toml").write_text(RECEIVERS)
    told = type_in("egress", "preview", "chat", "--alert", "ProviderOutage").out
    assert "ProviderOutage: provider aurora, 3120 devices, 2934 silent" in told
    assert "there is: ours, chat" in type_in("egress", "preview", "nobody").err
    assert "there is: CertificateExpiring" in type_in("egress", "preview", "chat", "--alert", "Nothing").err
