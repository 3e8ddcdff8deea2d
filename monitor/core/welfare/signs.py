"""How something that a device shows begins, lasts long enough to be told, and ends."""

from collections import Counter
from collections.abc import Callable, Iterable

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision, WelfareChanged
from monitor.core.fleet import Cohort, Device
from monitor.core.notices import Cover, device_labels
from monitor.core.sight import Sight
from monitor.core.welfare.care import Care, Shown, Words
from monitor.core.welfare.groups import Groups

Say = Callable[[], Words]

READING_OF = {
    **dict.fromkeys(("FreezeRiskCritical", "FreezeRisk", "OverheatRisk", "HeatingNotEffective"), "temperature_c"),
    "FeederHopperLow": "hopper_pct",
}
"""By sign, what of a device's readings it is about."""
FROM_READINGS = frozenset(
    {"FeederHopperLow", "FreezeRisk", "FreezeRiskCritical", "OverheatRisk", "ThermostatScheduleNotApplied"}
)
"""Signs that a single reading begins, which may be a wild one: their hold ends when a second agrees with it."""
UNANSWERED_SECONDS = 3600.0
"""A reading that no other has followed for so long, after the hold, is believed alone."""
BEYOND_SILENCE = frozenset({"FreezeRiskCritical", "OverheatRisk"})
"""What the last reading of a device showed stands when it falls silent: nothing else would tell of it."""


