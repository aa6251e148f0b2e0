"""Small files of the data folder: whole or untouched, for their owner only. (What a power cut leaves: tests/crash.)"""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.durable import make_folder, replace_file


def test_a_file_is_replaced_whole_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Half a draft left by a crash is in nobody's way."""
    path = tmp_path / "environment"
    path.with_name("environment.part").write_bytes(b"half")
    replace_file(path, b"sandbox")
    replace_file(path, b"production")
    assert path.read_bytes() == b"production"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["environment"]


def test_the_old_file_stands_when_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    """The name of the draft is taken by a folder."""
    path = tmp_path / "settings.json"
    replace_file(path, b"old")
    path.with_name("settings.json.part").mkdir()
    with pytest.raises(OSError, match="settings"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_folder_is_made_with_its_parents_for_its_owner_only(tmp_path: Path) -> None:
    """Making it again changes nothing."""
    folder = tmp_path / "share" / "till"
    make_folder(folder)
    folder.chmod(0o750)
    make_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o750
