"""The words in which a kind is described: merging, symptoms, and no field with two meanings."""

import pytest

from monitor.devices.reading import Choice, DeviceKind, Flag, Number, Symptom, distinct

PLANT = DeviceKind(
    name="generic",
    readings=(Number("soil_pct", "%", 0, 100), Flag("lamp_on"), Choice("pot", ("clay", "plastic"))),
    symptoms=(
        Symptom("dry", "soil_pct", below=20.0),
        Symptom("drowned", "soil_pct", above=90.0),
        Symptom("lit", "lamp_on", equals=True),
        Symptom("sweating", "pot", equals="plastic"),
        Symptom("nameless", "pot", below=1.0),
    ),
)


def test_a_kind_keeps_only_its_own_readings() -> None:
    assert PLANT.relevant({"soil_pct": 40.0, "hopper_pct": 3.0}) == {"soil_pct": 40.0}


def test_what_a_statement_leaves_out_stays_as_it_was() -> None:
    known = {"soil_pct": 40.0, "lamp_on": True}
    assert PLANT.merged(known, {"soil_pct": 41.0}) == {"soil_pct": 41.0, "lamp_on": True}


def test_what_a_device_no_longer_knows_is_not_remembered_for_it() -> None:
    assert PLANT.merged({"soil_pct": 40.0, "lamp_on": True}, {"soil_pct": None}) == {"lamp_on": True}


def test_readings_of_another_kind_go_when_the_kind_is_learned() -> None:
    assert PLANT.merged({"hopper_pct": 5.0}, {"lamp_on": False}) == {"lamp_on": False}
    assert PLANT.merged(None, {}) == {}


@pytest.mark.parametrize(
    ("values", "symptoms"),
    [
        ({"soil_pct": 19.9}, ["dry"]),
        ({"soil_pct": 20.0}, []),
        ({"soil_pct": 90.0}, []),
        ({"soil_pct": 90.1}, ["drowned"]),
        ({"lamp_on": True, "pot": "plastic"}, ["lit", "sweating"]),
        ({"lamp_on": False, "pot": "clay"}, []),
        ({"soil_pct": None}, []),
        ({}, []),
    ],
)
def test_symptoms_show_in_readings_and_never_in_what_is_unknown(
    values: dict[str, float | str | bool | None], symptoms: list[str]
) -> None:
    assert PLANT.shown_by(values) == symptoms


def test_a_reading_may_be_shared_by_kinds_but_never_mean_two_things() -> None:
    humidity = Number("humidity_pct", "%", 0, 100)
    assert distinct([humidity, humidity]) == (humidity,)
    with pytest.raises(ValueError, match="humidity_pct is described in two ways"):
        distinct([humidity, Flag("humidity_pct")])
