"""A lost manager's PIN: a way back that a cashier cannot go, and that nobody goes unseen."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from pos.bootstrap import HeldFolder, SystemClock
from pos.cli.main import main
from pos.domain.errors import SecurityError
from pos.lost_pin import ASKED, RECOVERED, LostPin
from pos.security.key_backup import seal_backup
from pos.security.recovery_code import new_code
from pos.security.secret import Secret
from pos.till.ports import Person, Role

QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
OLD, NEW = "482915", "739152"


class Later(SystemClock):
    """The machine's clock, some hours on."""

    hours = 0.0

    def now_utc(self) -> datetime:
        return super().now_utc() + timedelta(hours=self.hours)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    monkeypatch.setattr("pos.security.people.shipped_hasher", lambda: QUICK)
    with held(tmp_path / "till") as till:
        till.people.add("Hương", Role.MANAGER, OLD, actor="Hương")
        till.people.add("Mai", Role.MANAGER, "615948", actor="Hương")
        till.people.add("Lan", Role.CASHIER, "4826", actor="Hương")
    return tmp_path / "till"


@contextmanager
def held(folder: Path, hours: float = 0.0) -> Iterator[HeldFolder]:
    clock = Later()
    clock.hours = hours
    opened = HeldFolder(folder, clock=clock)
    try:
        yield opened
    finally:
        opened.close()


def person(till: HeldFolder, name: str) -> Person:
    return next(each for each in till.people.everyone() if each.name == name)


def told(till: HeldFolder) -> dict[str, dict[str, object]]:
    return {message.code: dict(message.params) for message in till.notices.pending()}


def booked(till: HeldFolder, kind: str) -> list[dict[str, object]]:
    rows = till.journal.core.connections.get().execute("SELECT facts FROM audit ORDER BY seq").fetchall()
    return [change["facts"] for (facts,) in rows for change in json.loads(facts) if change["kind"] == kind]


def sheet_of(till: HeldFolder) -> tuple[Secret, bytes]:
    code = new_code()
    key = till.folder.keys.ring(data_exists=True).current
    _, raw = seal_backup(
        code, key=key, retired=(), secrets={}, made_utc="2026-11-21T05:00:00Z", store="HN03", till="T2",
        environment="sandbox",
    )  # fmt: skip
    till.folder.keys.note_backup("2026-11-21T05:00:00Z", till.folder.secrets.mark())
    return code, raw


def test_where_no_sheet_was_ever_made_the_owner_of_the_folder_sets_a_new_pin_and_it_shows(folder: Path) -> None:
    with held(folder) as till:
        LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=False)
        assert till.people.manager_by_pin(NEW).name == "Hương"
        with pytest.raises(SecurityError, match=r"pin\.wrong"):
            till.people.manager_by_pin(OLD)
        assert booked(till, RECOVERED) == [{"name": "Hương", "os_user": "quay", "way": "account"}]
        assert told(till)[RECOVERED]["os_user"] == "quay"
        assert till.journal.verify().whole


def test_nobody_else_of_the_computer_may(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(folder).st_uid + 1)
    with held(folder) as till:
        with pytest.raises(SecurityError, match=r"lost_pin\.not_owner"):
            LostPin(till, "other").by_owner("Hương", NEW, sheet_lost=False)
        assert told(till) == {}


def test_the_sheet_and_its_file_give_a_new_pin_and_no_other_sheet_does(folder: Path, tmp_path: Path) -> None:
    with held(tmp_path / "other") as other:
        strange_code, strange = sheet_of(other)
    with held(folder) as till:
        code, raw = sheet_of(till)
        lost = LostPin(till, "quay")
        for wrong_code, wrong, why in (
            (strange_code, strange, r"lost_pin\.other_till"),
            (strange_code, raw, r"recovery\.wrong_code"),
            (Secret("12345 67890"), raw, r"recovery\.length"),
            (code, raw[:-9], r"backup_of_keys\.not_one"),
        ):
            with pytest.raises(SecurityError, match=why):
                lost.with_sheet("Hương", NEW, wrong, wrong_code)
        assert till.people.manager_by_pin(OLD).name == "Hương"
        lost.with_sheet("Hương", NEW, raw, code)
        assert till.people.manager_by_pin(NEW).name == "Hương"
        assert booked(till, RECOVERED)[0]["way"] == "sheet"


def test_a_shop_that_has_a_sheet_needs_it(folder: Path) -> None:
    with held(folder) as till:
        sheet_of(till)
        with pytest.raises(SecurityError, match=r"lost_pin\.sheet_needed"):
            LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=False)


def test_without_the_sheet_it_takes_a_day_in_which_everybody_is_told(folder: Path) -> None:
    with held(folder) as till:
        sheet_of(till)
        asked = LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=True)
        assert asked.after_utc is not None
        assert ASKED in told(till)
    with held(folder, hours=23) as till:
        still = LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=True).after_utc
        assert still is not None
        assert abs(still - asked.after_utc) < timedelta(seconds=1)
        assert till.people.manager_by_pin(OLD).name == "Hương"
    with held(folder, hours=25) as till:
        assert LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=True).after_utc is None
        assert till.people.manager_by_pin(NEW).name == "Hương"
        assert len(booked(till, ASKED)) == 1


def test_a_manager_ends_a_request_that_is_not_hers(folder: Path) -> None:
    with held(folder) as till:
        sheet_of(till)
        LostPin(till, "thief").by_owner("Hương", NEW, sheet_lost=True)
        till.notices.seen(ASKED, person(till, "Hương"))  # she has not lost it at all
    with held(folder, hours=30) as till:
        assert LostPin(till, "thief").by_owner("Hương", NEW, sheet_lost=True).after_utc is not None
        assert till.people.manager_by_pin(OLD).name == "Hương"


