"""The sandbox's certificate authority and the TLS contexts it serves with, honest and dishonest."""

from __future__ import annotations

import os
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trustme

CA_FILE: Final = "ca.pem"
_CA_KEY_FILE: Final = "ca-key.pem"
_OWN_NAMES: Final = ("127.0.0.1", "localhost", "::1")
_STRANGE_NAME: Final = "elsewhere.example"


@dataclass(frozen=True)
class Contexts:
    """Server contexts by TLS mode; `honest` is what a till must accept, each other one it must refuse."""

    honest: ssl.SSLContext
    wrong_certificate: ssl.SSLContext
    wrong_host: ssl.SSLContext
    tls11_only: ssl.SSLContext

    def of(self, mode: str | None) -> ssl.SSLContext:
        """Return the context of a TLS fault's name; None means honest."""
        found = self.honest if mode is None else getattr(self, mode)
        assert isinstance(found, ssl.SSLContext)  # noqa: S101 - names come from the fault table
        return found


def authority(folder: Path) -> tuple[trustme.CA, Path]:
    """Return the folder's certificate authority and its CA file; made on first use, the same one ever after.

    Args:
        folder: Data folder; must exist.
    """
    ca_file, key_file = folder / CA_FILE, folder / _CA_KEY_FILE
    if ca_file.exists() and key_file.exists():
        return trustme.CA.from_pem(ca_file.read_bytes(), key_file.read_bytes()), ca_file
    ca = trustme.CA(organization_name="Quay sandbox")
    _write_private(key_file, ca.private_key_pem.bytes())
    ca.cert_pem.write_to_path(ca_file)
    return ca, ca_file


def contexts(ca: trustme.CA) -> Contexts:
    """Issue fresh server certificates from the authority, and one from a stranger."""
    own = ca.issue_cert(*_OWN_NAMES)
    old = _context(own)
    with warnings.catch_warnings():
        # Old on purpose: this mode proves that a till refuses anything below TLS 1.2.
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    # OpenSSL 3 forbids the hashes of TLS 1.1 above level 0.
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    return Contexts(
        honest=_context(own),
        wrong_certificate=_context(trustme.CA().issue_cert(*_OWN_NAMES)),
        wrong_host=_context(ca.issue_cert(_STRANGE_NAME)),
        tls11_only=old,
    )


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate.configure_cert(context)
    return context


def _write_private(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
