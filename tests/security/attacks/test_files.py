"""Another user lays links where the till writes: none is followed, and nothing of ours is theirs to read."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pos.durable import replace_file
from pos.journal.export import open_export
from pos.reports.saving import Draft, save
from pos.security.private_file import write_private
from tests.journal.shop import open_journal
from tests.security.processes import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights and links of another kind")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text("untouched")
    return path


@pytest.mark.parametrize("ending", ["", ".part"])
@pytest.mark.parametrize("how", ["report", "private", "durable"])
def test_a_link_in_place_of_a_file_or_its_draft_is_replaced_not_followed(victim: Path, how: str, ending: str) -> None:
    target = victim.parent / "day.csv"
    target.with_name(target.name + ending).symlink_to(victim)

    def content(draft: Draft) -> None:
        draft.write(b"figures")

    ways = {
        "report": lambda: save(target, content),
        "private": lambda: write_private(target, b"figures"),
        "durable": lambda: replace_file(target, b"figures"),
    }
    ways[how]()
    assert victim.read_text() == "untouched"
    assert not target.is_symlink()
    assert target.read_bytes() == b"figures"


def test_an_export_of_the_journal_refuses_a_link(victim: Path, tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.db")
    (tmp_path / "out.jsonl").symlink_to(victim)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "bill.csv").symlink_to(victim)
    for target, as_csv in ((tmp_path / "out.jsonl", False), (tmp_path / "out", True)):
        with pytest.raises(OSError, match="symbolic"):
            journal.export(target, as_csv=as_csv)
    journal.close()
    assert victim.read_text() == "untouched"


def test_a_file_for_others_goes_as_the_shop_shares_and_anything_else_stays_ours(tmp_path: Path) -> None:
    """With the guard's umask in place; the shop's own is 022 here."""
    script = f"""
import os; os.umask(0o022)
from pathlib import Path
from pos.umask import keep_private; keep_private()
from pos.reports.saving import save
from pos.journal.export import open_export
here = Path({str(tmp_path)!r})
save(here / "report.csv", lambda draft: draft.write(b"x"))
open_export(here / "export.csv").close()
open(here / "other", "w").close()
"""
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
    rights = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert rights == {"report.csv": "0o644", "export.csv": "0o644", "other": "0o600"}


def test_a_folder_that_was_there_before_and_is_open_does_not_make_the_files_open(tmp_path: Path) -> None:
    """An installer made it for everybody: what is in it is still its owner's only."""
    folder = tmp_path / "till"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    environment = {**os.environ, "QUAY_KEYSTORE": "file"}
    command = [sys.executable, "-m", "pos.cli.main", "--data", str(folder), "people", "list"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, umask=0)
    assert {path.name: oct(path.stat().st_mode) for path in folder.rglob("*") if path.stat().st_mode & 0o077} == {}
    assert open_export(tmp_path / "x").close() is None
