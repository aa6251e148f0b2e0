"""Small processes of one ordinary user, one looked into by another of the same: `dumpable` is about the two of them.

Root reads everything, so both become `nobody` there, and as readable again as a program is that `nobody` starts.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_ORDINARY = """
import ctypes, os, re, resource, sys
import pos.security.process_guard
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: a change of user took it away
"""
_LOOK = r"""
pid, wanted = sys.argv[1], bytes.fromhex(sys.argv[2])
def found_in_memory():
    found = False
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            first, last, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if rights.startswith("rw"):
                try:
                    memory.seek(int(first, 16))
                    found = found or wanted in memory.read(int(last, 16) - int(first, 16))
                except (OSError, OverflowError, ValueError):
                    pass
    return found
for what in (lambda: wanted in open(f"/proc/{pid}/environ", "rb").read(), found_in_memory):
    try:
        print("found" if what() else "not found")
    except OSError as error:
        print(type(error).__name__)
"""


def start(script: str, *words: str, **how: Any) -> subprocess.Popen[str]:
    """Start a script of ours as an ordinary user, with pipes."""
    pipes: dict[str, Any] = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    return subprocess.Popen(
        [sys.executable, "-c", _ORDINARY + script, *words], text=True, encoding="utf-8", **({"cwd": ROOT} | pipes | how)
    )


def look_into(pid: int, wanted: bytes) -> tuple[str, str]:
    """What another program of the same user learns of `wanted` in a process's environment and in its memory.

    Each is `found`, `not found` or the name of what the system said.
    """
    looking = start(_LOOK, str(pid), wanted.hex())
    out, err = looking.communicate(timeout=30)
    assert looking.returncode == 0, err
    environment, memory = out.split("\n")[:2]
    return environment, memory
