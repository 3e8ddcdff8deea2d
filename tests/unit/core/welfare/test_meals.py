"""Each planned meal ends in exactly one way, and whoever is told of it is told when it turns out otherwise."""

import pytest

from monitor.core.engine import EngineSettings
from monitor.core.observations import DeviceRemoved, MaintenanceSet, SessionStatus
from monitor.core.welfare.settings import WelfareOverride, WelfareSettings
from tests.unit.core.welfare.household import Household, home, meal, plan


def test_a_meal_that_comes_in_time_is_dispensed_and_nobody_is_told() -> None:
    house = home("07:00")
    house.until("2026-01-12 07:00").later(house.fed(plan_id="07:00", planned="2026-01-12 07:00", at=house.now + 8))
    house.until("2026-01-12 09:00")
    assert house.ledger() == [("01-12 07:00", "dispensed")]
    assert house.alerts() == []


def test_a_meal_of_which_nothing_comes_is_missed_after_its_grace() -> None:
    house = home("07:00").until("2026-01-12 07:09")
    assert house.alerts() == []
    house.until("2026-01-12 07:11")
    assert house.outcome("2026-01-12 07:00") == "missed"
    assert house.told("FeederMealMissed").startswith("the 07:00 meal of feeder acme/f1 did not come")


def test_a_meal_during_silence_is_unconfirmed_and_not_missed() -> None:
    house = home("07:00", "12:30").until("2026-01-12 06:30").die("f1").until("2026-01-12 07:15")
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"
    assert house.firing() == ["FeederMealUnconfirmed"]
    assert "power" in house.told("FeederMealUnconfirmed")


def test_the_second_unconfirmed_meal_in_a_row_is_critical() -> None:
    house = home("07:00", "12:30").until("2026-01-12 06:30").die("f1").until("2026-01-12 12:45")
    assert house.firing() == ["FeederMealsUnconfirmedRepeated"]
    assert house.ended("FeederMealUnconfirmed") == "2 in a row now"


def test_a_replayed_event_hours_later_corrects_ledger_and_alert() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 15:00").revive("f1")
    told = house.fed(
        plan_id="07:00", planned="2026-01-12 07:00", sent=house.moment("2026-01-12 07:00") + 9, replayed=True
    )
    house.later(told).until("2026-01-12 15:05")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.firing() == []
    assert house.ended("FeederMealUnconfirmed") == "confirmed at 15:00: the 07:00 meal was dispensed"
    assert [(each.before, each.outcome) for each in house.settled()] == [
        ("", "unconfirmed"),
        ("unconfirmed", "dispensed"),
    ]


def test_the_event_of_a_missed_meal_that_comes_late_says_so() -> None:
    house = home("07:00").until("2026-01-12 08:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00"))
    assert house.outcome("2026-01-12 07:00") == "late"
    assert house.ended("FeederMealMissed") == "confirmed at 08:00: the 07:00 meal was dispensed late"


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        ({"outcome": "partial", "portions": 1}, "partial"),
        ({"outcome": "completed", "portions": 1}, "partial"),
        ({"outcome": "failed", "portions": 0, "reason": "lid_open"}, "failed"),
        ({"outcome": "completed", "portions": 0}, "failed"),
        ({"outcome": "skipped", "portions": 0}, "skipped"),
        ({"outcome": "completed", "portions": None, "expected": None}, "dispensed"),
        ({"outcome": "completed", "portions": 4}, "duplicate"),
    ],
)
def test_what_the_feeder_tells_decides_how_a_meal_ends(told: dict[str, object], outcome: str) -> None:
    house = home("07:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", **told))  # type: ignore[arg-type]
    assert house.until("2026-01-12 08:00").outcome("2026-01-12 07:00") == outcome


