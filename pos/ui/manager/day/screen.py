"""The day drawn: five figures, the chart beside what needs a person, below them the table with its search."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.day.cases_card import CasesCard
from pos.ui.manager.day.model import Act, Body, DayModel
from pos.ui.manager.day.tool_bar import ToolBar
from pos.ui.page import PageScreen
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.figure import FigureCard
from pos.ui.widgets.hour_chart import HourChart
from pos.ui.widgets.text import ElidedText, Text
from pos.ui.widgets.window_table import Column, RowSource, WindowTable

SEARCH_AFTER_MS = 120
"""A pause of the hand after which what is typed is searched for."""


class DayScreen(PageScreen):
    """Draws a `DayModel` and says what is pressed.

    Args:
        source: the rows as they are drawn.
        cases_key: leads to the cases from anywhere.

    Signals:
        acted(str): an `Act`. searched(str): search for this now, empty for no search.
    """

    acted = Signal(str)
    searched = Signal(str)

    def __init__(self, look: Look, source: RowSource, columns: tuple[Column, ...], cases_key: str) -> None:
        super().__init__()
        self._look, self._source = look, source
        self._model: DayModel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(10), look.px(10), look.px(10), look.px(10))
        column.setSpacing(look.px(8))
        column.addLayout(self._build_figures())
        column.addLayout(self._build_middle(cases_key), 26)
        column.addWidget(self._build_table(columns), 74)
        self.setMinimumSize(look.px(640), look.px(500))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_AFTER_MS)
        self._typing.timeout.connect(self._search)

    def _build_figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._look.px(8))
        self.cards = [FigureCard(self._look, self) for _ in range(5)]
        for card in self.cards:
            card.clicked.connect(self._card_pressed)
            row.addWidget(card, 1)
        return row

    def _build_middle(self, cases_key: str) -> QHBoxLayout:
        look = self._look
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        ground = Card(look, self)
        inside = QVBoxLayout(ground)
        inside.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(6))
        self.chart = HourChart(look, ground)
        inside.addWidget(self.chart)
        self.cases = CasesCard(look, cases_key, self)
        self.cases.clicked.connect(self._cases_pressed)
        ground.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        row.addWidget(ground, 58)
        row.addWidget(self.cases, 42)
        return row

    def _build_table(self, columns: tuple[Column, ...]) -> Card:
        look = self._look
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, look.px(2))
        column.setSpacing(0)
        self.bar = ToolBar(look, card)
        self.bar.acted.connect(self.acted)
        self.bar.field.textEdited.connect(self._typed)
        self.bar.field.entered.connect(self._entered)
        column.addWidget(self.bar)
        column.addWidget(self._build_summary(card))
        column.addWidget(self._build_note(card))
        column.addWidget(Rule(look, card))
        tr = look.tr
        self.table = WindowTable(look, tr.t("day.table"), columns, self._source, tr.t("day.row_waits"), card)
        self._words = self._build_words(card)
        self._stack = QStackedWidget(card)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._words)
        column.addWidget(self._stack, 1)
        return card

    def _build_summary(self, card: QWidget) -> QWidget:
        """The filters in words, and the way back."""
        look = self._look
        self._narrowed = QWidget(card)
        row = QHBoxLayout(self._narrowed)
        row.setContentsMargins(look.px(14), 0, look.px(10), look.px(6))
        row.setSpacing(look.px(10))
        self._summary = ElidedText(look, design_px=14.5, weight=600, parent=card)
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._summary.set_colour(look.ink(Tone.BRAND))
        self.back = KeyButton(look, look.tr.t("day.do.plain"), "Esc", design_px=14, height=48, parent=card)
        self.back.setProperty("act", Act.PLAIN.value)
        self.back.clicked.connect(self._pressed)
        row.addWidget(self._summary, 1)
        row.addWidget(self.back)
        self._narrowed.hide()
        return self._narrowed

    def _build_note(self, card: QWidget) -> QWidget:
        """What is wrong with the figures that are shown, and the way on."""
        look = self._look
        self._wrong = QWidget(card)
        row = QHBoxLayout(self._wrong)
        row.setContentsMargins(look.px(14), 0, look.px(10), look.px(6))
        row.setSpacing(look.px(10))
        self._note = Text(look, design_px=14.5, weight=600, wrap=True, parent=card)
        self.again = self._retry_button(card)
        row.addWidget(self._note, 1)
        row.addWidget(self.again)
        self._wrong.hide()
        return self._wrong

    def _retry_button(self, parent: QWidget) -> KeyButton:
        look = self._look
        button = KeyButton(look, look.tr.t("day.do.again"), "F5", design_px=15, height=48, parent=parent)
        button.setProperty("act", Act.AGAIN.value)
        button.clicked.connect(self._pressed)
        return button

    def _build_words(self, card: QWidget) -> QWidget:
        look = self._look
        ground = QWidget(card)
        column = QVBoxLayout(ground)
        column.setContentsMargins(look.px(18), look.px(4), look.px(18), look.px(8))
        column.addStretch(1)
        self._title = Text(look, design_px=19, weight=700, wrap=True, parent=ground)
        self._hint = Text(look, design_px=15, colour=look.theme.muted, wrap=True, parent=ground)
        self.retry = self._retry_button(ground)
        row = QHBoxLayout()
        row.addWidget(self.retry)
        row.addStretch(1)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addLayout(row)
        column.addStretch(2)
        return ground

    # ------------------------------------------------------------ drawing

    def show_model(self, model: DayModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        self._model = model
        for card, (figure, _) in zip(self.cards, model.figures, strict=True):
            card.show_figure(figure)
        self.chart.show_chart(model.chart)
        self.cases.show_cases(model.cases)
        self.bar.show_choice(model.period, model.filters)
        _say(self._summary, model.summary)
        self._narrowed.setVisible(bool(model.summary))
        _say(self._note, model.note)
        self._wrong.setVisible(bool(model.note))
        self._note.set_colour(self._look.ink(model.note_tone))
        _say(self._title, model.title)
        _say(self._hint, model.hint)
        self.retry.setVisible(model.can_retry)
        self.again.setVisible(model.can_retry)
        wanted = self.table if model.body is Body.ROWS else self._words
        if self._stack.currentWidget() is not wanted:
            held = self.table.hasFocus() or self.hasFocus()
            self._stack.setCurrentWidget(wanted)
            if held:  # and not on to a button that an Enter meant for a row would press
                self.focus_home()

    @property
    def shows_rows(self) -> bool:
        """Whether the table is in sight, not words in its place."""
        return self._stack.currentWidget() is self.table

    @property
    def verdict_title(self) -> str:
        """The largest words here."""
        if self._model is None:
            return ""
        return self._model.title or self._model.figures[0][0].value

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The table, so that arrows and Enter work at once."""
        if self.shows_rows:
            self.table.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if name in ("Up", "Down") and self.shows_rows:
            self.table.setFocus()
            self.table.step(1 if name == "Down" else -1)
            return True
        if name == "Esc":
            return self._go_back()
        if name == "F5" and self._model is not None and self._model.can_retry:
            self.acted.emit(Act.AGAIN)
            return True
        return self.bar.press(name)

    def _go_back(self) -> bool:
        """First what is typed, then the filters, then nothing."""
        if self.bar.field.text():
            self.bar.field.clear()
            self._search()
            self.focus_home()
            return True
        if self._model is not None and self._model.summary:
            self.acted.emit(Act.PLAIN)
            return True
        if self.bar.field.hasFocus():
            self.focus_home()
            return True
        return False

    def take_letter(self, text: str) -> bool:
        """Whatever is typed is searched for; `/` only goes there."""
        field = self.bar.field
        field.setFocus()
        if text == "/":
            field.selectAll()
            return True
        field.setText(text)
        self._typed(text)
        return True

    # ------------------------------------------------------------ hands

    @Slot(str)
    def _typed(self, text: str) -> None:
        del text
        self._typing.start()

    @Slot()
    def _search(self) -> None:
        self._typing.stop()
        self.searched.emit(self.bar.field.text())

    @Slot(str)
    def _entered(self, text: str) -> None:
        del text
        self._search()
        self.focus_home()

    @Slot()
    def _card_pressed(self) -> None:
        sender = self.sender()
        if self._model is not None and isinstance(sender, FigureCard):
            act = self._model.figures[self.cards.index(sender)][1]
            if act is not None:
                self.acted.emit(act.value)

    @Slot()
    def _cases_pressed(self) -> None:
        self.acted.emit(Act.CASES)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("act")))


def _say(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
