"""Judge a recorded trace again, in virtual time: the same intake and the same engine as live, as fast as they go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from monitor.core.decisions import Decision
from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import Echo, Flooding
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Message
from monitor.intake import Intake
from monitor.trace.lines import End, LineError, Said, moment_of, read_line

KEPT_BAD_LINES = 100


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of the trace that was left out; lines count from 1."""

    number: int
    reason: str


@dataclass(slots=True)
class Progress:
    """How far a replay came."""

    lines: int = 0
    messages: int = 0
    left_out: int = 0
    bad: list[BadLine] = field(default_factory=list)
    """The first of the lines that were left out."""
    began_at: float | None = None
    now: float = 0.0


class Replay:
    """One trace on its way through intake and engine. The monitor's path is sound unless the trace says otherwise."""

    def __init__(self, settings: EngineSettings) -> None:
        self.progress = Progress()
        self.intake = Intake([NativeDecoder(payload_bytes=settings.limits.payload_bytes)], settings.limits)
        self.engine: Engine | None = None
        """Made when the first line tells what time it is."""
        self._settings = settings
        self._flooding: set[str] = set()
        self._glance_at = 0.0

    def run(self, lines: Iterable[str]) -> Iterator[Decision]:
        """Decisions in order. A line that cannot be used is noted in `progress.bad` and left out."""
        for text in lines:
            self.progress.lines += 1
            if not text.strip():
                continue
            try:
                said = self._read(text)
            except LineError as error:
                self._leave_out(str(error))
                continue
            yield from self._take(said)

    def _leave_out(self, reason: str) -> None:
        self.progress.left_out += 1
        if len(self.progress.bad) < KEPT_BAD_LINES:
            self.progress.bad.append(BadLine(self.progress.lines, reason))

    def _read(self, text: str) -> Said:
        said = read_line(text)
        at = moment_of(said)
        progress = self.progress
        if progress.began_at is None:
            progress.began_at = at
        elif at < progress.now:
            raise LineError(f'"at" goes back from {progress.now!r} to {at!r}')
        progress.now = at
        return said

    def _take(self, said: Said) -> list[Decision]:
        """Let time pass up to this line, stopping wherever something may fall due, then observe what it says."""
        at = self.progress.now
        engine = self.engine
        if engine is None:
            engine = self.engine = Engine(self._settings, at=at, path="link")
        decisions: list[Decision] = []
        while (deadline := engine.next_deadline()) is not None and deadline <= at:
            decisions += self._floods(engine, deadline) if deadline >= self._glance_at else ()
            decisions += engine.wake(deadline)
        if isinstance(said, End):
            return decisions
        self.progress.messages += isinstance(said, Message)
        for observation in self.intake.read((said,)):
            try:
                decisions += engine.observe(observation)
            except Exception as error:  # noqa: BLE001 -- set aside, as in a running monitor; the rest is judged on
                self._leave_out(f"the engine could not take it: {type(error).__name__}: {error}")
        return decisions

    def _floods(self, engine: Engine, at: float) -> list[Decision]:
        """Tell of devices that began or ceased to send too much, as often as a running monitor hears its echo."""
        self._glance_at = at + self._settings.sight.echo_seconds
        self.intake.read((Echo(at, at),))
        dropped = self.intake.flooding()
        begun = sorted(dropped.keys() - self._flooding)
        ended = sorted(self._flooding - dropped.keys())
        self._flooding = set(dropped)
        told = [Flooding(device, at, on=True, dropped=dropped[device]) for device in begun]
        told += [Flooding(device, at, on=False) for device in ended]
        return [decision for flooding in told for decision in engine.observe(flooding)]
