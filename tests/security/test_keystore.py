"""The master key: made once, found again, never replaced over data that was sealed with another."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from pos.domain.errors import SecurityError
from pos.security import keystore
from pos.security.asking import Asker, Attempt
from pos.security.keystore import Backend, KeyStore, real_backends
from pos.security.passphrase import Cost

FILE = {"QUAY_KEYSTORE": "file"}


class Safe:
    """A key store in memory; can be locked, forgetful or broken."""

    def __init__(self, *, locked: bool = False, forgetful: bool = False) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = locked
        self.forgetful = forgetful

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise RuntimeError("the collection is locked")
        return None if self.forgetful else self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise RuntimeError("the collection is locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Typed:
    """Somebody who types the same whatever is asked, or leaves."""

    def __init__(self, phrase: str = "") -> None:
        self.phrase = phrase
        self.asked: list[str] = []

    def existing(self, attempt: Attempt) -> None:
        self._type("existing", attempt)

    def new(self, attempt: Attempt) -> None:
        self._type("new", attempt)

    def _type(self, which: str, attempt: Attempt) -> None:
        self.asked.append(which)
        if not self.phrase:
            raise SecurityError("key.cancelled")
        attempt(self.phrase)


CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PHRASE = "bốn con mèo mướp"


def store(
    folder: Path,
    *backends: Backend,
    environment: dict[str, str] | None = None,
    production: bool = False,
    ask: Asker | None = None,
    cost: Cost = CHEAP,
) -> KeyStore:
    def found() -> Iterable[Backend]:
        return backends

    return KeyStore(folder, environment or {}, found, ask=ask, production=production, cost=cost)


def plain(folder: Path) -> KeyStore:
    return store(folder, environment=FILE)


def test_the_key_is_made_once_and_found_again_in_the_operating_systems_store(tmp_path: Path) -> None:
    safe = Safe()
    key = store(tmp_path, safe).master_key(data_exists=False)
    assert len(key) == 32
    assert store(tmp_path, safe).master_key(data_exists=True) == key
    assert not (tmp_path / "key").exists()
    assert base64.b64encode(key).decode() not in (tmp_path / "keystore.json").read_text()


@pytest.mark.parametrize(
    "safes", [(), (Safe(locked=True),), (Safe(forgetful=True),)], ids=["none", "locked", "forgetful"]
)
def test_without_a_real_key_store_the_key_hangs_on_a_passphrase(tmp_path: Path, safes: tuple[Safe, ...]) -> None:
    person = Typed(PHRASE)
    key = store(tmp_path, *safes, ask=person).master_key(data_exists=False)
    assert store(tmp_path, ask=person).master_key(data_exists=True) == key
    assert person.asked == ["new", "existing"]
    assert {path.name for path in tmp_path.iterdir()} == {"key.sealed", "keystore.json"}
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_the_environment_may_ask_for_the_file(tmp_path: Path) -> None:
    safe = Safe()
    store(tmp_path, safe, environment=FILE).master_key(data_exists=False)
    assert safe.kept == {}
    assert (tmp_path / "key").exists()


def test_a_choice_made_is_kept_whatever_the_environment_says_later(tmp_path: Path) -> None:
    safe = Safe()
    key = store(tmp_path, safe).master_key(data_exists=False)
    assert store(tmp_path, safe, environment=FILE).master_key(data_exists=True) == key


def test_a_missing_key_over_existing_data_is_told_and_never_made_anew(tmp_path: Path) -> None:
    with pytest.raises(SecurityError, match=r"key\.missing"):
        store(tmp_path).master_key(data_exists=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data_exists", [True, False])
def test_a_key_file_taken_away_is_told(tmp_path: Path, data_exists: bool) -> None:
    plain(tmp_path).master_key(data_exists=False)
    (tmp_path / "key").unlink()
    with pytest.raises(SecurityError, match=r"key\.missing"):
        plain(tmp_path).master_key(data_exists=data_exists)
    assert not (tmp_path / "key").exists()


def test_a_key_store_that_is_gone_or_emptied_is_told(tmp_path: Path) -> None:
    safe = Safe()
    store(tmp_path, safe).master_key(data_exists=False)
    for now in ((), (Safe(),)):
        with pytest.raises(SecurityError, match=r"key\.missing"):
            store(tmp_path, *now).master_key(data_exists=True)


def test_a_locked_key_store_is_told_as_locked(tmp_path: Path) -> None:
    safe = Safe()
    store(tmp_path, safe).master_key(data_exists=False)
    safe.locked = True
    with pytest.raises(SecurityError, match=r"key\.locked"):
        store(tmp_path, safe).master_key(data_exists=True)


@pytest.mark.parametrize("content", [base64.b64encode(bytes(32)), b"", b"not a key", b"AAAA", b"\xff\xfe"])
def test_a_wrong_key_is_told_as_wrong(tmp_path: Path, content: bytes) -> None:
    plain(tmp_path).master_key(data_exists=False)
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(SecurityError, match=r"key\.wrong"):
        plain(tmp_path).master_key(data_exists=True)
    assert (tmp_path / "key").read_bytes() == content


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"holder": "file"}', b"\xff"])
def test_a_damaged_record_is_told_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    plain(tmp_path).master_key(data_exists=False)
    (tmp_path / "keystore.json").write_bytes(content)
    with pytest.raises(SecurityError, match=r"key\.missing"):
        plain(tmp_path).master_key(data_exists=True)
    assert (tmp_path / "keystore.json").read_bytes() == content


def test_a_first_start_that_died_between_key_and_record_goes_on_with_its_key(tmp_path: Path) -> None:
    key = plain(tmp_path).master_key(data_exists=False)
    (tmp_path / "keystore.json").unlink()
    assert plain(tmp_path).master_key(data_exists=False) == key
    assert json.loads((tmp_path / "keystore.json").read_bytes())["holder"] == "file"


def test_back_ends_that_do_not_encrypt_are_never_taken() -> None:
    taken = {type(backend).__module__ for backend in real_backends()}
    assert taken <= keystore._REAL
    for bad in ("keyring.backends.null", "keyring.backends.fail", "keyring.backends.chainer", "keyrings.alt.file",
                "keyrings.alt.Windows"):  # fmt: skip
        assert bad not in keystore._REAL


def test_no_error_says_what_the_key_is(tmp_path: Path) -> None:
    key = plain(tmp_path).master_key(data_exists=False)
    (tmp_path / "key").write_bytes(base64.b64encode(key[::-1]))
    with pytest.raises(SecurityError) as caught:
        plain(tmp_path).master_key(data_exists=True)
    told = f"{caught.value!r} {caught.value} {caught.value.__cause__}"
    assert base64.b64encode(key[::-1]).decode() not in told
