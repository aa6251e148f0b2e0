"""A keyboard-wedge scanner: its keys become a scan and are never typed; a person's keys are typed and never lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QInputMethodQueryEvent, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hardware.scanner.wedge import WedgeMachine
from pos.till.views import BillChanged, SignedIn
from pos.ui.app import application, build_window
from pos.ui.config import Choices, UiConfig
from pos.ui.signs import Sound
from pos.ui.wedge_filter import Wedge
from tests.ui.fake_till import LAN, FakeTill, ManualClock
from tests.ui.hands import Hands
from tests.ui.scenes import BILL, scenes

CODE = "4471902835"
SCANNER_MS, TYPIST_MS = 5, 200


class Keyboard:
    """Sends key presses with time stamps of its own."""

    def __init__(self) -> None:
        self.now_ms = 10_000

    def send(self, text: str, gap_ms: int, *, repeats: bool = False) -> None:
        """`repeats`: equal neighbours are marked as a key held down, as X11 does for one time stamp."""
        last = ""
        for char in text:
            held, last = repeats and char == last, char
            self.now_ms += gap_ms
            key = Qt.Key.Key_Return if char == "\r" else Qt.Key(ord(char.upper()))
            event = QKeyEvent(QEvent.Type.KeyPress, key.value, Qt.KeyboardModifier.NoModifier, char, held)
            event.setTimestamp(self.now_ms)
            self._post(event)

    def press(self, char: str, key: int, *, shift: bool = False, scan_code: int = 0, state: int = 0) -> None:
        """A key as X11 and Wayland report it, 5 ms after the last one: `scan_code` is the evdev code + 8, `state` the X
        modifier mask, of which 2 is Caps Lock.
        """
        self.now_ms += SCANNER_MS
        modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan_code, 0, state, char)
        event.setTimestamp(self.now_ms)
        self._post(event)

    def compose(self, preedit: str = "", commit: str = "") -> None:
        """What an input method makes of keys it has taken; such events carry no time."""
        event = QInputMethodEvent(preedit, [])
        event.setCommitString(commit)
        self._post(event)

    def _post(self, event: QEvent) -> None:
        target = QApplication.focusWidget() or QApplication.activeWindow()
        assert target is not None
        QApplication.sendEvent(target, event)


def key_of(char: str) -> int:
    return Qt.Key.Key_Return.value if char == "\r" else ord(char.upper())


@pytest.fixture
def hands(qtbot: QtBot, till: FakeTill, clock: ManualClock) -> Iterator[Hands]:
    application()
    config = UiConfig(
        choices=Choices(volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc, wedge=WedgeMachine()
    )
    window = build_window(till, config)
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    person = Hands(qtbot, window, till, clock)
    till.say(SignedIn(LAN))
    person.settle()
    person.show(BILL)
    yield person
    window.close()


def test_a_wedge_scan_reaches_the_bill_and_no_field(hands: Hands) -> None:
    """Fast keys and Enter: one scan, an empty field."""
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    assert hands.window.screens.counter_screen.entry.text() == ""


def test_two_equal_characters_in_one_moment_do_not_spill_a_scan_into_a_box(hands: Hands) -> None:
    """Seen on X11: the second of two equal keys with one time stamp counts as a key held down."""
    hands.press("F6")
    before = hands.window.box.sheet.field.text()  # type: ignore[union-attr]
    Keyboard().send("6061183774\r", 1, repeats=True)
    hands.settle()
    assert hands.window.box.sheet is not None
    assert hands.window.box.sheet.field.text() == before  # type: ignore[attr-defined]
    assert hands.till.commands == []


def test_a_key_held_down_is_no_scan(hands: Hands) -> None:
    """Thirty times a second, then Enter: typed, not scanned."""
    Keyboard().send("1" * 12, 30, repeats=True)
    hands.settle()
    assert hands.till.commands == []
    assert hands.window.screens.counter_screen.entry.text() == "1" * 12


def test_a_wedge_scan_never_lands_in_a_managers_pin(hands: Hands) -> None:
    """The pad stays empty, the voucher goes on the bill."""
    hands.show("offered-manager")
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    pad = hands.window.screens.counter_screen.verdict.pad()
    assert pad is not None
    assert pad.digits == ""


def test_a_wedge_scan_never_lands_in_a_box(hands: Hands) -> None:
    """The bill number stays what it was; its Enter does not accept the box; the cashier hears the refusal."""
    hands.press("F6")
    before = hands.window.box.sheet.field.text()  # type: ignore[union-attr]
    Keyboard().send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.window.box.sheet is not None
    assert hands.window.box.sheet.field.text() == before  # type: ignore[attr-defined]
    assert hands.till.commands == []


def test_the_shift_keys_a_scanner_presses_do_not_tear_its_scan(hands: Hands) -> None:
    """Seen on X11: every capital comes with a press of Shift of its own."""
    keyboard = Keyboard()
    for char in "VCH7K2M9XQ\r":
        if char.isalpha():
            keyboard.press("", Qt.Key.Key_Shift.value)
        keyboard.press(char, key_of(char), shift=char.isalpha())
    hands.settle()
    assert hands.till.commands == [("scan", "k1", "VCH7K2M9XQ")]
    assert hands.window.screens.counter_screen.entry.text() == ""


def test_typing_arrives_whole_and_in_order(hands: Hands) -> None:
    """Every letter of a typist gets to the field, the last one after the machine's pause."""
    Keyboard().send("HN-0307", TYPIST_MS)
    hands.qtbot.waitUntil(lambda: hands.window.screens.counter_screen.entry.text() == "HN-0307", timeout=2000)
    assert hands.till.commands == []


