"""A release owner with one release, and a till that believes her."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.updates.client import Catalogue, Signed
from pos.updates.source import FolderSource
from tests.updates.owner import Owner


@pytest.fixture(autouse=True)
def _passphrase(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path_factory.mktemp("passphrase") / "passphrase"
    file.write_text("invented for one test only\n", "utf-8")
    monkeypatch.setenv("QUAY_RELEASE_PASSPHRASE_FILE", str(file))


@pytest.fixture
def owner(tmp_path: Path) -> Owner:
    folder = tmp_path / "owner"
    folder.mkdir()
    made = Owner(folder)
    made.release("0.2.0")
    return made


class Asking:
    """A till's memory of what it saw, asked over and over."""

    def __init__(self, folder: Path, owner: Owner) -> None:
        self.folder, self.root = folder, owner.root

    def newest(
        self, repo: Path, than: str = "0.1.0", package: str = "tarball", now: datetime | None = None
    ) -> Signed | None:
        catalogue = Catalogue(self.folder, self.root, FolderSource(repo), now or datetime.now(UTC))
        return catalogue.newest(package, than)


@pytest.fixture
def asking(tmp_path: Path, owner: Owner) -> Asking:
    return Asking(tmp_path / "trusted", owner)
