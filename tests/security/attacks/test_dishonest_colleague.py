"""A colleague with the till's own account and an editor for SQLite gets no right by it, and what he changed is seen."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pos.bootstrap import Program
from pos.domain.errors import SecurityError
from pos.till.ports import Role

MANAGER_PIN, CASHIER_PIN, GONE_PIN = "80264937", "593827", "771204"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def opened(folder: Path) -> Iterator[Program]:
    program = Program(folder)
    program.people._hasher = CHEAP
    try:
        yield program
    finally:
        program.close()


@pytest.fixture(scope="module")
def as_closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dishonest") / "till"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAY_KEYSTORE", "file")
        with opened(folder) as program:
            program.people.add("Hương", Role.MANAGER, MANAGER_PIN, actor="Hương")
            program.people.add("Lan", Role.CASHIER, CASHIER_PIN, actor="Hương")
            gone = program.people.add("Minh", Role.MANAGER, GONE_PIN, actor="Hương")
            program.people.retire(gone.id, actor="Hương")
    return folder


@pytest.fixture
def folder(as_closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    return Path(shutil.copytree(as_closed, tmp_path / "till"))


def edit(folder: Path, *statements: str) -> None:
    """As somebody would who has read the schema: the rules go first, and come back afterwards."""
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        rules = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in rules:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, rule in rules:
            connection.execute(rule)
        connection.commit()


_BARE = CHEAP.hash("246802")
_INSERT = (
    "INSERT INTO person (id, name, role, pin_hash, active, created_utc) "
    f"SELECT 'x', 'Hải', 'manager', '{_BARE}', 1, created_utc FROM person LIMIT 1"
)
_ATTACKS = {
    "makes himself a manager": ("UPDATE person SET role = 'manager' WHERE name = 'Lan'", CASHIER_PIN),
    "takes his own hash into the manager's row": (
        "UPDATE person SET pin_hash = (SELECT pin_hash FROM person WHERE name = 'Lan') "
        "WHERE name != 'Lan'",
        CASHIER_PIN,
    ),
    "puts in a manager with a hash of his own": (_INSERT, "246802"),
    "swaps a hash for a bare one": (f"UPDATE person SET pin_hash = '{_BARE}' WHERE role = 'manager'", "246802"),
    "takes back a manager who left": ("UPDATE person SET active = 1 WHERE name = 'Minh'", GONE_PIN),
}  # fmt: skip


@pytest.mark.parametrize("attack", _ATTACKS)
def test_no_row_that_was_written_by_hand_opens_a_managers_pad(folder: Path, attack: str) -> None:
    statement, pin = _ATTACKS[attack]
    edit(folder, statement)
    with opened(folder) as program:
        with pytest.raises(SecurityError, match=r"pin\.wrong"):
            program.people.manager_by_pin(pin)
        faults = [fault for fault in program.journal.verify().faults if "person" in fault]
    assert faults, "the proof of the journal names the row"


def test_the_honest_till_opens_for_its_manager_and_is_proven_whole(folder: Path) -> None:
    """The control: it is the editing that fails above, not the till."""
    edit(folder, "SELECT 1")
    with opened(folder) as program:
        assert program.people.manager_by_pin(MANAGER_PIN).name == "Hương"
        assert program.journal.verify().faults == ()


def test_wiping_the_wrong_tries_leaves_them_in_the_chain(folder: Path) -> None:
    """The count can be wiped by whoever has the account; each try stands in the chain, and the chain is proven."""
    with opened(folder) as program:
        for guess in ("111113", "111114", "111115"):
            with pytest.raises(SecurityError):
                program.people.manager_by_pin(guess)
    edit(folder, "DELETE FROM meta WHERE name = 'wrong_pins'")
    with closing(sqlite3.connect(folder / "journal.db")) as connection:
        assert connection.execute("SELECT count(*) FROM audit WHERE kind = 'pin.wrong'").fetchone() == (3,)
    edit(folder, "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit WHERE kind = 'pin.wrong')")
    with opened(folder) as program:
        told = [message.code for message in program.notices.pending()]
        assert told or program.journal.verify().faults


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'Lan' WHERE seq = 2",
        "UPDATE audit SET facts = replace(facts, 'Lan', 'Hoa') WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
        "UPDATE person SET name = 'Loan' WHERE name = 'Lan'",
        "DROP TRIGGER audit_stays",
    ],
)
def test_whatever_is_changed_in_the_record_is_named_by_its_proof(folder: Path, statement: str) -> None:
    if statement.startswith("DROP"):
        with closing(sqlite3.connect(folder / "journal.db")) as connection:
            connection.execute(statement)
            connection.commit()
    else:
        edit(folder, statement)
    with opened(folder) as program:
        assert program.journal.verify().faults


def _cut_the_end(folder: Path, before: Path) -> None:
    del before
    edit(folder, "DELETE FROM audit WHERE seq > 2")


def _put_an_older_copy_back(folder: Path, before: Path) -> None:
    for left_over in folder.glob("journal.db*"):
        left_over.unlink()
    shutil.copy(before / "journal.db", folder / "journal.db")


@pytest.mark.parametrize("attack", [_cut_the_end, _put_an_older_copy_back])
def test_a_record_that_lost_its_end_is_told_at_the_next_start_or_made_whole_again(
    folder: Path, tmp_path: Path, attack: Callable[[Path, Path], None]
) -> None:
    """A day's work struck out with its links: the file beside the journal knows where the chain ended."""
    before = Path(shutil.copytree(folder, tmp_path / "before"))
    with opened(folder) as program:
        program.people.add("Hoa", Role.CASHIER, "915273", actor="Hương")
    attack(folder, before)
    with opened(folder) as program:
        told = [message.code for message in program.notices.pending()]
        kinds = [kind for (kind,) in program.journal._core.connections.get().execute("SELECT kind FROM audit")]
        # Either it is told, or the second log has put it back and that stands in the chain.
        whole = any(person.name == "Hoa" for person in program.people.everyone())
        assert told or any(kind.startswith("journal.") for kind in kinds), (whole, kinds)