def test_a_typed_code_and_enter_still_works(hands: Hands) -> None:
    """The filter does not swallow a person's Enter."""
    keyboard = Keyboard()
    keyboard.send(CODE, TYPIST_MS)
    keyboard.send("\r", TYPIST_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]


def test_the_confirming_enter_is_not_held_back(hands: Hands) -> None:
    """Two actions stay two: Enter alone is not mistaken for a scanner."""
    hands.show("usable-one")
    Keyboard().send("\r", TYPIST_MS)
    hands.settle()
    assert hands.till.commands == [("confirm", "k1", False)]


def test_a_burst_longer_than_any_code_is_dropped_aloud(hands: Hands) -> None:
    """A stuck scanner types nothing into the till."""
    Keyboard().send("7" * 600 + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == []
    assert "quá dài" in hands.window.screens.banner_bar._text.text()
    assert hands.window.screens.counter_screen.entry.text() == ""


def test_two_scans_after_each_other_are_two(hands: Hands) -> None:
    """A second voucher right after the first is not lost."""
    keyboard = Keyboard()
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.till.say(BillChanged(hands.show(scenes()["checking"])))
    keyboard.send("9900112233" + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", "9900112233")]


def wedge_of(hands: Hands) -> Wedge:
    wedge = hands.window.config.wedge
    assert wedge is not None
    return wedge


def refused(hands: Hands, word: str) -> None:
    """Nothing was scanned, nothing was typed, and the banner names the cause."""
    hands.settle()
    assert hands.till.commands == []
    assert hands.window.screens.counter_screen.entry.text() == ""
    assert word in hands.window.screens.banner_bar._text.text()


def test_a_scan_that_telex_composed_by_itself_is_refused_and_named(hands: Hands) -> None:
    """IBus or Fcitx takes the letters: AW4DD7K2M9 comes as composed text, digits as keys."""
    keyboard = Keyboard()
    keyboard.press("4", key_of("4"))
    for preedit, commit in (("A", ""), ("Ă", ""), ("", "Ă"), ("D", ""), ("Đ", ""), ("", "Đ")):
        keyboard.compose(preedit, commit)
    for char in "7\r":
        keyboard.press(char, key_of(char))
    refused(hands, "Bộ gõ")


def test_a_scan_that_unikey_rewrote_with_backspaces_is_refused_and_named(hands: Hands) -> None:
    """Unikey takes letters back by Backspace and types others, all within the burst."""
    keyboard = Keyboard()
    for char in "A\bĂ4D\bĐ7K2\r":
        keyboard.press(char, Qt.Key.Key_Backspace.value if char == "\b" else key_of(char))
    refused(hands, "Bộ gõ")


def test_a_composed_scan_leaves_nothing_for_what_is_typed_or_scanned_after_it(hands: Hands) -> None:
    keyboard = Keyboard()
    keyboard.press("4", key_of("4"))
    for letter in "ĂĐÂĂĐÂ":
        keyboard.compose(letter)
    keyboard.press("\r", key_of("\r"))
    hands.settle()
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    assert hands.window.screens.banner_bar.isHidden()
    keyboard.compose("", "hòa")
    hands.qtbot.waitUntil(lambda: hands.window.screens.counter_screen.entry.text() == "hòa", timeout=2000)


def test_where_codes_are_entered_no_input_method_is_asked(hands: Hands) -> None:
    """What IBus, Fcitx and the input methods of Windows ask before they take a key."""
    asked = QInputMethodQueryEvent(Qt.InputMethodQuery.ImEnabled)
    QApplication.sendEvent(hands.window.screens.counter_screen.entry, asked)
    assert asked.value(Qt.InputMethodQuery.ImEnabled) is False


def test_vietnamese_typed_by_hand_with_an_input_method_arrives_whole(hands: Hands) -> None:
    """Composed text of a person is held for a moment like a key, then handed on in order."""
    entry, keyboard = hands.window.screens.counter_screen.entry, Keyboard()
    for preedit, commit in (("h", ""), ("ho", ""), ("hòa", ""), ("", "hòa")):
        keyboard.compose(preedit, commit)
        hands.qtbot.waitUntil(lambda: wedge_of(hands).deadline_mono_s is None, timeout=2000)
    hands.qtbot.waitUntil(lambda: entry.text() == "hòa", timeout=2000)
    assert hands.till.commands == []


def test_a_scan_on_a_french_keyboard_is_refused_and_named(hands: Hands) -> None:
    """The row of digits gives accents and signs: 4471902835 arrives as ``''&çéà…``."""
    keyboard = Keyboard()
    row = dict(zip("1234567890", "&é\"'(-è_çà", strict=True))
    for digit in CODE:
        keyboard.press(row[digit], ord(row[digit].upper()), scan_code=10 + "1234567890".index(digit))
    keyboard.press("\r", key_of("\r"))
    refused(hands, "bàn phím")


def test_a_dead_key_within_a_scan_is_a_wrong_layout_too(hands: Hands) -> None:
    keyboard = Keyboard()
    for char in "VCH7K2M":
        keyboard.press(char, key_of(char))
    keyboard.press("", Qt.Key.Key_Dead_Circumflex.value)
    for char in "9X\r":
        keyboard.press(char, key_of(char))
    refused(hands, "bàn phím")


@pytest.mark.parametrize(("shift", "state"), [(True, 0), (False, 2)])
def test_a_scan_with_caps_lock_on_is_refused_and_named(hands: Hands, shift: bool, state: int) -> None:
    """Seen by the scanner's own Shift, or by the state the platform tells."""
    keyboard = Keyboard()
    for char in "vch7k2m9xq\r":
        keyboard.press(char, key_of(char), shift=shift and char.isalpha(), state=state)
    refused(hands, "Caps Lock")


def test_the_same_scan_again_has_its_own_sound_and_word(hands: Hands) -> None:
    """One voucher on the bill; the cashier hears two ticks and sees why."""
    sounds: list[Sound] = []
    hands.window.player.play = sounds.append  # type: ignore[method-assign, assignment]
    keyboard = Keyboard()
    keyboard.send(CODE + "\r", SCANNER_MS)
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.till.commands == [("scan", "k1", CODE)]
    assert sounds == [Sound.REPEATED]
    assert "vừa được quét" in hands.window.screens.banner_bar._text.text()


def test_a_repeat_of_a_refused_scan_does_not_cover_the_reason(hands: Hands) -> None:
    hands.press("F6")
    keyboard = Keyboard()
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.settle()
    reason = hands.window.screens.banner_bar._text.text()
    keyboard.send(CODE + "\r", SCANNER_MS)
    hands.settle()
    assert hands.window.screens.banner_bar._text.text() == reason


@pytest.mark.parametrize(
    "why",
    [
        "too_long",
        "noise",
        "cut_short",
        "repeated",
        "gs1_ai_missing",
        "changed_by_ime",
        "changed_by_layout",
        "caps_lock",
    ],
)
def test_every_reason_to_drop_a_scan_has_a_sentence(hands: Hands, why: str) -> None:
    """From the scanner's thread or from the keyboard: no key of a word list reaches the cashier."""
    hands.window.bridge.dropped_scan(why)
    hands.settle()
    said = hands.window.screens.banner_bar._text.text()
    assert said
    assert "hint" not in said


def test_a_backspace_of_a_person_works(hands: Hands) -> None:
    keyboard = Keyboard()
    for char in "12":
        keyboard.send(char, TYPIST_MS)
    keyboard.now_ms += TYPIST_MS
    keyboard.press("\b", Qt.Key.Key_Backspace.value)
    hands.qtbot.waitUntil(lambda: hands.window.screens.counter_screen.entry.text() == "1", timeout=2000)
