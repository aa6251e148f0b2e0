"""The rules of TLS towards an issuer: versions, whom to trust, pins, and what a failed handshake means.

TLS 1.2 or newer; chain and host name are verified on every connection, and no setting can turn that off. Level 2 of
OpenSSL refuses RSA below 2048 bits and signatures with SHA-1 anywhere in the chain. Not checked is whether a
certificate was revoked: OpenSSL asks nobody, and a till that must ask a third party before each handshake would stand
still with it. A shop that wants a key to stop working at once uses a pin.
"""

from __future__ import annotations

import base64
import binascii
import ssl
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

_HOST_MISMATCH = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_VERIFY_FAULTS = {
    9: "net.tls_not_yet_valid",  # X509_V_ERR_CERT_NOT_YET_VALID
    10: "net.tls_expired",  # X509_V_ERR_CERT_HAS_EXPIRED
    66: "net.tls_weak",  # X509_V_ERR_EE_KEY_TOO_SMALL
    67: "net.tls_weak",  # X509_V_ERR_CA_KEY_TOO_SMALL
    68: "net.tls_weak",  # X509_V_ERR_CA_MD_TOO_WEAK
}
_VERSION_REASONS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "WRONG_SSL_VERSION", "NO_PROTOCOLS_AVAILABLE")
_WEAK_REASONS = ("DH_KEY_TOO_SMALL", "EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "WRONG_SIGNATURE_TYPE")
_PIN_BYTES = 32
_DER = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of a chain that was verified.

    Args:
        name: whose it is, for people.
        ends_utc: the last moment it is good for.
        pin: base64 of SHA-256 over its SubjectPublicKeyInfo (RFC 7469 §2.4), as the setting wants it.
    """

    name: str
    ends_utc: datetime
    pin: str


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a finished handshake showed.

    Args:
        version: as OpenSSL names it, `TLSv1.3`.
        chain: the server's own certificate first, the trusted root last.
        by_proxy: it was reached through a proxy.
    """

    version: str
    chain: tuple[Certificate, ...]
    by_proxy: bool


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """The rules for one issuer.

    Not `ssl.create_default_context`: that one obeys SSLKEYLOGFILE, which writes out what opens the PIN to a reader of
    the line.

    Args:
        ca_file: the only CA to trust, PEM; None: the system's.

    Raises:
        OSError, ValueError: the file is missing, unreadable, or holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies chain and host name
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Said here because a build of Python or a distribution's openssl.cnf may have another level.
    context.set_ciphers("@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM")
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=ca_file)
    return context


def read_pins(text: str) -> frozenset[bytes]:
    """The pins of a setting: base64 of 32 bytes each, between commas or white space; `sha256/` may stand before it.

    Raises:
        ValueError: one of them is none. A pin with a typing error must not count as no pin.
    """
    pins = set()
    for part in text.replace(",", " ").split():
        try:
            pin = base64.b64decode(part.removeprefix("sha256/"), validate=True)
        except binascii.Error:
            raise ValueError("no pin") from None
        if len(pin) != _PIN_BYTES:
            raise ValueError("no pin")
        pins.add(pin)
    return frozenset(pins)


def pin_of(certificate_der: bytes) -> bytes:
    """SHA-256 over the certificate's SubjectPublicKeyInfo: it outlives a renewal that keeps the key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = x509.load_der_x509_certificate(certificate_der).public_key()
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize()


def fits(pins: frozenset[bytes], sock: ssl.SSLSocket) -> bool:
    """Whether a key of the verified chain is pinned; without pins every verified chain fits."""
    return not pins or any(_is_pinned(pins, der) for der in verified_chain(sock))


def _is_pinned(pins: frozenset[bytes], der: bytes) -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return pin_of(der) in pins
    except (ValueError, UnsupportedAlgorithm):  # a key of a kind that nobody can have pinned
        return False


def verified_chain(sock: ssl.SSLSocket) -> list[bytes]:
    """DER of the chain as it was verified, own certificate first; what else the server sent along does not count."""
    # WORKAROUND: Python 3.10 to 3.12 have this method, undocumented, with objects where 3.13 has bytes (CPython
    # issue 109109). Without it there is no chain, and a pin fits nothing.
    chain: list[Any] = getattr(sock, "get_verified_chain", list)()
    return [one if isinstance(one, bytes) else one.public_bytes(_DER) for one in chain]


def handshake(sock: ssl.SSLSocket, *, by_proxy: bool) -> Handshake:
    """The facts of a connection that stands."""
    from cryptography import x509

    chain = []
    for der in verified_chain(sock):
        certificate = x509.load_der_x509_certificate(der)
        pin = base64.b64encode(pin_of(der)).decode()
        chain.append(Certificate(_name(certificate), certificate.not_valid_after_utc, pin))
    return Handshake(sock.version() or "", tuple(chain), by_proxy)


def certificates_in(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a CA file.

    Raises:
        ValueError: there is none in it.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificates(pem)
    return tuple(
        Certificate(
            _name(one), one.not_valid_after_utc, base64.b64encode(pin_of(one.public_bytes(Encoding.DER))).decode()
        )
        for one in found
    )


def _name(certificate: object) -> str:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    assert isinstance(certificate, x509.Certificate)  # noqa: S101 - for the type checker: the library loads lazily
    for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATIONAL_UNIT_NAME, NameOID.ORGANIZATION_NAME):
        for attribute in certificate.subject.get_attributes_for_oid(oid):
            return str(attribute.value)[:80]
    return ""


def tls_fault(cause: BaseException | None) -> str:
    """The stable code for a failed handshake. Source: OpenSSL `x509_vfy.h`, and its reason texts.

    Codes are told apart because the advice differs: another CA file, another address, the till's clock.
    """
    if isinstance(cause, ssl.SSLCertVerificationError):
        if cause.verify_code in _HOST_MISMATCH:
            return "net.tls_host"
        return _VERIFY_FAULTS.get(cause.verify_code, "net.tls_untrusted")
    if isinstance(cause, ConnectionError):
        return "net.refused"  # hung up on before a word of TLS: no matter of certificates
    if isinstance(cause, ssl.SSLError):
        reason = cause.reason or ""
        if any(text in reason for text in _VERSION_REASONS):
            return "net.tls_version"
        if any(text in reason for text in _WEAK_REASONS):
            return "net.tls_weak"
    return "net.tls_failed"


def close_left_over(cause: BaseException | None) -> None:
    """Close the socket that a failed handshake has left open.

    WORKAROUND: `ssl.SSLSocket._create` of CPython 3.11 and 3.12 takes the plain socket over and, if the peer has reset
    it before the handshake, raises without closing; offline, that would be a file descriptor per try until the next
    garbage collection. The socket is reachable through the traceback only. Re-test with 3.13.
    """
    for frame, _ in traceback.walk_tb(cause.__traceback__ if cause is not None else None):
        left_over = frame.f_locals.get("self")
        if isinstance(left_over, ssl.SSLSocket):
            left_over.close()
