"""`quay doctor` on a till with a manager: stable ids for scripts, and what she has seen to be true in her name."""

from __future__ import annotations

import io
import shutil
import sys
import time
from pathlib import Path

import pytest

from pos.bootstrap import Program
from tests.integration.counter import Counter, Said
from tests.providers.raw_server import Authority, RawServer
from tests.sandbox_process import SandboxProcess

PIN = "482913"
ALWAYS = {
    "environment", "gotit.pin", "proxy", "printer", "scanner", "clock", "disk.space", "disk.writing", "disk.rights",
    "journal", "chain", "outside", "key.place", "copies", "queue", "cases", "slips", "people", "versions",
}  # fmt: skip


_BEGUN: list[Path] = []
"""The folder with its manager, made once: hashing her PIN is what takes its time."""


@pytest.fixture
def managed(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sandbox: SandboxProcess) -> Counter:
    if not _BEGUN:
        begun = Counter(tmp_path_factory.mktemp("begun") / "till", sandbox)
        added = typed(begun, f"{PIN}\n{PIN}\n", "people", "add", "Hương", "--role", "manager")
        assert added.status == 0, added.err
        _BEGUN.append(begun.folder)
    counter = Counter.__new__(Counter)
    counter.folder = tmp_path / "till"
    shutil.copytree(_BEGUN[0], counter.folder)
    return counter


def typed(counter: Counter, text: str, *words: str) -> Said:
    """Run it in this process, with this on stdin."""
    was, sys.stdin = sys.stdin, io.StringIO(text)
    try:
        return counter.here(*words)
    finally:
        sys.stdin = was


def test_scripts_find_every_look_by_its_name(managed: Counter) -> None:
    """Name, level, code and – unless all is well – the next step; an issuer that was reached is there, too."""
    told = managed.here("doctor", "--json").json
    by_name = {row["what"]: row for row in told}
    assert set(by_name) >= ALWAYS | {"gotit", "gotit.certificate"}
    assert all(row.keys() == {"what", "level", "ok", "code", "note", "next"} for row in told)
    assert all((row["next"] is None) == (row["level"] == "ok") for row in told)
    assert by_name["people"]["note"] == "1 people, 1 managers"
    offline = {row["what"] for row in managed.here("doctor", "--offline", "--json").json}
    assert not offline & {"gotit", "gotit.certificate"}


def test_a_red_item_is_followed_by_its_next_step(managed: Counter) -> None:
    """And the status is 2."""
    managed.folder.chmod(0o755)
    said = managed.here("doctor", "--offline", "--lang", "vi")
    assert said.status == 2
    lines = said.out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("✗ Quyền xem tệp"))
    assert lines[at + 1] == f'    → Chạy: chmod -R go-rwx "{managed.folder}"'


def test_the_doctor_works_beside_an_open_till_and_waits_no_longer_than_an_issuer_may_take(
    managed: Counter, tmp_path: Path
) -> None:
    """It holds no lock, and an issuer that never shakes hands costs its connect time."""
    with RawServer(Authority(tmp_path).context()) as server:
        server._greet = server.silent
        assert typed(managed, f"{PIN}\n", "config", "set", "gotit.base_url", server.url).status == 0
        program = Program(managed.folder)
        try:
            began = time.monotonic()
            said = managed.here("doctor", "--json")
            assert time.monotonic() - began < 5
        finally:
            program.close()
    assert {row["what"]: row["code"] for row in said.json}["gotit"] == "net.connect_timeout"
    assert {row["what"] for row in said.json} >= ALWAYS


def test_a_manager_notes_what_she_has_seen(managed: Counter) -> None:
    """Her PIN, on stdin; nobody else's, no unknown name; the audit chain has it."""
    name = "gotit.bill_is_told"
    assert typed(managed, "000000\n", "doctor", "verify", name).status == 2
    unknown = typed(managed, f"{PIN}\n", "doctor", "verify", "gotadi.address", "--json")
    assert unknown.json["error"] == "assumption.unknown"
    said = typed(managed, f"{PIN}\n", "doctor", "verify", name, "--json")
    assert said.json == {"verified": name, "by": "Hương"}
    listed = {row["name"]: row for row in managed.here("doctor", "verify", "--json").json}
    assert listed[name]["verified_by"] == "Hương"
    assert listed["gotit.flow"]["verified_by"] is None
    assert "Hương" in managed.here("doctor", "verify").out
    assert managed.here("journal", "verify").status == 0
