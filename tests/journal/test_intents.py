"""The second log: everything that is committed, once more; what is forged or torn shows; it never fails a sale."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos.domain.errors import JournalDamaged
from pos.journal import intents
from pos.journal.intents import GAP, SUFFIX, IntentLog, segments
from pos.journal.intents_read import Record, WholeLog, read_log, records, scan
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from tests.journal.shop import KEY, Counting, SteadyClock, accept_offline, add, open_journal

LOG_KEY = Vault(KEY).log_keys[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "intents"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def logged(path: Path, folder: Path, key: bytes = LOG_KEY) -> SqliteJournal:
    return SqliteJournal(path, Vault(KEY), SteadyClock(), Counting(), session="run", log=IntentLog(folder, key))


@pytest.fixture
def journal(path: Path, folder: Path) -> Iterator[SqliteJournal]:
    opened = logged(path, folder)
    yield opened
    opened.close()


def log_of(folder: Path) -> WholeLog:
    return read_log(folder, [LOG_KEY])


def all_records(folder: Path) -> list[Record]:
    return [record for segment in log_of(folder).segments for record in records(segment)]


def stored(path: Path) -> dict[str, list[tuple[object, ...]]]:
    tables = ("bill", "redemption", "outbox", "print_job", "counter", "audit")
    with closing(sqlite3.connect(path)) as raw:
        return {table: sorted(raw.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_every_row_of_a_transaction_stands_in_it_before_anything_can_be_sent(
    journal: SqliteJournal, path: Path, folder: Path
) -> None:
    for number in range(3):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    journal.next_number("bill/20261121")
    last = dict[tuple[str, str], tuple[object, ...] | None]()
    links: list[object] = []
    for record in all_records(folder):
        links += record.links
        last.update({(table, key): values for table, key, values in record.images})
    rows = stored(path)
    assert sorted(links, key=repr) == rows["audit"]
    for table in ("bill", "redemption", "outbox", "print_job", "counter"):
        images = [values for (name, _), values in last.items() if name == table and values is not None]
        assert sorted(images, key=repr) == rows[table]


def test_a_row_that_was_taken_out_of_the_queue_is_told(journal: SqliteJournal, folder: Path) -> None:
    add(journal, "r1", 1)
    with journal.transaction("lan") as tx:
        tx.run("INSERT INTO outbox VALUES ('r1', 'send', 0, 0, '', 0.0, 'x', NULL)")
    with journal.transaction("lan") as tx:
        tx.unschedule("r1")
    assert all_records(folder)[-1].images == (("outbox", "r1", None),)


def keep_and_fail(journal: SqliteJournal) -> None:
    with journal.transaction("lan") as tx:
        tx.keep("x", "y")
        raise RuntimeError


def test_what_was_rolled_back_is_not_in_it(journal: SqliteJournal, folder: Path) -> None:
    before = len(all_records(folder))
    with pytest.raises(RuntimeError):
        keep_and_fail(journal)
    accept_offline(journal, "r1", 1)
    assert len(all_records(folder)) == before + 1
    assert not [image for image in all_records(folder)[-1].images if image[:2] == ("meta", "x")]


@pytest.mark.parametrize("at", [0.1, 0.5, 0.95])
def test_a_changed_byte_ends_it(journal: SqliteJournal, folder: Path, at: float) -> None:
    for number in range(6):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    (segment,) = segments(folder)
    data = bytearray(segment.read_bytes())
    place = int(len(data) * at)
    data[place] ^= 1
    segment.write_bytes(data)
    found = scan(segment, LOG_KEY)
    assert found is None or (found.torn and found.length <= place)


def test_records_that_are_reordered_or_left_out_show(journal: SqliteJournal, folder: Path) -> None:
    for number in range(4):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    (segment,) = segments(folder)
    lines = segment.read_bytes().splitlines(keepends=True)
    segment.write_bytes(b"".join([*lines[:2], *lines[3:]]))
    found = scan(segment, LOG_KEY)
    assert found is not None
    assert found.torn
    assert found.end.seq == 1


def test_without_the_key_no_record_is_believed(journal: SqliteJournal, folder: Path) -> None:
    accept_offline(journal, "r1", 1)
    (segment,) = segments(folder)
    assert scan(segment, b"\x01" * 32) is None
    head = intents.checksum(b"\x01" * 32, b"", b"('quay second log 1', 0, b'', 6, '')")
    segment.write_bytes(b"%08x %s %s\n" % (36, head.hex().encode(), b"('quay second log 1', 0, b'', 6, '')"))
    assert scan(segment, LOG_KEY) is None


def test_it_goes_on_after_a_restart_in_the_same_segment(path: Path, folder: Path) -> None:
    for number in range(3):
        journal = logged(path, folder)
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
        journal.close()
    (segment,) = log_of(folder).segments
    assert segment.closed is not None
    assert segment.end.seq == 3
    assert log_of(folder).certain


def test_what_a_dead_run_could_not_append_any_more_is_appended_at_the_start(path: Path, folder: Path) -> None:
    journal = logged(path, folder)
    accept_offline(journal, "r1", 1)
    journal.close()
    silent = open_journal(path)  # commits and does not append, as a run that dies between the two
    accept_offline(silent, "r2", 2, bill_number="B2")
    silent.close()
    journal = logged(path, folder)
    journal.close()
    keys = {key for record in all_records(folder) for _, key, _ in record.images}
    assert {"r2", "B2", "slip-r2"} <= keys
    _, whole = log_of(folder).since(log_of(folder).segments[0].begins)
    assert whole


def test_a_journal_that_knows_less_than_its_log_is_damage(path: Path, folder: Path) -> None:
    logged(path, folder).close()
    older = path.read_bytes()
    journal = logged(path, folder)
    accept_offline(journal, "r1", 1)
    journal.close()
    path.write_bytes(older)
    with pytest.raises(JournalDamaged) as caught:
        logged(path, folder)
    assert caught.value.params["what"] == "behind"
    assert path.read_bytes() == older


def full(*_: object) -> int:
    raise OSError(errno.ENOSPC, "no room")


def test_a_log_that_cannot_be_written_fails_no_sale_and_says_so(
    journal: SqliteJournal, path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_offline(journal, "r1", 1)
    log = journal.core.log
    assert log is not None
    monkeypatch.setattr(os, "write", full)
    accept_offline(journal, "r2", 2, bill_number="B2")
    monkeypatch.undo()
    assert journal.risk().count == 2
    assert log.broken
    assert [segment.suffix for segment in segments(folder)] == [GAP]
    accept_offline(journal, "r3", 3, bill_number="B3")
    assert not log_of(folder).certain


def test_a_log_that_the_disk_does_not_take_is_given_up_by_the_next_sale(
    journal: SqliteJournal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that flushes closes no file under the writer's hand: its number may be the journal's by then."""
    log = journal.core.log
    assert log is not None
    tried = threading.Event()

    def sick(_: int) -> None:
        tried.set()
        raise OSError(errno.EIO, "the disk")

    monkeypatch.setattr(intents, "_SYNC", sick)
    accept_offline(journal, "r1", 1)
    assert tried.wait(10)
    until = time.monotonic() + 10
    while not log.wants_copy and time.monotonic() < until:
        pass
    assert log.wants_copy
    assert [segment.suffix for segment in segments(folder)] == [SUFFIX]
    accept_offline(journal, "r2", 2, bill_number="B2")
    assert [segment.suffix for segment in segments(folder)] == [GAP]
    assert journal.risk().count == 2


def test_a_torn_write_is_given_up_too(journal: SqliteJournal, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[: len(data) // 2]))
    accept_offline(journal, "r1", 1)
    monkeypatch.undo()
    assert journal.core.log is not None
    assert journal.core.log.broken
    (segment,) = log_of(folder).segments
    assert (segment.torn, segment.gap, segment.end.seq) == (True, True, 0)


def test_a_disk_that_is_full_for_good_still_sells(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intents, "make_folder", full)
    journal = logged(path, folder)
    accept_offline(journal, "r1", 1)
    assert journal.risk().count == 1
    journal.close()
    assert not folder.exists()


def test_it_takes_no_more_than_its_share_of_the_disk(
    journal: SqliteJournal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intents, "MOST", 2000)
    for number in range(4):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number}")
    assert journal.risk().count == 4
    assert segments(folder)[0].stat().st_size < 8000
    assert journal.core.log is not None
    assert journal.core.log.wants_copy


def test_no_whole_code_stands_in_it(journal: SqliteJournal, folder: Path) -> None:
    accept_offline(journal, "r1", 7654321)
    assert b"GOTIT7654321" not in segments(folder)[0].read_bytes()
    assert segments(folder)[0].stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
