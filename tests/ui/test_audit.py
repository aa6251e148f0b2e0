"""The audit section tells a manager whether the journal is whole, and who decided what."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pos.i18n import Translator
from pos.journal.audit_reads import AuditReader
from pos.journal.connection import connect
from pos.journal.store import SqliteJournal
from pos.till.ports import Person, Role
from pos.till.review.audit import PAGE as PAGE_SIZE
from pos.till.review.audit import AuditDesk, Group, Wanted, read_mark
from pos.till.review.events import ReportProgress, ReviewEvent
from pos.ui.manager.audit import words
from pos.ui.manager.audit.model import Act
from pos.ui.manager.audit.presenter import PAGE, VERIFY, AuditPresenter
from pos.ui.theme import Tone
from tests.journal.shop import NOON, SteadyClock, accept_offline, open_journal
from tests.ui.fake_review import FakeReview

VI = Translator("vi")


class Section:
    """A presenter over a real journal."""

    def __init__(self, journal: SqliteJournal) -> None:
        self.journal, self.review = journal, FakeReview()
        desk = AuditDesk(AuditReader(journal.core), journal.verify, lambda: NOON, lambda: 1.0)
        self.presenter = AuditPresenter(desk, self.review)
        self.review.subscribe(self._hear)

    def _hear(self, event: ReviewEvent) -> None:
        self.presenter.take(event)

    def run(self) -> None:
        self.review.run()

    def lines(self) -> list[str]:
        return [str(words.row_of(VI, link, self.presenter.wanted).cells[3]) for link in self.presenter.links]


@pytest.fixture
def section(tmp_path: Path) -> Iterator[Section]:
    journal = open_journal(tmp_path / "journal.db", SteadyClock())
    with journal.transaction("Hương") as tx:
        tx.audit("setting.changed", "drawer.cashier_may_open", before=False, now=True)
    with journal.transaction("Hương") as tx:
        tx.audit("setting.changed", "gotit.pin", secret=True)
    journal.people.add(Person("p9", "Minh", Role.CASHIER), "$argon2…", actor="Hương")
    for number in range(60):
        accept_offline(journal, f"r{number}", number, bill_number=f"B{number:03}")
    with journal.transaction("Lan") as tx:
        tx.audit("drawer", "d1", reason="cash_in", note="tiền lẻ", manager=None)
    opened = Section(journal)
    opened.presenter.opened()
    opened.run()
    yield opened
    journal.close()


def thief(journal: SqliteJournal, sql: str) -> None:
    with closing(connect(journal.path)) as raw:
        raw.executescript(sql)


def test_what_people_decided_comes_first_in_words_and_without_secrets(section: Section) -> None:
    assert section.lines() == [
        "Mở ngăn kéo: Nộp tiền vào, tiền lẻ",
        "Thêm nhân viên Minh (thu ngân)",
        "Đổi cài đặt Got It: PIN cửa hàng (gotit.pin): “••••” → “••••”",
        "Đổi cài đặt Thu ngân tự mở ngăn tiền (drawer.cashier_may_open): “Không” → “Có”",
    ]


def test_a_person_and_a_group_are_asked_for_one_after_the_other(section: Section) -> None:
    section.presenter.act(Act.ACTOR)
    section.run()
    assert section.presenter.wanted == Wanted(Group.DECIDED, "Hương")
    assert len(section.lines()) == 3
    section.presenter.act(Act.ACTOR)
    section.run()
    assert section.lines() == ["Mở ngăn kéo: Nộp tiền vào, tiền lẻ"]


def test_the_whole_chain_is_read_a_page_at_a_time(section: Section) -> None:
    section.presenter.wanted = Wanted(Group.ALL)
    section.presenter.act(Act.NEWEST)
    section.run()
    assert len(section.presenter.links) == PAGE_SIZE
    assert section.presenter.list(VI).older
    section.presenter.act(Act.OLDER)
    section.run()
    numbers = [link.number for link in section.presenter.links]
    assert numbers == list(range(64, 0, -1))
    assert not section.presenter.list(VI).older


def test_a_whole_journal_is_told_so_with_its_end_and_a_slip_that_fits(section: Section) -> None:
    assert section.presenter.proof(VI).tone is Tone.NEUTRAL
    section.presenter.act(Act.VERIFY)
    section.review.say(ReportProgress(VERIFY, section.presenter._tickets[VERIFY], 500, 1000))
    assert section.presenter.proof(VI).done == 500
    section.run()
    proof = section.presenter.proof(VI)
    assert (proof.tone, proof.title, proof.done) == (Tone.USABLE, "TOÀN VẸN", -1)
    last = section.journal.verify()
    assert f"số {last.links}, mã {last.last_hash[:4]}" in proof.lines[1]
    section.presenter.hold_against(f"{last.links}: {last.last_hash[:4].upper()} {last.last_hash[4:12]}")
    section.run()
    assert "Khớp với phiếu" in section.presenter.proof(VI).lines[2]


def test_what_was_changed_is_named(section: Section) -> None:
    last = section.journal.verify()
    thief(
        section.journal,
        "DROP TRIGGER audit_fixed; UPDATE audit SET actor = 'Ai đó' WHERE seq = 3;"
        "DROP TRIGGER redemption_amount_stays; UPDATE redemption SET amount_vnd = 5 WHERE id = 'r7'",
    )
    section.presenter.hold_against(f"{last.links}:{'0' * 16}")
    section.run()
    proof = section.presenter.proof(VI)
    assert proof.tone is Tone.REFUSED
    assert proof.lines[0].startswith("Bản ghi số 3 (ghi 12:00 21/11/2026, Ai đó) đã bị sửa")
    assert any("không phải bản đã in trên phiếu" in line for line in proof.lines)
    assert any(line.startswith("Voucher r7: cột số tiền (amount_vnd) khác với bản ghi số ") for line in proof.lines)


def test_what_is_no_slip_is_said_and_nothing_is_asked(section: Section) -> None:
    for text in ("", "12", "12:zz", "12:abc", "x:0123456789", "0:0123456789ab", f"1:{'0' * 65}", "１:0123456789"):
        assert read_mark(text) is None
    section.presenter.hold_against("12:zz")
    assert section.presenter.proof(VI).mark_error
    assert VERIFY not in section.review.waiting


def test_stopping_a_proof_says_that_it_proved_nothing(section: Section) -> None:
    section.presenter.act(Act.VERIFY)
    section.presenter.act(Act.VERIFY)
    assert section.review.forgotten[-1] == VERIFY
    assert section.presenter.proof(VI).tone is Tone.NEUTRAL


def test_links_that_can_be_read_are_shown_though_others_cannot(section: Section) -> None:
    thief(section.journal, "DROP TRIGGER audit_fixed; UPDATE audit SET facts = '[{' WHERE seq = 64")
    section.presenter.wanted = Wanted(Group.ALL)
    section.presenter.act(Act.NEWEST)
    section.run()
    assert len(section.presenter.links) == PAGE_SIZE
    assert section.presenter.links[0].changes == ()


def test_every_kind_of_change_the_program_writes_has_words() -> None:
    kinds = set()
    for path in Path("pos").rglob("*.py"):
        text = path.read_text("utf-8")
        for call in ("note(", "audit("):
            for part in text.split(f".{call}")[1:]:
                first = part.lstrip().split('"')
                if part.lstrip().startswith('"') and len(first) > 1:
                    kinds.add(first[1])
    missing = {kind for kind in kinds - {""} if not VI.has(f"audit.kind.{kind}")}
    assert len(kinds) > 20
    assert not missing, missing


def test_the_page_asks_nothing_more_once_it_is_left(section: Section) -> None:
    section.presenter.opened()
    section.presenter.closed()
    assert section.review.forgotten[-1] == PAGE
    with closing(sqlite3.connect(section.journal.path)) as db:  # and the file is free
        db.execute("BEGIN IMMEDIATE")
