"""The sandbox as a process: start, stop, restart, kill, and what stays on disk."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.sandbox.caller import BILL, Caller
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).resolve().parents[2]


def _serve(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a sandbox that cannot start to its end."""
    return subprocess.run(
        [sys.executable, "-m", "pos.sandbox", "serve", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_restart_keeps_authority_vouchers_and_log(tmp_path: Path) -> None:
    """The till finds the same issuer at the same address, with the same CA; faults and a pulled cable are gone."""
    with SandboxProcess(tmp_path) as sandbox:
        code, held = sandbox.labelled("plain")[:2]
        with Caller(sandbox) as caller:
            caller.call("mark_use", [code])
            caller.call("reserve", [held])
        before = (sandbox.url, sandbox.ca_file.read_bytes(), sandbox.state(), sandbox.log())
        sandbox.faults([{"fault": "drop_before"}])

        sandbox.restart()

        assert (sandbox.url, sandbox.ca_file.read_bytes(), sandbox.state(), sandbox.log()) == before
        assert sandbox.control("GET", "/faults") == []
        with Caller(sandbox) as caller:
            assert caller.call("unreserve", [held]).code is None
            assert caller.call("check", [code]).first["redemptions"]["bill_number"] == BILL
        assert [entry["n"] for entry in sandbox.log()] == [1, 2, 3, 4]


@pytest.mark.parametrize("after", [1, 7, 40])
def test_a_kill_at_any_moment_loses_no_answered_use(after: int, tmp_path: Path) -> None:
    """Killed while a client hammers it: whatever was answered as used is used after the restart, once."""
    with SandboxProcess(tmp_path) as sandbox:
        codes = sandbox.add_plain_vouchers(400)
        answered: list[str] = []
        enough = threading.Event()

        def hammer() -> None:
            with Caller(sandbox) as caller:
                for code in codes:
                    try:
                        caller.call("mark_use", [code])
                    except (OSError, HTTPException):  # cut off before, or in the middle of, the answer
                        return
                    answered.append(code)
                    if len(answered) == after:
                        enough.set()

        client = threading.Thread(target=hammer)
        client.start()
        assert enough.wait(10)
        sandbox.kill()
        client.join()
        sandbox.start()

        used = [v["code"] for v in sandbox.state()["vouchers"] if v["bill_number"] == BILL]
        assert used[: len(answered)] == answered
        assert len(used) <= len(answered) + 1
        assert len(sandbox.log("mark_use")) == len(used)
        assert len(sandbox.vouchers) >= 40


def test_the_same_seed_gives_the_same_vouchers(tmp_path: Path) -> None:
    seen = []
    for name, seed in (("a", 1), ("b", None), ("c", 2)):
        with SandboxProcess(tmp_path / name, seed=seed) as sandbox:
            seen.append(sandbox.vouchers)

    assert seen[0] == seen[1]
    assert not {v["code"] for v in seen[0]} & {v["code"] for v in seen[2]}
    assert [v["value"] for v in seen[0]] == [v["value"] for v in seen[2]]


def test_another_seed_on_an_old_folder_is_refused(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path, seed=3):
        pass

    ended = _serve("--data", str(tmp_path), "--seed", "4")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "seed 3" in ended.stderr


def test_two_sandboxes_cannot_share_a_folder(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path) as sandbox:
        ended = _serve("--data", str(tmp_path))

        assert ended.returncode == 2
        assert "locked" in ended.stderr
        assert "Traceback" not in ended.stderr
        assert sandbox.state()["network_up"] is True


def test_a_taken_port_and_a_damaged_file_are_told_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        on_port = _serve("--port", str(taken.getsockname()[1]))
    (tmp_path / "sandbox.sqlite3").write_bytes(b"not a database at all" * 100)
    on_file = _serve("--data", str(tmp_path))

    for ended, word in ((on_port, "in use"), (on_file, "not a database")):
        assert (ended.returncode, ended.stdout) == (2, "")
        assert word in ended.stderr
        assert ended.stderr.count("\n") == 1


def test_it_stops_at_once_with_open_connections_and_says_nothing(tmp_path: Path) -> None:
    """SIGTERM in the middle of a delay and of a drip: status 0, no noise, and the port is free again."""
    process = SandboxProcess(tmp_path)
    with process as sandbox:
        port = urlsplit(sandbox.url).port
        sandbox.faults([{"fault": "delay", "operation": "check", "seconds": 60}, {"fault": "drip", "seconds": 1}])
        with Caller(sandbox) as idle, Caller(sandbox) as waiting, Caller(sandbox) as dripping:
            idle.connection.connect()
            for caller, name in ((waiting, "checkmultiple"), (dripping, "unreserved")):
                caller.connection.request("POST", f"/merchant/v6.0/{name}", b"{}", {"Content-Type": "application/json"})
            while len(sandbox.log()) < 2:
                continue

            began = time.monotonic()
            assert sandbox.stop() == 0
            assert time.monotonic() - began < 1.0
        with socket.create_server(("127.0.0.1", port or 0)):
            pass


@pytest.mark.parametrize("how", ["told", "left"])
def test_beside_a_till_it_ends_well(how: str, tmp_path: Path) -> None:
    """Training starts it on a pipe: it ends when it is told to, or with the program that held the pipe. No crash."""
    command = [sys.executable, "-m", "pos.sandbox", "serve", "--until-stdin-closes", "--data", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as sandbox:
        assert sandbox.stdin
        assert sandbox.stdout
        assert sandbox.stdout.readline().startswith("{")
        if how == "told":
            sandbox.terminate()
            sandbox.wait(20)  # the pipe is still open
        else:
            sandbox.stdin.close()
            sandbox.stdin = None
        _, complaints = sandbox.communicate(timeout=20)
    assert (sandbox.returncode, complaints) == (0, "")


def test_a_temporary_folder_is_removed_at_the_end() -> None:
    """Without `--data` nothing is left behind."""
    with subprocess.Popen(
        [sys.executable, "-m", "pos.sandbox", "serve"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        folder = Path(line.split('"ca_file": "')[1].split('"')[0]).parent
        assert folder.is_dir()
        process.terminate()

        assert process.wait(10) == 0
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_the_authoritys_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    with SandboxProcess(tmp_path):
        assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0


def test_an_answer_on_an_open_connection_comes_at_once() -> None:
    """No 40 ms of a delayed acknowledgement per call: a queue of 10,000 would take 7 minutes more."""
    with SandboxProcess() as sandbox, Caller(sandbox) as caller:
        took_s = []
        for code in sandbox.add_plain_vouchers(41):
            began = time.monotonic()
            assert caller.call("mark_use", [code]).code is None
            took_s.append(time.monotonic() - began)

    assert statistics.median(took_s) < 0.02
