"""A file is here whole and as signed, or it is not here; whatever cut it off, the next try goes on."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pos.domain.errors import ConfigError, UpdateError
from pos.updates.client import Catalogue, Signed, sorted_failures
from pos.updates.source import FolderSource, HttpsSource, Source, open_source
from pos.updates.staging import fetch, is_staged
from tests.updates.conftest import Asking
from tests.updates.owner import Owner, flip
from tests.updates.test_catalogue import refused
from tests.updates.test_placing import doomed
from tests.updates.web import Web, serving

BIG = b"".join(n.to_bytes(8, "big") for n in range(1_250_000))  # 10 MB: three pieces
MOMENT = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def big(owner: Owner, asking: Asking) -> Signed:
    owner.release("0.3.0", content=BIG)
    found = asking.newest(owner.repo)
    assert found is not None
    return found


def fetched(signed: Signed, source: Source, folder: Path, **how: object) -> Path:
    with sorted_failures(MOMENT, str(folder)):
        return fetch(signed, source, folder, **how)  # type: ignore[arg-type]


def test_a_fetched_file_is_the_signed_one_and_nobody_elses_to_read(owner: Owner, big: Signed, tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    (tmp_path / "staged").mkdir()
    (tmp_path / "staged" / "of-last-year.deb").write_bytes(b"old")
    file = fetched(big, FolderSource(owner.repo), tmp_path / "staged", progress=lambda *step: steps.append(step))
    assert file.read_bytes() == BIG
    assert file.stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path / "staged") == [big.offer.file]
    assert steps[-1] == (len(BIG), len(BIG))


@pytest.mark.parametrize("at", [0, 5_000_000, -1])
def test_a_flipped_bit_in_the_program_is_refused_and_the_file_is_gone(
    owner: Owner, big: Signed, tmp_path: Path, at: int
) -> None:
    flip(owner.repo / big.path, at)
    assert refused(lambda: fetched(big, FolderSource(owner.repo), tmp_path / "staged")) == "update.damaged"
    assert os.listdir(tmp_path / "staged") == []


def test_a_program_that_is_longer_than_signed_is_cut_at_its_length_and_the_rest_never_read(
    owner: Owner, big: Signed, tmp_path: Path
) -> None:
    with (owner.repo / big.path).open("r+b") as file:
        file.truncate(1 << 40)
    assert fetched(big, FolderSource(owner.repo), tmp_path / "staged").read_bytes() == BIG


def test_a_half_file_on_the_stick_is_told_and_gone_on_with_when_it_is_whole(
    owner: Owner, big: Signed, tmp_path: Path
) -> None:
    file = owner.repo / big.path
    file.write_bytes(BIG[:6_000_000])
    assert refused(lambda: fetched(big, FolderSource(owner.repo), tmp_path / "staged")) == "update.half"
    assert not is_staged(tmp_path / "staged", big.offer)
    file.write_bytes(bytes(6_000_000) + BIG[6_000_000:])  # what was read already is not read again
    assert fetched(big, FolderSource(owner.repo), tmp_path / "staged").read_bytes() == BIG


class Pulled(FolderSource):
    """A stick that is pulled out in the middle of the second piece: reads fail, and the folder is empty."""

    def read_from(self, path: str, offset: int, length: int) -> Iterator[bytes]:
        chunks = super().read_from(path, offset, length)
        for number, chunk in enumerate(chunks):
            if offset and number == 3:
                for file in sorted(self._folder.rglob("*"), reverse=True):
                    file.rmdir() if file.is_dir() else file.unlink()
            yield chunk


def test_a_stick_pulled_out_while_it_is_read_is_told_and_gone_on_with(
    owner: Owner, big: Signed, tmp_path: Path
) -> None:
    stick = owner.copy(tmp_path / "stick")
    assert refused(lambda: fetched(big, Pulled(stick), tmp_path / "staged")) == "update.source_gone"
    assert refused(lambda: FolderSource(stick)) == "update.source_missing"
    assert fetched(big, FolderSource(owner.repo), tmp_path / "staged").read_bytes() == BIG


def test_fetching_is_given_up_when_asked_and_gone_on_with(owner: Owner, big: Signed, tmp_path: Path) -> None:
    source, asked = FolderSource(owner.repo), iter([False, False, True])
    code = refused(lambda: fetched(big, source, tmp_path / "staged", stopped=lambda: next(asked)))
    assert code == "update.stopped"
    assert fetched(big, source, tmp_path / "staged").read_bytes() == BIG


def test_a_part_of_another_content_does_not_spoil_the_file_for_ever(owner: Owner, big: Signed, tmp_path: Path) -> None:
    (tmp_path / "staged").mkdir()
    part = tmp_path / "staged" / f"{big.offer.sha256}.part"
    for left_over in (b"something else" * 1000, bytes(len(BIG) + 5)):
        part.write_bytes(left_over)
        assert refused(lambda: fetched(big, FolderSource(owner.repo), tmp_path / "staged")) == "update.damaged"
    assert fetched(big, FolderSource(owner.repo), tmp_path / "staged").read_bytes() == BIG


def test_without_room_nothing_is_begun(owner: Owner, big: Signed, tmp_path: Path) -> None:
    source = FolderSource(owner.repo)
    assert refused(lambda: fetched(big, source, tmp_path / "staged", leave=1 << 60)) == "update.no_room"
    assert os.listdir(tmp_path / "staged") == []


def test_a_full_disk_is_told_as_one(owner: Owner, big: Signed) -> None:
    """Linux has a device that is always full."""
    del owner

    def write() -> None:
        with sorted_failures(MOMENT, "/data"), open("/dev/full", "wb", buffering=0) as full:
            full.write(b"x")

    assert refused(write) == "update.disk_full"
    assert big.info.length == len(BIG)


def test_a_staged_file_that_was_changed_is_not_staged(owner: Owner, big: Signed, tmp_path: Path) -> None:
    file = fetched(big, FolderSource(owner.repo), tmp_path / "staged")
    assert is_staged(tmp_path / "staged", big.offer)
    flip(file, 1234)
    assert not is_staged(tmp_path / "staged", big.offer)


# ---------------------------------------------------------------- over the network


@pytest.fixture
def web(owner: Owner, tmp_path: Path) -> Iterator[Web]:
    with serving(owner.repo, tmp_path) as served:
        yield served


@pytest.fixture
def line(web: Web) -> Iterator[HttpsSource]:
    source = HttpsSource(web.address, time.monotonic, ca_file=web.ca_file)
    yield source
    source.close()


def ask(owner: Owner, line: HttpsSource, folder: Path) -> Signed:
    with sorted_failures(MOMENT, str(folder)):
        found = Catalogue(folder, owner.root, line, datetime.now(UTC)).newest("tarball", "0.1.0")
    assert found is not None
    return found


def test_the_same_folder_on_a_web_server_is_asked_and_fetched_in_pieces(
    owner: Owner, web: Web, line: HttpsSource, tmp_path: Path
) -> None:
    owner.release("0.3.0", content=BIG)
    found = ask(owner, line, tmp_path / "trusted")
    assert fetched(found, line, tmp_path / "staged").read_bytes() == BIG
    assert [piece for path, piece in web.asked if "targets/" in path] == [
        "bytes=0-4194303", "bytes=4194304-8388607", "bytes=8388608-9999999",
    ]  # fmt: skip


def test_a_line_that_breaks_is_told_and_gone_on_with_where_it_broke(
    owner: Owner, web: Web, line: HttpsSource, tmp_path: Path
) -> None:
    owner.release("0.3.0", content=BIG)
    found = ask(owner, line, tmp_path / "trusted")
    web.cut = 3_000_000
    with pytest.raises(UpdateError) as caught:
        fetched(found, line, tmp_path / "staged")
    assert caught.value.code == "update.unreachable"
    have = (tmp_path / "staged" / f"{found.offer.sha256}.part").stat().st_size
    assert 0 < have <= 3_000_000
    web.asked.clear()
    assert fetched(found, line, tmp_path / "staged").read_bytes() == BIG
    assert web.asked[0][1].startswith(f"bytes={have}-")


def test_a_server_without_ranges_serves_too(owner: Owner, web: Web, line: HttpsSource, tmp_path: Path) -> None:
    owner.release("0.3.0", content=BIG)
    web.ranges = False
    found = ask(owner, line, tmp_path / "trusted")
    assert fetched(found, line, tmp_path / "staged").read_bytes() == BIG


def test_another_piece_than_asked_for_is_not_taken(owner: Owner, web: Web, line: HttpsSource, tmp_path: Path) -> None:
    found = ask(owner, line, tmp_path / "trusted")
    web.another_piece = True
    assert refused(lambda: fetched(found, line, tmp_path / "staged")) == "update.incomplete"
    web.another_piece = False
    assert fetched(found, line, tmp_path / "staged").is_file()


def test_an_endless_answer_is_cut_off(owner: Owner, web: Web, line: HttpsSource, tmp_path: Path) -> None:
    web.endless = True
    assert refused(lambda: ask(owner, line, tmp_path / "trusted")) == "update.damaged"


def test_a_redirect_is_not_followed(owner: Owner, web: Web, line: HttpsSource, tmp_path: Path) -> None:
    web.redirect = True
    assert refused(lambda: ask(owner, line, tmp_path / "trusted")) == "update.incomplete"


def test_a_certificate_of_a_stranger_ends_before_anything_is_asked(owner: Owner, web: Web, tmp_path: Path) -> None:
    line = HttpsSource(web.address, time.monotonic)
    with pytest.raises(UpdateError) as caught:
        ask(owner, line, tmp_path / "trusted")
    line.close()
    assert (caught.value.code, caught.value.params["why"]) == ("update.unreachable", "net.tls_untrusted")
    assert web.asked == []


def test_nobody_there_is_told_with_the_reason(owner: Owner, tmp_path: Path) -> None:
    line = HttpsSource("https://127.0.0.1:1", time.monotonic)
    with pytest.raises(UpdateError) as caught:
        ask(owner, line, tmp_path / "trusted")
    line.close()
    assert (caught.value.code, caught.value.params["why"]) == ("update.unreachable", "net.refused")


@pytest.mark.parametrize(
    "text", ["http://example.vn/updates", "ftp://example.vn", "updates", "./updates", "https://", "https://a:b@c.vn/",
             "https://c.vn/?q=1"],
)  # fmt: skip
def test_what_is_neither_a_full_path_nor_https_is_no_source(text: str) -> None:
    with pytest.raises(ConfigError):
        open_source(text, time.monotonic)


def test_without_a_source_nothing_is_asked() -> None:
    assert refused(lambda: open_source("", time.monotonic)) == "update.no_source"


def test_killed_at_any_touch_of_the_disk_nothing_half_is_believed(owner: Owner, tmp_path: Path) -> None:
    """A real process, SIGKILL before each open and rename; each next life goes on, and the last one ends well."""
    (tmp_path / "root.json").write_bytes(owner.root)
    till = tmp_path / "till"
    till.mkdir()
    touch = 0
    while True:
        touch += 1
        done = doomed(touch, till, "fetch", owner.repo, tmp_path / "root.json", till)
        staged = [file for file in (till / "staged").glob("*") if file.suffix != ".part"]
        for file in staged:
            assert hashlib.sha256(file.read_bytes()).hexdigest() in os.listdir(owner.repo / "targets")[0]
        if done.returncode != -9:
            break
        if touch % 3 == 0:  # a life that begins with nothing
            shutil.rmtree(till)
            till.mkdir()
    assert done.returncode == 0, done.stderr
    assert touch > 10
    assert len(staged) == 1