def test_who_got_the_new_pin_cannot_take_the_mark_away_for_a_week(folder: Path) -> None:
    with held(folder) as till:
        LostPin(till, "quay").by_owner("Hương", NEW, sheet_lost=False)
        newcomer = till.people.add("Kẻ Lạ", Role.MANAGER, "518264", actor="Hương")
        for who in (person(till, "Hương"), newcomer):
            with pytest.raises(SecurityError, match=r"notice\.not_hers"):
                till.notices.seen(RECOVERED, who)
        assert RECOVERED in told(till)
        till.notices.seen(RECOVERED, person(till, "Mai"))
        assert told(till) == {}
    with held(folder) as till:
        LostPin(till, "quay").by_owner("Hương", NEW[::-1], sheet_lost=False)
    with held(folder, hours=24 * 8) as till:
        till.notices.seen(RECOVERED, person(till, "Hương"))
        assert RECOVERED not in told(till)


def test_two_recoveries_in_a_row_do_not_clear_each_other(folder: Path) -> None:
    with held(folder) as till:
        lost = LostPin(till, "quay")
        lost.by_owner("Hương", NEW, sheet_lost=False)
        lost.by_owner("Mai", "518264", sheet_lost=False)
        for name in ("Hương", "Mai"):
            with pytest.raises(SecurityError, match=r"notice\.not_hers"):
                till.notices.seen(RECOVERED, person(till, name))
        assert told(till)[RECOVERED]["name"] == "Hương, Mai"


@pytest.mark.parametrize(("name", "pin", "why"), [
    ("Lan", NEW, r"lost_pin\.no_such_manager"), ("Ai", NEW, r"lost_pin\.no_such_manager"),
    ("Hương", "123456", r"pin\.unfit"), ("Hương", "4826", r"pin\.short_for_manager"),
    ("Hương", "615948", r"pin\.unfit"),
])  # fmt: skip
def test_it_is_for_managers_and_the_new_pin_is_as_good_as_any(folder: Path, name: str, pin: str, why: str) -> None:
    with held(folder) as till:
        with pytest.raises(SecurityError, match=why):
            LostPin(till, "quay").by_owner(name, pin, sheet_lost=False)
        assert booked(till, RECOVERED) == []


# ------------------------------------------------------------ the command


class Command:
    """`quay people …` in this process, PINs on stdin."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._patch, self._capsys = folder, monkeypatch, capsys

    def run(self, *words: str, stdin: str = "") -> tuple[int, str]:
        self._patch.setattr("sys.stdin", io.StringIO(stdin))
        status = main(["--lang", "en", "people", *words, "--data", str(self._folder)])
        said = self._capsys.readouterr()
        return status, said.out + said.err


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(folder, monkeypatch, capsys)


def test_every_change_of_the_people_needs_a_managers_pin_first(command: Command, folder: Path) -> None:
    for words, more in ((("add", "Minh"), "7391"), (("pin", "Lan"), "7391"), (("role", "Lan", "manager"), "739152"),
                        (("retire", "Lan"), "")):  # fmt: skip
        assert command.run(*words, stdin=f"4826\n{more}\n")[0] == 2  # a cashier's
    assert command.run("add", "Minh", stdin=f"{OLD}\n7391\n") == (0, "")
    assert command.run("pin", "Minh", stdin=f"{OLD}\n6158\n") == (0, "")
    assert command.run("role", "Minh", "manager", stdin=f"{OLD}\n516273\n") == (0, "")
    assert command.run("retire", "Lan", stdin=f"{OLD}\n") == (0, "")
    with held(folder) as till:
        assert [(each.name, each.role.value) for each in till.people.everyone()] == [
            ("Hương", "manager"), ("Mai", "manager"), ("Minh", "manager"),
        ]  # fmt: skip
        assert till.people.manager_by_pin("516273").name == "Minh"


def test_a_script_of_commands_gets_five_guesses(command: Command) -> None:
    """Each command is a start of its own."""
    for _ in range(5):
        assert command.run("reset", "Lan", stdin="000000\n")[0] == 2
    status, said = command.run("reset", "Lan", stdin=f"{OLD}\n")
    assert status == 2
    assert "30 seconds" in said or "29 seconds" in said


def test_list_and_rights_tell_and_change_nothing(command: Command) -> None:
    status, said = command.run("list", "--json")
    assert status == 0
    assert [(each["name"], each["wrong_pins"], each["wait_s"]) for each in json.loads(said)] == [
        ("Hương", 0, 0), ("Lan", 0, 0), ("Mai", 0, 0),
    ]  # fmt: skip
    status, said = command.run("rights", "--json")
    assert json.loads(said)["take_back"] == {"cashier": "approval", "manager": "approval"}
    status, said = command.run("rights")
    assert "Open the drawer without a sale – cashier: manager's PIN, manager: may" in said


def test_recovering_by_command_asks_for_code_and_pin_and_never_shows_them(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    with held(folder) as till:
        code, raw = sheet_of(till)
    file = tmp_path / "backup.quaykeys"
    file.write_bytes(raw)
    status, said = command.run("recover", "Hương", "--sheet", str(file), stdin=f"{code.reveal()}\n{NEW}\n")
    assert status == 0, said
    assert NEW not in said
    assert code.reveal() not in said
    status, said = command.run("recover", "Hương", "--sheet-lost", stdin=f"{OLD}\n")
    assert status == 3
    assert "sign-in" in said
    status, said = command.run("recover", "Hương", "--sheet", str(tmp_path / "none"), stdin="x\n1\n")
    assert status == 2
    assert str(tmp_path) not in said
