"""A backup of the keys in one file: the master key and every secret of the settings, opened by the recovery code alone.

The file and the code are worth nothing without each other. The code is 140 random bits, so no slow hash is needed:
HKDF-SHA256 makes the key, AES-256-GCM seals, and what the file says in plain text is bound to what is sealed.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pos.domain.errors import SecurityError
from pos.security.recovery_code import read_code
from pos.security.secret import Secret
from pos.security.vault import KEY_BYTES, key_check
from pos.sound_json import read_json

KIND = "quay key backup 1"
MOST_BYTES = 1_000_000
_PURPOSE = b"quay key backup"
_SALT_BYTES, _NONCE_BYTES = 16, 12


@dataclass(frozen=True, slots=True)
class BackupLabel:
    """What the file says to everybody, so that it is found again with its sheet.

    Args:
        number: short mark that stands on the sheet as well.
        made_utc: time text.
        store, till: codes in bill numbers.
        environment: where the keys belong.
        check: mark of the master key.
    """

    number: str
    made_utc: str
    store: str
    till: str
    environment: str
    check: str


@dataclass(frozen=True, slots=True, repr=False)
class KeyBackup:
    """What is in a backup. Prints as dots."""

    label: BackupLabel
    key: bytes
    retired: tuple[bytes, ...]
    secrets: Mapping[str, str]

    def __repr__(self) -> str:
        return f"KeyBackup({self.label.number}, ••••)"


def seal_backup(
    code: Secret, *, key: bytes, retired: tuple[bytes, ...], secrets: Mapping[str, str], made_utc: str, store: str,
    till: str, environment: str,
) -> tuple[BackupLabel, bytes]:  # fmt: skip
    """The label and the bytes of the file."""
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    header = {
        "kind": KIND, "salt": _text(salt), "made_utc": made_utc, "store": store, "till": till,
        "environment": environment, "check": key_check(key),
    }  # fmt: skip
    inside = {"key": _text(key), "retired": [_text(old) for old in retired], "secrets": dict(secrets)}
    sealed = _aead(code, salt).encrypt(nonce, json.dumps(inside, ensure_ascii=False).encode(), _bound(header))
    raw = json.dumps({**header, "sealed": _text(nonce + sealed)}, ensure_ascii=False, indent=1).encode() + b"\n"
    return _label(header, salt), raw


def open_backup(raw: bytes, code: Secret) -> KeyBackup:
    """The inverse.

    Raises:
        SecurityError: `backup_of_keys.not_one` (no such file), `recovery.wrong_code` (another sheet's, or the file was
            changed), and what `read_code` raises.
    """
    header, salt, sealed = _read(raw)
    aead = _aead(code, salt)
    try:
        inside = read_json(aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound(header)))
    except (InvalidTag, ValueError):
        raise SecurityError("recovery.wrong_code", number=_label(header, salt).number) from None
    try:
        keys = [base64.b64decode(text, validate=True) for text in (inside["key"], *inside["retired"])]
        secrets = {str(name): str(value) for name, value in inside["secrets"].items()}
        if any(len(key) != KEY_BYTES for key in keys):
            raise ValueError
        return KeyBackup(_label(header, salt), keys[0], tuple(keys[1:]), secrets)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SecurityError("backup_of_keys.not_one") from None


def read_label(raw: bytes) -> BackupLabel:
    """What the file says to everybody. Raises `SecurityError("backup_of_keys.not_one")`."""
    header, salt, _ = _read(raw)
    return _label(header, salt)


def _read(raw: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        if len(raw) > MOST_BYTES:
            raise ValueError
        header = dict(read_json(raw))
        sealed = base64.b64decode(header.pop("sealed"), validate=True)
        salt = base64.b64decode(header["salt"], validate=True)
        _label(header, salt)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SecurityError("backup_of_keys.not_one") from None
    if header.get("kind") != KIND or len(sealed) <= _NONCE_BYTES:
        raise SecurityError("backup_of_keys.not_one")
    return header, salt, sealed


def _label(header: Mapping[str, Any], salt: bytes) -> BackupLabel:
    number = sha256(salt).hexdigest()[:8].upper()
    names = ("made_utc", "store", "till", "environment", "check")
    return BackupLabel(f"{number[:4]}-{number[4:]}", *(str(header[name]) for name in names))


def _aead(code: Secret, salt: bytes) -> AESGCM:
    raw = read_code(code.reveal())
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=_PURPOSE).derive(raw))


def _bound(header: Mapping[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
