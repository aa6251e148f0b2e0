"""Where a statement check begins: whose file, which file; beside it the checks made before."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.statement.model import Act, HomeModel, IssuerTile
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.field import Field
from pos.ui.widgets.table import Table
from pos.ui.widgets.text import Text


class HomeView(QWidget):
    """Draws a `HomeModel`.

    Signals:
        acted(str): an `Act`. issuer_chosen(str): a name. path_typed(str): what stands in the field now.
        check_opened(str): id of an earlier check.
    """

    acted = Signal(str)
    issuer_chosen = Signal(str)
    path_typed = Signal(str)
    check_opened = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._tiles: tuple[IssuerTile, ...] = ()
        self._buttons: list[KeyButton] = []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(look.px(12))
        left, right = Card(look, self), Card(look, self)
        for card in (left, right):
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.addWidget(left, 46)
        row.addWidget(right, 54)
        self._build_left(left)
        self._build_right(right)

    def _build_left(self, card: Card) -> None:
        look, tr = self._look, self._look.tr
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(18), look.px(12), look.px(18), look.px(14))
        column.setSpacing(look.px(8))
        column.addWidget(Text(look, tr.t("statement.home.title"), design_px=22, weight=800, wrap=True, parent=card))
        hint = Text(look, tr.t("statement.home.hint"), design_px=14, colour=look.theme.muted, wrap=True, parent=card)
        column.addWidget(hint)
        column.addWidget(Text(look, tr.t("statement.home.whose"), design_px=15, weight=700, parent=card))
        self._issuers = QVBoxLayout()
        self._issuers.setSpacing(look.px(6))
        column.addLayout(self._issuers)
        self._note = Text(look, design_px=14, weight=500, wrap=True, parent=card)
        column.addWidget(self._note)
        self._which = Text(look, tr.t("statement.home.which"), design_px=15, weight=700, parent=card)
        column.addWidget(self._which)
        self.field = Field(look, tr.t("statement.home.path"), plain=True, parent=card)
        self.field.textChanged.connect(self.path_typed)
        self.field.entered.connect(self._entered)
        column.addWidget(self.field)
        self._drop = Text(
            look, tr.t("statement.home.drop"), design_px=13.5, colour=look.theme.muted, wrap=True, parent=card
        )
        column.addWidget(self._drop)
        column.addStretch(1)

    def _build_right(self, card: Card) -> None:
        look, tr = self._look, self._look.tr
        column = QVBoxLayout(card)
        column.setContentsMargins(1, look.px(12), 1, 1)
        column.setSpacing(look.px(8))
        title = Text(look, tr.t("statement.earlier.title"), design_px=18, weight=800, parent=card)
        title.setContentsMargins(look.px(18), 0, 0, 0)
        column.addWidget(title)
        column.addWidget(Rule(look, card))
        heads = tuple(tr.t(f"statement.earlier.{name}") for name in ("when", "issuer", "days", "result"))
        self.table = Table(look, tr.t("statement.earlier.title"), heads, 3, card)
        self.table.opened.connect(self.check_opened)
        column.addWidget(self.table, 1)
        self._empty = Text(look, design_px=16, weight=500, colour=look.theme.muted, wrap=True, parent=card)
        self._empty.setContentsMargins(look.px(18), look.px(8), look.px(18), 0)
        column.addWidget(self._empty)
        column.addStretch(0)

    def show_model(self, model: HomeModel) -> None:
        """Draw this."""
        if model.issuers != self._tiles:
            self._show_issuers(model.issuers)
        self._note.say(model.note)
        chosen = any(tile.chosen for tile in model.issuers)
        for widget in (self._which, self.field, self._drop):
            widget.setVisible(chosen)
        if self.field.text().strip().strip('"') != model.path:
            self.field.setText(model.path)
        self.table.show_rows(model.rows)
        self.table.setVisible(bool(model.rows))
        self._empty.say("" if model.rows else model.empty)

    def _show_issuers(self, tiles: tuple[IssuerTile, ...]) -> None:
        same = [tile.issuer for tile in tiles] == [tile.issuer for tile in self._tiles]
        self._tiles = tiles
        if not same:
            for button in self._buttons:
                self._issuers.removeWidget(button)
                button.hide()
                button.deleteLater()
            self._buttons = [self._make(tile) for tile in tiles]
        for button, tile in zip(self._buttons, tiles, strict=True):
            button.set_primary(tile.chosen, Tone.BRAND)
            button.setAccessibleDescription(self._look.tr.t("statement.home.chosen") if tile.chosen else tile.key)

    def _make(self, tile: IssuerTile) -> KeyButton:
        button = KeyButton(self._look, tile.label, tile.key, design_px=17, height=50, parent=self)
        button.setProperty("issuer", tile.issuer)
        button.clicked.connect(self._pressed)
        self._issuers.addWidget(button)
        button.show()
        return button

    def press_digit(self, number: int) -> bool:
        """An issuer by its key."""
        tile = next((tile for tile in self._tiles if tile.key == str(number)), None)
        if tile is None:
            return False
        self.issuer_chosen.emit(tile.issuer)
        return True

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.issuer_chosen.emit(str(sender.property("issuer")))

    @Slot(str)
    def _entered(self, text: str) -> None:
        self.path_typed.emit(text)
        self.acted.emit(Act.LOOK.value)
