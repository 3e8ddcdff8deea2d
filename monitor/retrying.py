"""How long to leave alone what failed, before it is tried again."""

import random


def delay_after(failures: int, first_seconds: float, longest_seconds: float, chance: random.Random) -> float:
    """Seconds to wait after so many failures in a row, counted from 1.

    The wait doubles with each failure up to the longest, and is shortened by up to half by chance, so that those who
    failed together do not come back in step.
    """
    doubled = first_seconds * 2.0 ** min(failures - 1, 60)
    return min(doubled, longest_seconds) * chance.uniform(0.5, 1.0)
