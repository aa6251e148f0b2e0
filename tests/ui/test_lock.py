"""A till that is left alone locks; whoever comes back goes on, whoever else comes takes over, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pos.till.views import CommandFailed, Message, SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.widgets.pad import DigitPad
from tests.ui.fake_till import HUONG, LAN, MINH, FakeTill, ManualClock
from tests.ui.hands import Hands

AFTER_S = 180.0
CODE = "GI7KQ2MX0P2835"


@pytest.fixture
def hands(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> Hands:
    application()
    config = UiConfig(
        choices=Choices(volume_percent=0), store="03", till="2", mono_s=clock.mono_s, now_utc=clock.now_utc,
        lock_after_s=lambda: AFTER_S,
    )  # fmt: skip
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    here = Hands(qtbot, window, till, clock)
    here.sign_in()
    till.commands.clear()
    return here


def wait(hands: Hands, seconds: float) -> None:
    """Nobody does anything, and the window looks at its watch."""
    hands.clock.mono += seconds
    hands.window.turns.idle.look()
    hands.settle()


def locked(hands: Hands) -> bool:
    return hands.window.screens.stage.currentWidget() is hands.window.screens.signin_screen


def screen(hands: Hands) -> Screen:
    return hands.window.shell.screen


def come_back(hands: Hands, person: object = LAN) -> None:
    hands.till.say(SignedIn(person))  # type: ignore[arg-type]
    hands.settle()


def test_a_till_left_alone_locks_and_says_so_in_the_book(hands: Hands) -> None:
    wait(hands, AFTER_S - 1)
    assert not locked(hands)
    wait(hands, 1)
    assert locked(hands)
    assert hands.till.commands == [("sign_out", "idle")]


def test_the_same_pin_goes_straight_on(hands: Hands) -> None:
    """No name to choose: the pad waits for her who was here."""
    wait(hands, AFTER_S)
    hands.type("4826")
    hands.press("Enter")
    assert hands.till.commands[-1] == ("sign_in", LAN.id, "4826")


def test_somebody_else_takes_over_by_name_and_pin_and_the_bill_stays(hands: Hands) -> None:
    hands.show("usable-one")
    bill = hands.window.counter.key
    wait(hands, AFTER_S)
    hands.press("F2")
    hands.type("7391")
    hands.press("Enter")
    assert hands.till.commands[-1] == ("sign_in", MINH.id, "7391")
    come_back(hands, MINH)
    assert not locked(hands)
    assert hands.window.counter.key == bill
    assert not any(command[0] in ("open_bill", "abandon") for command in hands.till.commands)


@pytest.mark.parametrize("touch", ["key", "scan", "mouse"])
def test_whoever_is_here_is_not_shut_out(hands: Hands, touch: str) -> None:
    hands.clock.mono += AFTER_S - 1
    if touch == "key":
        hands.type("9")
    elif touch == "scan":
        hands.scan(CODE)
    else:
        QTest.mouseClick(hands.window.screens.counter_screen, Qt.MouseButton.LeftButton)
    wait(hands, AFTER_S - 1)
    assert not locked(hands)
    wait(hands, 1)
    assert locked(hands)


def test_what_lies_on_the_keyboard_and_a_mouse_that_shakes_is_nobody(hands: Hands) -> None:
    window = hands.window
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove, QPointF(3, 3), QPointF(3, 3), Qt.MouseButton.NoButton, Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    held = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier, "", True)
    hands.clock.mono += AFTER_S - 1
    for event in (move, held):
        QApplication.sendEvent(window, event)
    wait(hands, 1)
    assert locked(hands)


def test_nobody_is_shut_out_between_confirming_and_the_verdict(hands: Hands) -> None:
    """However long the issuer takes; the time begins when the verdict has been painted."""
    hands.show("sending")
    for _ in range(5):
        wait(hands, AFTER_S)
        assert not locked(hands)
    hands.show("done")
    assert not locked(hands)
    wait(hands, AFTER_S - 1)
    assert not locked(hands)
    wait(hands, AFTER_S)
    assert locked(hands)


def test_a_verdict_that_comes_behind_the_lock_is_heard_and_then_the_first_thing_seen(hands: Hands) -> None:
    sending = hands.show("sending")
    hands.press("Ctrl+L")
    assert locked(hands)
    hands.till.commands.clear()
    sounds: list[Sound] = []
    hands.window.player.play = sounds.append  # type: ignore[method-assign,assignment]
    hands.show("done")
    assert locked(hands)
    assert sounds == [Sound.USABLE]
    bar = hands.window.screens.banner_bar
    assert "vừa có kết quả" in bar.accessibleName() + hands.window.shell.hint + _banner(hands)
    come_back(hands)
    assert hands.window.counter.key == sending.key
    hands.qtbot.waitUntil(lambda: any(command[0] == "painted" for command in hands.till.commands))


def open_box(hands: Hands) -> bool:
    return hands.window.box.is_open


def _banner(hands: Hands) -> str:
    model = hands.window.shell.banner(hands.window.screens.look.tr)
    return model.text if model is not None else ""


def test_an_amount_half_typed_waits_for_her_and_for_nobody_else(hands: Hands) -> None:
    for who, kept in ((LAN, True), (MINH, False)):
        hands.show("draft-total")
        hands.press("F4")
        hands.type("265")
        assert open_box(hands)
        wait(hands, AFTER_S)
        assert locked(hands)
        assert not open_box(hands)
        come_back(hands, who)
        assert open_box(hands) is kept
        if kept:
            pads = hands.window.screens.desk.findChildren(DigitPad)
            assert [pad.digits for pad in pads if pad.isVisible()] == ["265"]
            hands.type("000")
            hands.press("Enter")
            assert ("set_total", hands.window.counter.key, 265_000) in hands.till.commands


def test_no_digit_of_a_pin_waits_behind_the_lock(hands: Hands) -> None:
    hands.show("offered-manager")
    hands.type("7391")
    wait(hands, AFTER_S)
    hands.type("48")
    hands.press("Ctrl+L")
    at_door = hands.window.screens.signin_screen.pad
    pads = [pad for pad in hands.window.findChildren(DigitPad) if pad.secret and pad is not at_door]
    assert pads
    assert all(pad.digits == "" for pad in pads)


def test_a_scan_on_the_locked_till_is_refused_aloud_and_reaches_nothing(hands: Hands) -> None:
    hands.show("draft-total")
    wait(hands, AFTER_S)
    sounds: list[Sound] = []
    hands.window.player.play = sounds.append  # type: ignore[method-assign,assignment]
    hands.till.commands.clear()
    hands.scan(CODE)
    assert sounds == [Sound.REFUSED]
    assert "chưa ai đăng nhập" in _banner(hands)
    assert hands.till.commands == []
    assert hands.window.screens.signin_screen.pad.digits == ""


def test_a_managers_page_is_left_behind_the_lock(hands: Hands) -> None:
    """A cashier who comes back stands at the counter, not on a page that her manager had opened."""
    hands.window.shell.screen = Screen.MANAGER
    hands.press("Ctrl+L")
    come_back(hands)
    assert screen(hands) is Screen.COUNTER


def test_she_comes_back_to_the_screen_she_left(hands: Hands) -> None:
    hands.press("F10")
    wait(hands, AFTER_S)
    come_back(hands)
    assert screen(hands) is Screen.OPEN_BILLS
    wait(hands, AFTER_S)
    come_back(hands, HUONG)
    assert screen(hands) is Screen.COUNTER


def test_the_lock_does_not_wait_for_the_till(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that hangs keeps nobody's screen open."""
    monkeypatch.setattr(hands.till, "sign_out", lambda **_: None)
    hands.press("Ctrl+L")
    assert locked(hands)


def test_a_wrong_pin_on_the_locked_till_leaves_it_locked(hands: Hands) -> None:
    wait(hands, AFTER_S)
    hands.type("7391")
    hands.press("Enter")
    hands.till.say(CommandFailed("sign_in", Message("pin.wrong")))
    hands.settle()
    assert locked(hands)
    assert hands.target() is not None


def test_a_box_of_a_till_that_was_drawn_anew_is_not_missed(hands: Hands) -> None:
    """Another size or language while it is locked: the box went with the old screens."""
    hands.show("draft-total")
    hands.press("F4")
    hands.type("265")
    wait(hands, AFTER_S)
    hands.window.choose(replace(hands.window.choices, language="en"))
    come_back(hands)
    assert not hands.window.box.is_open
    assert isinstance(hands.target(), QWidget)
