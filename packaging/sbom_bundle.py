"""What lies in a finished one-folder program: which Python packages, and whose system libraries."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import Distribution
from pathlib import Path

from packageurl import PackageURL

_SHORT_NAME = re.compile(r"^License:[ \t]*(\S.*)$", re.MULTILINE)
_MICROSOFT = ("vcruntime*.dll", "msvcp*.dll", "ucrtbase.dll")


@dataclass(frozen=True)
class SystemLibrary:
    """A shared library of the system a bundle was built on.

    Args:
        file: its name in the bundle.
        licence: short names of all licences its package tells of.
        text: the package's `copyright` file.
    """

    file: str
    package: str
    version: str
    licence: str
    text: str
    purl: PackageURL


class Bundle:
    """A folder that PyInstaller made.

    Args:
        folder: holds the program `quay` (`quay.exe`) and `_internal`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.inside = folder, folder / "_internal"

    def holds(self, package: Distribution) -> bool:
        """Whether anything of the package but its description is in it."""
        files = [file for file in package.files or () if not file.parts[0].endswith((".dist-info", ".data", ".."))]
        return any(
            ".".join(file.with_suffix("").parts).removesuffix(".__init__") in self._modules
            if file.suffix == ".py"
            else (self.inside / file).exists()
            for file in files
        )

    @cached_property
    def _modules(self) -> frozenset[str]:
        """Compiled modules lie inside the program file."""
        from PyInstaller.archive.readers import CArchiveReader

        program = next(path for path in (self.folder / "quay", self.folder / "quay.exe") if path.is_file())
        return frozenset(CArchiveReader(str(program)).open_embedded_archive("PYZ.pyz").toc)

    @property
    def has_microsoft_runtime(self) -> bool:
        """Whether Microsoft's runtime libraries came with the interpreter."""
        return any(next(self.inside.glob(pattern), None) for pattern in _MICROSOFT)

    def system_libraries(self) -> Iterator[SystemLibrary]:
        """Those that lie beside the packages' own; empty where there is no dpkg.

        Raises:
            SystemExit: a library is nobody's.
        """
        for file in sorted(self.inside.glob("lib*.so*")):
            if file.is_symlink():  # PyInstaller's second name of a library that a Python package brought
                continue
            owner = _owner(file.name)
            if owner:
                yield _described(file.name, *owner)
            elif not file.name.startswith("libpython"):  # an interpreter built by hand has its own
                raise SystemExit(f"{file.name}: no package of this system has it, and no Python package brought it")


def _owner(name: str) -> tuple[str, str, str] | None:
    """Package, version and architecture that a library came from."""
    found = subprocess.run(["dpkg-query", "-S", f"*/{name}"], capture_output=True, text=True, check=False)
    for line in found.stdout.splitlines():
        packages, _, path = line.partition(": ")
        if Path(path).parent.parent in (Path("/lib"), Path("/usr/lib")):
            asked = ["dpkg-query", "-W", "-f", "${Package}\t${Version}\t${Architecture}", packages.split(", ")[0]]
            told = subprocess.run(asked, capture_output=True, text=True, check=True)
            package, version, architecture = told.stdout.split("\t")
            return package, version, architecture
    return None


def _described(file: str, package: str, version: str, architecture: str) -> SystemLibrary:
    text = Path("/usr/share/doc", package, "copyright").read_text("utf-8", errors="replace")
    names = sorted({name.strip() for name in _SHORT_NAME.findall(text)}, key=str.lower)
    licence = " / ".join(names) or "as its copyright file says"
    purl = PackageURL("deb", "debian", package, version, {"arch": architecture})
    return SystemLibrary(file, package, version, licence, text, purl)
