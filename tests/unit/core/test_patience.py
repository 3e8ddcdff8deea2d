"""How long a device may be silent, told as what `Patience` makes of silences that ended."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from monitor.core.fleet import Device
from monitor.core.patience.calibrated import Patience
from monitor.core.patience.circles import PEERS_KEPT
from monitor.core.settings import KindLiveness, LivenessSettings
from monitor.core.snapshot import load_device, save_device
from monitor.devices.profile import Kind, Profile

DAY = 86_400.0
START = 1_700_000_000.0


def device_of(
    patience: Patience,
    name: str = "a",
    *,
    every: float = 30.0,
    kind: Kind = "feeder",
    model: str = "m1",
    firmware: str = "1.0",
) -> Device:
    """A device that has told what it is."""
    device = Device(f"acme/{name}", 0.0)
    device.profile = Profile(kind=kind, model=model, firmware=firmware)
    device.declared_interval = every
    patience.renew(device)
    return device


def live(patience: Patience, device: Device, blips: dict[int, int], *, slots: int = 20_000, at: float = START) -> None:
    """Let so many heartbeats come in time, and so many blips of each number of misses happen on the way."""
    total = sum(blips.values())
    for length, number in sorted(blips.items()):
        for _ in range(number):
            device.slots += slots // total
            device.peers.slots += slots // total
            patience.reconsider(device)
            patience.learn(device, (length + 1) * device.interval, length + 1, at)
    patience.reconsider(device)


def lossy(patience: Patience, name: str = "a", *, kind: Kind = "feeder", model: str = "m1") -> Device:
    """A device with a hundred short blips and a few longer ones behind it."""
    device = device_of(patience, name, kind=kind, model=model)
    live(patience, device, {1: 80, 2: 15, 4: 5})
    return device


class TestTheFixedRule:
    @pytest.mark.parametrize(("every", "timeout"), [(10, 90), (30, 90), (60, 150), (900, 2250)])
    def test_without_any_known_loss_it_holds_to_the_second(self, every: float, timeout: float) -> None:
        assert device_of(Patience(LivenessSettings()), every=every).timeout == timeout

    def test_it_holds_until_twenty_blips_of_its_model_are_known(self) -> None:
        patience = Patience(LivenessSettings())
        device = device_of(patience)
        live(patience, device, {3: 19})
        assert device.timeout == 90
        assert patience.loss_rate(device) == 0
        live(patience, device, {3: 1})
        assert device.timeout > 90

    def test_it_is_all_there_is_where_the_operator_wants_it_fixed(self) -> None:
        patience = Patience(LivenessSettings(mode="fixed"))
        device = lossy(patience)
        assert device.timeout == 90
        assert patience.loss_rate(device) > 0

    def test_it_can_be_chosen_for_one_kind_alone(self) -> None:
        patience = Patience(LivenessSettings(kinds={"thermostat": KindLiveness(mode="fixed", factor=4)}))
        assert lossy(patience, "a", kind="thermostat").timeout == 120
        assert lossy(patience, "b", kind="feeder").timeout > 120


class TestWhatIsPromised:
    def test_a_device_that_loses_more_is_given_more_time(self) -> None:
        patience = Patience(LivenessSettings())
        often, seldom = device_of(patience, "often"), device_of(patience, "seldom")
        live(patience, seldom, {1: 16, 2: 3, 4: 1})
        live(patience, often, {1: 800, 2: 150, 4: 50, 7: 10})
        patience.reconsider(seldom)
        assert seldom.timeout < often.timeout

    def test_fewer_false_alarms_take_more_time(self) -> None:
        strict, lax = (Patience(LivenessSettings(false_alarms_per_device_year=rate)) for rate in (3, 300))
        assert lossy(strict).timeout > lossy(lax).timeout

    def test_a_kind_can_have_a_promise_of_its_own(self) -> None:
        kinds: dict[Kind, KindLiveness] = {"thermostat": KindLiveness(false_alarms_per_device_year=300)}
        patience = Patience(LivenessSettings(false_alarms_per_device_year=3, kinds=kinds))
        assert lossy(patience, "a", kind="thermostat").timeout < lossy(patience, "b", kind="feeder").timeout

    def test_the_chance_of_a_blip_at_the_timeout_is_within_the_promise_and_one_beat_earlier_is_not(self) -> None:
        patience = Patience(LivenessSettings(false_alarms_per_device_year=50))
        device = lossy(patience)
        promised = 50 * device.interval / (365.25 * DAY)
        assert 90 < device.timeout < 600
        assert patience.blip_chance(device, device.timeout) <= promised
        assert patience.blip_chance(device, device.timeout - device.interval) > promised

    @pytest.mark.parametrize("rate", [0.5, 366])
    def test_a_promise_that_cannot_be_kept_or_that_a_fixed_timeout_beats_is_refused(self, rate: float) -> None:
        with pytest.raises(ValidationError, match="false_alarms_per_device_year"):
            LivenessSettings(false_alarms_per_device_year=rate)

    def test_no_silence_is_waited_out_beyond_the_longest(self) -> None:
        patience = Patience(LivenessSettings(false_alarms_per_device_year=1))
        device = device_of(patience)
        live(patience, device, {4: 15, 18: 10}, slots=500)
        assert device.timeout == 600
        slow = device_of(patience, every=900.0)
        live(patience, slow, {2: 15, 3: 10}, slots=500)
        assert slow.timeout == 2 * 2250

    @given(
        st.dictionaries(st.integers(1, 25), st.integers(1, 60), min_size=1, max_size=6),
        st.integers(0, 100_000),
        st.sampled_from([1.0, 30.0, 47.0, 60.0, 900.0]),
        st.floats(1, 365),
    )
    def test_whatever_happened_the_timeout_stays_between_shortest_and_longest(
        self, blips: dict[int, int], slots: int, every: float, promise: float
    ) -> None:
        patience = Patience(LivenessSettings(false_alarms_per_device_year=promise))
        device = device_of(patience, every=every)
        live(patience, device, blips, slots=slots)
        shortest = max(90, 2.5 * every)
        assert shortest <= device.timeout <= max(600, 2 * shortest)
        assert device.interval <= patience.late_after(device) <= device.timeout
        assert 0 <= patience.blip_chance(device, device.timeout) <= 1


class TestWhatASilenceTeaches:
    def test_heartbeats_lost_on_the_way_are_a_blip_of_as_many_misses(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()))
        patience.learn(device, 120.3, 4, START)
        assert device.peers.blips[0] == [0, 0, 1]
        assert (device.starts, device.slots) == (1, 1)

    def test_a_heartbeat_that_is_merely_late_teaches_jitter_and_no_loss(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()))
        before = device.jitter
        assert not patience.learn(device, 55.0, 1, START)
        assert device.starts == 0
        assert device.jitter > before

    def test_a_pause_of_the_device_itself_is_a_blip_too(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()))
        patience.learn(device, 100.0, 1, START)
        assert device.peers.blips[0] == [0, 0, 1]

    def test_numbers_that_jump_without_any_silence_teach_nothing(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()))
        patience.learn(device, 30.0, 4, START)
        assert device.starts == 0

    def test_who_returns_after_the_longest_silence_was_gone_and_teaches_nothing(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()))
        patience.learn(device, 600.0, 20, START)
        assert device.starts == 0
        patience.learn(device, 599.0, 20, START)
        assert device.starts == 1

    def test_blips_beyond_count_are_not_told_apart(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()), every=1.0)
        patience.learn(device, 500.0, 500, START)
        assert len(device.peers.blips[0]) == 200

    def test_a_device_that_has_become_better_is_believed_within_days(self) -> None:
        device = lossy(patience := Patience(LivenessSettings()))
        before = patience.loss_rate(device)
        for day in range(1, 15):
            device.slots += 2880
            device.peers.slots += 2880
            patience.learn(device, 60.0, 2, START + day * DAY)
        assert device.slots <= 7 * 2880 + 1
        assert patience.loss_rate(device) < before / 4

    def test_what_peers_have_shown_fades(self) -> None:
        device = lossy(patience := Patience(LivenessSettings()))
        live(patience, device, {1: 1}, at=START + 1)
        assert device.peers.starts == 101
        live(patience, device, {1: 1}, at=START + 31 * DAY)
        assert device.peers.starts == pytest.approx(101 / 2 + 1)
        assert sum(sum(counts) for counts in device.peers.blips) == pytest.approx(101 / 2 + 1)


class TestPeers:
    def test_a_new_device_begins_with_what_its_peers_have_shown(self) -> None:
        patience = Patience(LivenessSettings())
        lossy(patience, "a")
        newcomer = device_of(patience, "b")
        assert newcomer.timeout > 90
        assert 0 < patience.loss_rate(newcomer) < 0.02

    def test_a_new_release_begins_with_what_its_model_has_shown(self) -> None:
        patience = Patience(LivenessSettings())
        lossy(patience, "a", model="m1")
        for number in range(20):
            live(patience, device_of(patience, f"b{number}", model="m2"), {1: 1})
        weak = device_of(patience, "c", model="m1", firmware="2.0")
        good = device_of(patience, "d", model="m2", firmware="2.0")
        assert patience.loss_rate(weak) > 5 * patience.loss_rate(good)

    def test_devices_of_another_rhythm_are_no_peers(self) -> None:
        patience = Patience(LivenessSettings())
        lossy(patience, "a")
        assert device_of(patience, "b", every=300.0).timeout == 750

    def test_who_changes_its_rhythm_begins_anew(self) -> None:
        device = lossy(patience := Patience(LivenessSettings()))
        device.declared_interval = 900.0
        patience.renew(device)
        assert (device.slots, device.starts) == (0, 0)

    def test_who_tells_the_same_again_keeps_what_was_learned(self) -> None:
        device = lossy(patience := Patience(LivenessSettings()))
        patience.renew(device)
        assert device.starts == 100

    def test_later_news_of_its_model_reaches_a_release_that_never_lost_anything(self) -> None:
        patience = Patience(LivenessSettings())
        quiet = device_of(patience, "a", firmware="0.9")
        assert quiet.timeout == 90
        lossy(patience, "b")
        patience.reconsider(quiet)
        assert quiet.timeout > 90

    def test_what_other_models_do_changes_nothing(self) -> None:
        alone, among_others = Patience(LivenessSettings()), Patience(LivenessSettings())
        lossy(among_others, "b", model="m2")
        assert device_of(among_others).timeout == 90
        lossy(among_others, "c", model="m3")
        assert lossy(among_others).timeout == lossy(alone).timeout

    def test_in_which_order_blips_of_one_moment_are_told_makes_no_difference(self) -> None:
        timeouts = set()
        for turn in (1, -1):
            patience = Patience(LivenessSettings())
            devices = [lossy(patience, name) for name in "abc"]
            for moment in range(10):
                for number, device in list(enumerate(devices))[::turn]:
                    patience.learn(device, 90.0 + 30 * number, 3 + number, START + moment)
                for device in devices:
                    patience.reconsider(device)
                timeouts.add((moment, *(device.timeout for device in devices)))
        assert len(timeouts) == 10

    def test_models_without_end_share_one_group(self) -> None:
        patience = Patience(LivenessSettings())
        for number in range(PEERS_KEPT):
            device_of(patience, model=f"m{number}")
        one, other = device_of(patience, model="one too many"), device_of(patience, model="two too many")
        assert one.peers is other.peers
        assert len(patience.save()["peers"]) == PEERS_KEPT + 1


class TestLossBins:
    def test_a_device_is_classed_by_its_losses(self) -> None:
        patience = Patience(LivenessSettings())
        bins = []
        for name, blips in (("good", 20), ("fair", 80), ("poor", 250), ("bad", 1500)):
            device = device_of(patience, name)
            live(patience, device, {1: blips})
            bins.append(device.loss_bin)
        assert bins == [0, 1, 2, 3]

    def test_the_class_does_not_waver_at_the_edge(self) -> None:
        patience = Patience(LivenessSettings())
        for number in range(20):
            live(patience, device_of(patience, f"p{number}"), {1: 120})
        device = device_of(patience)
        live(patience, device, {1: 42}, slots=5000)
        assert device.loss_bin == 2
        device.slots += 2800
        assert 0.006 / 1.25 < patience.loss_rate(device) < 0.006
        assert not patience.learn(device, 60.0, 2, START)
        device.slots += 9000
        assert patience.learn(device, 60.0, 2, START)
        assert device.loss_bin == 1


class TestWords:
    def test_nothing_is_said_of_odds_that_nobody_knows(self) -> None:
        device = device_of(patience := Patience(LivenessSettings()), every=60.0)
        device.last_seen = 1000.0
        assert patience.explain(device, 1420.0) == "usually every 1 min ± 2 s, silent for 7 min, limit 2 min 30 s"

    def test_how_rare_such_a_blip_is_follows_the_limit(self) -> None:
        patience = Patience(LivenessSettings(false_alarms_per_device_year=50))
        device = lossy(patience)
        device.last_seen = 1000.0
        told = patience.explain(device, 1001.0 + device.timeout)
        assert told.startswith("usually every 30 s ± 1 s, silent for ")
        assert "; a blip this long comes about once in " in told
        assert "blip" not in patience.explain(device, 1060.0)

    def test_suspicion_grows_with_silence(self) -> None:
        patience = Patience(LivenessSettings())
        device = lossy(patience)
        levels = [patience.suspicion(device, seconds) for seconds in (20, 65, 95, 300, 550, 5000)]
        assert levels == sorted(levels)
        assert levels[0] == 0
        assert levels[-1] == 9
        unknown = Patience(LivenessSettings())
        assert unknown.suspicion(device_of(unknown), 300.0) == 9


class TestMemory:
    def test_what_was_learned_survives_a_restart(self) -> None:
        before = Patience(LivenessSettings())
        device = lossy(before)
        after = Patience(LivenessSettings())
        after.restore(before.save())
        again = load_device(save_device(device))
        after.renew(again)
        assert again.timeout == device.timeout
        assert after.loss_rate(again) == before.loss_rate(device)
        assert (again.loss_bin, again.slots, again.starts) == (device.loss_bin, device.slots, device.starts)
        assert after.save() == before.save()

    def test_a_store_from_before_there_was_anything_to_learn_is_read(self) -> None:
        patience = Patience(LivenessSettings())
        patience.restore({})
        assert patience.save() == {"peers": []}