class Signs:
    """Keeps what each device shows in `device.welfare.signs`, and tells of what has lasted for its hold.

    Maintenance mutes the alert, never the sign. An incident that covers the device groups the alert, never drops it.
    """

    def __init__(self, book: AlertBook, groups: Groups, cover: Callable[[Device], Cover], sight: Sight) -> None:
        self._book = book
        self._groups = groups
        self._cover = cover
        self._sight = sight
        self.at_risk: dict[str, Device] = {}
        """Devices that show something which has lasted for its hold, by id."""
        self.showing: Counter[tuple[Cohort, str]] = Counter()
        """How many of them show which sign."""

    def show(self, device: Device, name: str, at: float, say: Say, hold: float = 0.0) -> list[Decision]:
        """The device shows it now."""
        care = _care(device)
        shown = care.signs.get(name)
        if shown is None:
            shown = care.signs[name] = _begun(name, at, say(), hold)
        elif shown.firing:
            old, shown.words = shown.words, say()
            return self._announce(device, name, shown, at) if shown.words.news != old.news else []
        elif at > shown.begun:
            shown.words, shown.fires_at = say(), min(shown.fires_at, shown.begun + hold)
        return self._fire(device, name, shown, at) if at >= shown.fires_at else []

    def answer(self, device: Device, name: str, at: float, hold: float) -> None:
        """A reading came that neither shows nor denies it: a single one before it is not to be believed alone yet."""
        shown = _care(device).signs.get(name)
        if shown is not None and not shown.firing and shown.fires_at > shown.begun + hold:
            shown.fires_at = at + hold + UNANSWERED_SECONDS

    def clear(self, device: Device, name: str, at: float, reason: str) -> list[Decision]:
        """The device does not show it any longer; nothing happens if it never did."""
        care = _care(device)
        shown = care.signs.pop(name, None)
        if shown is None or not shown.firing:
            return []
        self._count(device, name, shown, -1)
        if not any(each.firing for each in care.signs.values()):
            self.at_risk.pop(device.id, None)
        self._groups.drop(device.id, name, reason)
        return [
            WelfareChanged(device.id, at, name, showing=False, summary=reason),
            *self._book.resolve(sign_key(device.id, name), at, reason),
        ]

    def pass_time(self, device: Device, at: float) -> list[Decision]:
        """Tell what has lasted for its hold by now."""
        decisions: list[Decision] = []
        for name, shown in list(_care(device).signs.items()):
            if not shown.firing and at >= self._due(name, shown):
                decisions += self._fire(device, name, shown, at)
        return decisions

    def next_at(self, device: Device) -> float | None:
        """When the next sign will have lasted for its hold."""
        signs = _care(device).signs.items()
        return min((self._due(name, shown) for name, shown in signs if not shown.firing), default=None)

    def pause(self, device: Device) -> None:
        """The device is out of sight: what had not lasted long enough begins anew when it is seen again."""
        care = _care(device)
        for name in [name for name, shown in care.signs.items() if not shown.firing and name not in BEYOND_SILENCE]:
            del care.signs[name]

    def end(self, device: Device, at: float, reason: str) -> list[Decision]:
        """Nothing that the device showed counts any longer."""
        decisions: list[Decision] = []
        for name in list(_care(device).signs):
            decisions += self.clear(device, name, at, reason)
        self.at_risk.pop(device.id, None)
        return decisions

    def readmit(self, device: Device) -> None:
        """A device from before a restart."""
        for name, shown in _care(device).signs.items():
            if shown.firing:
                self.at_risk[device.id] = device
                self._count(device, name, shown, 1)

    def unmuted(self, device: Device, at: float) -> list[Decision]:
        """Maintenance is over: tell what is still there and was not told."""
        decisions: list[Decision] = []
        for name, shown in _care(device).signs.items():
            if shown.firing and not shown.group and sign_key(device.id, name) not in self._book.firing:
                decisions += self._announce(device, name, shown, at)
        return decisions

    def fold(self, devices: Iterable[Device], at: float) -> list[Decision]:
        """An incident opened: meal alerts that were sent one by one and that it covers become one."""
        decisions: list[Decision] = []
        for device in devices:
            for name, shown in _care(device).signs.items():
                kind, incident = self._cover(device)
                if not shown.firing or shown.group or kind != "incident" or not self._groups.always(name):
                    continue
                shown.group = self._groups.add(device.id, name, incident, shown.words, at)
                decisions += self._book.resolve(sign_key(device.id, name), at, f"folded into incident {incident}")
        return decisions

    def _due(self, name: str, shown: Shown) -> float:
        """When time alone will tell it. The next reading cannot have come while the monitor was blind."""
        returned = self._sight.returned_at
        awaited = name in FROM_READINGS and shown.begun < returned
        return max(shown.fires_at, returned + UNANSWERED_SECONDS) if awaited else shown.fires_at

    def _fire(self, device: Device, name: str, shown: Shown, at: float) -> list[Decision]:
        shown.firing = True
        self.at_risk[device.id] = device
        self._count(device, name, shown, 1)
        told = WelfareChanged(device.id, at, name, showing=True, summary=shown.words.summary)
        return [told, *self._announce(device, name, shown, at)]

    def _count(self, device: Device, name: str, shown: Shown, step: int) -> None:
        """Count it where it was counted before, though the device may have moved since."""
        cohort = shown.cohort if shown.cohort is not None and step < 0 else device.cohort
        shown.cohort = cohort
        self.showing[cohort, name] += step
        if not self.showing[cohort, name]:
            del self.showing[cohort, name]

    def _announce(self, device: Device, name: str, shown: Shown, at: float) -> list[Decision]:
        if device.maintenance:
            return []
        kind, incident = self._cover(device)
        key, words = sign_key(device.id, name), shown.words
        alone = key in self._book.firing
        if kind == "incident" and not alone and self._groups.takes(name, incident, device.id):
            shown.group = self._groups.add(device.id, name, incident, words, at)
            return []
        if shown.group:
            shown.group = ""
            self._groups.drop(device.id, name, "told by itself, as the incident is over")
        return [
            self._book.fire(
                name,
                key,
                at,
                since=words.since or shown.begun,
                summary=words.summary,
                description=words.description,
                labels=device_labels(device),
                severity=words.severity,
                readings=_readings(device, name),
            )
        ]


def _begun(name: str, at: float, words: Words, hold: float) -> Shown:
    if not hold or name not in FROM_READINGS:
        return Shown(at, at + hold, words)
    alone = f"{words.description} That is a single reading: no other has come since."
    return Shown(at, at + hold + UNANSWERED_SECONDS, words._replace(description=alone))


def sign_key(device: str, name: str) -> str:
    """The key of the alert that tells of a sign."""
    return f"welfare/{device}/{name}"


def _readings(device: Device, name: str) -> dict[str, float]:
    """The reading that is the reason for a sign, as far as there is one."""
    reading = READING_OF.get(name, "")
    value = (device.reading or {}).get(reading)
    return {reading: float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else {}


def _care(device: Device) -> Care:
    care: Care = device.welfare
    return care
