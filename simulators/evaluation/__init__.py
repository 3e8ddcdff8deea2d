"""Runs scenarios with many seeds through the engine and the baselines, on the same traces, and tells how they did.

`runs` is one scenario with one seed; `batch` is many of them, spread over processes; `summary` adds them up to one row
per scenario and detector; `report` writes tables, JSON and a picture.

    wanted = orders(["provider-cut", "calm-day"], range(1, 11), against=["fixed", "share"])
    runs = in_order(evaluate(wanted, workers=2), wanted)
    print(as_markdown(summarize(runs)))
"""

from simulators.evaluation.batch import Order, evaluate, in_order, orders
from simulators.evaluation.report import as_json, as_markdown, as_table, plot
from simulators.evaluation.runs import Judged, RunScore, run_scenario
from simulators.evaluation.summary import Row, summarize

__all__ = [
    "Judged",
    "Order",
    "Row",
    "RunScore",
    "as_json",
    "as_markdown",
    "as_table",
    "evaluate",
    "in_order",
    "orders",
    "plot",
    "run_scenario",
    "summarize",
]
