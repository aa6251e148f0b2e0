"""The log helps the next person and gives nothing away."""

from __future__ import annotations

import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pos import logs


def test_a_secret_never_reaches_the_file_which_is_its_owners_only(tmp_path: Path) -> None:
    end = logs.begin(tmp_path, ["7305815"])
    logging.getLogger("pos.x").warning("asked with %s, code=%s", "7305815", "4471902835")
    end()
    file = tmp_path / "logs" / "quay.log"
    text = file.read_text("utf-8")
    assert "asked with" in text
    assert "7305815" not in text
    assert "4471902835" not in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_crash_leaves_its_place_but_not_its_values(tmp_path: Path) -> None:
    end = logs.begin(tmp_path, [])
    try:
        raise ValueError("4471902835")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    end()
    text = (tmp_path / "logs" / "quay.log").read_text("utf-8")
    assert "ValueError at test_logs.py" in text
    assert "4471902835" not in text


def test_a_folder_that_cannot_be_written_costs_the_log_only(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    end = logs.begin(tmp_path, [])
    logging.getLogger("pos.x").info("still running")
    end()
    assert (tmp_path / "logs").read_text() == "in the way"


@pytest.fixture(autouse=True)
def _hooks_are_back() -> Iterator[None]:
    before = (sys.excepthook, logging.getLogger().handlers[:], logging.getLogger().level)
    yield
    logging.getLogger().setLevel(before[2])
    assert sys.excepthook is before[0]
