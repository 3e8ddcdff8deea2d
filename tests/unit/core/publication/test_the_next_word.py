"""The promise: when the public must hear the next word, and who is told when it does not."""

from dataclasses import replace

import pytest

from monitor.core.publication.bulletins import Draft, DraftChanged, DraftDropped, Plan
from tests.provider_outage import AUTHOR, OPENED, Outage, incident_of
from tests.timeline import START


def test_the_first_word_is_due_a_quarter_of_an_hour_after_confirmation_and_not_before() -> None:
    outage = Outage().opened().at("26m59s")
    assert outage.overdue == []
    outage.at("27m")
    (alert,) = outage.overdue
    assert (alert.severity, alert.state, alert.incident) == ("warning", "firing", outage.incident.id)
    assert alert.summary == "no public word for 15 min on: Provider aurora"
    assert alert.starts_at == START + OPENED + 900
    assert "hearthbeat updates publish 3fa2c9" in alert.annotations["description"]


def test_a_word_that_stays_overdue_escalates_and_is_told_again_ever_more_rarely() -> None:
    outage = Outage().opened().at("96h")
    assert [alert.severity for alert in outage.overdue] == ["warning", *["critical"] * 9]
    waits = [round((each.at - START - OPENED - 900) / 3600, 2) for each in outage.logged[:1]]
    assert waits == [0.0]
    assert "3 d" in outage.overdue[-1].summary
    assert [each.text for each in outage.logged] == ["no public word in time on: Provider aurora"]
    assert outage.desk.overdue_seconds(outage.now) == 96 * 3600 - OPENED - 900


def test_publishing_resolves_the_alert_and_promises_the_next_word() -> None:
    outage = Outage().opened().at("30m").publish()
    assert [alert.state for alert in outage.overdue] == ["firing", "resolved"]
    assert outage.overdue[-1].annotations["resolution"] == "the public was told"
    assert [matter.due_at for matter in outage.desk.to_say()] == [START + 3600]
    outage.at("59m59s")
    assert len(outage.overdue) == 2
    outage.at("60m")
    assert outage.overdue[-1].summary.startswith("no further public word for 30 min")
    assert outage.overdue[-1].annotations["description"].startswith("It is due now.")


def test_every_word_is_a_line_of_the_timeline_with_its_author() -> None:
    outage = Outage().opened().publish()
    (line,) = outage.logged
    assert (line.incident, line.kind, line.author) == (outage.incident.id, "said", AUTHOR)
    assert line.text.startswith("investigating, to the public: Devices connected through aurora cannot be reached.")


def test_an_outage_that_ends_before_anybody_spoke_leaves_no_debt() -> None:
    outage = Outage().opened().at("50m").ended()
    assert outage.overdue[-1].annotations["resolution"] == "the outage is over; the public was never told of it"
    assert outage.desk.to_say() == []
    assert outage.desk.draft("3fa2c9") is None


def test_an_outage_that_was_spoken_of_is_owed_a_last_word() -> None:
    outage = Outage().opened().publish().at("20m").ended().at("2h")
    assert outage.overdue[-1].severity == "critical"
    assert outage.draft().stage == "resolved"
    outage.publish()
    assert (outage.desk.to_say(), outage.overdue[-1].state) == ([], "resolved")
    assert outage.desk.draft("3fa2c9") is None
    assert outage.desk.next_at is None


def test_saying_too_early_that_it_is_over_does_not_end_the_promise() -> None:
    outage = Outage().opened().publish()
    outage.publish(draft=replace(outage.draft(), stage="resolved", body="All is well again."))
    assert [matter.due_at for matter in outage.desk.to_say()] == [outage.now + 1800]
    assert outage.draft().stage == "investigating"
    outage.at("50m")
    assert outage.overdue


def test_an_outage_that_is_not_for_the_public_is_owed_no_word() -> None:
    other_layer = Outage(layers=["region"]).opened().at("2h")
    mild = Outage().opened("warning").at("2h")
    assert [*other_layer.overdue, *mild.overdue, *other_layer.desk.to_say(), *mild.desk.to_say()] == []


def test_an_outage_whose_alert_is_not_known_is_as_severe_as_its_kind() -> None:
    outage = Outage()
    outage.open["3fa2c9"] = incident_of({"provider": "aurora"})
    outage.at("12m")
    assert [matter.id for matter in outage.desk.to_say()] == ["3fa2c9"]


def test_one_word_can_speak_of_several_incidents() -> None:
    outage = Outage().opened()
    outage.publish("joint", replace(outage.draft(), incidents=("3fa2c9", "another")))
    assert [matter.id for matter in outage.desk.to_say()] == ["joint"]
    assert [each.incident for each in outage.logged] == ["3fa2c9", "another"]
    assert outage.draft("joint").title.startswith("Devices connected through aurora")
    outage.ended()
    assert (outage.draft("joint").stage, outage.desk.draft("3fa2c9")) == ("resolved", None)


