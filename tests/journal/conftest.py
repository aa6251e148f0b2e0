from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pos.journal.review_day import ReviewReads
from pos.journal.store import SqliteJournal
from tests.journal.review_shop import LAST, Shop, fill
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


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteJournal]:
    """The days of `fill`; only looked at."""
    clock = SteadyClock()
    journal = open_journal(tmp_path_factory.mktemp("review") / "journal.db", clock)
    fill(Shop(journal, clock))
    yield journal
    journal.close()


@pytest.fixture(scope="module")
def days(filled: SqliteJournal) -> ReviewReads:
    return ReviewReads(filled.core)


@pytest.fixture
def shop(journal: SqliteJournal, clock: SteadyClock) -> Shop:
    return Shop(journal, clock).at(LAST, 9)


@pytest.fixture
def reads(journal: SqliteJournal) -> ReviewReads:
    return ReviewReads(journal.core)
