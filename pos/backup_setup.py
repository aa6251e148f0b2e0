"""Opens the journal of a till with its second log, and has a damaged one built anew. Part of the bootstrap.

A journal that can be proven complete is rebuilt by itself: a cashier in the middle of a queue is helped by a till that
sells, and the manager is told until she has read it. One at whose end something may be missing is money that nobody may
decide about but her: the till stays shut and names the command, `quay backup rebuild`.
"""

from __future__ import annotations

import contextlib
import json
import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pos.domain.errors import JournalDamaged, JournalTooNew, SecurityError
from pos.domain.permissions import Action
from pos.journal.connection import kept_wal_of, wal_of
from pos.journal.intents import FOLDER, IntentLog, segments
from pos.journal.intents_resume import newest_segment
from pos.journal.store import SqliteJournal

if TYPE_CHECKING:
    from pos.bootstrap import Folder, Program
    from pos.journal.backup import Backups
    from pos.journal.rebuild import Built, Rebuilder
    from pos.till.backups import JournalNotice
    from pos.till.ports import Chance, Clock

_MARK = "environment"
"""The file that a folder has since its first start, behind its journal (`HeldFolder`)."""


def open_logged(folder: Folder, clock: Clock, chance: Chance) -> SqliteJournal:
    """The journal with its second log; a damaged one is rebuilt first, if that can be proven complete.

    Raises:
        JournalDamaged: `journal.damaged_ask`: a manager decides; `journal.damaged_alone`: there is nothing to rebuild
            it from. Nothing was changed.
        JournalUnavailable, JournalTooNew, SecurityError: as `SqliteJournal`.
    """
    try:
        return _open(folder, clock, chance)
    except (JournalDamaged, SecurityError) as error:
        what = _damage(folder, error)
        if what is None:
            raise
        try:
            rebuild(folder, clock, what, decided_by=None)
        except JournalDamaged:
            if isinstance(error, SecurityError):
                raise error from None  # of a key that was forgotten, perhaps: nobody can tell it from another till's
            raise
    return _open(folder, clock, chance)


def _open(folder: Folder, clock: Clock, chance: Chance) -> SqliteJournal:
    path = folder.journal_path
    if not path.exists() and had_journal(folder.path):
        from pos.journal.rebuild import finish_install

        if not finish_install(path, folder.path / FOLDER):
            raise JournalDamaged("journal.damaged", what="lost")
    kept = keep_wal(path)
    try:
        journal = SqliteJournal(
            path,
            folder.vault,
            clock,
            chance,
            change_hour=lambda: folder.settings.number("store.day_change_hour"),
            log=IntentLog(folder.path / FOLDER, folder.vault.log_keys[0]),
        )
    except JournalTooNew:
        kept.unlink(missing_ok=True)  # a newer program's: it was only looked at
        raise
    kept.unlink(missing_ok=True)
    return journal


def keep_wal(path: Path) -> Path:
    """A second name for SQLite's log of a run that died: who opens a damaged one and closes it, deletes it."""
    wal, kept = wal_of(path), kept_wal_of(path)
    with contextlib.suppress(OSError):
        if wal.exists():
            kept.unlink(missing_ok=True)
            os.link(wal, kept)
    return kept


def had_journal(folder: Path) -> bool:
    """Whether a journal stood here once: an empty one is never begun in its place."""
    copies = folder / "copies"
    return (folder / _MARK).exists() or bool(segments(folder / FOLDER)) or any(copies.glob("*.db"))


def _damage(folder: Folder, error: JournalDamaged | SecurityError) -> str | None:
    """What is damaged, if it is the journal; None: the error stands.

    A journal that our key does not open, beside a log that it does, is another till's in the place of ours. Not so one
    of before a change of the key.
    """
    if isinstance(error, JournalDamaged):
        return str(error.params.get("what", ""))
    if error.code != "key.wrong" or _opens_with_retired(folder):
        return None
    log = IntentLog(folder.path / FOLDER, folder.vault.log_keys[0])
    return "foreign" if newest_segment(log) is not None else None


def _opens_with_retired(folder: Folder) -> bool:
    if not folder.retired.exist():
        return False
    from pos.journal.reseal import KEY_CHECK, key_mark
    from pos.security.vault import Vault

    mark = key_mark(folder.journal_path)
    with contextlib.suppress(SecurityError):
        for key in folder.retired.all():
            if mark is not None:
                Vault(key).open(mark, KEY_CHECK)
                return True
    return False


# ---------------------------------------------------------------- rebuilding


def rebuilder(folder: Folder, clock: Clock) -> Rebuilder:
    """Builds the journal of this folder anew."""
    from pos.journal.rebuild import Rebuilder

    second = folder.settings.text("backup.second_folder")
    return Rebuilder(
        folder.journal_path,
        folder.path / FOLDER,
        folder.vault.log_keys,
        folder.vault,
        clock.now_utc,
        at_least=_links_seen(folder),
        more_copies=[Path(second)] if second else (),
    )


def _links_seen(folder: Folder) -> int:
    from pos.last_seen import SeenFile

    try:
        seen = SeenFile(folder.path, folder.vault).read()
    except SecurityError:
        return 0
    return 0 if seen is None else seen.links


