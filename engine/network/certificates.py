"""Whose certificates are believed: those the system believes, or the file that the environment names."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
"""Where systems keep what they believe as one file, an administrator's additions among it."""


def trusted_certificates() -> ssl.SSLContext:
    """Return who is believed: ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` if set, else what the system believes."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context()
    # The import takes a while, and is needed only when something is really sent.
    import truststore  # noqa: PLC0415

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def bundle_for_libraries(folder: Path) -> str:
    """Return a PEM file of the certificates that are believed, for a library that looks for them itself.

    Args:
        folder: where a file is written on systems that have none (``certificates.pem``).

    Returns:
        Its path; empty where nothing could be found, and the library is left to what it brings along.
    """
    named = os.environ.get("SSL_CERT_FILE", "")
    if named:
        return named
    ways = ssl.get_default_verify_paths()
    for bundle in (ways.cafile, ways.openssl_cafile, *_BUNDLES):
        if bundle and Path(bundle).is_file() and not os.environ.get("SSL_CERT_DIR"):
            return str(bundle)
    known = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not known:
        return ""
    path = folder / "certificates.pem"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(ssl.DER_cert_to_PEM_cert(one) for one in known), encoding="ascii")
    except OSError:
        return ""
    return str(path)
