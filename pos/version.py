"""Which program this is: the one place its version stands in, and what the build that made this package left behind."""

from __future__ import annotations

import json
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
        commit: 40 hex digits; empty where nobody wrote it down: a clone, a wheel.
        date: of that commit, UTC, `2026-11-30T06:15:53Z`; empty likewise.
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
        in_clone = (Path(__file__).resolve().parent.parent / "pyproject.toml").exists()
        return Build(VERSION, "", "", "source" if in_clone else "wheel")


def is_frozen() -> bool:
    """Whether it runs out of a package with an interpreter of its own; `sys.executable` is then `quay` itself."""
    return bool(getattr(sys, "frozen", False))
