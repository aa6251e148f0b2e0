"""What a stick with newer programs may hold: lists, the till's memory of them, a program's archive."""

from __future__ import annotations

import lzma
import os
import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pos.updates.client import Catalogue
from pos.updates.source import FolderSource
from pos.updates.state import StateFile
from pos.updates.unpacking import unpack
from tests.fuzz.files import _FOLDERS, _folder
from tests.fuzz.target import Target
from tests.updates.owner import Owner, program_archive


def _read_list(owner: Owner, trusted: Path) -> Callable[[bytes, random.Random], object]:
    """One list of the signed folder is another: refused, or the same program is offered."""
    honest = {file: file.read_bytes() for file in owner.metadata.iterdir()}
    wanted = Catalogue(trusted, owner.root, FolderSource(owner.repo), datetime.now(UTC)).newest("tarball", "0.1.0")

    def run(data: bytes, chance: random.Random) -> object:
        spoilt = chance.choice(sorted(honest))
        shutil.rmtree(trusted)
        spoilt.write_bytes(data)
        try:
            found = Catalogue(trusted, owner.root, FolderSource(owner.repo), datetime.now(UTC)).newest(
                "tarball", "0.1.0"
            )
        finally:
            spoilt.write_bytes(honest[spoilt])
        assert wanted is not None
        assert found is not None
        assert found.offer == wanted.offer, "another program than the signed one"
        return found

    return run


def _read_state(folder: Path) -> Callable[[bytes, random.Random], object]:
    def run(data: bytes, _: random.Random) -> object:
        (folder / "state.json").write_bytes(data)
        return StateFile(folder).read()

    return run


def _unpack(folder: Path) -> Callable[[bytes, random.Random], object]:
    """Nothing but the target is ever made."""
    archive, target = folder / "archive", folder / "inside" / "target"
    target.parent.mkdir()

    def run(data: bytes, _: random.Random) -> object:
        archive.write_bytes(data)
        try:
            unpack(archive, target)
        finally:
            shutil.rmtree(target)
            assert not list(target.parent.iterdir()), "outside of its folder"
        return None

    return run


def targets() -> list[Target]:
    """All of them."""
    folder = _folder()
    _FOLDERS.append(folder)
    (folder / "passphrase").write_text("invented for one run only")
    os.environ["QUAY_RELEASE_PASSPHRASE_FILE"] = str(folder / "passphrase")
    owner = Owner(folder)
    owner.release("0.2.0")
    state, unpacked = folder / "state", folder / "unpacked"
    unpacked.mkdir()
    StateFile(state).change(scheduled_by="Hoa", refused="update.damaged", refused_facts={"a": 1})
    program_archive(folder / "seed.tar.xz", "0.2.0")
    packed = (folder / "seed.tar.xz").read_bytes()
    lists = [file.read_bytes() for file in sorted(owner.metadata.iterdir())]
    return [
        Target("update list", lists, _read_list(owner, folder / "trusted"), weight=4),
        Target("update state", [(state / "state.json").read_bytes()], _read_state(state)),
        Target("update archive", [packed, lzma.decompress(packed)], _unpack(unpacked), weight=4),
    ]
