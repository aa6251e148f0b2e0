"""A share of the million inputs of `python -m tests.fuzz`, and what the million has found."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from hardware.address import parse_address
from hardware.errors import DeviceAddressError
from pos.domain.errors import ConfigError, PosError
from pos.providers import http
from pos.security.key_backup import read_label
from pos.security.keystore import KeyStore
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault
from pos.settings import Settings
from pos.setup.from_file import read_plan
from pos.till.review.audit import read_mark
from pos.ui.manager.day.choosing import read_amount, read_clock
from pos.ui.manager.day.periods import read_date
from tests.fuzz.mutate import Mutator
from tests.fuzz.run import run
from tests.fuzz.target import Target
from tests.journal.shop import open_journal

_DEEP = b"[" * 100_000


@pytest.mark.timeout(180)
def test_whatever_comes_from_outside_is_read_or_refused_in_words() -> None:
    count = run(8_000, seed=7)
    assert [f"{found.target}: {found.what}: {found.data[:80]!r}" for found in count.findings] == []
    assert count.inputs == 8_000
    assert len(count.read.keys() | count.refused.keys()) >= 20
    assert count.grown_mib < 200


def test_the_fuzzer_notices_an_exception_a_hang_and_greed(monkeypatch: pytest.MonkeyPatch) -> None:
    def spoilt(data: bytes, chance: random.Random) -> object:
        match chance.randrange(3):
            case 0:
                return {b"": 0}[data + b"x"]
            case 1:
                return bytearray(8 << 30)
            case _:
                while True:
                    pass

    monkeypatch.setattr("tests.fuzz.run.all_targets", lambda _: [Target("spoilt", [b"{}"], spoilt)])
    monkeypatch.setattr("tests.fuzz.run._GIVEN_UP_S", 1)
    found = {finding.what.partition(" ")[0] for finding in run(9, seed=1).findings}
    assert found == {"KeyError", "MemoryError", "Hang"}


def test_the_same_seed_makes_the_same_inputs() -> None:
    one, other = (Mutator(random.Random(3)) for _ in range(2))
    seeds = [b'{"a": [1, "b"]}', b"HN03"]
    assert [one.changed(seeds) for _ in range(200)] == [other.changed(seeds) for _ in range(200)]


def test_an_issuers_date_beyond_the_calendar_is_no_date() -> None:
    """In `Retry-After` it was an `OverflowError` out of a changing call, which is in none of the families of errors."""
    text = "Fri, 31 Dec 9999 23:59:59 -1400"
    assert http._http_date(text) is None
    assert http._retry_after_s(text, None) is None


def test_files_that_are_nested_without_end_are_damaged_files(tmp_path: Path) -> None:
    """Python's own error for them is no `ValueError`, and the program ended with a stack trace."""
    vault = Vault(bytes(32))
    (tmp_path / "settings.json").write_bytes(_DEEP)
    (tmp_path / "keystore.json").write_bytes(_DEEP)
    (tmp_path / "secrets.bin").write_bytes(vault.seal(_DEEP.decode(), "secrets.bin"))
    secrets = SecretStore(tmp_path / "secrets.bin", vault)
    with pytest.raises(ConfigError, match=r"config\.file_damaged"):
        Settings(tmp_path, secrets)
    with pytest.raises(PosError, match=r"secrets\.damaged"):
        secrets.get("gotit.pin")
    with pytest.raises(PosError, match=r"key\.missing"):
        KeyStore(tmp_path, {}, lambda: ()).master_key(data_exists=True)


@pytest.mark.parametrize("value", ["[" * 100_000, "9" * 5000])
def test_a_set_up_file_that_is_nested_without_end_or_counts_without_end_is_no_set_up_file(value: str) -> None:
    with pytest.raises(PosError, match=r"setup\.refused"):
        read_plan(f"x = {value}")


@pytest.mark.parametrize("read", [read_mark, read_amount, read_clock, lambda text: read_date(text, date(2026, 11, 30))])
def test_a_number_of_thousands_of_digits_that_a_person_gives_is_none(read: Callable[[str], object]) -> None:
    assert read("9" * 5000) is None
    assert read("9" * 5000 + ":0011223344556677") is None


@pytest.mark.parametrize("record", [b"[9223372036854775808]", b'["holder"]', b'{"holder": "file"}', b'"x"'])
def test_a_record_of_the_key_that_is_none_is_told_as_that(tmp_path: Path, record: bytes) -> None:
    (tmp_path / "keystore.json").write_bytes(record)
    with pytest.raises(PosError, match=r"key\.missing"):
        KeyStore(tmp_path, {}, lambda: ()).master_key(data_exists=True)


def test_a_backup_of_keys_without_its_kind_is_no_backup() -> None:
    names = dict.fromkeys(("made_utc", "store", "till", "environment", "check"), "")
    raw = json.dumps({**names, "salt": "IqQyIOLHOulSiyv7XRsT5g==", "sealed": "A" * 64})
    with pytest.raises(PosError, match=r"backup_of_keys\.not_one"):
        read_label(raw.encode())


def test_a_journal_whose_schema_is_no_text_is_a_damaged_journal(tmp_path: Path) -> None:
    """SQLite quotes the spoilt words when it refuses them, and Python could not read the quotation."""
    open_journal(tmp_path / "journal.db").close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_schema SET name = CAST(x'fffe28' AS TEXT), sql = 'x' WHERE name = 'bill'")
        connection.commit()
    with pytest.raises(PosError, match=r"journal\."):
        open_journal(tmp_path / "journal.db").close()


@pytest.mark.parametrize("address", ["tcp:192.0.2.7:" + "9" * 5000, "serial:usb:1a86:7523?baud=" + "9" * 5000])
def test_an_address_with_an_endless_number_is_no_address(address: str) -> None:
    with pytest.raises(DeviceAddressError):
        parse_address(address)
