"""Which addresses a probe may connect to, however they are written."""

import pytest

from monitor.egress.addresses import literal, permitted


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_public_addresses_may_be_asked(address: str) -> None:
    assert permitted(address, allow_private=False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
    ],
)
def test_private_addresses_may_be_asked_only_where_that_is_allowed(address: str) -> None:
    assert not permitted(address, allow_private=False)
    assert permitted(address, allow_private=True)


@pytest.mark.parametrize(
    "address",
    ["169.254.169.254", "fe80::1%eth0", "224.0.0.1", "ff02::1", "0.0.0.0", "::", "::ffff:169.254.169.254"],
)
def test_some_addresses_may_never_be_asked(address: str) -> None:
    assert not permitted(address, allow_private=True)


def test_a_name_is_told_from_an_address() -> None:
    assert (literal("home.example"), literal("::1")) == ("", "::1")
