"""How devices come back after a cut."""

import math
from random import Random
from typing import Annotated

from pydantic import Field

from monitor.core.settings import Section
from simulators.devices.device import SimulatedDevice
from simulators.durations import Duration, Span
from simulators.network import Share

_HERD_SECONDS = 3.0
_FIRST_RETRY_SECONDS = 1.0


class Recovery(Section):
    """`recovery = {...}` of a fault: devices retry with exponential back-off, the last ones need about `back_off`."""

    back_off: Annotated[Span, Field(description="longest pause between two tries to connect")] = 120.0
    herd: Annotated[bool, Field(description="everybody at once, without back-off")] = False
    stragglers: Annotated[Share, Field(description="share that does not come back by itself")] = 0.0
    stragglers_return: Annotated[
        Duration | None, Field(description="when they do, if somebody helps them; never by default")
    ] = None
    straggler_scope: Annotated[dict[str, str], Field(description="only devices in this scope stay behind")] = Field(
        default_factory=dict
    )

    def draw(self, device: SimulatedDevice, rng: Random) -> float | None:
        """Seconds until this device is back, None for never."""
        straggles = rng.random() < self.stragglers
        if straggles and device.inside(self.straggler_scope):
            return None if self.stragglers_return is None else self.stragglers_return * rng.uniform(0.5, 1.0)
        if self.herd:
            return rng.random() * _HERD_SECONDS
        # The pause doubles from a second up to the cap, each jittered; the return falls anywhere in the last pause.
        doublings = max(0.0, math.log2(self.back_off / _FIRST_RETRY_SECONDS))
        return _FIRST_RETRY_SECONDS + rng.random() * self.back_off * float(2 ** -(rng.random() * min(2.0, doublings)))


AT_ONCE = Recovery(back_off=5.0)
USUAL = Recovery()
