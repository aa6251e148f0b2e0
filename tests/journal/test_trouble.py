"""A disk that is full, read-only or busy: said in a word, nothing half written, and usable when it is over."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import JournalDamaged, JournalUnavailable
from pos.journal.connection import connect
from pos.journal.failures import sorted_error
from pos.journal.store import SqliteJournal
from tests.journal.child import until_refused
from tests.journal.shop import accept_offline, open_journal

CHILD = [sys.executable, "-m", "tests.journal.child"]


def on_a_small_disk(folder: Path, action: str, size: str) -> dict[str, Any]:
    """Run a child in a mount namespace of its own, where `folder` is a small disk in memory."""
    folder.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    mount = f'mount -t tmpfs -o size={size},mode=700 none "$0" || exit 77; exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", mount, str(folder), *CHILD, action, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("no right to mount here")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_full_disk_is_said_and_every_sale_before_it_stands(tmp_path: Path) -> None:
    result = on_a_small_disk(tmp_path / "disk", "fill", "2m")
    assert result["said"] == "journal.disk_full"
    assert result["kept"] == result["seen"] > 10
    assert result["after"] == result["kept"] + 1  # with room again the till goes on
    assert result["whole"]
    assert result["still_whole"]


def test_a_read_only_disk_is_said_and_nothing_is_touched(tmp_path: Path) -> None:
    result = on_a_small_disk(tmp_path / "disk", "read-only", "2m")
    assert result == {"existing": "journal.read_only", "fresh": "journal.read_only", "same": True}


def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [*CHILD, "small-files", str(tmp_path)], capture_output=True, text=True, timeout=60, check=True
    )
    result = json.loads(done.stdout)
    assert result["said"] in ("journal.io", "journal.disk_full")
    assert result["kept"] == result["seen"] > 10
    assert result["whole"]


def test_a_journal_at_its_limit_says_disk_full_and_reads_on(journal: SqliteJournal) -> None:
    accept_offline(journal, "r0", 500_000)
    connection = journal._core.connections.get()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    kept, said = until_refused(journal)
    assert said == "journal.disk_full"
    assert kept + 1 == journal.risk().count == len(journal.outbox())
    connection.execute("PRAGMA max_page_count = 1000000")
    accept_offline(journal, "later", 900, bill_number="LATER")
    assert journal.risk().count == kept + 2
    assert journal.verify().whole


def test_a_journal_that_turned_read_only_refuses_before_anything_is_sent(journal: SqliteJournal) -> None:
    journal._core.connections.get().execute("PRAGMA query_only = ON")
    with pytest.raises(JournalUnavailable, match=r"journal\.read_only"):
        accept_offline(journal, "r1", 1)
    assert journal.bill_numbers() == ()


def test_another_program_holding_the_journal_is_said_as_busy(journal: SqliteJournal) -> None:
    journal._core.connections.get().execute("PRAGMA busy_timeout = 50")
    with closing(connect(journal.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalUnavailable, match=r"journal\.busy"):
            accept_offline(journal, "r1", 1)
        other.execute("ROLLBACK")
    accept_offline(journal, "r1", 1)
    assert journal.risk().count == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_folder_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0)
    with pytest.raises(JournalUnavailable, match=r"journal\.permission"):
        open_journal(folder / "journal.db")
    folder.chmod(0o700)


@pytest.mark.parametrize(
    ("number", "kind", "code"),
    [
        (sqlite3.SQLITE_FULL, JournalUnavailable, "journal.disk_full"),
        (sqlite3.SQLITE_READONLY_DBMOVED, JournalUnavailable, "journal.read_only"),
        (sqlite3.SQLITE_IOERR_FSYNC, JournalUnavailable, "journal.io"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, JournalUnavailable, "journal.busy"),
        (sqlite3.SQLITE_PERM, JournalUnavailable, "journal.permission"),
        (sqlite3.SQLITE_CANTOPEN, JournalUnavailable, "journal.permission"),
        (sqlite3.SQLITE_CORRUPT_INDEX, JournalDamaged, "journal.damaged"),
        (sqlite3.SQLITE_NOTADB, JournalDamaged, "journal.damaged"),
    ],
)
def test_every_family_of_errors_has_its_word(tmp_path: Path, number: int, kind: type, code: str) -> None:
    error = sqlite3.OperationalError("with text that may hold values")
    error.sqlite_errorcode = number
    error.sqlite_errorname = "NAME"
    found = sorted_error(error, tmp_path / "journal.db")
    assert type(found) is kind
    assert found.code == code
    assert "values" not in str(found)


def test_folder_and_file_belong_to_their_owner_alone(journal: SqliteJournal) -> None:
    accept_offline(journal, "r1", 1)
    modes = {file.name: file.stat().st_mode & 0o777 for file in journal.path.parent.iterdir()}
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
