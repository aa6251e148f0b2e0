"""A row of buttons: what stays keeps the keyboard, and the Tab key goes through them as they stand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from pos.ui.app import application
from pos.ui.counter.model import Panel
from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.theme import ThemeName, Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.button_row import ButtonRow, Spread
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.verdict_card import VerdictCard


def actions(*names: str, filled: str = "") -> tuple[BarAction, ...]:
    return tuple(BarAction(name, name.capitalize(), f"F{at}", primary=name == filled) for at, name in enumerate(names))


@pytest.fixture
def ground(qtbot: QtBot) -> QWidget:
    application()
    ground = QWidget()
    qtbot.addWidget(ground)
    ground.show()
    qtbot.waitExposed(ground)
    ground.activateWindow()
    return ground


@pytest.fixture(params=list(Spread))
def row(request: pytest.FixtureRequest, ground: QWidget) -> ButtonRow:
    return ButtonRow(Look.of(ThemeName.LIGHT, "en"), ground, spread=request.param)


def test_a_button_that_stays_keeps_the_keyboard(row: ButtonRow) -> None:
    row.show_actions(actions("copy", "folder", filled="copy"))
    held = row.buttons["folder"]
    held.setFocus()
    row.show_actions(actions("seen", "folder", "copy", filled="seen"))
    assert row.buttons["folder"] is held
    assert held.hasFocus()
    row.show_actions(actions("folder"))
    assert held.hasFocus()
    assert list(row.buttons) == ["folder"]


def test_the_tab_key_goes_through_them_as_they_stand(row: ButtonRow) -> None:
    row.show_actions(actions("copy", "folder"))
    row.show_actions(actions("seen", "copy", "verify", "folder"))
    row.buttons["seen"].setFocus()
    been = []
    for _ in row.buttons:
        name, held = next(each for each in row.buttons.items() if each[1].hasFocus())
        been.append(name)
        QTest.keyClick(held, Qt.Key.Key_Tab)
    assert been == ["seen", "copy", "verify", "folder"]


def test_a_row_without_a_button_is_not_there(row: ButtonRow) -> None:
    assert row.isHidden()
    row.show_actions(actions("copy"))
    assert not row.isHidden()
    row.show_actions(())
    assert row.isHidden()
    assert not row.press("F0")


def test_below_a_verdict_a_finger_that_came_down_for_one_state_confirms_no_other(ground: QWidget) -> None:
    card, acted = VerdictCard(Look.of(ThemeName.LIGHT, "en"), ground), list[str]()
    card.acted.connect(acted.append)
    card.show()

    def state(label: str) -> KeyButton:
        card.show_panel(Panel(Tone.USABLE, Shape.CHECK, label), [BarAction("confirm", label, "Enter", primary=True)])
        return next(button for button in card.findChildren(KeyButton) if button.isVisible())

    QTest.mousePress(state("Confirm 50.000"), Qt.MouseButton.LeftButton)
    button = state("Confirm 90.000")
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert acted == []
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert acted == ["confirm"]
