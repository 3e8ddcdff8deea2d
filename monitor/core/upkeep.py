"""Alerts about the monitor's own condition: blindness, floods, a full fleet, nobody reading its metrics."""

from monitor.core.alerts import AlertBook
from monitor.core.decisions import Decision
from monitor.core.fleet import Fleet
from monitor.core.observations import BlindCause, Flooding, Scraped, SightChanged
from monitor.core.settings import AlertSettings, LimitSettings
from monitor.core.sight import Sight
from monitor.core.words import count, spell

BLIND_KEY = "monitor/blind"
FULL_KEY = "monitor/devices"
SCRAPE_KEY = "monitor/scrape"
STORE_KEY = "monitor/store"
PAST_THE_STORE = ("StoreFailing", "MonitorBlind")
"""Alerts that go out at once and are recorded later, because the store itself is what fails."""
FULL_CLEARS_SECONDS = 600.0

CAUSES: dict[BlindCause, str] = {
    "link": "the broker does not answer",
    "echo": "our own messages through the broker do not come back",
    "store": "decisions cannot be written to disk",
    "overload": "messages arrive faster than they can be read",
    "restart": "the monitor was not running",
}


class Upkeep:
    """Watches the watcher, as far as it can itself."""

    def __init__(
        self, fleet: Fleet, book: AlertBook, sight: Sight, alerts: AlertSettings, limits: LimitSettings
    ) -> None:
        self._fleet = fleet
        self._book = book
        self._sight = sight
        self._scrape_silence = alerts.scrape_silence_seconds
        self._device_limit = limits.devices
        self._scraped_at: float | None = None
        self._refused_at: float | None = None

    def flooding(self, observation: Flooding) -> list[Decision]:
        """A device sends more than it may, or stopped doing so."""
        tenant, _, name = observation.device.partition("/")
        key = f"device/{observation.device}/flooding"
        if not observation.on:
            return list(self._book.resolve(key, observation.at, "it sends no more than it may"))
        if key in self._book.firing:
            return []
        device = self._fleet.get(observation.device)
        profile = device.profile if device else None
        return [
            self._book.fire(
                "DeviceFlooding",
                key,
                observation.at,
                since=observation.at,
                summary=f"device {observation.device} floods us; its excess is dropped",
                description=f"{count(observation.dropped, 'message')} of it dropped so far; others are not affected.",
                labels={
                    "tenant": tenant,
                    "site": profile.site if profile else "",
                    "provider": profile.provider if profile else "",
                    "kind": profile.kind if profile else "generic",
                    "device": name,
                },
            )
        ]

    def scraped(self, observation: Scraped) -> list[Decision]:
        """Somebody read the metrics."""
        self._scraped_at = observation.at
        return list(self._book.resolve(SCRAPE_KEY, observation.at, "the metrics are read again"))

    def vouched(self, observation: SightChanged) -> list[Decision]:
        """The store fails, or works again; other causes of blindness are told by `MonitorBlind`."""
        if observation.cause != "store":
            return []
        if not observation.blind:
            return list(self._book.resolve(STORE_KEY, observation.at, "decisions are written to disk again"))
        return [
            self._book.fire(
                "StoreFailing",
                STORE_KEY,
                observation.at,
                since=observation.at,
                summary="decisions cannot be written to disk; the monitor has stopped judging",
                description=f"{observation.detail}. What was decided is kept in memory until it can be written.",
                labels={},
            )
        ]

    def refuse(self, at: float) -> list[Decision]:
        """An unknown device was turned away because the fleet is full."""
        self._fleet.refused += 1
        self._refused_at = at
        if FULL_KEY in self._book.firing:
            return []
        return [
            self._book.fire(
                "DeviceLimitReached",
                FULL_KEY,
                at,
                since=at,
                summary=f"the fleet is full at {count(self._device_limit, 'device')}; new devices are turned away",
                description="Devices already known are watched as before. The limit is [limits] devices.",
                labels={},
            )
        ]

    def sighted(self, at: float) -> list[Decision]:
        """The monitor sees again."""
        return list(self._book.resolve(BLIND_KEY, at, "the monitor sees again; devices get their interval to report"))

    def pass_time(self, now: float) -> list[Decision]:
        """What only the passing of time can tell."""
        decisions: list[Decision] = []
        sight = self._sight
        if sight.blind and now >= sight.alert_at and BLIND_KEY not in self._book.firing:
            cause = next(iter(sight.causes))
            decisions.append(
                self._book.fire(
                    "MonitorBlind",
                    BLIND_KEY,
                    now,
                    since=sight.horizon,
                    summary=f"the monitor is blind: {CAUSES[cause]}",
                    description=(
                        f"Nothing is known about any device for the last {spell(now - sight.horizon)}. States are "
                        f"frozen, no device is judged, no incident opens or ends until sight returns."
                    ),
                    labels={"cause": cause},
                )
            )
        if self._refused_at is not None and now >= self._refused_at + FULL_CLEARS_SECONDS:
            self._refused_at = None
            decisions += self._book.resolve(
                FULL_KEY, now, f"no new device was turned away for {spell(FULL_CLEARS_SECONDS)}"
            )
        if self._scrape_due_at is not None and now >= self._scrape_due_at and SCRAPE_KEY not in self._book.firing:
            decisions.append(
                self._book.fire(
                    "PrometheusNotScraping",
                    SCRAPE_KEY,
                    now,
                    since=self._scraped_at or now,
                    summary=f"nobody has read our metrics for {spell(self._scrape_silence)}",
                    description="Prometheus read /metrics and stopped; dashboards and its alerts about us are blind.",
                    labels={},
                )
            )
        return decisions

    @property
    def next_at(self) -> float | None:
        """When passing time alone may tell something next."""
        moments = [
            self._sight.alert_at if self._sight.blind and BLIND_KEY not in self._book.firing else None,
            self._refused_at + FULL_CLEARS_SECONDS if self._refused_at is not None else None,
            self._scrape_due_at if SCRAPE_KEY not in self._book.firing else None,
        ]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _scrape_due_at(self) -> float | None:
        if self._scraped_at is None or not self._scrape_silence:
            return None
        return self._scraped_at + self._scrape_silence
