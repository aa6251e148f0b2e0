"""Training's issuer goes when the till goes, however it goes."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

_STARTER = """
import sys
from pathlib import Path
from pos.training.sandbox_issuer import SandboxIssuer
issuer = SandboxIssuer(Path(sys.argv[1]))
print(issuer._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_till_leaves_no_issuer_behind(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        issuer_pid = int(starter.stdout.readline())
        watch = os.pidfd_open(issuer_pid)
        starter.send_signal(signal.SIGKILL)
    ready, _, _ = select.select([watch], [], [], 15)
    os.close(watch)
    assert ready, "the issuer still runs"


def test_the_command_of_a_package_ends_with_its_starter_too(tmp_path: Path) -> None:
    """A package has no `python -m`: training starts `quay sandbox serve` there."""
    command = [sys.executable, "-m", "pos.cli.main", "sandbox", "serve", "--until-stdin-closes", "--data"]
    with subprocess.Popen([*command, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as issuer:
        assert issuer.stdin is not None
        assert issuer.stdout is not None
        assert json.loads(issuer.stdout.readline())["url"].startswith("https://127.0.0.1:")
        issuer.stdin.close()
        assert issuer.wait(15) == 0
