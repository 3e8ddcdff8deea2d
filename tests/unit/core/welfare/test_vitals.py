"""Batteries, clocks and starts of any device."""

from dataclasses import replace
from typing import Any

from monitor.core.observations import DeviceInfo, Heartbeat
from monitor.core.welfare.symptoms import stirs
from monitor.devices.events import FaultChanged
from monitor.devices.profile import Profile
from tests.unit.core.welfare.household import Household, meal


def sensor(**profile: Any) -> Household:  # noqa: ANN401
    """One device of no particular kind on a battery."""
    return Household().settle("s1", "generic", **{"power": "battery", **profile})


def test_a_low_battery_is_told_after_half_an_hour_and_ends_when_it_is_charged() -> None:
    house = sensor().signs_of_life("s1", power_source="battery", battery_ratio=0.12).until("2026-01-12 00:20")
    assert house.firing() == []
    house.until("2026-01-12 00:40")
    assert "12% battery left" in house.told("DeviceBatteryLow")
    house.signs_of_life("s1", battery_ratio=0.17).until("2026-01-12 00:45")
    assert house.firing() == ["DeviceBatteryLow"]
    house.signs_of_life("s1", battery_ratio=0.9).until("2026-01-12 00:50")
    assert house.firing() == []


def test_a_low_battery_on_mains_power_is_no_news() -> None:
    house = sensor(power="mains").signs_of_life("s1", battery_ratio=0.05).until("2026-01-12 02:00")
    assert house.alerts() == []


def sparing(house: Household, minutes: int, every: int = 10, **vitals: Any) -> Household:  # noqa: ANN401
    """It names these things in every so manyth heartbeat only."""
    for minute in range(minutes):
        named = vitals if minute % every == 0 else dict.fromkeys(vitals)
        house.signs_of_life("s1", **named).to(house.now + 60.0)
    return house


def test_a_low_battery_that_is_named_in_every_tenth_heartbeat_is_told_like_any_other() -> None:
    house = sparing(sensor(), 40, power_source="battery", battery_ratio=0.08)
    assert "8% battery left" in house.told("DeviceBatteryLow")
    house = sparing(house.restarted(), 120, every=60, battery_ratio=0.08)
    assert house.firing() == ["DeviceBatteryLow"]
    house = sparing(house, 5, power_source="mains")
    assert house.ended("DeviceBatteryLow") == "it runs on mains power"


def test_a_heartbeat_that_does_not_name_the_battery_is_quiet_and_changes_nothing() -> None:
    house = sensor().signs_of_life("s1", power_source="battery", battery_ratio=0.08).until("2026-01-12 01:00")
    care = house.device("s1").welfare
    old = house.device("s1").beat
    assert old is not None
    assert not stirs(old, replace(old, seq=old.seq + 1, battery_ratio=None, power_source=None, rssi_dbm=None))
    house.signs_of_life("s1", battery_ratio=None, power_source=None).until("2026-01-12 02:00")
    assert house.firing() == ["DeviceBatteryLow"]
    assert care.battery == 0.08


def test_the_fall_of_a_battery_is_measured_between_two_statements_of_it() -> None:
    house = sensor()
    for hour, level in ((1, 0.9), (25, 0.8)):
        house.signs_of_life("s1", power_source="battery", battery_ratio=level).to(house.now + 60.0)
        house.signs_of_life("s1", battery_ratio=None, power_source=None)
        for each in range(hour, hour + 23):
            house.to(house.moment("2026-01-12 00:00") + each * 3600.0)
            house.reboot("s1")
    assert house.alerts("DeviceBatteryDrain") == []


def test_a_battery_that_falls_by_more_than_a_fifth_a_day_is_told() -> None:
    house = sensor()
    for hour in range(8):
        house.signs_of_life("s1", power_source="battery", battery_ratio=0.9 - hour * 0.015).until(
            f"2026-01-12 0{hour + 1}:00"
        )
    assert "of its battery a day" in house.told("DeviceBatteryDrain")


def test_a_battery_that_lasts_for_weeks_is_no_news() -> None:
    house = sensor()
    for hour in range(9):
        house.signs_of_life("s1", power_source="battery", battery_ratio=0.9 - hour * 0.001).until(
            f"2026-01-12 0{hour + 1}:00"
        )
    assert house.alerts() == []


