"""Batches in, observations out. One bad message never costs more than itself."""

import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from monitor.core.observations import Heartbeat, Observation
from monitor.core.settings import LimitSettings
from monitor.decoders.protocol import (
    DROPPED_CLASSES,
    IGNORED_REASONS,
    REJECT_REASONS,
    Decoded,
    Decoder,
    Message,
    Rejected,
)
from monitor.intake.floodgate import Floodgate
from monitor.metrics.sources import IngestFigures

NO_DIALECT = "none"
"""The dialect under which messages count that no decoder claims."""

OWN_REASONS = ("unclaimed", "flood", "crashed")
"""Why a message is set aside before or around its decoder: nobody reads its topic, too many, or a fault of ours."""

ALL_REASONS: tuple[str, ...] = (*REJECT_REASONS, *OWN_REASONS)

KEPT_SAMPLES = 200
KEPT_NEWS = 100


@dataclass(frozen=True, slots=True)
class Sample:
    """The latest message of its sort that was not, or not wholly, usable.

    `reason` is one of `ALL_REASONS`, or "invalid" where only fields were left out. `device` is empty where the topic
    names none. `count` is how many there were while the sample was kept; `at` is the receipt of the latest.
    """

    dialect: str
    device: str
    reason: str
    detail: str
    count: int
    at: float


class Intake:
    """Reads batches. `figures` are running totals for the metrics; all of them begin at 0."""

    def __init__(self, decoders: Sequence[Decoder], limits: LimitSettings) -> None:
        dialects = [*(decoder.dialect for decoder in decoders), NO_DIALECT]
        self.figures = IngestFigures.for_dialects(dialects, reasons=ALL_REASONS, field_classes=DROPPED_CLASSES)
        self.channels = {(decoder.dialect, channel): 0 for decoder in decoders for channel in decoder.channels}
        """Messages by dialect and channel."""
        self.ignored = {(dialect, reason): 0 for dialect in dialects for reason in IGNORED_REASONS}
        """Sound messages that had nothing to say, by dialect and reason."""
        self._decoders = tuple(decoders)
        self._floodgate = Floodgate(limits.device_messages_per_minute)
        self._samples: dict[tuple[str, str], Sample] = {}
        self._news: list[Sample] = []

    def read(self, items: Iterable[Message | Observation]) -> list[Observation]:
        """The observations of a batch in its order; what is an observation already passes through."""
        observations: list[Observation] = []
        for item in items:
            if isinstance(item, Message):
                observations += self._observations_of(item)
            else:
                self._floodgate.note(item)
                observations.append(item)
        return observations

    def samples(self) -> list[Sample]:
        """What was not usable lately, one for each device and reason, the latest last."""
        return list(self._samples.values())

    def take_news(self) -> list[Sample]:
        """Samples of a device and reason not seen before, for the log; each is given once."""
        news, self._news = self._news, []
        return news

    def flooding(self) -> dict[str, int]:
        """Which devices sent too much within the last two minutes, and how many of their messages were dropped."""
        return self._floodgate.flooding()

    def _observations_of(self, message: Message) -> Sequence[Observation]:
        for decoder in self._decoders:
            if decoder.claims(message.topic):
                return self._decoded(message, decoder)
        self.figures.messages[NO_DIALECT] += 1
        self._set_aside(NO_DIALECT, "", "unclaimed", "no decoder reads this topic; see [mqtt] topics", message)
        return ()

    def _decoded(self, message: Message, decoder: Decoder) -> Sequence[Observation]:
        dialect = decoder.dialect
        self.figures.messages[dialect] += 1
        device = ""
        try:
            speaker = decoder.speaker(message.topic)
            if speaker is not None:
                device, channel = speaker
                self.channels[dialect, channel] += 1
                if not self._floodgate.admits(speaker, message.received_at):
                    self._set_aside(dialect, device, "flood", self._floodgate.words, message)
                    return ()
            decoded = decoder.decode(message)
        except Exception as error:  # noqa: BLE001 - one message that our decoder trips over must not stop all others
            self._set_aside(dialect, device, "crashed", _place_of(error), message)
            return ()
        if isinstance(decoded, Rejected):
            self._set_aside(dialect, device, decoded.reason, decoded.detail, message)
            return ()
        if decoded.dropped_fields or decoded.ignored is not None:
            self._count_left_out(decoded, dialect, device, message)
        for observation in decoded.observations:
            if isinstance(observation, Heartbeat) and observation.sent_at is not None:
                self.figures.lag[dialect].observe(message.received_at - observation.sent_at)
        return decoded.observations

    def _count_left_out(self, decoded: Decoded, dialect: str, device: str, message: Message) -> None:
        for field_class, number in decoded.dropped_fields:
            self.figures.dropped_fields[dialect, field_class] += number
        if decoded.detail:
            self._keep(Sample(dialect, device, "invalid", decoded.detail, 1, message.received_at))
        if decoded.ignored is not None:
            self.ignored[dialect, decoded.ignored] += 1

    def _set_aside(self, dialect: str, device: str, reason: str, detail: str, message: Message) -> None:
        self.figures.rejected[dialect, reason] += 1
        self._keep(Sample(dialect, device, reason, detail, 1, message.received_at))

    def _keep(self, sample: Sample) -> None:
        """Remember the latest of each device and reason; a new one is news, and pushes out the one longest unseen."""
        key = (sample.device, sample.reason)
        known = self._samples.pop(key, None)
        if known is not None:
            self._samples[key] = replace(sample, count=known.count + 1)
            return
        if len(self._samples) >= KEPT_SAMPLES:
            del self._samples[next(iter(self._samples))]
        self._samples[key] = sample
        if len(self._news) < KEPT_NEWS:
            self._news.append(sample)


def _place_of(error: Exception) -> str:
    """What was raised and where; its text is left out, since it may repeat the payload."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}, line {last.lineno}"
