"""Sealed and signed texts of Gotadi: makes `key` and `data`, opens them, checks whose they are. Pure but for chance.

Source: contracts/gotadi.md §4.1 to §4.4. Triple DES in ECB is weak by today's measure; the peer demands it, and TLS is
what really protects the line.

A text is bytes until its signature has been found good: it is checked over exactly what was received, never over
something decoded and written anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7

from pos.domain.errors import RuleBroken
from pos.providers.gotadi.base64_forms import read64, standard64, url64

CONTENT_KEY_BYTES = 24
_BLOCK_BITS = 64
_BAR = b"|"
_FORBIDDEN = frozenset("|\r\n\0")
"""No escaping is defined, so what would need it is never sent."""


class EnvelopeFault(ValueError):
    """An envelope proves nothing.

    Args:
        code: `booking.unreadable` (cannot be opened) or `booking.signature` (not from the issuer, or not for us).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sealed:
    """What goes over the line."""

    key: str = field(repr=False)
    data: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """A received text split into what was signed and by what; not to be used before `Envelopes.verify`."""

    text: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class Envelopes:
    """Seals for the issuer and opens what it sealed for us. Thread-safe.

    Args:
        own: our private key. theirs: the issuer's public key.
    """

    def __init__(self, own: rsa.RSAPrivateKey, theirs: rsa.RSAPublicKey) -> None:
        self._own = own
        self._theirs = theirs

    def seal(self, fields: Sequence[str]) -> Sealed:
        """Sign these fields and seal them, the signature last: all our messages have that layout (§4.5, §3.3).

        Raises:
            RuleBroken: a field that must not go out (`rule.unsendable_text`).
        """
        text = signable(fields)
        signature = self._own.sign(text, padding.PKCS1v15(), SHA256())
        content_key = new_content_key()
        return Sealed(
            key=url64(self._theirs.encrypt(content_key, padding.PKCS1v15())),
            data=url64(encrypt(content_key, text + _BAR + standard64(signature).encode())),
        )

    def open(self, sealed: Sealed) -> bytes:
        """Decrypt; whose words they are is not known yet.

        Raises:
            EnvelopeFault: `booking.unreadable`.
        """
        try:
            content_key = self._own.decrypt(read64(sealed.key), padding.PKCS1v15())
            if len(content_key) != CONTENT_KEY_BYTES:
                raise ValueError("no content key")
            return decrypt(content_key, read64(sealed.data))
        except ValueError:
            raise EnvelopeFault("booking.unreadable") from None

    def verify(self, signed: Signed) -> str:
        """The signed text, now that it is proven to be the issuer's.

        Raises:
            EnvelopeFault: `booking.signature`; `booking.unreadable` if it is no UTF-8.
        """
        try:
            self._theirs.verify(signed.signature, signed.text, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            raise EnvelopeFault("booking.signature") from None
        try:
            return signed.text.decode()
        except UnicodeDecodeError:
            raise EnvelopeFault("booking.unreadable") from None


def signable(fields: Sequence[str]) -> bytes:
    """The text to sign.

    Raises:
        RuleBroken: see `Envelopes.seal`.
    """
    try:
        if any(_FORBIDDEN & set(part) for part in fields):
            raise RuleBroken("rule.unsendable_text")
        return "|".join(fields).encode()
    except UnicodeEncodeError:  # half a surrogate pair
        raise RuleBroken("rule.unsendable_text") from None


def signature_last(text: bytes) -> Signed:
    """Take a signature from the end (login).

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    head, bar, signature = text.rpartition(_BAR)
    if not bar:
        raise EnvelopeFault("booking.unreadable")
    return Signed(head, _signature(signature))


def signature_before_last(text: bytes) -> Signed:
    """Take a signature from the place before the last field (place-order, commit, query-trans).

    Split from the right, so that bars in `properties` or `return_url` do no harm: base64 and numbers have none.

    Raises:
        EnvelopeFault: `booking.unreadable`.
    """
    parts = text.rsplit(_BAR, 2)
    if len(parts) != 3:
        raise EnvelopeFault("booking.unreadable")
    head, signature, last = parts
    return Signed(head + _BAR + last, _signature(signature))


def _signature(raw: bytes) -> bytes:
    try:
        return read64(raw.decode("ascii"))
    except ValueError:
        raise EnvelopeFault("booking.unreadable") from None


def new_content_key() -> bytes:
    """24 random bytes, odd parity, three different thirds, as a Java `DESede` generator makes them."""
    while True:
        key = bytes(_odd(byte) for byte in secrets.token_bytes(CONTENT_KEY_BYTES))
        if len({key[:8], key[8:16], key[16:]}) == 3:
            return key


def _odd(byte: int) -> int:
    return byte & 0xFE | (byte >> 1).bit_count() & 1 ^ 1


def _cipher(content_key: bytes) -> Cipher[modes.ECB]:
    return Cipher(TripleDES(content_key), modes.ECB())  # noqa: S305 - the peer's choice, see above


def encrypt(content_key: bytes, text: bytes) -> bytes:
    """Triple DES, ECB, PKCS#5 padding."""
    padder, encryptor = PKCS7(_BLOCK_BITS).padder(), _cipher(content_key).encryptor()
    return encryptor.update(padder.update(text) + padder.finalize()) + encryptor.finalize()


def decrypt(content_key: bytes, sealed: bytes) -> bytes:
    """The reverse.

    Raises:
        ValueError: not whole blocks, or a padding that is none.
    """
    unpadder, decryptor = PKCS7(_BLOCK_BITS).unpadder(), _cipher(content_key).decryptor()
    return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()
