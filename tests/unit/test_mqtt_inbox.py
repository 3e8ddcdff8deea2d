from __future__ import annotations

from monitor.decoders.protocol import Message
from monitor.mqtt.inbox import Inbox, Receipt


def message(number: int) -> Message:
    return Message(f"fleet/v1/home/dev-{number}/heartbeat", b"{}", retained=False, received_at=float(number))


def test_items_leave_in_the_order_in_which_they_came() -> None:
    inbox = Inbox(10)
    for number in range(5):
        inbox.put(message(number))
    assert [*inbox.take(3).items, *inbox.take(3).items] == [message(number) for number in range(5)]


def test_an_empty_inbox_gives_an_empty_batch() -> None:
    batch = Inbox(10).take(5)
    assert not batch.items
    assert not batch.receipts


def test_it_is_filled_as_long_as_there_is_something_to_take() -> None:
    inbox = Inbox(10)
    assert not inbox.filled.is_set()
    inbox.put(message(1))
    inbox.put(message(2))
    inbox.take(1)
    assert inbox.filled.is_set()
    inbox.take(1)
    assert not inbox.filled.is_set()


def test_it_is_full_at_its_limit_and_roomy_again_when_half_empty() -> None:
    inbox = Inbox(4)
    for number in range(4):
        assert not inbox.full
        inbox.put(message(number))
    assert (inbox.full, inbox.roomy.is_set()) == (True, False)
    inbox.take(1)
    assert (inbox.full, inbox.roomy.is_set()) == (False, False)
    inbox.take(1)
    assert inbox.roomy.is_set()


def test_a_receipt_leaves_with_its_message_and_not_before() -> None:
    inbox = Inbox(10)
    for number in (1, 2, 3):
        inbox.put(message(number))
        inbox.expect(Receipt(serial=1, packet=number))
    assert inbox.take(2).receipts == [Receipt(1, 1), Receipt(1, 2)]
    assert inbox.take(2).receipts == [Receipt(1, 3)]


def test_the_receipt_of_a_delivery_that_is_no_item_leaves_with_the_item_before_it() -> None:
    inbox = Inbox(10)
    inbox.expect(Receipt(1, 7))
    inbox.put(message(1))
    inbox.expect(Receipt(1, 8))
    inbox.put(message(2))
    assert inbox.take(1).receipts == [Receipt(1, 7), Receipt(1, 8)]
    assert inbox.take(1).receipts == []
    inbox.expect(Receipt(1, 9))
    assert inbox.take(1).receipts == [Receipt(1, 9)]
