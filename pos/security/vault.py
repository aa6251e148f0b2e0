"""Encrypted fields and look-up hashes under one master key."""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pos.domain.errors import SecurityError

KEY_BYTES = 32
"""Length of a master key."""
LOOKUP_BYTES = 16
_FORMAT = b"\x01"
_NONCE_BYTES = 12  # NIST SP 800-38D §8.2: 96 bits, random; far below 2^32 fields under one key


class Vault:
    """Seals texts with AES-256-GCM and hashes codes with HMAC-SHA256, each under a key of its own.

    Args:
        key_material: the master key, `KEY_BYTES` random bytes.
        older: keys before it, which only open; while the key is being changed, or for a copy from before a change.
            A sealed text does not say which key it is under: opening it proves that, and a wrong key costs 1 µs.

    Raises:
        SecurityError: `vault.key_length`.
    """

    __slots__ = ("_aead", "_lookup_key", "_older", "log_keys")

    def __init__(self, key_material: bytes, older: Sequence[bytes] = ()) -> None:
        if any(len(key) != KEY_BYTES for key in (key_material, *older)):
            raise SecurityError("vault.key_length")
        self._aead = _aead(key_material)
        self.log_keys = tuple(_derived(key, b"quay second log") for key in (key_material, *older))
        """Make the checksums of the second log, the first of them those of today: under no other key is one forged."""
        self._lookup_key = _derived(key_material, b"quay code look-up")
        self._older = tuple(_aead(key) for key in older)

    def __repr__(self) -> str:
        return "Vault(••••)"

    def seal(self, text: str, aad: str) -> bytes:
        """Encrypt a text, bound to the place `aad`: copied elsewhere it does not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._aead.encrypt(nonce, text.encode(), aad.encode())

    def open(self, blob: bytes, aad: str) -> str:
        """The inverse of `seal`.

        Raises:
            SecurityError: `vault.wrong_key`: another key, another place, or changed bytes.
        """
        if blob[:1] != _FORMAT:
            raise SecurityError("vault.wrong_key")
        start = 1 + _NONCE_BYTES
        for aead in (self._aead, *self._older):
            try:
                return aead.decrypt(blob[1:start], blob[start:], aad.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        # Outside the handler: the library's error says nothing more, and its frames hold key and text.
        raise SecurityError("vault.wrong_key")

    def lookup(self, provider: str, code: str) -> bytes:
        """A keyed hash by which the same code is found again; without the key it cannot be tried out.

        `provider` may not hold a NUL character; it separates the two parts.
        """
        return hmac.digest(self._lookup_key, f"{provider}\0{code}".encode(), "sha256")[:LOOKUP_BYTES]


def key_check(key_material: bytes) -> str:
    """A short mark by which a wrong master key is told without opening anything (not secret)."""
    return hmac.digest(_derived(key_material, b"quay key check"), b"quay", sha256)[:8].hex()


def _aead(key_material: bytes) -> AESGCM:
    return AESGCM(_derived(key_material, b"quay field encryption"))


def _derived(key_material: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key_material)
