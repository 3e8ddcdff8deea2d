"""Asks simulated providers in virtual time, as the prober would ask real ones: results for the engine, nothing sent.

A page is read by the very function that reads real ones.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from monitor.core.probing.results import ProbeResult, Subject
from monitor.probes import Found
from monitor.probes.statuspage import read_page
from simulators.cloud.page import AFFECTED
from simulators.cloud.provider import Answer, SimulatedProvider

EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Question:
    """One probe of a provider; without a provider it is a control, which always answers."""

    name: str
    about: Subject
    provider: SimulatedProvider | None = None

    def ask(self, at: float) -> Found:
        """What it finds at a moment."""
        if self.provider is None:
            return Found("healthy", "It answers 200 as expected.", {"answered": True, "status": 200})
        if self.about.page:
            return _read(self.provider.status_page(at))
        answer = self.provider.api(at)
        if answer.status is None:
            return Found("failing", "It hangs up.")
        facts = {"answered": True, "status": answer.status}
        if answer.status != 200:  # noqa: PLR2004 -- HTTP: fine
            return Found("failing", f"It answers {answer.status}, not 200 to 299.", facts)
        return Found("healthy", "It answers 200 as expected.", facts)


def usual_questions(providers: Iterable[SimulatedProvider]) -> tuple[Question, ...]:
    """What a careful operator would ask: of every provider its API and its page, and a control."""
    questions = [Question("control", Subject(control=True))]
    for provider in providers:
        scope = {"provider": provider.name}
        questions.append(Question(f"{provider.name}-api", Subject(scope, capability="remote_control"), provider))
        questions.append(Question(f"{provider.name}-page", Subject(scope, page=True), provider))
    return tuple(questions)


def answers(questions: Iterable[Question], start: float, end: float, rng: Random) -> Iterator[ProbeResult]:
    """All results from start to end, in order of time, each question once a minute at a moment of its own."""
    asked = sorted((rng.uniform(0, EVERY_SECONDS), question.name, question) for question in questions)
    minute = start
    while minute < end:
        for offset, _, question in asked:
            at = minute + offset
            if at < end:
                found = question.ask(at)
                kind = "statuspage" if question.about.page else "http"
                yield ProbeResult(
                    question.name, at, kind, question.about, found.verdict, 0.1, found.statement, found.facts, 190.0
                )
        minute += EVERY_SECONDS


def _read(answer: Answer) -> Found:
    try:
        page = json.loads(answer.body)
    except ValueError:
        return Found("unknown", "The page is not JSON.", {"answered": True})
    found = read_page(page, AFFECTED)
    return Found(found.verdict, found.statement, {"answered": True, **found.facts})
