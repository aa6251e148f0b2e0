"""`quay rollback`: the version before goes on with what was done since, and nothing looks unsent that is not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pos.backup_setup import rebuilder
from pos.bootstrap import Program, SystemClock, open_folder
from pos.cli import main
from pos.domain.backups import CopyReason
from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.domain.errors import JournalDamaged, JournalUnavailable, SecurityError
from pos.domain.redemption import Event, Outcome
from pos.i18n import Translator
from pos.instance_lock import InstanceLock
from pos.journal import opening, rollback
from pos.journal.connection import connect
from pos.journal.intents import FOLDER
from pos.journal.migrations import ALL, Migration, copy_before, known_version, migrate, version_of
from pos.journal.rollback import RolledBack
from pos.rollback_setup import program_sentence, put_in_place
from pos.till.ports import NewRedemption, Role
from pos.version import Build
from tests.bench.tills import OfflineCounter, set_up
from tests.released.make import PIN, ROOT, Till, archives, unpacked

TOMORROW = Migration(
    known_version() + 1,
    "tips",
    """ALTER TABLE redemption ADD COLUMN tip_vnd INTEGER NOT NULL DEFAULT 0;
CREATE TABLE tip (id INTEGER PRIMARY KEY, redemption_id TEXT NOT NULL REFERENCES redemption (id), vnd INTEGER) STRICT;
DROP INDEX bill_tail;
DROP TRIGGER bill_stays;
""",
)
STEPS = (*ALL, TOMORROW)


@contextmanager
def tomorrow() -> Iterator[None]:
    """The program of tomorrow, as far as its schema goes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "known_version", lambda: TOMORROW.number)
        patch.setattr(opening, "migrate", partial(migrate, steps=STEPS))
        yield


