"""`{key, data}`: texts signed by one side and encrypted for the other.

Source: contracts/gotadi.md §4; RFC 8017 §7.2.2 (decryption) and §8.2.1 (signature) in plain arithmetic. Only the PEM
is read by a library.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pos.sandbox import rsa_public
from pos.sandbox.gotadi import des
from pos.sandbox.rsa_public import PublicKey

# DigestInfo of SHA-256 up to the hash itself (RFC 8017 §9.2, note 1).
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")


class UnreadableError(ValueError):
    """`key` or `data` cannot be decrypted."""


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """The numbers of a private key, and its public half as files."""

    public: PublicKey
    p: int = field(repr=False)
    q: int = field(repr=False)
    dp: int = field(repr=False)
    dq: int = field(repr=False)
    q_inverse: int = field(repr=False)
    public_pem: str

    @classmethod
    def of(cls, pem: str) -> PrivateKey:
        """Read a PEM."""
        key = serialization.load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("not an RSA key")
        numbers = key.private_numbers()
        spki = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        public = PublicKey(numbers.public_numbers.n, numbers.public_numbers.e)
        return cls(public, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp, spki.decode("ascii"))

    @property
    def public_xml(self) -> str:
        """The public half as `RSAKeyValue` XML (§4.1)."""
        fields = (("Modulus", self.public.n), ("Exponent", self.public.e))
        inner = "".join(f"<{name}>{_base64_number(number)}</{name}>" for name, number in fields)
        return f"<RSAKeyValue>{inner}</RSAKeyValue>"

    def power(self, block: bytes) -> bytes:
        """Return the private operation on one block, by the Chinese remainder theorem (RFC 8017 §5.1.2)."""
        number = int.from_bytes(block)
        if len(block) != self.public.size_bytes or number >= self.public.n:
            raise UnreadableError("the block does not fit the key")
        by_p, by_q = pow(number, self.dp, self.p), pow(number, self.dq, self.q)
        result = by_q + self.q * ((by_p - by_q) * self.q_inverse % self.p)
        return result.to_bytes(self.public.size_bytes)

    def sign(self, text: str) -> str:
        """Return the SHA-256 PKCS#1 v1.5 signature in standard Base64."""
        ending = b"\x00" + _SHA256_INFO + hashlib.sha256(text.encode()).digest()
        block = b"\x00\x01" + b"\xff" * (self.public.size_bytes - 2 - len(ending)) + ending
        return base64.b64encode(self.power(block)).decode("ascii")


def verifies(key: PublicKey, text: str, signature: str) -> bool:
    """Tell whether the signature in Base64 is the text's."""
    try:
        return rsa_public.verifies(key, text.encode(), from_base64(signature))
    except UnreadableError:
        return False


def seal(receiver: PublicKey, text: str, padding: str = rsa_public.PKCS1V15) -> tuple[str, str]:
    """Return `key` and `data` of a text that holds its signature already."""
    content_key = _content_key()
    sealed_key = rsa_public.encrypt(receiver, content_key, padding)
    return url_base64(sealed_key), url_base64(des.encrypt(content_key, text.encode()))


def unseal(own: PrivateKey, key: object, data: object) -> str:
    """Return the text in `key` and `data`.

    Raises:
        UnreadableError: Missing, or not encrypted for us in the agreed way.
    """
    if not isinstance(key, str) or not isinstance(data, str):
        raise UnreadableError("key and data are texts")
    block = own.power(from_base64(key))
    filling, _, content_key = block[2:].partition(b"\x00")
    if block[:2] != b"\x00\x02" or len(filling) < 8 or len(content_key) != des.KEY_BYTES:
        raise UnreadableError("the content key is not 24 bytes in PKCS#1 v1.5")
    try:
        return des.decrypt(content_key, from_base64(data)).decode("utf-8")
    except ValueError as error:
        raise UnreadableError("the content does not decrypt") from error


def url_base64(raw: bytes) -> str:
    """Return URL-safe Base64 without padding (§4.2)."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def from_base64(text: str) -> bytes:
    """Read either alphabet, with or without padding, blanks and line ends ignored (§4.2).

    Raises:
        UnreadableError: Something else.
    """
    plain = "".join(text.split()).rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError as error:
        raise UnreadableError("not Base64") from error


def _content_key() -> bytes:
    """Return 24 random bytes of odd parity, as Java's generator makes them (§4.1)."""
    return bytes(byte & 254 | (byte >> 1).bit_count() & 1 ^ 1 for byte in secrets.token_bytes(des.KEY_BYTES))


def _base64_number(number: int) -> str:
    return base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode("ascii")
