"""The key is changed under everything, wherever the till dies meanwhile; the old one opens nothing but old copies."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from pos.bootstrap import Folder, Program, SystemChance, open_folder, open_journal
from pos.domain.booking_payment import BookingEvent
from pos.domain.errors import PosError, SecurityError
from pos.domain.sale import SaleEvent
from pos.journal import reseal
from pos.journal.booking_store import BookingStore
from pos.journal.migrations import back_up
from pos.journal.sale_store import SaleStore
from pos.journal.store import SqliteJournal
from pos.key_rotation import begin_change, settle_keys
from pos.security.vault import Vault
from pos.till.ports import Person, RememberedCheck, Role
from tests.journal import test_booking_rules as bookings
from tests.journal import test_sale_rules as sales
from tests.journal.shop import GOTIT, NOON, SteadyClock, add, code

ROWS = 7
HUONG, PIN_HASH = Person("p1", "Hương", Role.MANAGER), "$argon2id$…"
SECRET = "7305815"
SCHEMA = {("redemption", "code_sealed"), ("sale", "phone_sealed"), ("sale_code", "sealed"), ("booking", "code_sealed"),
          ("booking", "tracking_sealed"), ("person", "pin_hash")}  # fmt: skip


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


SEALED_BEFORE: list[bytes] = []
"""Whatever was sealed while the model was made, wherever it went."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A till with a row in every table that holds something sealed, closed in order."""
    folder = tmp_path_factory.mktemp("model") / "till"
    os.environ["QUAY_KEYSTORE"] = "file"
    opened = open_folder(folder)
    with pytest.MonkeyPatch.context() as patch:
        seal = Vault.seal

        def noted(vault: Vault, text: str, aad: str) -> bytes:
            SEALED_BEFORE.append(seal(vault, text, aad))
            return SEALED_BEFORE[-1]

        patch.setattr(Vault, "seal", noted)
        _fill(opened)
    return folder


def _fill(opened: Folder) -> None:
    opened.settings.set_many({"gotit.pin": SECRET})
    with closing(open_journal(opened, SteadyClock(), SystemChance())) as journal:
        for number in range(1, ROWS + 1):
            add(journal, f"r{number}", number, bill_number=f"R{number}")
        journal.remember_check(GOTIT, code(1), RememberedCheck(NOON, "s", 1.0, 50_000, None))
        selling = SaleStore(journal)
        sales.sold_by_sms(selling, 1)
        sales.brought(selling, sales.sold(selling, 2), SaleEvent.SEND, SaleEvent.BOUGHT)
        with journal.transaction("lan") as tx:
            selling.writes(tx).add_codes("s2", [sales.CODE])
        journal.people.add(HUONG, PIN_HASH, actor="setup")
        with journal.transaction("lan") as tx:
            tx.keep("note", opened.vault.seal("kept", "note").hex())
        booking = BookingStore(journal)
        event = BookingEvent
        payment = bookings.begun(booking, 13, code=bookings.CODE)
        bookings.brought(booking, payment, event.ADD_VOUCHER, event.REDEEM, event.VOUCHER_USED)
        bookings.begun(booking, 14)


