"""Closing the day: what may be called zero, what she agrees to leave over, and that nothing is closed by accident."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pos.domain.closing import DifferenceKind, Flow, Standing
from pos.domain.errors import JournalError, SecurityError
from pos.i18n import LANGUAGES, Translator
from pos.till.review.closing import ClosedBy, ClosingView, Doing, PaperCount, PrintEnd, ReportPrinted
from pos.ui.manager.closing.model import Step
from pos.ui.shell.frame import Area
from tests.ui.closing_office import ClosingOffice
from tests.ui.fake_closing import CASES, DAY, EVENING, HASH, busy, earlier, figures, row, slip, with_left, zero
from tests.ui.fake_till import HUONG

ZERO = "Chốt ngày 21/11 – mọi mục đều khớp"


@pytest.fixture
def office() -> Iterator[ClosingOffice]:
    made = ClosingOffice()
    made.open()
    made.run()
    yield made
    made.window.close()


def only(office: ClosingOffice, name: str) -> list[tuple[object, ...]]:
    """What was done by this name."""
    return [done for done in office.desk.done if done[0] == name]


# ---------------------------------------------------------------- what is called zero


def test_a_day_on_which_everything_agrees_is_called_zero(office: ClosingOffice) -> None:
    assert office.close_button() == ZERO
    assert office.states() == ["Khớp"] * 4


LEFT: dict[str, tuple[ClosingView, Step, str]] = {
    "an open row": (replace(zero(), rows=(row(1),)), Step.ISSUER, "để lại 1 việc"),
    "a slip": (replace(zero(), slips=(slip(1, DifferenceKind.SLIP_PENDING),)), Step.SLIPS, "để lại 1 việc"),
    "a missing paper": (replace(zero(), papers=(PaperCount("gotit", 3, 2, "H", EVENING),)), Step.PAPERS, "để lại 1"),
    "papers nobody counted": (replace(zero(), papers=(PaperCount("gotit", 3, None),)), Step.PAPERS, "chưa đếm giấy"),
    "an open case": (replace(zero(), cases=CASES[:1]), Step.CASES, "còn 1 việc cũ"),
    "a row that is a case": (replace(zero(), rows=(row(1, doing=Doing.CASE),), cases=CASES), Step.CASES, "2 việc cũ"),
}


@pytest.mark.parametrize("name", LEFT)
def test_whatever_is_left_is_named_and_never_called_zero(office: ClosingOffice, name: str) -> None:
    view, step, words = LEFT[name]
    office.show(view)
    assert office.close_button() != ZERO
    assert words in office.close_button()
    states = dict(zip(Step, office.states(), strict=True))
    assert states[step] != "Khớp"


def test_the_page_opens_where_something_is_left(office: ClosingOffice) -> None:
    office.page.show_section("day")
    office.desk.now = with_left(replace(zero(), papers=(PaperCount("gotit", 3, None),)))
    office.page.show_section("closing")
    office.run()
    assert office.model.open is Step.PAPERS


def test_a_queue_that_drains_is_seen_without_a_key(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1), row(2))))
    assert "để lại 2 việc" in office.close_button()
    office.show(replace(zero(), rows=(row(2),)))
    assert "để lại 1 việc" in office.close_button()
    office.show(zero())
    assert office.close_button() == ZERO


# ---------------------------------------------------------------- closing


def test_zero_is_closed_by_f8_and_enter_and_the_z_is_read_and_printed(office: ClosingOffice) -> None:
    office.press("F8")
    assert not only(office, "close"), "F8 alone closes nothing"
    office.press("Enter")
    office.run()
    assert only(office, "close") == [("close", DAY, HUONG.name, False)]
    assert only(office, "print") == [("print", "z/41")]
    report = office.model.report
    assert "41" in report.title
    assert HASH[:4] in report.chain[0]
    assert "Đã in xong" in report.note


def test_what_is_left_is_left_by_the_digit_never_by_enter(office: ClosingOffice) -> None:
    office.show(busy())
    office.press("F8")
    office.press("Enter", "Enter")
    assert office.window.box.is_open
    assert "closing/close" not in office.review.changed
    office.press("1")
    office.run()
    assert only(office, "close") == [("close", DAY, HUONG.name, True)]
    assert "6 chỗ chưa khớp" not in office.model.report.verdict
    assert f"{len(with_left(busy()).differences)} chỗ chưa khớp" in office.model.report.verdict


def test_the_box_says_each_difference_and_what_cannot_be_undone(office: ClosingOffice) -> None:
    office.show(busy())
    office.press("F8")
    said = "\n".join(text for text in (office.box._left.text(), office.box._warning.text()))
    assert "••••4001" in said
    assert "thiếu 1 tờ" in said
    assert "Không hoàn lại được" in said


def test_a_difference_that_came_after_she_agreed_is_not_left_over_in_silence(office: ClosingOffice) -> None:
    office.press("F8", "Enter")
    office.desk.now = with_left(replace(zero(), rows=(row(9),)))  # written between her Enter and the closing
    office.run()
    assert not only(office, "close")
    assert "chưa xem" in office.model.notice
    assert "để lại 1 việc" in office.close_button()


def test_one_more_while_she_reads_ends_the_question(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1),)))
    office.press("F8")
    office.show(replace(zero(), rows=(row(1), row(2))))
    assert not office.window.box.is_open
    assert "thay đổi" in office.model.notice


def test_one_less_while_she_reads_only_changes_the_words(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1), row(2))))
    office.press("F8")
    office.show(replace(zero(), rows=(row(1),)))
    assert office.window.box.is_open
    assert "để lại 1 việc" in office.box.ok_button.accessibleName()
    office.press("1")
    office.run()
    assert only(office, "close") == [("close", DAY, HUONG.name, True)]


def test_two_managers_close_a_day_once(office: ClosingOffice) -> None:
    office.press("F8", "Enter")
    office.desk.now = replace(zero(), closed=ClosedBy(41, DAY, "Tuấn", EVENING))
    office.run()
    assert not only(office, "close")
    assert "Tuấn" in office.model.notice
    assert office.close_button() == "Xem phiếu Z 41"


def test_nothing_is_closed_by_leaving_the_box(office: ClosingOffice) -> None:
    office.press("F8", "Esc")
    office.run()
    assert not office.review.changed
    office.press("Enter")
    office.run()
    assert not office.review.changed


def test_after_midnight_the_day_that_has_ended_is_closed(office: ClosingOffice) -> None:
    tomorrow = DAY + timedelta(days=1)
    office.show(replace(zero(), day=tomorrow, today=tomorrow, dates=(DAY,)))
    assert office.close_button() == ZERO
    office.press("F8", "Enter")
    office.run()
    assert only(office, "close") == [("close", DAY, HUONG.name, False)]


def test_days_that_were_never_closed_are_said_and_can_be_closed_by_themselves(office: ClosingOffice) -> None:
    office.show(replace(zero(), dates=(DAY - timedelta(days=1), DAY)))
    assert "20/11/2026 chưa chốt" in office.model.notice
    office.press("Ctrl+D")
    office.run()
    assert "Chốt ngày 20/11" in office.close_button()


def test_a_day_without_sales_can_be_closed_and_says_so(office: ClosingOffice) -> None:
    office.show(replace(zero(), figures=figures(0), dates=(), papers=()))
    assert office.close_button() == "Chốt ngày 21/11 – không có hóa đơn"


# ---------------------------------------------------------------- the steps


def test_asking_tells_how_far_and_how_long_and_ends_when_all_have_an_answer(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1), row(2), row(3, DifferenceKind.UNSENT, Doing.AT_COUNTER))))
    office.press("F4")
    office.run()
    assert only(office, "settle_now") == [("settle_now",)]
    office.pass_s(12)
    office.show(replace(zero(), rows=(row(2), row(3, DifferenceKind.UNSENT, Doing.AT_COUNTER))))
    assert office.states()[0] == "Đang hỏi 1/2"
    assert "12 giây" in office.model.body.running
    office.show(replace(zero(), rows=(replace(row(2), tries=3), row(3, DifferenceKind.UNSENT, Doing.AT_COUNTER))))
    assert office.states()[0] == "Còn 2"
    assert "Đã hỏi xong" in office.model.notice


def test_asking_can_be_left_and_never_lasts(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1),)))
    office.press("F4", "Esc")
    assert office.states()[0] == "Còn 1"
    office.press("F4")
    office.pass_s(61)
    assert office.states()[0] == "Còn 1"
    assert "Sau 1 phút" in office.model.notice


def test_without_a_network_she_does_not_wait_for_it(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(1),)))
    office.go_offline()
    assert "Mất mạng" in office.model.body.hint
    office.press("F4")
    office.pass_s(6)
    assert "Mất mạng" in office.model.notice
    assert office.states()[0] == "Còn 1"


def test_a_network_that_was_lost_before_the_page_opened_is_known() -> None:
    office = ClosingOffice()
    office.go_offline()
    office.desk.now = with_left(replace(zero(), rows=(row(1),)))
    office.open()
    office.run()
    assert "Mất mạng" in office.model.body.hint
    office.window.close()


def test_a_row_of_the_counter_is_not_asked_about_but_finished_there(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=(row(3, DifferenceKind.UNSENT, Doing.AT_COUNTER),)))
    office.press("F4")
    assert "F10" in office.model.notice
    assert not office.review.changed
    office.press("Enter")
    assert ("resume_bill", "HN03-T2-20261121-000103") in office.till.commands


def test_a_doubtful_slip_is_decided_by_a_digit(office: ClosingOffice) -> None:
    office.show(replace(zero(), slips=(slip(1, DifferenceKind.SLIP_DOUBTFUL),)))
    office.press("2", "Enter")
    assert office.window.box.is_open
    office.press("Enter")
    assert office.window.box.is_open
    office.press("1")
    office.run()
    assert only(office, "seen") == [("seen", "job1", HUONG.name)]
    assert office.close_button() == ZERO


def test_a_doubtful_slip_that_is_not_there_is_printed_as_a_copy(office: ClosingOffice) -> None:
    office.show(replace(zero(), slips=(slip(1, DifferenceKind.SLIP_DOUBTFUL),)))
    office.press("2", "Enter", "2")
    office.run()
    assert only(office, "reprint") == [("reprint", "HN03-T2-20261121-000101", HUONG.name)]


def test_a_waiting_slip_is_printed_now(office: ClosingOffice) -> None:
    office.show(replace(zero(), slips=(slip(1, DifferenceKind.SLIP_PENDING),)))
    office.press("2", "Enter")
    assert office.printed_now == 1


def test_papers_are_counted_with_digits_and_zero_has_to_be_typed(office: ClosingOffice) -> None:
    office.show(
        replace(zero(), papers=(PaperCount("gotit", 3, None), PaperCount("vinid-evoucher", 1, 1, "H", EVENING)))
    )
    office.press("3", "F4", "Enter")
    assert office.window.box.is_open, "nothing typed is no count"
    office.press("0", "3", "Enter")
    office.run()
    assert only(office, "count") == [("count", "gotit", 3, HUONG.name, DAY)]
    assert office.close_button() == ZERO
    office.press("Enter", "0", "Enter")
    office.run()
    assert only(office, "count")[1] == ("count", "gotit", 0, HUONG.name, DAY)
    assert office.states()[2] == "Lệch 3 tờ"


def test_cases_are_settled_where_they_belong(office: ClosingOffice) -> None:
    office.show(replace(zero(), cases=CASES))
    office.press("4", "Enter")
    assert office.plain["cases"].life == ["opened"]


def test_ten_thousand_open_rows_are_counted_and_do_not_hold_the_window_up(office: ClosingOffice) -> None:
    office.show(replace(zero(), rows=tuple(row(number) for number in range(10_000))))
    assert office.states()[0] == "Còn 10000"
    assert "200 trong 10000" in office.model.body.hint
    tr = Translator("vi")
    office.press("F4")
    began_s = time.perf_counter()
    for _ in range(5):
        office.section.presenter.model(tr)
    assert (time.perf_counter() - began_s) / 5 < 0.25, "drawn every second, beside everything else"


# ---------------------------------------------------------------- shift and reports


def test_a_shift_is_handed_over_on_the_incoming_persons_pin(office: ClosingOffice) -> None:
    office.desk.faults["hand_over"] = SecurityError("pin.wrong", wait_s=0)
    office.press("F6", "Enter", *"9999", "Enter")
    office.run()
    assert office.window.box.is_open
    assert "PIN" in office.box._error.text()
    office.press(*"1111", "Enter")
    office.run()
    assert office.box is None
    assert only(office, "hand_over") == [("hand_over", "Lan", "p2", 4)]
    assert office.model.shift == "Ca của Minh"


def test_x_is_read_and_printed_and_changes_nothing(office: ClosingOffice) -> None:
    office.press("F5")
    office.run()
    assert office.model.report.title.startswith("Phiếu X")
    office.press("Ctrl+P")
    office.run()
    assert only(office, "print") == [("print", "x")]
    office.press("Esc")
    assert office.close_button() == ZERO


def test_earlier_reports_are_read_with_the_arrows_and_printed_again(office: ClosingOffice) -> None:
    office.desk.reports = earlier()
    office.press("F7")
    office.run()
    assert "Phiếu Z 40" in office.model.report.title
    office.press("Down", "Ctrl+P")
    office.run()
    assert "Phiếu Z 39" in office.model.report.title
    assert only(office, "print") == [("print", "z/39")]


def test_a_report_that_is_not_on_paper_is_said_and_is_not_printed_twice_by_haste(office: ClosingOffice) -> None:
    office.desk.reports, office.desk.print_end = earlier(), None
    office.press("F7")
    office.run()
    office.press("Ctrl+P", "Ctrl+P")
    office.run()
    assert len(only(office, "print")) == 1
    office.desk.told[0][1](ReportPrinted(PrintEnd.NOT_PRINTED, "printer.paper_out"))
    office.settle()
    assert "hết giấy" in office.model.report.note
    office.press("Ctrl+P")
    office.run()
    assert len(only(office, "print")) == 2


def test_a_day_that_cannot_be_read_says_so_and_is_read_again_on_f4() -> None:
    office = ClosingOffice()
    office.desk.faults["view"] = JournalError("journal.busy")
    office.open()
    office.run()
    assert office.close_button() == ""
    assert office.model.empty
    office.press("F4")
    office.run()
    assert office.close_button() == ZERO
    office.window.close()


# ---------------------------------------------------------------- life


def test_a_busy_till_does_not_keep_the_day_from_being_read(office: ClosingOffice) -> None:
    office.review.asked.clear()
    for _ in range(5):
        office.review.journal_changed()
    office.settle()
    assert office.review.asked == ["closing/view"], "the reading that runs is not thrown away"
    office.run()
    assert office.review.asked == ["closing/view"] * 2


def test_a_day_that_is_long_to_read_is_not_read_all_the_time(office: ClosingOffice) -> None:
    office.review.journal_changed()
    office.settle()
    office.clock.mono += 3  # so long did the reading take
    office.run()
    office.review.asked.clear()
    office.review.journal_changed()
    office.settle()
    office.pass_s(11)
    assert not office.review.asked
    office.pass_s(2)
    assert office.review.asked == ["closing/view"]


def test_out_of_sight_nothing_is_read(office: ClosingOffice) -> None:
    office.review.journal_changed()
    office.settle()
    office.page.show_section("day")
    assert not office.review.waiting, "the reading that ran is not waited for"
    office.review.asked.clear()
    assert not office.review.watching
    office.review.journal_changed()
    office.settle()
    assert not office.review.asked


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1024, 768), (1920, 1080)])
def test_no_state_scrolls_the_page(language: str, size: tuple[int, int]) -> None:
    office = ClosingOffice(language, size)
    office.open()
    office.run()
    area = office.window.findChild(Area)
    assert isinstance(area, Area)
    for view in (zero(), busy(), replace(busy(), dates=(DAY - timedelta(days=1), DAY))):
        office.show(view)
        for key in ("1", "2", "3", "4", "F5", "F7"):
            office.press(key)
            office.run()
            assert area.verticalScrollBar().maximum() == 0, (view.day, key)
    office.window.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words(language: str) -> None:
    tr = Translator(language)
    keys = [f"closing.kind.{kind}" for kind in DifferenceKind]
    keys += [f"closing.doing.{doing}" for doing in Doing]
    keys += [f"closing.standing.{standing}" for standing in Standing]
    keys += [f"closing.printed.{end}" for end in PrintEnd]
    keys += [f"closing.{part}.{step}" for step in Step for part in ("step", "do")]
    keys += [f"closing.{step}.{part}" for step in Step for part in ("hint", "empty")]
    keys += [f"closing.working.{key}" for key in ("close", "count", "seen", "reprint")]
    keys += [f"closing.fig.{flow}.{standing}" for flow in (Flow.SALE, Flow.BOOKING) for standing in ("sold", "open")]
    assert [key for key in keys if not tr.has(key)] == []
