"""On a real data folder: what stands in the way, the audit chain, the notice at the counter, the command line."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pos.bootstrap import HeldFolder, Program
from pos.cli.main import main
from pos.closing_setup import build_closing, build_shifts
from pos.domain.updates import Hindrance
from pos.instance_lock import InstanceLock
from pos.journal.update_reads import standing_of
from pos.profiles import Profiles
from pos.running import RunningTill
from pos.till.ports import Role
from pos.till.updates import Stops
from pos.updates.placing import Flip
from pos.updates.unpacking import unpack
from pos.updates_setup import build_updates
from tests.journal.shop import accept_offline, open_journal
from tests.program.test_audited import decided
from tests.updates.owner import Owner, flip, program_archive
from tests.updates.test_catalogue import refused
from tests.updates.test_placing import starts

PIN = "482913"


@pytest.fixture(autouse=True)
def _key_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """The program of 0.1.0, installed by tarball."""
    prefix = tmp_path / "opt"
    (prefix / "versions").mkdir(parents=True)
    program_archive(tmp_path / "old.tar.xz", "0.1.0")
    unpack(tmp_path / "old.tar.xz", prefix / "versions" / "0.1.0")
    (prefix / "current").symlink_to("versions/0.1.0")
    return prefix


@contextmanager
def held(folder: Path) -> Iterator[HeldFolder]:
    opened = HeldFolder(folder)
    try:
        yield opened
    finally:
        opened.close()


def test_from_a_stick_to_the_next_start_with_the_chain_whole(tmp_path: Path, owner: Owner, prefix: Path) -> None:
    with held(tmp_path / "till") as till:
        till.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
        till.settings.set_many({"updates.source": str(owner.repo)})
        desk = build_updates(till, placing=Flip(prefix), installed="0.1.0", root=owner.root)
        desk.look("Hương")
        desk.fetch("Hương")
        assert desk.view().stops is None
        assert desk.apply("Hương") == "0.2.0"
        assert starts(prefix) == "0.2.0"
        assert [row[:3] for row in decided(till, "update.found", "update.fetched", "update.applied")] == [
            ("Hương", "update.found", "0.2.0"), ("Hương", "update.fetched", "0.2.0"),
            ("Hương", "update.applied", "0.2.0"),
        ]  # fmt: skip
        assert till.journal.verify().whole
        assert desk.back("Hương") == "0.1.0"
        assert starts(prefix) == "0.1.0"


def test_an_open_shift_stands_in_the_way_until_the_day_is_closed(tmp_path: Path, owner: Owner, prefix: Path) -> None:
    program = Program(tmp_path / "till")
    lan = program.people.add("Lan", Role.CASHIER, "4826", actor="Lan")
    build_shifts(program).signed_in(lan)
    desk = build_updates(
        program, source=str(owner.repo), placing=Flip(prefix), installed="0.1.0", root=owner.root,
        somebody_here=lambda: True,
    )  # fmt: skip
    program.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
    desk.fetch("Hương")
    assert desk.view().stops == Stops(Hindrance.SHIFT_OPEN, "")
    assert refused(lambda: desk.apply("Hương")) == "update.shift_open"
    assert starts(prefix) == "0.1.0"
    program.close()


def test_what_is_queued_wants_a_copy_that_was_read_through(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with closing(open_journal(path)) as journal:
        assert standing_of(path).unsettled == 0
        accept_offline(journal, "r1", 1)
        accept_offline(journal, "r2", 2, bill_number="B2")
        assert standing_of(path).unsettled == 2
        assert not standing_of(path).shift_open
    assert not standing_of(tmp_path / "none.db").shift_open


def test_an_update_with_money_open_leaves_a_verified_copy(tmp_path: Path, owner: Owner, prefix: Path) -> None:
    with held(tmp_path / "till") as till:
        till.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
        accept_offline(till.journal, "r1", 1)
        desk = build_updates(till, source=str(owner.repo), placing=Flip(prefix), installed="0.1.0", root=owner.root)
        desk.fetch("Hương")
        assert desk.view().stops == Stops(Hindrance.UNSETTLED, "", 1)
        desk.apply("Hương")
        (made,) = decided(till, "backup.made")
        assert made[0] == "Hương"
        assert list(till.folder.path.rglob(made[2]))
    assert starts(prefix) == "0.2.0"


def test_the_till_with_real_money_beside_it_has_a_say(tmp_path: Path) -> None:
    """All tills of a user run the same program."""
    profiles = Profiles(tmp_path / "root")
    real, play = profiles.make("production"), profiles.make("sandbox")
    with closing(open_journal(real / "journal.db")) as journal:
        accept_offline(journal, "r1", 1)
    with held(play) as till:
        desk = build_updates(till)
        assert desk.view().stops == Stops(Hindrance.UNSETTLED, "production", 1)


def test_a_forgery_is_told_at_the_counter_until_a_manager_has_read_it(
    tmp_path: Path, owner: Owner, prefix: Path
) -> None:
    flip(owner.metadata / "timestamp.json", 60)
    with held(tmp_path / "till") as till:
        desk = build_updates(till, source=str(owner.repo), placing=Flip(prefix), installed="0.1.0", root=owner.root)
        assert refused(lambda: desk.look("")) == "update.bad_signature"
        assert [message.code for message in till.notices.pending()] == ["update.refused"]
        assert decided(till, "update.refused")[0][2] == "update.bad_signature"
        assert till.journal.verify().whole


def test_what_was_put_off_happens_on_a_running_till_once_its_day_is_closed(
    tmp_path: Path, owner: Owner, prefix: Path
) -> None:
    """The real thread, woken by the closing."""
    program = Program(tmp_path / "till")
    manager = program.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
    program.settings.set_many({"updates.source": str(owner.repo), "updates.check": "true"})
    running = RunningTill(program, on_scan=lambda _: None, on_scan_dropped=lambda _: None)
    applied, told = threading.Event(), threading.Event()
    running._updates = desk = build_updates(
        program, placing=Flip(prefix), installed="0.1.0", root=owner.root,
        somebody_here=lambda: running.till.person is not None,
    )  # fmt: skip
    running.till.subscribe(lambda event: _notes(event, "update.found", told))
    running.till.subscribe(lambda event: _notes(event, "update.applied", applied))
    build_shifts(program).signed_in(manager)
    running.start()
    running.update_loop.wake()
    assert told.wait(20), "found by itself and told at the counter"
    desk.fetch("Hương")
    desk.schedule("Hương", on=True)
    running.update_loop.wake()
    assert desk.view().stops == Stops(Hindrance.SHIFT_OPEN, "")
    assert starts(prefix) == "0.1.0"
    closing = build_closing(program, running.slips, running.print_loop.put)
    closing.close(program.journal.business_date(program.clock.now_utc()), "Hương", leave_as_cases=False)
    running._reviewed()
    assert applied.wait(20), "put in place and told at the counter"
    assert starts(prefix) == "0.2.0"
    assert decided(program, "update.applied")[0][:3] == ("Hương", "update.applied", "0.2.0")
    assert running.close()


def _notes(event: object, code: str, happened: threading.Event) -> None:
    banner = getattr(event, "banner", None)
    message = getattr(banner, "message", None)
    if message is not None and message.code == code:
        happened.set()


# ---------------------------------------------------------------- the command line


@pytest.fixture
def believed(owner: Owner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Owner:
    """The keys of the root that is shipped were thrown away: a test signs with its own."""
    (tmp_path / "root.json").write_bytes(owner.root)
    monkeypatch.setattr("pos.updates_setup.ROOT", str(tmp_path / "root.json"))
    return owner


def quay(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    status = main(["update", *words, "--json"])
    out = capsys.readouterr().out
    return status, json.loads(out) if out else {}


def test_by_command_from_a_folder(believed: Owner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    till = ("--data", str(tmp_path / "till"))
    place = ("--from", str(believed.repo))
    status, said = quay(capsys, "check", *till, *place)
    assert status == 0
    assert isinstance(said["offer"], dict)
    assert said["offer"]["version"] == "0.2.0"
    status, said = quay(capsys, "get", *till, *place)
    assert status == 0
    assert Path(str(said["file"])).is_file()
    status, said = quay(capsys, "status", *till)
    assert (status, said["staged"], said["way"], said["development"]) == (0, True, "by_hand", False)
    status, said = quay(capsys, "apply", *till)
    assert (status, said["error"]) == (1, "update.by_hand")  # from a clone: told where the file lies


def test_a_managers_pin_is_wanted_as_soon_as_there_is_one(
    believed: Owner, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with held(tmp_path / "till") as till:
        till.people.add("Hương", Role.MANAGER, PIN, actor="Hương")
    words = ("check", "--data", str(tmp_path / "till"), "--from", str(believed.repo))
    monkeypatch.setattr("sys.stdin", io.StringIO("000000\n"))
    assert quay(capsys, *words)[0] == 2
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PIN}\n"))
    assert quay(capsys, *words)[0] == 0


def test_status_is_told_beside_a_running_window_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "till"
    with held(folder):
        pass
    lock = InstanceLock(folder)
    before = sorted(folder.rglob("*"))
    status, said = quay(capsys, "status", "--data", str(folder))
    lock.release()
    assert (status, said["source"], said["offer"], said["development"]) == (0, "", None, True)
    assert sorted(folder.rglob("*")) == before


def test_how_it_stands_is_told_without_loading_the_framework(tmp_path: Path) -> None:
    """A panel that is looked at costs no tenth of a second."""
    script = (
        "import sys; from pathlib import Path; from pos.settings import NoSecrets, Settings\n"
        "from pos.updates_setup import look_at\n"
        "look_at(Path(sys.argv[1]), Settings(Path(sys.argv[1]), NoSecrets()))\n"
        "print([name for name in ('tuf', 'securesystemslib', 'urllib3', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_a_source_a_command_says_so_and_asks_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = quay(capsys, "check", "--data", str(tmp_path / "till"))
    assert (status, said["error"]) == (1, "update.no_source")
    assert not (tmp_path / "till" / "updates").exists()


def test_the_shipped_root_believes_nobody(owner: Owner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("check", "--data", str(tmp_path / "till"), "--from", str(owner.repo))
    status, said = quay(capsys, *words)
    assert (status, said["error"]) == (1, "update.bad_signature")


def test_a_stick_that_is_gone_is_told(believed: Owner, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stick = believed.copy(tmp_path / "usb")
    words = ("--data", str(tmp_path / "till"), "--from", str(stick))
    assert quay(capsys, "check", *words)[0] == 0
    shutil.rmtree(stick)
    status, said = quay(capsys, "get", *words)
    assert (status, said["error"]) == (1, "update.source_missing")
