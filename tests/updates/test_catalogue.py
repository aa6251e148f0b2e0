"""What is believed: the owner's signature, and nothing that an attacker makes of her folder."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, Targets

from pos.domain.errors import UpdateError
from tests.updates.conftest import Asking
from tests.updates.owner import COMMIT, NOTES, Owner, flip, rewrite, tool


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UpdateError) as caught:
        act()
    return caught.value.code


def test_the_newest_release_for_this_kind_of_installation_is_offered(owner: Owner, asking: Asking) -> None:
    owner.release("0.10.0")
    owner.release("0.9.0")
    owner.release("0.11.0", "deb")
    found = asking.newest(owner.repo)
    assert found is not None
    assert (found.offer.version, found.offer.package, found.offer.commit) == ("0.10.0", "tarball", COMMIT)
    assert (found.offer.notes("vi"), found.offer.notes("en")) == (NOTES["vi"], NOTES["en"])
    assert found.offer.schema == 8


@pytest.mark.parametrize("installed", ["0.2.0", "0.10.0", "1.0.0"])
def test_a_version_that_is_older_or_the_same_is_never_offered(owner: Owner, asking: Asking, installed: str) -> None:
    assert asking.newest(owner.repo, than=installed) is None


def test_another_library_finds_the_same_signature_good(owner: Owner, tmp_path: Path) -> None:
    """OpenSSL itself, over canonical JSON made by nothing of the framework's."""
    told = json.loads((owner.metadata / "timestamp.json").read_text("utf-8"))
    (signature,) = told["signatures"]
    key = json.loads(owner.root)["signed"]["keys"][signature["keyid"]]["keyval"]["public"]
    message = json.dumps(told["signed"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    der = bytes.fromhex("302a300506032b6570032100" + key)  # RFC 8410 §4: an Ed25519 public key
    for name, data in (("key", der), ("message", message), ("signature", bytes.fromhex(signature["sig"]))):
        (tmp_path / name).write_bytes(data)

    def verify() -> int:
        return subprocess.run(
            ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", tmp_path / "key", "-rawin",
             "-in", tmp_path / "message", "-sigfile", tmp_path / "signature"],
            check=False, capture_output=True,
        ).returncode  # fmt: skip

    assert verify() == 0
    flip(tmp_path / "message", 40)
    assert verify() != 0


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json"])
@pytest.mark.parametrize("at", [0, 40, 150, 333, -3])
def test_a_flipped_bit_in_any_list_is_refused(owner: Owner, asking: Asking, name: str, at: int) -> None:
    flip(owner.metadata / name, at)
    code = refused(lambda: asking.newest(owner.repo))
    assert code in {"update.bad_signature", "update.unreadable", "update.damaged"}


def test_a_list_that_is_changed_and_still_sound_has_no_signature_any_more(owner: Owner, asking: Asking) -> None:
    rewrite(owner.metadata / "timestamp.json", lambda told: told["signed"].update(version=99))
    assert refused(lambda: asking.newest(owner.repo)) == "update.bad_signature"


def test_a_strangers_whole_repository_is_refused(owner: Owner, asking: Asking, tmp_path: Path) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    stranger = Owner(folder)
    stranger.release("9.9.9")
    assert refused(lambda: asking.newest(stranger.repo)) == "update.bad_signature"


def test_a_root_that_only_a_stranger_signed_is_refused(owner: Owner, asking: Asking, tmp_path: Path) -> None:
    folder = tmp_path / "stranger"
    folder.mkdir()
    stranger = Owner(folder)
    shutil.copy(stranger.metadata / "1.root.json", owner.metadata / "2.root.json")
    rewrite(owner.metadata / "2.root.json", lambda told: told["signed"].update(version=2))
    assert refused(lambda: asking.newest(owner.repo)) == "update.bad_signature"


@pytest.mark.parametrize("role", ["timestamp", "snapshot", "targets"])
def test_a_list_signed_by_the_key_of_another_role_is_refused(owner: Owner, asking: Asking, role: str) -> None:
    """Whoever has the key of the timestamp cannot sign programs with it."""
    other = {"timestamp": "snapshot", "snapshot": "targets", "targets": "timestamp"}[role]
    name = {"timestamp": "timestamp.json", "snapshot": "2.snapshot.json", "targets": "2.targets.json"}[role]
    secret = tool().passphrase()
    held: Metadata[Any] = Metadata.from_file(str(owner.metadata / name))
    held.sign(tool().read_key(owner.stick, other, secret))
    held.to_file(str(owner.metadata / name))
    assert refused(lambda: asking.newest(owner.repo)) in {"update.bad_signature", "update.damaged"}


@pytest.mark.parametrize("whole", [True, False], ids=["everything", "the-timestamp"])
def test_what_was_true_once_is_refused_after_something_newer_was_seen(
    owner: Owner, asking: Asking, tmp_path: Path, whole: bool
) -> None:
    """A stick of last month in the hands of somebody who likes the old program's mistakes."""
    old = owner.copy(tmp_path / "old-stick")
    owner.release("0.3.0")
    assert asking.newest(owner.repo) is not None
    if whole:
        assert refused(lambda: asking.newest(old)) == "update.replayed"
    else:
        shutil.copy(old / "metadata" / "timestamp.json", owner.metadata)
        assert refused(lambda: asking.newest(owner.repo)) == "update.replayed"


def test_lists_of_two_releases_do_not_mix(owner: Owner, asking: Asking, tmp_path: Path) -> None:
    """Each is signed; together they never were."""
    old = owner.copy(tmp_path / "old-stick")
    owner.release("0.3.0")
    shutil.copy(old / "metadata" / "2.targets.json", owner.metadata / "3.targets.json")
    assert refused(lambda: asking.newest(owner.repo)) == "update.damaged"
    owner.refresh()
    shutil.copy(old / "metadata" / "2.snapshot.json", owner.metadata / "4.snapshot.json")
    assert refused(lambda: asking.newest(owner.repo)) == "update.damaged"


@pytest.mark.parametrize("name", ["timestamp.json", "2.snapshot.json", "2.targets.json", "2.root.json"])
def test_an_endless_list_is_not_read_to_its_end(owner: Owner, asking: Asking, name: str) -> None:
    with (owner.metadata / name).open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of nothing: would take hours, and the memory
    assert refused(lambda: asking.newest(owner.repo)) == "update.damaged"


def test_a_list_that_waits_for_ever_is_not_waited_for(owner: Owner, asking: Asking) -> None:
    import os

    (owner.metadata / "timestamp.json").unlink()
    os.mkfifo(owner.metadata / "timestamp.json")
    assert refused(lambda: asking.newest(owner.repo)) == "update.source_gone"


def test_a_missing_list_is_told_as_that(owner: Owner, asking: Asking) -> None:
    (owner.metadata / "2.snapshot.json").unlink()
    assert refused(lambda: asking.newest(owner.repo)) == "update.incomplete"


def test_lists_that_expired_are_refused_with_the_tills_clock_in_the_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "owner"
    folder.mkdir()
    owner = Owner(folder, datetime.now(UTC) - timedelta(days=191))
    owner.release("0.2.0")
    with pytest.raises(UpdateError) as caught:
        Asking(tmp_path / "trusted", owner).newest(owner.repo)
    assert caught.value.code == "update.expired"
    assert "now" in caught.value.params
    owner.now = datetime.now(UTC)
    owner.refresh()
    assert Asking(tmp_path / "trusted", owner).newest(owner.repo) is not None


def test_a_till_whose_clock_is_behind_is_told_so(owner: Owner, asking: Asking) -> None:
    """Its clock could not tell what has expired."""
    early = datetime.now(UTC) - timedelta(days=30)
    assert refused(lambda: asking.newest(owner.repo, now=early)) == "update.clock_behind"


def _add_signed(owner: Owner, name: str, **custom: object) -> None:
    """The owner herself signs something odd."""
    secret = tool().passphrase()
    keys = {role: tool().read_key(owner.stick, role, secret) for role in tool().ROLES}
    repository = tool().Repository(owner.repo)
    targets: Metadata[Targets] = repository.current_targets()
    info = next(iter(targets.signed.targets.values()))
    odd = type(info)(info.length, info.hashes, name, dict(info.unrecognized_fields))
    odd.unrecognized_fields["custom"] = {**info.unrecognized_fields["custom"], **custom}
    targets.signed.targets[name] = odd
    targets.signed.version += 1
    repository.publish(targets, keys, owner.now)


@pytest.mark.parametrize(
    "name",
    ["../quay-voucher-0.9.0-linux-x86_64.tar.xz", "/etc/quay-voucher-0.9.0-linux-x86_64.tar.xz",
     "a/quay-voucher-0.9.0-linux-x86_64.tar.xz", "..\\quay-voucher-0.9.0-linux-x86_64.tar.xz",
     "quay-voucher-0.9.0-linux-x86_64.tar.xz\n", ".quay-voucher-0.9.0-linux-x86_64.tar.xz",
     "quay-voucher-9999999999.0.0-linux-x86_64.tar.xz", "quay-voucher-0.9-linux-x86_64.tar.xz"],
)  # fmt: skip
def test_a_signed_name_that_is_no_plain_name_of_ours_is_passed_over(owner: Owner, asking: Asking, name: str) -> None:
    _add_signed(owner, name, version="0.9.0")
    found = asking.newest(owner.repo)
    assert found is not None
    assert found.offer.version == "0.2.0"


@pytest.mark.parametrize(
    "custom",
    [{"version": "0.3.0"}, {"package": "deb"}, {"notes": "text"}, {"schema": "8"}, {"commit": 5}, {"schema": True}],
)
def test_a_signed_file_that_says_of_itself_what_it_is_not_is_passed_over(
    owner: Owner, asking: Asking, custom: dict[str, object]
) -> None:
    _add_signed(owner, "quay-voucher-0.9.0-linux-x86_64.tar.xz", **({"version": "0.9.0"} | custom))
    found = asking.newest(owner.repo)
    assert found is not None
    assert found.offer.version == "0.2.0"


def test_a_key_of_a_kind_nobody_knows_signs_nothing(owner: Owner, asking: Asking) -> None:
    def strange(told: dict[str, Any]) -> None:
        for key in told["signed"]["keys"].values():
            key["keytype"], key["scheme"] = "dilithium", "dilithium-9"

    root = json.loads(owner.root)
    strange(root)
    asking.root = json.dumps(root).encode()
    assert refused(lambda: asking.newest(owner.repo)) in {"update.bad_signature", "update.unreadable"}


def test_new_keys_are_believed_when_the_old_ones_signed_them(owner: Owner, asking: Asking, tmp_path: Path) -> None:
    """The till was built with the first root, and goes the whole way to the third."""
    tool().rotate_root(owner.repo, [owner.stick], [tmp_path / "second-stick"], 1, owner.now)
    owner.stick = tmp_path / "second-stick"
    owner.release("0.3.0")
    tool().rotate_root(owner.repo, [owner.stick], [], 1, owner.now)
    owner.release("0.4.0")
    found = asking.newest(owner.repo)
    assert found is not None
    assert found.offer.version == "0.4.0"


def test_after_a_rotation_the_old_keys_sign_nothing_any_more(owner: Owner, asking: Asking, tmp_path: Path) -> None:
    """The stick that was stolen."""
    stolen, before = owner.stick, owner.copy(tmp_path / "before")
    tool().rotate_root(owner.repo, [stolen], [tmp_path / "second-stick"], 1, owner.now)
    assert asking.newest(owner.repo) is not None
    thief = Owner.__new__(Owner)
    thief.folder, thief.repo, thief.stick, thief.now = owner.folder, before, stolen, owner.now
    for version in ("6.6.4", "6.6.5", "6.6.6"):
        thief.release(version)
    assert refused(lambda: asking.newest(thief.repo)) in {"update.bad_signature", "update.replayed"}


def test_a_withdrawn_release_is_not_offered_any_more(owner: Owner, asking: Asking) -> None:
    name = owner.release("0.3.0").name
    assert asking.newest(owner.repo) is not None
    tool().remove(owner.repo, owner.stick, [name], owner.now)
    found = asking.newest(owner.repo)
    assert found is not None
    assert found.offer.version == "0.2.0"


def test_what_the_till_keeps_is_its_owners_only(owner: Owner, asking: Asking) -> None:
    asking.newest(owner.repo)
    for path in (asking.folder, *asking.folder.rglob("*")):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o077 == 0, path
