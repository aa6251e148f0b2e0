"""A file for people is there whole or not at all, whatever the disk does, and what stood there stands."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pos.domain.errors import ReportError
from pos.i18n import Translator
from pos.reports.files import save_report
from pos.reports.saving import Draft, save, told
from pos.till.review.exports import Format, Stopped
from tests.reports.samples import Still, report

CHILD = [sys.executable, "-m", "tests.reports.child"]
OLD = b"what stood there"


def on_a_small_disk(folder: Path, action: str, form: Format) -> dict[str, Any]:
    """Run a child where `folder` is a disk of 200 kB."""
    folder.mkdir()
    if shutil.which("unshare") is None:
        pytest.skip("no unshare")
    mount = 'mount -t tmpfs -o size=200k,mode=700 none "$0" || exit 77; exec "$@"'
    command = ["unshare", "-rm", "sh", "-c", mount, str(folder), *CHILD, action, str(folder), form.value]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode == 77 or "unshare:" in done.stderr:
        pytest.skip("no right to mount here")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # no library complains while it is torn down
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize("form", list(Format))
def test_a_full_disk_is_said_the_old_file_stands_and_no_half_one_is_left(tmp_path: Path, form: Format) -> None:
    result = on_a_small_disk(tmp_path / "disk", "fill", form)
    assert result == {"said": "report.disk_full", "old": True, "left": [f"day.{form}"], "temporary": []}


@pytest.mark.parametrize("form", list(Format))
def test_a_read_only_stick_is_said(tmp_path: Path, form: Format) -> None:
    result = on_a_small_disk(tmp_path / "disk", "read-only", form)
    assert result == {"said": "report.not_allowed", "old": True, "left": [f"day.{form}"], "temporary": []}


def test_a_stick_that_was_pulled_out_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report\.folder_gone"):
        save_report(report(3), tmp_path / "stick" / "day.csv", Format.CSV, Still())


def test_a_stick_pulled_out_in_the_middle_is_said(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()

    def pulled(draft: Draft) -> None:
        draft.write(b"half")
        shutil.rmtree(stick)

    with pytest.raises(ReportError, match=r"report\.folder_gone"):
        save(stick / "day.csv", pulled)


def test_a_folder_of_that_name_is_said_and_stands(tmp_path: Path) -> None:
    (tmp_path / "day.csv").mkdir()
    with pytest.raises(ReportError, match=r"report\.is_a_folder"):
        save_report(report(3), tmp_path / "day.csv", Format.CSV, Still())
    assert [file.name for file in tmp_path.iterdir()] == ["day.csv"]


def test_an_old_file_that_is_open_elsewhere_is_said_as_such() -> None:
    """Windows denies the renaming onto a file that Excel holds; until then nothing was denied."""
    denied = PermissionError(13, "Access is denied")
    assert told(denied, Path("a/day.xlsx"), replacing=True).code == "report.file_open"
    assert told(denied, Path("a/day.xlsx")).code == "report.not_allowed"


@pytest.mark.parametrize("form", list(Format))
def test_who_stops_it_finds_what_stood_there_before(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"day.{form}"
    path.write_bytes(OLD)
    with pytest.raises(Stopped):
        save_report(report(5_000), path, form, Still(looks=3))
    assert path.read_bytes() == OLD
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("form", list(Format))
def test_a_new_file_takes_the_old_ones_place(tmp_path: Path, form: Format) -> None:
    path = tmp_path / f"day.{form}"
    path.write_bytes(OLD)
    (tmp_path / f"day.{form}.part").write_bytes(b"of a run that died")
    still = Still()
    save_report(report(2_000), path, form, still)
    assert path.stat().st_size > 20_000
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert still.told[0] == (500, 2_000)
    assert still.told[-1] == (2_000, 2_000)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    "code",
    ["disk_full", "not_allowed", "folder_gone", "is_a_folder", "bad_name", "file_open", "not_written",
     "too_long_for_paper"],
)  # fmt: skip
def test_every_word_of_the_disk_has_its_three_sentences(language: str, code: str) -> None:
    sentence = Translator(language).message(f"report.{code}", {"file": "day.xlsx", "count": 2, "most": 1})
    assert all((sentence.what, sentence.safe, sentence.do))
    assert "{" not in str(sentence)
