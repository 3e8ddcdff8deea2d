"""What is read from the rest of the monitor, so that this room imports no worker."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from monitor.core.operations.view import DeskView
from monitor.core.probing.view import ProbeState
from monitor.core.view import EngineView
from monitor.core.welfare.view import WelfareView
from monitor.egress import Egress
from monitor.metrics.distribution import LAG_BOUNDS, STEP_BOUNDS, Distribution
from monitor.metrics.meter import StepMeter
from monitor.metrics.public import PublicSource

OUTCOMES = ("delivered", "failed", "abandoned")
"""What becomes of one attempt to deliver: taken, not taken and tried again, never to be taken."""
DATA_CLASSES = (
    "status_changes",
    "incidents",
    "incident_log",
    "incident_losses",
    "bulletins",
    "deliveries",
    "alerts",
    "egress_lines",
)


@dataclass(slots=True)
class IngestFigures:
    """What has come in, as running totals by dialect; whoever takes messages in keeps it."""

    messages: dict[str, int] = field(default_factory=dict)
    rejected: dict[tuple[str, str], int] = field(default_factory=dict)
    """By dialect and reason; put every reason in at 0, so that a first occurrence shows as an increase."""
    dropped_fields: dict[tuple[str, str], int] = field(default_factory=dict)
    """By dialect and class of field."""
    lag: dict[str, Distribution] = field(default_factory=dict)

    @classmethod
    def for_dialects(
        cls, dialects: Sequence[str], *, reasons: Sequence[str], field_classes: Sequence[str]
    ) -> "IngestFigures":
        """All counters at 0."""
        return cls(
            messages=dict.fromkeys(dialects, 0),
            rejected={(dialect, reason): 0 for dialect in dialects for reason in reasons},
            dropped_fields={(dialect, name): 0 for dialect in dialects for name in field_classes},
            lag={dialect: Distribution(LAG_BOUNDS) for dialect in dialects},
        )


@dataclass(slots=True)
class DeliveryFigures:
    """What has gone out, by receiver; whoever delivers keeps it."""

    attempts: dict[tuple[str, str], int] = field(default_factory=dict)
    """By receiver and outcome."""
    duration: dict[str, Distribution] = field(default_factory=dict)
    oldest_owed_at: dict[str, float] = field(default_factory=dict)
    """By receiver, when its oldest undelivered alert should have left, Unix seconds; no entry if none is overdue."""
    owed: dict[str, int] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)
    """By receiver, what is still owed, what waits included, and what was given up."""
    last_success_at: dict[str, float] = field(default_factory=dict)
    last_error: dict[str, tuple[float, str]] = field(default_factory=dict)
    """By receiver, when it last took something, and when and why it last did not."""

    @classmethod
    def for_receivers(cls, receivers: Sequence[str]) -> "DeliveryFigures":
        """All counters at 0."""
        return cls(
            attempts={(receiver, outcome): 0 for receiver in receivers for outcome in OUTCOMES},
            duration={receiver: Distribution(STEP_BOUNDS) for receiver in receivers},
        )


class Link(Protocol):
    """The connection to the broker."""

    @property
    def connected(self) -> bool:
        """Whether it is up."""
        ...

    @property
    def reconnects(self) -> int:
        """How often it was made again after it was lost."""
        ...


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that is read at scrape time. `now` is Unix seconds on the monitor's clock.

    `broker` names the broker without user or password. `retention` gives, by class of data, when it was last removed
    by age.
    """

    engine: EngineView
    now: Callable[[], float]
    version: str
    revision: str = "unknown"
    broker: str = ""
    path: Callable[[], Literal["echo", "link"]] = lambda: "echo"
    link: Link | None = None
    ingest: IngestFigures = field(default_factory=IngestFigures)
    inbox_length: Callable[[], int] = lambda: 0
    steps: StepMeter = field(default_factory=StepMeter)
    delivery: DeliveryFigures = field(default_factory=DeliveryFigures)
    egress: Egress | None = None
    checked_in_at: Callable[[], float] = lambda: 0.0
    """When the address outside last heard that we live; 0 for never."""
    store_writable: Callable[[], bool] = lambda: True
    retention: Callable[[], Mapping[str, float]] = dict
    suspicions: Callable[[], Sequence[tuple[str, Mapping[str, str]]]] = tuple
    """Layer and scope of everything that is suspected of an outage but not confirmed."""
    welfare: WelfareView | None = None
    probes: Callable[[], Sequence[ProbeState]] = tuple
    desk: DeskView | None = None
    public: PublicSource | None = None
