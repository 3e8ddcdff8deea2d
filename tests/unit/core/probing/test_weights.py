"""What single answers weigh."""

from collections.abc import Sequence

import pytest

from monitor.core.probing.results import ProbeResult
from monitor.core.probing.standings import Standing
from monitor.core.probing.weights import announced_share, green_nats, proves, reach_of, weight_of, weight_of_page
from tests.unit.core.probing.answers import AURORA, AURORA_PAGE, BOREALIS, CONTROL, result


def standing(*results: ProbeResult, beside: Sequence[Standing] = ()) -> Standing:
    made = Standing(results[0])
    for each in results:
        made.hear(each, 2)
    made.proven = proves(made, beside)
    return made


@pytest.mark.parametrize(
    ("minutes", "share"),
    [(0, 0.0), (15, 0.05), (30, 0.10), (43, 0.25), (73, 0.50), (122, 0.75), (188, 0.9), (900, 0.9)],
)
def test_the_share_of_outages_announced_grows_with_time(minutes: float, share: float) -> None:
    assert announced_share(60 * minutes) == pytest.approx(share)


@pytest.mark.parametrize(("minutes", "nats"), [(0, 0.0), (30, -0.1), (60, -0.5), (122, -1.4), (600, -2.0)])
def test_a_green_page_weighs_the_more_the_longer_it_stays_green(minutes: float, nats: float) -> None:
    assert green_nats(60 * minutes) == nats


def test_a_page_weighs_by_what_it_admits_and_nothing_while_there_is_nothing_to_admit() -> None:
    critical = standing(*(result("page", AURORA_PAGE, "failing", at, impact="critical") for at in ("1m", "2m")))
    minor = standing(*(result("page", AURORA_PAGE, "failing", at, impact="minor") for at in ("1m", "2m")))
    green = standing(*(result("page", AURORA_PAGE, "healthy", at) for at in ("1m", "2m")))
    once = standing(result("page", AURORA_PAGE, "failing", "1m", impact="critical"))
    silent = standing(*(result("page", AURORA_PAGE, "unknown", at) for at in ("1m", "2m")))
    found = [weight_of_page(each, None, 0.0) for each in (critical, minor, green, once, silent)]
    assert found == [4.0, 3.5, 0.0, 0.0, 0.0]
    assert weight_of_page(green, 0.0, 3600.0) == -0.5


def test_probes_of_one_scope_share_the_weight_of_one_witness() -> None:
    failing = standing(*(result("api", AURORA, "failing", at, answered=True) for at in ("1m", "2m")))
    assert reach_of(failing, [failing]) == "proven"
    assert weight_of(failing, "proven", 3, None) == pytest.approx(1.3)
    assert weight_of(failing, "alone", 1, None) == 2.0
    assert [weight_of(failing, reach, 1, None) for reach in ("waiting", "cut off")] == [0.0, 0.0]


def test_we_are_cut_off_only_if_a_control_or_everybody_else_is_silent_too() -> None:
    failing = standing(*(result("api", AURORA, "failing", at) for at in ("5m", "6m")))
    before = standing(result("control", CONTROL, "healthy", "4m"))
    after = standing(result("control", CONTROL, "healthy", "7m"))
    silent = standing(result("control", CONTROL, "failing", "7m"))
    other = standing(result("other", BOREALIS, "failing", "7m"))
    same_place = standing(result("api-two", AURORA, "healthy", "7m"))
    assert reach_of(failing, [failing, same_place]) == "alone"
    assert reach_of(failing, [failing, before]) == "waiting"
    assert reach_of(failing, [failing, before, other]) == "waiting"
    assert reach_of(failing, [failing, silent, other]) == "cut off"
    assert reach_of(failing, [failing, other]) == "cut off"
    assert reach_of(failing, [failing, after]) == "waiting", "the way out may have come back just now"


def test_a_failure_is_proven_by_whoever_answered_since_it_began() -> None:
    failures = [result("api", AURORA, "failing", at) for at in ("5m", "6m")]
    control = standing(result("control", CONTROL, "healthy", "5m30s"))
    page = standing(result("page", AURORA_PAGE, "failing", "5m30s", answered=True))
    same_place = standing(result("api-two", AURORA, "healthy", "5m30s"))
    early = standing(result("control", CONTROL, "healthy", "4m"))
    proven = [standing(*failures, beside=[each]).proven for each in (control, page, same_place, early)]
    assert proven == [True, True, False, False]
