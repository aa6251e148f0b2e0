"""The release owner's tool: keys that only a passphrase opens, sticks that must agree, nothing signed twice."""

from __future__ import annotations

import random
import re
import shlex
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pos.domain.errors import UpdateError
from tests.updates.conftest import Asking
from tests.updates.owner import ROOT, Owner, flip, program_archive, tool


def test_no_private_key_can_be_read_without_the_passphrase(owner: Owner) -> None:
    for role in ("root", "targets", "snapshot", "timestamp"):
        file = owner.stick / f"{role}.pem"
        assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
        assert file.stat().st_mode & 0o077 == 0
        with pytest.raises(tool().Refused, match="another passphrase"):
            tool().read_key(owner.stick, role, b"another one altogether")
    assert not list(owner.repo.rglob("*.pem"))


def test_no_key_and_no_repository_is_ever_replaced(owner: Owner, tmp_path: Path) -> None:
    with pytest.raises(tool().Refused, match="there already"):
        tool().init(owner.repo, [tmp_path / "new"], 1, owner.now)
    with pytest.raises(tool().Refused, match="there already"):
        tool().init(tmp_path / "repo2", [owner.stick], 1, owner.now)


def test_a_short_passphrase_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "short").write_text("12345678901")
    monkeypatch.setenv("QUAY_RELEASE_PASSPHRASE_FILE", str(tmp_path / "short"))
    with pytest.raises(tool().Refused, match="12 characters"):
        tool().init(tmp_path / "repo", [tmp_path / "stick"], 1, datetime.now(UTC))


def test_a_name_is_never_signed_with_other_content(owner: Owner) -> None:
    with pytest.raises(tool().Refused, match="version of its own"):
        owner.release("0.2.0", content=b"something else")


def test_a_file_that_is_named_like_no_package_is_not_signed(owner: Owner, tmp_path: Path) -> None:
    for name in ("quay.deb", "quay-voucher_0.2_amd64.deb", "quay-voucher_0.2.0~rc1_amd64.deb"):
        (tmp_path / name).write_bytes(b"x")
        with pytest.raises((tool().Refused, ValueError)):
            tool().add(owner.repo, owner.stick, [tmp_path / name], {"vi": "", "en": ""}, "", 0, owner.now)


def test_two_of_three_sticks_say_who_signs(tmp_path: Path) -> None:
    sticks = [tmp_path / name for name in "abc"]
    now = datetime.now(UTC)
    root = tool().init(tmp_path / "repo", sticks, 2, now).read_bytes()
    with pytest.raises(tool().Refused, match="more sticks"):
        tool().rotate_root(tmp_path / "repo", sticks[:1], [tmp_path / "thief"], 1, now)
    assert not (tmp_path / "repo" / "metadata" / "2.root.json").exists()
    tool().rotate_root(tmp_path / "repo", sticks[1:], [tmp_path / "d", tmp_path / "e"], 2, now)
    owner = Owner.__new__(Owner)
    owner.folder, owner.repo, owner.stick = tmp_path, tmp_path / "repo", tmp_path / "d"
    owner.now, owner.root = now, root
    owner.release("0.2.0")
    assert Asking(tmp_path / "trusted", owner).newest(owner.repo) is not None


def test_signing_anew_changes_nothing_but_how_long_it_counts(owner: Owner, asking: Asking) -> None:
    before = asking.newest(owner.repo)
    owner.now += timedelta(days=100)
    owner.refresh()
    after = asking.newest(owner.repo, now=owner.now)
    assert before is not None
    assert after is not None
    assert before.offer == after.offer
    assert not (owner.metadata / "3.targets.json").exists()
    owner.now += timedelta(days=300)  # the second year of the targets
    owner.refresh()
    assert (owner.metadata / "3.targets.json").exists()


def test_the_commands_of_the_readme_work_as_they_stand(tmp_path: Path) -> None:
    """A newcomer types them, with her own places in theirs."""
    text = (ROOT / "packaging" / "release" / "README.md").read_text("utf-8")
    (tmp_path / "notes.vi.txt").write_text("Mới.")
    (tmp_path / "notes.en.txt").write_text("New.")
    for name in ("quay-voucher_0.2.0_amd64.deb", "QuayVoucher-0.2.0-setup.exe"):
        (tmp_path / name).write_bytes(b"package")
    program_archive(tmp_path / "quay-voucher-0.2.0-linux-x86_64.tar.xz", "0.2.0")
    commands = re.findall(r"^python packaging/release/updates\.py (?:.*\\\n)*.*", text, re.M)
    assert len(commands) == 2
    short = re.findall(r"`(refresh|remove|rotate-root) (--repo … .*?)`", text)
    assert len(short) == 4
    commands += [f"python x {name} {rest}".replace("NAME", "QuayVoucher-0.2.0-setup.exe") for name, rest in short]
    for command in commands:
        command = command.replace("\\\n", " ").replace("~/quay-updates", str(tmp_path / "repo"))
        command = command.replace("--repo …", f"--repo {tmp_path}/repo").replace("/media/", f"{tmp_path}/media-")
        words = shlex.split(command.replace("$(git rev-parse HEAD)", "c" * 40).split("  #")[0])
        if words[2] == "rotate-root" and (tmp_path / "media-D").exists():  # new keys were made: the old ones are old
            words = [word.replace("media-A", "media-D").replace("media-B", "media-E") for word in words]
        done = subprocess.run(
            [sys.executable, ROOT / "packaging" / "release" / "updates.py", *words[2:]],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stderr)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_a_list_is_made_into_it_is_refused_with_a_sentence_or_the_same(
    owner: Owner, asking: Asking, tmp_path: Path, seed: int
) -> None:
    """Random damage: bits, cuts, repeats. Nothing but an `UpdateError`, and never another offer."""
    chance = random.Random(seed)
    honest = asking.newest(owner.repo)
    assert honest is not None
    for number in range(25):
        copy = owner.copy(tmp_path / f"copy{number}")
        file = chance.choice(sorted((copy / "metadata").iterdir()))
        data = file.read_bytes()
        at = chance.randrange(len(data))
        kind = chance.randrange(4)
        if kind == 0:
            flip(file, at)
        elif kind == 1:
            file.write_bytes(data[:at])
        elif kind == 2:
            file.write_bytes(data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:])
        else:
            file.write_bytes(data[:at] + b"[" * 100_000 + data[at:])
        fresh = Asking(tmp_path / f"trusted{number}", owner)
        try:
            found = fresh.newest(copy)
        except UpdateError:
            continue
        assert found is not None
        assert found.offer == honest.offer
