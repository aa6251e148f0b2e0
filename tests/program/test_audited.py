"""What people decide beside the counter stands in the audit chain: settings, who comes and goes, who opens what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pos.bootstrap import HeldFolder, Program, open_folder
from pos.cli.main import main
from pos.domain.errors import SecurityError
from pos.running import RunningTill
from pos.till.ports import Role

SECRET = "invented-store-pin-7731"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    return tmp_path / "till"


@contextmanager
def opened(folder: Path) -> Iterator[Program]:
    program = Program(folder)
    try:
        yield program
    finally:
        program.close()


def decided(program: HeldFolder, *kinds: str) -> list[tuple[str, str, str, dict[str, object]]]:
    """Actor, kind, ref and facts of these kinds of change, oldest first."""
    rows = program.journal.core.connections.get().execute("SELECT actor, facts FROM audit ORDER BY seq").fetchall()
    changes = [(actor, change) for actor, facts in rows for change in json.loads(facts)]
    return [(actor, c["kind"], c["ref"], c["facts"]) for actor, c in changes if c["kind"] in kinds]


def test_a_setting_changed_by_command_is_noted_at_the_next_start_and_once(folder: Path) -> None:
    with opened(folder):
        pass
    assert main(["config", "set", "--data", str(folder), "drawer.cashier_may_open", "true"]) == 0
    with opened(folder) as program:
        changes = decided(program, "setting.changed")
    assert changes[-1][2:] == ("drawer.cashier_may_open", {"before": False, "now": True})
    with opened(folder) as program:
        assert decided(program, "setting.changed") == changes
        assert program.journal.verify().whole


def test_a_secret_that_is_changed_is_noted_without_it(folder: Path) -> None:
    with opened(folder):
        pass
    open_folder(folder).settings.set_many({"gotit.pin": SECRET})
    with opened(folder) as program:
        assert decided(program, "setting.changed")[-1][2:] == ("gotit.pin", {"secret": True})
        kept = program.journal.kept("settings_noted")
        assert kept is not None
        assert SECRET not in kept
    open_folder(folder).settings.set_many({"gotit.pin": SECRET + "2"})
    with opened(folder) as program:
        assert len([each for each in decided(program, "setting.changed") if each[2] == "gotit.pin"]) == 2
    assert SECRET.encode() not in (folder / "journal.db").read_bytes()


def test_a_setting_changed_while_the_till_runs_is_noted_while_it_runs(folder: Path) -> None:
    with opened(folder) as program:
        program.settings_noted.change({"ui.language": "en"}, actor="Lan")
        (actor, _, *change) = decided(program, "setting.changed")[-1]
        assert (actor, change) == ("Lan", ["ui.language", {"before": "vi", "now": "en"}])


def test_who_comes_who_goes_and_who_opens_the_managers_page(folder: Path) -> None:
    program = Program(folder)
    program.people.add("Hương", Role.MANAGER, "482913", actor="Hương")
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    (huong,) = program.people.everyone()
    running.till._signed_in(huong)
    running.till._signed_in(None)
    assert running.unlock("482913") == huong
    with pytest.raises(SecurityError):
        running.unlock("111111")
    found = [
        (actor, kind)
        for actor, kind, _, _ in decided(program, "signed_in", "signed_out", "manager.unlocked", "pin.wrong")
    ]
    running.start()
    running.close()
    assert found == [("Hương", "signed_in"), ("Hương", "signed_out"), ("Hương", "manager.unlocked"), ("", "pin.wrong")]


def test_the_command_holds_the_chain_against_a_slip(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(folder) as program:
        program.people.add("Hương", Role.MANAGER, "482913", actor="Hương")
        slip = program.journal.verify()

    def verify(*words: str) -> tuple[int, dict[str, object]]:
        status = main(["journal", "verify", "--data", str(folder), "--json", *words])
        text = capsys.readouterr().out
        return status, json.loads(text) if text.strip().startswith("{") else {}

    assert verify("--against", f"{slip.links}:{slip.last_hash[:16]}")[0] == 0
    status, said = verify("--against", f"{slip.links}:{'0' * 16}")
    assert (status, said["sound"], [each["kind"] for each in said["breaks"]]) == (1, False, ["other"])  # type: ignore[attr-defined]
    status, said = verify("--against", f"{slip.links + 5}:{slip.last_hash}")
    assert (status, [each["kind"] for each in said["breaks"]]) == (1, ["cut"])  # type: ignore[attr-defined]
    assert main(["journal", "verify", "--data", str(folder), "--against", "nonsense"]) not in (0, 1)
