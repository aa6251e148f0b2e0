"""The levels section drawn: the week on top, below it the chosen day: whose fault it was, by issuer and by hour."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.levels.model import LevelsModel, Told
from pos.ui.manager.levels.week_grid import WeekGrid
from pos.ui.page import PageScreen
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.hour_chart import HourChart
from pos.ui.widgets.text import ElidedText, Text
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import Column, WindowRow, WindowTable

EARLIER, LATER = "F6", "F7"
_MOST_TOLD = 3


class LevelsScreen(PageScreen):
    """Draws a `LevelsModel` and says what is pressed. It is where the issuers' table gets its rows.

    Signals:
        went(int): so many weeks on. chosen(int): a column.
    """

    went = Signal(int)
    chosen = Signal(int)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model: LevelsModel | None = None
        self._issuers: tuple[WindowRow, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(10))
        column.addWidget(self._build_week())
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        row.addWidget(self._build_told(), 38)
        row.addWidget(self._build_issuers(), 62)
        column.addLayout(row, 1)
        self.setMinimumSize(look.px(500), look.px(480))

    def hasHeightForWidth(self) -> bool:
        """No: where words need more lines, chart and table give way; the page does not scroll."""
        return False

    def _build_week(self) -> QWidget:
        look, tr = self._look, self._look.tr
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(14), look.px(8), look.px(10), look.px(6))
        column.setSpacing(look.px(2))
        head = QHBoxLayout()
        head.addWidget(Text(look, tr.t("levels.title"), design_px=18, weight=800, parent=card))
        self._note = ElidedText(look, design_px=13.5, colour=look.theme.muted, parent=card)
        head.addWidget(self._note, 1)
        self.earlier = KeyButton(look, tr.t("levels.earlier"), EARLIER, design_px=15, height=48, parent=card)
        self.later = KeyButton(look, tr.t("levels.later"), LATER, design_px=15, height=48, parent=card)
        self.earlier.clicked.connect(self._go_back)
        self.later.clicked.connect(self._go_on)
        head.addWidget(self.earlier)
        head.addWidget(self.later)
        column.addLayout(head)
        self.grid = WeekGrid(look, card)
        self.grid.chosen.connect(self.chosen)
        column.addWidget(self.grid)
        return card

    def _build_told(self) -> QWidget:
        look = self._look
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(14), look.px(10), look.px(12), look.px(8))
        column.setSpacing(look.px(6))
        self._title = Text(look, design_px=15, weight=700, parent=card)
        column.addWidget(self._title)
        self._told = [_Sentence(look, card) for _ in range(_MOST_TOLD)]
        for sentence in self._told:
            column.addWidget(sentence)
        self._more = Text(look, design_px=13, colour=look.theme.muted, parent=card)
        column.addWidget(self._more)
        column.addStretch(1)
        self.chart = HourChart(look, card)
        self.chart.setMaximumHeight(look.px(150))
        column.addWidget(self.chart, 10)
        card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return card

    def _build_issuers(self) -> QWidget:
        look, tr = self._look, self._look.tr
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, look.px(8), 1, 1)
        names = ("issuer", "ask", "change", "silent", "unknown", "offline")
        widths = (118, 114, 114, 76, 78, 76)
        columns = tuple(
            Column(tr.t(f"levels.col.{name}"), width, share=2 if name == "issuer" else 1, right=name != "issuer")
            for name, width in zip(names, widths, strict=True)
        )
        self.table = WindowTable(look, tr.t("levels.issuers"), columns, self, tr.t("levels.reading"), card)
        column.addWidget(self.table, 1)
        hint = Text(look, tr.t("levels.hint"), design_px=12.5, colour=look.theme.muted, wrap=True, parent=card)
        hint.setContentsMargins(look.px(12), look.px(4), look.px(12), look.px(6))
        column.addWidget(hint)
        card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return card

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many issuers."""
        return len(self._issuers)

    def row(self, number: int) -> WindowRow | None:
        """One of them."""
        return self._issuers[number] if number < len(self._issuers) else None

    # ------------------------------------------------------------ drawing

    def show_model(self, model: LevelsModel) -> None:
        """Draw this."""
        if model == self._model:
            return
        self._model, self._issuers = model, model.issuers
        self._note.setText(model.note)
        self.later.setEnabled(model.can_go_on)
        self.grid.show_week(model.rows, model.columns, min(model.chosen, max(0, len(model.columns) - 1)))
        self._title.say(model.title)
        for number, sentence in enumerate(self._told):
            sentence.show_told(model.told[number] if number < len(model.told) else None)
        more = len(model.told) - _MOST_TOLD
        self._more.say(self._look.tr.t("levels.more", count=more) if more > 0 else "")
        self.chart.show_chart(model.chart)
        self.table.refresh(anew=True)

    @property
    def verdict_title(self) -> str:
        """The verdict's first sentence."""
        if self._model is None or not self._model.told:
            return self._look.tr.t("levels.title")
        return self._model.told[0].words

    def refresh(self) -> None:
        """Nothing counts here by itself."""

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The week."""
        self.grid.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if name in ("Left", "Right") and self._model is not None:
            self.chosen.emit(self._model.chosen + (1 if name == "Right" else -1))
        elif name == EARLIER:
            self.went.emit(-1)
        elif name == LATER and self.later.isEnabled():
            self.went.emit(1)
        else:
            return False
        return True

    @Slot()
    def _go_back(self) -> None:
        self.went.emit(-1)

    @Slot()
    def _go_on(self) -> None:
        self.went.emit(1)


class _Sentence(QWidget):
    """One sentence of the verdict with its shape."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(10))
        self._sign = ShapeView(look, 22, parent=self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self._words = Text(look, design_px=14, weight=600, wrap=True, parent=self)
        row.addWidget(self._words, 1)
        self.hide()

    def show_told(self, told: Told | None) -> None:
        """Draw it, or take no room."""
        self.setVisible(told is not None)
        if told is not None:
            self._sign.show_shape(told.shape, self._look.ink(told.tone))
            self._words.say(told.words)
            self._words.set_colour(self._look.ink(told.tone))
