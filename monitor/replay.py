"""Judge a recorded trace again, in virtual time: the same intake and the same engine as live, as fast as they go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from monitor.core.decisions import Decision
from monitor.core.engine import Engine, EngineSettings
from monitor.core.observations import Flooding, Observation
from monitor.decoders.native import NativeDecoder
from monitor.decoders.protocol import Message
from monitor.intake import Intake
from monitor.trace.lines import End, LineError, Said, moment_of, read_line


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
    bad: list[BadLine] = field(default_factory=list)
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
        self._second = 0

    def run(self, lines: Iterable[str]) -> Iterator[Decision]:
        """Decisions in order. A line that cannot be used is noted in `progress.bad` and left out."""
        for text in lines:
            self.progress.lines += 1
            if not text.strip():
                continue
            try:
                said = self._read(text)
            except LineError as error:
                self.progress.bad.append(BadLine(self.progress.lines, str(error)))
                continue
            yield from self._take(said)

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

    def _take(self, said: Said) -> Iterator[Decision]:
        at = self.progress.now
        if self.engine is None:
            self.engine = Engine(self._settings, at=at, path="link")
        yield from self._wait(self.engine, at)
        if isinstance(said, End):
            return
        self.progress.messages += isinstance(said, Message)
        for observation in self.intake.read((said,)):
            yield from self.engine.observe(observation)
        if int(at) != self._second:
            self._second = int(at)
            for observation in self._floods(at):
                yield from self.engine.observe(observation)

    def _wait(self, engine: Engine, at: float) -> Iterator[Decision]:
        """Let time pass up to `at`, stopping at every moment at which something may fall due."""
        while (deadline := engine.next_deadline()) is not None and deadline <= at:
            yield from engine.wake(deadline)

    def _floods(self, at: float) -> list[Observation]:
        """Devices that began or ceased to send too much, as the running monitor would notice."""
        dropped = self.intake.flooding()
        if dropped.keys() == self._flooding:
            return []
        begun = [
            Flooding(device, at, on=True, dropped=dropped[device]) for device in sorted(dropped.keys() - self._flooding)
        ]
        ended = [Flooding(device, at, on=False) for device in sorted(self._flooding - dropped.keys())]
        self._flooding = set(dropped)
        return [*begun, *ended]