def emptying(house: Household, step: float, hours: int) -> Household:
    """A gauge that falls by the same step again and again, every so many hours."""
    house.signs_of_life("s1", power_source="battery", battery_ratio=1.0).to(house.now + 3600.0)
    for number in range(1, 5):
        house.to(house.now + hours * 3600.0).signs_of_life("s1", battery_ratio=1.0 - number * step)
    return house.to(house.now + 3600.0)


def test_one_step_of_a_coarse_gauge_is_no_battery_that_empties_fast() -> None:
    slow = emptying(Household(step=1800.0).settle("s1", "generic", power="battery"), step=0.1, hours=72)
    assert slow.alerts() == []
    fast = emptying(Household(step=1800.0).settle("s1", "generic", power="battery"), step=0.1, hours=8)
    assert "fell from 100% to 70% in 1 d" in fast.told("DeviceBatteryDrain")


def test_a_wrong_clock_is_told_after_a_quarter_of_an_hour_even_without_telemetry() -> None:
    house = sensor().signs_of_life("s1", skew=300.0).until("2026-01-12 00:10")
    assert house.firing() == []
    house.until("2026-01-12 00:20")
    assert "5 min ahead" in house.told("DeviceClockSkew")
    house.signs_of_life("s1", skew=-20.0).until("2026-01-12 00:25")
    assert house.ended("DeviceClockSkew") == "its clock is right to 20 s"


def test_a_clock_that_is_half_right_keeps_its_alert_and_one_odd_message_raises_none() -> None:
    house = sensor().signs_of_life("s1", skew=300.0).until("2026-01-12 00:20")
    house.signs_of_life("s1", skew=80.0).until("2026-01-12 00:30")
    assert house.firing() == ["DeviceClockSkew"]
    other = sensor().until("2026-01-12 00:04").signs_of_life("s1", skew=-900.0).until("2026-01-12 00:05")
    other.signs_of_life("s1", skew=0.0).until("2026-01-12 01:00")
    assert other.alerts() == []


def test_four_starts_in_an_hour_are_a_loop_and_an_hour_without_one_ends_it() -> None:
    house = Household().feeder("f1", meal("18:00"), schedule_survives_reboot=True)
    for minute in (10, 20, 30):
        house.until(f"2026-01-12 00:{minute}").reboot("f1")
    assert house.firing() == []
    house.until("2026-01-12 00:40").reboot("f1")
    assert "4 times in an hour" in house.told("DeviceRebootLoop")
    house.until("2026-01-12 01:35")
    assert house.firing() == ["DeviceRebootLoop"]
    house.until("2026-01-12 01:45")
    assert house.firing() == []


