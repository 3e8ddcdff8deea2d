"""What the operator chose about silence, for each kind of device."""

from dataclasses import dataclass

from monitor.core.settings import LivenessSettings
from monitor.devices.profile import KINDS, Kind

YEAR_SECONDS = 365.25 * 86_400.0
LONGEST_OVER_SHORTEST = 2.0


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a silence of one kind of device may last. `promised` is false alarms per second of a device's life."""

    adaptive: bool
    factor: float
    minimum_seconds: float
    maximum_seconds: float
    late_factor: float
    promised: float

    def shortest(self, interval: float) -> float:
        """The silence that is always waited for, in seconds: the fixed rule."""
        return max(self.minimum_seconds, self.factor * interval)

    def longest(self, interval: float) -> float:
        """The silence that is never waited out: whoever is silent for so long is gone, even if it returns."""
        return max(self.maximum_seconds, LONGEST_OVER_SHORTEST * self.shortest(interval))


def rules_of(settings: LivenessSettings) -> dict[Kind, Rule]:
    """The rule for each kind; what a kind leaves out falls back to the general choice."""
    return {kind: _rule(settings, kind) for kind in KINDS}


def _rule(settings: LivenessSettings, kind: Kind) -> Rule:
    own = settings.kinds.get(kind)
    chosen = settings if own is None else settings.model_copy(update=own.model_dump(exclude_none=True))
    return Rule(
        adaptive=chosen.mode == "adaptive",
        factor=chosen.factor,
        minimum_seconds=chosen.minimum_seconds,
        maximum_seconds=chosen.maximum_seconds,
        late_factor=chosen.late_factor,
        promised=chosen.false_alarms_per_device_year / YEAR_SECONDS,
    )
