"""Providers as they look from outside: an API that answers or not, and a status page that tells the truth or not.

`provider` is one simulated provider, a pure function of time; `page` writes its status page; `server` serves providers
over real HTTP on loopback, for tests and the `demo`; `asking` asks them in virtual time; `spec` and `probed` are that
for scenarios.

Not here: their devices (`world`). What a probe is and what its answer means is the monitor's affair.
"""

from simulators.cloud.asking import Question, answers, usual_questions
from simulators.cloud.demo import demo_probes, demo_providers
from simulators.cloud.provider import SimulatedProvider, Spell, spells_of
from simulators.cloud.server import CloudServer

__all__ = [
    "CloudServer",
    "Question",
    "SimulatedProvider",
    "Spell",
    "answers",
    "demo_probes",
    "demo_providers",
    "spells_of",
    "usual_questions",
]
