"""Backing up the keys of a till and putting them back: what is done with folder and journal around the sealed file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.business_date import utc_text
from pos.domain.errors import SecurityError
from pos.durable import flush_folder
from pos.journal.reseal import key_mark
from pos.security.key_backup import MOST_BYTES, BackupLabel, KeyBackup, open_backup, read_label, seal_backup
from pos.security.keystore import KeyStore
from pos.security.recovery_code import new_code
from pos.security.retired_keys import RetiredKeys
from pos.security.secret import Secret
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault
from pos.till.views import Environment

if TYPE_CHECKING:
    from pos.bootstrap import Program
    from pos.security.asking import Asker


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup that was made and read back.

    Args:
        label: what stands on file and sheet.
        code: opens the file. It is nowhere else.
        names: settings whose secrets are in it.
    """

    label: BackupLabel
    code: Secret
    names: tuple[str, ...]


def back_up_keys(
    program: Program, out: Path, *, manager: str, deliver: Callable[[BackedUp], None], apart_from: Iterable[Path] = ()
) -> BackedUp:
    """Write the backup, read it back, hand its code out, note it in the audit chain and in the key's own record.

    Any thread but the GUI's.

    Args:
        program: an open till.
        out: a file that does not exist yet, outside the data folder: best on a stick.
        manager: who wants it.
        deliver: puts the code on paper; if that fails there is no backup.
        apart_from: files in whose folder it may not be.

    Raises:
        SecurityError: `backup_of_keys.in_folder`, `backup_of_keys.beside`, `backup_of_keys.exists`,
            `secrets.not_written`; there is no new file.
        JournalError: it could not be noted; the file was taken away again.
    """
    folder, settings = program.folder, program.settings
    _refuse_place(out, folder.path, apart_from)
    secrets, key = folder.secrets.all(), folder.keys.ring(data_exists=True).current
    code, mark, now = new_code(), folder.secrets.mark(), program.clock.now_utc()
    label, raw = seal_backup(
        code,
        key=key,
        retired=folder.retired.all(),
        secrets=secrets,
        made_utc=utc_text(now),
        store=settings.text("store.code"),
        till=settings.text("till.code"),
        environment=settings.environment.value,
    )
    write_new(out, raw)
    try:
        if open_backup(out.read_bytes(), code).secrets != secrets:
            raise SecurityError("secrets.not_written", file=out.name)
        made = BackedUp(label, code, tuple(sorted(secrets)))
        deliver(made)
        with program.journal.transaction(manager) as tx:
            tx.audit("keys.backed_up", label.number, secrets=len(secrets), file=out.name)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    folder.keys.note_backup(utc_text(now), mark)
    return made


def write_new(path: Path, raw: bytes) -> None:
    """A file that was not there before, readable by its owner only, flushed; no draft beside it.

    Raises:
        SecurityError: `backup_of_keys.exists`, `secrets.not_written`.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError as error:
        raise SecurityError("backup_of_keys.exists", file=path.name) from error
    except OSError as error:
        raise SecurityError("secrets.not_written", file=path.name) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        flush_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise SecurityError("secrets.not_written", file=path.name) from error


def refuse_inside(path: Path, folder: Path) -> None:
    """What is meant to outlive the data folder does not lie in it. Raises `backup_of_keys.in_folder`."""
    if folder.resolve() in (path.resolve(), *path.resolve().parents):
        raise SecurityError("backup_of_keys.in_folder", file=path.name)


def _refuse_place(out: Path, folder: Path, apart_from: Iterable[Path]) -> None:
    refuse_inside(out, folder)
    for other in apart_from:
        if other.resolve().parent == out.resolve().parent:
            raise SecurityError("backup_of_keys.beside", file=out.name)


def look_into(file: Path) -> tuple[BackupLabel, bytes]:
    """The label of a backup, so that the right sheet can be fetched, and its bytes.

    Raises:
        SecurityError: `backup_of_keys.not_one`, `secrets.not_readable`.
    """
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SecurityError("secrets.not_readable", file=file.name) from error
    return read_label(raw), raw


def restore_keys(folder: Path, raw: bytes, code: Secret, ask: Asker | None, *, forgotten: bool = False) -> KeyBackup:
    """Put the keys back into an empty folder, or into one whose key is gone.

    The folder is `InstanceLock`ed by the caller. Secrets that stand in the folder and can be read stay as they are:
    they are newer. The next start leaves `keys.restored` in the audit chain.

    Args:
        folder: the data folder; made if it is missing.
        raw: the backup.
        code: from the sheet.
        ask: for the passphrase of the folder, where it has one.
        forgotten: that passphrase is forgotten; a new one is asked for.

    Raises:
        SecurityError: `key.not_missing` (the folder has its key, and it is another one or nothing is to be done),
            `backup_of_keys.of_another` (the journal is of another key), as `open_backup` and `KeyStore.ring`;
            the folder is as it was.
    """
    backup = open_backup(raw, code)
    production = backup.label.environment == Environment.PRODUCTION.value or _is_production(folder)
    keys = KeyStore(folder, ask=ask, production=production)
    if not forgotten and _has_key(keys, folder):
        raise SecurityError("key.not_missing")
    vault = Vault(backup.key, backup.retired)
    mark = key_mark(folder / "journal.db")
    if mark is not None:
        try:
            vault.open(mark, "key_check")
        except SecurityError:
            raise SecurityError("backup_of_keys.of_another", number=backup.label.number) from None
    stand = _standing_secrets(folder, vault)
    if stand is None:
        _set_aside(folder / "secrets.bin")
    keys.put(backup.key, restored_from=f"{backup.label.number} {utc_text(datetime.now(UTC))}")
    secrets = SecretStore(folder / "secrets.bin", Vault(backup.key))
    secrets.replace({**backup.secrets, **(stand or {})})
    if backup.retired:
        RetiredKeys(folder, Vault(backup.key)).replace(backup.retired)
    if not stand or stand == dict(backup.secrets):
        keys.note_backup(backup.label.made_utc, secrets.mark())
    return backup


def _has_key(keys: KeyStore, folder: Path) -> bool:
    if not keys.has_record() and not (folder / "journal.db").exists() and not (folder / "secrets.bin").exists():
        return False
    try:
        keys.ring(data_exists=True)
    except SecurityError as error:
        if error.code in ("key.missing", "key.wrong"):
            return False
        raise
    return True


def _standing_secrets(folder: Path, vault: Vault) -> dict[str, str] | None:
    """What is there already; None: a file that these keys do not open."""
    try:
        return SecretStore(folder / "secrets.bin", vault).all()
    except SecurityError:
        return None


def _set_aside(path: Path) -> None:
    """Another key may turn up some day, and a giftcode key in there cannot be replaced."""
    number = next(number for number in range(1, 1_000) if not path.with_name(f"{path.name}.unread{number}").exists())
    os.replace(path, path.with_name(f"{path.name}.unread{number}"))


def _is_production(folder: Path) -> bool:
    from pos.settings import NoSecrets, Settings

    return Settings(folder, NoSecrets()).environment is Environment.PRODUCTION
