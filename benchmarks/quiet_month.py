"""The quiet month: 20,000 devices for thirty days in which nothing large fails, told day by day.

Run `python -m benchmarks.quiet_month [--seed N] [--days N]`. Takes an hour or two on one core. Prints a line after
every simulated day, and writes the same table to `results/quiet-month.md` each time, so that a month cut short says how
far it came; the scores against the truth come at its end.
"""

import argparse
import shlex
import sys
from collections import Counter
from collections.abc import Sequence
from time import process_time

from benchmarks.evaluate import FIRST_SEED, QUIET_MONTH, RESULTS, revision
from simulators.evaluation import RunScore, run_scenario
from simulators.scenario import load_scenario
from simulators.scoring import DeviceScore, OutageVerdict, Verdicts
from simulators.truth import Layer

DAY_SECONDS = 86_400.0
LARGE: tuple[Layer, ...] = ("fleet", "provider", "region", "release", "network")
HEAD = ("day", "processor s", "sites", "gateways", "larger outages", "suspicions", "blind spells", "pages")


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quiet_month")
    parser.add_argument("--seed", type=int, default=FIRST_SEED)
    parser.add_argument("--days", type=int, default=30)
    chosen = parser.parse_args(arguments)
    scenario = load_scenario(QUIET_MONTH).model_copy(update={"duration": chosen.days * DAY_SECONDS})
    title = f"Revision {revision()}, `{QUIET_MONTH}`, seed {chosen.seed}, {chosen.days} days."
    command = f"`{shlex.join(['python', '-m', 'benchmarks.quiet_month', *arguments])}`"
    diary = Diary(f"{title}\n{command}\n")
    run = run_scenario(scenario, chosen.seed, daily=diary.write)
    diary.close(_told(run))


class Diary:
    """The table as it grows: what had been said by the end of each day."""

    def __init__(self, title: str) -> None:
        self._lines = [title, _line(HEAD), _line(["---:"] * len(HEAD))]
        print(*self._lines, sep="\n", flush=True)

    def write(self, day: int, verdicts: Verdicts) -> None:
        """Add one day; all figures count from the beginning."""
        layers = Counter(outage.layer for outage in verdicts.outages)
        large = sum(layers[layer] for layer in LARGE)
        counts = (layers["site"], layers["gateway"], large, len(verdicts.suspicions), len(verdicts.blind))
        self._add(_line([f"{day}", f"{process_time():.0f}", *map(str, counts), f"{len(verdicts.pages)}"]))

    def close(self, told: Sequence[str]) -> None:
        """Add what the whole month came to."""
        for line in ("", *told):
            self._add(line)

    def _add(self, line: str) -> None:
        self._lines.append(line)
        print(line, flush=True)
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "quiet-month.md").write_text("\n".join(self._lines) + "\n", encoding="utf-8")


def _told(run: RunScore) -> list[str]:
    (own,) = run.judged
    outages, devices = own.outages, own.devices
    if outages is None or devices is None:
        raise TypeError("the engine speaks of outages and of devices")
    return [
        f"- {run.devices:,} devices, {run.observations:,} observations in {run.seconds:.0f} s of real time",
        f"- demands of the scenario: {'all met' if own.passed else 'NOT met'}",
        *(f"  - {finding.text}" for finding in own.findings if not finding.met),
        f"- outages that explain nothing true: {len(outages.false)}; that name a wrong scope: {len(outages.misnamed)}",
        *(f"  - {_outage(outage)}" for outage in (*outages.false, *outages.misnamed)),
        f"- homes, gateways and small dips that were true: {len(outages.minor)}",
        f"- pages: {_pages(own.verdicts)}",
        f"- verdicts while blind: {_while_blind(own.verdicts)}",
        f"- {_single(devices)}",
    ]


def _single(score: DeviceScore) -> str:
    times = f"told after {score.detection_time:.0f} s in the mean, 95 % within {score.detection_quantile(0.95):.0f} s"
    promise = "" if score.calibration is None else f", {score.calibration:.2f} of the promised"
    return (
        f"single devices: {score.detected} of {score.crashes} absences of half an hour or more {times}; "
        f"{score.mistakes} mistakes in {score.device_days:.0f} device-days{promise}, "
        f"{score.query_accuracy:.6f} of the time rightly called alive"
    )


def _outage(outage: OutageVerdict) -> str:
    scope = ", ".join(f"{name} {value}" for name, value in outage.scope.items())
    return f"{outage.layer}: {scope}, opened at {outage.opened_at:.0f}"


def _pages(verdicts: Verdicts) -> str:
    names = Counter(page.alert for page in verdicts.pages)
    return ", ".join(f"{count} {name}" for name, count in names.most_common()) or "none"


def _while_blind(verdicts: Verdicts) -> str:
    spells = verdicts.blind
    moments = [outage.opened_at for outage in verdicts.outages]
    gone = [spell.start for spells_of in verdicts.offline.values() for spell in spells_of]

    def within(moment: float) -> bool:
        return any(spell.start <= moment < (spell.end or float("inf")) for spell in spells)

    return f"{sum(map(within, moments))} outages, {sum(map(within, gone))} devices, in {len(spells)} blind spells"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
