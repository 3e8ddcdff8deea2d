"""Scenarios times seeds, spread over processes."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from simulators.evaluation.runs import RunScore, run_scenario
from simulators.scenario import Scenario, load_scenario


@dataclass(frozen=True, slots=True)
class Order:
    """One run to be done: plain data, so that it can travel to another process."""

    scenario: Scenario
    seed: int
    against: tuple[str, ...] = ()


def orders(
    names: Iterable[str | Path], seeds: Iterable[int], *, against: Sequence[str] = (), devices: int | None = None
) -> list[Order]:
    """Every scenario with every seed; `devices` plays them all at another size."""
    numbers = tuple(seeds)
    loaded = [load_scenario(name) for name in names]
    if devices is not None:
        loaded = [scenario.resized(devices) for scenario in loaded]
    return [Order(scenario, seed, tuple(against)) for scenario in loaded for seed in numbers]


def evaluate(wanted: Sequence[Order], *, workers: int = 1) -> Iterator[RunScore]:
    """Do all runs, each as soon as a process is free; they come in the order in which they end."""
    if workers <= 1:
        yield from map(_do, wanted)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running: list[Future[RunScore]] = [pool.submit(_do, order) for order in wanted]
        try:
            for finished in as_completed(running):
                yield finished.result()
        finally:
            for future in running:
                future.cancel()


def in_order(runs: Iterable[RunScore], wanted: Sequence[Order]) -> list[RunScore]:
    """Runs by scenario and seed as they were asked for, whatever the order in which they ended."""
    place = {(order.scenario.name, order.seed): position for position, order in enumerate(wanted)}
    return sorted(runs, key=lambda run: place[run.scenario, run.seed])


def _do(order: Order) -> RunScore:
    return run_scenario(order.scenario, order.seed, against=order.against)
