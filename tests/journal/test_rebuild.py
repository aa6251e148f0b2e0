"""A damaged journal: what was acknowledged stands afterwards or is named; nothing is sent twice, nothing deleted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pos.backup_setup import rebuild, restore, what_is_wrong
from pos.bootstrap import Program, SystemChance, SystemClock, open_folder
from pos.domain.errors import JournalDamaged
from pos.domain.redemption import UNKNOWN_GIVEN, UNSENT_GIVEN
from pos.till.ports import PrintState
from tests.journal.damage_shop import (
    AFTER,
    BEFORE,
    DAMAGES,
    another,
    lose_all,
    opened,
    sell_and_die,
    standing,
    torn_log,
    without_copies,
    without_log,
)


@pytest.fixture(scope="module")
def died(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A till that died in the middle of selling, and the bills it had acknowledged."""
    folder = tmp_path_factory.mktemp("died") / "till"
    return folder, sell_and_die(folder)


@pytest.fixture
def till(died: tuple[Path, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to hurt."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    shutil.copytree(died[0], tmp_path / "till")
    return tmp_path / "till"


@pytest.fixture
def bills(died: tuple[Path, list[str]]) -> list[str]:
    return died[1]


def files_of(till: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for name in ("", "-wal") if (path := till / f"journal.db{name}").exists()}


def whole(program: Program) -> bool:
    return program.journal.verify().whole


@pytest.mark.parametrize("damage", DAMAGES, ids=str)
@pytest.mark.parametrize("copies", [True, False], ids=["copies", "no copies"])
def test_with_the_second_log_nothing_is_missing_and_the_till_opens(
    till: Path, bills: list[str], damage: str, copies: bool
) -> None:
    DAMAGES[damage](till / "journal.db")
    left = files_of(till)
    if not copies:
        without_copies(till)
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert whole(program)
        (notice,) = program.backups.notices()
        assert notice.certain
        assert notice.missing == ()
        assert [message.code for message in program.notices.pending()] == ["journal.rebuilt"]
        assert {row.state for bill in bills for row in program.journal.redemptions_of(bill)} == {UNSENT_GIVEN}
    (aside,) = till.glob("damaged-*")
    if damage == "-wal":
        left.pop("journal.db")  # SQLite has brought what was good of its log into the file
    assert {name: (aside / name).read_bytes() for name in left} == left  # nothing is deleted


def test_what_was_rebuilt_goes_on_as_any_other_till(till: Path, bills: list[str]) -> None:
    DAMAGES["header"](till / "journal.db")
    with opened(till):
        pass
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert len(program.backups.notices()) == 1
        program.backups.acknowledge("Hoa")
        assert not program.notices.pending()
    assert len(list(till.glob("damaged-*"))) == 1


@pytest.mark.parametrize("damage", ["truncated", "all lost", "another kind"])
def test_copy_without_log_is_a_managers_decision_and_then_everything_unsent_is_asked_about(
    till: Path, bills: list[str], damage: str
) -> None:
    DAMAGES[damage](till / "journal.db")
    without_log(till)
    before = files_of(till)
    with pytest.raises(JournalDamaged, match="damaged_ask"):
        Program(till)
    assert files_of(till) == before
    assert not list(till.glob("damaged-*"))
    folder = open_folder(till)
    what = what_is_wrong(folder, SystemClock(), SystemChance())
    assert what is not None
    notice = rebuild(folder, SystemClock(), what, decided_by="Hoa")
    assert not notice.certain
    with opened(till) as program:
        assert standing(program, bills)[:BEFORE] == bills[:BEFORE]
        assert {row.state for bill in bills[:BEFORE] for row in program.journal.redemptions_of(bill)} == {UNKNOWN_GIVEN}
        assert whole(program)
        assert not program.journal.print_jobs(states=[PrintState.PENDING])
        assert {message.code for message in program.notices.pending()} == {"journal.rebuilt_in_doubt"}


def test_what_the_damaged_file_itself_proves_needs_no_log(till: Path, bills: list[str]) -> None:
    DAMAGES["header"](till / "journal.db")
    without_log(till)
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert program.backups.notices()[0].from_damaged >= AFTER


def test_bills_that_cannot_be_brought_back_are_named(till: Path, bills: list[str]) -> None:
    """One page is gone, and with it rows that the chain still speaks of."""
    DAMAGES["a page of zeros"](till / "journal.db")
    without_log(till)
    folder = open_folder(till)
    what = what_is_wrong(folder, SystemClock(), SystemChance())
    assert what is not None
    notice = rebuild(folder, SystemClock(), what, decided_by="Hoa")
    with opened(till) as program:
        stand = standing(program, bills)
        assert stand[:BEFORE] == bills[:BEFORE]
        assert set(notice.missing) == set(bills) - set(stand) != set()
        assert whole(program)


def test_a_torn_log_says_that_its_end_is_not_certain(
    till: Path, bills: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut that took the journal as well: the last half second may be gone."""
    lose_all(till / "journal.db")
    torn_log(till)
    monkeypatch.setattr("pos.journal.intents_read.boot_id", lambda: "another start of the machine")
    with pytest.raises(JournalDamaged, match="damaged_ask"):
        Program(till)
    rebuild(open_folder(till), SystemClock(), "lost", decided_by="Hoa")
    with opened(till) as program:
        assert standing(program, bills) == bills[:-1]


def test_numbers_of_bills_that_may_be_missing_are_never_given_again(till: Path, bills: list[str]) -> None:
    """The issuer's word about a bill would else be taken for another one's."""
    with opened(till) as program:
        day = program.journal.business_date(program.clock.now_utc())
        given = [program.journal.next_number(program.bill_series(f"{day:%Y%m%d}")) for _ in range(3)]
    lose_all(till / "journal.db")
    without_log(till)
    rebuild(open_folder(till), SystemClock(), "lost", decided_by="Hoa")
    with opened(till) as program:
        assert program.journal.next_number(program.bill_series(f"{day:%Y%m%d}")) > max(given) + 1000


def test_without_copy_and_log_nothing_is_begun_in_its_place(till: Path) -> None:
    lose_all(till / "journal.db")
    without_copies(till)
    without_log(till)
    for _ in range(2):
        with pytest.raises(JournalDamaged, match="damaged_alone"):
            Program(till)
        assert not (till / "journal.db").exists()


def test_another_tills_journal_in_the_place_of_ours_is_damage(till: Path, bills: list[str], tmp_path: Path) -> None:
    lose_all(till / "journal.db")
    shutil.copy(another(till, tmp_path / "other"), till / "journal.db")
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert program.backups.notices()[0].what == "foreign"


def test_an_older_copy_put_in_place_by_hand_is_brought_up_to_date(till: Path, bills: list[str]) -> None:
    lose_all(till / "journal.db")
    shutil.copy(next((till / "copies").glob("*.db")), till / "journal.db")
    with opened(till) as program:
        assert standing(program, bills) == bills
        (notice,) = program.backups.notices()
        assert (notice.what, notice.copy, notice.from_log) == ("behind", "", AFTER)


@pytest.mark.parametrize("step", ["set aside", "in place"])
def test_a_start_that_dies_while_it_rebuilds_is_gone_on_with(
    till: Path, bills: list[str], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Died(Exception):
        pass

    DAMAGES["middle"](till / "journal.db")
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if step == "set aside" and Path(source).name == "journal.db":
            raise Died
        if step == "in place" and Path(target) == till / "journal.db":
            raise Died
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Died):
        Program(till)
    monkeypatch.setattr(os, "replace", real)
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert whole(program)


@pytest.mark.parametrize("step", ["log aside", "in place"])
def test_a_restore_that_dies_on_the_way_is_not_undone_by_the_second_log(
    till: Path, bills: list[str], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a manager took back stays taken back: the log beyond the copy goes aside, whenever the plug is pulled."""

    class Died(Exception):
        pass

    (copy,) = (till / "copies").glob("*.db")
    real = os.replace

    def replace(source: Path, target: Path) -> None:
        if step == "log aside" and Path(source).suffix == ".log":
            raise Died
        if step == "in place" and Path(target) == till / "journal.db":
            raise Died
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Died):
        restore(open_folder(till), SystemClock(), copy, manager="Hương", with_log=False)
    monkeypatch.setattr(os, "replace", real)
    with opened(till) as program:
        assert standing(program, bills) == bills[:BEFORE]
        assert whole(program)


def test_damage_that_is_met_while_selling_is_mended_at_the_next_start(till: Path, bills: list[str]) -> None:
    with opened(till):
        pass  # in order: the next start reads the header only
    stat = (till / "journal.db").stat()
    DAMAGES["middle"](till / "journal.db")
    os.utime(till / "journal.db", ns=(stat.st_atime_ns, stat.st_mtime_ns))  # as a dying disk does it
    with opened(till) as program:
        assert standing(program, bills) == bills


def test_a_journal_without_damage_is_left_alone(till: Path, bills: list[str]) -> None:
    with opened(till) as program:
        assert standing(program, bills) == bills
        assert not program.backups.notices()
    assert not list(till.glob("damaged-*"))
