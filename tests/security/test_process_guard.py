"""What the program holds in memory stays there: real processes, looked into and crashed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos.security import process_guard
from tests.security.processes import ROOT, look_into, start

linux = pytest.mark.skipif(sys.platform != "linux", reason="what other systems offer cannot be tried here")
_GUARD = "from pos.security.process_guard import secure, facts; secure();"
_HELD = """
import os, sys
held = "".join(("QUAY", "PLANTED", "7731950264"))
print(held[:4], flush=True)
sys.stdin.readline()
"""
_PLANTED = b"QUAYPLANTED7731950264"


@linux
@pytest.mark.parametrize(("guard", "refused"), [("", False), (_GUARD, True)])
def test_another_program_of_the_same_user_reads_nothing_of_the_guarded_process(*, guard: str, refused: bool) -> None:
    held = start(guard + _HELD, env={**os.environ, "PLANTED": _PLANTED.decode()})
    assert held.stdout is not None
    assert held.stdout.readline() == "QUAY\n"
    environment, memory = look_into(held.pid, _PLANTED)
    held.communicate("\n", timeout=10)
    if refused:
        assert (environment, memory) == ("PermissionError", "PermissionError")
    else:  # the control: without the guard there is something to find (unless this system forbids it to all: Yama)
        assert environment == "found"
        assert memory in ("found", "PermissionError")


@linux
@pytest.mark.parametrize(("guard", "dumped"), [("", True), (_GUARD, False)])
def test_a_crash_leaves_no_core_dump_even_where_the_shop_allows_them(
    tmp_path: Path, *, guard: str, dumped: bool
) -> None:
    crash = (
        "import os, resource, signal\n"
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (most, most))\n"
        f"{guard}\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "print(most, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGSEGV)\n"
    )
    crashed = subprocess.Popen([sys.executable, "-c", crash], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert crashed.stdout is not None
    most = int(crashed.stdout.read())
    crashed.stdout.close()
    _, status = os.waitpid(crashed.pid, 0)
    crashed.returncode = -os.WTERMSIG(status)
    assert os.WIFSIGNALED(status)
    if most == 0:
        pytest.skip("no process may dump core here, guarded or not")
    assert os.WCOREDUMP(status) is dumped
    assert bool(list(tmp_path.iterdir())) <= dumped


@linux
def test_a_program_that_the_till_starts_is_an_ordinary_one_again() -> None:
    script = f"{_GUARD} import os, sys; os.execv(sys.executable, [sys.executable, '-c', sys.argv[1]])"
    child = "from pos.security.process_guard import facts; print([f.held for f in facts()][:2])"
    ended = subprocess.run([sys.executable, "-c", script, child], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[True, False]"


@linux
def test_the_facts_say_what_holds() -> None:
    script = (
        f"print([f.held for f in __import__('pos.security.process_guard').security.process_guard.facts()][1]); {_GUARD}"
    )
    ended = subprocess.run(
        [sys.executable, "-c", f"{script} print([(f.name, f.held) for f in facts()][:2])"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ended.stdout.splitlines() == ["False", "[('core_dumps', True), ('readers', True)]"]


def test_left_over_debugging_does_not_write_down_what_passes_through(tmp_path: Path) -> None:
    """SSLKEYLOGFILE above all: with it, whoever records the network reads every voucher code."""
    environment = dict.fromkeys(("SSLKEYLOGFILE", "QT_LOGGING_RULES", "QT_LOGGING_CONF"), str(tmp_path / "told"))
    script = f"import os, ssl; {_GUARD} c = ssl.create_default_context(); print(c.keylog_filename, sorted(os.environ))"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.startswith("None ")
    assert not any(name in ended.stdout for name in environment)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "bug",
    [
        "raise ValueError('4471902835')",
        "import threading; t = threading.Thread(target=int, args=['x4471902835']); t.start(); t.join()",
        "class A:\n    def __del__(self): raise ValueError('4471902835')\nA()",
    ],
)
def test_a_bug_tells_its_place_but_no_value_on_stderr_either(bug: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"{_GUARD}\n{bug}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "quay: unexpected ValueError at" in ended.stderr
    assert "4471902835" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_every_command_is_guarded_and_leaves_files_to_their_owner_only(tmp_path: Path) -> None:
    script = """
import os, stat, sys
os.umask(0)
from pos.cli import main
sys.argv = ["quay", "--data", sys.argv[1], "config", "set", "store.code", "HN03"]
main()
from pos.security.process_guard import facts
print([f.held for f in facts()][:2])
open(sys.argv[2] + "/by-chance", "w").close()
"""
    environment = {**os.environ, "QUAY_KEYSTORE": "file"}
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "till")],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    if sys.platform == "linux":
        assert ended.stdout.splitlines()[-1] == "[True, True]"
    open_to_others = {
        path.name: oct(path.stat().st_mode & 0o777)
        for path in (tmp_path / "till").rglob("*")
        if path.stat().st_mode & 0o077
    }
    assert (tmp_path / "till" / "by-chance").exists()
    assert open_to_others == {}


@pytest.mark.parametrize(
    ("swaps", "uuid", "closed"),
    [
        ("", "", True),
        ("/dev/dm-1 partition 1 0 -2\n", "CRYPT-LUKS2-0-swap", True),
        ("/dev/dm-1 partition 1 0 -2\n", "LVM-x", False),
        ("/dev/zram0 partition 1 0 -2\n", "", True),
        ("/dev/zram0 partition 1 0 -2\n/swapfile file 1 0 -3\n", "", False),
        ("/dev/sda3 partition 1 0 -2\n", "", False),
    ],
)
def test_a_swap_that_somebody_could_read_is_seen(tmp_path: Path, *, swaps: str, uuid: str, closed: bool) -> None:
    (tmp_path / "dm-1" / "dm").mkdir(parents=True)
    (tmp_path / "dm-1" / "dm" / "uuid").write_text(uuid)
    (tmp_path / "swaps").write_text("Filename Type Size Used Priority\n" + swaps)
    assert process_guard._swap_closed(tmp_path / "swaps", tmp_path) is closed


def test_where_nobody_can_tell_of_swap_nothing_is_claimed(tmp_path: Path) -> None:
    assert process_guard._swap_closed(tmp_path / "none", tmp_path) is None
