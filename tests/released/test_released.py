"""Every earlier version's data folder: upgraded by today's program, nothing that was open lost or done twice."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pos.cli import main
from pos.journal.migrations import copy_before, known_version
from pos.version import VERSION
from tests.released.make import BOOKING_SCHEMA, ROOT, Till, archives, settings, unpacked
from tests.sandbox_process import SandboxProcess

NAMES = [archive.parent.name for archive in archives()]


@dataclass(slots=True)
class Left:
    """A folder as an earlier version left it, and what it told."""

    base: Path
    told: dict[str, Any]

    @property
    def path(self) -> Path:
        return self.base / "till" / "journal.db"

    def version(self, path: Path | None = None) -> int:
        with closing(sqlite3.connect(f"{(path or self.path).as_uri()}?mode=ro", uri=True)) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture(params=archives(), ids=NAMES)
def left(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Left]:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    with unpacked(request.param) as base:
        yield Left(base, json.loads((base / "told.json").read_text()))


def test_every_schema_and_this_version_have_their_folder() -> None:
    schemas = set()
    for archive in archives():
        with unpacked(archive) as base:
            schemas.add(json.loads((base / "told.json").read_text())["schema"])
    assert schemas >= set(range(1, known_version() + 1)), "python -m tests.released.make, at the program of that schema"
    assert VERSION in NAMES, "python -m tests.released.make: a release keeps the folder it leaves behind"


def test_upgraded_proven_settled_and_nothing_lost_or_doubled(left: Left) -> None:
    told, till = left.told, Till(ROOT, left.base / "till")
    assert left.version() == told["schema"]
    with SandboxProcess(left.base / "sandbox") as sandbox:
        _point_at(left, sandbox)
        assert left.version() == known_version()
        _verified(till)
        _copy_of_before(left)
        before = _uses(sandbox)
        till.run("settle", "--once", "--json", wanted=None)
        bills = {bill["bill_number"]: bill for bill in json.loads(till.run("bills", "--json"))}
        for name, number in told["bills"].items():
            rows = [(each["outcome"], each["given"]) for each in bills[number]["vouchers"]]
            assert len(rows) == len(told["codes"][name])
            # What reached nobody is proven unused by now: the cashier may send it or let it go, the till does neither.
            wanted = ("unsent", False) if name == "lost_not_used" else ("used", name in ("used", "offline"))
            assert all(row == wanted for row in rows), (name, rows)
        used = {"used", "offline", "lost_used", "killed"}
        after = _uses(sandbox)
        for name, codes in told["codes"].items():
            assert [after[code] for code in codes] == [int(name in used)] * len(codes), name
        assert sum(after.values()) == sum(before.values()) + len(told["codes"]["offline"])
        _bought_and_booked_once(left, sandbox)
        _verified(till)


def _point_at(left: Left, sandbox: SandboxProcess) -> None:
    """The issuers stand at another port today: a manager says so. The first command that opens the folder."""
    till = Till(ROOT, left.base / "till")
    plain = json.loads((left.base / "till" / "settings.json").read_text())
    words = [str(w) for key, value in settings(sandbox).items() if key in plain for w in (key, value)]
    till.run("config", "set", *words, stdin=f"{left.told['pin']}\n")


def _verified(till: Till) -> None:
    said = till.run("journal", "verify", "--json", wanted=None)
    assert not json.loads(said)["faults"], said


def _bought_and_booked_once(left: Left, sandbox: SandboxProcess) -> None:
    """The code sale and the booking whose answers were lost, where the stage knew them."""
    purchases = [each["debits"] for each in sandbox.control("GET", "/appotapay/state")["purchases"]]
    commits = [each["commits_done"] for each in sandbox.control("GET", "/gotadi/state")["bookings"].values()]
    with closing(sqlite3.connect(f"{left.path.as_uri()}?mode=ro", uri=True)) as db:
        sales = [outcome for (outcome,) in db.execute("SELECT outcome FROM sale")]
        bookings = [money for (money,) in db.execute("SELECT money FROM booking")]
    schema = left.told["schema"]
    assert (purchases, sales) == (([1], ["bought"]) if schema in (3, 5, 6, 7) else ([], []))
    assert (sum(commits), bookings) == ((1, ["taken"]) if schema >= BOOKING_SCHEMA else (0, []))


def _copy_of_before(left: Left) -> None:
    """A copy of what it was, which stands on its own feet."""
    if left.told["schema"] == known_version():
        return
    copy = copy_before(left.path, known_version())
    assert left.version(copy) == left.told["schema"]
    with closing(sqlite3.connect(f"{copy.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*) FROM redemption").fetchone()[0] == sum(map(len, left.told["codes"].values()))
    name = copy.name
    assert main(["--data", str(left.base / "till"), "backup", "verify", name]) == 0


def _uses(sandbox: SandboxProcess) -> dict[str, int]:
    return {voucher["code"]: voucher["times_used"] for voucher in sandbox.state()["vouchers"]}
