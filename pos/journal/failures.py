"""SQLite's errors in the till's words: whose fault it is decides what the cashier is told."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from pathlib import Path

from pos.domain.errors import JournalDamaged, JournalError, JournalUnavailable, PosError, RuleBroken

_FEW_BYTES = 1 << 20
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_UNAVAILABLE = {
    sqlite3.SQLITE_FULL: "journal.disk_full",
    sqlite3.SQLITE_READONLY: "journal.read_only",
    sqlite3.SQLITE_BUSY: "journal.busy",
    sqlite3.SQLITE_LOCKED: "journal.busy",
    sqlite3.SQLITE_PERM: "journal.permission",
    sqlite3.SQLITE_AUTH: "journal.permission",
    sqlite3.SQLITE_NOMEM: "journal.io",
}


def sorted_error(error: sqlite3.Error, path: Path) -> PosError:
    """The error of `pos.domain.errors` that says what `error` means for the journal at `path`.

    The library's text goes no further unless it is one of our own triggers' rule names: a constraint's text may
    hold values.
    """
    # The primary code is the low byte; the rest tells apart what the cashier need not know.
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if primary in _DAMAGED:
        suspect(path)
        return JournalDamaged("journal.damaged", what=name)
    if primary == sqlite3.SQLITE_CONSTRAINT:
        return _broken_rule(str(error), name)
    if primary == sqlite3.SQLITE_IOERR:
        return JournalUnavailable("journal.disk_full" if _nearly_full(path) else "journal.io", what=name)
    if primary == sqlite3.SQLITE_CANTOPEN:
        return JournalUnavailable("journal.read_only" if _read_only(path) else "journal.permission", what=name)
    if primary in _UNAVAILABLE:
        return JournalUnavailable(_UNAVAILABLE[primary], what=name)
    return JournalError("journal.failed", what=name)


def suspect(path: Path) -> None:
    """Remember that the file was found damaged: the next start reads it through, however the program ends."""
    with contextlib.suppress(OSError):
        if path.exists():
            suspicion(path).touch(mode=0o600)


def suspicion(path: Path) -> Path:
    """The mark beside a journal that was found damaged."""
    return path.with_name(path.name + ".suspect")


_OS_WORDS = {
    errno.EROFS: "journal.read_only",
    errno.ENOTDIR: "journal.read_only",  # a file stands where a folder is to be: no disk that fails
    errno.ENOSPC: "journal.disk_full",
    errno.EDQUOT: "journal.disk_full",
    errno.EACCES: "journal.permission",
    errno.EPERM: "journal.permission",
}


def os_error(error: OSError) -> JournalUnavailable:
    """The same for an error of the file system itself."""
    return JournalUnavailable(_OS_WORDS.get(error.errno or 0, "journal.io"))


def _broken_rule(text: str, name: str) -> PosError:
    if text.startswith("rule."):  # RAISE(ABORT, 'rule.…') in a trigger of ours
        return RuleBroken(text)
    if "redemption.code_hash" in text:
        return RuleBroken("rule.already_taken")
    if "audit.seq" in text:  # another process wrote in between: our idea of the chain's end is old, try again
        return JournalUnavailable("journal.busy", what=name)
    return RuleBroken("rule.constraint", what=name)


def _nearly_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _FEW_BYTES
    except OSError:
        return False


def _read_only(path: Path) -> bool:
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):  # no statvfs on Windows
        return False
