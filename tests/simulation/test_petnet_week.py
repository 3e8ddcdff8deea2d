"""The week of February 2020 again: a maker of feeders falls silent for days, and says nothing. Here nobody can miss it.

Forty feeders report every quarter of an hour; those of aurora die for four days. Half of them keep their meal plan
themselves. The support mailbox bounces. Nobody speaks in public until the fourth day.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

import pytest

from monitor.core.decisions import AlertOwed, IncidentLogged
from monitor.core.engine import EngineSettings
from monitor.core.observations import ScheduleDeclared
from monitor.core.probing.results import ProbeResult, Subject, Verdict
from monitor.core.publication.bulletins import UpdatePublished
from monitor.core.publication.page import Page
from monitor.core.publication.reading import page_of
from monitor.core.publication.settings import PublicationSettings
from monitor.core.settings import SightSettings
from monitor.devices.schedule import Meal, Schedule
from tests.timeline import START, Timeline, seconds

MARKER = "marker"
AURORA = [f"{MARKER}-acme/{MARKER}-a{number}" for number in range(20)]
BOREALIS = [f"{MARKER}-zoo/{MARKER}-b{number}" for number in range(20)]
MAILBOX = Subject(channel="support-mail", capability="support_channels")
DARK, SPOKEN, LIGHT, END = 6, 4 * 24, 4 * 24 + 4, 4 * 24 + 8
"""Hours from the start: the cliff, the first public word, the return, the end."""
ON_CALL_CAN_READ = 40
"""Messages in four days: less than one in two hours."""


@dataclass
class Week:
    """The engine's week, and the page as it read at each full hour."""

    timeline: Timeline
    pages: list[Page] = field(default_factory=list)

    def play(self) -> Week:
        """Hour by hour, to the end."""
        for hour in range(1, END + 1):
            self.timeline.at(f"{hour}h")
            if SPOKEN <= hour < LIGHT:
                for minute in (0, 20, 40):
                    self.timeline.at(f"{hour}h{minute}m")
                    self.speak()
            elif hour == LIGHT + 2:
                self.speak()
            self.pages.append(page_of(self.timeline.engine.publication, self.timeline.now))
        return self

    def speak(self) -> None:
        """An operator publishes what is suggested."""
        desk = self.timeline.engine.publication
        for matter in desk.to_say():
            draft = desk.draft(matter.id)
            assert draft is not None
            said = UpdatePublished(matter.id, self.timeline.now, "kim", draft)
            self.timeline.decisions += self.timeline.engine.observe(said)

    def at(self, hour: int) -> Page:
        """The page as it read at this hour."""
        return self.pages[hour - 1]


def played() -> Week:
    settings = EngineSettings(
        sight=SightSettings(echo_seconds=60, blind_after_seconds=200),
        status_page=PublicationSettings(minimum_devices=10),
    )
    timeline = Timeline(settings, path="echo", echo_every=60)
    meals = tuple(Meal(f"m{minute}", minute) for minute in (7 * 60, 18 * 60))
    for provider, devices in (("aurora", AURORA), ("borealis", BOREALIS)):
        for number, device in enumerate(devices):
            site = f"{MARKER}-home-{number}"
            timeline.info(device, kind="feeder", provider=provider, region="us-east", site=site)
            held_by: Literal["device", "cloud"] = "device" if number % 2 else "cloud"
            timeline.heartbeats(
                device, every="15m", start=f"{number * 43}s", until=f"{DARK if provider == 'aurora' else END}h"
            )
            if provider == "aurora":
                plan = Schedule(1, enabled=True, held_by=held_by, basis="utc", meals=meals)
                timeline.tell(ScheduleDeclared(device, START, plan))
                timeline.heartbeats(device, every="15m", start=f"{LIGHT * 3600 + number * 43}s", until=f"{END}h")
    for minute in range(0, END * 60, 10):
        timeline.tell(_mailbox(minute))
    return Week(timeline).play()


