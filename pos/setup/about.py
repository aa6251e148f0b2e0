"""What this till is made of: versions, where its data lies, and whose work it stands on."""

from __future__ import annotations

import platform
import sqlite3
import ssl
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path

from pos.till.views import Environment
from pos.version import build

OWN = "quay-voucher"
_FONT = ("Be Vietnam Pro", "", "OFL-1.1")
_LONGEST_LICENCE = 60
_CLASSIFIER = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Part:
    """Something the program is made with. `licence`: its short name; empty if its package does not say."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class AboutFacts:
    """Everything the panel shows; nothing in it is a secret.

    Args:
        version: of the program, with its commit and package where they are known.
        folder: where the data lies.
        schema: of the journal.
        system: operating system and machine.
    """

    version: str
    environment: Environment
    folder: Path
    schema: int
    system: str
    python: str
    qt: str
    sqlite: str
    openssl: str
    parts: tuple[Part, ...]


def gather(environment: Environment, folder: Path, schema: int, qt: str) -> AboutFacts:
    """Read them; a few dozen small files, so not on the GUI thread."""
    return AboutFacts(
        str(build()),
        environment,
        folder,
        schema,
        f"{platform.system()} {platform.release()} · {platform.machine()}",
        platform.python_version(),
        qt,
        sqlite3.sqlite_version,
        _openssl(),
        _parts(),
    )


def _openssl() -> str:
    """Python's own speaks TLS; that of `cryptography` opens and seals."""
    from cryptography.hazmat.backends.openssl import backend

    own, sealing = ssl.OPENSSL_VERSION.split()[1], backend.openssl_version_text().split()[1]
    return own if own == sealing else f"{own} (TLS), {sealing}"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _parts() -> tuple[Part, ...]:
    """Python, the typeface, and what the program says it needs to run."""
    found = [Part("Python", sys.version.split()[0], "PSF-2.0"), Part(*_FONT)]
    try:
        wanted = requires(OWN) or []
    except PackageNotFoundError:
        wanted = []
    for line in wanted:
        if "extra ==" not in line:
            name = _name(line)
            found.append(Part(name, _version(name), _licence(name)))
    return tuple(sorted(found, key=lambda part: part.name.lower()))


def _name(requirement: str) -> str:
    end = next((at for at, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")), len(requirement))
    return requirement[:end]


def _licence(name: str) -> str:
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    short = told["License-Expression"] or ""
    if not short:
        classes = [line.removeprefix(_CLASSIFIER) for line in told.get_all("Classifier") or [] if _CLASSIFIER in line]
        short = " / ".join(classes) or (told["License"] or "").strip().split("\n")[0]
    return short if len(short) <= _LONGEST_LICENCE else short[: _LONGEST_LICENCE - 1] + "…"
