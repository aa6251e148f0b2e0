"""Fingers, keyboards and assistive tools reach everything; no word is cut, no window outgrown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QWidget

from pos.till.views import ListsChanged, StripChanged
from pos.ui.config import Choices
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.pad import DigitPad
from tests.ui.fake_till import strip
from tests.ui.hands import Hands
from tests.ui.scenes import lists, scenes

LOOKS = [("vi", 1024, 768), ("en", 1024, 768), ("vi", 1920, 1080), ("en", 1920, 1080)]


@pytest.fixture
def signed_in(hands: Hands) -> Hands:
    hands.sign_in()
    return hands


def seen(window: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [widget for widget in window.findChildren(kind) if widget.isVisible()]


@pytest.mark.parametrize("name", list(scenes()))
def test_every_control_has_a_name(signed_in: Hands, name: str) -> None:
    """Assistive tools never say just `button`."""
    signed_in.show(name)
    nameless = [
        type(widget).__name__
        for kind in (QAbstractButton, QLineEdit, DigitPad)
        for widget in seen(signed_in.window, kind)
        if not widget.accessibleName()
    ]
    assert nameless == []


@pytest.mark.parametrize("name", list(scenes()))
def test_no_label_hides_its_text_behind_a_name(signed_in: Hands, name: str) -> None:
    """On Qt a label with an accessible name hides its text; a combo box without a buddy says its value as its name."""
    signed_in.show(name)
    named = [label.text() for label in signed_in.window.findChildren(QLabel) if label.accessibleName()]
    assert named == []
    assert signed_in.window.findChildren(QComboBox) == []


def test_the_verdict_is_read_out_by_assistive_tools(signed_in: Hands) -> None:
    """Word and amount are there as text, not only as paint."""
    signed_in.show("refused")
    title = signed_in.window.screens.counter_screen.verdict._title
    interface = QAccessible.queryAccessibleInterface(title)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Không nhận"


def test_a_row_is_spoken_whole_and_without_the_whole_code(signed_in: Hands) -> None:
    """Ending, issuer, amount and state in one sentence."""
    signed_in.show("refused")
    rows = signed_in.window.screens.counter_screen.lines._rows.rows
    assert rows[1].spoken == "Voucher số 2, đuôi 9 0 0 3, Got It, –, Đã dùng rồi"


@pytest.mark.parametrize("name", list(scenes()))
def test_touch_targets_are_at_least_48(signed_in: Hands, name: str) -> None:
    """A finger hits what it means."""
    signed_in.show(name)
    small = [
        (widget.accessibleName(), widget.width(), widget.height())
        for widget in seen(signed_in.window, QAbstractButton)
        if widget.height() < 48 or widget.width() < 48
    ]
    assert small == []


@pytest.mark.parametrize(("language", "width", "height"), LOOKS)
def test_no_button_cuts_its_words(signed_in: Hands, language: str, width: int, height: int) -> None:
    """Every label and key of every state fits its button, in both languages at both sizes."""
    window = signed_in.window
    window.resize(width, height)
    window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    signed_in.settle()
    cut = []
    for name in scenes():
        signed_in.show(name)
        signed_in.settle()
        for button in seen(window, KeyButton):
            assert isinstance(button, KeyButton)
            if button.width() < button.width_in(button._fit):
                cut.append((name, button.accessibleName(), button.width(), button.width_in(button._fit)))
    assert cut == []


@pytest.mark.parametrize(("language", "width", "height"), LOOKS)
def test_no_sentence_is_cut(signed_in: Hands, language: str, width: int, height: int) -> None:
    """Every sentence of the panel stands in full in every state."""
    window = signed_in.window
    window.resize(width, height)
    window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    signed_in.settle()
    cut = []
    for name in scenes():
        signed_in.show(name)
        for label in seen(window.screens.counter_screen.verdict, QLabel):
            assert isinstance(label, QLabel)
            room = label.contentsRect()
            flags = int(Qt.TextFlag.TextWordWrap) if label.wordWrap() else 0
            needed = QFontMetrics(label.font()).boundingRect(room, flags, label.text())
            if needed.height() > room.height() + 2 or needed.width() > room.width() + 2:
                cut.append((name, label.text(), needed.size().toTuple(), room.size().toTuple()))
    assert cut == []


@pytest.mark.parametrize(("language", "width", "height"), LOOKS)
def test_the_window_never_outgrows_the_screen(signed_in: Hands, language: str, width: int, height: int) -> None:
    """Nothing is pushed off a till's screen, whatever is told, in any language."""
    window = signed_in.window
    window.resize(width, height)
    window.choose(Choices(language, ThemeName.LIGHT, 100, 0))
    signed_in.till.say(ListsChanged(lists()))
    grown = []
    for name in scenes():
        signed_in.show(name)
        least = window.minimumSizeHint()
        if least.width() > width or least.height() > height or window.size().toTuple() != (width, height):
            grown.append((name, least.toTuple(), window.size().toTuple()))
    for screen in Screen:
        window.navigation.open_screen(screen)
        signed_in.settle()
        if window.size().toTuple() != (width, height):
            grown.append((screen.value, window.size().toTuple(), (0, 0)))
    assert grown == []


@pytest.mark.parametrize("percent", [80, 150, 200])
def test_the_verdict_stays_in_sight_at_every_size(signed_in: Hands, percent: int) -> None:
    """Large type moves the bill below, never the verdict out of the window."""
    window = signed_in.window
    window.choose(Choices("vi", ThemeName.LIGHT, percent, 0))
    signed_in.show("usable")
    title = window.screens.counter_screen.verdict._title
    assert window.rect().contains(title.mapTo(window, title.rect().center()))
    assert not title.visibleRegion().isEmpty()


def test_tab_goes_through_the_counter_in_reading_order(signed_in: Hands) -> None:
    """From the bill's head to its field, then to the actions: the eye and the focus go the same way."""
    signed_in.show("usable")
    window = signed_in.window
    window.screens.counter_screen.number.setFocus()
    stops = []
    for _ in range(7):
        focus = window.focusWidget()
        assert focus is not None
        stops.append(focus)
        signed_in.press("Tab")
    screen = window.screens.counter_screen
    assert stops[:5] == [screen.number, screen.goods, screen.total, screen.lines, screen.entry]
    assert all(isinstance(stop, KeyButton) for stop in stops[5:])


def test_a_larger_window_is_drawn_larger(signed_in: Hands) -> None:
    """On 1920×1080 everything grows by about 1.4."""
    signed_in.window.resize(1920, 1080)
    signed_in.settle()
    assert signed_in.window.screens.look.factor == pytest.approx(1.4)
    assert signed_in.window.screens.counter_screen.entry.height() == round(52 * 1.4)


def test_the_focus_can_be_seen_on_every_kind_of_button(signed_in: Hands) -> None:
    """A button with the focus looks different from the same button without."""
    signed_in.till.say(StripChanged(strip()))
    signed_in.show("usable")
    for button in signed_in.window.screens.counter_screen._buttons:
        signed_in.window.screens.counter_screen.entry.setFocus()
        without = button.grab().toImage()
        button.setFocus()
        signed_in.settle()
        assert button.grab().toImage() != without
