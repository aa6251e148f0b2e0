"""Changing the master key: everything that is sealed, and every look-up hash, moves under a new one.

The order, so that the till may be killed anywhere:

1. A verified copy of the journal, and the manager's name in the audit chain.
2. The key's holder keeps both keys; the new one is in force. From here every start goes on by itself, before anything
   else is opened.
3. Secrets, then the journal, batch by batch. What is under the old key is read with it.
4. The old key is sealed under the new one for copies of before (`pos.security.retired_keys`), or forgotten.
5. The holder keeps the new key alone.

A journal that was put back from a copy of before is brought up to date the same way, at the next start.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.errors import JournalDamaged, SecurityError
from pos.journal.reseal import BATCH, key_mark, reseal
from pos.journal.store import SqliteJournal
from pos.security.private_file import read_private, write_private
from pos.security.retired_keys import RetiredKeys
from pos.security.vault import KEY_BYTES, Vault

if TYPE_CHECKING:
    from pos.bootstrap import Folder, Program
    from pos.till.ports import Chance, Clock

log = logging.getLogger(__name__)

FILES = (("secrets.bin", "secrets.bin"), ("seen.bin", "last seen"))
"""Small files that are sealed as a whole, and what they are bound to."""
Progress = Callable[[int, int], None]


def begin_change(program: Program, *, manager: str, forget_old: bool = False) -> None:
    """Put a new key in force. The program is to be closed right after: its vault is of yesterday.

    The next start, or `settle_keys`, moves everything under it.

    Args:
        program: alone on its folder; nothing is being sold.
        manager: who wants it.
        forget_old: copies from before the change are not to be read any more.

    Raises:
        JournalError, SecurityError: the old key is in force, and nothing is changed.
    """
    from pos.backup_setup import build_backups
    from pos.domain.backups import CopyReason

    build_backups(program).make(CopyReason.BEFORE_ROTATION, manager)
    with program.journal.transaction(manager) as tx:
        tx.audit("keys.change_begun", "", forget_old=forget_old)
    program.folder.keys.change_to(secrets.token_bytes(KEY_BYTES), by=manager, forget_old=forget_old)


def settle_keys(
    folder: Folder, clock: Clock, chance: Chance, *, progress: Progress = lambda *_: None, batch: int = BATCH
) -> None:
    """Bring secrets and journal under the key in force, from wherever an earlier run was cut off.

    Args:
        folder: opened; nobody else is in it (`InstanceLock`).
        clock: for the journal.
        chance: the same.
        progress: rows done, and rows in all.
        batch: rows in a transaction.

    Raises:
        JournalError, SecurityError: the next call goes on.
    """
    keys, facts = folder.keys, folder.keys.facts()
    ring = keys.ring(data_exists=True)
    if ring.other is not None and "changing" not in facts:
        keys.end_change()  # cut off before the new key was in force: nothing is under it
        return
    beside = () if ring.other is None else (ring.other,)
    retired = RetiredKeys(folder.path, Vault(ring.current, beside))
    vault = Vault(ring.current, (*beside, *retired.all()))
    changing, by = ring.other is not None, facts.get("changing", "").strip("-")
    log.info("the key is being changed" if changing else "a journal from before a change of the key")
    _files(folder.path, vault)
    if folder.journal_path.exists() and not _is_under(folder.journal_path, ring.current):
        journal = _open(replace(folder, vault=vault), clock, chance)
        try:
            kind = "keys.changed" if changing else "keys.caught_up"
            done = reseal(journal.core, actor=by, kind=kind, progress=progress, batch=batch)
        finally:
            journal.close()
        log.info("%d rows are under the new key, %d fields could not be read", done.rows, done.unreadable)
    if not changing:
        return
    if "forget" in facts:
        retired.forget()
    else:
        retired.keep(beside)
    keys.end_change()


def _open(folder: Folder, clock: Clock, chance: Chance) -> SqliteJournal:
    """Without its second log: that could not hold a whole journal, and goes on from a new copy at the next start.

    A damaged one is built anew first, from the copy made before the change and the log, both under the old key.
    """
    try:
        return _opened(folder, clock, chance)
    except JournalDamaged as error:
        from pos.backup_setup import rebuild

        rebuild(folder, clock, str(error.params.get("what", "")), decided_by=None)
    return _opened(folder, clock, chance)


def _opened(folder: Folder, clock: Clock, chance: Chance) -> SqliteJournal:
    return SqliteJournal(
        folder.journal_path,
        folder.vault,
        clock,
        chance,
        change_hour=lambda: folder.settings.number("store.day_change_hour"),
    )


def _is_under(journal: Path, key: bytes) -> bool:
    """Whether all of the journal is under this key already: its mark is the last thing that is written anew."""
    mark = key_mark(journal)
    with contextlib.suppress(SecurityError):
        if mark is not None:
            Vault(key).open(mark, "key_check")
            return True
    return False


def _files(folder: Path, vault: Vault) -> None:
    for name, place in FILES:
        raw = read_private(folder / name)
        if raw is None:
            continue
        try:
            text = vault.open(raw, place)
        except SecurityError:
            log.warning("%s opens under no key; it is left as it is", name)
            continue
        write_private(folder / name, vault.seal(text, place))
