"""Windows put devices into maintenance and take them out again, a bounded number at a time."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from monitor.core.decisions import Decision
from monitor.core.fleet import Device, Fleet
from monitor.core.operations.windows import Recurrence, Window, is_over, turn_of

BITE = 5000
"""Devices looked at in one go."""

Hold = Callable[[Device, bool, float], list[Decision]]
"""Let a window hold a device in maintenance, or let it go, at a moment."""


class Maintenance:
    """Windows by id, those that are on now, and the devices that have still to be told of a change."""

    def __init__(self, fleet: Fleet, hold: Hold) -> None:
        self.windows: dict[str, Window] = {}
        """Those that are on or will be."""
        self.on: dict[str, Window] = {}
        """Those that are on."""
        self.next_at: float | None = None
        """When to look again: a window begins or ends, or devices wait."""
        self._fleet = fleet
        self._hold = hold
        self._left: list[str] = []

    def set(self, window: Window, at: float) -> None:
        """A window was made or changed."""
        self.windows[window.id] = window
        self.next_at = at

    def end(self, window: str, at: float) -> Window | None:
        """A window is no more; the window that it was, if there was one."""
        known = self.windows.pop(window, None)
        if known is not None:
            self.next_at = at
        return known

    def covers(self, device: Device) -> Window | None:
        """A window that is on and holds this device."""
        return next((window for window in self.on.values() if in_scope(device, window.scope)), None)

    def recorded(self, device: str, at: float) -> list[Decision]:
        """A device was met, or says something else about itself."""
        known = self._fleet.get(device)
        return self._settle(known, at) if known is not None and (self.on or known.held) else []

    def pass_time(self, now: float) -> tuple[list[Window], list[Window], list[Decision]]:
        """Windows that began, windows that ended, and what follows for devices, a bounded number of them."""
        if self.next_at is None or now < self.next_at:
            return [], [], []
        turns = {name: turn_of(window, now) for name, window in self.windows.items()}
        on = {name: self.windows[name] for name, (active, _) in turns.items() if active}
        begun = [window for name, window in on.items() if name not in self.on]
        ended = [window for name, window in self.on.items() if name not in on]
        if on != self.on:
            self.on = on
            self._left = list(self._fleet.devices)
        self.windows = {name: window for name, window in self.windows.items() if not is_over(window, now)}
        decisions: list[Decision] = []
        bite, self._left = self._left[:BITE], self._left[BITE:]
        for name in bite:
            device = self._fleet.get(name)
            if device is not None:
                decisions += self._settle(device, now)
        changes = [moment for _, moment in turns.values() if moment is not None]
        self.next_at = now if self._left else min(changes, default=None)
        return begun, ended, decisions

    def save(self) -> dict[str, Any]:
        """As plain data."""
        return {"windows": [asdict(window) for window in self.windows.values()], "on": sorted(self.on)}

    def restore(self, data: Mapping[str, Any], at: float) -> None:
        """From plain data, when the devices are known again; each is looked at once more."""
        self.windows = {each["id"]: load_window(each) for each in data.get("windows", ())}
        self.on = {name: self.windows[name] for name in data.get("on", ()) if name in self.windows}
        if self.windows or any(device.held for device in self._fleet):
            self._left = list(self._fleet.devices)
            self.next_at = at

    def _settle(self, device: Device, at: float) -> list[Decision]:
        wanted = self.covers(device) is not None
        return self._hold(device, wanted, at) if wanted != bool(device.held) else []


def in_scope(device: Device, scope: Mapping[str, str]) -> bool:
    """Whether a device is what a scope asks for, as far as devices say it of themselves."""
    return all(_value(device, key) == value for key, value in scope.items())


def load_window(data: Mapping[str, Any]) -> Window:
    """The window that was saved as plain data."""
    recurrence = data.get("recurrence")
    if recurrence is not None:
        recurrence = Recurrence(**{**recurrence, "days": tuple(recurrence["days"])})
    return Window(**{**data, "scope": dict(data["scope"]), "recurrence": recurrence})


def _value(device: Device, key: str) -> str:
    if key == "tenant":
        return device.tenant
    return device.name if key == "device" else str(getattr(device.profile, key, ""))
