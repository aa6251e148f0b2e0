"""The window: scans reach the bill from anywhere, keys work everywhere, nothing lands where it should not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pos.till.ports import Person, Role
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    CommandFailed,
    DeviceView,
    Environment,
    Link,
    ListsChanged,
    Message,
    SignedIn,
    StripChanged,
)
from pos.ui.app import build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.counter.model import ActionId
from pos.ui.shell.frame import Area
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.theme import ThemeName
from tests.ui.fake_till import LAN, FakeTill, ManualClock, strip
from tests.ui.hands import Hands
from tests.ui.scenes import BILL, lists, scenes

CODE = "4471902835"


@pytest.fixture
def signed_in(hands: Hands) -> Hands:
    hands.sign_in()
    hands.show(BILL)
    return hands


def banner_text(hands: Hands) -> str:
    bar = hands.window.screens.banner_bar
    return "" if bar.isHidden() else bar._text.text()


def heard(hands: Hands) -> list[Sound]:
    """Sounds from now on."""
    sounds: list[Sound] = []
    hands.window.player.play = sounds.append  # type: ignore[method-assign, assignment]
    return sounds


@pytest.mark.parametrize("screen", list(Screen))
def test_a_scan_reaches_the_bill_from_every_screen(signed_in: Hands, screen: Screen) -> None:
    """Whatever list is open, the voucher lands on the bill and the bill comes up."""
    signed_in.window.navigation.open_screen(screen)
    signed_in.scan(CODE)
    assert ("scan", "k1", CODE) in signed_in.till.commands
    assert signed_in.window.screens.stage.currentWidget() is signed_in.window.screens.counter_screen


def test_a_scan_never_lands_in_the_field(signed_in: Hands) -> None:
    """Half a typed code stays as it is while a scan goes past it."""
    signed_in.type("99")
    signed_in.scan(CODE)
    assert signed_in.window.screens.counter_screen.entry.text() == "99"
    assert ("scan", "k1", CODE) in signed_in.till.commands


def test_a_scan_behind_a_box_is_refused_aloud(signed_in: Hands) -> None:
    """Not lost in silence, not put on the bill, not typed into the box."""
    sounds = heard(signed_in)
    signed_in.press("F6")
    signed_in.scan(CODE)
    assert not any(command[0] == "scan" for command in signed_in.till.commands)
    assert sounds == [Sound.REFUSED]
    assert "đang mở hộp nhập" in banner_text(signed_in)


def test_a_scan_while_nobody_is_signed_in_is_refused_aloud(hands: Hands) -> None:
    """The customer's voucher is not taken by a till that nobody answers for."""
    sounds = heard(hands)
    hands.scan(CODE)
    assert hands.till.commands == []
    assert sounds == [Sound.REFUSED]
    assert "chưa ai đăng nhập" in banner_text(hands)


@pytest.mark.parametrize("name", ["sending", "held", "unknown", "unsent", "finish", "loss-question"])
def test_a_scan_onto_a_locked_bill_is_refused_with_the_way_on(signed_in: Hands, name: str) -> None:
    """A bill that is being sent takes no more vouchers; the hint says what to do."""
    signed_in.show(name)
    sounds = heard(signed_in)
    signed_in.scan(CODE)
    assert not any(command[0] == "scan" for command in signed_in.till.commands)
    assert sounds == [Sound.REFUSED]
    assert banner_text(signed_in)


def test_a_typed_code_and_enter_is_a_scan(signed_in: Hands) -> None:
    """A damaged bar code is typed; the field is empty afterwards and ready for the next."""
    signed_in.type(CODE)
    signed_in.press("Enter")
    assert signed_in.till.commands == [("scan", "k1", CODE)]
    assert signed_in.window.screens.counter_screen.entry.text() == ""


def test_enter_with_half_a_code_in_the_field_does_not_confirm(signed_in: Hands) -> None:
    """Enter belongs to what is being typed."""
    signed_in.show("usable-one")
    signed_in.type("4471")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("scan", "k1", "4471")]


