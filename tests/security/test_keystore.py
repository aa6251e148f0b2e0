"""The master key: made once, found again, never replaced over data that was sealed with another."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from pos.domain.errors import SecurityError
from pos.security import keystore
from pos.security.asking import Asker, Attempt
from pos.security.keystore import Backend, KeyStore, real_backends
from pos.security.passphrase import Cost
from pos.security.private_file import write_private

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


# ------------------------------------------------------------ where money is real


def an_old_plain_key(folder: Path) -> bytes:
    """As an earlier program left it: key and record, without what is noted now."""
    key = plain(folder).master_key(data_exists=False)
    record = json.loads((folder / "keystore.json").read_bytes())
    (folder / "keystore.json").write_text(json.dumps({name: record[name] for name in ("holder", "check")}))
    return key


def on_disk(folder: Path, key: bytes) -> list[str]:
    """Files in which the key can be read: as it is, in hex, or in base64."""
    forms = (key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key), key[::-1])
    return [path.name for path in folder.rglob("*") if path.is_file() and any(f in path.read_bytes() for f in forms)]


def test_a_plain_key_is_moved_into_the_key_store_and_wiped(tmp_path: Path) -> None:
    key = an_old_plain_key(tmp_path)
    assert on_disk(tmp_path, key) == ["key"]
    safe = Safe()
    assert store(tmp_path, safe, production=True).master_key(data_exists=True) == key
    assert on_disk(tmp_path, key) == []
    assert not (tmp_path / "key").exists()
    assert len(safe.kept) == 1
    again = store(tmp_path, safe, production=True)
    assert again.master_key(data_exists=True) == key
    assert again.facts()["was"] == "file"
    assert "made_utc" not in again.facts()


def test_a_plain_key_is_moved_under_a_passphrase_where_there_is_no_key_store(tmp_path: Path) -> None:
    key = an_old_plain_key(tmp_path)
    person = Typed(PHRASE)
    assert store(tmp_path, production=True, ask=person).master_key(data_exists=True) == key
    assert person.asked == ["new"]
    assert on_disk(tmp_path, key) == []
    assert store(tmp_path, production=True, ask=person).master_key(data_exists=True) == key


@pytest.mark.parametrize(("person", "told"), [(Typed(), "cancelled"), (Typed("short"), "passphrase_short")])
def test_a_plain_key_stays_whole_until_it_is_safe_elsewhere(tmp_path: Path, person: Typed, told: str) -> None:
    key = an_old_plain_key(tmp_path)
    with pytest.raises(SecurityError, match=rf"key\.{told}"):
        store(tmp_path, production=True, ask=person).master_key(data_exists=True)
    assert plain(tmp_path).master_key(data_exists=True) == key


def test_nobody_gets_a_plain_key_where_money_is_real(tmp_path: Path) -> None:
    with pytest.raises(SecurityError, match=r"key\.plain_refused"):
        store(tmp_path, environment=FILE, production=True).master_key(data_exists=False)
    assert list(tmp_path.iterdir()) == []
    an_old_plain_key(tmp_path)
    with pytest.raises(SecurityError, match=r"key\.plain_refused"):
        store(tmp_path, environment=FILE, production=True).master_key(data_exists=True)


def test_a_move_that_was_cut_off_before_the_plain_file_was_wiped_is_finished(tmp_path: Path) -> None:
    key = an_old_plain_key(tmp_path)
    left = (tmp_path / "key").read_bytes()
    person = Typed(PHRASE)
    store(tmp_path, production=True, ask=person).master_key(data_exists=True)
    (tmp_path / "key").write_bytes(left)
    assert store(tmp_path, production=True, ask=person).master_key(data_exists=True) == key
    assert on_disk(tmp_path, key) == []


# ------------------------------------------------------------ under a passphrase


def test_a_wrong_passphrase_is_told_and_opens_nothing(tmp_path: Path) -> None:
    key = store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=False)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
        store(tmp_path, ask=Typed(PHRASE + "!")).master_key(data_exists=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert on_disk(tmp_path, key) == []


def test_a_passphrase_file_gone_is_a_missing_key(tmp_path: Path) -> None:
    store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=False)
    (tmp_path / "key.sealed").unlink()
    with pytest.raises(SecurityError, match=r"key\.missing"):
        store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=True)


def test_a_file_made_when_guesses_were_dearer_is_made_anew(tmp_path: Path) -> None:
    key = store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=False)
    dearer = Cost(memory_kib=128, passes=2, lanes=1)
    assert store(tmp_path, ask=Typed(PHRASE), cost=dearer).master_key(data_exists=True) == key
    assert json.loads((tmp_path / "key.sealed").read_bytes())["memory_kib"] == 128
    assert store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=True) == key
    assert json.loads((tmp_path / "key.sealed").read_bytes())["memory_kib"] == 128


def test_another_passphrase_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    person = Typed(PHRASE)
    opened = store(tmp_path, ask=person)
    key = opened.master_key(data_exists=False)
    person.phrase = "năm con gà trống"
    opened.change_passphrase()
    assert store(tmp_path, ask=person).master_key(data_exists=True) == key
    with pytest.raises(SecurityError, match=r"key\.passphrase_wrong"):
        store(tmp_path, ask=Typed(PHRASE)).master_key(data_exists=True)
    other = plain(tmp_path / "other")
    other.master_key(data_exists=False)
    with pytest.raises(SecurityError, match=r"key\.no_passphrase"):
        other.change_passphrase()


# ------------------------------------------------------------ changing the key

HOLDERS = ["system", "passphrase", "plain"]


def holder(kind: str, folder: Path, safe: Safe) -> KeyStore:
    if kind == "plain":
        return plain(folder)
    return store(folder, safe) if kind == "system" else store(folder, ask=Typed(PHRASE))


@pytest.mark.parametrize("kind", HOLDERS)
def test_two_keys_stand_beside_each_other_until_the_change_is_done(tmp_path: Path, kind: str) -> None:
    safe = Safe()
    opened = holder(kind, tmp_path, safe)
    old, new = opened.master_key(data_exists=False), bytes(range(32))
    opened.change_to(new, by="Hương", forget_old=False)
    again = holder(kind, tmp_path, safe)
    ring = again.ring(data_exists=True)
    assert (ring.current, ring.other) == (new, old)
    assert again.facts()["changing"] == "Hương"
    again.end_change()
    last = holder(kind, tmp_path, safe)
    ring = last.ring(data_exists=True)
    assert (ring.current, ring.other) == (new, None)
    assert "changing" not in last.facts()
    assert last.facts()["made_utc"]
    assert len(safe.kept) == (1 if kind == "system" else 0)
    kept = "".join(safe.kept.values()) + "".join(p.read_text() for p in tmp_path.iterdir())
    assert base64.b64encode(old).decode() not in kept


@pytest.mark.parametrize("kind", HOLDERS)
@pytest.mark.parametrize("step", ["change", "end"])
def test_whatever_file_was_the_last_to_be_written_a_key_is_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, step: str
) -> None:
    """The plug is pulled before the first, second … file of a change."""
    for files in range(4):
        folder, safe = tmp_path / str(files), Safe()
        opened = holder(kind, folder, safe)
        old, new, left = opened.master_key(data_exists=False), bytes(range(32)), [files]
        if step == "end":
            opened.change_to(new, by="Hương", forget_old=False)

        def write(path: Path, data: bytes, left: list[int] = left) -> None:
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
            write_private(path, data)

        with monkeypatch.context() as patch:
            patch.setattr(keystore, "write_private", write)
            with suppress(KeyboardInterrupt):
                opened.end_change() if step == "end" else opened.change_to(new, by="Hương", forget_old=False)
        ring = holder(kind, folder, safe).ring(data_exists=True)
        assert ring.current == new if step == "end" else ring.current in (old, new)
        if ring.current == new and step == "change":
            assert ring.other == old


def test_a_key_store_that_no_longer_takes_anything_leaves_the_old_key_in_force(tmp_path: Path) -> None:
    safe = Safe()
    opened = store(tmp_path, safe)
    old = opened.master_key(data_exists=False)
    safe.locked = True
    with pytest.raises(SecurityError, match=r"key\.locked"):
        opened.change_to(bytes(range(32)), by="Hương", forget_old=False)
    safe.locked = False
    assert store(tmp_path, safe).ring(data_exists=True).current == old


def test_no_key_is_shown_by_what_is_printed(tmp_path: Path) -> None:
    opened = store(tmp_path, ask=Typed(PHRASE))
    key = opened.master_key(data_exists=False)
    for text in (repr(opened), repr(opened.ring(data_exists=True)), repr(opened._box), str(opened.facts())):
        assert base64.b64encode(key).decode() not in text
        assert repr(key) not in text
