"""A panel of settings drawn: what it is about, the rows, what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.manager.setup.said import Said
from pos.ui.manager.setup.settings.model import Option, SettingsModel
from pos.ui.manager.setup.settings.row import SettingRow
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Rule
from pos.ui.widgets.text import Text
from pos.ui.widgets.window_table import scroll_bar_style

_WIDEST = 900
"""Of the rows: on a wide screen the eye must find the control that belongs to a label."""


class _Area(QScrollArea):
    """Arrows are the rows', not the scroll bar's."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only pages are turned here."""
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()


class SettingsScreen(PanelScreen):
    """Draws a `SettingsModel` and says what hands do.

    Signals:
        edited(str, str): key and text. wanted(str): a box for this key. entered(str): the keyboard is at this key.
        chip_chosen(str): a part.
    """

    edited = Signal(str, str)
    wanted = Signal(str)
    entered = Signal(str)
    chip_chosen = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, look.tr.t("manager.setup.title"), spacing=4)
        self._model: SettingsModel | None = None
        self.rows: dict[str, SettingRow] = {}
        self.chips: dict[str, KeyButton] = {}
        card, column = self._card, self._column
        box = QWidget(card)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        head = QVBoxLayout(box)
        head.setContentsMargins(look.px(16), 0, look.px(16), look.px(4))
        head.setSpacing(look.px(3))
        self._hint = Text(look, design_px=14, colour=look.theme.muted, wrap=True, parent=card)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(look.px(8))
        self._says = Said(look, card)
        self._notes = Text(look, design_px=14, weight=600, wrap=True, parent=card)
        self._notes.set_colour(look.ink(Tone.UNKNOWN))
        head.addWidget(self._title)
        head.addWidget(self._hint)
        head.addLayout(self._chips)
        head.addWidget(self._notes)
        head.addWidget(self._says)
        column.addWidget(box)
        column.addWidget(Rule(look, card))
        column.addWidget(self._build_rows(card), 1)

    def _build_rows(self, card: QWidget) -> QWidget:
        self.area = _Area(card)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setStyleSheet("QScrollArea,QScrollArea>QWidget>QWidget{background:transparent}")
        self.area.verticalScrollBar().setStyleSheet(scroll_bar_style(self._look))
        self._inner = QWidget(self.area)
        self._inner.setMaximumWidth(self._look.px(_WIDEST))
        self._grown = QTimer(self)
        self._grown.setSingleShot(True)
        self._grown.setInterval(0)
        self._grown.timeout.connect(self._show_whole_row)
        self._list = QVBoxLayout(self._inner)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(0)
        self._list.addStretch(1)
        self.area.setWidget(self._inner)
        return self.area

    # ------------------------------------------------------------ drawing

    def show_model(self, model: SettingsModel) -> None:
        """Draw this; rows that stay keep the keyboard and what is typed."""
        if model == self._model:
            return
        self._model = model
        self._title.say(model.title)
        self._hint.say(model.hint)
        self._notes.say(f"● {model.notes}" if model.notes else "")
        self._says.tell(model.says, model.tone)
        self._show_chips(model.chips, model.chip)
        keys = [row.key for row in model.rows]
        if keys != list(self.rows):
            self._make_rows(model)
        for row in model.rows:
            drawn = self.rows[row.key]
            typing = drawn.has_keyboard  # what was typed and not taken must not stay there as if it were
            if (row != drawn.model or typing) and drawn.show_row(row) and typing:
                self._grown.start()
        self.bar.show_actions(self._model.actions)  # drawing may have moved the keyboard, and with it what can be done

    def _make_rows(self, model: SettingsModel) -> None:
        for old in self.rows.values():
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = {}
        for number, row in enumerate(model.rows):
            drawn = SettingRow(self._look, row, self._inner)
            drawn.edited.connect(self.edited)
            drawn.wanted.connect(self.wanted)
            drawn.done.connect(self._next)
            drawn.entered.connect(self._entered)
            self._list.insertWidget(number, drawn)
            self.rows[row.key] = drawn
        self.area.verticalScrollBar().setValue(0)

    def _show_chips(self, chips: tuple[Option, ...], chosen: str) -> None:
        if not self.chips:
            for chip in chips:
                button = KeyButton(self._look, chip.words, design_px=15, height=48, parent=self)
                button.setProperty("chip", chip.value)
                button.clicked.connect(self._chip_pressed)
                self._chips.addWidget(button)
                self.chips[chip.value] = button
            if chips:
                self._chips.addStretch(1)
        for name, button in self.chips.items():
            button.set_primary(name == chosen, Tone.BRAND)

    # ------------------------------------------------------------ hands

    @Slot(str)
    def _entered(self, key: str) -> None:
        self.area.ensureWidgetVisible(self.rows[key], 0, self._look.px(24))
        self.entered.emit(key)

    @Slot()
    def _show_whole_row(self) -> None:
        """What is wrong with it came below the field: it must not stand below the edge."""
        row = self.rows.get(self.at)
        if row is not None:
            self.area.ensureWidgetVisible(row, 0, self._look.px(4))

    @Slot(str)
    def _next(self, key: str) -> None:
        self.step(1, key)

    @Slot()
    def _chip_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chip_chosen.emit(str(sender.property("chip")))

    def step(self, by: int, key: str = "") -> bool:
        """To the next row or the one before; False at the end."""
        keys = list(self.rows)
        key = key or self.at
        at = keys.index(key) + by if key in keys else 0
        if not 0 <= at < len(keys):
            return False
        self.rows[keys[at]].control.focus()
        return True

    @property
    def at(self) -> str:
        """Key of the row that has the keyboard; empty for none."""
        return next((key for key, row in self.rows.items() if row.has_keyboard), "")

    def go_to(self, key: str) -> None:
        """Put the keyboard there."""
        if key in self.rows:
            self.rows[key].control.focus()

    # ------------------------------------------------------------ PageScreen

    @property
    def verdict_title(self) -> str:
        """What was said of the last save, or the panel's name."""
        return (self._model.says if self._model is not None else "") or super().verdict_title

    def focus_home(self) -> None:
        """The first setting."""
        if self.rows:
            next(iter(self.rows.values())).control.focus()
        else:
            self.setFocus()

    def press(self, name: str) -> bool:
        """Up and down go through the rows; then what the buttons show."""
        if name in ("Up", "Down") and self.at:
            self.step(-1 if name == "Up" else 1)
            return True
        if name in ("Left", "Right") and len(self.chips) > 1 and any(chip.hasFocus() for chip in self.chips.values()):
            self._step_chip(-1 if name == "Left" else 1)
            return True
        if name == "Down" and any(chip.hasFocus() for chip in self.chips.values()):
            self.focus_home()
            return True
        return super().press(name)

    def _step_chip(self, by: int) -> None:
        names = list(self.chips)
        at = next((number for number, name in enumerate(names) if self.chips[name].hasFocus()), 0) + by
        if 0 <= at < len(names):
            self.chips[names[at]].setFocus()
            self.chip_chosen.emit(names[at])

    def take_letter(self, text: str) -> bool:
        """While a setting has the keyboard a digit is not the list's."""
        del text
        return bool(self.at)
