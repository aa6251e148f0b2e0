"""The statement section drawn: choosing, understanding, waiting, the result; below it what can be done now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.statement.home import HomeView
from pos.ui.manager.statement.mapping import MappingView
from pos.ui.manager.statement.model import Pane, StatementModel
from pos.ui.manager.statement.result import ResultView
from pos.ui.page import PageScreen
from pos.ui.widgets.button_row import ButtonRow
from pos.ui.widgets.card import Card
from pos.ui.widgets.verdict import VerdictPanel
from pos.ui.widgets.window_table import RowSource


class StatementScreen(PageScreen):
    """Draws a `StatementModel` and says what is pressed.

    Args:
        rows: the differences, one by one.

    Signals:
        acted(str): an `Act` that is shown. issuer_chosen(str), path_typed(str). check_opened(int): its id.
        file_dropped(str): a path. part_pressed(int): a card of the mapping. card_pressed(int): of the result.
        row_chosen(int), row_opened(int): of the result's table.
    """

    acted = Signal(str)
    issuer_chosen = Signal(str)
    path_typed = Signal(str)
    check_opened = Signal(int)
    file_dropped = Signal(str)
    part_pressed = Signal(int)
    card_pressed = Signal(int)
    row_chosen = Signal(int)
    row_opened = Signal(int)

    def __init__(self, look: Look, rows: RowSource) -> None:
        super().__init__()
        self._look = look
        self._model: StatementModel | None = None
        self.setAcceptDrops(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(8))
        self._stack = QStackedWidget(self)
        self.home = HomeView(look, self)
        self.mapping = MappingView(look, self)
        self._panel = Card(look, self)
        inside = QVBoxLayout(self._panel)
        inside.setContentsMargins(1, 1, 1, 1)
        self.verdict = VerdictPanel(look, self._panel)
        inside.addWidget(self.verdict)
        self.result = ResultView(look, rows, self)
        self._views: dict[Pane, QWidget] = {
            Pane.HOME: self.home, Pane.MAPPING: self.mapping, Pane.PANEL: self._panel, Pane.RESULT: self.result,
        }  # fmt: skip
        for view in self._views.values():
            self._stack.addWidget(view)
        column.addWidget(self._stack, 1)
        self.bar = ButtonRow(look, self, height=56, design_px=17)
        column.addWidget(self.bar)
        self.setMinimumSize(look.px(500), look.px(420))
        self._connect()

    def _connect(self) -> None:
        self.bar.acted.connect(self.acted)
        self.home.acted.connect(self.acted)
        self.home.issuer_chosen.connect(self.issuer_chosen)
        self.home.path_typed.connect(self.path_typed)
        self.home.check_opened.connect(self.check_opened)
        self.mapping.acted.connect(self.acted)
        self.mapping.part_pressed.connect(self.part_pressed)
        self.result.card_pressed.connect(self.card_pressed)
        self.result.row_chosen.connect(self.row_chosen)
        self.result.row_opened.connect(self.row_opened)

    # ------------------------------------------------------------ drawing

    def show_model(self, model: StatementModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        moved = self._model is None or model.pane is not self._model.pane
        self._model = model
        if model.home is not None:
            self.home.show_model(model.home)
        if model.mapping is not None:
            self.mapping.show_model(model.mapping)
        if model.panel is not None:
            self.verdict.show_panel(model.panel)
        if model.result is not None:
            self.result.show_model(model.result)
        self._stack.setCurrentWidget(self._views[model.pane])
        self.bar.show_actions(model.actions)
        if moved and self.isVisible():
            self.focus_home()

    @property
    def verdict_title(self) -> str:
        """The largest words of the section."""
        model = self._model
        if model is None:
            return ""
        if model.panel is not None:
            return model.panel.title
        if model.result is not None:
            return model.result.title
        return model.mapping.title if model.mapping is not None else self._look.tr.t("statement.home.title")

    # ------------------------------------------------------------ hands

    def focus_home(self) -> None:
        """The field, the table, or the section itself."""
        pane = self._model.pane if self._model is not None else Pane.HOME
        if pane is Pane.HOME and self.home.field.isVisible():
            self.home.field.setFocus()
        elif pane is Pane.RESULT:
            self.result.table.setFocus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        pane = self._model.pane if self._model is not None else Pane.HOME
        return self.bar.press(name) or (pane is Pane.MAPPING and self.mapping.press(name))

    def take_letter(self, text: str) -> bool:
        """Digits: an issuer, a card."""
        if not text.isascii() or not text.isdigit() or self._model is None:
            return False
        number = int(text)
        if self._model.home is not None:
            return self.home.press_digit(number)
        if self._model.mapping is not None and 1 <= number <= len(self._model.mapping.parts):
            self.part_pressed.emit(number - 1)
            return True
        if self._model.result is not None and number < len(self._model.result.cards):
            self.card_pressed.emit(number)
            return True
        return False

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file may be dropped while one can be chosen."""
        urls = event.mimeData().urls()
        if self._model is not None and self._model.home is not None and len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A file was dropped."""
        event.acceptProposedAction()
        self.file_dropped.emit(event.mimeData().urls()[0].toLocalFile())