class Shop:
    """A till that was upgraded to tomorrow's program, which then worked for a while."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "journal.db"

    def sql(self, statement: str, *values: Any) -> list[Any]:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as db:
            return db.execute(statement, values).fetchall()

    def build(self) -> RolledBack:
        folder = open_folder(self.folder)
        return rollback.build(
            self.path, folder.vault_for_copies(), SystemClock().now_utc(), by="Hoa", why="slow", steps=STEPS
        )

    def back(self) -> RolledBack:
        built = self.build()
        put_in_place(open_folder(self.folder), SystemClock(), built, by="Hoa")
        return built

    @property
    def version(self) -> int:
        return int(self.sql("PRAGMA user_version")[0][0])


def redeem(program: Program, number: str, code: str, *, send: bool) -> str:
    """A bill of one voucher: its intent on disk, and sent or not."""
    now, key = program.clock.now_utc(), program.chance.new_id()
    new = NewRedemption(key, 0, "gotit", VoucherCode(code), False, 100_000, 100_000, 0)
    with program.journal.transaction("Lan") as tx:
        tx.add_bill(Bill(number, 100_000, now), business_date=now.date())
        tx.add_redemption(number, new)
    if send:
        with program.journal.transaction("Lan") as tx:
            tx.move(key, Event.SEND, sent=program.desk.redeemer.stamp())
        with program.journal.transaction("Lan") as tx:
            tx.move(key, Event.LOST)
    return key


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    made = Shop(tmp_path / "till")
    set_up(made.folder)
    with closing(Program(made.folder)) as program:
        program.people.add("Hoa", Role.MANAGER, PIN, actor="Hoa")
        OfflineCounter(program).fill(["111122223333"])
        redeem(program, "BEFORE", "444455556666", send=False)
    with tomorrow(), closing(Program(made.folder)) as program:
        OfflineCounter(program).fill(["777788889999"])
        redeem(program, "SENT", "222233334444", send=True)
        redeem(program, "UNSENT", "555566667777", send=False)
        key = program.journal.redemptions_of("BEFORE")[0].id
        with program.journal.transaction("Lan") as tx:
            tx.move(key, Event.SEND, sent=program.desk.redeemer.stamp())
    assert made.version == TOMORROW.number
    return made


def outcomes(program: Program) -> dict[str, str]:
    numbers = program.journal.bill_numbers(limit=100)
    return {
        number: row.state.outcome.value
        for number in numbers
        for row in program.journal.redemptions_of(number)
        if not number.startswith("TN-")
    }


def test_all_that_was_done_since_is_there_proven_and_told(shop: Shop) -> None:
    links = shop.sql("SELECT max(seq) FROM audit")[0][0]
    seals = shop.sql("SELECT hash FROM audit ORDER BY seq")
    built = shop.back()
    assert (built.left_behind, built.taken_for_sent, shop.version) == ([], [], known_version())
    assert shop.sql("SELECT hash FROM audit WHERE seq <= ? ORDER BY seq", links) == seals, "links as they were"
    with closing(Program(shop.folder)) as program:
        assert program.journal.verify().faults == ()
        assert outcomes(program) == {"BEFORE": "unknown", "SENT": "unknown", "UNSENT": "unsent"}
        assert program.journal.risk().count == 2
        assert [message.code for message in program.notices.pending()] == ["journal.rolled_back"]
        (notice,) = program.backups.notices()
        assert (notice.by, notice.what, notice.set_aside) == ("Hoa", "slow", built.folder.name)
        said = json.loads(shop.sql("SELECT facts FROM audit WHERE kind = 'journal.rolled_back'")[0][0])[0]["facts"]
        assert (said["schema"], said["older"], said["why"], said["links"]) == (8, 7, "slow", links)
        assert said["hash"] == seals[-1][0].hex()


def test_the_journal_and_second_log_of_tomorrow_are_kept_whole(shop: Shop) -> None:
    log = {path.name: path.read_bytes() for path in (shop.folder / FOLDER).iterdir()}
    rows = shop.sql("SELECT * FROM audit")
    built = shop.back()
    aside = Shop(built.folder)
    assert (aside.version, aside.sql("SELECT * FROM audit")) == (TOMORROW.number, rows)
    assert {path.name: path.read_bytes() for path in (built.folder / FOLDER).iterdir()} == log
    shop.sql("INSERT INTO meta VALUES ('only', 'in the new one')")
    assert aside.sql("SELECT * FROM meta WHERE name = 'only'") == []


def test_what_the_version_before_cannot_hold_is_named_and_its_bill_asked_about(shop: Shop) -> None:
    """Tomorrow's program may have done something with these vouchers that today's cannot read."""
    key = shop.sql("SELECT id FROM redemption WHERE bill_number = 'UNSENT'")[0][0]
    shop.sql("INSERT INTO tip (redemption_id, vnd) VALUES (?, 5000)", key)
    queued = shop.sql("SELECT id, bill_number FROM redemption WHERE given = 1 ORDER BY id")
    shop.sql("UPDATE redemption SET tip_vnd = 1 WHERE id = ?", queued[0][0])
    built = shop.build()
    named = {(each.what, each.rows, each.bills) for each in built.left_behind}
    assert named == {("tip", 1, ("UNSENT",)), ("redemption.tip_vnd", 1, (queued[0][1],))}
    assert set(built.taken_for_sent) == {"UNSENT", queued[0][1]}
    rollback.put_in_place(shop.path, shop.folder / FOLDER, built)
    assert dict(shop.sql("SELECT id, outcome FROM redemption WHERE given = 1")) == {
        queued[0][0]: "in_flight", queued[1][0]: "unsent"
    }  # fmt: skip
    assert shop.sql("SELECT work FROM outbox WHERE redemption_id = ?", queued[0][0]) == [("inquire",)]
    with closing(Program(shop.folder)) as program:
        assert outcomes(program)["UNSENT"] == Outcome.UNKNOWN.value
        # The row whose tip was changed by hand above fits no seal, before and after; everything else is proven.
        assert {fault.split(":")[2] for fault in program.journal.verify().faults} <= {queued[0][0]}
        (told,) = program.notices.pending()
        assert (told.code, dict(told.params)["missing"]) == ("journal.rolled_back_in_doubt", 2)


def test_a_row_that_does_not_fit_stays_as_it_was_and_is_named(shop: Shop) -> None:
    """Tomorrow allows a number longer than any of today's: the bill, and what hangs on it, cannot be carried."""
    long = "B" * 256
    shop.sql("PRAGMA ignore_check_constraints = ON")
    with closing(sqlite3.connect(shop.path, isolation_level=None)) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(
            "INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier) VALUES (?, 1, 'x', 'x', 'x')",
            (long,),
        )
    built = shop.back()
    assert [(each.what, each.rows, each.bills) for each in built.left_behind] == [("bill", 1, (long,))]
    assert shop.sql("SELECT count(*) FROM bill WHERE number = ?", long) == [(0,)]
    assert shop.sql("PRAGMA foreign_key_check") == []