@pytest.mark.parametrize(("name", "command"), [("usable-one", "confirm"), ("done", "open_bill")])
def test_a_key_held_down_acts_once(signed_in: Hands, name: str, command: str) -> None:
    """Auto-repeat of Enter is not a second Enter, in the field as on a focused button."""
    signed_in.show(name)
    signed_in.press("Enter")
    for _ in range(5):
        signed_in.clock.mono += 1
        repeated = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True, 1)
        QApplication.sendEvent(signed_in.target(), repeated)
        signed_in.settle()
    assert [entry[0] for entry in signed_in.till.commands].count(command) == 1


def test_a_held_key_never_presses_the_button_that_came_under_it(signed_in: Hands) -> None:
    """Enter held from the confirmation on does not skip the result."""
    signed_in.show("done")
    repeated = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True, 1)
    QApplication.sendEvent(signed_in.target(), repeated)
    assert signed_in.till.commands == []


def test_after_a_press_of_any_button_the_keyboard_is_back_at_the_field(signed_in: Hands) -> None:
    """Enter after the next scan never presses a button that was pressed before."""
    signed_in.show("usable")
    button = next(b for b in signed_in.window.screens.counter_screen._buttons if b.key == "Del")
    button.setFocus()
    button.click()
    signed_in.show("usable-one")
    assert signed_in.window.screens.counter_screen.entry.hasFocus()


def test_a_letter_typed_anywhere_goes_to_the_field(signed_in: Hands) -> None:
    """Typing a code needs no click first."""
    signed_in.window.screens.counter_screen.lines.setFocus()
    QTest.keyClick(signed_in.window.screens.counter_screen.number, Qt.Key.Key_4)
    assert signed_in.window.screens.counter_screen.entry.text() == "4"


def test_boxes_keep_tab_inside_and_esc_closes_them(signed_in: Hands) -> None:
    """A keyboard never wanders behind a box."""
    signed_in.press("F7")
    sheet = signed_in.window.box.sheet
    assert sheet is not None
    for _ in range(8):
        signed_in.press("Tab")
        focus = QApplication.focusWidget()
        assert focus is not None
        assert sheet.isAncestorOf(focus)
    signed_in.press("Esc")
    assert signed_in.window.box.sheet is None
    assert signed_in.window.screens.counter_screen.entry.hasFocus()


def test_the_bill_number_and_goods_are_typed_in_their_boxes(signed_in: Hands) -> None:
    """F6 and F7 take the shop's own number and the goods."""
    signed_in.press("F6")
    signed_in.type("POS-77")
    signed_in.press("Enter")
    signed_in.press("F7")
    signed_in.type("TRA-DAO-L")
    signed_in.press("Tab", "Tab")
    signed_in.type("55000")
    signed_in.press("Enter")
    assert signed_in.till.commands == [("set_bill_number", "k1", "POS-77"), ("add_sku", "k1", "TRA-DAO-L:1:55000")]


