"""Which addresses a probe may connect to. Judged after a name was resolved, so that no name can lead inside."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host; OSError if it has none."""

SHARED = ip_network("100.64.0.0/10")
"""Between a provider and its customers: not private by name, and not reached from elsewhere."""
_TRANSLATED = IPv6Network("64:ff9b::/96")
_LOW_32_BITS = 0xFFFFFFFF


def permitted(address: str, *, allow_private: bool) -> bool:
    """Whether a probe may connect there.

    Private addresses and this machine only if allowed; link-local ones never, for clouds keep secrets there.
    """
    ip = _meant(address)
    if ip.is_multicast or ip.is_unspecified or ip.is_link_local:
        return False
    if ip.is_loopback or ip.is_private or (isinstance(ip, IPv4Address) and ip in SHARED):
        return allow_private
    return ip.is_global


def literal(host: str) -> str:
    """The host if it is an address already, else nothing."""
    try:
        return str(ip_address(host))
    except ValueError:
        return ""


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host as this machine's resolver gives them, best first; OSError if it has none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _meant(address: str) -> IPv4Address | IPv6Address:
    """The address that is really reached: some IPv6 addresses only wrap one of IPv4."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _TRANSLATED:
        return IPv4Address(int(ip) & _LOW_32_BITS)
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)
