"""The cash drawer at the counter: why, by whose right, and what became of it – by key and by finger."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from pos.domain.drawer import A_PERSON_S, DrawerReason
from pos.till.views import CommandFailed, DeviceView, DrawerOpened, Link, Message, StripChanged
from pos.ui.config import Choices
from pos.ui.counter.model import ActionId
from pos.ui.drawer.presenter import DrawerPresenter, Stage
from pos.ui.drawer.sheet import DrawerSheet
from pos.ui.signs import Sound
from pos.ui.theme import ThemeName
from tests.ui.fake_till import strip
from tests.ui.hands import Hands
from tests.ui.scenes import BILL
from tests.ui.test_window import heard


@pytest.fixture
def signed_in(hands: Hands) -> Hands:
    hands.sign_in()
    hands.show(BILL)
    return hands


def box(hands: Hands) -> DrawerSheet:
    sheet = hands.window.box.sheet
    assert isinstance(sheet, DrawerSheet)
    return sheet


def fail(hands: Hands, code: str, **params: str | int) -> None:
    """The till says that the drawer stayed shut."""
    hands.till.say(CommandFailed("open_drawer", Message(code, tuple(params.items()))))
    hands.settle()


def said(hands: Hands) -> str:
    return "\n".join(label.text() for label in box(hands).findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize(("key", "reason"), list(zip("1234", A_PERSON_S, strict=False)))
def test_two_keys_open_it_and_the_box_goes_by_itself(signed_in: Hands, key: str, reason: DrawerReason) -> None:
    signed_in.press("Ctrl+N")
    signed_in.type(key)
    assert signed_in.till.commands == [("open_drawer", reason, "", None)]
    assert "chờ máy in" in said(signed_in)
    signed_in.till.say(DrawerOpened())
    signed_in.settle()
    assert signed_in.window.box.sheet is None
    assert signed_in.window.screens.counter_screen.entry.hasFocus()


def test_a_finger_opens_it_as_well(signed_in: Hands) -> None:
    button = next(b for b in signed_in.window.screens.counter_screen._buttons if b.key == "Ctrl+N")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    signed_in.settle()
    QTest.mouseClick(box(signed_in).buttons["2"], Qt.MouseButton.LeftButton)
    assert signed_in.till.commands == [("open_drawer", DrawerReason.CASH_IN, "", None)]


def test_something_else_is_said_in_words(signed_in: Hands) -> None:
    """Enter on nothing asks on."""
    signed_in.press("Ctrl+N")
    signed_in.type("5")
    signed_in.press("Enter")
    assert signed_in.till.commands == []
    signed_in.type("doi tien le")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("open_drawer", DrawerReason.OTHER, "doi tien le", None)]


def test_a_manager_s_pin_is_asked_for_on_the_spot_and_the_reason_is_kept(signed_in: Hands) -> None:
    signed_in.press("Ctrl+N")
    signed_in.type("3")
    fail(signed_in, "drawer.needs_manager")
    assert "Lấy tiền ra: cần quản lý nhập PIN" in said(signed_in)
    signed_in.type("7391")
    signed_in.press("Enter")
    assert signed_in.till.commands[-1] == ("open_drawer", DrawerReason.CASH_OUT, "", "7391")
    assert box(signed_in).pad.digits == ""


def test_a_wrong_pin_is_told_with_its_pause_and_can_be_typed_anew(signed_in: Hands) -> None:
    sounds = heard(signed_in)
    signed_in.press("Ctrl+N")
    signed_in.type("1")
    fail(signed_in, "drawer.needs_manager")
    assert sounds == []
    signed_in.type("0000")
    signed_in.press("Enter")
    fail(signed_in, "pin.wrong", wait_s=2)
    assert "PIN chưa đúng, phải chờ 2 giây" in said(signed_in)
    assert sounds == [Sound.REFUSED]
    assert box(signed_in).pad.hasFocus()


@pytest.mark.parametrize(
    ("why", "word"),
    [("printer.paper_out", "máy in hết giấy"), ("device.not_found", "không kết nối được"),
     ("drawer.too_late", "bận quá lâu")],
)  # fmt: skip
def test_a_drawer_that_stayed_shut_is_told_with_cause_and_way_out(signed_in: Hands, why: str, word: str) -> None:
    """And it can be tried again at once."""
    signed_in.press("Ctrl+N")
    signed_in.type("1")
    fail(signed_in, "drawer.shut", why=why)
    assert word in said(signed_in)
    assert "đã được ghi là không thành" in said(signed_in)
    signed_in.type("1")
    assert [command[0] for command in signed_in.till.commands] == ["open_drawer"] * 2


def test_a_key_held_or_pressed_twice_opens_it_once(signed_in: Hands) -> None:
    """While the printer is at it nothing more is asked of it."""
    signed_in.press("Ctrl+N")
    signed_in.type("11")
    signed_in.press("Enter", "Enter")
    assert len(signed_in.till.commands) == 1


def test_a_second_finger_on_another_reason_is_not_heard(signed_in: Hands) -> None:
    """Both touches may be under way before the first is drawn."""
    presenter = DrawerPresenter(signed_in.till)
    presenter.choose(DrawerReason.CHANGE)
    presenter.choose(DrawerReason.COUNT)
    assert signed_in.till.commands == [("open_drawer", DrawerReason.CHANGE, "", None)]


def test_a_failure_after_the_box_was_closed_is_told_by_the_counter(signed_in: Hands) -> None:
    signed_in.press("Ctrl+N")
    signed_in.type("1")
    signed_in.press("Esc")
    assert signed_in.window.box.sheet is None
    fail(signed_in, "drawer.shut", why="printer.paper_out")
    assert signed_in.title().startswith("Ngăn kéo chưa mở: ")


def test_a_scan_never_lands_in_the_words_or_the_pin(signed_in: Hands) -> None:
    sounds = heard(signed_in)
    signed_in.press("Ctrl+N")
    signed_in.type("5")
    signed_in.scan("4471902835")
    assert box(signed_in).field.text() == ""
    assert sounds == [Sound.REFUSED]


@pytest.mark.parametrize(
    ("scene", "offered"),
    [("draft-empty", True), ("draft-total", True), ("done", True), ("accepted", True), ("closed", True),
     ("usable", False), ("sending", False), ("unknown", False), ("finish", False), ("loss-question", False)],
)  # fmt: skip
def test_it_is_offered_between_two_customers_only(signed_in: Hands, scene: str, offered: bool) -> None:
    """What is not on a button does not work by key either."""
    signed_in.show(scene)
    assert ("Ctrl+N" in signed_in.buttons()) is offered
    signed_in.press("Ctrl+N")
    assert isinstance(signed_in.window.box.sheet, DrawerSheet) is offered


def test_a_till_without_a_printer_offers_no_drawer(signed_in: Hands) -> None:
    signed_in.till.say(StripChanged(replace(strip(), printer=DeviceView(Link.OFF, "none"))))
    signed_in.settle()
    assert "Ctrl+N" not in signed_in.buttons()


def test_its_key_works_while_a_code_is_half_typed(signed_in: Hands) -> None:
    """And what was typed stays."""
    signed_in.type("447")
    signed_in.press("Ctrl+N")
    assert box(signed_in)._presenter.stage is Stage.REASON
    signed_in.press("Esc")
    assert signed_in.window.screens.counter_screen.entry.text() == "447"


@pytest.mark.parametrize(("language", "width", "height"), [("vi", 1024, 768), ("en", 1024, 768), ("vi", 1920, 1080)])
def test_the_box_fits_in_every_stage_and_every_control_has_a_name(
    signed_in: Hands, language: str, width: int, height: int
) -> None:
    window = signed_in.window
    window.resize(width, height)
    window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    window.screens.counter_screen.press(ActionId.DRAWER)
    signed_in.settle()

    def fits() -> None:
        sheet = box(signed_in)
        assert window.rect().contains(sheet.card.geometry())
        for button in sheet.findChildren(QAbstractButton):
            if button.isVisible():
                assert button.height() >= 48
                assert button.width() >= button.sizeHint().width()
                assert button.accessibleName()

    fits()
    signed_in.type("1")
    fits()
    fail(signed_in, "drawer.shut", why="printer.paper_out")
    fits()
    signed_in.type("1")
    fail(signed_in, "drawer.needs_manager")
    fail(signed_in, "pin.wait", wait_s=60)
    fits()


def test_tab_stays_in_the_box(signed_in: Hands) -> None:
    signed_in.press("Ctrl+N")
    for _ in range(9):
        signed_in.press("Tab")
        assert box(signed_in).isAncestorOf(signed_in.target())
