"""`quay keys …`: backed up, lost, put back, changed, each by a manager's command, and read by independent eyes."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import select
import shutil
import sqlite3
import sys
import time
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from pos.cli import main
from tests.integration.counter import ROOT, Said

PIN, PHRASE = "258013", "bon con meo muop"
SECRET = "7305815"


class Till:
    """A data folder and commands on it, in this process."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch

    def __call__(self, *words: str, stdin: str = "") -> Said:
        raw, err = io.BytesIO(), io.StringIO()
        out = io.TextIOWrapper(raw, "utf-8")
        self._patch.setattr(sys, "stdin", io.StringIO(stdin))
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["--data", str(self.folder), "--lang", "en", *words])
        out.flush()
        self.raw = raw.getvalue()
        return Said(status, self.raw.decode("utf-8", "replace"), err.getvalue())

    def key(self) -> bytes:
        return base64.b64decode((self.folder / "key").read_text().split()[0])

    def audited(self, kind: str) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.folder / "journal.db")) as db:
            return db.execute("SELECT actor, facts FROM audit WHERE facts LIKE ?", (f'%"{kind}"%',)).fetchall()

    def holds(self, *texts: str) -> list[str]:
        """Files below the data folder in which any of the texts stands."""
        found = [path for path in self.folder.rglob("*") if path.is_file()]
        return [path.name for path in found if any(text.encode() in path.read_bytes() for text in texts)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUAY_KEYSTORE", "file")
        till = Till(tmp_path_factory.mktemp("model") / "till", patch)
        assert till("config", "set", "gotit.pin", SECRET, "store.code", "HN03", "store.name", "Lê Lợi").status == 0
        assert till("people", "add", "Hương", "--role", "manager", stdin=f"{PIN}\n").status == 0
    return till.folder


@pytest.fixture
def till(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    shutil.copytree(model, tmp_path / "till")
    return Till(tmp_path / "till", monkeypatch)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def backed_up(till: Till, file: Path) -> str:
    """The code."""
    said = till("keys", "backup", "--out", str(file), "--json", stdin=f"{PIN}\n")
    assert said.status == 0, said.err
    return str(said.json["code"])


def test_lost_keys_come_back_from_the_stick_and_the_sheet(till: Till, stick: Path) -> None:
    code, key = backed_up(till, stick / "a.keys"), till.key()
    (till.folder / "key").unlink()
    (till.folder / "secrets.bin").unlink()
    assert till("bills").status == 2
    said = till("keys", "restore", str(stick / "a.keys"), stdin=f"{code.lower()}\n")
    assert (said.status, till.key()) == (0, key)
    assert till("people", "list", "--json").json[0]["name"] == "Hương"
    assert till("journal", "verify").status == 0
    from pos.bootstrap import open_folder

    assert open_folder(till.folder).settings.text("gotit.pin") == SECRET
    (_, facts), *more = till.audited("keys.restored")
    assert not more
    assert json.loads(stick.joinpath("a.keys").read_bytes())["store"] == "HN03"
    assert SECRET not in facts


def test_secrets_that_are_newer_than_the_backup_stay(till: Till, stick: Path) -> None:
    code = backed_up(till, stick / "a.keys")
    assert till("config", "set", "gotit.pin", "9999999", stdin=f"{PIN}\n").status == 0
    (till.folder / "key").unlink()
    assert till("keys", "restore", str(stick / "a.keys"), stdin=code).status == 0
    from pos.bootstrap import open_folder

    assert open_folder(till.folder).settings.text("gotit.pin") == "9999999"


def test_a_typing_error_another_sheet_and_another_till_are_told_apart(till: Till, stick: Path, tmp_path: Path) -> None:
    code, other = backed_up(till, stick / "a.keys"), backed_up(till, stick / "b.keys")
    before = till.key()
    assert "key.not_missing" in till("keys", "restore", str(stick / "a.keys"), "--json", stdin=code).out
    (till.folder / "key").unlink()
    at = 7
    typo = code[:at] + ("A" if code[at] != "A" else "B") + code[at + 1 :]
    for words, told in ((typo, "recovery.typo"), (other, "recovery.wrong_code"), (code[:-1], "recovery.length")):
        assert told in till("keys", "restore", str(stick / "a.keys"), "--json", stdin=words).out
        assert not (till.folder / "key").exists()
    assert "backup_of_keys.not_one" in till("keys", "restore", __file__, "--json", stdin=code).out
    (tmp_path / "other").mkdir()
    another = Till(tmp_path / "other" / "till", till._patch)
    assert another("people", "add", "Lan", "--role", "manager", stdin=f"{PIN}\n").status == 0
    (another.folder / "key").unlink()
    said = another("keys", "restore", str(stick / "a.keys"), "--json", stdin=code)
    assert said.json["error"] == "backup_of_keys.of_another"
    assert till("keys", "restore", str(stick / "a.keys"), stdin=code).status == 0
    assert till.key() == before


def test_a_new_machine_gets_the_keys_into_an_empty_folder(till: Till, stick: Path, tmp_path: Path) -> None:
    code, key = backed_up(till, stick / "a.keys"), till.key()
    fresh = Till(tmp_path / "fresh", till._patch)
    assert fresh("keys", "restore", str(stick / "a.keys"), stdin=code).status == 0
    for name in ("journal.db", "settings.json"):
        shutil.copy(till.folder / name, fresh.folder / name)
    assert fresh.key() == key
    assert fresh("people", "list").status == 0
    assert fresh("journal", "verify").status == 0


def test_the_sheet_says_what_it_is_for_and_its_code_is_nowhere_else(till: Till, stick: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.pdf"
    said = till("keys", "backup", "--out", str(stick / "a.keys"), "--sheet", str(sheet), stdin=f"{PIN}\n")
    assert said.status == 0
    assert (sheet.stat().st_mode & 0o777, (stick / "a.keys").stat().st_mode & 0o777) == (0o600, 0o600)
    page = pypdfium2.PdfDocument(sheet)[0]
    text, picture = page.get_textpage().get_text_range(), page.render(scale=3).to_pil()
    (seen,) = zxingcpp.read_barcodes(picture)
    groups = seen.text.split()
    assert len(groups) == 7
    assert all(group in text for group in groups)
    number = json.loads((stick / "a.keys").read_bytes())
    assert number["check"] not in text
    for wanted in ("Lê Lợi", "HN03", "Hương", "a.keys", "quay keys restore", "safe"):
        assert wanted in text
    assert till.holds(*groups) == []
    assert not any(group in said.out + said.err for group in groups)
    assert not any(group.encode() in (stick / "a.keys").read_bytes() for group in groups)
    (till.folder / "key").unlink()
    assert till("keys", "restore", str(stick / "a.keys"), stdin=seen.text).status == 0


def test_the_sheet_goes_into_a_printer_without_a_file(till: Till, stick: Path) -> None:
    said = till("keys", "backup", "--out", str(stick / "a.keys"), "--sheet", "-", stdin=f"{PIN}\n")
    assert said.status == 0
    assert len(pypdfium2.PdfDocument(till.raw)) == 1
    assert [path.name for path in stick.iterdir()] == ["a.keys"]


def test_a_backup_goes_nowhere_it_would_be_lost_or_open(till: Till, stick: Path, tmp_path: Path) -> None:
    for out, sheet, told in (
        (till.folder / "a.keys", tmp_path / "s.pdf", "backup_of_keys.in_folder"),
        (stick / "a.keys", till.folder / "s.pdf", "backup_of_keys.in_folder"),
        (stick / "a.keys", stick / "s.pdf", "backup_of_keys.beside"),
        (stick / "none" / "a.keys", tmp_path / "s.pdf", "secrets.not_written"),
    ):
        said = till("keys", "backup", "--out", str(out), "--sheet", str(sheet), "--json", stdin=f"{PIN}\n")
        assert said.json["error"] == told
        assert not out.exists()
        assert not sheet.exists()
    backed_up(till, stick / "a.keys")
    before = (stick / "a.keys").read_bytes()
    again = till("keys", "backup", "--out", str(stick / "a.keys"), "--json", stdin=f"{PIN}\n")
    assert again.json["error"] == "backup_of_keys.exists"
    assert (stick / "a.keys").read_bytes() == before


def test_a_sheet_that_cannot_be_made_leaves_no_backup(till: Till, stick: Path, tmp_path: Path) -> None:
    """A file without its code is waste that looks like a backup."""
    (tmp_path / "s.pdf").touch()
    said = till("keys", "backup", "--out", str(stick / "a.keys"), "--sheet", str(tmp_path / "s.pdf"), "--json",
                stdin=f"{PIN}\n")  # fmt: skip
    assert said.json["error"] == "backup_of_keys.exists"
    assert list(stick.iterdir()) == []
    assert till("keys", "status", "--json").json["backup_on"] is None


@pytest.mark.parametrize("words", [("backup", "--out", "{stick}/a.keys"), ("rotate",)])
def test_keys_are_a_managers(till: Till, stick: Path, words: tuple[str, ...]) -> None:
    key = till.key()
    said = till("keys", *(word.format(stick=stick) for word in words), "--json", stdin="999999\n")
    assert said.json["error"] == "pin.wrong"
    assert till.key() == key
    assert list(stick.iterdir()) == []


def test_a_key_is_changed_and_the_chain_says_by_whom(till: Till, stick: Path) -> None:
    backed_up(till, stick / "a.keys")
    assert till("keys", "status", "--json").json["backup_on"] is not None
    old = till.key()
    assert till("keys", "rotate", stdin=f"{PIN}\n").status == 0
    assert till.key() != old
    assert till("journal", "verify").status == 0
    assert [actor for actor, _ in till.audited("keys.changed")] == ["Hương"]
    assert [actor for actor, _ in till.audited("keys.backed_up")] == ["Hương"]
    assert till("people", "add", "Lan", stdin=f"{PIN}\n603917\n").status == 0
    assert base64.b64encode(old).decode() not in "".join(map(str, till.holds(base64.b64encode(old).decode())))
    assert till.holds(base64.b64encode(old).decode()) == []
    assert till.audited("settings.changed_outside") == []


def test_a_change_that_was_cut_off_is_finished_by_the_next_rotate_which_begins_no_other(till: Till) -> None:
    from pos.bootstrap import open_folder

    opened = open_folder(till.folder)
    opened.keys.ring(data_exists=True)
    opened.keys.change_to(bytes(range(32)), by="Hương", forget_old=False)
    assert "changing" in json.loads((till.folder / "keystore.json").read_bytes())
    assert "changing" in till("keys", "status", "--json").out
    assert till("keys", "rotate", "--json").json == {"changed": True, "went_on": True}
    assert till.key() == bytes(range(32))


def test_the_status_tells_what_should_be_done(till: Till) -> None:
    said = till("config", "set", "vinid.key_expires_on", "2020-01-01", stdin=f"{PIN}\n")
    assert said.status == 0
    said = till("keys", "status")
    assert said.status == 1
    assert "has ended" in said.out
    assert "plain file" in said.out


def test_a_folder_under_a_passphrase_holds_no_key_and_opens_by_another_after_it_was_forgotten(
    till: Till, stick: Path, tmp_path: Path
) -> None:
    """Where the machine has no key store; with the full cost of the passphrase."""
    code, key = backed_up(till, stick / "a.keys"), till.key()
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    till._patch.setenv("QUAY_KEYSTORE", "")
    till._patch.setattr("pos.security.keystore.real_backends", lambda: ())
    till._patch.setenv("QUAY_PASSPHRASE_FILE", str(phrase))
    fresh = Till(tmp_path / "fresh", till._patch)
    assert fresh("keys", "restore", str(stick / "a.keys"), stdin=code).status == 0
    assert fresh("keys", "status", "--json").json["holder"] == "passphrase"
    assert fresh.holds(base64.b64encode(key).decode(), key.hex(), PHRASE, SECRET) == []
    assert not any(key in path.read_bytes() for path in fresh.folder.rglob("*") if path.is_file())
    phrase.write_text("a quite different one")
    assert "key.passphrase_wrong" in fresh("config", "get", "gotit.pin", "--json").out
    said = fresh("keys", "restore", str(stick / "a.keys"), "--forgotten", stdin=code)
    assert said.status == 0
    assert fresh("config", "get", "gotit.pin").status == 0


@pytest.mark.skipif(not hasattr(os, "forkpty"), reason="needs a terminal")
def test_the_passphrase_is_typed_at_a_real_terminal_and_not_shown(tmp_path: Path) -> None:
    """Chosen, typed twice, and asked for by the next command; standard input is not read."""
    folder = tmp_path / "till"
    shown = _at_terminal(["config", "set", "gotit.pin", SECRET], folder, [PHRASE, PHRASE])
    assert shown.count("New passphrase:") == 1
    assert PHRASE not in shown
    shown = _at_terminal(["config", "get", "gotit.pin"], folder, ["not the right one", PHRASE])
    assert "not the passphrase" in shown
    assert "••••" in shown
    assert PHRASE not in shown


def _at_terminal(words: list[str], folder: Path, lines: list[str]) -> str:
    child, terminal = os.forkpty()
    if not child:
        os.chdir(ROOT)
        script = (
            "import sys, pos.security.keystore as k; k.real_backends = lambda: ();"
            " from pos.cli import main; sys.exit(main())"
        )
        environment = {name: value for name, value in os.environ.items() if not name.startswith("QUAY_")}
        command = [sys.executable, "-c", script, "--data", str(folder), "--lang", "en", *words]
        os.execve(sys.executable, command, environment)  # noqa: S606 - a child of this test
    shown, left, end_s = b"", list(lines), time.monotonic() + 60
    asked = 0
    while time.monotonic() < end_s and select.select([terminal], [], [], 60)[0]:
        try:
            shown += os.read(terminal, 4096)
        except OSError:  # the other end is gone
            break
        while left and shown.count(b": ") > asked:
            asked += 1
            os.write(terminal, left.pop(0).encode() + b"\n")
    with contextlib.suppress(ChildProcessError):
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown.decode()
    os.close(terminal)
    return shown.decode()
