from pathlib import Path

import pytest

from simulators.durations import format_duration, parse_duration
from simulators.people import NOBODY
from simulators.scenario import ScenarioError, load_scenario, parse_scenario, shipped

GOOD = 'title = "t"\nduration = "1h"\n'


def problem(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(text, name="mine", source="mine.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h30m", 5400), ("2d", 172_800), ("1w", 604_800), ("1.5h", 5400), ("250ms", 0.25)],
)
def test_lengths_of_time_are_written_as_people_write_them(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5 minutes", "-5m", "m5", "5m!"])
def test_other_writings_of_time_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="write it like 90s, 5m, 1h30m"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["90s", "1m30s", "1h30m", "2d", "0s"])
def test_a_length_of_time_is_shown_in_its_shortest_form(text: str) -> None:
    seconds = parse_duration(text)
    assert isinstance(seconds, float)
    assert parse_duration(format_duration(seconds)) == seconds


def test_a_scenario_can_be_read_from_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "our-outage.toml"
    path.write_text(GOOD)
    assert load_scenario(path).name == "our-outage"


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ScenarioError, match=r"nowhere\.toml: cannot be read"):
        load_scenario("nowhere.toml")


def test_a_misspelt_scenario_gets_a_suggestion() -> None:
    with pytest.raises(ScenarioError, match="did you mean provider-cut"):
        load_scenario("provider-cutt")


def test_an_unheard_of_scenario_gets_the_list() -> None:
    with pytest.raises(ScenarioError, match=r"there are .*calm-day"):
        load_scenario("zzz")


def test_broken_toml_is_said_to_be_so() -> None:
    assert "mine.toml: not valid TOML" in problem("title = ")


def test_a_missing_key_an_unknown_key_and_a_wrong_value_are_three_lines() -> None:
    text = problem('duration = "soon"\ncolour = "red"\n')
    assert "mine.toml: title: this key is needed" in text
    assert "mine.toml: colour: this key is not known here (given 'red')" in text
    assert "mine.toml: duration: 'soon' is not a length of time" in text
    assert len(text.splitlines()) == 3


def test_a_fault_of_unknown_kind_gets_the_known_kinds() -> None:
    text = problem(GOOD + '[[faults]]\nkind = "meteor"\n')
    assert "faults.0" in text
    assert "'power_cut'" in text


def test_a_scope_of_unknown_dimension_gets_the_known_dimensions() -> None:
    text = problem(GOOD + '[[faults]]\nkind = "cut"\nscope = { colour = "red" }\n')
    assert "a scope is made of tenant, provider, region" in text


def test_an_expectation_about_an_unknown_fault_is_refused() -> None:
    text = problem(GOOD + '[[faults]]\nkind = "cut"\nname = "a"\n[[must_detect]]\nverdict = "outage"\nfault = "b"\n')
    assert "fault 'b'; named faults are a" in text


def test_shares_that_add_up_to_nothing_are_refused() -> None:
    assert "add up to nothing" in problem(GOOD + "[fleet]\nintervals = { }\n")


@pytest.mark.parametrize("step", ["fine", "0", "-0.5", "50"])
def test_a_resolution_that_is_no_step_of_a_thermometer_is_refused(step: str) -> None:
    given = problem(GOOD + f'[fleet.sensors]\nresolutions = {{ "{step}" = 1.0 }}\n')
    assert f"{step!r} is not a step in kelvin" in given


def test_resolutions_that_nobody_has_are_refused() -> None:
    assert "resolutions add up to nothing" in problem(GOOD + '[fleet.sensors]\nresolutions = { "0.5" = 0.0 }\n')


def test_an_empty_section_about_people_or_sensors_means_what_is_usual() -> None:
    made = parse_scenario(GOOD + "[fleet.sensors]\n[people]\n", name="mine", source="mine.toml")
    assert made.fleet.sensors is not None
    assert made.people.hand_feedings > 0
    assert parse_scenario(GOOD, name="mine", source="mine.toml").people == NOBODY


def test_an_interval_that_is_no_length_of_time_is_refused() -> None:
    assert "not a length of time" in problem(GOOD + '[fleet]\nintervals = { "often" = 1.0 }\n')


def test_every_shipped_scenario_expects_something() -> None:
    for name in shipped():
        made = load_scenario(name)
        assert made.must_detect or made.must_not, name


def test_a_scenario_can_be_played_by_another_number_of_devices() -> None:
    assert load_scenario("demo").resized(50).fleet.devices == 50
