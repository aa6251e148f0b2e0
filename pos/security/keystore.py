"""Where the master key lives: the operating system's key store if there is a real one, else a file of our own.

The choice is made once, at the first start, and remembered in `keystore.json`; a till that later runs without its key
store says so and never makes a second key over data sealed with the first.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Protocol

from pos.domain.errors import SecurityError
from pos.security.private_file import read_private, write_private
from pos.security.vault import KEY_BYTES, key_check

SERVICE = "quay-voucher"
_REAL = frozenset(f"keyring.backends.{name}" for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows"))
"""Modules whose key stores encrypt. A list of the good: `keyrings.alt`, null, fail and whatever else may be
installed keep the key in plain sight or nowhere."""


class Backend(Protocol):
    """What is used of a back end of `keyring`."""

    def get_password(self, service: str, username: str) -> str | None:
        """The text kept under that name."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a text."""


class KeyStore:
    """Finds or makes the master key of one data folder.

    Args:
        folder: the data folder.
        environment: `QUAY_KEYSTORE=file` keeps the key in the file `key` (servers, tests).
        backends: gives the operating system's key stores, best first.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] = os.environ,
        backends: Callable[[], Iterable[Backend]] | None = None,
    ) -> None:
        self._file = folder / "key"
        self._record = folder / "keystore.json"
        self._file_only = environment.get("QUAY_KEYSTORE") == "file"
        self._backends = backends or real_backends

    def master_key(self, *, data_exists: bool) -> bytes:
        """The key, made at the first start.

        Args:
            data_exists: a journal or secrets already stand in the folder, so a key must exist.

        Raises:
            SecurityError: `key.missing` (gone, or its key store is), `key.locked` (the key store refused),
                `key.wrong` (not the key this folder was begun with). Nothing was made or changed.
        """
        record = self._read_record()
        if record is None:
            return self._first_key(data_exists=data_exists)
        key = self._from_file() if record["holder"] == "file" else self._from_backend(record)
        if key is None:
            raise SecurityError("key.missing", holder=record["holder"])
        if key_check(key) != record["check"]:
            raise SecurityError("key.wrong", holder=record["holder"])
        return key

    def _first_key(self, *, data_exists: bool) -> bytes:
        found = self._from_file()  # a first start may have died between key and record
        if data_exists:
            if found is None:
                raise SecurityError("key.missing", holder="")
            return found  # without a record only the journal itself can say whether it is the right one
        key = found or secrets.token_bytes(KEY_BYTES)
        record = None if found or self._file_only else self._into_backend(key)
        if record is None:
            write_private(self._file, base64.b64encode(key) + b"\n")
            record = {"holder": "file"}
        record["check"] = key_check(key)
        write_private(self._record, json.dumps(record).encode())
        return key

    def _read_record(self) -> dict[str, str] | None:
        raw = read_private(self._record)
        if raw is None:
            return None
        try:
            record = json.loads(raw)
            return {name: str(record[name]) for name in record} | {"holder": record["holder"], "check": record["check"]}
        except (ValueError, KeyError, TypeError):
            raise SecurityError("key.missing", holder="keystore.json") from None

    def _from_file(self) -> bytes | None:
        raw = read_private(self._file)
        return None if raw is None else _decoded(raw.decode("ascii", "replace"), "file")

    def _from_backend(self, record: Mapping[str, str]) -> bytes | None:
        for backend in self._backends():
            if _name(backend) == record["holder"]:
                text = _asked(backend, record.get("account", ""))
                return None if text is None else _decoded(text, record["holder"])
        return None

    def _into_backend(self, key: bytes) -> dict[str, str] | None:
        """Keep the key in the first key store that gives it back; None if there is none."""
        text, account = base64.b64encode(key).decode(), secrets.token_hex(8)
        for backend in self._backends():
            try:
                backend.set_password(SERVICE, account, text)
                if _asked(backend, account) == text:
                    return {"holder": _name(backend), "account": account}
            except Exception:  # noqa: BLE001, S112 – every key store has errors of its own; the next one, or the file, serves
                continue
        return None


def real_backends() -> Iterable[Backend]:
    """The key stores of this machine that encrypt, best first (`keyring` takes 0.1 s, which most starts can spare)."""
    import keyring.backend

    found = [backend for backend in keyring.backend.get_all_keyring() if type(backend).__module__ in _REAL]
    return sorted(found, key=lambda backend: -float(backend.priority))


def _asked(backend: Backend, account: str) -> str | None:
    try:
        return backend.get_password(SERVICE, account)
    except Exception as error:  # each key store has errors of its own
        raise SecurityError("key.locked", holder=_name(backend)) from error


def _name(backend: Backend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _decoded(text: str, holder: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise SecurityError("key.wrong", holder=holder) from None
    if len(key) != KEY_BYTES:
        raise SecurityError("key.wrong", holder=holder)
    return key
