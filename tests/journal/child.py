"""Programs that tests start as processes of their own: they die, or meet a full or read-only disk.

python -m tests.journal.child die STEP JOURNAL
python -m tests.journal.child sell JOURNAL
python -m tests.journal.child fill FOLDER
python -m tests.journal.child small-files FOLDER
python -m tests.journal.child read-only FOLDER
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from pos.domain.business_date import business_date
from pos.domain.errors import JournalError, PosError
from pos.domain.redemption import Event
from pos.journal.store import SqliteJournal
from pos.till.ports import Work
from tests.journal.shop import NOON, accept_offline, add, bill, new, open_journal, stamp

STEPS = ("begun", "bill", "row", "moved", "scheduled", "slip", "written", "committed")


def die(step: str, path: Path) -> None:
    """Accept one voucher offline and be killed at a step of it."""
    journal = open_journal(path)

    def here(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    with journal.transaction("lan") as tx:
        here("begun")
        tx.add_bill(bill("B2"), business_date=business_date(NOON, 0))
        here("bill")
        tx.add_redemption("B2", new("r2", 2))
        here("row")
        tx.move("r2", Event.ACCEPT_OFFLINE)
        here("moved")
        tx.schedule("r2", Work.SEND, session=journal.session, due_mono_s=0.0, due_utc=NOON)
        here("scheduled")
        tx.add_print_job("slip-r2", "B2")
        here("slip")
        tx.flush()
        here("written")
    here("committed")


def sell(path: Path) -> None:
    """Sell until killed; say each commit only after it has returned."""
    journal = open_journal(path)
    number = 0
    while True:
        number += 1
        row = f"r{number:05d}"
        add(journal, row, number, bill_number=f"B{number}")
        for event in (Event.SEND, Event.USED_HERE):
            with journal.transaction("lan") as tx:
                tx.move(row, event, sent=stamp() if event is Event.SEND else None)
                if event is Event.SEND:
                    tx.schedule(row, Work.INQUIRE, session=journal.session, due_mono_s=0.0, due_utc=NOON)
                else:
                    tx.unschedule(row)
            sys.stdout.write(f"{row} {event.value}\n")
            sys.stdout.flush()


def until_refused(journal: SqliteJournal) -> tuple[int, str]:
    """Accept vouchers until the disk has no more room. Returns how many and what was said."""
    for number in range(1, 100_000):
        try:
            accept_offline(journal, f"r{number:06d}", number, bill_number=f"B{number}")
        except JournalError as error:
            return number - 1, error.code
    return 0, "never"


def fill(folder: Path) -> None:
    """Fill a small disk, look at what stands, make room, go on."""
    ballast = folder / "ballast"
    ballast.write_bytes(b"x" * 200_000)
    journal = open_journal(folder / "journal.db")
    kept, said = until_refused(journal)
    seen, whole = journal.risk().count, journal.verify().whole
    ballast.unlink()
    accept_offline(journal, "later", 200_000, bill_number="LATER")
    report(kept=kept, said=said, seen=seen, whole=whole, after=journal.risk().count, still_whole=journal.verify().whole)
    journal.close()


def small_files(folder: Path) -> None:
    """The same through a limit on the size of files (EFBIG), which needs no rights."""
    journal = open_journal(folder / "journal.db")
    resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, 900_000))
    kept, said = until_refused(journal)
    report(kept=kept, said=said, seen=journal.risk().count, whole=journal.verify().whole)


def read_only(folder: Path) -> None:
    """Open a journal on a disk that has become read-only, and make one where there is none."""
    open_journal(folder / "journal.db").close()
    before = (folder / "journal.db").read_bytes()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    report(
        existing=failure_of(folder / "journal.db"),
        fresh=failure_of(folder / "other" / "journal.db"),
        same=(folder / "journal.db").read_bytes() == before,
    )


def failure_of(path: Path) -> str:
    """What opening says."""
    try:
        open_journal(path)
    except PosError as error:
        return error.code
    return "opened"


def report(**facts: object) -> None:
    """One JSON line for the test."""
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["die", step, path]:
            die(step, Path(path))
        case ["sell", path]:
            sell(Path(path))
        case ["fill", folder]:
            fill(Path(folder))
        case ["small-files", folder]:
            small_files(Path(folder))
        case ["read-only", folder]:
            read_only(Path(folder))
