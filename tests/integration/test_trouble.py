"""Disk, file and key in trouble: status 2 with a clear sentence in both languages, nothing sent, nothing lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.counter import Counter, Said
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 2 MB."""
    mount = shutil.which("mount")
    folder = tmp_path / "disk"
    folder.mkdir()
    made = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=False)
    if not made or made.returncode:
        pytest.skip("no right to mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave not a byte free."""
    ballast = folder / "ballast"
    with ballast.open("wb") as file:
        for size in (65536, 4096, 512):
            while _written(file.fileno(), size):
                pass
    return ballast


def _written(number: int, size: int) -> bool:
    try:
        return os.write(number, b"\0" * size) > 0
    except OSError:
        return False


def refused(counter: Counter, error: str, *codes: str, number: str = "B9") -> None:
    """`redeem` says this error in both languages, with status 2 and one JSON object."""
    for language in ("vi", "en"):
        words = ("redeem", "--json", "--lang", language, "--bill-number", number, "--total", "265000", *codes)
        said = counter.run(*words)
        assert said.status == 2, said
        assert said.json["error"] == error
        assert said.json["message"] == said.err.strip()
        assert len(said.json["message"]) > 40


def test_a_full_disk_before_the_intent_sends_nothing(small_disk: Path, sandbox: SandboxProcess) -> None:
    """And when there is room again, the same bill goes through."""
    counter = Counter(small_disk / "till", sandbox)
    first, second = sandbox.labelled("plain")[:2]
    assert counter.redeem("B0", first).status == 0
    ballast = fill(small_disk)
    sandbox.clear_log()
    refused(counter, "journal.disk_full", second)
    assert sandbox.log("mark_use") == []
    assert counter.run("bills").status in (0, 2), "a list may need room for its index, but it never breaks"
    ballast.unlink()
    assert counter.redeem("B9", second).status == 0
    assert counter.run("journal", "verify").status == 0
    assert sandbox.voucher(second)["times_used"] == 1


def test_a_full_disk_on_a_fresh_folder(small_disk: Path, sandbox: SandboxProcess) -> None:
    """Not even the journal can be made."""
    counter = Counter(small_disk / "till", sandbox)
    ballast = fill(small_disk)
    said = counter.redeem("B1", sandbox.labelled("plain")[0])
    assert said.status == 2
    assert said.json["error"].startswith("journal.")
    ballast.unlink()
    assert counter.redeem("B1", sandbox.labelled("plain")[0]).status == 0


def test_a_marker_that_cannot_be_written_is_told(counter: Counter, sandbox: SandboxProcess) -> None:
    """The file that keeps sandbox and production apart: nothing is sold without it."""
    (counter.folder / "environment").mkdir()
    said = counter.redeem("B1", sandbox.labelled("plain")[0])
    assert said.status == 2
    assert said.json["error"] == "journal.io"
    assert sandbox.log() == []


def test_a_disk_that_fills_during_the_call_is_status_3_and_settles(small_disk: Path, sandbox: SandboxProcess) -> None:
    """The issuer used it and the verdict cannot be written: unknown, not "nothing happened"."""
    counter = Counter(small_disk / "till", sandbox)
    counter.here("config", "set", "gotit.deadline_s", "20")
    first, code = sandbox.labelled("plain")[:2]
    counter.redeem("B0", first)
    sandbox.faults([{"operation": "mark_use", "fault": "delay", "seconds": 1.5, "times": 1}])
    process = counter.start("redeem", "--json", "--bill-number", "B1", "--total", "265000", code)
    _until(lambda: len(sandbox.log("mark_use")) == 2)
    ballast = fill(small_disk)
    out, err = process.communicate(timeout=30)
    said = Said(process.returncode, out, err)
    assert "Traceback" not in err
    assert (said.status, said.json["outcome"], said.outcomes) == (3, "unknown", [("in_flight", False, None)])
    assert err.strip()
    ballast.unlink()
    assert counter.settle().status == 0
    said = counter.redeem("B1", code)
    assert (said.status, said.outcomes) == (0, [("used", True, None)])
    assert sandbox.voucher(code)["times_used"] == 1
    assert len(sandbox.log("mark_use")) == 2
    assert counter.run("journal", "verify").status == 0


def test_a_read_only_disk(small_disk: Path, sandbox: SandboxProcess) -> None:
    """Nothing is sent; lists can still be read."""
    counter = Counter(small_disk / "till", sandbox)
    first, code = sandbox.labelled("plain")[:2]
    counter.redeem("B0", first)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    sandbox.clear_log()
    refused(counter, "journal.read_only", code)
    assert sandbox.log() == []
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert counter.redeem("B9", code).status == 0


def _until(true: Callable[[], bool]) -> None:
    ends, pause = time.monotonic() + 15, threading.Event()
    while not true():
        assert time.monotonic() < ends, "never happened"
        pause.wait(0.02)


# ---------------------------------------------------------------- the journal's file and its key


@pytest.fixture
def sold(counter: Counter, sandbox: SandboxProcess) -> Counter:
    """A till that has sold something."""
    assert counter.redeem("B0", sandbox.labelled("plain")[0]).status == 0
    sandbox.clear_log()
    return counter


def _no_header(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[:32] = b"\xff" * 32
    path.write_bytes(raw)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as journal:
        version = journal.execute("PRAGMA user_version").fetchone()[0]
        journal.execute(f"PRAGMA user_version = {version + 1}")


def _wrong_key(path: Path) -> None:
    key = path.with_name("key")
    key.write_bytes(b"A" * 43 + b"=\n")


def _no_key(path: Path) -> None:
    path.with_name("key").unlink()


@pytest.mark.parametrize(("harm", "error"), [
    (_no_header, "journal.damaged_alone"), (_cut, "journal.damaged_alone"), (_emptied, "journal.damaged_alone"),
    (_foreign, "journal.damaged_alone"), (_newer, "journal.too_new"), (_wrong_key, "key.wrong"),
    (_no_key, "key.missing"),
])  # fmt: skip
def test_a_journal_that_cannot_be_trusted_is_not_used_and_not_touched(
    sold: Counter, sandbox: SandboxProcess, harm: Callable[[Path], None], error: str
) -> None:
    """Status 2 with a sentence; nothing sent; the file is byte for byte what it was.

    Where there is neither a copy nor the second log to build it anew from.
    """
    path = sold.folder / "journal.db"
    for spare in ("intents", "copies"):
        shutil.rmtree(sold.folder / spare, ignore_errors=True)
    harm(path)
    before = path.read_bytes()
    refused(sold, error, sandbox.labelled("plain")[1])
    for command in (("bills",), ("settle", "--once"), ("journal", "verify"), ("queue",)):
        said = sold.run(*command, "--json")
        assert said.status == 2, command
        # Who only reads is not told how to build it anew.
        assert said.json["error"] == (error if command[0] == "settle" else error.removesuffix("_alone"))
    assert sandbox.log() == []
    assert path.read_bytes() == before


@pytest.mark.parametrize("harm", [_no_header, _cut, _emptied, _foreign])
def test_a_damaged_journal_is_built_anew_and_told(
    sold: Counter, sandbox: SandboxProcess, harm: Callable[[Path], None]
) -> None:
    """The second log has everything: the old bills stand, the next one goes on, the old file is kept and named."""
    bills = {bill["bill_number"] for bill in sold.run("bills", "--json").json}
    harm(sold.folder / "journal.db")
    said = sold.redeem("B9", sandbox.labelled("plain")[1])
    assert said.status == 0
    (aside,) = sold.folder.glob("damaged-*")
    assert aside.name in said.err
    assert {bill["bill_number"] for bill in sold.run("bills", "--json").json} == bills | {"B9"}
    assert len(sandbox.log("mark_use")) == 1


def test_a_settings_file_that_is_none(sold: Counter, sandbox: SandboxProcess) -> None:
    """Told, not guessed around: the wrong address could be asked."""
    (sold.folder / "settings.json").write_text("{ not json")
    refused(sold, "config.file_damaged", sandbox.labelled("plain")[1])
    assert sandbox.log() == []


def test_a_folder_that_is_a_file(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """A slip in `--data`."""
    counter = Counter(tmp_path / "till", sandbox)
    counter.folder = tmp_path / "file"
    counter.folder.write_text("")
    for command in (("bills",), ("redeem", "--bill-number", "B", "--total", "1", "4471902835"), ("config", "list"),
                    ("doctor",), ("settle", "--once")):  # fmt: skip
        said = counter.run(*command, "--json")
        assert said.status == 2, command
        assert said.err.strip()
