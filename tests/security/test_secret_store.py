"""Secrets of the settings on disk: sealed, private, replaced whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from pos.domain.errors import SecurityError
from pos.security.private_file import write_private
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault

VAULT = Vault(bytes(range(32)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "secrets.bin"


def test_a_secret_set_is_there_after_a_restart(path: Path) -> None:
    store = SecretStore(path, VAULT)
    store.set("gotit.pin", "mật-khẩu-246810")
    store.set("other", "x")
    again = SecretStore(path, VAULT)
    assert again.get("gotit.pin") == "mật-khẩu-246810"
    assert again.names() == ("gotit.pin", "other")
    again.forget("other")
    again.forget("never set")
    assert SecretStore(path, VAULT).names() == ("gotit.pin",)


def test_nothing_set_is_nothing_there(path: Path) -> None:
    store = SecretStore(path, VAULT)
    assert store.get("gotit.pin") is None
    assert store.names() == ()
    assert not path.exists()


def test_the_file_is_private_and_tells_nothing(path: Path) -> None:
    SecretStore(path, VAULT).set("gotit.pin", "246810")
    assert path.stat().st_mode & 0o777 == 0o600
    stored = path.read_bytes()
    assert b"246810" not in stored
    assert b"gotit" not in stored
    assert [file.name for file in path.parent.iterdir()] == ["secrets.bin"]


def test_another_key_or_a_damaged_file_is_told_and_left_alone(path: Path) -> None:
    SecretStore(path, VAULT).set("gotit.pin", "246810")
    before = path.read_bytes()
    stranger = SecretStore(path, Vault(bytes(32)))
    for attempt in (lambda: stranger.get("gotit.pin"), lambda: stranger.set("gotit.pin", "1"), stranger.names):
        with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
            attempt()
    assert path.read_bytes() == before
    path.write_bytes(before[:-1])
    with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
        SecretStore(path, VAULT).get("gotit.pin")


def test_a_write_that_fails_leaves_the_old_secrets(path: Path) -> None:
    store = SecretStore(path, VAULT)
    store.set("gotit.pin", "246810")
    (path.parent / "secrets.bin.part").mkdir()  # the draft cannot be made
    with pytest.raises(SecurityError, match=r"secrets\.not_written"):
        store.set("gotit.pin", "13579")
    assert store.get("gotit.pin") == "246810"


def test_a_draft_left_by_a_power_cut_is_in_nobodys_way(path: Path) -> None:
    path.with_name("secrets.bin.part").write_bytes(b"half")
    write_private(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert not path.with_name("secrets.bin.part").exists()


def test_a_file_that_cannot_be_read_is_told(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SecurityError, match=r"secrets\.not_readable"):
        SecretStore(path, VAULT).get("gotit.pin")
