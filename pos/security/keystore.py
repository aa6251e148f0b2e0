"""Where the master key lives: the operating system's key store if there is a real one, else a file that a passphrase
opens; in plain sight only where somebody asked for that and no money is real.

The choice is made once, at the first start, and remembered in `keystore.json`; a till that later runs without its key
store says so and never makes a second key over data sealed with the first. A plain key of an earlier program is moved
over at the next start of a folder in which money is real.

While the key is being changed (`pos.key_rotation`) its holder keeps two; `keystore.json` says which is in force.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from pos.domain.errors import SecurityError
from pos.security.asking import Asker, Unattended, check_strength
from pos.security.passphrase import COST, Cost, PassphraseBox
from pos.security.private_file import read_private, wipe_private, write_private
from pos.security.vault import KEY_BYTES, key_check
from pos.sound_json import read_json

SERVICE = "quay-voucher"
RECORD, PLAIN, SEALED = "keystore.json", "key", "key.sealed"
"""Files in the data folder. The sealed key has a name of its own, so that the plain one can be overwritten once the
other stands: a file that is replaced under its name leaves its old bytes on the disk."""
FILE, PASSPHRASE = "file", "passphrase"
"""Holders that are no key store of the operating system."""
_OF_THE_KEY = ("made_utc", "was", "backup_utc", "backup_of", "restored")
"""What the record says of the key itself, wherever it lies."""
_REAL = frozenset(f"keyring.backends.{name}" for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows"))
"""Modules whose key stores encrypt. A list of the good: `keyrings.alt`, null, fail and whatever else may be
installed keep the key in plain sight or nowhere."""


class Backend(Protocol):
    """What is used of a back end of `keyring`."""

    def get_password(self, service: str, username: str) -> str | None:
        """The text kept under that name."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a text."""

    def delete_password(self, service: str, username: str) -> None:
        """Keep it no longer."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """The key in force, and the one beside it while the key is being changed."""

    current: bytes
    other: bytes | None = None

    def __repr__(self) -> str:
        return "KeyRing(••••)"


class KeyStore:
    """Finds or makes the master key of one data folder. One thread.

    Args:
        folder: the data folder.
        environment: `QUAY_KEYSTORE=file` keeps the key in the plain file `key` (tests, training, the sandbox).
        backends: gives the operating system's key stores, best first.
        ask: gets the passphrase where one is needed; else the file of `QUAY_PASSPHRASE_FILE`.
        production: money is real: no plain file.
        cost: of a passphrase file that is made now.
        now: the time, for the age of the key.
    """

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] = os.environ,
        backends: Callable[[], Iterable[Backend]] | None = None,
        *,
        ask: Asker | None = None,
        production: bool = False,
        cost: Cost = COST,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._plain, self._sealed, self._record = folder / PLAIN, folder / SEALED, folder / RECORD
        self._file_only = environment.get("QUAY_KEYSTORE") == "file"
        self._backends = backends or real_backends
        self._ask = ask or Unattended(environment)
        self._production = production
        self._cost = cost
        self._now = now
        self._box: PassphraseBox | None = None
        self._ring: KeyRing | None = None

    def master_key(self, *, data_exists: bool) -> bytes:
        """The key in force, made at the first start. Raises as `ring`."""
        return self.ring(data_exists=data_exists).current

    def ring(self, *, data_exists: bool) -> KeyRing:
        """The key in force, made at the first start, and the one beside it.

        Args:
            data_exists: a journal or secrets already stand in the folder, so a key must exist.

        Raises:
            SecurityError: `key.missing` (gone, or its key store is), `key.locked` (the key store refused),
                `key.wrong` (not the key this folder was begun with), `key.plain_refused` (a plain file where money
                is real), and what the asker raises. Nothing was made or changed.
        """
        if self._ring is None:  # else the passphrase would be asked for again
            self._ring = self._find(data_exists=data_exists)
        return self._ring

    def _find(self, *, data_exists: bool) -> KeyRing:
        record = self._read_record()
        if record is None:
            return self._first_ring(data_exists=data_exists)
        if self._production and record["holder"] == FILE and self._file_only:
            raise SecurityError("key.plain_refused")
        ring = _picked(self._keys(record), record)
        if self._production and record["holder"] == FILE:
            self._keep(ring, record)
        elif record["holder"] == PASSPHRASE:
            wipe_private(self._plain)  # moving the key over may have been cut off right before
        return ring

    def has_record(self) -> bool:
        """Whether the folder was begun with a key at all."""
        return self._record.exists() or self._plain.exists() or self._sealed.exists()

    def put(self, key: bytes, *, restored_from: str) -> None:
        """Begin the folder with this key, from a backup. Whatever holder it had is left alone and no longer asked.

        Args:
            key: the master key.
            restored_from: stays in the record until the audit chain has it.

        Raises:
            SecurityError: as `ring`; the folder is as it was.
        """
        self._box = None
        self._keep(KeyRing(key), {}, {"restored": restored_from})

    def restored(self) -> str:
        """From which backup the key was put back, until `note_restored`; empty: it was not, or that is noted."""
        return (self._read_record() or {}).get("restored", "")

    def note_restored(self) -> None:
        """The audit chain has it."""
        record = {name: value for name, value in (self._read_record() or {}).items() if name != "restored"}
        write_private(self._record, json.dumps(record).encode())

    def change_to(self, key: bytes, *, by: str, forget_old: bool) -> None:
        """Put this key in force; the holder keeps the one before beside it until `end_change`.

        Should the till die in here, either key may be in force, and both are there.

        Args:
            key: the new one.
            by: the manager who wants it.
            forget_old: keys before it are not to be kept for old copies.
        """
        ring, was = self.ring(data_exists=True), self._read_record() or {}
        self._keep(KeyRing(key, ring.current), {**was, "changing": by or "-"} | ({"forget": "1"} if forget_old else {}))

    def end_change(self) -> None:
        """From now on the holder keeps the key in force alone: the one before is gone from here."""
        ring = self.ring(data_exists=True)
        self._keep(KeyRing(ring.current), self._read_record() or {})

    def change_passphrase(self) -> None:
        """Ask for another passphrase and seal the key under it; the old one opens nothing any more.

        Raises:
            SecurityError: `key.no_passphrase` where the key does not hang on one; as `ring`.
        """
        ring, record = self.ring(data_exists=True), self._read_record()
        if record is None or record["holder"] != PASSPHRASE:
            raise SecurityError("key.no_passphrase")
        self._box = None
        self._keep(ring, record)

    def facts(self) -> Mapping[str, str]:
        """What `keystore.json` says, for `pos.security.key_facts`. Empty before the first start."""
        return self._read_record() or {}

    def note_backup(self, at_utc: str, mark: str) -> None:
        """Remember when the key and the secrets were last backed up.

        Args:
            at_utc: time text.
            mark: of what was backed up (`SecretStore.mark`): tells later whether anything has changed since.
        """
        record = self._read_record() or {}
        write_private(self._record, json.dumps({**record, "backup_utc": at_utc, "backup_of": mark}).encode())

    # ------------------------------------------------------------ finding

    def _first_ring(self, *, data_exists: bool) -> KeyRing:
        found = self._first_found()  # a first start may have died between key and record
        if data_exists:
            if found is None:
                raise SecurityError("key.missing", holder="")
            return found  # without a record only the journal itself can say whether it is the right one
        if found is not None and self._box is not None:
            self._write_record({"holder": PASSPHRASE}, found, {})
            return found
        if found is not None and not self._production:
            self._write_record({"holder": FILE}, found, {})
            return found
        ring = found or KeyRing(secrets.token_bytes(KEY_BYTES))
        self._keep(ring, {})
        return ring

    def _first_found(self) -> KeyRing | None:
        keys = self._from_sealed() or self._from_plain()
        return None if keys is None else KeyRing(keys[0], *keys[1:2])

    def _keys(self, record: Mapping[str, str]) -> tuple[bytes, ...]:
        holder = record["holder"]
        if holder == FILE:
            keys = self._from_plain()
        elif holder == PASSPHRASE:
            keys = self._from_sealed()
        else:
            keys = self._from_backend(record)
        if keys is None:
            raise SecurityError("key.missing", holder=holder)
        return keys

    def _from_plain(self) -> tuple[bytes, ...] | None:
        raw = read_private(self._plain)
        return None if raw is None else _decoded(raw.decode("ascii", "replace"), FILE)

    def _from_sealed(self) -> tuple[bytes, ...] | None:
        raw = read_private(self._sealed)
        if raw is None:
            return None
        opened: list[tuple[PassphraseBox, str]] = []

        def attempt(phrase: str) -> None:
            box, text = PassphraseBox.open(raw, phrase)
            if box.cheaper_than(self._cost):  # made when guesses were dearer than they are now
                box = PassphraseBox.new(phrase, self._cost)
                write_private(self._sealed, box.seal(text))
            opened.append((box, text))

        self._ask.existing(attempt)
        self._box, text = opened[-1]
        return _decoded(text, PASSPHRASE)

    def _from_backend(self, record: Mapping[str, str]) -> tuple[bytes, ...] | None:
        for backend in self._backends():
            if _name(backend) == record["holder"]:
                text = _asked(backend, record.get("account", ""))
                return None if text is None else _decoded(text, record["holder"])
        return None

    def _read_record(self) -> dict[str, str] | None:
        raw = read_private(self._record)
        if raw is None:
            return None
        try:
            record = dict(read_json(raw))
            return {name: str(record[name]) for name in record} | {"holder": record["holder"], "check": record["check"]}
        except (ValueError, KeyError, TypeError):
            raise SecurityError("key.missing", holder=RECORD) from None

    # ------------------------------------------------------------ keeping

    def _keep(self, ring: KeyRing, was: Mapping[str, str], more: Mapping[str, str] | None = None) -> None:
        """Put the keys where they belong, say so in the record, then take them away from where they were.

        Args:
            ring: what is to be kept.
            was: the record until now; a holder that is good enough stays.
            more: goes into the record as well.
        """
        text = " ".join(base64.b64encode(key).decode() for key in (ring.current, ring.other) if key is not None)
        holder = was.get("holder")
        if self._file_only and holder is None and self._production:
            raise SecurityError("key.plain_refused")
        if (holder == FILE and not self._production) or (holder is None and self._file_only):
            held = self._into_plain(text)
        elif holder == PASSPHRASE:
            held = self._into_sealed(text)
        else:
            kept = self._into_backend(text)
            if kept is None and holder not in (None, FILE):
                raise SecurityError("key.locked", holder=holder)  # it gave the key a moment ago
            held = kept or self._into_sealed(text)
        self._write_record({**held, **(more or {})}, ring, was)
        if held["holder"] != FILE:
            wipe_private(self._plain)
        self._forget_account(was, held)

    def _into_plain(self, text: str) -> dict[str, str]:
        write_private(self._plain, text.encode() + b"\n")
        return {"holder": FILE}

    def _into_sealed(self, text: str) -> dict[str, str]:
        if self._box is None:
            made: list[PassphraseBox] = []

            def attempt(phrase: str) -> None:
                check_strength(phrase)
                made.append(PassphraseBox.new(phrase, self._cost))

            self._ask.new(attempt)
            self._box = made[-1]
        write_private(self._sealed, self._box.seal(text))
        return {"holder": PASSPHRASE}

    def _into_backend(self, text: str) -> dict[str, str] | None:
        """Keep the keys in the first key store that gives them back; None if there is none.

        Always under an account of its own: macOS takes the old entry out before it puts the new one in, and a till
        that dies in between would have no key.
        """
        account = secrets.token_hex(8)
        for backend in self._backends():
            try:
                backend.set_password(SERVICE, account, text)
                if _asked(backend, account) == text:
                    return {"holder": _name(backend), "account": account}
            except Exception:  # noqa: BLE001, S112 – every key store has errors of its own; the next one, or the file, serves
                continue
        return None

    def _forget_account(self, was: Mapping[str, str], held: Mapping[str, str]) -> None:
        account = was.get("account")
        if not account or account == held.get("account"):
            return
        for backend in self._backends():
            if _name(backend) == was["holder"]:
                with contextlib.suppress(Exception):  # an entry too many opens nothing: the record names another
                    backend.delete_password(SERVICE, account)

    def _write_record(self, held: Mapping[str, str], ring: KeyRing, was: Mapping[str, str]) -> None:
        now, check = self._now().isoformat(timespec="seconds"), key_check(ring.current)
        same = was.get("check") == check
        record = {**held, "check": check}
        if same:  # of a key that an earlier program made nobody knows the age
            record |= {name: was[name] for name in _OF_THE_KEY if name in was}
        elif "restored" not in held:
            record["made_utc"] = now
        if same and was.get("holder") == FILE != held["holder"]:
            record["was"] = FILE
        if ring.other is not None:
            record |= {name: was[name] for name in ("changing", "forget") if name in was}
            record.setdefault("changing", "-")
        self._ring = ring
        write_private(self._record, json.dumps(record).encode())


def real_backends() -> Iterable[Backend]:
    """The key stores of this machine that encrypt, best first (`keyring` takes 0.1 s, which most starts can spare)."""
    import keyring.backend

    found = [backend for backend in keyring.backend.get_all_keyring() if type(backend).__module__ in _REAL]
    return sorted(found, key=lambda backend: -float(backend.priority))


def _picked(keys: tuple[bytes, ...], record: Mapping[str, str]) -> KeyRing:
    """The key that the record names, and the other."""
    for key in keys:
        if key_check(key) == record["check"]:
            others = [other for other in keys if other != key]
            return KeyRing(key, others[0] if others else None)
    raise SecurityError("key.wrong", holder=record["holder"])


def _asked(backend: Backend, account: str) -> str | None:
    try:
        return backend.get_password(SERVICE, account)
    except Exception as error:  # each key store has errors of its own
        raise SecurityError("key.locked", holder=_name(backend)) from error


def _name(backend: Backend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _decoded(text: str, holder: str) -> tuple[bytes, ...]:
    """One key or two."""
    try:
        keys = tuple(base64.b64decode(word, validate=True) for word in text.split())
    except ValueError:
        raise SecurityError("key.wrong", holder=holder) from None
    if len(keys) not in (1, 2) or any(len(key) != KEY_BYTES for key in keys):
        raise SecurityError("key.wrong", holder=holder)
    return keys
