"""Processes of our own under strace, which counts their disk syncs or makes them slower."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]


def under_strace(options: Sequence[str], module: str, *arguments: str) -> subprocess.CompletedProcess[str] | str:
    """Run `python -m module arguments` under strace. A text says why that cannot be."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    command = ["strace", "-f", "-qq", *options, sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        return f"strace failed: {last[0] if last else done.returncode}"
    return done
