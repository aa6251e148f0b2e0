"""The release owner, with the release tool itself; and what an attacker does to a copy of her folder."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import sys
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOTES = {"vi": "Quét nhanh hơn.", "en": "Scanning is faster."}
COMMIT = "c" * 40


def tool() -> ModuleType:
    """`packaging/release/updates.py`, which is no package."""
    name = "quay_release_updates"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "packaging" / "release" / "updates.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


class Owner:
    """Her folder and her stick. `QUAY_RELEASE_PASSPHRASE_FILE` must be set.

    Args:
        folder: for both, and for packages.
        now: when she works.
    """

    def __init__(self, folder: Path, now: datetime | None = None) -> None:
        self.folder, self.repo, self.stick = folder, folder / "repo", folder / "stick"
        self.now = now or datetime.now(UTC)
        root = tool().init(self.repo, [self.stick], 1, self.now)
        self.root: bytes = root.read_bytes()

    def release(self, version: str, package: str = "tarball", content: bytes | None = None, **told: Any) -> Path:
        """Make a package of this version and sign it; returns the package."""
        name = {
            "tarball": f"quay-voucher-{version}-linux-x86_64.tar.xz",
            "deb": f"quay-voucher_{version}_amd64.deb",
            "windows": f"QuayVoucher-{version}-setup.exe",
        }[package]
        file = self.folder / name
        if content is not None:
            file.write_bytes(content)
        elif package == "tarball":
            program_archive(file, version)
        else:
            file.write_bytes(f"package {version}\n".encode() * 50_000)
        facts = {"notes": NOTES, "commit": COMMIT, "schema": 8} | told
        tool().add(self.repo, self.stick, [file], facts["notes"], facts["commit"], facts["schema"], self.now)
        return file

    def refresh(self) -> None:
        """Sign anew what expires."""
        self.now += timedelta(seconds=1)
        tool().refresh(self.repo, self.stick, self.now)

    def copy(self, to: Path) -> Path:
        """The folder as a shop's stick has it."""
        return Path(shutil.copytree(self.repo, to))

    @property
    def metadata(self) -> Path:
        """Where the lists lie."""
        return self.repo / "metadata"


def program_archive(
    file: Path, version: str, *, script: str | None = None, more: Callable[..., None] = lambda _: None
) -> None:
    """A tarball of a program that says its version and nothing else."""
    says = script if script is not None else f"#!/bin/sh\necho 'quay-voucher {version} (tarball)'\n"
    with tarfile.open(file, "w:xz", preset=0) as archive:
        top = tarfile.TarInfo(f"quay-voucher-{version}")
        top.type, top.mode = tarfile.DIRTYPE, 0o755
        archive.addfile(top)
        put(archive, f"quay-voucher-{version}/quay", says.encode(), mode=0o755)
        put(archive, f"quay-voucher-{version}/_internal/libone.so.1", b"one" * 1000)
        link = tarfile.TarInfo(f"quay-voucher-{version}/_internal/libone.so")
        link.type, link.linkname = tarfile.SYMTYPE, "libone.so.1"
        archive.addfile(link)
        more(archive)


def put(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    """A plain file."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    archive.addfile(member, io.BytesIO(content))


def rewrite(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a list without its signature."""
    told = json.loads(file.read_text("utf-8"))
    change(told)
    file.write_text(json.dumps(told, indent=1, sort_keys=True), "utf-8")


def flip(file: Path, at: int) -> None:
    """One bit of one byte."""
    data = bytearray(file.read_bytes())
    data[at % len(data)] ^= 0x04
    file.write_bytes(bytes(data))
