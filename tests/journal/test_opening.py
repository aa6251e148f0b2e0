"""Opening what is there: damage, other people's files and later schemas are refused, and nothing is overwritten."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pos.domain.errors import JournalDamaged, JournalTooNew, JournalUnavailable, SecurityError
from pos.journal.connection import connect, wal_of
from pos.journal.migrations import ALL, Migration, copy_before, known_version, migrate, version_of
from pos.journal.opening import upgrade_due
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from tests.journal.shop import NOON, Counting, SteadyClock, accept_offline, open_journal

SALES = 120


@pytest.fixture
def sold(path: Path) -> Path:
    """A journal with some sales, closed in order."""
    journal = open_journal(path)
    for number in range(SALES):
        accept_offline(journal, f"r{number:03d}", number, bill_number=f"B{number}")
    journal.close()
    return path


def refuse(path: Path, what: str) -> None:
    before = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    with pytest.raises(JournalDamaged, match=r"journal\.damaged") as caught:
        open_journal(path)
    assert caught.value.params["what"] == what
    after = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    assert {name: after[name] for name in before} == before


def test_a_journal_opens_again_with_all_it_had(sold: Path) -> None:
    journal = open_journal(sold)
    assert journal.risk().count == SALES
    assert not sold.with_name("journal.db.new").exists()
    journal.close()


NO_DATABASE = {
    "empty": b"",
    "short": b"SQLite",
    "text": "Xin chào, tệp văn bản.\n".encode() * 200,
    "zeros": bytes(8192),
}


@pytest.mark.parametrize("content", NO_DATABASE.values(), ids=NO_DATABASE.keys())
def test_a_file_that_is_no_database_is_refused_untouched(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    refuse(path, "header")


def test_somebody_elses_database_is_refused_untouched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (name TEXT)")
    refuse(path, "foreign")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.99])
def test_a_truncated_journal_is_refused_untouched(sold: Path, share: float) -> None:
    whole = sold.read_bytes()
    sold.write_bytes(whole[: int(len(whole) * share)])
    refuse(sold, "size")


def test_a_lost_journal_beside_its_log_is_not_made_anew(path: Path) -> None:
    journal = open_journal(path)
    accept_offline(journal, "r1", 1)
    path.rename(path.with_name("moved-away.db"))
    refuse(path, "lost")
    assert not path.exists()
    path.with_name("moved-away.db").rename(path)
    journal.close()


def test_overwritten_pages_are_found_after_a_run_that_died(path: Path) -> None:
    journal = open_journal(path)
    for number in range(SALES):
        accept_offline(journal, f"r{number:03d}", number, bill_number=f"B{number}")
    journal._core.connections.get().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    journal._core.connections.close()  # no close() of the journal: it died
    overwrite_middle(path)
    with pytest.raises(JournalDamaged, match=r"journal\.damaged"):
        open_journal(path)


def test_overwritten_pages_are_found_when_asked_and_when_met(sold: Path) -> None:
    overwrite_middle(sold)
    journal = open_journal(sold)  # only the header is read at the start of a till that was closed in order
    with pytest.raises(JournalDamaged, match=r"journal\.damaged"):
        journal.check_whole()
    with pytest.raises(JournalDamaged, match=r"journal\.damaged"):
        journal.export(sold.with_name("export.jsonl"))
    journal.close()


def overwrite_middle(path: Path) -> None:
    """Garbage over the pages in the middle, as a dying disk leaves them."""
    stored = bytearray(path.read_bytes())
    first, last = len(stored) * 5 // 6 // 4096 * 4096, len(stored) - 4096  # the rows; the schema stands before them
    stored[first:last] = b"\xa5" * (last - first)
    path.write_bytes(stored)


def test_a_newer_journal_is_refused_untouched(sold: Path) -> None:
    with closing(connect(sold)) as raw:
        raw.execute(f"PRAGMA user_version = {known_version() + 1}")
    before = sold.read_bytes()
    with pytest.raises(JournalTooNew, match=r"journal\.too_new") as caught:
        open_journal(sold)
    assert caught.value.params == {"found": known_version() + 1, "known": known_version()}
    assert sold.read_bytes() == before


def test_a_step_up_backs_up_first_and_is_recorded(sold: Path) -> None:
    step = known_version() + 1
    later = Migration(step, "colour", "ALTER TABLE bill ADD COLUMN colour TEXT;")
    with closing(connect(sold)) as raw:
        backup = migrate(raw, sold, now_utc="2026-11-21T05:00:00.000Z", steps=(*ALL, later))
        assert raw.execute("SELECT number, name FROM migration ORDER BY number").fetchall() == [
            *((known.number, known.name) for known in ALL),
            (step, "colour"),
        ]
        assert version_of(raw) == step
        assert migrate(raw, sold, now_utc="later", steps=(*ALL, later)) is None
    assert backup == copy_before(sold, step)
    assert backup.stat().st_mode & 0o777 == 0o600
    restored = open_journal(backup)
    assert restored.risk().count == SALES
    restored.close()


def test_a_step_that_fails_leaves_the_journal_as_it_was(sold: Path) -> None:
    bad = Migration(
        known_version() + 1, "bad", "ALTER TABLE bill ADD COLUMN colour TEXT;\nINSERT INTO nowhere VALUES (1);"
    )
    with closing(connect(sold)) as raw:
        with pytest.raises(sqlite3.OperationalError, match="nowhere"):
            migrate(raw, sold, now_utc="now", steps=(*ALL, bad))
        assert version_of(raw) == known_version()
        assert "colour" not in {column[1] for column in raw.execute("PRAGMA table_info(bill)")}
    journal = open_journal(sold)
    assert journal.risk().count == SALES
    journal.close()


def test_a_damaged_journal_is_not_backed_up_over_a_good_backup(sold: Path) -> None:
    step = known_version() + 1
    good = copy_before(sold, step)
    good.parent.mkdir()
    good.write_bytes(b"the good one")
    overwrite_middle(sold)
    with closing(connect(sold)) as raw, pytest.raises(JournalDamaged, match="backup"):
        migrate(raw, sold, now_utc="now", steps=(*ALL, Migration(step, "x", "CREATE TABLE x (a);")))
    assert good.read_bytes() == b"the good one"


def test_another_key_is_told_before_anything_is_written(sold: Path) -> None:
    before = sold.read_bytes()
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        SqliteJournal(sold, Vault(b"\x99" * 32), SteadyClock(), Counting())
    assert sold.read_bytes() == before


def test_a_half_made_first_start_is_begun_again(path: Path) -> None:
    path.parent.mkdir()
    for suffix in ("", "-wal", "-shm"):
        path.with_name("journal.db.new" + suffix).write_bytes(b"half")
    journal = open_journal(path)
    accept_offline(journal, "r1", 1)
    assert journal.redemption("r1").created_utc == NOON
    journal.close()


def test_looking_at_a_journal_that_is_not_there_makes_none(path: Path) -> None:
    with pytest.raises(JournalUnavailable, match=r"journal\.missing"):
        open_journal(path, writing=False)
    assert not path.exists()


def test_a_closed_journal_says_so(journal: SqliteJournal) -> None:
    journal.close()
    with pytest.raises(JournalUnavailable, match=r"journal\.closed"):
        journal.bill_numbers()
    journal.close()  # once more is no error


def test_looking_once_more_at_an_open_journal_does_not_give_its_log_away(
    journal: SqliteJournal, path: Path, clock: SteadyClock
) -> None:
    """The window looks at its own journal at each sign-in; a command beside it must not take itself for the last one.

    POSIX drops every lock that a process has on a file when it closes any descriptor of it. Then whoever else closes
    the journal deletes the log, and what the till commits after that is in a file without a name.
    """
    log = wal_of(path)
    before = log.stat().st_ino
    open_journal(path, clock, writing=False).close()
    assert not upgrade_due(path)
    beside = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM bill').fetchall(); c.close()"
    )
    subprocess.run([sys.executable, "-c", beside, str(path)], check=True, timeout=30)
    assert log.stat().st_ino == before
    assert journal.path == path
