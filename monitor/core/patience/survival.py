"""How long blips last: chances from counts, carried over from wider experience where the counts are few.

A blip is a silence that ended by itself; its length is the number of due heartbeats missed in a row. The hazard at `n`
is the chance that a blip which has lasted `n` misses lasts no longer. Hazards, not survival, are what is blended with
wider experience: each length is then judged by the blips that got so far, and the tail, which few reach, takes the
shape of the wider tail at the height that was seen here.
"""

from collections.abc import Sequence
from itertools import accumulate

WIDER_BLIPS = 20.0
"""Wider experience counts as much as so many blips of one's own."""
FIRST_ENDS = 0.7
"""Chance that a first miss stays alone, before anything is known."""
LATER_ENDS = 0.4
"""Chance that a longer blip ends with the next heartbeat, before anything is known."""
PERSISTENCE = 10.0
"""How slowly a blip becomes more likely to last on, the longer it has lasted; in missed heartbeats."""


def outset(counts: Sequence[float], depth: int) -> list[float]:
    """Hazards at 1 to `depth` by formula, for what no blip has shown yet: a Beta-geometric law.

    It is what follows if all blips end with some constant chance, but which chance is only known roughly: the longer
    one lasts, the likelier it is one of the lasting kind. `counts[n - 1]` blips of `n` misses set its level.
    """
    blips = sum(counts)
    later = blips - sum(counts[:1])
    survived = sum((length - 1) * number for length, number in enumerate(counts, 1))
    first = (blips - later + WIDER_BLIPS * FIRST_ENDS) / (blips + WIDER_BLIPS)
    usual = (later + WIDER_BLIPS * LATER_ENDS) / (survived + WIDER_BLIPS)
    return [first, *(PERSISTENCE * usual / (PERSISTENCE + length) for length in range(depth - 1))]


def blended(counts: Sequence[float], wider: Sequence[float]) -> list[float]:
    """Hazards from counts of blips by length, blended with hazards from wider experience."""
    reaching = sum(counts)
    hazards = []
    for position, usual in enumerate(wider):
        ended = counts[position] if position < len(counts) else 0.0
        hazards.append((ended + WIDER_BLIPS * usual) / (reaching + WIDER_BLIPS))
        reaching -= ended
    return hazards


def surviving(hazards: Sequence[float]) -> list[float]:
    """The chance that a blip lasts at least 1, 2, 3, ... misses; one more than there are hazards."""
    return list(accumulate(hazards, lambda chance, hazard: chance * (1.0 - hazard), initial=1.0))
