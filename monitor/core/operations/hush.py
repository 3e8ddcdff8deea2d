"""What silences do to alerts: a silenced one is decided and kept, and nobody is told before the silence ends."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from monitor.core.decisions import Alert, AlertOwed
from monitor.core.operations.silences import Matcher, Silence


class Hush:
    """Silences by id, and the firing alerts that they keep from being told. `firing` are all firing alerts by key."""

    def __init__(self, firing: Mapping[str, Alert]) -> None:
        self.silences: dict[str, Silence] = {}
        """Those that are on or will be."""
        self._firing = firing
        self._kept: dict[str, str] = {}
        """Firing alerts of which something is untold, and the silence that keeps it."""
        self._told: set[str] = set()
        """Firing alerts that were told at least once: their end is told too, whatever is silenced by then."""

    def covering(self, labels: Mapping[str, str], at: float) -> str:
        """The silence that covers an alert with these labels now; empty for none."""
        for silence in self.silences.values():
            if silence.covers(labels, at):
                return silence.id
        return ""

    def untold(self, key: str) -> str:
        """The silence because of which nobody was told of this firing alert; empty if somebody was."""
        return "" if key in self._told else self._kept.get(key, "")

    def owed(self, owed: AlertOwed) -> AlertOwed:
        """The alert as it is owed under the silences of now."""
        alert, key = owed.alert, owed.alert.key
        if alert.state == "resolved":
            keeper = self._kept.pop(key, "")
            if key in self._told:
                self._told.discard(key)
                return owed
            return replace(owed, silenced_by=keeper) if keeper else owed
        keeper = self.covering(alert.labels, owed.at)
        if keeper:
            self._kept[key] = keeper
            return replace(owed, silenced_by=keeper)
        self._kept.pop(key, None)
        self._told.add(key)
        return owed

    def set(self, silence: Silence, at: float) -> list[AlertOwed]:
        """A silence begins, or is changed: what it covers no longer is owed anew."""
        self.silences[silence.id] = silence
        return self._release(silence.id, at)

    def end(self, silence: str, at: float) -> list[AlertOwed]:
        """A silence is no more: what still fires of what it kept is owed anew."""
        self.silences.pop(silence, None)
        return self._release(silence, at)

    def over(self, now: float) -> list[Silence]:
        """Silences whose time has come to end."""
        return [each for each in self.silences.values() if each.ends_at <= now]

    @property
    def next_at(self) -> float | None:
        """When the next silence ends."""
        return min((each.ends_at for each in self.silences.values()), default=None)

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "silences": [asdict(each) for each in self.silences.values()],
            "kept": self._kept,
            "told": sorted(self._told & self._kept.keys()),
        }

    def restore(self, data: Mapping[str, Any]) -> None:
        """From plain data, when the firing alerts are known again."""
        self.silences = {each["id"]: load_silence(each) for each in data.get("silences", ())}
        self._kept = {key: keeper for key, keeper in data.get("kept", {}).items() if key in self._firing}
        self._told = set(data.get("told", ())) | (self._firing.keys() - self._kept.keys())

    def _release(self, silence: str, at: float) -> list[AlertOwed]:
        owed: list[AlertOwed] = []
        for key in [key for key, keeper in self._kept.items() if keeper == silence]:
            alert = self._firing.get(key)
            if alert is None:
                del self._kept[key]
            elif keeper := self.covering(alert.labels, at):
                self._kept[key] = keeper
            else:
                del self._kept[key]
                self._told.add(key)
                owed.append(AlertOwed(at, alert))
        return owed


def load_silence(data: Mapping[str, Any]) -> Silence:
    """The silence that was saved as plain data."""
    return Silence(**{**data, "matchers": tuple(Matcher(**each) for each in data["matchers"])})
