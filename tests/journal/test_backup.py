"""Copies beside a selling till: whole and of one moment, kept as long as needed, never in the way of a sale."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from pos.domain.backups import CopyReason
from pos.domain.errors import JournalDamaged, JournalError, JournalUnavailable
from pos.journal import copying, shelf
from pos.journal.backup import Backups
from pos.journal.intents import FOLDER, IntentLog, segments
from pos.journal.store import SqliteJournal
from pos.security.vault import Vault
from tests.journal.shop import KEY, Counting, SteadyClock, accept_offline

LOG_KEY = Vault(KEY).log_keys[0]


class Till:
    """A journal with its log and its copies."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock, self.second, self.sold = folder, SteadyClock(), "", 0
        self.told: list[JournalError] = []
        self.open()

    def open(self) -> None:
        log = IntentLog(self.folder / FOLDER, LOG_KEY)
        self.journal = SqliteJournal(
            self.folder / "journal.db", Vault(KEY), self.clock, Counting(), session="run", log=log
        )
        self.backups = Backups(self.journal, self.clock, lambda: self.second, told=self.told.append)

    def sell(self, count: int = 1) -> None:
        for _ in range(count):
            self.sold += 1
            accept_offline(self.journal, f"r{self.sold:06d}", self.sold, bill_number=f"B{self.sold}")

    def copies(self) -> list[str]:
        return [copy.name for copy in self.backups.view().copies]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    made = Till(tmp_path / "till")
    yield made
    made.journal.close()


def bills_of(path: Path) -> int:
    with closing(copying.open_copy(path)) as copy:
        count: int = copy.execute("SELECT count(*) FROM bill").fetchone()[0]
    return count


def test_a_copy_is_whole_private_and_says_what_is_in_it(till: Till) -> None:
    till.sell(3)
    made = till.backups.make(CopyReason.BY_HAND, "Hoa")
    path = Path(made.path)
    assert (made.rows, made.links, made.verified) == (6, 3, True)
    assert bills_of(path) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(one.name for one in path.parent.iterdir()) == [made.name, "manifest.jsonl"]
    assert till.backups.verify(made.name) == made


def test_sales_go_on_beside_it_and_it_is_of_one_moment(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "PAGES", 4)
    till.sell(20)
    began, sold = threading.Event(), threading.Event()

    def step_aside() -> bool:
        began.set()
        sold.wait(5)
        return False

    till.backups.counter_first = step_aside
    made: list[str] = []
    copying_thread = threading.Thread(target=lambda: made.append(till.backups.make(CopyReason.BY_HAND, "").path))
    copying_thread.start()
    assert began.wait(5)
    till.sell(5)
    sold.set()
    copying_thread.join()
    assert bills_of(Path(made[0])) == 20
    assert till.journal.risk().count == 25


def test_a_closed_till_and_a_lost_manifest_lose_no_copy(till: Till) -> None:
    till.sell()
    first = till.backups.make(CopyReason.BY_HAND, "")
    (till.folder / "copies" / "manifest.jsonl").write_text("{half a line")
    assert till.copies() == [first.name]
    (till.folder / "copies" / "manifest.jsonl").unlink()
    found = till.backups.view().copies[0]
    assert (found.links, found.reason, found.rows) == (first.links, first.reason, first.rows)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-2000] ^= 0x40
    path.write_bytes(data)


@pytest.mark.parametrize("hurt", [flip, lambda path: path.write_bytes(path.read_bytes()[:-4096])], ids=["bit", "cut"])
def test_a_copy_that_is_no_longer_what_it_was_is_told(till: Till, hurt: Callable[[Path], None]) -> None:
    till.sell()
    made = till.backups.make(CopyReason.BY_HAND, "")
    hurt(Path(made.path))
    with pytest.raises(JournalDamaged, match=r"backup\.damaged"):
        till.backups.verify(made.name)


