"""What this program is made with: versions of what it runs on, every part with its licence, the licences' texts.

A package carries its bill of materials and all texts (`packaging/sbom.py` writes them); elsewhere the installed
packages are asked. About, health and `quay version` all read here. Small files are read: not on the GUI thread.
"""

from __future__ import annotations

import json
import platform
import re
import sqlite3
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from pos.i18n import resource_path

OWN = "quay-voucher"
EXTRAS = frozenset({"sandbox"})
"""Of its own, in every package: training mode."""
SBOM_FILE = "sbom.cdx.json"
"""Below `resources/`, in packages only: CycloneDX."""
TEXTS = "licences"
"""Below `resources/`, in packages only: one text file for each part."""
TYPEFACE = "Be Vietnam Pro"
_TYPEFACE_LICENCE = "fonts/be-vietnam-pro/LICENSE"
_LICENCE_FILES = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_ASKED = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^]]*)\])?")
_ONLY_FOR = re.compile(r"extra\s*==\s*[\"']([^\"']+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Something the program is made with. `licence`: its short name, by SPDX where the package says it so."""

    name: str
    version: str
    licence: str


@dataclass(frozen=True, slots=True)
class Engines:
    """What it runs on.

    Args:
        tls: Python's own OpenSSL, which speaks TLS.
        sealing: that of `cryptography`, which opens and seals.
        qt: empty if it is not there.
    """

    python: str
    qt: str
    sqlite: str
    tls: str
    sealing: str

    @property
    def openssl(self) -> str:
        """Both in one line."""
        return self.tls if self.tls == self.sealing else f"{self.tls} (TLS), {self.sealing}"


@cache
def engines() -> Engines:
    """Those of this process. Qt is not loaded for it."""
    from cryptography.hazmat.backends.openssl import backend

    qt = next((part.version for part in parts() if canonical(part.name) == "pyside6-essentials"), "")
    tls, sealing = ssl.OPENSSL_VERSION.split()[1], backend.openssl_version_text().split()[1]
    return Engines(platform.python_version(), qt, sqlite3.sqlite_version, tls, sealing)


@cache
def parts() -> tuple[Part, ...]:
    """Every part, also what parts are made with, by name."""
    try:
        told = json.loads(resource_path(SBOM_FILE).read_text("utf-8"))
        found = [_told(component) for component in told["components"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        found = installed_parts()
    return tuple(sorted(found, key=lambda part: part.name.lower()))


def _told(component: dict[str, object]) -> Part:
    """As the bill of materials tells it."""
    return Part(str(component["name"]), str(component.get("version", "")), licence_words(component))


def licence_words(component: Mapping[str, object]) -> str:
    """The licences of a CycloneDX component in one line."""
    licences = component.get("licenses")
    return " / ".join(filter(None, map(_licence_word, licences if isinstance(licences, list) else ())))


def _licence_word(choice: Mapping[str, object]) -> str:
    named = choice.get("license")
    told = named if isinstance(named, dict) else {}
    return str(choice.get("expression") or told.get("id") or told.get("name") or "")


def installed_parts() -> list[Part]:
    """The installed packages the program needs, what it runs on, and the typeface."""
    return [*(Part(each.name, each.version, licence(each)) for each in packages_needed()), *parts_without_package()]


def parts_without_package() -> list[Part]:
    """What no Python package tells of."""
    qt = next((each.version for each in packages_needed() if canonical(each.name) == "pyside6-essentials"), "")
    return [
        Part("Python", platform.python_version(), "PSF-2.0"),
        Part("Qt", qt, "LGPL-3.0-only"),
        Part("OpenSSL", ssl.OPENSSL_VERSION.split()[1], "Apache-2.0"),
        Part("SQLite", sqlite3.sqlite_version, "blessing"),
        Part(TYPEFACE, "", "OFL-1.1"),
    ]


def text_name(part: str) -> str:
    """The file of a part's licence below `TEXTS`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", part).strip("-") + ".txt"


def licence_text(name: str) -> str:
    """The whole text a part is licensed under; empty if it did not come with this program: its own package has it."""
    try:
        return resource_path(f"{TEXTS}/{text_name(name)}").read_text("utf-8")
    except OSError:
        return installed_text(name)


def installed_text(name: str) -> str:
    """The licence files of an installed package, one below the other, or of the typeface."""
    if name == TYPEFACE:
        return resource_path(_TYPEFACE_LICENCE).read_text("utf-8")
    try:
        files = _licence_files(distribution(name))
    except PackageNotFoundError:
        return ""
    texts = [(file.name, file.read_text("utf-8", errors="replace").strip()) for file in files]
    return "\n\n\n".join(text if len(texts) == 1 else f"── {title} ──\n\n{text}" for title, text in texts)


def _licence_files(package: Distribution) -> list[Path]:
    """Those of the package itself, not of the tools it carries inside its own code."""
    found = {
        Path(str(package.locate_file(file)))
        for file in package.files or ()
        if ".dist-info" in file.parts[0] and "_vendor" not in file.parts and _LICENCE_FILES.match(file.name)
    }
    return sorted(file for file in found if file.is_file())


# ---------------------------------------------------------------- installed packages


def canonical(name: str) -> str:
    """One spelling of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def packages_needed() -> tuple[Distribution, ...]:
    """What the program needs to run, training mode too, down to the last one; what is not installed is left out.

    A package that another system needs is not installed here, so no condition but that of an extra is looked at.
    """
    found: dict[str, Distribution] = {}
    waiting = [(OWN, EXTRAS)]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        found[canonical(name)] = package
        fresh = [asked for asked in asked_for(package, extras) if asked not in seen]
        seen.update(fresh)
        waiting += fresh
    found.pop(OWN, None)
    return tuple(found[name] for name in sorted(found))


def asked_for(package: Distribution, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Names of what a package with these extras needs, each with the extras wanted of it."""
    for line in package.requires or ():
        only_for = _ONLY_FOR.search(line)
        asked = _ASKED.match(line)
        if asked and (only_for is None or only_for[1] in extras):
            wanted = frozenset(filter(None, re.split(r"[,\s]+", asked[2] or "")))
            yield asked[1], wanted


def licence(package: Distribution) -> str:
    """Its short name as the package tells it; empty if it does not."""
    mended = _MENDED.get(canonical(package.name))
    if mended:
        return mended
    # As a list: for a field that is not there Python's own reader says None; its backport, which keyring loads, raises.
    told = package.metadata
    stated = [*(told.get_all("License-Expression") or ()), *(told.get_all("License") or ())]
    expression = next((text.strip().split("\n")[0] for text in stated if text), "")
    if expression and len(expression) <= _LONGEST:
        return expression
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    return " / ".join(classes) or expression


_MENDED = {
    # Its classifier says public domain, its licence file holds the three clauses.
    "click-default-group": "BSD-3-Clause",
}
_LONGEST = 60
"""Of a licence's name; what is longer is the licence itself, or a sentence about it."""