def weak(house: Household, minutes: int, dbm: float = -84.0) -> Household:
    """Every other heartbeat of a device is lost for a while."""
    house.signs_of_life("s1", rssi_dbm=dbm)
    for _ in range(minutes // 2):
        house.die("s1").to(house.now + 60.0)
        house.seq["acme/s1"] += 1
        house.alive.add("acme/s1")
        house.to(house.now + 60.0)
    return house


def test_a_third_of_the_heartbeats_lost_at_a_weak_signal_is_told_until_they_come_again() -> None:
    house = weak(sensor(), 58)
    assert house.firing() == []
    house = weak(house, 8)
    assert "-84 dBm, 50% of its heartbeats lost in 1 h" in house.told("DeviceSignalWeak")
    house.until("2026-01-12 03:10")
    assert house.ended("DeviceSignalWeak") == "95% of its heartbeats come"
    assert house.device("s1").welfare.air is None


def test_a_better_place_ends_it_at_once() -> None:
    house = weak(sensor(), 66)
    house.signs_of_life("s1", rssi_dbm=-78.0, faults=("x",)).to(house.now + 120.0)
    assert "DeviceSignalWeak" in house.firing()
    house.signs_of_life("s1", rssi_dbm=-74.0, faults=()).to(house.now + 120.0)
    assert house.ended("DeviceSignalWeak") == "its signal is strong enough"


def test_a_device_that_names_its_signal_seldom_is_judged_by_what_it_named_last() -> None:
    house = weak(sensor(), 20)
    house.vitals["acme/s1"].pop("rssi_dbm")
    for _ in range(25):
        house.die("s1").to(house.now + 60.0)
        house.seq["acme/s1"] += 1
        house.revive("s1").to(house.now + 60.0)
    assert "-84 dBm" in house.told("DeviceSignalWeak")
    house.to(house.now + 10_800.0)
    assert "of its heartbeats come" in house.ended("DeviceSignalWeak")


def test_nobody_is_looked_at_every_second_for_what_only_time_can_end() -> None:
    house = weak(sensor(), 66)
    for minute in range(4):
        house.to(house.now + 60.0).reboot("s1", rssi_dbm=-60.0 if minute % 2 else -84.0)
    assert house.firing() == ["DeviceRebootLoop"]
    for seen in (house.die("s1").to(house.now + 7200.0), house.revive("s1").to(house.now + 7200.0)):
        due = seen.device("s1").welfare.due
        assert due == 0.0 or due > house.now + 60.0


def test_losses_at_a_strong_signal_and_one_long_gap_at_a_weak_one_are_no_matter_of_the_signal() -> None:
    house = weak(sensor(), 66, dbm=-50.0).signs_of_life("s1", rssi_dbm=-84.0)
    house.until("2026-01-12 03:00").die("s1").until("2026-01-12 04:00")
    house.seq["acme/s1"] += 60
    assert house.revive("s1").until("2026-01-12 06:00").alerts() == []


def test_a_fault_that_a_device_reports_is_told_after_five_minutes_and_ends_with_it() -> None:
    house = sensor().signs_of_life("s1", faults=("e42", "fan")).until("2026-01-12 00:04")
    assert house.firing() == []
    house.until("2026-01-12 00:08")
    assert "reports 2 faults: e42, fan" in house.told("DeviceFault")
    house.signs_of_life("s1", faults=("fan",)).until("2026-01-12 00:10")
    assert "reports 1 fault: fan" in house.told("DeviceFault")
    house.signs_of_life("s1", faults=()).until("2026-01-12 00:12")
    assert house.ended("DeviceFault") == "it reports no fault any more"


def test_a_fault_that_comes_as_an_event_lasts_until_it_is_cleared_or_the_device_starts_anew() -> None:
    house = sensor().happened(FaultChanged("e42", raised=True), "s1").until("2026-01-12 00:08")
    assert house.firing() == ["DeviceFault"]
    house.happened(FaultChanged("e42", raised=False), "s1")
    assert house.firing() == []
    house.happened(FaultChanged("e42", raised=True), "s1").until("2026-01-12 00:16").reboot("s1")
    assert house.firing() == []


def test_a_jam_among_the_faults_of_a_feeder_is_a_jam_and_no_other_fault() -> None:
    house = Household().feeder("f1", meal("18:00")).signs_of_life("f1", faults=("jam",)).until("2026-01-12 00:08")
    assert house.firing() == ["FeederJammed"]
    assert "it reports jam" in house.told("FeederJammed")
    house.signs_of_life("f1", faults=()).until("2026-01-12 00:10")
    assert house.firing() == []


def test_readings_between_two_heartbeats_prove_nothing_about_a_clock() -> None:
    house = Household().settle("t1", "thermostat").until("2026-01-12 00:04")
    house.signs_of_life("t1", skew=-900.0).until("2026-01-12 00:05").die("t1")
    house.reads("t1", temperature_c=20.0).reads("t1", temperature_c=20.0)
    assert house.device("t1").welfare.signs == {}


def test_two_messages_kept_back_for_different_times_are_no_wrong_clock() -> None:
    house = sensor().until("2026-01-12 00:10")
    for late in (900.0, 600.0, 300.0):
        house.signs_of_life("s1", skew=-late).to(house.now + 60.0)
    house.signs_of_life("s1", skew=0.0).until("2026-01-12 02:00")
    assert house.alerts() == []


def test_a_healthy_device_of_no_particular_kind_costs_no_memory() -> None:
    house = Household().settle("s1", "generic", power="mains").until("2026-01-12 00:30")
    assert house.device("s1").welfare is None


def test_what_was_known_of_a_device_is_kept_when_its_kind_becomes_known() -> None:
    house = Household()
    beats = [
        Heartbeat("acme/x", house.now + n * 60.0, "boot-1", n + 1, 60.0, power_source="battery", battery_ratio=0.05)
        for n in range(40)
    ]
    house.later(*beats).to(house.now + 2400.0)
    assert house.firing() == ["DeviceBatteryLow"]
    house.tell(DeviceInfo("acme/x", house.now, Profile(kind="thermostat", interval_seconds=60.0)))
    house.reads("x", temperature_c=20.0)
    assert list(house.device("x").welfare.signs) == ["DeviceBatteryLow"]
    assert house.device("x").welfare.kind == "thermostat"
