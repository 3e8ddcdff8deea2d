"""A connected socket, plain or TLS, made without blocking the event loop and read in large pieces."""

import asyncio
import contextlib
import socket
import ssl

from monitor.mqtt.settings import Address

PIECE_BYTES = 65_536


class Stream:
    """What paho takes for a socket. It asks for single bytes; they come from a buffer, filled by one system call."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None
        self._piece = b""
        self._position = 0
        self.failure = ""
        """What TLS last complained of."""

    def recv(self, size: int) -> bytes:
        """Up to `size` bytes; none at the end of the stream, BlockingIOError or ssl.SSLWantReadError for none yet."""
        start = self._position
        if start == len(self._piece):
            start = self._position = 0
            self._piece = b""
            self._piece = self._fill()
        self._position = min(start + size, len(self._piece))
        return self._piece[start : self._position]

    def _fill(self) -> bytes:
        try:
            return self._sock.recv(PIECE_BYTES)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLEOFError):
            raise
        except ssl.SSLError as error:
            self.failure = error.reason or str(error)
            raise

    @property
    def holds_more(self) -> bool:
        """Whether there is something to read that the event loop cannot see at the socket."""
        return self._position < len(self._piece) or (self._tls is not None and self._tls.pending() > 0)

    def send(self, data: bytes | bytearray) -> int:
        """Send what the socket takes now; how much that was."""
        return self._sock.send(data)

    def fileno(self) -> int:
        """For the event loop to watch."""
        return self._sock.fileno()

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 -- paho's signature
        """It never blocks; there is nothing to switch."""

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()


async def open_stream(address: Address, tls: ssl.SSLContext | None, patience_seconds: float) -> Stream:
    """Connect to a broker, each of its addresses in turn; OSError if none answers, ssl.SSLError if trust fails.

    A name is looked up as asyncio does it, in its own pool; an address needs no lookup.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    failure: OSError | None = None
    for family, kind, protocol, _, where in found:
        try:
            async with asyncio.timeout(patience_seconds / len(found)):
                sock = await _connect(socket.socket(family, kind, protocol), where)
        except OSError as error:
            failure = error
            continue
        return Stream(sock if tls is None else await _secure(sock, tls, address.host))
    raise failure or OSError(f"{address.host} has no address")


async def _connect(sock: socket.socket, where: tuple[object, ...]) -> socket.socket:
    with contextlib.ExitStack() as unless_connected:
        unless_connected.callback(sock.close)
        sock.settimeout(0)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, where)
        unless_connected.pop_all()
    return sock


async def _secure(sock: socket.socket, tls: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    secured = tls.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    with contextlib.ExitStack() as unless_secured:
        unless_secured.callback(secured.close)
        while True:
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                await _ready(secured, write=False)
            except ssl.SSLWantWriteError:
                await _ready(secured, write=True)
            else:
                break
        unless_secured.pop_all()
    return secured


async def _ready(sock: socket.socket, *, write: bool) -> None:
    """Wait until the socket can be read from or written to."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    watch, unwatch = (loop.add_writer, loop.remove_writer) if write else (loop.add_reader, loop.remove_reader)
    watch(sock, _fulfil, ready)
    try:
        await ready
    finally:
        unwatch(sock)


def _fulfil(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)
