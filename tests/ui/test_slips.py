"""Slips that are not on paper for sure: seen, told why, settled by a person – by key and by finger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from pos.i18n import Translator
from pos.till.ports import PrintState
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    CommandFailed,
    DeviceView,
    Link,
    ListsChanged,
    ListsView,
    Message,
    SlipRow,
    StripChanged,
)
from pos.ui.config import Choices
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.slips.presenter import slip_model, slips_model
from pos.ui.slips.screen import SlipSheet
from pos.ui.theme import ThemeName
from tests.ui.fake_till import NOW_UTC, strip
from tests.ui.hands import Hands
from tests.ui.scenes import BILL, lists, slips
from tests.ui.test_window import banner_text, heard

STOPPED = replace(strip(), unprinted=4, doubtful=1, printer=DeviceView(Link.DOWN, "paper_out"))
DOUBTFUL, WAITING, BEHIND, PRINTING = slips()


@pytest.fixture
def signed_in(hands: Hands) -> Hands:
    hands.sign_in()
    hands.show(BILL)
    hands.till.say(ListsChanged(lists()))
    hands.till.say(StripChanged(STOPPED))
    hands.settle()
    hands.till.commands.clear()
    return hands


def sheet(hands: Hands) -> SlipSheet:
    box = hands.window.box.sheet
    assert isinstance(box, SlipSheet)
    return box


def texts(box: SlipSheet) -> str:
    return "\n".join(label.text() for label in box.findChildren(QLabel))


def has(hands: Hands, *rows: SlipRow) -> None:
    """The engine says that these slips are left."""
    hands.till.say(ListsChanged(replace(lists(), slips=rows)))
    hands.settle()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_row_says_in_words_what_it_waits_for(language: str) -> None:
    model = slips_model(Translator(language), lists(), STOPPED, now_utc=NOW_UTC)
    states = [row.cells[-1].text for row in model.rows]
    vi = ["Có thể đã in – xem giấy", "Chờ máy in: hết giấy", "Chờ đến lượt in", "Đang in"]
    en = ["May be on paper – look", "Waiting for the printer: out of paper", "Waiting its turn", "Printing now"]
    assert states == (vi if language == "vi" else en)
    assert [row.cells[0].text for row in model.rows] == ["20:32 20/11", "08:07", "09:09", "09:09"]


@pytest.mark.parametrize("note", ["device.not_found", "printer.cover_open", "printer.offline", "printer.no_such_word"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_code_stands_bare_in_the_list(language: str, note: str) -> None:
    tr = Translator(language)
    row = replace(WAITING, note=note)
    said = slips_model(tr, ListsView((), (), (row,)), STOPPED, now_utc=NOW_UTC).rows[0].cells[-1].text
    assert note.rpartition(".")[2] not in said
    assert said != tr.t("slips.state.waiting")


def test_the_list_opens_by_its_key_and_by_touch_of_the_strip(signed_in: Hands) -> None:
    button = signed_in.window.screens.strip.slips
    assert (button.text(), button.key) == ("3 phiếu chờ in, 1 cần xem", "Ctrl+S")
    signed_in.press("Ctrl+S")
    assert signed_in.window.shell.screen is Screen.SLIPS
    signed_in.press("F1")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    signed_in.settle()
    assert signed_in.window.shell.screen is Screen.SLIPS
    assert signed_in.window.screens.lists.screens[Screen.SLIPS].table.hasFocus()


@pytest.mark.parametrize(
    ("unprinted", "doubtful", "said"),
    [(0, 0, None), (1, 0, "1 phiếu chờ in"), (2, 2, "2 phiếu cần xem"), (3, 1, "2 phiếu chờ in, 1 cần xem")],
)
def test_the_strip_tells_what_waits_from_what_may_be_on_paper(
    signed_in: Hands, unprinted: int, doubtful: int, said: str | None
) -> None:
    signed_in.till.say(StripChanged(replace(strip(), unprinted=unprinted, doubtful=doubtful)))
    signed_in.settle()
    button = signed_in.window.screens.strip.slips
    assert (None if button.isHidden() else button.text()) == said


def test_a_waiting_slip_is_tried_now_by_f8_or_from_its_box(signed_in: Hands) -> None:
    signed_in.press("Ctrl+S", "F8")
    signed_in.press("Down", "Enter", "Enter")
    assert signed_in.till.commands == [("print_now",)] * 2
    assert signed_in.window.box.sheet is None


def test_with_nothing_waiting_there_is_nothing_to_try(signed_in: Hands) -> None:
    """A button that does nothing is not there, and its key does nothing."""
    signed_in.till.say(StripChanged(replace(STOPPED, unprinted=1)))
    has(signed_in, DOUBTFUL)
    signed_in.press("Ctrl+S", "F8")
    assert signed_in.window.screens.lists.screens[Screen.SLIPS].button.isHidden()
    assert signed_in.till.commands == []


def test_a_doubtful_slip_is_settled_by_a_person_who_has_looked(signed_in: Hands) -> None:
    signed_in.press("Ctrl+S", "Enter")
    assert "máy tắt khi đang in" in texts(sheet(signed_in))
    signed_in.press("F6")
    assert signed_in.till.commands == [("slip_seen", "j1")]
    assert signed_in.window.box.sheet is None


def test_or_a_copy_of_it_is_printed(signed_in: Hands) -> None:
    signed_in.press("Ctrl+S", "Enter", "F7")
    assert signed_in.till.commands == [("reprint", DOUBTFUL.bill_number)]


@pytest.mark.parametrize(("key", "command"), [("F6", ("slip_seen", "j1")), ("F7", ("reprint", DOUBTFUL.bill_number))])
def test_a_finger_does_what_the_keys_do(signed_in: Hands, key: str, command: tuple[str, str]) -> None:
    signed_in.press("Ctrl+S")
    table = signed_in.window.screens.lists.screens[Screen.SLIPS].table
    row = table.visualRect(table.model().index(0, 1)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=row)
    signed_in.settle()
    QTest.mouseClick(sheet(signed_in).buttons[key], Qt.MouseButton.LeftButton)
    assert signed_in.till.commands == [command]


def test_enter_never_answers_for_a_person_who_has_not_looked(signed_in: Hands) -> None:
    """Enter in a row, as a hurried hand or a scanner sends it."""
    signed_in.press("Ctrl+S", "Enter", "Enter", "Enter")
    assert signed_in.till.commands == []
    assert sheet(signed_in).isVisible()
    signed_in.press("Esc")
    assert signed_in.window.box.sheet is None


def test_a_question_that_time_has_answered_goes_away(signed_in: Hands) -> None:
    """The slip came out while its box was open: nobody is asked any more, and a finger too late does nothing."""
    signed_in.press("Ctrl+S", "Down", "Enter")
    assert sheet(signed_in).model.job_id == WAITING.job_id
    has(signed_in, DOUBTFUL, BEHIND)
    assert signed_in.window.box.sheet is None
    signed_in.press("Enter")
    has(signed_in, replace(DOUBTFUL, state=PrintState.PENDING), BEHIND)
    assert signed_in.window.box.sheet is None


def test_a_scan_behind_the_question_is_refused_aloud(signed_in: Hands) -> None:
    sounds = heard(signed_in)
    signed_in.press("Ctrl+S", "Enter")
    signed_in.scan("4471902835")
    assert (signed_in.till.commands, sounds) == ([], [Sound.REFUSED])


def test_a_stopped_printer_says_how_many_wait_and_what_to_do_until_it_prints(signed_in: Hands) -> None:
    """Paper in, and the banner is gone by itself."""
    assert banner_text(signed_in) == "Hết giấy – 3 phiếu chờ in. Thay giấy, máy tự in tiếp."
    signed_in.press("Ctrl+O")
    assert signed_in.window.shell.screen is Screen.SLIPS
    signed_in.till.say(StripChanged(replace(STOPPED, printer=DeviceView(Link.OK, "ready"), unprinted=2)))
    signed_in.settle()
    assert banner_text(signed_in) == ""


def test_it_is_heard_once_when_it_stops(hands: Hands) -> None:
    hands.sign_in()
    sounds = heard(hands)
    for _ in range(3):
        hands.till.say(StripChanged(STOPPED))
    hands.till.say(StripChanged(replace(STOPPED, printer=DeviceView(Link.DOWN, "cover_open"))))
    hands.settle()
    assert sounds == [Sound.UNKNOWN]
    assert banner_text(hands).startswith("Nắp máy in đang mở – 3 phiếu")


def test_waved_away_it_comes_back_only_when_the_printer_stops_anew(signed_in: Hands) -> None:
    signed_in.press("Esc")
    assert banner_text(signed_in) == ""
    signed_in.till.say(StripChanged(replace(STOPPED, unprinted=5)))
    signed_in.settle()
    assert banner_text(signed_in) == ""
    for view in (replace(STOPPED, printer=DeviceView(Link.OK, "ready")), STOPPED):
        signed_in.till.say(StripChanged(view))
    signed_in.settle()
    assert "3 phiếu" in banner_text(signed_in)


def test_an_idle_printer_without_paper_holds_nothing_up(hands: Hands) -> None:
    """The strip says so; a banner is for slips that wait."""
    hands.sign_in()
    hands.till.say(StripChanged(replace(STOPPED, unprinted=1, doubtful=1)))
    hands.settle()
    assert banner_text(hands) == ""


def test_a_slip_that_came_out_badly_is_told_beside_its_own_result(signed_in: Hands) -> None:
    """The panel says that the sale is done; only the banner says that the slip may not be, until somebody looked."""
    signed_in.show("done")
    number = BILL.number
    signed_in.till.say(BannerRaised(Banner(BannerKind.PRINT_DOUBTFUL, number)))
    has(signed_in, replace(DOUBTFUL, bill_number=number))
    signed_in.show("done")
    assert number in banner_text(signed_in)
    has(signed_in)
    assert number not in banner_text(signed_in)


def test_a_disk_in_trouble_is_told_where_the_person_is(signed_in: Hands) -> None:
    """Her answer was not kept: the counter's panel is not in sight from the list."""
    signed_in.press("Ctrl+S")
    signed_in.till.say(CommandFailed("slip_seen", Message("journal.disk_full")))
    signed_in.settle()
    assert "đầy" in banner_text(signed_in)


