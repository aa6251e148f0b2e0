"""The machine under the till: disk, rights, clock, versions, and how well the process keeps its memory to itself."""

from __future__ import annotations

import os
import shutil
import sqlite3
import ssl
import stat
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from pos.checkup.findings import Finding, Level, found
from pos.checkup.subject import Subject
from pos.made_with import engines
from pos.till.clockwatch import OFFSET_LIMIT_S
from pos.version import build

_MB = 1024 * 1024
_VIET_NAM = timedelta(hours=7)
_BACK_S = 5.0
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MOST_NAMED = 3
_FOLDERS_DEEP = 2


def disk(subject: Subject) -> Iterator[Finding]:
    """Free space, and whether the folder can be written to: tried, because flags do not tell of a full quota."""
    path = subject.folder.path
    free_mb = shutil.disk_usage(path).free // _MB
    limits = subject.limits
    level = Level.OK
    if free_mb < limits.free_warn_mb:
        level = Level.BAD if free_mb < limits.free_bad_mb else Level.WARN
    code = "disk.free" if level is Level.OK else "disk.short"
    yield found("disk.space", level, code, cashier=True, free_mb=free_mb, folder=str(path))
    try:
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(bytes(4096))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "?"
        yield found("disk.writing", Level.BAD, "disk.cannot_write", cashier=True, folder=str(path), reason=reason)
    else:
        yield found("disk.writing", Level.OK, "disk.can_write")


def rights(subject: Subject) -> Iterator[Finding]:
    """Nobody else on this machine may read the folder. POSIX only: on Windows the profile's list of rights holds."""
    if os.name != "posix":
        return
    folder = subject.folder.path
    paths = [folder, *_below(folder, _FOLDERS_DEEP)]
    foreign, open_to_others = [], []
    for path in paths:
        facts = path.lstat()
        if stat.S_ISLNK(facts.st_mode):
            continue
        if facts.st_uid != os.geteuid():
            foreign.append(path.name)
        elif facts.st_mode & _OPEN_TO_OTHERS:
            open_to_others.append(path.name)
    if foreign:
        names = _named(foreign)
        yield found("disk.owner", Level.BAD, "disk.foreign", files=names, folder=str(folder))
    if open_to_others:
        # Behind a folder that is closed nobody comes as far as a file that is not.
        level = Level.BAD if folder.stat().st_mode & _OPEN_TO_OTHERS else Level.WARN
        yield found("disk.rights", level, "disk.open", files=_named(open_to_others), folder=str(folder))
    else:
        yield found("disk.rights", Level.OK, "disk.closed", count=len(paths))


def _below(folder: Path, deep: int) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        yield path
        if deep and path.is_dir() and not path.is_symlink():
            yield from _below(path, deep - 1)


def _named(names: list[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + ("…" if len(names) > _MOST_NAMED else "")


def clock(subject: Subject) -> Iterator[Finding]:
    """Against the journal's last record, the issuer's own clock, and the shop's time zone."""
    now_utc = subject.clock.now_utc()
    offset = now_utc.astimezone().utcoffset()
    if offset != _VIET_NAM:
        # The till itself reckons with the shop's zone; what else runs on the machine may not.
        yield found("clock.zone", Level.NOTE, "clock.other_zone", hours=_hours(offset))
    if not subject.has_journal:
        yield found("clock", Level.OK, "clock.nothing_to_compare")
        return
    from pos.journal.health_reads import HealthReads

    journal = subject.journal()
    latest_utc = journal.latest_record_utc()
    behind_s = (latest_utc - now_utc).total_seconds() if latest_utc is not None else 0.0
    if behind_s > _BACK_S:
        yield found("clock", Level.BAD, "clock.behind", cashier=True, behind_s=behind_s)
        return
    mark = HealthReads(journal.core).last_offset()
    if mark is None:
        yield found("clock", Level.OK, "clock.never_compared")
    elif abs(mark.offset_s) > OFFSET_LIMIT_S:
        yield found("clock", Level.BAD, "clock.off", cashier=True, off_s=abs(mark.offset_s))
    else:
        seen_s = max(0.0, (now_utc - mark.at_utc).total_seconds())
        yield found("clock", Level.OK, "clock.agrees", seen_s=seen_s)


def _hours(offset: timedelta | None) -> str:
    return f"{(offset or timedelta()).total_seconds() / 3600:+g}"


def versions(subject: Subject) -> Iterator[Finding]:
    """What the program runs on, and combinations that are known to be bad."""
    del subject
    runs_on = engines()
    qt = runs_on.qt
    for name, wrong in known_bad(sys.version_info[:2], qt, sqlite3.sqlite_version_info, ssl.OPENSSL_VERSION_INFO[:2]):
        yield found("versions", Level.BAD, f"versions.{name}", version=wrong)
    yield found(
        "versions",
        Level.OK,
        "versions.are",
        program=str(build()),
        python=runs_on.python,
        qt=qt or "–",
        sqlite=runs_on.sqlite,
        openssl=runs_on.openssl,
    )


def known_bad(
    python: tuple[int, ...], qt: str, sqlite: tuple[int, ...], openssl: tuple[int, ...]
) -> Iterator[tuple[str, str]]:
    """Names and versions of what must not be used together. Any of the texts may be empty: not installed."""
    if python < (3, 11):
        yield "python_old", ".".join(map(str, python))
    if qt and tuple(map(int, qt.split(".")[:2])) >= (6, 12) and python < (3, 12):
        yield "qt_aborts", qt  # PySide6 6.12 on Python 3.11 dies after some hundred signals
    if sqlite < (3, 37, 0):
        yield "sqlite_old", ".".join(map(str, sqlite))  # no STRICT tables
    if openssl < (3, 0):
        yield "openssl_old", ".".join(map(str, openssl))  # no longer mended


def process(subject: Subject) -> Iterator[Finding]:
    """Of the process that looks: a window looks at itself, a command at itself."""
    del subject
    from pos.security.process_guard import facts

    for fact in facts():
        what = f"process.{fact.name}"
        if fact.held is None:
            yield found(what, Level.NOTE, f"{what}.unknown")
        else:
            yield found(what, Level.OK if fact.held else Level.WARN, f"{what}.{'held' if fact.held else 'open'}")
