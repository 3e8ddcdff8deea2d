"""The long evaluation: every scenario with ten seeds at 2,000 devices; the quiet month has a command of its own.

Run `python -m benchmarks.evaluate [--seeds N] [--first-seed N] [--devices N] [--scenarios NAME ...]`. Writes
`results/NAME.json` and the table `results/NAME.md` beside this file, headed by revision, command and seeds. Takes
hours; what is done is written after every run, so that a part can be told of if it has to be cut short.
"""

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from simulators.evaluation import Order, RunScore, as_json, as_markdown, evaluate, in_order, orders, summarize
from simulators.scenario import shipped

RESULTS = Path(__file__).parent / "results"
FIRST_SEED = 101
"""Seeds from here on were never used for tuning."""
QUIET_MONTH = "calm-month"


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evaluate")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--devices", type=int, default=2000, help="0 plays each scenario at its own size")
    parser.add_argument("--against", default="fixed,share,traffic")
    parser.add_argument("--scenarios", nargs="*", default=[name for name in shipped() if name != QUIET_MONTH])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--name", default="evaluation", help="what the results are called")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    against = [name for name in chosen.against.split(",") if name]
    # Seed by seed, so that every scenario has been played when it is cut short.
    wanted = [
        order
        for seed in seeds
        for order in orders(chosen.scenarios, [seed], against=against, devices=chosen.devices or None)
    ]
    size = f"{chosen.devices:,} devices" if chosen.devices else "as many devices as each scenario has"
    title = f"Revision {revision()}, seeds {seeds.start} to {seeds.stop - 1}, {size}."
    command = f"`python -m benchmarks.evaluate {shlex.join(arguments)}`"
    RESULTS.mkdir(exist_ok=True)
    runs: list[RunScore] = []
    for run in track(evaluate(wanted, workers=chosen.workers), total=len(wanted), console=Console(stderr=True)):
        runs.append(run)
        _write(chosen.name, f"{title}\n{command}: {len(runs)} of {len(wanted)} runs.\n", runs, wanted)
    print(f"written to {RESULTS}")


def _write(name: str, head: str, runs: Sequence[RunScore], wanted: Sequence[Order]) -> None:
    by_scenario = sorted(in_order(runs, wanted), key=lambda run: run.scenario)
    (RESULTS / f"{name}.json").write_text(as_json(by_scenario), encoding="utf-8")
    (RESULTS / f"{name}.md").write_text(f"{head}\n{as_markdown(summarize(by_scenario))}", encoding="utf-8")


def revision() -> str:
    """The commit that is measured, short."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