def test_the_promise_survives_a_restart() -> None:
    outage = Outage().opened().publish().at("55m")
    outage.write("3fa2c9", replace(outage.draft(), body="Still nothing new."))
    planned = Draft("Work", "scheduled", "Text.", plan=Plan(START + 9000, START + 9900))
    outage.write("work", planned)
    outage.publish("soon", replace(planned, title="Other work"))
    before, told = outage.desk, len(outage.overdue)
    outage.restarted()
    assert (outage.desk.bulletins, outage.desk.drafts) == (before.bulletins, before.drafts)
    assert outage.desk.board.conditions == before.board.conditions
    assert outage.desk.board.components == before.board.components
    assert outage.desk.to_say() == before.to_say()
    outage.at("56m")
    assert len(outage.overdue) == told, "a restart tells nothing twice"
    outage.at("57m")
    assert outage.overdue[-1].severity == "critical"


def test_a_draft_is_kept_until_it_is_published_or_dropped() -> None:
    outage = Outage().opened()
    outage.write("3fa2c9", replace(outage.draft(), body="Better words.", edited_by=AUTHOR))
    assert outage.draft().body == "Better words."
    outage.act(DraftDropped("3fa2c9", outage.now, AUTHOR)).act(DraftDropped("3fa2c9", outage.now, AUTHOR))
    assert [each for each in outage.decisions if isinstance(each, DraftChanged)] == [
        DraftChanged(outage.now, "3fa2c9", AUTHOR),
        DraftChanged(outage.now, "3fa2c9", AUTHOR),
    ]
    assert outage.draft().body.startswith("Since about")
    outage.write("3fa2c9", replace(outage.draft(), body="Better words.")).publish()
    assert outage.published[-1].bulletin.latest.body == "Better words."
    assert outage.desk.drafts == {}


def test_only_so_many_drafts_are_kept() -> None:
    outage = Outage()
    for number in range(60):
        outage.write(f"d{number}", Draft("Title", "investigating", "Text."))
    assert next(iter(outage.desk.drafts)) == "d10"
    assert len(outage.desk.drafts) == 50


def test_only_so_many_bulletins_are_kept_and_open_ones_longest() -> None:
    outage = Outage()
    outage.publish("open", Draft("Still open", "investigating", "Text."))
    for number in range(205):
        outage.publish(f"b{number}", Draft("Over", "resolved", "Text."))
    assert len(outage.desk.bulletins) == 200
    assert "open" in outage.desk.bulletins
    assert "b0" not in outage.desk.bulletins


def test_a_word_that_names_a_customer_is_not_said_whoever_lets_it_through() -> None:
    outage = Outage().opened()
    outage.publish(draft=replace(outage.draft(), body="north-house is without its feeder."))
    assert (outage.published, outage.logged) == ([], [])


def test_planned_work_shows_when_it_is_its_time_and_its_end_must_be_said() -> None:
    outage = Outage().at("1m")
    line = outage.line("telemetry", "borealis")
    plan = Plan(START + 300, START + 900)
    work = Draft("New servers", "scheduled", "Meals go on.", {line: "under_maintenance"}, plan=plan)
    outage.publish("work", work)
    assert outage.desk.board.conditions == {}
    outage.at("5m")
    assert outage.desk.board.conditions == {line: "under_maintenance"}
    outage.at("14m59s")
    assert outage.overdue == []
    outage.at("15m")
    assert outage.desk.board.conditions == {}
    assert outage.overdue[-1].labels["incident"] == "work"
    outage.publish("work", replace(work, stage="completed", body="Done."))
    assert outage.overdue[-1].state == "resolved"


def test_what_only_one_tenant_hears_is_no_word_to_the_public() -> None:
    outage = Outage().opened()
    outage.publish("to-acme", replace(outage.draft(), audience="acme", body="Only for you."))
    assert [matter.id for matter in outage.desk.to_say()] == ["3fa2c9"]
    assert "to the customers of acme" in outage.logged[-1].text


@pytest.mark.parametrize("name", ["Europe/Nowhere", "../etc", ""])
def test_a_time_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        Outage(time_zone=name)


def test_times_are_said_in_the_zone_of_the_page() -> None:
    assert "23:23 CET" in Outage(time_zone="Europe/Berlin").opened().draft().body


def test_the_incident_of_a_home_never_becomes_public() -> None:
    outage = Outage().opened()
    outage.open["home"] = incident_of({"site": "north-house", "tenant": "acme"}, name="home", layer="site")
    outage.open["jam"] = incident_of({"provider": "aurora"}, name="jam", kind="welfare", layer="device")
    outage.at("20m")
    assert [outage.desk.draft(name) for name in ("home", "jam", "nothing-of-the-kind")] == [None, None, None]
    assert [matter.id for matter in outage.desk.to_say()] == ["3fa2c9"]


def test_an_outage_of_which_nothing_must_be_said_can_be_spoken_of_all_the_same() -> None:
    outage = Outage(layers=["fleet"]).opened()
    assert outage.draft().title == "Devices connected through aurora cannot be reached"


def test_a_relapse_is_owed_its_own_first_word() -> None:
    outage = Outage().opened().publish()
    outage.publish(draft=replace(outage.draft(), stage="resolved"))
    incident = outage.incident
    outage.ended().at("20m")
    assert outage.desk.to_say() == []
    outage.open[incident.id] = replace(incident, reopened=1)
    outage.at("21m")
    assert [matter.due_at for matter in outage.desk.to_say()] == [START + 21 * 60 + 900]
