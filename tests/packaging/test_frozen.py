"""The frozen program: what every package holds starts without Python, and trains with its own issuer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pos.version import VERSION
from tests.packaging import frozen
from tests.updates.owner import Owner


@pytest.mark.timeout(300)
def test_the_frozen_program_works_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, because the build takes most of its time."""
    program = frozen.build(tmp_path)

    _asks_nothing_of_the_machine(program)
    _holds_what_it_reads_and_no_tools(program)
    _trains(program, tmp_path / "pictures")
    _updates_itself(program, tmp_path, monkeypatch)


def _asks_nothing_of_the_machine(program: frozen.Frozen) -> None:
    helped = program.quay("--help")
    assert (helped.returncode, helped.stderr) == (0, "")
    assert "doctor" in helped.stdout

    looked = program.quay("doctor", "--json")
    assert looked.returncode in (0, 2), looked.stderr  # a fresh till has things to set up; that is no fault of ours
    assert looked.stderr == ""
    assert any("SQLite" in finding["note"] for finding in json.loads(looked.stdout))


def _holds_what_it_reads_and_no_tools(program: frozen.Frozen) -> None:
    inside = program.inside
    for wanted in ("locale/vi.json", "fonts/be-vietnam-pro", "printers/generic-80.toml"):
        assert (inside / "pos" / "resources" / wanted).exists(), wanted
    assert list(inside.glob("keyring-*.dist-info/entry_points.txt")), "key stores are found by entry points"
    assert list(inside.glob("quay_voucher-*.dist-info/METADATA")), "the page About reads it"
    told_of_the_builder = [*inside.glob("*.dist-info/RECORD"), *inside.glob("*.dist-info/direct_url.json")]
    assert not told_of_the_builder
    names = {path.name.lower() for path in inside.rglob("*")}
    for tool in ("pytest", "hypothesis", "numpy", "libqt6qml.so.6", "libqt6network.so.6", "screenshots"):
        assert tool not in names, tool


def _trains(program: frozen.Frozen, pictures: Path) -> None:
    toured = program.quay("demo", "--tour", "--out", str(pictures), within_s=150)
    assert toured.returncode == 0, toured.stdout + toured.stderr[-2000:]
    assert len(list(pictures.glob("*.png"))) > 20


def _updates_itself(program: frozen.Frozen, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed as the tarball is, from a stick to the next start and back. What it believes is a test's key."""
    (folder / "passphrase").write_text("invented for one test only")
    monkeypatch.setenv("QUAY_RELEASE_PASSPHRASE_FILE", str(folder / "passphrase"))
    owner = Owner(folder)
    owner.release("99.0.0")
    versions = folder / "opt" / "versions"
    here = Path(shutil.copytree(program.folder, versions / VERSION, symlinks=True))
    resources = here / "_internal" / "pos" / "resources"
    (resources / "updates" / "root.json").write_bytes(owner.root)
    (resources / "build.json").write_text(json.dumps({"commit": "", "date": "", "package": "tarball"}))
    (folder / "opt" / "current").symlink_to(f"versions/{VERSION}")
    installed = frozen.Frozen(folder / "opt" / "current", program.home)

    for act in ("get", "apply"):
        done = installed.quay("update", act, "--data", str(folder / "till"), "--from", str(owner.repo), "--json")
        assert done.returncode == 0, done.stdout + done.stderr
    assert installed.quay("--version").stdout.split()[1] == "99.0.0"
    done = frozen.Frozen(here, program.home).quay("update", "back", "--data", str(folder / "till"), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert installed.quay("--version").stdout.split()[1] == VERSION