@pytest.mark.parametrize("row", slips(), ids=lambda row: row.job_id)
@pytest.mark.parametrize(("language", "width", "height"), [("vi", 1024, 768), ("en", 1024, 768), ("en", 1920, 1080)])
def test_the_box_cuts_nothing_and_fingers_hit_its_buttons(
    signed_in: Hands, row: SlipRow, language: str, width: int, height: int
) -> None:
    window = signed_in.window
    window.resize(width, height)
    window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    signed_in.press("Ctrl+S")
    window.desk_boxes.open_slip(row.job_id)
    signed_in.settle()
    box = sheet(signed_in)
    assert window.rect().contains(box.card.geometry())
    for button in box.findChildren(QAbstractButton):
        assert button.height() >= 48
        assert button.width() >= button.sizeHint().width()
        assert button.accessibleName()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_stopped_printer_s_banner_pushes_nothing_out_of_the_window(signed_in: Hands, language: str) -> None:
    signed_in.window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    for name in ("usable", "done-mixed", "unknown"):
        signed_in.show(name)
        bar = signed_in.window.screens.counter_screen._bar_box
        assert bar.visibleRegion().boundingRect().height() == bar.height(), name


def test_the_box_names_bill_kind_amount_and_time() -> None:
    model = slip_model(Translator("vi"), replace(WAITING, copy=2))
    assert model.facts == "HN03-T2-20261121-000139 · Bản sao 2\n100.000\u00a0₫ · 08:07 21/11/2026"