def test_a_banner_brings_its_bill_back(signed_in: Hands) -> None:
    """When the inquiry answers, one key opens the bill; its banner has done its work then."""
    sounds = heard(signed_in)
    signed_in.till.say(BannerRaised(Banner(BannerKind.RESOLVED_USED, "HN03-000141")))
    signed_in.settle()
    assert "HN03-000141" in banner_text(signed_in)
    assert sounds == [Sound.NOTICE]
    QTest.keyClick(signed_in.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert ("resume_bill", "HN03-000141") in signed_in.till.commands
    assert banner_text(signed_in) == ""


def test_news_of_the_bill_on_screen_is_told_by_its_panel_alone(signed_in: Hands) -> None:
    """Nothing is said twice."""
    signed_in.show("unknown")
    signed_in.till.say(BannerRaised(Banner(BannerKind.RESOLVED_USED, BILL.number)))
    signed_in.settle()
    assert banner_text(signed_in) == ""


def test_good_news_goes_by_itself_and_bad_news_stays(signed_in: Hands) -> None:
    """Nobody has to wave away that all is well; a loss waits to be read, and is not covered by it for one moment."""
    sounds = heard(signed_in)
    signed_in.till.say(BannerRaised(Banner(BannerKind.QUEUE_EMPTY)))
    signed_in.settle()
    assert banner_text(signed_in) == "Hàng đợi đã hết: không còn voucher ngoại tuyến nào chờ xác nhận."
    signed_in.clock.mono += 11
    for _ in range(4):
        signed_in.window._on_tick()
    assert banner_text(signed_in) == ""
    signed_in.till.say(BannerRaised(Banner(BannerKind.LOSS, "HN03-000088", 100_000)))
    signed_in.settle()
    before = list(sounds)
    signed_in.till.say(BannerRaised(Banner(BannerKind.QUEUE_EMPTY)))
    signed_in.settle()
    assert "100.000" in banner_text(signed_in)
    assert sounds == before, "a bright tone right after the low one would take the loss back"
    signed_in.clock.mono += 11
    for _ in range(4):
        signed_in.window._on_tick()
    assert "100.000" in banner_text(signed_in)


def test_a_banner_fits_above_the_counter_without_scrolling(signed_in: Hands) -> None:
    """News never pushes the actions out of the window on the smallest screen."""
    signed_in.till.say(BannerRaised(Banner(BannerKind.LOSS, "HN03-T2-20261121-000088", 100_000)))
    for name in ("usable", "done-mixed", "unknown", "loss-question"):
        signed_in.show(name)
        bar = signed_in.window.screens.counter_screen._bar_box
        assert bar.visibleRegion().boundingRect().height() == bar.height(), name


def test_open_bills_come_back_by_enter(signed_in: Hands) -> None:
    """F10, arrow, Enter: the bill is on the counter."""
    signed_in.till.say(ListsChanged(lists()))
    signed_in.press("F10", "Down", "Enter")
    assert ("resume_bill", "HN03-T2-20261121-000137") in signed_in.till.commands
    assert signed_in.window.shell.screen is Screen.COUNTER


def test_the_queue_tells_count_sum_and_age_and_settles_on_demand(signed_in: Hands) -> None:
    """F11 shows what is at risk; F8 sends it now."""
    risky = replace(strip(), queue_count=3, at_risk_vnd=200_000, oldest_utc=lists().queue[0].accepted_utc)
    signed_in.till.say(StripChanged(risky))
    signed_in.till.say(ListsChanged(lists()))
    signed_in.press("F11")
    texts = [value.text() for _, value in signed_in.window.screens.lists.screens[Screen.QUEUE]._figure_texts]
    assert texts == ["200.000\u00a0₫", "3", "1 giờ 5 phút"]
    signed_in.press("F8")
    assert ("settle_now",) in signed_in.till.commands


def test_the_strip_says_since_when_the_network_is_gone_and_what_ails_the_printer(signed_in: Hands) -> None:
    """The state of the world is always on screen, in words."""
    ill = replace(
        strip(), network=DeviceView(Link.DOWN, "net.unreachable", strip().network.since_utc),
        printer=DeviceView(Link.DOWN, "paper_out"), queue_count=1, at_risk_vnd=50_000,
    )  # fmt: skip
    signed_in.till.say(StripChanged(ill))
    signed_in.settle()
    entries = signed_in.window.screens.strip._entries
    texts = {entry._item.name: entry.text() for entry in entries if not entry.isHidden()}
    assert texts["network"] == "Mất mạng từ 09:12"
    assert texts["printer"] == "Máy in: hết giấy"
    assert texts["queue"] == "Hàng đợi 1 · 50.000\u00a0₫"


@pytest.mark.parametrize("environment", [Environment.SANDBOX, Environment.TRAINING])
def test_play_money_cannot_be_taken_for_production(signed_in: Hands, environment: Environment) -> None:
    """Badge, window title and a frame in a colour nothing else has, on every screen."""
    window = signed_in.window
    assert "THỬ" not in window.windowTitle()
    signed_in.till.say(StripChanged(strip(environment)))
    signed_in.settle()
    word = "THỬ NGHIỆM" if environment is Environment.SANDBOX else "ĐÀO TẠO"
    assert word in window.windowTitle()
    assert window.screens.strip._badge.text() == word
    assert window.screens.strip._badge.isVisible()
    frame = window.grab().toImage()
    edges = {frame.pixelColor(1, 300).name(), frame.pixelColor(frame.width() - 2, 300).name()}
    assert edges == {window.screens.look.theme.badge.lower()}


def test_language_theme_and_size_change_while_a_bill_is_open(signed_in: Hands) -> None:
    """Nothing is lost, nothing restarts: the same bill stands there in other words and colours."""
    signed_in.show("usable")
    signed_in.type("447")
    signed_in.window.choose(Choices("en", ThemeName.DARK, 120, 0))
    signed_in.settle()
    assert signed_in.title() == "Usable"
    assert signed_in.window.screens.counter_screen.entry.text() == "447"
    assert signed_in.window.screens.look.theme.name is ThemeName.DARK
    assert signed_in.window.screens.look.factor == pytest.approx(1.2)


def test_settings_work_by_the_keys_on_their_buttons_and_are_remembered(signed_in: Hands) -> None:
    """F2 is English at once; the choice is handed out to be kept."""
    saved: list[Choices] = []
    object.__setattr__(signed_in.window.config, "save", saved.append)
    QTest.keyClick(signed_in.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    signed_in.press("F2")
    assert saved[-1].language == "en"
    assert signed_in.window.screens.top.screens[Screen.COUNTER].accessibleName() == "Redeem"


def test_signing_out_closes_boxes_and_keeps_the_bill(signed_in: Hands) -> None:
    """A locked till shows no PIN-protected box, and the next cashier finds the bill as it was."""
    signed_in.show("usable")
    signed_in.press("F4")
    signed_in.window.turns.lock()
    signed_in.settle()
    assert signed_in.window.box.sheet is None
    assert signed_in.window.screens.stage.currentWidget() is signed_in.window.screens.signin_screen
    signed_in.till.say(SignedIn(LAN))
    signed_in.settle()
    assert signed_in.title() == "Dùng được"


def test_events_are_handled_later_than_they_are_posted(signed_in: Hands) -> None:
    """The engine's call never runs the screen's code, not even on the GUI thread."""
    before = signed_in.title()
    view = replace(scenes()["refused-first"], key="k1")
    signed_in.till.say(BillChanged(view))
    assert signed_in.title() == before
    signed_in.settle()
    assert signed_in.title() == "Không nhận"


@pytest.mark.parametrize("result", ["done", "accepted"])
def test_after_a_verdict_the_keyboard_is_where_the_next_customer_is(signed_in: Hands, result: str) -> None:
    """The field for codes goes away with the result; Enter must not fall to whatever stands first in the window."""
    signed_in.show("usable")
    signed_in.show("sending")
    signed_in.show(result)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert signed_in.window.screens.counter_screen.isAncestorOf(focused)
    signed_in.press("Enter")
    assert [command[0] for command in signed_in.till.commands] == ["close_bill", "open_bill"]


def test_a_banner_leaves_every_button_in_sight_whatever_the_sign_in_needs(qtbot: QtBot, clock: ManualClock) -> None:
    """Training at 1024×768, the tightest: with a long list of people behind it nothing on the counter scrolls."""
    everyone = tuple(Person(f"p{number}", f"Nguyễn Thị {number}", Role.CASHIER) for number in range(24))
    till = FakeTill(everyone)
    config = UiConfig(
        choices=Choices(volume_percent=0), environment=Environment.TRAINING, mono_s=clock.mono_s, now_utc=clock.now_utc
    )
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    hands = Hands(qtbot, window, till, clock)
    hands.sign_in(everyone[0])
    stopped = replace(strip(Environment.TRAINING, everyone[0]), unprinted=1, printer=DeviceView(Link.DOWN, "paper_out"))
    till.say(StripChanged(stopped))
    hands.show("done")
    assert window.screens.banner_bar.isVisible()
    area = next(iter(window.findChildren(Area)))
    assert not area.verticalScrollBar().isVisible()
    assert window.screens.stage.height() == area.viewport().height()


def test_a_bill_that_changes_below_a_box_does_not_take_the_keyboard_from_it(hands: Hands) -> None:
    """A PIN on its way into the box must never land in the field below."""
    hands.sign_in()
    hands.show("done")
    hands.window.screens.counter_screen.press(ActionId.DRAWER)
    hands.till.say(CommandFailed("open_drawer", Message("drawer.needs_manager")))
    hands.settle()
    sheet = hands.window.box.sheet
    assert sheet is not None
    hands.show("usable")
    hands.show("draft-empty")
    hands.type("48")
    assert hands.window.screens.counter_screen.entry.text() == ""
    assert sheet.isAncestorOf(hands.target())
