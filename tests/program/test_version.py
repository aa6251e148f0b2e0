"""`quay --version` and what the program says it is made with: the first thing support asks for."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import qVersion

from pos.cli.main import main
from pos.made_with import engines, installed_parts, parts
from pos.version import VERSION, checked_out

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("words", [("--version",), ("version",), ("--lang", "en", "--version")])
def test_it_tells_its_version_and_what_it_runs_on_without_a_data_folder(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--data", str(tmp_path / "none")]) == 0

    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"quay {VERSION} (source)"
    assert f"Qt {qVersion()} · SQLite " in "\n".join(rest)
    assert not (tmp_path / "none").exists()


def test_for_scripts_it_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [*told] == ["version", "commit", "date", "package", "python", "qt", "sqlite", "tls", "sealing", "parts"]
    assert told["qt"] == told["parts"]["Qt"] == told["parts"]["PySide6_Essentials"] == qVersion()


def test_a_commands_own_words_are_never_taken_for_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["people", "--version"])
    assert ended.value.code == 2
    assert VERSION not in capsys.readouterr().out


def test_it_loads_no_window_system() -> None:
    """A till whose Qt does not start must still be able to say which one that is."""
    asked = "import sys; from pos.cli.main import main; main(['--version']); print('PySide6' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.splitlines()[-1] == "False"


def test_parts_are_what_runs_not_what_develops() -> None:
    names = {part.name.lower() for part in parts()}
    assert {"python", "qt", "openssl", "sqlite", "be vietnam pro", "httpx", "h11", "starlette"} <= names
    assert not {"pytest", "mypy", "ruff", "pyinstaller", "quay-voucher"} & names


def test_the_parts_are_told_beside_the_reader_that_the_key_store_brings() -> None:
    """A backport in place of Python's own reader, which keyring loads, raised at the first licence."""
    asked = "import importlib_metadata; from pos.made_with import installed_parts; print(len(installed_parts()))"
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(said.stdout) == len(installed_parts())


def test_both_openssl_are_told_where_they_differ() -> None:
    two = engines()
    assert two.openssl.startswith(two.tls)
    assert two.sealing in two.openssl


@pytest.mark.parametrize("packed", [False, True])
def test_a_clones_commit_is_the_one_checked_out(tmp_path: Path, packed: bool) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=n", "-c", "user.email=n@example.invalid", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "-q", "-b", "main")
    assert checked_out(tmp_path / ".git") == ""
    git("commit", "-q", "--allow-empty", "-m", "one")
    if packed:
        git("pack-refs", "--all")
    assert checked_out(tmp_path / ".git") == git("rev-parse", "HEAD")
    git("checkout", "-q", "--detach")
    assert checked_out(tmp_path / ".git") == git("rev-parse", "HEAD")