def test_a_second_try_that_makes_up_for_the_first_is_one_meal() -> None:
    house = home("07:00").until("2026-01-12 07:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="partial", portions=1))
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", outcome="completed", portions=1))
    assert house.outcome("2026-01-12 07:00") == "dispensed"


def test_the_same_event_twice_is_one_meal() -> None:
    house = home("07:00").until("2026-01-12 07:00")
    told = house.fed(plan_id="07:00", planned="2026-01-12 07:00")
    house.tell(told, told)
    assert house.outcome("2026-01-12 07:00") == "dispensed"


def test_an_event_that_comes_again_when_its_meal_is_long_settled_is_not_counted_again() -> None:
    house = home("07:00")
    house.step = 600.0
    for day in (12, 13, 14):
        house.until(f"2026-01-{day} 07:00")
        house.tell(house.fed(plan_id="07:00", planned=f"2026-01-{day} 07:00", sent=house.now, event_id=f"x{day}"))
    house.until("2026-01-14 12:00")
    again = house.fed(plan_id="07:00", planned="2026-01-12 07:00", event_id="x12", replayed=True)
    house.tell(again)
    house.until("2026-01-14 13:00")
    assert sum(house.engine.welfare.meals_settled.values()) == 3
    assert house.alerts() == []


def test_queued_commands_replayed_after_an_outage_are_a_double_meal() -> None:
    house = home("07:00", "18:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 10:00").revive("f1")
    sent = house.moment("2026-01-12 07:00") + 5
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", sent=sent, replayed=True))
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", source="remote"))
    house.until("2026-01-12 10:05")
    assert house.outcome("2026-01-12 07:00") == "duplicate"
    assert house.firing() == ["FeederDoubleDispense"]
    assert house.alerts("FeederMealMissed") == []
    house.until("2026-01-12 18:00").tell(house.fed(plan_id="18:00", planned="2026-01-12 18:00"))
    assert house.ended("FeederDoubleDispense") == "the next meal came once"


def test_a_meal_that_came_twice_in_an_outage_is_told_though_a_later_one_came_once() -> None:
    house = home("07:00", "12:30", "18:00").until("2026-01-12 06:30").die("f1").until("2026-01-12 13:00").revive("f1")
    for source in ("schedule", "remote"):
        house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", source=source, replayed=True))
    house.tell(house.fed(plan_id="12:30", planned="2026-01-12 12:30", replayed=True))
    assert house.firing() == ["FeederDoubleDispense"]
    assert house.told("FeederDoubleDispense").startswith("feeder acme/f1 gave the 07:00 meal more than once")
    house.tell(house.fed(plan_id="12:30", planned="2026-01-12 12:30", source="remote"))
    assert "2 meals (07:00, 12:30) more than once" in house.told("FeederDoubleDispense")
    house.until("2026-01-12 18:00").tell(house.fed(plan_id="18:00", planned="2026-01-12 18:00"))
    assert house.firing() == []


def test_a_double_meal_of_the_day_before_yesterday_is_no_news() -> None:
    house = Household(step=900.0).feeder("f1", meal("07:00")).until("2026-01-12 06:30").die("f1")
    house.until("2026-01-13 07:30").revive("f1")
    for source in ("schedule", "remote"):
        house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", source=source, replayed=True))
    assert house.outcome("2026-01-12 07:00") == "duplicate"
    assert house.alerts("FeederDoubleDispense") == []


def test_one_late_meal_is_no_reason_to_wait_longer_for_the_next() -> None:
    house = home("07:00", "12:30").until("2026-01-12 09:00")
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00")).clear()
    house.until("2026-01-12 12:41")
    assert house.told("FeederMealMissed").startswith("the 12:30 meal")


def test_a_feeder_that_is_always_late_is_waited_for_over_a_restart_too() -> None:
    house = home("01:00", "02:00", "03:00")
    for time in ("01:00", "02:00"):
        house.until(f"2026-01-12 {time[:3]}40").tell(house.fed(plan_id=time, planned=f"2026-01-12 {time}"))
    house.tell(house.fed(plan_id="02:00", planned="2026-01-12 02:00", outcome="partial", portions=1))
    house.restarted().link(up=True)
    house.until("2026-01-12 03:49")
    assert house.outcome("2026-01-12 02:00") == "duplicate"
    assert house.firing() == ["FeederDoubleDispense", "FeederScheduleDrift"]
    house.until("2026-01-12 03:51")
    assert house.outcome("2026-01-12 03:00") == "missed"


def test_an_animal_fed_by_hand_is_not_hungry_though_its_meal_stays_missed() -> None:
    house = home("07:00").until("2026-01-12 08:10")
    house.tell(house.fed(source="manual", expected=None))
    assert house.outcome("2026-01-12 07:00") == "missed"
    assert house.ended("FeederMealMissed") == "fed at 08:10"


def test_commands_without_a_name_carry_out_a_plan_that_the_cloud_holds() -> None:
    house = Household().feeder("f1", schedule=plan(meal("07:00"), meal("18:00"), held_by="cloud"))
    house.until("2026-01-12 06:59").tell(house.fed(source="remote", sent=house.now))
    house.until("2026-01-12 17:00").tell(house.fed(source="remote", sent=house.now))
    house.until("2026-01-12 17:50").restarted().until("2026-01-12 18:15")
    assert house.ledger() == [("01-12 07:00", "dispensed"), ("01-12 18:00", "missed")]
    own = home("07:00").until("2026-01-12 06:59")
    own.tell(own.fed(source="remote", sent=own.now)).clear()
    assert own.until("2026-01-12 07:15").outcome("2026-01-12 07:00") == "missed"


def test_a_wish_from_afar_long_before_a_meal_that_the_cloud_holds_is_not_taken_for_it() -> None:
    house = Household().feeder("f1", schedule=plan(meal("07:00"), held_by="cloud")).until("2026-01-12 06:00")
    house.tell(house.fed(source="remote", portions=2, sent=house.now))
    house.until("2026-01-12 06:30").die("f1").until("2026-01-12 09:00").revive("f1").until("2026-01-12 09:20")
    house.reads("f1", portions_today=2)
    assert house.outcome("2026-01-12 07:00") == "missed"


def test_a_feeder_that_returns_may_tell_first_what_it_did() -> None:
    house = home("07:00").until("2026-01-12 06:55").die("f1").until("2026-01-12 07:08").revive("f1")
    house.until("2026-01-12 07:16")
    assert house.ledger() in ([], [("01-12 07:00", "")])
    house.tell(
        house.fed(plan_id="07:00", planned="2026-01-12 07:00", sent=house.moment("2026-01-12 07:00") + 3, replayed=True)
    )
    house.until("2026-01-12 07:40")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.alerts() == []


def test_a_meal_that_the_monitor_did_not_see_is_unconfirmed_only_once_it_sees_again() -> None:
    house = home("07:00").until("2026-01-12 06:55").link(up=False).until("2026-01-12 07:30")
    assert house.alerts("FeederMealUnconfirmed") == house.alerts("FeederMealMissed") == []
    house.link(up=True).until("2026-01-12 07:38")
    assert house.alerts("FeederMealUnconfirmed") == []
    house.until("2026-01-12 07:45")
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"
    assert house.firing() == ["FeederMealUnconfirmed"]


def test_an_event_kept_by_the_broker_while_the_monitor_was_blind_confirms_the_meal() -> None:
    house = home("07:00").until("2026-01-12 06:55").link(up=False).until("2026-01-12 07:30").link(up=True)
    house.tell(house.fed(plan_id="07:00", planned="2026-01-12 07:00", sent=house.moment("2026-01-12 07:00") + 3))
    house.until("2026-01-12 09:00")
    assert house.firing() == []
    assert house.outcome("2026-01-12 07:00") in ("dispensed", "late")


def test_no_food_for_much_longer_than_the_plan_ever_leaves_is_critical() -> None:
    house = home("06:00", "18:00").until("2026-01-12 06:00")
    house.tell(house.fed(plan_id="06:00", planned="2026-01-12 06:00"))
    house.die("f1").until("2026-01-12 23:55")
    assert "FeederNoFoodDispensed" not in house.firing()
    house.until("2026-01-13 00:05")
    assert "no food is confirmed for 18 h" in house.told("FeederNoFoodDispensed")


def test_a_sleeping_feeder_is_waited_for_until_it_said_it_would_wake() -> None:
    house = Household().feeder("f1", meal("07:00"), liveness="sleepy")
    house.until("2026-01-12 06:30").die("f1")
    house.says(SessionStatus("acme/f1", house.now, "sleeping", "boot-1", next_seen_seconds=7200.0))
    house.until("2026-01-12 08:25")
    assert house.alerts() == []
    house.revive("f1").tell(
        house.fed(plan_id="07:00", planned="2026-01-12 07:00", sent=house.moment("2026-01-12 07:00") + 3, replayed=True)
    )
    house.until("2026-01-12 09:30")
    assert house.outcome("2026-01-12 07:00") == "dispensed"
    assert house.alerts() == []


def test_a_sleeping_feeder_that_never_wakes_leaves_its_meal_unconfirmed() -> None:
    house = Household().feeder("f1", meal("07:00"), liveness="sleepy")
    house.until("2026-01-12 06:30").die("f1")
    house.says(SessionStatus("acme/f1", house.now, "sleeping", "boot-1", next_seen_seconds=1800.0))
    house.until("2026-01-12 08:00")
    assert house.outcome("2026-01-12 07:00") == "unconfirmed"


def test_maintenance_mutes_the_alert_and_not_the_ledger() -> None:
    house = home("07:00")
    house.tell(MaintenanceSet("acme/f1", house.now, on=True))
    house.until("2026-01-12 07:30")
    assert house.outcome("2026-01-12 07:00") == "missed"
    assert house.alerts() == []
    house.tell(MaintenanceSet("acme/f1", house.now, on=False))
    assert house.firing() == ["FeederMealMissed"]


def test_a_restart_of_the_monitor_forgets_no_meal() -> None:
    house = home("07:00", "12:30").until("2026-01-12 07:15").restarted()
    assert house.outcome("2026-01-12 07:00") == "missed"
    house.until("2026-01-12 12:30").tell(house.fed(plan_id="12:30", planned="2026-01-12 12:30"))
    house.until("2026-01-12 13:00")
    assert house.outcome("2026-01-12 12:30") == "dispensed"
    assert house.ended("FeederMealMissed") == "fed at 12:30"


def test_a_feeder_known_only_from_retained_messages_has_no_meals_to_miss() -> None:
    house = Household().feeder("f1", meal("07:00"))
    ghost = house.device("f1")
    ghost.last_seen = 0.0
    house.alive.clear()
    house.until("2026-01-12 09:00")
    assert house.ledger() == []
    assert house.alerts() == []


def test_a_feeder_that_left_the_fleet_takes_its_alerts_with_it() -> None:
    house = home("07:00").until("2026-01-12 07:15")
    house.tell(DeviceRemoved("acme/f1", house.now, "info"), DeviceRemoved("acme/f1", house.now, "status"))
    house.alive.clear()
    house.until("2026-01-12 08:00")
    assert house.firing() == []


def test_another_number_for_one_device_holds_for_it_alone() -> None:
    patient = WelfareOverride(device="f2", numbers={"meal_grace_seconds": 3600.0})
    house = Household(settings=EngineSettings(welfare=WelfareSettings(overrides=(patient,))))
    house.feeder("f1", meal("07:00")).feeder("f2", meal("07:00")).until("2026-01-12 07:30")
    assert house.outcome("2026-01-12 07:00", "f1") == "missed"
    assert house.ledger("f2") in ([], [("01-12 07:00", "")])