@pytest.fixture
def folder(model: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "till"
    shutil.copytree(model, copy)
    return copy


def key_of(folder: Path) -> bytes:
    return base64.b64decode((folder / "key").read_text().split()[0])


def put_new_key_in_force(folder: Path, *, forget_old: bool = False) -> bytes:
    """As `begin_change` does; returns the old one."""
    opened = open_folder(folder)
    old = opened.keys.ring(data_exists=True).current
    opened.keys.change_to(bytes(range(32)), by="Hương", forget_old=forget_old)
    return old


def settled(folder: Path, clock: SteadyClock | None = None, batch: int = 2) -> None:
    settle_keys(open_folder(folder), clock or SteadyClock(), SystemChance(), batch=batch)


def everything(opened: Folder) -> dict[str, object]:
    """All that is sealed, opened; and each code found by its hash."""
    with closing(open_journal(opened, SteadyClock(), SystemChance())) as journal:
        selling, booking = SaleStore(journal), BookingStore(journal)
        sale, payment = selling.sale("s1"), booking.payment("k13")
        assert sale is not None
        assert payment is not None
        found = {
            f"r{number}": journal.redemption(f"r{number}").code.reveal() for number in range(1, ROWS + 1)
        }  # fmt: skip
        assert journal.verify().faults == ()
        return {
            **found,
            "phone": sale.order.phone,
            "bought": selling.codes("s2"),
            "voucher": payment.code and payment.code.reveal(),
            "tracking": payment.tracking,
            "pin": opened.settings.text("gotit.pin"),
            "people": [record.pin_hash for record in journal.people.records()],
            "note": opened.vault.open(bytes.fromhex(journal.kept("note") or ""), "note"),
        }


WANTED = {
    **{f"r{number}": code(number).reveal() for number in range(1, ROWS + 1)},
    "phone": sales.PHONE,
    "bought": (sales.CODE,),
    "voucher": bookings.CODE.reveal(),
    "tracking": bookings.TRACKING,
    "pin": SECRET,
    "people": [PIN_HASH],
    "note": "kept",
}


def sealed_blobs(path: Path) -> list[tuple[bytes, str]]:
    """Every sealed field with the place it is bound to, read by SQL of this test's own."""
    with closing(sqlite3.connect(path)) as db:
        blobs = [(raw, f"redemption:{row}") for row, raw in db.execute("SELECT id, code_sealed FROM redemption")]
        blobs += [(raw, f"sale:{row}:phone") for row, raw in db.execute("SELECT id, phone_sealed FROM sale")]
        blobs += [(raw, f"sale_code:{row}:{at}") for row, at, raw in db.execute(
            "SELECT sale_id, position, sealed FROM sale_code")]  # fmt: skip
        for row, one, two in db.execute("SELECT id, code_sealed, tracking_sealed FROM booking"):
            blobs += [(one, f"booking:{row}:code"), (two, f"booking:{row}:tracking")]
        blobs += [(raw, "key_check") for (raw,) in db.execute("SELECT value FROM meta WHERE name = 'key_check'")]
    return [(raw, place) for raw, place in blobs if raw is not None]


def opens(key: bytes, raw: bytes, place: str) -> bool:
    try:
        Vault(key).open(raw, place)
    except SecurityError:
        return False
    return True


def test_everything_moves_under_the_new_key_and_the_old_one_opens_nothing_of_it(folder: Path) -> None:
    assert everything(open_folder(folder)) == WANTED
    old = put_new_key_in_force(folder)
    settled(folder)
    new = key_of(folder)
    assert new != old
    assert (folder / "key").read_text().split() == [base64.b64encode(new).decode()]
    assert everything(open_folder(folder)) == WANTED
    blobs = sealed_blobs(folder / "journal.db")
    assert len(blobs) == ROWS + 1 + 1 + 2 + 1
    assert all(opens(new, raw, place) for raw, place in blobs)
    assert not any(opens(old, raw, place) for raw, place in blobs)
    assert not opens(old, (folder / "secrets.bin").read_bytes(), "secrets.bin")


def test_nothing_that_the_old_key_sealed_is_left_in_any_table(folder: Path) -> None:
    """Whatever the program seals, and wherever it puts it: this test knows no list."""
    assert len(SEALED_BEFORE) >= ROWS + 8
    words = {form for blob in SEALED_BEFORE for form in (blob, blob.hex(), base64.b64encode(blob).decode())}

    def found() -> set[object]:
        with closing(sqlite3.connect(folder / "journal.db")) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
            values = {value for table in tables for row in db.execute(f"SELECT * FROM {table}") for value in row}
        return values & words

    assert len(found()) >= ROWS + 7
    put_new_key_in_force(folder)
    settled(folder)
    assert found() == set()


def test_a_code_is_found_by_its_new_hash_and_by_no_old_one(folder: Path) -> None:
    old = put_new_key_in_force(folder)
    settled(folder)
    new = Vault(key_of(folder))
    with closing(sqlite3.connect(folder / "journal.db")) as db:
        hashes = dict(db.execute("SELECT id, code_hash FROM redemption"))
        (booked,) = db.execute("SELECT code_hash FROM booking WHERE id = 'k13'").fetchone()
        assert db.execute("SELECT count(*) FROM last_check").fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM meta WHERE name = ?", (reseal.MARK,)).fetchone() == (0,)
    for number in range(1, ROWS + 1):
        assert hashes[f"r{number}"] == new.lookup(GOTIT, code(number).reveal())
        assert hashes[f"r{number}"] != Vault(old).lookup(GOTIT, code(number).reveal())
    assert booked == new.lookup("x", bookings.CODE.reveal())


def test_the_list_of_what_is_sealed_is_whole(folder: Path) -> None:
    """A column that a later schema seals, and that nobody added to the list, would be lost with the old key."""
    with closing(sqlite3.connect(folder / "journal.db")) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {(table, row[1], row[2]) for table in tables for row in db.execute(f"PRAGMA table_info({table})")}
        blobs = {(table, column) for table, column, kind in found if kind == "BLOB"}
        hashes = {(each.table, each.hashed[0]) for each in reseal.TABLES if each.hashed}
    listed = {(each.table, column) for each in reseal.TABLES for column in each.places}
    assert listed == SCHEMA
    listed -= {("person", "pin_hash")}
    assert blobs - listed - hashes == {("audit", "hash"), ("last_check", "code_hash")}
    assert {(table, column) for table, column, _ in found if "seal" in column} == listed


class Dying:
    """Counts what is done and kills its process at a given count, as a power cut would."""

    def __init__(self, at: int) -> None:
        self.left = at

    def tick(self) -> None:
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(self, event: str, _: tuple[object, ...]) -> None:
        if event == "os.rename":
            self.tick()


class DyingClock(SteadyClock):
    """Asked right before each transaction."""

    def __init__(self, dying: Dying) -> None:
        super().__init__()
        self.dying = dying

    def now_utc(self) -> datetime:
        self.dying.tick()
        return super().now_utc()


def in_a_process_that_dies(at: int, work: Callable[[Dying], None]) -> bool:
    """Whether it died; else it came to its end."""
    child = os.fork()
    if not child:
        status = 1
        try:
            dying = Dying(at)
            sys.addaudithook(dying.hook)  # before each file takes the place of another
            seal = Vault.seal

            def sealing(vault: Vault, text: str, aad: str) -> bytes:
                dying.tick()  # within a batch, before anything of it stands
                return seal(vault, text, aad)

            Vault.seal = sealing  # type: ignore[assignment,method-assign] # in this process only
            work(dying)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return os.WIFSIGNALED(ended)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_anywhere_the_next_start_brings_it_to_its_end(model: Path, tmp_path: Path) -> None:
    """At every file that is replaced, before every transaction, and at every field within one."""
    died = 0
    for at in range(1, 200):
        folder = tmp_path / str(at)
        shutil.copytree(model, folder)
        old = key_of(folder)

        def change(dying: Dying, folder: Path = folder) -> None:
            put_new_key_in_force(folder)
            settle_keys(open_folder(folder), DyingClock(dying), SystemChance(), batch=2)

        if not in_a_process_that_dies(at, change):
            break
        died += 1
        opened = open_folder(folder)
        if opened.keys.ring(data_exists=True).other is not None:
            settled(folder)
            opened = open_folder(folder)
        assert everything(opened) == WANTED, at
        now = opened.keys.ring(data_exists=True)
        assert now.other is None
        assert len((folder / "key").read_text().split()) == 1
        assert all(opens(now.current, raw, place) for raw, place in sealed_blobs(folder / "journal.db"))
        assert opened.retired.all() == (() if now.current == old else (old,))
        shutil.rmtree(folder)
    assert died > 30
    assert everything(open_folder(folder)) == WANTED


def test_killed_again_and_again_it_still_gets_there(folder: Path) -> None:
    put_new_key_in_force(folder)
    deaths = 0

    def go_on(dying: Dying) -> None:
        settle_keys(open_folder(folder), DyingClock(dying), SystemChance(), batch=1)

    while in_a_process_that_dies(9, go_on):
        deaths += 1
        assert deaths < 60
    assert deaths > 4
    assert everything(open_folder(folder)) == WANTED


def test_half_way_reading_works_and_nobody_else_can_write(folder: Path) -> None:
    put_new_key_in_force(folder)

    def half(dying: Dying) -> None:
        settle_keys(open_folder(folder), DyingClock(dying), SystemChance(), batch=1)

    assert in_a_process_that_dies(12, half)
    opened = open_folder(folder)
    assert opened.settings.text("gotit.pin") == SECRET
    with closing(open_journal(opened, SteadyClock(), SystemChance(), writing=False)) as journal:
        read = [journal.redemption(f"r{number}").code for number in range(1, ROWS + 1)]
    assert read == [code(number) for number in range(1, ROWS + 1)]
    program = Program(folder)  # a start goes on before anything else is opened
    try:
        assert program.folder.keys.ring(data_exists=True).other is None
        assert program.journal.verify().faults == ()
    finally:
        program.close()


def test_a_copy_from_before_is_brought_up_to_date_when_it_is_put_back(folder: Path, tmp_path: Path) -> None:
    opened = open_folder(folder)
    with closing(open_journal(opened, SteadyClock(), SystemChance())) as journal:
        copy = back_up(journal.core.connections.get(), tmp_path / "copy.db")
    for _ in range(2):  # two changes later
        put_new_key_in_force(folder) if _ == 0 else open_folder(folder).keys.change_to(
            bytes(32), by="Hương", forget_old=False
        )
        settled(folder)
    for left in ("journal.db-wal", "journal.db-shm"):
        (folder / left).unlink(missing_ok=True)
    shutil.copy(copy, folder / "journal.db")
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        open_journal(open_folder(folder), SteadyClock(), SystemChance())
    program = Program(folder)
    try:
        assert program.journal.redemption("r1").code == code(1)
        assert program.journal.verify().faults == ()
    finally:
        program.close()
    assert all(opens(key_of(folder), raw, place) for raw, place in sealed_blobs(folder / "journal.db"))


def test_forgotten_the_old_key_is_nowhere_and_a_copy_from_before_stays_shut(folder: Path, tmp_path: Path) -> None:
    opened = open_folder(folder)
    with closing(open_journal(opened, SteadyClock(), SystemChance())) as journal:
        copy = back_up(journal.core.connections.get(), tmp_path / "copy.db")
    put_new_key_in_force(folder)
    settled(folder)
    open_folder(folder).keys.change_to(bytes(32), by="Hương", forget_old=True)
    settled(folder)
    assert not (folder / "keys.retired").exists()
    assert everything(open_folder(folder)) == WANTED
    shutil.copy(copy, folder / "journal.db")
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        open_journal(open_folder(folder), SteadyClock(), SystemChance(), writing=False)
    with pytest.raises(PosError, match=r"journal\.damaged|key\.wrong"):  # in the place of ours: another till's
        Program(folder)


def test_a_field_that_was_damaged_before_stops_nothing(folder: Path) -> None:
    opened = open_folder(folder)
    with closing(open_journal(opened, SteadyClock(), SystemChance())) as journal:
        connection = journal.core.connections.get()
        connection.execute("DROP TRIGGER redemption_code_is_fixed")
        connection.execute("UPDATE redemption SET code_sealed = x'01' WHERE id = 'r3'")
    put_new_key_in_force(folder)
    settled(folder)
    with closing(sqlite3.connect(folder / "journal.db")) as db:
        (facts,) = db.execute("SELECT facts FROM audit WHERE kind = 'keys.changed'").fetchone()
    assert '"unreadable":1' in facts
    with closing(open_journal(open_folder(folder), SteadyClock(), SystemChance())) as journal:
        assert journal.redemption("r4").code == code(4)
        with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
            journal.redemption("r3")


def test_the_managers_name_stands_in_the_chain_and_a_copy_is_made_first(folder: Path) -> None:
    program = Program(folder)
    try:
        begin_change(program, manager="Hương")
    finally:
        program.close()
    (copy,) = (path for path in (folder / "copies").glob("*.db"))
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT count(*) FROM redemption").fetchone() == (ROWS,)
    Program(folder).close()
    with closing(sqlite3.connect(folder / "journal.db")) as db:
        said = db.execute("SELECT kind, actor FROM audit WHERE kind LIKE 'keys.change%' ORDER BY seq").fetchall()
    assert said == [("keys.change_begun", "Hương"), ("keys.changed", "Hương")]


def test_codes_change_under_no_other_pretext(folder: Path) -> None:
    """The database itself refuses, but while a change of the key is under way."""
    with closing(SqliteJournal(folder / "journal.db", Vault(key_of(folder)), SteadyClock(), SystemChance())) as journal:
        connection = journal.core.connections.get()
        for sql in ("UPDATE redemption SET code_sealed = x'01'", "UPDATE sale_code SET sealed = x'01'"):
            with pytest.raises(sqlite3.IntegrityError, match=r"rule\."):
                connection.execute(sql)


def test_a_journal_found_damaged_on_the_way_is_built_anew_and_then_changed(folder: Path) -> None:
    Program(folder).close()
    program = Program(folder)
    begin_change(program, manager="Hương")
    program.close()

    def half(dying: Dying) -> None:
        settle_keys(open_folder(folder), DyingClock(dying), SystemChance(), batch=1)

    assert in_a_process_that_dies(12, half)
    stored = bytearray((folder / "journal.db").read_bytes())
    stored[len(stored) // 2 : len(stored) // 2 + 200_000] = b"\xa5" * 200_000
    for left in ("journal.db-wal", "journal.db-shm"):
        (folder / left).unlink(missing_ok=True)
    (folder / "journal.db").write_bytes(stored[: len(stored) // 4096 * 4096])
    program = Program(folder)
    try:
        assert program.folder.keys.ring(data_exists=True).other is None
        assert program.journal.redemption("r1").code == code(1)
        assert program.journal.verify().faults == ()
    finally:
        program.close()
    assert all(opens(key_of(folder), raw, place) for raw, place in sealed_blobs(folder / "journal.db"))
