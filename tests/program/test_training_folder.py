"""Training's own folder: emptied at each start, never taken for somebody else's, never anybody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.errors import ConfigError
from pos.training.school import School


def test_a_removal_that_was_cut_short_does_not_shut_training_out(tmp_path: Path) -> None:
    """The mark of the folder stands from the first training on: at no moment are there files without it."""
    folder = tmp_path / "training"
    School._empty(folder)
    (mark,) = folder.iterdir()
    mark.write_bytes(b"the first one")
    (folder / "till").mkdir()
    (folder / "till" / "journal.db").write_bytes(b"old")
    (folder / "scanner").symlink_to(tmp_path / "gone")
    School._empty(folder)
    assert [entry.name for entry in folder.iterdir()] == [mark.name]
    assert mark.read_bytes() == b"the first one"


def test_a_folder_that_is_not_training_s_is_never_touched(tmp_path: Path) -> None:
    """Somebody's papers lie in it."""
    (tmp_path / "paper").write_bytes(b"kept")
    with pytest.raises(ConfigError, match=r"training\.folder_not_ours"):
        School._empty(tmp_path)
    assert (tmp_path / "paper").read_bytes() == b"kept"
