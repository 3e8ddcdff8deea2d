"""`probes`: what a running monitor knows of its probes, and asking once by hand."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.unit.cli.conftest import Page, Type

LINE = {
    "name": "aurora-api", "type": "http", "target": "https://api.aurora.example/",
    "about": {"scope": {"provider": "aurora"}, "channel": "", "control": False, "text": "provider aurora"},
    "every_seconds": 60.0, "verdict": "failing", "since": 700.0, "stale": False,
    "last": {"at": 940.0, "verdict": "failing", "seconds": 0.2, "statement": "It answers 503.", "facts": {}},
}  # fmt: skip
NEW = {**LINE, "name": "new", "verdict": "unknown", "since": None, "stale": True, "last": None}


def test_probes_are_a_table_of_what_each_found(type_in: Type, page: Page) -> None:
    page.single["probes"] = {"items": [LINE, NEW]}
    ended = type_in("probes", "--url", page.url)
    assert ended.code == 0
    head, first, second = ended.out.splitlines()
    assert head.split()[:4] == ["Probe", "Type", "About", "Verdict"]
    assert " ".join(first.split()) == "aurora-api http provider aurora failing 5 min 60 s It answers 503."
    assert " ".join(second.split()) == "new http provider aurora unknown (old) – – It has not asked yet."


def test_probes_as_json_are_what_the_monitor_said(type_in: Type, page: Page) -> None:
    page.single["probes"] = {"items": [LINE]}
    assert json.loads(type_in("probes", "--url", page.url, "--format", "json").out) == [LINE]
    page.single["probes"] = {"items": []}
    assert type_in("probes", "--url", page.url).out == "No probe is configured; docs/probes.md tells how.\n"


def test_one_probe_asks_once_and_says_what_it_found(type_in: Type, tmp_path: Path) -> None:
    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/well" else 503)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        target = f"http://127.0.0.1:{server.server_port}"
        (tmp_path / "hearthbeat.toml").write_text(
            '[store]\npath = "hearthbeat.db"\n[egress]\nallow_private = true\n'
            f'[[probes]]\nname = "well"\ntype = "http"\ntarget = "{target}/well"\nabout = {{control = true}}\n'
            f'[[probes]]\nname = "ill"\ntype = "http"\ntarget = "{target}/ill"\nabout = {{channel = "form"}}\n'
        )
        well, ill = type_in("probes", "run", "well"), type_in("probes", "run", "ill", "--format", "json")
        unknown = type_in("probes", "run", "odd")
        server.shutdown()
        thread.join()
    assert well.code == 0
    assert "It answers 200 as expected." in well.out
    assert "  status: 200" in well.out
    assert ill.code == 1
    assert json.loads(ill.out)["verdict"] == "failing"
    assert unknown.code == 2
    assert "No probe is called odd; configured are well, ill." in unknown.err
    assert "probe:ill" in type_in("egress", "report").out