def test_a_row_changed_by_another_hand_is_still_found(shop: Shop) -> None:
    with tomorrow(), closing(connect(shop.path)) as raw:
        raw.execute("DROP TRIGGER redemption_who_is_fixed")
        raw.execute("UPDATE redemption SET cashier = 'Mai' WHERE bill_number = 'SENT'")
    shop.back()
    with closing(Program(shop.folder)) as program:
        faults = program.journal.verify().faults
        assert len(faults) == 1
        assert faults[0].startswith("row_changed:redemption:")


def test_damaged_later_it_is_not_rebuilt_from_a_copy_that_only_tomorrow_reads(shop: Shop) -> None:
    with tomorrow(), closing(Program(shop.folder)) as program:
        program.backups.make(CopyReason.BY_HAND, "")  # knows more than the copy of before
    shop.back()
    for side in ("", "-wal", "-shm"):
        shop.path.with_name(shop.path.name + side).unlink(missing_ok=True)
    built = rebuilder(open_folder(shop.folder), SystemClock()).build("lost")
    with closing(connect(built.file)) as raw:
        assert version_of(raw) == known_version()


# ---------------------------------------------------------------- killed


def _dies(shop: Shop, nth: int) -> bool:
    """Goes back in a process of its own that dies at its nth step; False: it ended before."""
    child = os.fork()
    if child == 0:
        left, here = nth, str(shop.folder)

        def step(event: str, given: tuple[object, ...]) -> None:
            nonlocal left
            if event.startswith(("os.", "open", "sqlite3.connect")) and here in str(given[:1]):
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(step)
        try:
            shop.back()
        except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def test_killed_at_any_step_it_is_the_one_version_or_the_other(shop: Shop, tmp_path: Path) -> None:
    seen, nth, bills = set[int](), 0, shop.sql("SELECT number FROM bill ORDER BY 1")
    while True:
        nth += 1
        work = Shop(tmp_path / "work")
        shutil.copytree(shop.folder, work.folder)
        killed = _dies(work, nth)
        found = work.version
        seen.add(found)
        assert found in (known_version(), TOMORROW.number), f"step {nth}"
        assert work.sql("SELECT number FROM bill ORDER BY 1") == bills, f"step {nth}"
        if found == TOMORROW.number:
            with tomorrow(), closing(Program(work.folder)) as program:
                assert program.journal.risk().count == 2, "tomorrow's program goes on"
            work.back()
        with closing(Program(work.folder)) as program:
            assert outcomes(program)["SENT"] == "unknown", f"step {nth}"
            assert program.journal.verify().faults == (), f"step {nth}"
        shutil.rmtree(work.folder)
        if not killed:
            break
    assert seen == {known_version(), TOMORROW.number}


# ---------------------------------------------------------------- refused


