"""`quay backup` from end to end, and the copy that a closed day gets by itself."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pos.bootstrap import Program
from pos.cli.main import main
from pos.till.ports import Role
from tests.bench.tills import OfflineCounter, fresh_codes, set_up
from tests.journal.damage_shop import lose_all, standing, without_log

PIN = "840271"


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    folder = tmp_path / "till"
    set_up(folder)
    program = Program(folder)
    program.people.add("Hoa", Role.MANAGER, PIN, actor="Hoa")
    program.close()
    return folder


def sell(till: Path, count: int, seed: int) -> list[str]:
    program = Program(till)
    counter = OfflineCounter(program)
    bills = [counter.accept(code) for code in fresh_codes(count, seed=seed)]
    program.close()
    return bills


class Hands:
    """Types commands."""

    def __init__(self, till: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._till, self._capsys, self._patch = till, capsys, monkeypatch
        self.said = ""

    def run(self, *words: str, stdin: str = "") -> int:
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        status = main(["--data", str(self._till), "--lang", "en", *words])
        out = self._capsys.readouterr()
        self.said = out.out + out.err
        return status

    def json(self, *words: str, stdin: str = "") -> Any:
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        self._capsys.readouterr()
        assert main(["--data", str(self._till), *words, "--json"]) == 0
        return json.loads(self._capsys.readouterr().out)


@pytest.fixture
def hands(till: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Hands:
    return Hands(till, capsys, monkeypatch)


def test_now_list_and_verify(till: Path, hands: Hands) -> None:
    assert hands.json("backup", "list") == []
    sell(till, 2, seed=1)
    made = hands.json("backup", "now")
    assert [one["name"] for one in hands.json("backup", "list")] == [made["name"]]
    assert hands.run("backup", "verify") == 0
    assert made["last_hash"] in hands.said
    path = Path(made["path"])
    path.write_bytes(path.read_bytes()[:-1] + b"\x07")
    assert hands.run("backup", "verify", made["name"]) == 1
    assert "damaged" in hands.said


def test_restore_wants_a_managers_pin_and_leaves_its_mark(till: Path, hands: Hands) -> None:
    before = sell(till, 2, seed=1)
    made = hands.json("backup", "now")
    after = sell(till, 2, seed=2)
    assert hands.run("backup", "restore", made["name"], stdin="123123\n") == 2
    assert sorted(path.name for path in till.glob("replaced-*")) == []
    assert hands.run("backup", "restore", made["name"], stdin=f"{PIN}\n") == 0
    assert "may be missing" in hands.said
    (aside,) = till.glob("replaced-*")
    assert (aside / "journal.db").exists()
    assert any(one["reason"] == "before_restore" for one in hands.json("backup", "list"))
    program = Program(till)
    try:
        assert [program.journal.bill(bill) is not None for bill in (*before, *after)] == [True, True, False, False]
        codes = [message.code for message in program.notices.pending()]
        assert codes == ["journal.restored_in_doubt"]  # and not that the journal went back behind anybody's back
        assert {row.state.outcome for bill in before for row in program.journal.redemptions_of(bill)} == {"unknown"}
        assert program.journal.verify().whole
        rows = program.journal.core.connections.get().execute("SELECT actor, kind FROM audit").fetchall()
        assert ("Hoa", "journal.restored") in rows
    finally:
        program.close()


def test_restore_with_the_log_brings_everything_back(till: Path, hands: Hands) -> None:
    bills = sell(till, 2, seed=1)
    made = hands.json("backup", "now")
    bills += sell(till, 3, seed=2)
    notice = hands.json("backup", "restore", made["name"], "--with-log", stdin=f"{PIN}\n")
    assert notice["certain"]
    program = Program(till)
    try:
        assert standing(program, bills) == bills
        assert [message.code for message in program.notices.pending()] == ["journal.restored"]
    finally:
        program.close()


def test_a_stick_brings_a_till_back_that_lost_everything_but_its_key(till: Path, hands: Hands, tmp_path: Path) -> None:
    """Without a journal the PIN is asked of the copy; wrong ones wait as they do at the till."""
    bills = sell(till, 2, seed=1)
    stick = tmp_path / "stick.db"
    shutil.copy(hands.json("backup", "now")["path"], stick)
    lose_all(till / "journal.db")
    without_log(till)
    shutil.rmtree(till / "copies")
    assert hands.run("bills") == 2
    assert "The journal is damaged" in hands.said
    assert hands.run("people", "list") == 2
    assert "quay backup restore" in hands.said
    for _ in range(5):
        assert hands.run("backup", "restore", str(stick), stdin="111222\n") == 2
    assert hands.run("backup", "restore", str(stick), stdin=f"{PIN}\n") == 2
    assert not (till / "journal.db").exists()
    (till / "pins.db").unlink()  # an hour later
    assert hands.run("backup", "restore", str(stick), stdin=f"{PIN}\n") == 0
    assert not list(till.glob("pins.db*"))
    program = Program(till)
    try:
        assert [program.journal.bill(bill) is not None for bill in bills] == [True, True]
    finally:
        program.close()


def test_another_tills_copy_is_not_restored(till: Path, hands: Hands, tmp_path: Path) -> None:
    other = tmp_path / "other"
    set_up(other)
    Program(other).close()
    assert main(["--data", str(other), "backup", "now"]) == 0
    (copy,) = (other / "copies").glob("*.db")
    assert hands.run("backup", "restore", str(copy), stdin=f"{PIN}\n") == 2
    assert "damaged" in hands.said
    assert not [path for path in till.glob("replaced-*") if any(path.iterdir())]


def test_rebuild_says_what_comes_back_and_asks_a_manager_where_it_is_not_certain(till: Path, hands: Hands) -> None:
    bills = sell(till, 2, seed=1)
    assert hands.run("backup", "rebuild") == 0
    assert "sound" in hands.said
    hands.json("backup", "now")
    lose_all(till / "journal.db")
    without_log(till)
    assert hands.run("bills") == 2
    assert "The journal is damaged" in hands.said
    assert hands.run("people", "list") == 2
    assert "quay backup rebuild" in hands.said
    assert hands.run("backup", "rebuild", "--look") == 0
    assert not (till / "journal.db").exists()
    assert hands.run("backup", "rebuild", stdin="111222\n") == 2
    assert hands.run("backup", "rebuild", stdin=f"{PIN}\n") == 0
    assert hands.run("bills") == 0
    assert bills[0] in hands.said
    assert hands.run("settle", "--once") in (0, 2, 3)
    assert "was rebuilt" in hands.said  # told on stderr until a manager has acknowledged it
