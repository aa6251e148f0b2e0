"""PIN guessing: every pad and command count together, and neither restart, clock nor haste gets round the wait."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from pos.bootstrap import Program, SystemClock
from pos.domain.errors import SecurityError
from pos.security.throttle import FREE_TRIES
from pos.till.ports import Role
from tests.integration.counter import Counter
from tests.security.attacks.test_dishonest_colleague import CHEAP

PIN = "80264937"
_COMMANDS = (
    ("people", "add", "Hải"), ("config", "set", "store.name", "X"), ("day", "x"), ("day", "close"),
    ("devices", "drawer", "--reason", "count"), ("sell", "show", "B1", "--reason", "x"),
    ("evoucher", "take-back", "--bill-number", "B1", "--reason", "x"),
    ("redeem", "--bill-number", "B1", "--total", "1000", "--manager-pin-stdin", "4471902835"),
    ("report", "cases", "act", "x", "--note", "x"), ("people", "retire", "Lan"),
)  # fmt: skip


@pytest.fixture
def counter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    monkeypatch.setattr("pos.security.people.shipped_hasher", lambda: CHEAP)
    made = Counter.__new__(Counter)
    made.folder = tmp_path / "till"
    program = Program(made.folder)
    program.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
    program.people.add("Lan", Role.CASHIER, "593827", actor="Hương")
    program.close()
    return made


def tried(counter: Counter, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], pin: str) -> str:
    """The error's code; empty for none."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{pin}\n915273\n"))
    said = counter.here("--json", *command)
    try:
        value = json.loads(said.out.splitlines()[-1])
    except (ValueError, IndexError):
        return ""
    return str(value.get("error", "")) if isinstance(value, dict) else ""


def test_a_wrong_pin_counts_whatever_command_it_is_given_to(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command is a program of its own: a guess in each of five, and the sixth waits even with the right PIN."""
    asking = [command for command in _COMMANDS if tried(counter, monkeypatch, command, "135791") == "pin.wrong"]
    assert len(asking) >= FREE_TRIES, asking
    last = asking[-1]
    assert {tried(counter, monkeypatch, command, PIN) for command in (last, asking[0])} == {"pin.wait"}


def test_no_clock_shortens_the_wait(counter: Counter) -> None:
    for hours in (0, 0, 0, 0, 0, 24 * 365, -24 * 365, 24):

        class Shifted(SystemClock):
            def now_utc(self, by: timedelta = timedelta(hours=hours)):  # type: ignore[no-untyped-def]  # noqa: ANN202
                return super().now_utc() + by

        program = Program(counter.folder, clock=Shifted())
        with pytest.raises(SecurityError, match=r"pin\.(wrong|wait)") as caught:
            program.people.manager_by_pin("135791" if hours == 0 else PIN)
        program.close()
        assert hours == 0 or caught.value.code == "pin.wait", hours


def test_haste_is_no_way_round_it_either(counter: Counter) -> None:
    """Twenty guesses at once, the right one among the last: five are looked at."""
    program = Program(counter.folder)

    def guess(number: int) -> str:
        try:
            program.people.manager_by_pin(PIN if number > FREE_TRIES + 8 else f"1357{number:02}")
        except SecurityError as error:
            return error.code
        return "open"

    with ThreadPoolExecutor(8) as pool:
        first = list(pool.map(guess, range(FREE_TRIES)))
        rest = list(pool.map(guess, range(FREE_TRIES, 20)))
    program.close()
    assert first == ["pin.wrong"] * FREE_TRIES
    assert rest == ["pin.wait"] * 15


def test_a_second_program_beside_the_first_gets_no_guesses_of_its_own(counter: Counter) -> None:
    program = Program(counter.folder)
    try:
        assert counter.here("people", "add", "Hải", "--json").json["error"] == "lock.other_window"
    finally:
        program.close()
