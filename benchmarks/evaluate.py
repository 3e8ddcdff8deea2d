"""The long evaluation: every scenario with ten seeds at 2,000 devices, and a quiet month of 20,000.

Run `python -m benchmarks.evaluate [--seeds N] [--scenarios NAME ...]`. Writes `benchmarks/results/evaluation.json` and
the table `benchmarks/results/evaluation.md`, headed by revision, command and seeds. Takes hours.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track

from simulators.evaluation import as_json, as_markdown, evaluate, in_order, orders, summarize
from simulators.scenario import shipped

RESULTS = Path(__file__).parent / "results"
FIRST_SEED = 101
"""Seeds from here on were never used for tuning."""
QUIET_MONTH = "calm-month"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--devices", type=int, default=2000)
    parser.add_argument("--against", default="fixed,share,traffic")
    parser.add_argument("--scenarios", nargs="*", default=[name for name in shipped() if name != QUIET_MONTH])
    parser.add_argument("--quiet-month", action="store_true", help="also run the quiet month of 20,000 devices")
    chosen = parser.parse_args(arguments)
    seeds = range(FIRST_SEED, FIRST_SEED + chosen.seeds)
    wanted = orders(chosen.scenarios, seeds, against=chosen.against.split(","), devices=chosen.devices)
    if chosen.quiet_month:
        wanted += orders([QUIET_MONTH], [FIRST_SEED])
    workers = os.cpu_count() or 1
    console = Console(stderr=True)
    runs = list(track(evaluate(wanted, workers=workers), total=len(wanted), console=console))
    ordered = in_order(runs, wanted)
    command = ["git", "rev-parse", "--short", "HEAD"]
    revision = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    head = f"Revision {revision}, seeds {seeds.start} to {seeds.stop - 1}, {chosen.devices:,} devices.\n\n"
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "evaluation.json").write_text(as_json(ordered), encoding="utf-8")
    (RESULTS / "evaluation.md").write_text(head + as_markdown(summarize(ordered)), encoding="utf-8")
    print(f"written to {RESULTS}")


if __name__ == "__main__":
    main(sys.argv[1:])
