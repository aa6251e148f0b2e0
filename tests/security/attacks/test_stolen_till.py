"""What lies on a stolen till, and what stands beside a working one, is worth nothing: planted texts, 0 hits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest

from tests.integration.counter import Counter
from tests.security.attacks.search import contents, forms, found_in, needles, search
from tests.security.processes import ROOT

pytestmark = pytest.mark.timeout(240)


@dataclass
class Examined:
    """What the working till told, and what stood beside it while it worked."""

    base: Path
    secrets: list[str] = field(default_factory=list)
    keys: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    beside: dict[str, bytes] = field(default_factory=dict)
    live: tuple[int, list[str]] = (0, [])
    said: str = ""

    @property
    def school(self) -> Path:
        """Training's folder: the till's, and the sandbox's beside it."""
        return next((self.base / "tmp").glob("quay-training-*")) / "counter"

    @cached_property
    def wanted(self) -> dict[bytes, str]:
        return needles(self.secrets, self.keys)


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    """A till that worked, was looked into while it ran, and was closed."""
    examined = Examined(tmp_path_factory.mktemp("stolen"))
    (examined.base / "tmp").mkdir()
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.security.attacks.working_till", str(examined.base / "pictures")],
        cwd=ROOT, env=environment | {"TMPDIR": str(examined.base / "tmp"), "HOME": str(examined.base / "home")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", umask=0,
    )  # fmt: skip
    with process:
        try:
            held = _listen(process, examined)
            examined.beside = _processes_of(examined.base)
            examined.live = search([examined.base], examined.wanted, without=_not_the_tills(examined))
            _, examined.said = process.communicate("\n", timeout=60)
        finally:
            process.kill()
    assert (held, process.returncode) == ("True", 0), examined.said
    return examined


def _listen(process: subprocess.Popen[str], examined: Examined) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        match next(iter(told)):
            case "secret":
                examined.secrets.append(told["secret"])
            case "key":
                examined.keys.append(bytes.fromhex(told["key"]))
            case "seen":
                examined.seen.append((told["where"], told["seen"]))
            case "ready":
                return str(told["ready"])
    return ""


def _not_the_tills(examined: Examined) -> list[Path]:
    """The issuer's own folder, pictures of slips and screens, and training's key: open by intention, or not text."""
    school = examined.school
    return [school / "sandbox", school / "scanner", school / "till" / "key", examined.base / "pictures"]


def _processes_of(base: Path) -> dict[str, bytes]:
    """What every user of the machine sees of the till and all that it started, and its own user of their environment.

    They carry the till's folder in their environment, whoever their parent is by now. Other processes of the machine
    are not the till's: another test may type a training code on a command line at this very moment.
    """
    found: dict[str, bytes] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = {name: (process / name).read_bytes() for name in ("cmdline", "environ", "comm", "status")}
        except OSError:
            continue
        if os.fsencode(base) in told["environ"]:
            found |= {f"{process.name}/{name}": data for name, data in told.items()}
    return found


def test_every_step_of_the_tour_held(till: Examined) -> None:
    """The whole program, window to issuer, as `packaging/dev demo` runs it without a display."""
    assert "✗" not in till.said
    pictures = till.base / "pictures"
    assert len(list(pictures.glob("slip-*.png"))) == 9
    assert len(list(pictures.glob("[0-9]*.png"))) == till.said.count("✓")


def test_there_was_something_to_find(till: Examined) -> None:
    """Else the tests below say nothing: codes of every kind, PINs, keys and tokens were planted, and are findable."""
    kinds = {
        "private key": "-----BEGIN PRIVATE KEY-----", "token": "eyJ", "tracking code": "track_", "PIN": "59382716",
        "issuer's secret": "SANDBOX-SECRET-KEY-0001", "voucher of bookings": "Tet24aBc",
    }  # fmt: skip
    missing = [kind for kind, beginning in kinds.items() if not any(s.startswith(beginning) for s in till.secrets)]
    assert missing == []
    assert len([s for s in till.secrets if s.isdigit() and len(s) >= 10]) >= 2
    assert till.keys
    sandbox = (till.school / "sandbox" / "sandbox.sqlite3").read_bytes()
    assert found_in(sandbox, till.wanted), "the issuer, who keeps codes open, shows that the search finds"


