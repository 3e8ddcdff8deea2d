"""An evaluation told as a table, as a page, as JSON and as a picture."""

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.table import Table

from simulators.evaluation.runs import RunScore
from simulators.evaluation.summary import Row, summarize

COLUMNS: tuple[tuple[str, Callable[[Row], str]], ...] = (
    ("scenario", lambda row: row.scenario),
    ("detector", lambda row: row.detector),
    ("met", lambda row: f"{row.passed}/{row.runs}"),
    ("recall", lambda row: _share(row.recall)),
    ("exact", lambda row: _share(row.exact)),
    ("suspect s", lambda row: _figure(row.suspect_p50)),
    ("confirm s", lambda row: _figure(row.confirm_p50)),
    ("p95", lambda row: _figure(row.confirm_p95)),
    ("onset ± s", lambda row: _figure(row.onset_error)),
    ("recovery s", lambda row: _figure(row.resolve_p50)),
    ("false", lambda row: str(row.false_incidents)),
    ("misnamed", lambda row: str(row.misnamed)),
    ("twice", lambda row: str(row.duplicates)),
    ("T_D s", lambda row: _figure(row.detection_time)),
    ("λ_M /day", lambda row: _figure(row.mistake_rate, 3)),
    ("T_M s", lambda row: _figure(row.mistake_duration)),
    ("P_A", lambda row: _figure(row.query_accuracy, 5)),
    ("÷ promise", lambda row: _figure(row.calibration, 1)),
)


def as_table(rows: Sequence[Row]) -> Table:
    """For the terminal."""
    table = Table(caption="times in seconds after the truth; a dash: nothing to measure")
    for position, (title, _) in enumerate(COLUMNS):
        table.add_column(title, justify="left" if position < 2 else "right", no_wrap=True)  # noqa: PLR2004
    for row in rows:
        table.add_row(*(show(row) for _, show in COLUMNS))
    return table


def as_markdown(rows: Sequence[Row]) -> str:
    """For a page."""
    lines = [" | ".join(title for title, _ in COLUMNS), " | ".join("---" for _ in COLUMNS)]
    lines += [" | ".join(show(row) for _, show in COLUMNS) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def as_json(runs: Sequence[RunScore]) -> str:
    """For programs: the summary, and every run with what was demanded of it and what became of that."""
    report = {
        "summary": [{key: _plain(value) for key, value in asdict(row).items()} for row in summarize(runs)],
        "runs": [_run(run) for run in runs],
    }
    return json.dumps(report, indent=2)


def plot(rows: Sequence[Row], path: Path) -> bool:
    """Draw detection time against mistakes, and time to confirm by scenario; False if matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 -- an extra that most installations do without
    except ImportError:
        return False
    figure = Figure(figsize=(13, 5.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for detector in dict.fromkeys(row.detector for row in rows):
        own = [row for row in rows if row.detector == detector]
        single = [row for row in own if row.detection_time > 0 and row.mistake_rate > 0]
        if single:
            left.scatter([r.detection_time for r in single], [r.mistake_rate for r in single], label=detector, s=18)
        confirmed = [row for row in own if not math.isnan(row.confirm_p50)]
        if confirmed:
            right.scatter([r.confirm_p50 for r in confirmed], [r.scenario for r in confirmed], label=detector, s=18)
    left.set(xscale="log", yscale="log", xlabel="mean time to detect a dead device (s)")
    left.set(ylabel="mistakes per device-day", title="Single devices")
    right.set(xscale="log", xlabel="median time to confirm (s)", title="Outages")
    for axes in (left, right):
        axes.grid(visible=True, alpha=0.3)
        if axes.get_legend_handles_labels()[0]:
            axes.legend(fontsize="small")
    figure.savefig(path)
    return True


def _run(run: RunScore) -> dict[str, Any]:
    return {
        "scenario": run.scenario,
        "seed": run.seed,
        "devices": run.devices,
        "simulated_seconds": run.simulated_seconds,
        "observations": run.observations,
        "seconds": round(run.seconds, 3),
        "detectors": [
            {
                "detector": judged.detector,
                "passed": judged.passed,
                "findings": [
                    {"wanted": finding.wanted, "met": finding.met, "text": finding.text} for finding in judged.findings
                ],
            }
            for judged in run.judged
        ],
    }


def _plain(value: object) -> object:
    """JSON has no NaN."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _figure(value: float, digits: int = 0) -> str:
    return "–" if not math.isfinite(value) else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:.0%}"
