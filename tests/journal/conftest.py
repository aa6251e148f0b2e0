from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.journal.store import SqliteJournal
from tests.journal.shop import SteadyClock, open_journal


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def journal(path: Path, clock: SteadyClock) -> Iterator[SqliteJournal]:
    opened = open_journal(path, clock)
    yield opened
    opened.close()
