"""The closing section drawn: the shift on top, the four steps with what is left, the day's totals, one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.closing.body import Body
from pos.ui.manager.closing.figures import FigureList, ReportCard
from pos.ui.manager.closing.left_list import LeftList
from pos.ui.manager.closing.model import ClosingModel, Pane, Step
from pos.ui.manager.closing.notice import Notice
from pos.ui.manager.closing.step_tile import StepTile
from pos.ui.page import PageScreen
from pos.ui.widgets.button_row import ButtonRow, Spread
from pos.ui.widgets.card import Card
from pos.ui.widgets.text import ElidedText, Text

GAP = 10


class ClosingScreen(PageScreen):
    """Draws a `ClosingModel` and says what is pressed.

    Signals:
        acted(str): an `Act` that is shown. step_chosen(str): a `Step`. row_opened(str): a row of the open step.
        report_chosen(str): a Z report of the list.
    """

    acted = Signal(str)
    step_chosen = Signal(str)
    row_opened = Signal(str)
    report_chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._model: ClosingModel | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(GAP), look.px(12), look.px(GAP))
        column.setSpacing(look.px(GAP))
        column.addWidget(self._build_shift())
        self._notice = Notice(look, self)
        column.addWidget(self._notice)
        self._stack = QStackedWidget(self)
        self._waiting = Text(look, design_px=20, weight=600, align=Qt.AlignmentFlag.AlignCenter, parent=self)
        self._waiting.setWordWrap(True)
        self._stack.addWidget(self._waiting)
        self._stack.addWidget(self._build_closing())
        self._stack.addWidget(self._build_reports())
        column.addWidget(self._stack, 1)
        column.addWidget(self._build_close())
        self.setMinimumSize(look.px(500), look.px(480))

    def hasHeightForWidth(self) -> bool:
        """No: where words need more lines, lists and totals give way and scroll by themselves; the page does not."""
        return False

    # ------------------------------------------------------------ building

    def _build_shift(self) -> QWidget:
        look = self._look
        card = Card(look, self)
        row = QHBoxLayout(card)
        row.setContentsMargins(look.px(16), look.px(6), look.px(8), look.px(6))
        row.setSpacing(look.px(8))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._shift = ElidedText(look, design_px=17, weight=700, parent=card)
        self._shift_note = ElidedText(look, design_px=13, colour=look.theme.muted, parent=card)
        words.addWidget(self._shift)
        words.addWidget(self._shift_note)
        row.addLayout(words, 1)
        self.top = ButtonRow(look, card, height=48, design_px=15, spread=Spread.TIGHT)
        self.top.acted.connect(self.acted)
        row.addWidget(self.top)
        return card

    def _build_closing(self) -> QWidget:
        look = self._look
        ground = QWidget(self)
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(GAP))
        steps = QVBoxLayout()
        steps.setSpacing(look.px(8))
        self.tiles: dict[Step, StepTile] = {}
        for step in Step:
            tile = StepTile(look, ground)
            tile.setProperty("step", step.value)
            tile.clicked.connect(self._tile_pressed)
            steps.addWidget(tile, 1)
            self.tiles[step] = tile
        row.addLayout(steps, 25)
        self.body = Body(look, ground)
        self.body.acted.connect(self.acted)
        self.body.list.opened.connect(self.row_opened)
        row.addWidget(self.body, 43)
        self._totals = totals = Card(look, ground)
        column = QVBoxLayout(totals)
        column.setContentsMargins(look.px(14), look.px(10), look.px(10), look.px(10))
        column.setSpacing(look.px(6))
        self._day_title = Text(look, design_px=16, weight=800, wrap=True, parent=totals)
        column.addWidget(self._day_title)
        self.figures = FigureList(look, totals)
        column.addWidget(self.figures, 1)
        row.addWidget(totals, 32)
        for widget in (self.body, totals):  # the columns keep their shares whatever stands in them
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return ground

    def _build_reports(self) -> QWidget:
        look = self._look
        ground = QWidget(self)
        row = QHBoxLayout(ground)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(GAP))
        left = Card(look, ground)
        column = QVBoxLayout(left)
        column.setContentsMargins(1, look.px(12), 1, look.px(12))
        title = Text(look, look.tr.t("closing.reports.title"), design_px=18, weight=800, parent=left)
        title.setContentsMargins(look.px(16), 0, 0, 0)
        column.addWidget(title)
        self._no_reports = Text(look, design_px=16, weight=600, colour=look.theme.muted, wrap=True, parent=left)
        self._no_reports.setContentsMargins(look.px(16), 0, look.px(16), 0)
        column.addWidget(self._no_reports)
        self.reports = LeftList(look, look.tr.t("closing.reports.title"), left)
        self.reports.opened.connect(self.report_chosen)
        self.reports.moved.connect(self.report_chosen)
        column.addWidget(self.reports, 1)
        row.addWidget(left, 42)
        self.report = ReportCard(look, ground)
        self.report.acted.connect(self.acted)
        row.addWidget(self.report, 58)
        for widget in (left, self.report):
            widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return ground

    def _build_close(self) -> QWidget:
        look = self._look
        self._close_card = card = Card(look, self)
        card.setMinimumHeight(look.px(76))
        row = QHBoxLayout(card)
        row.setContentsMargins(look.px(16), look.px(8), look.px(10), look.px(8))
        row.setSpacing(look.px(14))
        self._close_note = Text(look, design_px=14, weight=500, wrap=True, parent=card)
        row.addWidget(self._close_note, 1)
        self.close_row = ButtonRow(look, card, height=60, design_px=19, spread=Spread.TIGHT)
        self.close_row.acted.connect(self.acted)
        row.addWidget(self.close_row)
        return card

    # ------------------------------------------------------------ drawing

    def show_model(self, model: ClosingModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        before, self._model = self._model, model
        self._shift.setText(model.shift)
        self._shift_note.setText(model.shift_note)
        self.top.show_actions(model.top)
        self._notice.show_notice(model)
        self._waiting.setText(model.empty)
        for step in model.steps:
            self.tiles[step.step].show_step(step, is_open=step.step is model.open)
        if model.body is not None:
            self.body.show_body(model.body)
        self._day_title.say(model.day_title)
        self.figures.show_figures(model.figures)
        self._totals.setMinimumWidth(self.figures.minimumWidth() + self._look.px(24))
        self.reports.show_rows(model.rows)
        self.reports.choose(model.chosen)
        self.reports.setVisible(bool(model.rows))
        self._no_reports.say("" if model.rows else model.empty)
        self.report.show_report(model.report)
        self._stack.setCurrentIndex(list(Pane).index(model.pane))
        self._close_note.setText(model.close_note)
        self.close_row.show_actions(model.close)
        self._close_card.setVisible(bool(model.close_note))
        moved = before is None or _where(before) != _where(model)
        if moved and self.isVisible():
            self.focus_home()

    @property
    def verdict_title(self) -> str:
        """The largest words on the section."""
        return self._model.shift if self._model is not None else ""

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The rows that are left; never a button: Enter must not close a day by accident."""
        model = self._model
        if model is not None and model.pane is Pane.REPORTS and model.rows:
            self.reports.setFocus()
        elif model is not None and model.pane is Pane.CLOSING and model.body is not None and model.body.rows:
            self.body.list.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        for row in self._rows():
            if row.press(name):
                return True
        if name in ("Up", "Down") and self._model is not None and self._model.pane is Pane.CLOSING:
            steps = list(Step)
            at = steps.index(self._model.open) + (1 if name == "Down" else -1)
            self.step_chosen.emit(steps[at % len(steps)].value)
            return True
        return False

    def _rows(self) -> tuple[ButtonRow, ...]:
        """The buttons in sight, in the order of reading."""
        pane = self._model.pane if self._model is not None else Pane.LOADING
        here: dict[Pane, tuple[ButtonRow, ...]] = {Pane.CLOSING: (self.body.bar,), Pane.REPORTS: (self.report.bar,)}
        return (self.top, *here.get(pane, ()), self.close_row)

    def take_letter(self, text: str) -> bool:
        """The number of a step opens it."""
        if self._model is None or self._model.pane is not Pane.CLOSING:
            return False
        step = next((step for step in self._model.steps if str(step.number) == text), None)
        if step is None:
            return False
        self.step_chosen.emit(step.step.value)
        return True

    @Slot()
    def _tile_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.step_chosen.emit(str(sender.property("step")))


def _where(model: ClosingModel) -> tuple[Pane, Step, bool, bool]:
    """What the keyboard belongs to: rows that come or go move it."""
    return model.pane, model.open, bool(model.rows), model.body is not None and bool(model.body.rows)
