"""Whose certificates are believed."""

import ssl
from pathlib import Path

import httpx


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Trusts the public authorities and those that this machine's owner trusts, or the one in `ca_file` alone.

    Raises OSError if the file cannot be used.
    """
    if ca_file is None:
        context = httpx.create_ssl_context()
        context.load_default_certs()
        return context
    return ssl.create_default_context(cafile=str(ca_file))
