"""Which program this is: the one place its version stands in, and what the build that made this package left behind."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pos.i18n import resource_path

VERSION = "0.1.0"
"""`MAJOR.MINOR.PATCH`. Read by the build of every package, too; raised by a release alone (packaging/README.md)."""

Package = Literal["source", "wheel", "deb", "tarball", "windows"]
BUILD_FILE = "build.json"
"""Below `resources/`, in packages only: `commit` (hex), `date` (UTC, ISO), `package`."""


@dataclass(frozen=True, slots=True)
class Build:
    """Where this program comes from.

    Args:
        version: `VERSION`.
        commit: 40 hex digits; in a clone the one that is checked out, whatever was changed since; empty where nobody
            wrote it down.
        date: of that commit, UTC, `2026-11-30T06:15:53Z`; empty in a clone and where nobody wrote it down.
        package: how it was brought here.
    """

    version: str
    commit: str
    date: str
    package: Package

    def __str__(self) -> str:
        return f"{self.version} ({self.package}{', ' + self.commit[:12] if self.commit else ''})"


@cache
def build() -> Build:
    """This program's; a damaged build file counts as none."""
    try:
        told = json.loads(resource_path(BUILD_FILE).read_text("utf-8"))
        return Build(VERSION, str(told["commit"]), str(told["date"]), told["package"])
    except (OSError, ValueError, KeyError, TypeError):
        root = Path(__file__).resolve().parent.parent
        if not (root / "pyproject.toml").exists():
            return Build(VERSION, "", "", "wheel")
        return Build(VERSION, checked_out(root / ".git"), "", "source")


def checked_out(git: Path) -> str:
    """The commit of a clone, read without a process; empty if its folder is of another kind than most are.

    Args:
        git: the clone's `.git`.
    """
    try:
        head = (git / "HEAD").read_text("utf-8").strip()
        branch = head.removeprefix("ref: ")
        if branch == head:
            return _commit(head)
        if (git / branch).exists():
            return _commit((git / branch).read_text("utf-8").strip())
        packed = (git / "packed-refs").read_text("utf-8").splitlines()
        return next((_commit(line.split()[0]) for line in packed if line.endswith(f" {branch}")), "")
    except (OSError, ValueError):
        return ""


def _commit(text: str) -> str:
    return text if re.fullmatch("[0-9a-f]{40}", text) else ""


def is_frozen() -> bool:
    """Whether it runs out of a package with an interpreter of its own; `sys.executable` is then `quay` itself."""
    return bool(getattr(sys, "frozen", False))
