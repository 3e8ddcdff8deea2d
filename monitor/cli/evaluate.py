"""`hearthbeat evaluate`: how well the judgement does in the simulated world, beside simpler methods."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from monitor.cli.endings import Ending, end
from simulators.baselines import BASELINES
from simulators.evaluation import (
    RunScore,
    as_json,
    as_markdown,
    as_table,
    evaluate,
    in_order,
    orders,
    plot,
    summarize,
)
from simulators.scenario import ScenarioError, shipped

TABLE_WIDTH = 190
"""Better a line that the terminal folds than figures cut off."""
BASELINE_LIST = ", ".join(BASELINES)


def evaluate_scenarios(
    scenarios: Annotated[
        list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Names or files; every shipped one if left out.")
    ] = None,
    *,
    seeds: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="So many seeds of each, from 1 on.")] = 1,
    first_seed: Annotated[int, typer.Option(metavar="N", help="The first seed, for seeds nobody tuned on.")] = 1,
    against: Annotated[
        str, typer.Option(metavar="LIST", help=f"Simpler methods on the same traces: {BASELINE_LIST}.")
    ] = "",
    devices: Annotated[int | None, typer.Option(min=1, metavar="N", help="So many devices in each scenario.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="So many processes at once.")] = 1,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write every run as JSON, demands included.")
    ] = None,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the table for a page.")] = None,
    picture: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw confirmation times; needs the evaluation extra.")
    ] = None,
) -> None:
    """Run scenarios through the engine in virtual time, and compare its verdicts with the truth.

    For devices it tells detection time, mistake rate and duration, and query accuracy; for outages the time to suspect
    and confirm, exact scopes, false and doubled incidents, and the time to declare recovery.

        [bold]hearthbeat evaluate provider-cut brownout-10 --seeds 3 --against share,traffic[/]
    """
    chosen = scenarios or list(shipped())
    rivals = [name.strip() for name in against.split(",") if name.strip()]
    try:
        wanted = orders(chosen, range(first_seed, first_seed + seeds), against=rivals, devices=devices)
    except ScenarioError as error:
        end(Ending.MISUSED, str(error))
    runs: list[RunScore] = []
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=console, transient=True) as progress:
            bar = progress.add_task("evaluating", total=len(wanted))
            for run in evaluate(wanted, workers=workers):
                runs.append(run)
                progress.update(bar, advance=1, description=f"{run.scenario} with seed {run.seed}")
    except (ScenarioError, ValueError) as error:
        end(Ending.MISUSED, str(error))
    ordered = in_order(runs, wanted)
    rows = summarize(ordered)
    Console(width=max(Console().width, TABLE_WIDTH)).print(as_table(rows))
    if json_file is not None:
        json_file.write_text(as_json(ordered), encoding="utf-8")
    if markdown is not None:
        markdown.write_text(as_markdown(rows), encoding="utf-8")
    if picture is not None and not plot(rows, picture):
        end(Ending.FAILED, "No picture was drawn: install the evaluation extra (matplotlib).")
