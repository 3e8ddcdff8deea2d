"""When probes ask: on time, sooner in doubt, never held up by each other; in virtual time."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable

import pytest_asyncio

from monitor.clock import VirtualClock
from monitor.core.decisions import SuspicionChanged
from monitor.core.probing.results import ProbeResult, Subject, Verdict
from monitor.core.probing.settings import ProbingSettings
from monitor.egress import Purpose
from monitor.egress.outlet import Bounds, Outlet
from monitor.prober import Errand, Prober
from monitor.probes import Found

AURORA, BOREALIS, CONTROL = Subject({"provider": "aurora"}), Subject({"provider": "borealis"}), Subject(control=True)


class SayingProbe:
    """Says what it is told to say, or nothing for ever."""

    tells: tuple[str, ...] = ("nothing",)
    size = 0

    def __init__(self, name: str, verdict: Callable[[], Verdict] | None) -> None:
        self.name = name
        self._verdict = verdict

    async def ask(self, _outlet: Outlet) -> Found:
        if self._verdict is None:
            await asyncio.Event().wait()
        assert self._verdict is not None
        return Found(self._verdict(), "It says so.")


class Jotter:
    """A ledger that takes no time."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, tuple[str, ...]]] = []

    async def note(self, *, receiver: str, purpose: Purpose, fields: Iterable[str], size: int) -> None:
        assert size == 0
        self.noted.append((receiver, purpose, tuple(fields)))


class Bench:
    """A prober in virtual time, and what it reported."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.reported: list[ProbeResult] = []
        self.ledger = Jotter()
        self._running: asyncio.Task[None] | None = None
        self.prober: Prober

    def send(self, *probes: tuple[str, Subject, Callable[[], Verdict] | None], **settings: float) -> None:
        errands = [
            Errand(
                SayingProbe(name, verdict),
                Outlet(name, Bounds(5.0, 1000), self.ledger),
                "tcp",
                "there:1",
                about,
                60.0,
                60.0,
                200.0,
            )
            for name, about, verdict in probes
        ]
        chosen = ProbingSettings.model_validate(settings)
        self.prober = Prober(errands, chosen, self.clock, random.Random(7))
        self._running = asyncio.create_task(self.prober.run(self.reported.append))

    def moments(self, probe: str) -> list[float]:
        return [each.at for each in self.reported if each.probe == probe]

    async def until(self, moment: float) -> None:
        """Let time pass, second by second."""
        while self.clock.now() < moment:
            await self.clock.advance_to(min(moment, self.clock.now() + 1))

    async def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench(VirtualClock(0.0))
    yield bench
    await bench.close()


def always(verdict: Verdict) -> Callable[[], Verdict]:
    return lambda: verdict


async def test_probes_ask_once_a_round_give_or_take_a_tenth_and_not_in_step(bench: Bench) -> None:
    bench.send(("one", AURORA, always("healthy")), ("two", BOREALIS, always("healthy")))
    await bench.until(900)
    for probe in ("one", "two"):
        pauses = [
            later - earlier for earlier, later in zip(bench.moments(probe)[1:], bench.moments(probe)[2:], strict=False)
        ]
        assert all(53 <= pause <= 67 for pause in pauses)
        assert len(set(pauses)) > 1
    assert bench.moments("one") != bench.moments("two")
    assert bench.prober.results["one", "healthy"] == len(bench.moments("one"))
    assert len(bench.ledger.noted) == len(bench.reported)
    assert set(bench.ledger.noted) == {("one", "probe", ("nothing",)), ("two", "probe", ("nothing",))}


async def test_a_result_that_differs_is_tried_again_soon(bench: Bench) -> None:
    verdicts: list[Verdict] = ["healthy", "healthy", "failing", "failing", "failing"]
    turns = iter(verdicts)
    bench.send(("one", AURORA, lambda: next(turns, "failing")), repeat_seconds=15)
    await bench.until(300)
    first, second, third, fourth, fifth = bench.moments("one")[:5]
    assert second - first <= 16  # the first result of all is tried again, too
    assert third - second > 50
    assert fourth - third <= 16
    assert fifth - fourth > 50


async def test_a_suspicion_makes_those_ask_that_know_something_of_it_and_the_controls(bench: Bench) -> None:
    bench.send(
        ("aurora", AURORA, always("healthy")),
        ("borealis", BOREALIS, always("healthy")),
        ("control", CONTROL, always("healthy")),
    )
    await bench.until(130)
    asked = {probe: len(bench.moments(probe)) for probe in ("aurora", "borealis", "control")}
    last = {probe: bench.moments(probe)[-1] for probe in asked}
    scope = {"provider": "aurora", "region": "us-east"}
    bench.prober.heed([SuspicionChanged(130.0, "raised", "provider", scope, 40, 30)])
    await bench.until(137)
    for probe in ("aurora", "control"):
        assert len(bench.moments(probe)) == asked[probe] + 1
        assert bench.moments(probe)[-1] - last[probe] >= 5
    assert bench.moments("borealis")[-1] - last["borealis"] in (0.0, *range(50, 70))


async def test_a_probe_that_reaches_nobody_makes_the_controls_ask(bench: Bench) -> None:
    answers = iter(["healthy"] * 3)
    verdict: Callable[[], Verdict] = lambda: "healthy" if next(answers, None) else "failing"  # noqa: E731
    bench.send(("aurora", AURORA, verdict), ("control", CONTROL, always("healthy")))
    await bench.until(400)
    failed = next(each.at for each in bench.reported if each.verdict == "failing")
    assert any(failed <= moment <= failed + 6 for moment in bench.moments("control"))


async def test_a_slow_probe_never_delays_another(bench: Bench) -> None:
    bench.send(("slow", BOREALIS, None), ("quick", AURORA, always("healthy")))
    await bench.until(600)
    assert bench.moments("slow") == []
    assert len(bench.moments("quick")) >= 9


async def test_no_more_probes_ask_at_a_time_than_allowed(bench: Bench) -> None:
    bench.send(("slow", BOREALIS, None), ("slower", AURORA, None), ("third", CONTROL, always("healthy")), concurrency=2)
    await bench.until(40)
    assert len(bench.reported) <= 1
