"""A small file that only a passphrase opens: argon2id over the passphrase, AES-256-GCM over the content.

What the passphrase cost when the file was made stands in the file: a later program asks more of new files and still
opens the old ones. Whoever changes those figures changes the key, so the file just does not open.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pos.domain.errors import SecurityError
from pos.security.asking import normal
from pos.sound_json import read_json

_KIND = "quay key sealed under a passphrase"
_NONCE_BYTES, _SALT_BYTES, _KEY_BYTES = 12, 16, 32


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs a thief.

    Args:
        memory_kib: of argon2id; also what a start needs for a moment.
        passes: over that memory.
        lanes: computed side by side.
    """

    memory_kib: int = 131_072
    passes: int = 3
    lanes: int = 4

    def bearable(self) -> bool:
        """Whether a till can pay it: figures in a damaged file must not take the machine down."""
        return 8 * self.lanes <= self.memory_kib <= 2_097_152 and 1 <= self.passes <= 64 and 1 <= self.lanes <= 64


COST = Cost()
"""Of files made now: 128 MiB, about 0.2 s. RFC 9106 §4 asks for 64 MiB and three passes at least."""


class PassphraseBox:
    """The key that a passphrase gives, with the figures it was made by. Holds no passphrase.

    Made by `new` or `of`; both take some tenths of a second.
    """

    __slots__ = ("_aead", "_header")

    def __init__(self, phrase: str, cost: Cost, salt: bytes) -> None:
        self._header = {**asdict(cost), "kdf": "argon2id", "kind": _KIND, "salt": base64.b64encode(salt).decode()}
        key = hash_secret_raw(
            normal(phrase), salt, cost.passes, cost.memory_kib, cost.lanes, _KEY_BYTES, Type.ID, version=19
        )
        self._aead = AESGCM(key)

    def __repr__(self) -> str:
        return "PassphraseBox(••••)"

    @classmethod
    def new(cls, phrase: str, cost: Cost = COST) -> PassphraseBox:
        """With a salt of its own."""
        return cls(phrase, cost, os.urandom(_SALT_BYTES))

    def seal(self, text: str) -> bytes:
        """The whole file."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._aead.encrypt(nonce, text.encode(), _bound(self._header))
        return json.dumps({**self._header, "sealed": base64.b64encode(nonce + sealed).decode()}).encode() + b"\n"

    @classmethod
    def open(cls, raw: bytes, phrase: str) -> tuple[PassphraseBox, str]:
        """The box of a file and its content.

        Raises:
            SecurityError: `key.passphrase_wrong`, or `key.wrong` where the file is no such file.
        """
        header, sealed = _read(raw)
        try:
            cost = Cost(*(int(header[name]) for name in ("memory_kib", "passes", "lanes")))
            salt = base64.b64decode(header["salt"], validate=True)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise SecurityError("key.wrong", holder="passphrase") from None
        if not cost.bearable() or len(salt) < _SALT_BYTES // 2:
            raise SecurityError("key.wrong", holder="passphrase")
        box = cls(phrase, cost, salt)
        try:
            text = box._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(header))
            return box, text.decode()
        except (InvalidTag, ValueError):
            raise SecurityError("key.passphrase_wrong") from None

    def cheaper_than(self, cost: Cost) -> bool:
        """Whether files made now ask more of a thief."""
        return int(self._header["memory_kib"]) * int(self._header["passes"]) < cost.memory_kib * cost.passes


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, separators=(",", ":")).encode()


def _read(raw: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        header = dict(read_json(raw))
        sealed = base64.b64decode(header.pop("sealed"), validate=True)
    except (ValueError, KeyError, TypeError):
        raise SecurityError("key.wrong", holder="passphrase") from None
    if header.get("kind") != _KIND or header.get("kdf") != "argon2id" or len(sealed) < _NONCE_BYTES:
        raise SecurityError("key.wrong", holder="passphrase")
    return header, sealed
