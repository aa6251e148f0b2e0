"""Pictures of the audit section: `python -m tests.ui.shots_audit OUT [language] [width] [theme]`."""

from __future__ import annotations

import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pos.domain.cases import CaseKind
from pos.domain.redemption import LOSS
from pos.journal.audit_reads import AuditReader
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from pos.till.ports import Person, Role
from pos.till.review.audit import AuditDesk
from pos.ui.manager.audit.section import AuditSection
from pos.ui.manager.page import Acting
from pos.ui.manager.section import Section
from tests.journal.shop import NOON, SteadyClock, accept_offline, add, bring_to, open_journal
from tests.ui.camera import ORDINARY, Camera, render
from tests.ui.office import ManagerOffice
from tests.ui.test_manager import PlainSection


def a_day(journal: SqliteJournal, clock: SteadyClock) -> None:
    """People decide things."""
    with journal.transaction("Hương") as tx:
        tx.audit("setting.changed", "drawer.cashier_may_open", before=False, now=True)
        tx.audit("setting.changed", "gotit.pin", secret=True)
    journal.people.add(Person("p9", "Minh", Role.CASHIER), "$argon2…", actor="Hương")
    for number in range(60):
        clock.pass_s(47)
        accept_offline(journal, f"r{number:02}", number, bill_number=f"CH03-T2-20261121-{number:06}")
        if number % 9 == 0:
            with journal.transaction("Lan") as tx:
                tx.audit("drawer", f"d{number}", reason="cash_in", note="tiền lẻ đầu ca", manager=None)
    with journal.transaction("Lan") as tx:
        tx.audit("signed_in", "p1", role="cashier")
    journal.people.note_wrong_pin("Lan", {"Lan": 2}, 1.0)
    add(journal, "x1", 900, bill_number="CH03-T2-20261121-000900")
    bring_to(journal, "x1", LOSS)
    clock.pass_s(300)
    with journal.transaction("Hương") as tx:
        tx.audit("manager.unlocked", "p2")
    with journal.transaction("Hương") as tx:
        tx.close_case(1, closure="Khách quay lại trả tiền mặt 50.000 ₫, đã thu và ghi sổ quỹ trang 14")
        tx.open_case("x1", CaseKind.VALUE_MISMATCH)


class AuditOffice(ManagerOffice):
    """The audit section open, over a real journal."""

    def __init__(self, camera: Camera, folder: Path) -> None:
        journal_clock = SteadyClock()
        self.journal = open_journal(folder / "journal.db", journal_clock)
        a_day(self.journal, journal_clock)
        mono = iter(range(0, 10_000, 3))
        self.desk = AuditDesk(
            AuditReader(self.journal.core),
            self.journal.verify,
            lambda: NOON + timedelta(hours=5),
            lambda: float(next(mono)),
        )
        super().__init__(camera.language, camera.size, camera.theme)

    def _sections(self, acting: Acting) -> tuple[Section, ...]:
        del acting
        self.section = AuditSection(self.desk, self.review)
        return (*(PlainSection(name) for name in ("day", "cases", "closing", "statement", "levels")), self.section)

    def close(self) -> None:
        super().close()
        self.journal.close()


def scenes(s: AuditOffice, camera: Camera) -> None:
    """Every state of the section."""

    def picture(name: str) -> None:
        camera.take(s.window, name)

    s.press("F9", "Ctrl+6")
    s.run()
    picture("first")
    s.press("F5")
    s.section.presenter._done = 430
    s.section._show(anew=False)
    picture("running")
    s.run()
    picture("whole")
    s.section.presenter.hold_against("12:zz")
    s.section._show(anew=False)
    picture("mark-wrong")
    s.press("F6", "F6", "F6", "F6", "F6")
    s.run()
    picture("all")
    s.press("F8")
    s.run()
    picture("older")
    with closing(connect(s.journal.path)) as raw:
        raw.executescript(
            "DROP TRIGGER audit_fixed; DROP TRIGGER audit_stays; DROP TRIGGER bill_sent_stays;"
            "DROP TRIGGER redemption_amount_stays;"
            "UPDATE audit SET actor = 'Minh' WHERE seq = 12; DELETE FROM audit WHERE seq = 30;"
            "UPDATE redemption SET amount_vnd = 5000 WHERE id = 'r07'; UPDATE bill SET total_vnd = 1 WHERE seq = 9"
        )
    s.press("F5")
    s.run()
    picture("broken")


def draw(camera: Camera) -> None:
    with tempfile.TemporaryDirectory() as folder:
        s = AuditOffice(camera, Path(folder))
        scenes(s, camera)
        s.close()


if __name__ == "__main__":
    render(draw, ORDINARY)