def rebuild(folder: Folder, clock: Clock, what: str, *, decided_by: str | None) -> JournalNotice:
    """Build the journal anew and put it in place.

    Args:
        folder: opened; nobody else is in it.
        clock: of this machine.
        what: what is damaged.
        decided_by: the manager who wants it even where something may be missing; None: only where nothing can be.

    Raises:
        JournalDamaged: `journal.damaged_ask`, `journal.damaged_alone`; nothing was changed.
        JournalUnavailable: the disk.
    """
    work = rebuilder(folder, clock)
    built = work.build(what)
    if not built.certain and decided_by is None:
        discard(built)
        raise JournalDamaged("journal.damaged_ask", what=what, missing=len(built.missing))
    notice = work.put_in_place(built, what, by=decided_by or "")
    if not built.certain:
        from pos.domain.business_date import utc_text
        from pos.last_seen import accept_restored

        accept_restored(folder.path, folder.vault, actor=decided_by or "", at_utc=utc_text(clock.now_utc()))
    return notice


def restore(folder: Folder, clock: Clock, source: Path, *, manager: str, with_log: bool) -> JournalNotice:
    """Put a copy in the journal's place.

    Args:
        folder: opened; nobody else is in it.
        clock: of this machine.
        source: the copy.
        manager: who wants it.
        with_log: take over what the second log holds beyond it.

    Raises:
        JournalError: nothing was changed.
    """
    from pos.domain.business_date import utc_text
    from pos.last_seen import accept_restored

    work = rebuilder(folder, clock)
    built = work.from_copy(source, with_log=with_log)
    notice = work.put_in_place(built, "", by=manager)
    accept_restored(folder.path, folder.vault, actor=manager, at_utc=utc_text(clock.now_utc()))
    return notice


def manager_of(file: Path, folder: Folder, clock: Clock, chance: Chance, pin: str) -> str:
    """The manager whose PIN this is, asked of a copy, because the journal cannot be read.

    Wrong tries are kept in a copy of the copy, so that the next try waits as it would at the till.

    Args:
        file: a sound journal of this till.
        folder: opened.
        clock: of this machine.
        chance: the same.
        pin: as it was typed.

    Returns:
        Her name; "" where the till never had a manager.

    Raises:
        SecurityError: as `People.manager_by_pin`.
        JournalError: the file cannot be read.
    """
    from pos.journal.rebuild import copy_file, remove_database
    from pos.security.people import PinPeople
    from pos.till.ports import Role
    from pos.till.rights import Rights

    asked = folder.path / "pins.db"
    if not asked.exists():
        copy_file(file, asked)
    journal = SqliteJournal(asked, folder.vault, clock, chance)
    try:
        people = PinPeople(journal.people, clock, chance)
        managed = any(person.role is Role.MANAGER for person in people.everyone())
        name = Rights(people).allow(Action.RESTORE, None, pin).person.name if managed else ""
    finally:
        journal.close()
    remove_database(asked)
    return name


def discard(built: Built) -> None:
    """Throw a new journal away that nobody wants, and its folder."""
    from pos.journal.rebuild import remove_database

    with contextlib.suppress(OSError):
        remove_database(built.file)
        built.folder.rmdir()


def what_is_wrong(folder: Folder, clock: Clock, chance: Chance) -> str | None:
    """What is damaged about the journal; None: it opens. Raises as `open_logged` for everything that is no damage."""
    try:
        _open(folder, clock, chance).close()
    except (JournalDamaged, SecurityError) as error:
        what = _damage(folder, error)
        if what is None:
            raise
        return what
    return None


# ---------------------------------------------------------------- copies


def build_backups(program: Program) -> Backups:
    """The copies of an open till's journal."""
    from pos.journal.backup import Backups

    return Backups(program.journal, program.clock, lambda: program.settings.text("backup.second_folder"))


# ---------------------------------------------------------------- doubt


def settle_doubt(program: Program) -> None:
    """Take everything unsent for unknown, before the till opens; a start that dies on the way does it again.

    Raises:
        JournalError: the till must not open.
    """
    from pos.journal.booking_store import BookingStore
    from pos.journal.notices import name_bookings
    from pos.journal.rebuild import DOUBT
    from pos.journal.sale_store import SaleStore
    from pos.till.doubt import ACTOR, NUMBERS_PASSED_OVER, Doubter, days_in_doubt

    journal = program.journal
    doubter = Doubter(journal, program.desk.redeemer.stamp)
    rows, slips, look_at = doubter.vouchers(), doubter.slips(), tuple[str, ...]()
    if journal.has_sales():
        rows += doubter.sales(SaleStore(journal))
    if journal.has_bookings():
        look_at = doubter.bookings(BookingStore(journal))
    first = json.loads(journal.kept(DOUBT) or "{}").get("known_until", "")
    known = date.fromisoformat(first) if first else journal.business_date(program.clock.now_utc())
    today = journal.business_date(program.clock.now_utc())
    with journal.transaction(ACTOR) as tx:
        for day in days_in_doubt(known, today):
            tx.pass_over(program.bill_series(f"{day:%Y%m%d}"), NUMBERS_PASSED_OVER)
        if look_at:
            tx.audit("journal.look_at_bookings", "", bills=",".join(look_at[:50]), count=len(look_at))
            name_bookings(journal, tx, look_at[:50])
        tx.audit("journal.doubt", "", rows=rows, slips=slips, numbers=NUMBERS_PASSED_OVER)
        tx.keep(DOUBT, "")
