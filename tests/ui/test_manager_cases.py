"""The cases through the window: a tired manager finds what needs her, reads what is safe, and ends it with a key and a
reason – and whoever stands at the issuer's support gets what helps and nothing secret.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from pos.domain.booking_payment import BookingCaseKind
from pos.domain.cases import CaseKind
from pos.domain.errors import RuleBroken, SecurityError
from pos.i18n import LANGUAGES, Translator, resource_path
from pos.till.ports import Person
from pos.till.review.cases_views import PAGES, CaseDetail, CaseInbox, CaseSource, ChoiceKind
from pos.till.review.day_views import RowKind
from pos.till.review.events import Reported
from pos.till.review.service import ReviewService
from pos.till.review.timeline_views import Timeline
from pos.till.selling.views import SaleCaseKind
from pos.till.views import SignedIn, StripChanged
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.manager.cases.model import CasesModel
from pos.ui.manager.cases.presenter import CasesPresenter
from pos.ui.manager.cases.screen import CasesScreen
from pos.ui.manager.cases.section import CasesSection
from pos.ui.manager.cases.support import as_csv, as_text
from pos.ui.manager.cases.words import age_words, kind_words, panel_of
from pos.ui.manager.page import Acting, ManagerPage
from pos.ui.manager.timeline.box import TimelineBox
from pos.ui.shell.presenter import Screen
from pos.ui.strip.presenter import strip_model
from pos.ui.theme import Tone
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.choice import ChoiceSheet
from tests.booking.issuer import CODE
from tests.till.review.case_worlds import EV, WORLDS, A
from tests.ui.fake_cases import FakeCases, details
from tests.ui.fake_review import FakeReview
from tests.ui.fake_till import HUONG, FakeTill, ManualClock, strip
from tests.ui.hands import Hands

VI, EN = Translator("vi"), Translator("en")
ALL_KINDS = [
    *((CaseSource.REDEMPTION, kind.value) for kind in CaseKind),
    *((CaseSource.SALE, kind.value) for kind in SaleCaseKind),
    *((CaseSource.BOOKING, kind.value) for kind in BookingCaseKind),
    *((CaseSource.DAY, kind) for kind in ("open_row", "slip", "paper", "statement")),
]
SOME = ("loss", "undecidable", "undecidable_weak", "rejected", "used_not_given", "by_hand", "pay_back", "day_paper")


@pytest.fixture(scope="module")
def made() -> dict[str, CaseDetail]:
    """Every kind, as the real engine made it."""
    return dict(zip(WORLDS, details(), strict=True))


class Office:
    """A window with the cases open, a manager inside."""

    def __init__(self, qtbot: QtBot, cases: list[CaseDetail], folder: Path, *, at_once: bool = True) -> None:
        application()
        self.clock, self.till = ManualClock(), FakeTill()
        self.review, self.desk = FakeReview(at_once=at_once), FakeCases(cases)
        self.courses: list[tuple[RowKind, str]] = []
        presenter = CasesPresenter(
            self.review, self.desk.desk, lambda: self.acting.name, self.clock.now_utc, "Lê Lợi · T2", lambda: folder
        )
        self.section = CasesSection(presenter, TimelineBox(self.review, "cases/timeline", self._course))
        self.acting = Acting()
        page = ManagerPage(ReviewService(self.clock, lambda: 1), self._nobody, self._sections)
        config = UiConfig(
            choices=Choices(volume_percent=0), mono_s=self.clock.mono_s, now_utc=self.clock.now_utc, pages=(page,)
        )
        self.window = build_window(self.till, config)
        self.review.subscribe(self.window.bridge.happened.emit)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.hands = Hands(qtbot, self.window, self.till, self.clock)
        self.till.say(StripChanged(replace(strip(person=HUONG), open_cases=len(cases))))
        self.till.say(SignedIn(HUONG))
        self.hands.settle()
        self.hands.press("F12")

    def _nobody(self, pin: str) -> Person:
        raise SecurityError("pin.wrong", wait_s=0)

    def _sections(self, acting: Acting) -> tuple[CasesSection, ...]:
        self.acting = acting
        return (self.section,)

    def _course(self, kind: RowKind, row_id: str) -> Timeline:
        self.courses.append((kind, row_id))
        raise RuleBroken("case.not_offered")

    @property
    def screen(self) -> CasesScreen:
        assert isinstance(self.section._drawn, CasesScreen)
        return self.section._drawn

    @property
    def model(self) -> CasesModel:
        return self.section.presenter.model(VI)

    def shown(self) -> str:
        """Key of the case that is shown."""
        panel = self.model.panel
        return panel.key if panel is not None else ""

    @property
    def key(self) -> str:
        return self.section.presenter._chosen

    def box(self) -> ApprovalSheet | ChoiceSheet:
        sheet = self.window.box.sheet
        assert isinstance(sheet, ApprovalSheet | ChoiceSheet)
        return sheet

    def labels(self) -> dict[str, str]:
        return {button.key: button.accessibleName() for button in (*self.screen.buttons, *self.screen.edge_buttons)}

    def choose(self, kind: str) -> None:
        row = next(row for row in self.desk.all.values() if row.view.kind == kind)
        self.section.presenter.choose(row.view.key)
        self.hands.settle()


@pytest.fixture
def office(qtbot: QtBot, made: dict[str, CaseDetail], tmp_path: Path) -> Office:
    return Office(qtbot, [made[name] for name in SOME], tmp_path)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_says_what_happened_what_is_safe_and_what_to_do(language: str) -> None:
    tr = Translator(language)
    for source, kind in ALL_KINDS:
        assert not kind_words(tr, source, kind).startswith(("case", "cases")), (source, kind)
        for part in ("what", "safe", "do"):
            assert tr.has(f"cases.{source}.{kind}.{part}"), (source, kind, part)
    for choice in ChoiceKind:
        assert tr.has(f"cases.do.{choice}"), choice
        at_once = choice in PAGES or choice in (ChoiceKind.ASK, ChoiceKind.READ_AGAIN)
        assert at_once or tr.has(f"cases.hint.{choice}"), choice


def test_the_words_of_the_cases_fit_each_other_and_the_vietnamese_has_no_english_in_it() -> None:
    texts = {
        language: json.loads(resource_path(f"locale/{language}.cases.json").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }
    assert sorted(texts["vi"]) == sorted(texts["en"])
    fields = re.compile(r"\{\w+\}")
    for key, text in texts["vi"].items():
        assert text.strip(), key
        assert texts["en"][key].strip(), key
        assert set(fields.findall(text)) == set(fields.findall(texts["en"][key])), key
        english = re.search(
            r"\b(the|and|is|are|not|please|error|case|cases|customer|bill|ask|open)\b", fields.sub("", text)
        )
        assert english is None, (key, text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WORLDS)
def test_no_case_shows_a_word_of_the_program(name: str, language: str, made: dict[str, CaseDetail]) -> None:
    """Whatever the engine made of it: no key, no code without words, no whole code of a voucher."""
    panel = panel_of(Translator(language), made[name])
    said = [panel.title, *(block.text for block in panel.blocks), *panel.not_now, *(call.words for call in panel.calls)]
    said += [part for fact in panel.facts for part in fact]
    for words in said:
        assert not re.search(r"\b(cases?|message|reason|net|http|rule)\.[a-z_]+|_|\{", words), words
        assert not any(code in words for code in (A, EV, CODE)), words


def test_an_age_over_a_day_and_over_three_says_so_in_words() -> None:
    hour = 3600.0
    said = [age_words(VI, hours * hour)[0] for hours in (23.9, 24, 71.9, 72)]
    assert said == ["23 giờ 54 phút", "1 ngày · để lâu", "2 ngày · để lâu", "3 ngày · quá lâu!"]
    assert len({age_words(EN, hours * hour)[1] for hours in (1, 30, 80)}) == 3


# ---------------------------------------------------------------- the notice


@pytest.mark.parametrize(("language", "one", "two"), [("vi", "1 việc", "2 việc"), ("en", "1 case", "2 cases")])
def test_the_strip_says_how_many_and_nothing_where_there_are_none(language: str, one: str, two: str) -> None:
    tr, view, clock = Translator(language), strip(), ManualClock()
    said = [
        strip_model(tr, replace(view, open_cases=count), now_utc=clock.now_utc(), mono_s=0.0).cases
        for count in (0, 1, 2)
    ]
    assert said == ["", one, two]


def test_the_notice_leads_to_the_cases_from_any_screen(office: Office) -> None:
    office.hands.press("F1")
    button = office.window.screens.strip.cases
    assert (button.text(), button.key, button.isVisible()) == (f"{len(SOME)} việc", "F12", True)
    assert button.height() >= office.window.screens.look.px(48)
    button.click()
    office.hands.settle()
    assert office.window.shell.screen is Screen.MANAGER
    assert office.screen.isVisible()
    office.till.say(StripChanged(replace(strip(person=HUONG), open_cases=0)))
    office.hands.settle()
    assert not button.isVisible()


# ---------------------------------------------------------------- reading


def test_the_oldest_is_shown_at_once_with_what_to_do_now(office: Office, made: dict[str, CaseDetail]) -> None:
    model = office.model
    assert [row.id for row in model.rows] == [made[name].view.key for name in SOME]
    assert model.panel is not None
    assert (model.panel.key, model.panel.title) == (made["loss"].view.key, "Bị từ chối sau khi đã giao")
    assert [block.head for block in model.panel.blocks] == ["Chuyện gì đã xảy ra", "Điều gì an toàn", "Cần làm gì"]
    assert VI.money(100_000) in model.panel.blocks[1].text
    assert model.rows[0].age.endswith("quá lâu!")


def test_arrows_walk_through_the_list_and_no_enter_presses_anything(office: Office) -> None:
    first = office.key
    office.hands.press("Down", "Down", "Enter")
    assert office.key != first
    assert office.desk.done == []
    assert office.window.box.sheet is None
    office.hands.press("Up", "Up")
    assert office.key == first


def test_an_answer_about_another_case_is_never_shown(qtbot: QtBot, made: dict[str, CaseDetail], tmp_path: Path) -> None:
    """The disk is slow: while the first case is being read she has gone to the second."""
    office = Office(qtbot, [made["loss"], made["undecidable"]], tmp_path, at_once=False)
    office.review.run()
    office.hands.settle()
    assert office.shown() == ""
    office.section.presenter.choose(made["undecidable"].view.key)
    office.review.run()
    office.hands.settle()
    assert office.shown() == made["undecidable"].view.key
    assert office.screen.verdict_title == "Không xác định được"


def test_an_old_answer_that_comes_late_is_known_as_such(office: Office, made: dict[str, CaseDetail]) -> None:
    presenter, shown = office.section.presenter, office.shown()
    presenter.take(Reported("cases/detail", presenter._tickets["cases/detail"] - 1, made["by_hand"]))
    presenter.take(Reported("cases/inbox", presenter._tickets["cases/inbox"] - 1, CaseInbox((), 0)))
    assert (office.shown(), len(office.model.rows)) == (shown, len(SOME))


def test_what_cannot_be_done_now_says_why(office: Office) -> None:
    office.choose("used_not_given")
    assert "F8" not in office.labels()
    panel = office.model.panel
    assert panel is not None
    assert any("khách chưa nhận hàng" in words for words in panel.not_now)


def test_everything_that_can_be_done_has_a_key_and_room_for_a_finger(office: Office) -> None:
    for detail in office.desk.all.values():
        office.section.presenter.choose(detail.view.key)
        office.hands.settle()
        buttons = [button for button in office.screen.findChildren(QPushButton) if button.isVisible()]
        keys = list(office.labels())
        assert "" not in keys
        assert len(keys) == len(office.screen.buttons) + len(office.screen.edge_buttons), "a key twice"
        least = office.window.screens.look.px(48)
        assert all(button.height() >= least and button.accessibleName() for button in buttons)
        assert {choice.kind for choice in detail.choices if choice.offered} == {
            button.property("action") for button in office.screen.buttons
        }


def test_a_live_inbox_is_read_again_only_while_it_is_open(office: Office) -> None:
    asked = len(office.review.asked)
    office.review.journal_changed()
    office.hands.settle()
    assert len(office.review.asked) > asked
    office.hands.press("F1")
    assert office.review.watching is False
    asked = len(office.review.asked)
    office.review.journal_changed()
    assert len(office.review.asked) == asked


def test_the_tab_says_how_many_as_soon_as_it_is_known(
    qtbot: QtBot, made: dict[str, CaseDetail], tmp_path: Path
) -> None:
    office = Office(qtbot, [made["loss"], made["by_hand"]], tmp_path, at_once=False)
    office.review.run()
    office.hands.settle()
    tabs = [button.accessibleName() for button in office.window.findChildren(QPushButton) if button.property("section")]
    assert tabs == ["Cần xử lý (2)"]


def test_nothing_left_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    office = Office(qtbot, [], tmp_path)
    assert office.model.empty == "Không có việc nào cần xử lý."
    assert (office.model.panel, office.model.edge, office.model.actions) == (None, (), ())
    office.hands.press("F8", "F4", "F6", "Down", "Enter")
    assert office.desk.done == []


# ---------------------------------------------------------------- doing


def test_closing_asks_for_the_reason_and_takes_no_empty_one(office: Office) -> None:
    key = office.key
    office.hands.press("F8")
    box = office.box()
    office.hands.press("Enter")
    assert (office.desk.done, office.window.box.sheet) == ([], box)
    office.hands.type("thu 100k tien mat")
    office.hands.press("Enter")
    assert office.desk.done == [("close", key, "Hương", "thu 100k tien mat", False)]
    assert office.window.box.sheet is None
    assert key not in {row.id for row in office.model.rows}


def test_a_box_left_closes_nothing(office: Office) -> None:
    office.hands.press("F8")
    office.hands.type("x")
    office.hands.press("Esc")
    assert office.desk.done == []


def test_closing_does_not_pretend_that_the_voucher_is_settled(office: Office) -> None:
    """Got It never says for which bill: the case may be closed, and the box says what stays open."""
    office.choose("undecidable")
    office.hands.press("F8")
    said = " ".join(label.text() for label in office.box().card.findChildren(QLabel))
    assert "vẫn được ghi là “chưa rõ”" in said


def test_who_comes_second_reads_who_was_first(office: Office) -> None:
    office.desk.fault = RuleBroken("case.closed_already", who="Minh", when="09:05 21/11/2026", closure="đã thu")
    office.hands.press("F8")
    office.hands.type("da thu")
    office.hands.press("Enter")
    box = office.box()
    assert isinstance(box, ApprovalSheet)
    assert "Minh đã đóng việc này lúc 09:05 21/11/2026" in box._error.text()
    assert "Minh" in office.model.note


def test_asking_is_one_key_and_decisions_are_digits(office: Office) -> None:
    office.choose("undecidable")
    office.hands.press("F6")
    assert office.desk.done[-1][0] == "ask"
    weak = next(d for d in office.desk.all.values() if d.choice(ChoiceKind.ACCEPT))
    office.section.presenter.choose(weak.view.key)
    office.hands.settle()
    assert {key: label for key, label in office.labels().items() if key in "12"} == {
        "1": "Nhận voucher",
        "2": "Không nhận",
    }
    office.hands.type("2")
    office.hands.type("khong ai nhan")
    office.hands.press("Enter")
    assert office.desk.done[-1] == ("reject", weak.view.key, "Hương", "khong ai nhan", False)


def test_taking_back_asks_about_other_tills_where_nobody_knows_whose_use_it_was(office: Office) -> None:
    rejected = next(
        d for d in office.desk.all.values() if (choice := d.choice(ChoiceKind.TAKE_BACK)) and choice.other_till
    )
    office.section.presenter.choose(rejected.view.key)
    office.hands.settle()
    office.hands.type("1")
    assert isinstance(office.box(), ChoiceSheet)
    office.hands.press("Enter")
    assert office.desk.done == [], "Enter alone says nothing about other tills"
    office.hands.type("1")
    office.hands.type("khach tra hang")
    office.hands.press("Enter")
    assert office.desk.done == [("take_back", rejected.view.key, "Hương", "khach tra hang", True)]


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("done", "Đã hoàn voucher"),
        ("refused", "Không hoàn được"),
        ("open", "Chưa rõ đã hoàn"),
        ("by_hand", "Chưa hoàn được"),
    ],
)
def test_what_came_of_taking_back_is_said(office: Office, made: dict[str, CaseDetail], end: str, said: str) -> None:
    """Told to the issuer is not freed: she must not give the voucher back to the customer on a mere "done"."""
    detail = made["rejected"]
    office.section.presenter.choose(detail.view.key)
    office.desk.all[detail.view.key] = replace(detail, facts=replace(detail.facts, taking_back=end))
    office.section.presenter.carry_out(ChoiceKind.TAKE_BACK, "khách trả hàng", no_other_till=True)
    office.hands.settle()
    assert office.model.note.startswith(said)
    assert (office.model.note_tone is Tone.USABLE) == (end == "done")


def test_money_paid_back_is_said_once_more_before_it_is_written(office: Office) -> None:
    office.choose("pay_back")
    office.hands.type("1")
    assert isinstance(office.box(), ChoiceSheet)
    office.hands.press("Esc")
    assert office.desk.done == []
    office.hands.type("1")
    office.hands.type("1")
    assert [done[0] for done in office.desk.done] == ["paid_back"]


def test_what_is_finished_at_the_counter_leads_there(office: Office) -> None:
    office.choose("used_not_given")
    number = next(d for d in office.desk.all.values() if d.view.kind == "used_not_given").view.bill_number
    office.hands.press("F7")
    assert office.window.shell.screen is Screen.COUNTER
    assert ("resume_bill", number) in office.till.commands
    assert office.desk.done == []


def test_a_case_gets_an_owner(office: Office) -> None:
    key = office.key
    office.hands.press("F4")
    office.hands.type("2")
    assert office.desk.done == [("own", key, "Hương", "Lan", False)]
    assert office.model.rows[0].owner == "Lan"
    assert office.model.note == "Lan phụ trách việc này."


def test_the_course_of_events_is_asked_for_what_the_case_is_about(office: Office, made: dict[str, CaseDetail]) -> None:
    office.hands.press("F5")
    assert office.courses == [(RowKind.REDEMPTION, made["loss"].view.ref)]
    office.hands.press("Esc")
    office.choose("paper")
    assert "F5" not in office.labels()


def test_closed_cases_are_found_and_say_who_and_why(office: Office) -> None:
    key = office.key
    office.desk.close_by(key, "Minh", "phiếu thu 118")
    office.hands.type("/")
    assert [row.id for row in office.model.rows] == [key]
    assert office.model.rows[0].owner == "Minh: phiếu thu 118"
    assert office.model.actions == ()
    panel = office.model.panel
    assert panel is not None
    assert "Minh" in panel.blocks[-1].text
    assert "phiếu thu 118" in panel.blocks[-1].text
    office.hands.type("119")
    assert office.model.rows == ()
    office.hands.press("Esc")
    assert (office.model.closed, len(office.model.rows)) == (False, len(SOME) - 1)


# ---------------------------------------------------------------- for the support


def test_copied_for_the_support_it_has_what_they_need_and_no_whole_code(office: Office) -> None:
    office.choose("undecidable")
    detail = next(d for d in office.desk.all.values() if d.view.kind == "undecidable")
    office.hands.press("Ctrl+E")
    office.hands.type("1")
    told = QGuiApplication.clipboard().text()
    for needed in (
        detail.view.bill_number,
        "••••" + A[-4:],
        VI.money(100_000),
        "Got It",
        detail.calls[0].call_id,
        "HTTP 200",
    ):
        assert needed in told, needed
    assert detail.calls[0].at_utc.strftime("%Y-%m-%dT%H:%M:%S") in told
    assert A not in told
    assert office.model.note == "Đã chép. Dán vào email hay chat."


def test_a_file_for_the_support_has_all_open_ones_of_the_issuer_and_no_other(office: Office, tmp_path: Path) -> None:
    office.section.act("facts")
    office.hands.settle()
    office.hands.type("3")
    (path,) = tmp_path.glob("*.csv")
    assert str(path) in office.model.note
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    wanted = {d.view.bill_number for d in office.desk.all.values() if d.view.issuer == "gotit"}
    assert {row["Hóa đơn"] for row in rows} == wanted
    assert A not in path.read_text(encoding="utf-8-sig")


def test_a_file_that_cannot_be_written_is_said(office: Office, tmp_path: Path) -> None:
    tmp_path.rmdir()
    office.section.act("facts")
    office.hands.settle()
    office.hands.type("3")
    assert "Không ghi được tập tin" in office.model.note


def test_text_that_a_spreadsheet_takes_for_a_formula_is_harmless(made: dict[str, CaseDetail]) -> None:
    evil = '=HYPERLINK("http://x")'
    detail = made["loss"]
    view = replace(detail.view, bill_number=evil, label="@SUM(1)", ending="-1+2")
    facts = replace(detail.facts, transaction_id="+84")
    rows = list(csv.reader(io.StringIO(as_csv(EN, [replace(detail, view=view, facts=facts)]).decode("utf-8-sig"))))
    for cell in (cell for row in rows[1:] for cell in row):
        assert cell[:1] not in ("=", "+", "-", "@"), cell
    assert f"'{evil}" in rows[1]


@pytest.mark.parametrize("name", WORLDS)
def test_no_support_ever_gets_a_whole_code(name: str, made: dict[str, CaseDetail]) -> None:
    for tr in (VI, EN):
        told = as_text(tr, [made[name]], "T2") + as_csv(tr, [made[name]]).decode("utf-8-sig")
        for code in (A, EV, CODE):
            assert code not in told
            assert code[:-4] not in told
        assert made[name].view.bill_number in told


def test_read_aloud_a_row_says_all_that_it_shows(office: Office) -> None:
    row = office.model.rows[0]
    for part in (row.kind, row.age, row.about, row.owner):
        assert part in row.spoken
