"""Stories told under the recorder: a day at the counter, and a till's set-up. Each marks what the world saw, and when.

python -m tests.crash.recorded day FOLDER PAGES [SYNCHRONOUS]
python -m tests.crash.recorded setup FOLDER
python -m tests.crash.recorded paper_first FOLDER
python -m tests.crash.recorded killed FOLDER
python -m tests.crash.recorded upgrade FOLDER
python -m tests.crash.recorded back FOLDER
python -m tests.crash.recorded again FOLDER KNOWN
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pos.bootstrap import Program
from pos.domain.bill import Bill
from pos.durable import flush_file, flush_folder, flush_way_to, make_folder
from pos.journal import rollback
from pos.journal.connection import connect
from pos.journal.intents import FOLDER, IntentLog
from pos.journal.migrations import ALL, migrate
from pos.security.vault import Vault
from pos.till.ports import Role
from tests.crash.day import Day
from tests.crash.marking import Marks, truth_of


def paper_first(folder: Path) -> None:
    """Two sales with a printer that does not wait for the journal."""
    day = Day(folder)
    day.printer.begins_late = True
    day.direct()
    day.direct()
    day.till.close()
    day.marks.put("closed")


def killed(folder: Path) -> None:
    """Three lives of a till: two are killed with a call under way, so the next finds a full log and rows in flight."""
    for life, die_at in enumerate(("use", "hold", None)):
        child = os.fork()
        if child == 0:
            one_life(folder, life, die_at)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status) == (die_at is not None)


def one_life(folder: Path, life: int, die_at: str | None) -> None:
    """Start, settle what was left, sell; perhaps die of it. The issuer's book outlives the till."""
    book = folder.parent.with_name("issuer-book")
    day = Day(folder, life=life)
    for code, facts in (json.loads(book.read_text()) if book.exists() else {}).items():
        day.issuer.vouchers[code] = truth_of(facts)
    day.issuer.tell()
    if life:
        day.till.settle_to_rest()
        day.pass_s(1)
    day.offline()
    day.direct()
    bill = day.bill(reserving=die_at == "hold")
    after = {code: asdict(truth) for code, truth in day.issuer.vouchers.items()}
    effect: dict[str, object] = {"held_for": bill.bill.number}
    if die_at == "use":
        effect = {"used_for": bill.bill.number, "times_used": 1}
    for code in list(after)[-2:] if die_at else ():
        after[code].update(effect)
    book.write_text(json.dumps(after))
    day.issuer.die_at = die_at
    day.marks.put("story", name=f"killed in a {die_at}" if die_at else "end")
    bill.confirm()
    day.till.settle_to_rest()
    day.till.close()


def again(folder: Path, known: dict[str, Any]) -> None:
    """The start after a power cut, settling to rest, a sale, and the end of the day; to be cut a second time.

    Args:
        folder: what the first cut left.
        known: the issuer's book and the time, as at the first cut.
    """
    day = Day(folder, life=8, since_noon_s=known["since_noon_s"])
    for code, facts in known["vouchers"].items():
        day.issuer.vouchers[code] = truth_of(facts)
    day.pass_s(5)
    day.till.settle_to_rest()
    day.pass_s(1)
    day.direct()
    day.till.close()
    day.marks.put("closed")


SLIPS = 300
"""Enough to fill some pages."""
_FIRST_DAY = (
    "INSERT INTO bill (number, total_vnd, created_utc, business_date, cashier) VALUES ('B1', 1, 'x', 'x', 'lan');",
    "INSERT INTO audit VALUES (1, 'x', 'x', 'x', 'lan', '[]', zeroblob(32), NULL);",
    "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
    f"{SLIPS - 1}) INSERT INTO print_job SELECT printf('%026d', i), 'B1', i, 'sent', 'x', 1, NULL FROM n;",
)


def upgrade(folder: Path) -> None:
    """A journal of the first schema is brought to today's."""
    marks = Marks(folder)
    make_folder(folder)
    path = folder / "journal.db"
    path.touch(mode=0o600)
    flush_file(path)
    flush_folder(folder)
    flush_way_to(folder)
    with closing(connect(path)) as connection:
        migrate(connection, path, now_utc="2026-12-31T00:00:00.000Z", steps=ALL[:1])
        for statement in _FIRST_DAY:
            connection.execute(statement)
    marks.put("committed", links=1)
    marks.put("story", name="upgrade")
    with closing(connect(path)) as connection:
        migrate(connection, path, now_utc="2027-01-01T00:00:00.000Z")
        marks.put("upgraded")
    marks.put("story", name="end")


def back(folder: Path) -> None:
    """The same, and then back to the first schema."""
    upgrade(folder)
    marks, path = Marks(folder), folder / "journal.db"
    marks.put("story", name="back")
    built = rollback.build(path, Vault(bytes(32)), datetime(2027, 1, 2, tzinfo=UTC), by="Hoa", why="slow")
    rollback.put_in_place(path, folder / FOLDER, built)
    marks.put("went_back")
    marks.put("story", name="end of back")


class _NoFlusher:
    """In the place of the second log's thread: a disk is recorded in one thread's order."""

    def join(self, timeout_s: float) -> None:
        """It never began."""


def _log_in_one_thread() -> None:
    """The second log is flushed where a run ends, not within half a second: nothing here may rest on that flush."""
    whole = IntentLog.__init__

    def begin(log: IntentLog, folder: Path, key: bytes) -> None:
        whole(log, folder, key)
        log._flusher = _NoFlusher()  # type: ignore[assignment]

    IntentLog.__init__ = begin  # type: ignore[method-assign, assignment]


def setup(folder: Path) -> None:
    """A till is set up, its first manager made, its settings changed, its program started again."""
    _log_in_one_thread()
    marks = Marks(folder)
    marks.put("story", name="first_start")
    program = Program(folder)
    marks.put("kept", environment=program.settings.environment.value)
    marks.put("story", name="settings")
    for number in range(2):
        program.settings.set_many({"store.code": f"HN{number}", "gotit.pin": f"pin-{number}", "gotit.flow": "reserve"})
        marks.put("kept", store=f"HN{number}", pin=f"pin-{number}")
    marks.put("story", name="people")
    program.people.add("Hoa", Role.MANAGER, "739152", actor="Hoa")
    marks.put("kept", people=["Hoa"])
    program.close()
    marks.put("story", name="environment")
    program = Program(folder)
    program.settings.set_many({"training": "true"})  # not production: there the key file of this story is refused
    program.close()
    program = Program(folder)
    marks.put("kept", environment=program.settings.environment.value)
    now = program.clock.now_utc()
    with program.journal.transaction("Hoa") as tx:
        tx.add_bill(Bill("B1", 0, now), business_date=now.date())
    marks.put("kept", bill="B1")
    program.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["day", folder, pages, *more]:
            Day(Path(folder), int(pages), *more).tell()
        case ["again", folder, known]:
            again(Path(folder), json.loads(known))
        case ["setup", folder]:
            setup(Path(folder))
        case ["paper_first", folder]:
            paper_first(Path(folder))
        case ["killed", folder]:
            killed(Path(folder))
        case ["upgrade", folder]:
            upgrade(Path(folder))
        case ["back", folder]:
            back(Path(folder))