def test_refused_without_the_copy_of_before_with_another_key_or_another_past(shop: Shop, tmp_path: Path) -> None:
    copy = copy_before(shop.path, TOMORROW.number)
    kept = copy.read_bytes()
    other = tmp_path / "other"
    set_up(other)
    Program(other).close()
    before = shop.sql("SELECT * FROM audit")
    copy.write_bytes((other / "journal.db").read_bytes())
    with pytest.raises(SecurityError, match=r"rollback\.key"):
        shop.build()
    copy.write_bytes(kept[: len(kept) // 2])
    with pytest.raises(JournalDamaged, match=r"backup\.damaged"):
        shop.build()
    copy.unlink()
    with pytest.raises(JournalUnavailable, match=r"rollback\.no_copy"):
        shop.build()
    copy.write_bytes(kept)
    with closing(sqlite3.connect(copy, isolation_level=None)) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = 'audit'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE audit SET hash = zeroblob(32)")
    with pytest.raises(JournalDamaged, match=r"rollback\.other"):
        shop.build()
    assert (shop.version, shop.sql("SELECT * FROM audit")) == (TOMORROW.number, before)
    assert list(shop.folder.glob("left-*")) == [], "a refusal leaves nothing behind"


def test_a_folder_named_wrongly_is_told_before_anything_is_asked_or_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typo = tmp_path / "typo"
    assert main(["--lang", "en", "rollback", "--data", str(typo), "--yes", "--reason", "slow"]) == 2
    assert "no journal" in capsys.readouterr().err
    assert not typo.exists()


# ---------------------------------------------------------------- the program of before


@pytest.mark.parametrize(
    ("package", "said"),
    [
        ("deb", "--allow-downgrades ./quay-voucher_"),
        ("tarball", "ln -sfn versions/0.0.9 "),
        ("windows", "installer"),
        ("source", "the way this one was installed"),
    ],
)
def test_it_says_how_the_program_of_before_comes_back(
    package: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("0.0.9", "0.1.0"):
        (tmp_path / "versions" / version).mkdir(parents=True)
    (tmp_path / "current").symlink_to("versions/0.1.0")
    (tmp_path / "before").write_text("0.0.9\n")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "versions" / "0.1.0" / "quay"))
    monkeypatch.setattr("pos.rollback_setup.build", lambda: Build("0.1.0", "", "", package))  # type: ignore[arg-type]
    assert said in program_sentence(Translator("en"))


# ---------------------------------------------------------------- the command, on what earlier versions left


@pytest.fixture(params=[a for a in archives() if a.parent.name.startswith("schema-")], ids=lambda a: a.parent.name)
def old(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    with unpacked(request.param) as base:
        yield Shop(base / "till")


def test_forward_and_back_it_is_the_schema_of_then_and_forward_again(
    old: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    till, schema = Till(ROOT, old.folder), old.version
    till.run("rollback", "--yes", "--reason", "slow")
    assert old.version == schema, "not upgraded yet: nothing to take back"
    assert main(["--data", str(old.folder), "bills"]) == 0
    assert old.version == known_version()
    sent = old.sql("SELECT id, outcome FROM redemption ORDER BY id")
    capsys.readouterr()
    assert main(["--data", str(old.folder), "rollback", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["done"], told["schema"], told["older"], old.version) == (False, known_version(), schema, 7)
    assert list(old.folder.glob("left-*")) == []
    assert main(["--data", str(old.folder), "rollback", "--yes"]) == 2, "not without a reason"
    lock = InstanceLock(old.folder)
    till.run("rollback", "--yes", "--reason", "slow", stdin=f"{PIN}\n", wanted=2)
    lock.release()
    till.run("rollback", "--yes", "--reason", "slow", stdin="000000\n", wanted=2)
    assert old.version == known_version()
    till.run("rollback", "--yes", "--reason", "slow", stdin=f"{PIN}\n")
    assert old.version == schema
    assert old.sql("SELECT id, outcome FROM redemption ORDER BY id") == sent
    assert json.loads(till.run("journal", "verify", "--json"))["faults"] == []
    assert old.version == known_version()