def test_a_damaged_journal_makes_no_copy_and_no_damage(till: Till) -> None:
    till.sell(40)
    good = till.backups.make(CopyReason.BY_HAND, "")
    till.journal.close()
    path = till.folder / "journal.db"
    data = bytearray(path.read_bytes())
    first = len(data) * 5 // 6 // 4096 * 4096  # rows; the schema stands before them
    data[first:] = b"\xa5" * (len(data) - first)
    path.write_bytes(data)
    with closing(sqlite3.connect(path)) as raw, pytest.raises((JournalDamaged, sqlite3.DatabaseError)):
        copying.copy_whole(raw, till.folder / "copies" / "bad.db")
    assert not (till.folder / "copies" / "bad.db").exists()
    assert not list((till.folder / "copies").glob("*.part"))
    assert shelf.is_whole(Path(good.path), shelf.Shelf(till.folder / "copies").find(good.name).copied)


def test_a_full_disk_is_told_once_and_tried_again_and_no_sale_waits(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.sell()
    till.clock.pass_s(3700)

    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(os, "fsync", no_room)
    till.backups.look()
    till.backups.look()  # not before ten minutes are over
    till.clock.pass_s(700)
    till.backups.look()
    assert [error.code for error in till.told] == ["backup.not_written"]
    fault = till.backups.view().fault
    assert fault is not None
    assert fault.code == "backup.not_written"
    till.sell()
    monkeypatch.undo()
    till.clock.pass_s(700)
    till.backups.look()
    assert len(till.copies()) == 1
    assert till.backups.view().fault is None


def test_a_copy_never_takes_the_room_that_selling_needs(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(till.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=copying.LEAVE_FREE))
    with pytest.raises(JournalUnavailable, match=r"backup\.no_room"):
        till.backups.make(CopyReason.BY_HAND, "")
    assert not till.copies()


def test_the_second_folder_gets_each_copy_and_a_missing_stick_is_told_once(till: Till, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    till.second = str(stick)
    till.sell()
    assert not till.backups.make(CopyReason.BY_HAND, "").second
    till.backups.make(CopyReason.BY_HAND, "")
    fault = till.backups.view().second_fault
    assert fault is not None
    assert [error.code for error in till.told] == [fault.code] == ["backup.second_missing"]
    stick.mkdir()
    made = till.backups.make(CopyReason.BY_HAND, "")
    assert made.second
    assert till.backups.view().second_fault is None
    assert (stick / made.name).read_bytes() == Path(made.path).read_bytes()


def test_hourly_copies_while_nothing_is_settled_all_stay_and_the_log_is_short(till: Till) -> None:
    for _ in range(28):
        till.sell()
        till.clock.pass_s(3700)
        till.backups.look()
    assert len(till.copies()) == 28
    assert len(segments(till.folder / FOLDER)) <= 4


def test_a_log_with_a_gap_gets_its_copy_at_once(till: Till) -> None:
    till.sell()
    log = till.journal.core.log
    assert log is not None
    log.give_up("test")
    till.sell()
    till.backups.look()
    assert len(till.copies()) == 1
    assert not log.broken
    till.backups.look()
    assert len(till.copies()) == 1


def test_a_copy_made_by_hand_stands_in_the_chain(till: Till) -> None:
    made = till.backups.make(CopyReason.BY_HAND, "Hoa")
    with closing(sqlite3.connect(till.folder / "journal.db")) as raw:
        assert raw.execute("SELECT actor, kind, ref FROM audit ORDER BY seq DESC LIMIT 1").fetchone() == (
            "Hoa", "backup.made", made.name,
        )  # fmt: skip


def test_a_closing_program_does_not_wait_for_its_copy(till: Till) -> None:
    till.sell()
    till.backups.ending = lambda: True
    with pytest.raises(JournalUnavailable, match=r"backup\.stopped"):
        till.backups.make(CopyReason.HOURLY, "")
    till.clock.pass_s(timedelta(hours=2).total_seconds())
    till.backups.look()
    assert not till.told
