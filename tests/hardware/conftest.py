from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.scanner import VirtualScanner


@pytest.fixture(scope="session")
def font_dir() -> Path:
    return Path(__file__).parents[2] / "resources" / "fonts" / "be-vietnam-pro"


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("escpos")


@pytest.fixture
def scanner(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner") as device:
        yield device


@pytest.fixture
def paper_printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(576) as device:
        yield device
