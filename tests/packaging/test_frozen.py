"""The frozen program: what every package holds starts without Python, and trains with its own issuer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.packaging import frozen


@pytest.mark.timeout(300)
def test_the_frozen_program_works_by_itself(tmp_path: Path) -> None:
    """One test, because the build takes most of its time."""
    program = frozen.build(tmp_path)

    _asks_nothing_of_the_machine(program)
    _holds_what_it_reads_and_no_tools(program)
    _trains(program, tmp_path / "pictures")


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