def test_nothing_stands_on_the_disk_of_a_working_till(till: Examined) -> None:
    """Database, write-ahead log, log, settings, caches, temporary files: while the window is open."""
    read, hits = till.live
    assert read >= 10
    assert hits == []


def test_nothing_stands_on_the_disk_of_a_closed_till(till: Examined) -> None:
    assert search([till.base], till.wanted, without=_not_the_tills(till))[1] == []


def test_nothing_stands_in_lists_of_processes_or_environments(till: Examined) -> None:
    assert any(b"working_till" in data for data in till.beside.values()), "the till itself was looked at"
    assert {where: names for where, data in till.beside.items() if (names := found_in(data, till.wanted))} == {}


def test_nothing_that_the_till_made_is_open_to_another_user(till: Examined) -> None:
    """Started where files are made for everybody: folders 0700, files 0600, whatever made them."""
    made = [path for path in (till.school / "till", *(till.school / "till").rglob("*")) if not path.is_symlink()]
    assert len(made) > 10
    assert {path.name: oct(path.stat().st_mode) for path in made if path.stat().st_mode & 0o077} == {}


def test_nothing_is_told_to_screen_readers_task_bars_or_the_clipboard(till: Examined) -> None:
    assert len(till.seen) > 100
    assert any("clipboard" in where for where, _ in till.seen)
    hits = [(where, names) for where, text in till.seen if (names := found_in(text.encode(), till.wanted))]
    assert hits == []


def test_nothing_stands_in_what_the_program_said(till: Examined) -> None:
    assert found_in(till.said.encode(), till.wanted) == set()


def test_nothing_stands_in_any_file_that_people_are_given(till: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exports of the journal and every report as CSV, XLSX and PDF, unpacked."""
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    counter, out = Counter.__new__(Counter), till.base / "out"
    counter.folder = till.school / "till"
    out.mkdir()
    commands = [
        ("journal", "export", "--format", "csv", "--out", str(out / "csv")),
        ("journal", "export", "--format", "jsonl", "--out", str(out / "journal.jsonl")),
        ("report", "day", "--xlsx", str(out / "d.xlsx"), "--pdf", str(out / "d.pdf"), "--csv", str(out / "d.csv")),
        ("report", "cases", "--xlsx", str(out / "c.xlsx"), "--pdf", str(out / "c.pdf"), "--csv", str(out / "c.csv")),
        ("bills", "--json"), ("queue", "--json"), ("config", "list", "--json"), ("sell", "open", "--json"),
    ]  # fmt: skip
    said = [counter.here(*command) for command in commands]
    assert {answer.status for answer in said} == {0}, [(answer.out, answer.err) for answer in said if answer.status]
    read, hits = search([out], till.wanted)
    assert read >= 12
    assert hits == []
    assert all(not found_in((answer.out + answer.err).encode(), till.wanted) for answer in said)


@pytest.mark.parametrize(
    "spoil", [lambda b: b, lambda b: b"x" + b.hex().encode(), lambda b: b.decode().encode("utf-16-le")]
)
def test_the_search_finds_what_hides(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    import base64
    import zipfile
    import zlib

    secret = b"7731950264"
    (tmp_path / "plain").write_bytes(b"..." + spoil(secret) + b"...")
    (tmp_path / "b64").write_bytes(base64.b64encode(b"ab" + secret + b"cd"))
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("a", secret * 3)
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.4\nstream\n" + zlib.compress(secret) + b"endstream")
    assert search([tmp_path], needles([secret.decode()]))[0] == 4
    assert len(search([tmp_path], needles([secret.decode()]))[1]) == 4
    assert forms(secret)
    assert list(contents(tmp_path / "plain"))
