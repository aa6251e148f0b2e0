"""Certificates that a till must refuse, made by hand: weak keys, a chain with a hole, a self-made one."""

from __future__ import annotations

import ssl
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def context(self, *others: Issued) -> ssl.SSLContext:
        """Server rules that show this certificate and these; lax enough to load any."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        with tempfile.NamedTemporaryFile() as file:
            file.write(self.key_pem + self.pem + b"".join(other.pem for other in others))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def write(self, file: Path) -> Path:
        file.write_bytes(self.pem)
        return file


@cache
def a_root() -> Issued:
    """A CA, the same one for a whole run."""
    return make("Root of the tests", ca=True)


def make(
    name: str,
    *,
    by: Issued | None = None,
    ca: bool = False,
    key: Key | None = None,
) -> Issued:
    """A certificate for this name, signed by itself unless told; good for a year on both sides of now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _YEAR)
        .not_valid_after(now + _YEAR)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return Issued(builder.sign(by.key if by else key, hashes.SHA256()), key)


def short_rsa() -> rsa.RSAPrivateKey:
    """1024 bits: below what OpenSSL's level 2 takes."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - what is to be refused
