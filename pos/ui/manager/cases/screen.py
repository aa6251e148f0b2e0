"""The cases' section drawn: on the left the inbox, on the right the case and what may be done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.cases.case_list import CaseList
from pos.ui.manager.cases.model import CasesModel
from pos.ui.manager.cases.panel import CaseView
from pos.ui.page import PageScreen
from pos.ui.widgets.bar_action import BarAction
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.field import Field
from pos.ui.widgets.text import ElidedText, Text

_IN_A_ROW = (4, 3, 2, 1)
"""Choices in a row, the roomiest that fits: a word is never cut."""


class CasesScreen(PageScreen):
    """Draws a `CasesModel` and says what is pressed.

    Signals:
        acted(str): an action that is shown. chosen(str): a case. found(str): text to look closed ones up by.
    """

    acted = Signal(str)
    chosen = Signal(str)
    found = Signal(str)

    def __init__(self, look: Look, first: CasesModel) -> None:
        super().__init__()
        self._look = look
        self._model = first
        self._shown: tuple[BarAction, ...] | None = None
        self.buttons: list[KeyButton] = []
        self.edge_buttons: list[KeyButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        row.setSpacing(look.px(14))
        left, right = Card(look, self), Card(look, self)
        self.right = right
        for card, share in ((left, 42), (right, 58)):
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            row.addWidget(card, share)
        self._build_left(left, first)
        self._build_right(right)

    def _build_left(self, card: Card, first: CasesModel) -> None:
        look = self._look
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(18), look.px(8), look.px(12), look.px(4))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = Text(look, design_px=21, weight=800, parent=card)
        self._sum = ElidedText(look, design_px=14, weight=500, colour=look.theme.muted, parent=card)
        words.addWidget(self._title)
        words.addWidget(self._sum)
        head.addLayout(words, 1)
        self.switch = KeyButton(look, first.switch.label, first.switch.key, design_px=15, height=48, parent=card)
        self.switch.clicked.connect(self._switch)
        head.addWidget(self.switch)
        column.addLayout(head)
        self.field = Field(look, look.tr.t("cases.find"), name=look.tr.t("cases.find"), parent=card)
        self.field.textChanged.connect(self.found)
        self._search = QWidget(card)
        inner = QVBoxLayout(self._search)
        inner.setContentsMargins(look.px(14), 0, look.px(14), look.px(8))
        inner.addWidget(self.field)
        column.addWidget(self._search)
        column.addWidget(Rule(look, card))
        self.list = CaseList(look, card)
        self.list.moved.connect(self.chosen)
        self._empty = Text(look, design_px=19, weight=600, colour=look.theme.muted, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(18), 0, look.px(18), 0)
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        column.addWidget(self._stack, 1)

    def _build_right(self, card: Card) -> None:
        look = self._look
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(20), look.px(10), look.px(20), 0)
        self._case_title = Text(look, design_px=22, weight=800, wrap=True, parent=card)
        head.addWidget(self._case_title, 1)
        self._amount = Text(look, design_px=22, weight=800, parent=card)
        head.addWidget(self._amount)
        column.addLayout(head)
        self._about = ElidedText(look, design_px=14.5, weight=500, colour=look.theme.muted, parent=card)
        line = QHBoxLayout()
        line.setContentsMargins(look.px(20), 0, look.px(20), look.px(8))
        line.addWidget(self._about)
        column.addLayout(line)
        column.addWidget(Rule(look, card))
        self.case = CaseView(look, card)
        column.addWidget(self.case, 1)
        self._note = Text(look, design_px=15.5, weight=600, wrap=True, parent=card)
        self._note.setContentsMargins(look.px(20), look.px(6), look.px(20), look.px(2))
        self._rule = Rule(look, card)
        column.addWidget(self._rule)
        column.addWidget(self._note)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(10))
        self._grid.setSpacing(look.px(8))
        column.addLayout(self._grid)
        self._edge = QHBoxLayout()
        self._edge.setContentsMargins(look.px(14), 0, look.px(14), look.px(10))
        self._edge.setSpacing(look.px(8))
        column.addLayout(self._edge)

    # ------------------------------------------------------------ drawing

    def show_model(self, model: CasesModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        switched = model.closed is not self._model.closed
        arrived = bool(model.rows) and not self._model.rows and self.hasFocus()
        self._model = model
        self._title.say(model.title)
        self._sum.setText(model.sum)
        self.switch.relabel(model.switch.label, model.switch.key)
        self._search.setVisible(model.closed)
        if switched and not model.closed:
            self.field.clear()
        self.list.show_rows(model.rows, model.chosen)
        self._empty.setText(model.empty)
        self._stack.setCurrentWidget(self.list if model.rows else self._empty)
        self._note.say(model.note)
        self._note.set_colour(self._look.ink(model.note_tone))
        self._show_case(model)
        if switched or arrived:
            self.focus_home()

    def _show_case(self, model: CasesModel) -> None:
        panel = model.panel
        self.right.setVisible(bool(model.rows) or model.loading)
        self._case_title.say(panel.title if panel else "")
        self._amount.say(panel.amount if panel else "")
        self._about.setText(panel.about if panel else "")
        self.case.setVisible(panel is not None)
        if panel is not None:
            self._case_title.set_colour(self._look.ink(panel.tone))
            self.case.show_panel(panel)
        shown = (*model.edge, *model.actions)
        if shown != self._shown:
            self._shown = shown
            self._show_buttons(model)

    def _show_buttons(self, model: CasesModel) -> None:
        focused = next((button.property("action") for button in self.buttons if button.hasFocus()), None)
        for button in (*self.buttons, *self.edge_buttons):
            button.hide()
            button.deleteLater()
        self.edge_buttons = [self._button(action, 48) for action in model.edge]
        for button in self.edge_buttons:
            self._edge.addWidget(button, 1)
        self.buttons = [self._button(action, 54) for action in model.actions]
        self._place_buttons()
        for button in self.buttons:
            if button.property("action") == focused:
                button.setFocus()
        if focused is not None and not any(button.hasFocus() for button in self.buttons):
            self.focus_home()

    def _place_buttons(self) -> None:
        room, gap = self.right.width() - self._look.px(28), self._grid.spacing()
        widths = [button.sizeHint().width() for button in self.buttons]
        for wide in _IN_A_ROW:
            needed = sum(max(widths[place::wide], default=0) for place in range(wide)) + gap * (wide - 1)
            if needed <= room or wide == 1:
                break
        for place, button in enumerate(self.buttons):
            self._grid.addWidget(button, place // wide, place % wide)
        for place in range(_IN_A_ROW[0]):
            self._grid.setColumnStretch(place, 1 if place < wide else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The choices take the rows they need."""
        super().resizeEvent(event)
        self._place_buttons()

    def _button(self, action: BarAction, height: float) -> KeyButton:
        button = KeyButton(
            self._look, action.label, action.key, primary=action.primary, tone=action.tone, design_px=15.5,
            height=height, parent=self.right,
        )  # fmt: skip
        button.setProperty("action", action.id)
        button.clicked.connect(self._pressed)
        button.show()
        return button

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    @Slot()
    def _switch(self) -> None:
        self.acted.emit(self._model.switch.id)

    # ------------------------------------------------------------ PageScreen

    @property
    def verdict_title(self) -> str:
        """The case that is shown."""
        return self._model.panel.title if self._model.panel is not None else self._model.title

    def focus_home(self) -> None:
        """The list, so that no Enter meant for another case presses a button of this one."""
        if self._model.closed and not self._model.rows:
            self.field.setFocus()
        elif self._model.rows:
            self.list.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if name == "Esc" and self._model.closed:
            self.acted.emit(self._model.switch.id)
            return True
        if name == "Down" and self.field.hasFocus() and self._model.rows:
            self.list.setFocus()
            return True
        for action in (*self._model.edge, *self._model.actions):
            if action.key == name:
                self.acted.emit(action.id)
                return True
        return False

    def take_letter(self, text: str) -> bool:
        """The digits and the stroke shown on the buttons; else, among the closed ones, what is looked for."""
        if text == self._model.switch.key:
            self._switch()
            return True
        if not self._model.closed:
            return self.press(text)
        self.field.setFocus()
        self.field.insert(text)
        return True
