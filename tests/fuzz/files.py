"""Files of the data folder that somebody else has written, and statements that issuers send."""

from __future__ import annotations

import io
import json
import random
import shutil
import sqlite3
import tempfile
from base64 import b64encode
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl

from pos.security.keystore import KeyStore
from pos.security.secret_store import SecretStore
from pos.security.vault import Vault, key_check
from pos.settings import Settings
from pos.setup.from_file import read_plan
from tests.fuzz.target import Target
from tests.journal.shop import KEY, open_journal
from tests.reports.test_statement_fuzz import look

_SETUP = """
profile = "sandbox"
[store]
code = "HN03"
name = "Lê Lợi"
[gotit]
base_url = "https://x.example"
pin = { env = "GOTIT_PIN" }
[[people]]
name = "Hương"
role = "manager"
pin = { file = "pin" }
""".encode()
_HOLDER = b64encode(KEY) + b"\n"
_RECORD = json.dumps({"holder": "file", "check": key_check(KEY), "account": "a"}).encode()


def _folder() -> Path:
    memory = Path("/dev/shm")  # noqa: S108 - a hundred thousand small files: no disk need see them
    return Path(tempfile.mkdtemp(prefix="fuzz-", dir=memory if memory.is_dir() else None))


class _NoSecrets:
    def get(self, name: str) -> str | None:
        return None

    def set(self, name: str, value: str) -> None:
        """Kept nowhere."""


def _read_settings(folder: Path) -> Callable[[bytes, random.Random], object]:
    def run(data: bytes, chance: random.Random) -> object:
        (folder / "settings.json").write_bytes(data)
        settings = Settings(folder, _NoSecrets())
        return settings.environment, settings.mixes("vinid.base_url")

    return run


def _read_key(folder: Path) -> Callable[[bytes, random.Random], object]:
    """A spoilt record or key: told, and never written over."""
    (folder / "key").write_bytes(_HOLDER)
    record, key = folder / "keystore.json", folder / "key"
    good = key.read_bytes()

    def run(data: bytes, chance: random.Random) -> object:
        spoilt, other = (record, key) if chance.random() < 0.7 else (key, record)
        other.write_bytes(good if other is key else _RECORD)
        spoilt.write_bytes(data)
        try:
            return KeyStore(folder, {"QUAY_KEYSTORE": "file"}, lambda: ()).master_key(data_exists=True)
        finally:
            assert spoilt.read_bytes() == data, "a file that could not be read was written over"

    return run


def _read_secrets(folder: Path) -> Callable[[bytes, random.Random], object]:
    vault = Vault(KEY)
    store = SecretStore(folder / "secrets.bin", vault)

    def run(data: bytes, chance: random.Random) -> object:
        if chance.random() < 0.5:  # as if our own key had sealed it
            data = vault.seal(data.decode("utf-8", "replace"), "secrets.bin")
        (folder / "secrets.bin").write_bytes(data)
        return store.get("gotit.pin"), store.names()

    return run


def _read_journal(folder: Path) -> Callable[[bytes, random.Random], object]:
    path = folder / "journal.db"

    def run(data: bytes, _: random.Random) -> object:
        for left_over in folder.glob("journal.db*"):
            left_over.unlink()
        path.write_bytes(data)
        journal = open_journal(path)
        try:
            return journal.verify().faults, journal.risk(), journal.bill_numbers(limit=5), journal.people.records()
        finally:
            journal.close()

    return run


def _journals(folder: Path) -> list[bytes]:
    path = folder / "seed.db"
    open_journal(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    unclean = data.replace(b"clean_end\x01", b"clean_end\x00")
    return [data, unclean]


def _read_statement(folder: Path, ending: str) -> Callable[[bytes, random.Random], object]:
    path = folder / f"statement.{ending}"
    return lambda data, _: look(path, data)


def _workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for number in range(12):
        sheet.append([f"T{number}", f"HN03-T2-20261121-{number:06}", 50_000, "21/11/2026", "used"])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def targets() -> list[Target]:
    """All of them. The folders are removed by `clean`."""
    folders = {name: _folder() for name in ("settings", "key", "secrets", "journal", "statement")}
    _FOLDERS.extend(folders.values())
    settings = json.dumps(
        {"store.code": "HN03", "bill.max_vouchers": 5, "training": True, "gotit.base_url": "https://x.example"}
    )
    rows = "Mã giao dịch;Số hóa đơn;Số tiền;Ngày\r\nT1;HN03-T2-20261121-000001;50.000;21/11/2026\r\n" * 3
    sheets = [
        rows.encode(),
        rows.encode("utf-16"),
        rows.encode("utf-8-sig"),
        rows.replace("ã", "a").encode("cp1258", "replace"),
    ]
    return [
        Target("set-up file", [_SETUP], lambda data, _: read_plan(data.decode("utf-8", "replace")), weight=60),
        Target("settings.json", [settings.encode(), b"{}"], _read_settings(folders["settings"]), weight=120),
        Target("key files", [_RECORD, _HOLDER], _read_key(folders["key"]), weight=60),
        Target("secrets.bin", [b'{"gotit.pin": "0730"}'], _read_secrets(folders["secrets"]), weight=120),
        Target("journal.db", _journals(folders["journal"]), _read_journal(folders["journal"]), weight=2),
        Target("statement.csv", sheets, _read_statement(folders["statement"], "csv"), (), weight=20),
        Target("statement.xlsx", [_workbook()], _read_statement(folders["statement"], "xlsx"), (), weight=6),
    ]  # fmt: skip


_FOLDERS: list[Path] = []


def clean() -> None:
    """Remove what the targets made."""
    while _FOLDERS:
        shutil.rmtree(_FOLDERS.pop(), ignore_errors=True)
