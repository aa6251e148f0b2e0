"""Opens bought codes: one RSA block each, encrypted by the issuer under the shop's public key.

Source: contracts/appotapay.md §6, contracts/vinid.md §5. Neither issuer states padding or text encoding, so the padding
is a setting and is never guessed at the till, and what comes out counts as a code only if it looks like one.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from pos.domain.errors import ConfigError
from pos.domain.sale import PlainCode, SealedCode, Unreadable
from pos.providers.rsa_keys import read_private_pem

MIN_CHARACTERS, MAX_CHARACTERS = 6, 32
"""Of a plain code, outer blanks not counted."""
_BLANKS = " \t\r\n"
_HEX = re.compile(r"[0-9A-Fa-f]+")


class Padding(StrEnum):
    """How the issuer fills the block; what the settings may say."""

    PKCS1V15 = "pkcs1v15"
    OAEP_SHA1 = "oaep-sha1"
    OAEP_SHA256 = "oaep-sha256"


_SCHEMES: dict[Padding, AsymmetricPadding] = {
    Padding.PKCS1V15: PKCS1v15(),
    Padding.OAEP_SHA1: OAEP(MGF1(SHA1()), SHA1(), None),  # noqa: S303 - the issuer's choice; OAEP does not rest on it
    Padding.OAEP_SHA256: OAEP(MGF1(SHA256()), SHA256(), None),
}


@dataclass(frozen=True, slots=True)
class Masked:
    """What a key check may show of a plain code: its length, and its last 4 characters (2 below 12 characters)."""

    length: int
    ending: str


class CodeOpener:
    """Reads codes with the shop's private keys. Thread-safe, no network.

    Args:
        current_key_pem: private key, PEM without password; empty: the shop has none.
        previous_pems: keys before it, newest first: an old purchase may come back under the key of its day.
        padding: what the settings say.

    Raises:
        ConfigError: a key cannot be used (`sealed.key_unreadable`, `sealed.key_locked`, `sealed.key_not_rsa`; `back` is
            0 for the current key, 1 for the one before it, …). Never holds text of the key.
    """

    def __init__(self, current_key_pem: str, previous_pems: Iterable[str], padding: Padding) -> None:
        pems = enumerate((current_key_pem, *previous_pems))
        self._keys = tuple(_private_key(pem, back) for back, pem in pems if pem)
        self._padding = padding

    def open(self, sealed: SealedCode) -> PlainCode | Unreadable:
        """The plain code, or why there is none to be read; takes about 1 ms a key."""
        return self._open(sealed.ciphertext, self._padding)

    def preview(self, ciphertext: str) -> dict[Padding, Masked | Unreadable]:
        """The settings screen's key check: what each padding would yield, masked. For set-up only, never for a sale."""
        return {padding: _masked(self._open(ciphertext, padding)) for padding in Padding}

    def _open(self, ciphertext: str, padding: Padding) -> PlainCode | Unreadable:
        """The first key that yields a code; if none does, the failure that got furthest."""
        furthest = Unreadable.ENCODING if self._keys else Unreadable.NO_KEY
        for key in self._keys:
            result = _opened(ciphertext, key, padding)
            if isinstance(result, PlainCode):
                return result
            furthest = max(furthest, result, key=_DEPTH.index)
        return furthest


_DEPTH = (Unreadable.NO_KEY, Unreadable.ENCODING, Unreadable.WRONG_KEY_OR_PADDING, Unreadable.NO_CODE_INSIDE)


def _private_key(pem: str, back: int) -> RSAPrivateKey:
    try:
        key = read_private_pem(pem.encode())
    except TypeError:
        raise ConfigError("sealed.key_locked", back=back) from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError("sealed.key_unreadable", back=back) from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError("sealed.key_not_rsa", back=back)
    return key


def _opened(ciphertext: str, key: RSAPrivateKey, padding: Padding) -> PlainCode | Unreadable:
    block = _block(ciphertext, (key.key_size + 7) // 8)
    if block is None:
        return Unreadable.ENCODING
    try:
        plain = key.decrypt(block, _SCHEMES[padding])
    except ValueError:
        return Unreadable.WRONG_KEY_OR_PADDING
    text = _printable(plain)
    if text is None:
        # OpenSSL answers PKCS#1 v1.5 under a wrong key or padding with random bytes instead of an error; OAEP tells.
        return Unreadable.WRONG_KEY_OR_PADDING if padding is Padding.PKCS1V15 else Unreadable.NO_CODE_INSIDE
    return PlainCode(text) if MIN_CHARACTERS <= len(text) <= MAX_CHARACTERS else Unreadable.NO_CODE_INSIDE


def _block(ciphertext: str, length: int) -> bytes | None:
    """The one RSA block of `length` bytes that this text holds, as hex or base64; None if it does not."""
    text = "".join(ciphertext.split())
    try:
        if len(text) == 2 * length and _HEX.fullmatch(text):
            return bytes.fromhex(text)
        block = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return block if len(block) == length else None


def _printable(plain: bytes) -> str | None:
    """The text without outer blanks, if any. Of 100,000 wrongly decrypted blocks about 2 would pass for a code."""
    try:
        text = plain.decode().strip(_BLANKS)
    except UnicodeDecodeError:
        return None
    return text if text and text.isprintable() else None


def _masked(result: PlainCode | Unreadable) -> Masked | Unreadable:
    if isinstance(result, Unreadable):
        return result
    text = result.reveal()
    return Masked(len(text), text[-2:] if len(text) < 12 else text[-4:])
