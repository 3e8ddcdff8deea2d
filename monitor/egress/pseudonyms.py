"""Names for devices that only the holder of the key can lead back."""

import hashlib
import hmac
import secrets
from pathlib import Path

from monitor.egress.settings import EgressError, EgressSettings

SHORTEST_KEY = 16
"""Bytes, as the setting asks."""


class Pseudonyms:
    """Keyed names: the same device has the same one, and nobody without the key can tell which device it is.

    Each tenant has a key of its own, made from ours: names of one tenant say nothing about those of another.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, tenant: str, name: str) -> str:
        """The pseudonym of what a tenant calls `name`: a device, a gateway, a site, an alert about one of them."""
        own = hmac.digest(self._key, f"tenant {tenant}".encode(), hashlib.sha256)
        return f"p-{hmac.digest(own, name.encode(), hashlib.sha256).hex()[:16]}"

    def of_device(self, device: str) -> str:
        """The pseudonym of a device by its whole id, `tenant/device`."""
        tenant, _, name = device.partition("/")
        return self.of(tenant, name)


def load_key(settings: EgressSettings, beside: Path) -> bytes:
    """The key of the pseudonyms: as configured, else `pseudonym.key` beside the store, made at the first start."""
    if settings.pseudonym_key is not None:
        return settings.pseudonym_key.get_secret_value().encode()
    file = settings.pseudonym_key_file or beside / "pseudonym.key"
    if settings.pseudonym_key_file is None and not file.exists():
        _make_key(file)
    return _read_key(file)


def _make_key(file: Path) -> None:
    unfinished = file.with_suffix(".new")
    try:
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_hex(32))
        unfinished.replace(file)
    except OSError as error:
        raise EgressError(
            f"{file} cannot be written ({error.strerror}); correct [store] path or set [egress] pseudonym_key_file"
        ) from error


def _read_key(file: Path) -> bytes:
    try:
        key = file.read_bytes().strip()
    except OSError as error:
        raise EgressError(f"{file}, the key of the pseudonyms, cannot be read: {error.strerror}") from error
    if len(key) < SHORTEST_KEY:
        raise EgressError(
            f"{file}, the key of the pseudonyms, has {len(key)} bytes; at least {SHORTEST_KEY} are needed"
        )
    return key
