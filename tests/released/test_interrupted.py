"""An upgrade that is killed, has no room, or meets a newer journal: the old version or the new one, whole."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import pos.journal.opening as opening
from pos.bootstrap import Program
from pos.cli import main
from pos.domain.errors import JournalTooNew, JournalUnavailable
from pos.i18n import Translator
from pos.journal.connection import connect
from pos.journal.migrations import copy_before, known_version
from pos.upgrading import Progress, upgrade, upgrade_due
from tests.released.make import HERE, unpacked

NOW = "2026-12-24T08:00:00.000Z"
TABLES = ("bill", "redemption", "attempt", "outbox", "print_job", "audit", "counter", "person")
WIDTH = {"redemption": 31}
"""Columns that schema 1 had."""


@pytest.fixture
def old(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of schema 1: six steps away, so that there is a between."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    with unpacked(HERE / "schema-1" / "data.tar.xz") as base:
        yield base / "till"


def rows(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        found = {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}
        return {table: [row[: WIDTH.get(table)] for row in each] for table, each in found.items()}


def version(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        assert db.execute("PRAGMA quick_check").fetchone() == ("ok",)
        return int(db.execute("PRAGMA user_version").fetchone()[0])


# ---------------------------------------------------------------- killed


class Doom:
    """Kills this process at its nth step: a statement, a step of the copy, a file opened or renamed."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def step(self, *_: object) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(self, *given: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*given, **more)
        connection.set_trace_callback(self.step)
        return connection


def dies(folder: Path, nth: int) -> bool:
    """Upgrade in a process of its own that dies at its nth step; False: it ended before."""
    child = os.fork()
    if child == 0:
        doom = Doom(nth)
        setattr(opening, "connect", doom.connect)  # noqa: B010 - in this process alone
        sys.addaudithook(lambda event, _: doom.step() if event in ("os.rename", "os.remove", "open") else None)
        try:
            upgrade(folder, Progress(lambda *_: None))
        except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert os.waitstatus_to_exitcode(status) == 0
        return False
    return True


def test_killed_at_any_step_it_is_the_old_version_or_the_new_one(old: Path, tmp_path: Path) -> None:
    first, seen, nth = rows(old / "journal.db"), set[int](), 0
    while True:
        nth += 1
        work = tmp_path / str(nth)
        shutil.copytree(old, work)
        killed = dies(work, nth)
        path = work / "journal.db"
        seen.add(found := version(path))
        assert found in (1, known_version()), f"step {nth}"
        assert rows(path) == first, f"step {nth}"
        if found == known_version():
            assert version(copy_before(path, found)) == 1
            assert rows(copy_before(path, found)) == first, f"step {nth}"
        upgrade(work, Progress(lambda *_: None))
        assert (version(path), rows(path)) == (known_version(), first), f"step {nth}"
        assert rows(copy_before(path, known_version())) == first
        shutil.rmtree(work)
        if not killed:
            break
    assert seen == {1, known_version()}
    assert nth > 100, "every statement is a step"


# ---------------------------------------------------------------- no room


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_room_for_the_copy_is_told_and_changes_nothing(
    old: Path, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first, beside = rows(old / "journal.db"), names(old)
    usage = shutil.disk_usage(old)
    monkeypatch.setattr("pos.journal.copying.shutil.disk_usage", lambda _: usage._replace(free=1000))
    assert main(["--data", str(old), "--lang", language, "bills"]) == 2
    said = capsys.readouterr().err
    assert str(Translator(language).message("upgrade.no_room", {"megabytes": 1})) in said
    with pytest.raises(JournalUnavailable, match=r"upgrade\.no_room"):
        Program(old)
    assert (version(old / "journal.db"), rows(old / "journal.db")) == (1, first)
    assert names(old) <= beside | {"copies", "lock"}, "no scratch file takes more of the little there is"
    monkeypatch.undo()
    upgrade(old, Progress(lambda *_: None))
    assert (version(old / "journal.db"), rows(old / "journal.db")) == (known_version(), first)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_disk_that_fills_up_meanwhile_leaves_the_old_version(old: Path) -> None:
    first = rows(old / "journal.db")
    with pytest.raises(JournalUnavailable):
        upgrade(old, Full())
    assert (version(old / "journal.db"), rows(old / "journal.db")) == (1, first)
    upgrade(old, Progress(lambda *_: None))
    assert (version(old / "journal.db"), rows(old / "journal.db")) == (known_version(), first)


class Full(Progress):
    """The disk is full in the middle of the new schema's third step."""

    def __init__(self) -> None:
        super().__init__(lambda *_: None)

    def told(self, stage: Any, done: int, total: int) -> None:
        if (stage, done) == ("change", 3):
            raise OSError(28, "No space left on device")


# ---------------------------------------------------------------- newer


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the lock and SQLite's own scratch file beside a log."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm") and path.name != "lock"
    }


@pytest.fixture(params=[True, False], ids=["still in its log", "folded into the file"])
def newer(old: Path, request: pytest.FixtureRequest) -> Path:
    """A newer program upgraded the journal; it was killed right then, or closed it in order."""
    upgrade(old, Progress(lambda *_: None))
    path = old / "journal.db"
    child = os.fork()
    if child == 0:
        connection = connect(path)
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("CREATE TABLE of_tomorrow (id TEXT PRIMARY KEY, code_sealed BLOB)")
        connection.execute(f"PRAGMA user_version = {known_version() + 1}")
        if not request.param:
            connection.close()
        os._exit(0)
    os.waitpid(child, 0)
    assert (old / "journal.db-wal").exists() == request.param
    return old


OPENED: dict[str, Callable[[Path], object]] = {
    "the window": Program,
    "a command that changes": lambda folder: _refused(folder, "settle", "--once"),
    "a command that sets": lambda folder: _refused(folder, "people", "list"),
    "a reader beside": lambda folder: _refused(folder, "journal", "verify"),
    "another reader": lambda folder: _refused(folder, "bills"),
}


def _refused(folder: Path, *words: str) -> None:
    if main(["--data", str(folder), *words]) == 2:
        raise JournalTooNew("journal.too_new")


@pytest.mark.parametrize("how", OPENED)
def test_a_newer_journal_is_refused_and_not_a_byte_is_changed(newer: Path, how: str) -> None:
    before = contents(newer)
    assert not upgrade_due(newer)
    with pytest.raises(JournalTooNew, match=r"journal\.too_new"):
        OPENED[how](newer)
    assert contents(newer) == before