@pytest.mark.slow
def test_a_maker_that_is_silent_for_days_is_told_to_those_on_call_and_shown_to_owners_hour_by_hour() -> None:
    week = played()
    a_human_could_read_every_message_of_the_week(week)
    four_days_of_silence_cannot_be_missed(week)
    the_page_said_every_hour_what_was_known_even_while_nobody_spoke(week)
    the_timeline_of_the_incident_has_what_was_seen_decided_and_said(week)


def a_human_could_read_every_message_of_the_week(week: Week) -> None:
    told = Counter((each.alert.name, each.alert.state) for each in week.timeline.of(AlertOwed))
    assert told["ProviderOutage", "firing"] == told["ProviderOutage", "resolved"] == 1
    assert not any(name == "DeviceOffline" for name, _ in told), "what the outage explains is nobody's own alert"
    assert told["SupportChannelDown", "firing"] == 1
    assert told.total() <= ON_CALL_CAN_READ, told


def four_days_of_silence_cannot_be_missed(week: Week) -> None:
    owed = [each for each in week.timeline.of(AlertOwed) if each.alert.name == "PublicUpdateOverdue"]
    silence = [each.alert for each in owed if each.at <= START + seconds(f"{SPOKEN}h")]
    first, *rest, last = silence
    assert (first.severity, first.state) == ("warning", "firing")
    assert {(alarm.severity, alarm.state) for alarm in rest} == {("critical", "firing")}
    assert len(rest) == 9, "after 15 min, 1, 2, 4, 8 and 16 hours, and once a day"
    assert rest[-1].summary.startswith("no public word for 3 d")
    assert (last.state, last.annotations["resolution"]) == ("resolved", "the public was told")
    opened = week.timeline.incidents()[0].opened_at
    assert first.starts_at == opened + 15 * 60


def the_page_said_every_hour_what_was_known_even_while_nobody_spoke(week: Week) -> None:
    assert week.at(DARK - 1).headline == "Everything works."
    for hour in range(DARK + 3, SPOKEN):
        page = week.at(hour)
        assert page.incidents == ()
        assert "Scheduled meals are affected" in page.headline
        coloured = {each.capability: each for each in page.components if each.provider == "aurora"}
        assert coloured["feeding"].condition == "major_outage"
        assert not coloured["feeding"].by_people
        assert all(each.condition == "operational" for each in page.components if each.provider == "borealis")
        support = next(each for each in page.components if each.capability == "support")
        assert support.condition == "partial_outage"
    spoken = week.at(SPOKEN)
    assert "feed by hand until we say here that it is over" in spoken.incidents[0].updates[0].body
    assert spoken.incidents[0].next_update_due_at == START + seconds(f"{SPOKEN}h40m") + 1800
    last = week.at(END)
    assert (last.incidents, last.past[0].stage) == ((), "resolved")
    assert [day.worst for day in last.components[0].days[-5:]] == ["major_outage"] * 5
    assert MARKER not in str(week.pages)


def the_timeline_of_the_incident_has_what_was_seen_decided_and_said(week: Week) -> None:
    (incident,) = {each.id for each in week.timeline.incidents()}
    lines = [each for each in week.timeline.of(IncidentLogged) if each.incident == incident]
    assert {each.kind for each in lines} >= {"decided", "said"}
    said = [each for each in lines if each.kind == "said"]
    assert {each.author for each in said} == {"kim"}
    assert said[0].at == START + seconds(f"{SPOKEN}h")
    assert "no public word in time on: Provider aurora" in [each.text for each in lines]


def _mailbox(minute: int) -> ProbeResult:
    """What the probe of the support mailbox finds: two hours after the cliff it begins to bounce."""
    bounces = minute >= (DARK + 2) * 60
    verdict: Verdict = "failing" if bounces else "healthy"
    said = "550 5.1.1 no such user" if bounces else "250 fine"
    return ProbeResult("mailbox", START + 60 * minute, "smtp", MAILBOX, verdict, 0.1, said, {"answered": 1.0})
