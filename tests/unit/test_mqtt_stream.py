from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from monitor.mqtt import Address
from monitor.mqtt.stream import PIECE_BYTES, Stream, open_stream
from tests.waiting import free_port


@pytest.fixture
def ends() -> Iterator[tuple[Stream, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(0)
    stream = Stream(ours)
    yield stream, theirs
    stream.close()
    theirs.close()


def test_single_bytes_come_from_one_read_of_the_socket(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    theirs.sendall(b"hearth")
    assert stream.recv(1) == b"h"
    assert stream.holds_more
    theirs.sendall(b"beat")
    assert (stream.recv(2), stream.recv(100)) == (b"ea", b"rth")
    assert stream.recv(100) == b"beat"


def test_with_an_empty_buffer_and_an_empty_socket_there_is_nothing_yet(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    theirs.sendall(b"h")
    assert stream.recv(1) == b"h"
    assert not stream.holds_more
    with pytest.raises(BlockingIOError):
        stream.recv(1)
    with pytest.raises(BlockingIOError):
        stream.recv(1)


def test_the_end_of_the_stream_is_an_empty_read_after_everything_else(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    theirs.sendall(b"bye")
    theirs.shutdown(socket.SHUT_WR)
    assert (stream.recv(100), stream.recv(100), stream.recv(100)) == (b"bye", b"", b"")


def test_more_than_a_piece_arrives_whole(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    theirs.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * PIECE_BYTES)
    sent = bytes(range(256)) * (PIECE_BYTES // 256 + 8)
    theirs.sendall(sent)
    received = bytearray()
    while len(received) < len(sent):
        received += stream.recv(1000)
    assert received == sent


def test_what_is_sent_goes_out(ends: tuple[Stream, socket.socket]) -> None:
    stream, theirs = ends
    assert stream.send(b"hello") == 5
    assert theirs.recv(100) == b"hello"


async def test_nothing_that_listens_is_an_error() -> None:
    with pytest.raises(ConnectionRefusedError):
        await open_stream(Address("mqtt", "127.0.0.1", free_port()), None, 5.0)
