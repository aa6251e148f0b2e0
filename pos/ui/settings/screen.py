"""The settings box: every choice shows at once on the whole window behind it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from pos.ui.config import Choices
from pos.ui.look import Look
from pos.ui.settings.presenter import Group, Option, options, value_of
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_SCANNER_KEY, _PRINTER_KEY = "F10", "F11"


class SettingsSheet(Sheet):
    """Language, colours, size and sound; and the way to the tests of the devices.

    Args:
        troubles: why devices cannot be used at this moment; empty if they can.
        printer: whether there is a test of the printer.

    Signals:
        chosen(object): the new `Choices`.
        scanner_test_wanted(), printer_test_wanted()
    """

    chosen = Signal(object)
    scanner_test_wanted = Signal()
    printer_test_wanted = Signal()

    def __init__(
        self, look: Look, now: Choices, version: str, troubles: str, parent: QWidget, *, printer: bool = True
    ) -> None:
        tr = look.tr
        super().__init__(look, tr.t("settings.title"), back=tr.t("action.close"), width=580, parent=parent)
        self._options = options(tr, now)
        self.buttons: list[KeyButton] = []
        grid = QGridLayout()
        grid.setVerticalSpacing(look.px(12))
        grid.setHorizontalSpacing(look.px(16))
        grid.setColumnStretch(1, 1)
        for row, group in enumerate(Group):
            caption = Text(look, tr.t(f"settings.{group}"), design_px=16, weight=600, parent=self.card)
            grid.addWidget(caption, row, 0)
            grid.addLayout(self._build_group(group, now), row, 1)
        self.tests: dict[str, KeyButton] = {}
        self._add_test(grid, "scanner", _SCANNER_KEY).clicked.connect(self.scanner_test_wanted)
        if printer:
            self._add_test(grid, "printer", _PRINTER_KEY).clicked.connect(self.printer_test_wanted)
        self.body.addLayout(grid)
        if troubles:
            trouble = Text(look, troubles, design_px=15, weight=600, wrap=True, parent=self.card)
            trouble.set_colour(look.ink(Tone.REFUSED))
            self.body.addWidget(trouble)
        name = tr.t("app.name")
        about = f"{name} · {tr.t('settings.about', version=version)}" if version else name
        about = f"{about}\n{tr.t('settings.fonts')}"
        self.body.addWidget(Text(look, about, design_px=14, colour=look.theme.muted, wrap=True, parent=self.card))

    def _add_test(self, grid: QGridLayout, device: str, key: str) -> KeyButton:
        look, row = self.look, grid.rowCount()
        grid.addWidget(Text(look, look.tr.t(f"settings.{device}"), design_px=16, weight=600, parent=self.card), row, 0)
        button = KeyButton(look, look.tr.t(f"{device}_test.title"), key, design_px=15, height=48, parent=self.card)
        grid.addWidget(button, row, 1)
        self.tests[key] = button
        return button

    def _build_group(self, group: Group, now: Choices) -> QHBoxLayout:
        look = self.look
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        value = value_of(look.tr, group, now)
        for index, option in enumerate(entry for entry in self._options if entry.group is group):
            if value and index == 1:
                text = Text(
                    look, value, design_px=17, weight=700, align=Qt.AlignmentFlag.AlignHCenter, parent=self.card
                )
                row.addWidget(text, 1)
            row.addWidget(self._build_button(option), 0 if value else 1)
        return row

    def _build_button(self, option: Option) -> KeyButton:
        look = self.look
        button = KeyButton(
            look, option.label, option.key, primary=option.current, tone=Tone.BRAND, design_px=15, height=48,
            parent=self.card,
        )  # fmt: skip
        button.setProperty("option", self._options.index(option))
        button.clicked.connect(self._pressed)
        self.buttons.append(button)
        return button

    def keyed(self) -> Iterable[KeyButton]:
        """Options and tests."""
        return *self.buttons, *self.tests.values()

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(self._options[int(sender.property("option"))].choices)

    def focus_home(self) -> None:
        """Begin with the first choice."""
        self.buttons[0].setFocus()
