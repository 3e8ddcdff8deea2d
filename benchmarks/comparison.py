"""The results of the long evaluation side by side, as `docs/judgement.md` has them.

Run `python -m benchmarks.comparison [NAME ...]`. Reads each `results/NAME.json`, which `benchmarks.evaluate` wrote; a
scenario that was played again is told as it was played last.
"""

import json
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.evaluate import RESULTS

Row = dict[str, Any]
OURS, RULES = "hearthbeat", {"10% for 5 min": "share rule", "traffic < 80%": "traffic rule"}
HEAD = (
    "scenario", "met", "found", "exact", "suspect", "confirm (p95)", "onset ±", "over", "false",
    *(f"{rule}: {what}" for rule in RULES.values() for what in ("found", "confirm", "false")),
)  # fmt: skip


def main(names: Sequence[str]) -> None:
    rows: dict[tuple[str, str], Row] = {}
    for name in names:
        told: list[Row] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))["summary"]
        rows |= {(row["scenario"], row["detector"]): row for row in told}
    print(_line(HEAD), _line(["---"] * len(HEAD)), sep="\n")
    for scenario in sorted({scenario for scenario, _ in rows}):
        print(_line(_compared(scenario, {by: row for (of, by), row in rows.items() if of == scenario})))
    print()
    for detector in dict.fromkeys(detector for _, detector in rows):
        print(_total(detector, [row for (_, by), row in rows.items() if by == detector]))


def _compared(scenario: str, by: dict[str, Row]) -> list[str]:
    own = by[OURS]
    confirm = "–" if own["confirm_p50"] is None else f"{own['confirm_p50']:.0f} ({own['confirm_p95']:.0f})"
    cells = [f"`{scenario}`", f"{own['passed']}/{own['runs']}", _share(own["recall"]), _share(own["exact"])]
    cells += [_figure(own["suspect_p50"]), confirm, _figure(own["onset_error"]), _figure(own["resolve_p50"])]
    cells.append(f"{own['false_incidents'] + own['misnamed']}")
    for detector in RULES:
        rule = by.get(detector)
        if rule is None:
            cells += ["not run"] * 3
            continue
        false = rule["false_incidents"] + rule["misnamed"]
        cells += [_share(rule["recall"]), _figure(rule["confirm_p50"]), f"{false}"]
    return cells


def _total(detector: str, rows: Sequence[Row]) -> str:
    runs = sum(row["runs"] for row in rows)
    met, false = sum(row["passed"] for row in rows), sum(row["false_incidents"] for row in rows)
    misnamed, twice = sum(row["misnamed"] for row in rows), sum(row["duplicates"] for row in rows)
    return f"- {detector}: {met} of {runs} runs as demanded; {false} false, {misnamed} misnamed, {twice} told twice"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


if __name__ == "__main__":
    main(sys.argv[1:] or ["evaluation"])
