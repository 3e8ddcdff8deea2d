from __future__ import annotations

import json

from monitor.core.observations import Echo
from monitor.mqtt.echo import PENDING_KEPT, Echoes


def test_an_echo_that_comes_back_says_when_it_left() -> None:
    echoes = Echoes(15.0)
    assert echoes.read(echoes.make(100.0), 100.2) == Echo(100.2, sent_at=100.0)


def test_the_payload_can_be_read_by_a_person() -> None:
    said = json.loads(Echoes(15.0).make(100.0))
    assert said["sent_at"] == 100.0
    assert said["number"] == 1


def test_an_echo_counts_once_and_a_newer_one_settles_the_older() -> None:
    echoes = Echoes(15.0)
    first, second = echoes.make(100.0), echoes.make(105.0)
    assert echoes.read(second, 105.1) == Echo(105.1, sent_at=105.0)
    assert echoes.read(second, 105.2) is None
    assert echoes.read(first, 105.3) is None


def test_the_echo_of_another_session_or_a_forged_one_is_not_ours() -> None:
    earlier, now = Echoes(15.0), Echoes(15.0)
    stale = earlier.make(100.0)
    now.make(100.0)
    assert now.read(stale, 101.0) is None
    assert now.read(b'{"sent_at": 999}', 101.0) is None
    assert now.read(b"\xff", 101.0) is None


def test_echoes_that_never_return_do_not_pile_up() -> None:
    echoes = Echoes(15.0)
    payloads = [echoes.make(float(second)) for second in range(PENDING_KEPT + 1)]
    assert echoes.read(payloads[0], 1.0) is None
    assert echoes.read(payloads[1], 1.0) is not None


def heard_much(echoes: Echoes) -> None:
    echoes.make(100.0)
    echoes.heard(retained=False, held=False)


def test_it_is_doubted_when_others_come_and_ours_stays_out_for_long() -> None:
    echoes = Echoes(15.0)
    heard_much(echoes)
    assert not echoes.doubtful(115.0, unacknowledged=0)
    assert echoes.doubtful(115.1, unacknowledged=0)


def test_it_is_not_doubted_while_deliveries_wait_for_our_word() -> None:
    echoes = Echoes(15.0)
    heard_much(echoes)
    assert not echoes.doubtful(200.0, unacknowledged=1)


def test_it_is_not_doubted_in_a_silent_fleet() -> None:
    echoes = Echoes(15.0)
    echoes.heard(retained=False, held=False)
    echoes.make(100.0)
    echoes.heard(retained=True, held=False)
    assert not echoes.doubtful(200.0, unacknowledged=0)


def test_it_is_not_doubted_once_one_of_ours_came_back() -> None:
    echoes = Echoes(15.0)
    echoes.read(echoes.make(90.0), 90.1)
    heard_much(echoes)
    assert not echoes.doubtful(200.0, unacknowledged=0)


def test_it_is_doubted_once_until_the_question_is_answered() -> None:
    echoes = Echoes(15.0)
    heard_much(echoes)
    echoes.ask(7, 120.0)
    assert not echoes.doubtful(121.0, unacknowledged=0)
    echoes.answer(7, 122.0)
    assert echoes.doubtful(123.0, unacknowledged=0)


def test_an_echo_is_swallowed_if_the_broker_answers_and_had_nothing_more_for_us() -> None:
    echoes = Echoes(15.0)
    heard_much(echoes)
    echoes.ask(7, 120.0)
    echoes.heard(retained=False, held=False)
    assert echoes.answer(7, 120.1) == Echo(120.1, sent_at=120.0)
    assert echoes.swallowed


def test_an_echo_may_still_be_in_the_queue_if_the_broker_sent_more_from_it() -> None:
    echoes = Echoes(15.0)
    heard_much(echoes)
    echoes.ask(7, 120.0)
    echoes.heard(retained=False, held=True)
    echoes.answer(7, 120.1)
    assert not echoes.swallowed


def test_an_answer_that_was_not_asked_for_is_no_echo() -> None:
    echoes = Echoes(15.0)
    echoes.ask(7, 120.0)
    assert echoes.answer(8, 121.0) is None
    assert echoes.answer(7, 121.0) == Echo(121.0, sent_at=120.0)
    assert echoes.answer(7, 122.0) is None
