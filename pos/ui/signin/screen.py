"""The sign-in drawn: names as tiles on the left, the PIN pad on the right."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pos.till.ports import Person
from pos.ui.look import Look
from pos.ui.signin.presenter import SignInModel, Step
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.text import Text

_COLUMNS, _TWO_COLUMNS_FROM = 2, 820


class PersonTile(QPushButton):
    """A name with its role and the number key that chooses it."""

    def __init__(self, look: Look, person: Person, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self.person = look, person
        self._role = look.tr.t(f"role.{person.role}")
        self._key = f"F{number}" if number <= 12 else ""
        self._chosen = False
        self.setFixedHeight(look.px(76))
        self.setMinimumWidth(look.px(180))
        self.setAccessibleName(f"{person.name}, {self._role}")
        self.setAccessibleDescription(self._key)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def key(self) -> str:
        """The function key that chooses this person."""
        return self._key

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the focused tile."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            event.accept()
            return
        super().keyPressEvent(event)

    def set_chosen(self, chosen: bool) -> None:
        """Mark the tile."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tile."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        brand = theme.tones[Tone.BRAND]
        marked = self._chosen
        painter.setBrush(QColor(brand.fill if marked else theme.surface))
        edge = theme.focus if self.hasFocus() else brand.fill if marked else theme.outline
        painter.setPen(QPen(QColor(edge), look.px(3) if self.hasFocus() else 1.5))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), look.px(10), look.px(10))
        room = self.rect().adjusted(look.px(16), look.px(12), -look.px(16), -look.px(12))
        painter.setPen(QColor(brand.on_fill if marked else theme.text))
        painter.setFont(look.font(19, 700))
        name = painter.fontMetrics().elidedText(
            self.person.name, Qt.TextElideMode.ElideRight, room.width() - look.px(36)
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft), name)
        painter.setPen(QColor(brand.on_fill if marked else theme.muted))
        painter.setFont(look.font(14, 500))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), self._role)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight), self._key)


class SignInScreen(QWidget):
    """Draws a `SignInModel`.

    Signals:
        chosen(str): id of a person. pin_given(str): Enter on the pad.
    """

    chosen = Signal(str)
    pin_given = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._step: Step | None = None
        self._tiles: list[PersonTile] = []
        outer = QHBoxLayout(self)
        outer.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(8))
        outer.addStretch(1)
        card = Card(look, self)
        card.setMaximumWidth(look.px(920))
        outer.addWidget(card, 12)
        outer.addStretch(1)
        column = QVBoxLayout(card)
        column.setContentsMargins(look.px(32), look.px(18), look.px(32), look.px(14))
        column.setSpacing(look.px(8))
        self._title = Text(look, design_px=34, weight=800, wrap=True, parent=card)
        self._hint = Text(look, design_px=17, colour=look.theme.muted, wrap=True, parent=card)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(look.px(6))
        row = QHBoxLayout()
        row.setSpacing(look.px(32))
        column.addLayout(row, 1)
        row.addLayout(self._build_left(card), 1)
        row.addLayout(self._build_right(card))

    def _build_left(self, card: QWidget) -> QVBoxLayout:
        look = self._look
        left = QVBoxLayout()
        self._area = QScrollArea(card)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(look.px(12))
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area.setWidget(inside)
        inside.setAutoFillBackground(False)
        left.addWidget(self._area, 1)
        return left

    def _build_right(self, card: QWidget) -> QVBoxLayout:
        look = self._look
        right = QVBoxLayout()
        right.setSpacing(look.px(12))
        self.pad = DigitPad(look, secret=True, key_height=60, parent=card)
        self.pad.submitted.connect(self.pin_given)
        right.addWidget(self.pad)
        words = look.tr.t("signin.button")
        self.button = KeyButton(look, words, "Enter", primary=True, design_px=19, height=60, parent=card)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._pressed)
        right.addWidget(self.button)
        self._error = Text(look, design_px=16, weight=700, wrap=True, parent=card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._error.setMaximumWidth(self.pad.sizeHint().width())
        right.addWidget(self._error)
        right.addStretch(1)
        return right

    def show_model(self, model: SignInModel) -> None:
        """Draw this."""
        self._title.say(model.title)
        self._hint.say(model.hint)
        self._error.say(self._look.tr.t("signin.busy") if model.busy else model.error)
        self._error.set_colour(self._look.ink(Tone.NEUTRAL if model.busy else Tone.REFUSED))
        self.button.setEnabled(not model.busy)
        self._show_people(model)
        if model.step is not self._step:
            self._step = model.step
            self.pad.clear()
            self.focus_home()

    def focus_home(self) -> None:
        """Where the next key belongs."""
        if self._step is Step.CHOOSE and self._tiles:
            self._tiles[0].setFocus()
        else:
            self.pad.setFocus()

    def press_key(self, key: str) -> bool:
        """A function key chooses the person whose tile shows it; Enter goes to the pad."""
        if key == "Enter":
            self._pressed()
            return True
        for tile in self._tiles:
            if tile.key == key:
                tile.click()
                return True
        return False

    def _show_people(self, model: SignInModel) -> None:
        if tuple(tile.person for tile in self._tiles) != model.people:
            for tile in self._tiles:
                self._grid.removeWidget(tile)
                tile.deleteLater()
            self._tiles = []
            for number, person in enumerate(model.people, start=1):
                tile = PersonTile(self._look, person, number, self)
                tile.clicked.connect(self._tile_pressed)
                self._tiles.append(tile)
            self._place_tiles()
        for tile in self._tiles:
            tile.set_chosen(tile.person.id == model.chosen)

    def _place_tiles(self) -> None:
        """Two columns where there is room for two."""
        columns = _COLUMNS if self.width() >= self._look.px(_TWO_COLUMNS_FROM) else 1
        for number, tile in enumerate(self._tiles):
            self._grid.addWidget(tile, number // columns, number % columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tiles find their places anew."""
        super().resizeEvent(event)
        self._place_tiles()

    @Slot()
    def _tile_pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, PersonTile):
            self.chosen.emit(sender.person.id)
            self.pad.clear()
            self.pad.setFocus()

    @Slot()
    def _pressed(self) -> None:
        self.pad.submit()
