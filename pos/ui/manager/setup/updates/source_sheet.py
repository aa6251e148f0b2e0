"""A box that asks where newer programs come from: a folder or an https address, and whether to look by itself."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_FOLDER, _DAILY, _NONE = "F5", "F6", "F7"


class SourceSheet(Sheet):
    """Takes one place.

    Args:
        source: as it is set.
        checks: whether it looks by itself.

    Signals:
        given(str, bool): the place (empty: none) and whether to look by itself; the box has gone.
    """

    given = Signal(str, bool)

    def __init__(self, look: Look, source: str, *, checks: bool, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(
            look, tr.t("setup.updates.source"), tr.t("setup.updates.source.hint"), ok=tr.t("setup.updates.source.take"),
            width=600, parent=parent,
        )  # fmt: skip
        self._checks = checks
        self.field = Field(look, tr.t("setup.updates.source.type"), plain=True, parent=self.card)
        self.field.setText(source)
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)
        self.says = Text(look, design_px=15, weight=600, wrap=True, parent=self.card)
        self.says.set_colour(look.ink(Tone.REFUSED))
        self.body.addWidget(self.says)
        self.folder_button = self._button("setup.updates.source.folder", _FOLDER)
        self.folder_button.clicked.connect(self._choose)
        self.daily_button = self._button("setup.updates.source.daily", _DAILY)
        self.daily_button.clicked.connect(self._toggle)
        self.none_button = self._button("setup.updates.source.stop", _NONE)
        self.none_button.clicked.connect(self._give_none)
        self.none_button.setVisible(bool(source))
        self._show_daily()

    def _button(self, word: str, key: str) -> KeyButton:
        button = KeyButton(self.look, self.look.tr.t(word), key, design_px=16, parent=self.card)
        self.body.addWidget(button)
        return button

    def _show_daily(self) -> None:
        word = "setup.updates.source.daily.on" if self._checks else "setup.updates.source.daily"
        self.daily_button.setText(self.look.tr.t(word))

    @Slot()
    def _toggle(self) -> None:
        self._checks = not self._checks
        self._show_daily()

    @Slot()
    def _give_none(self) -> None:
        self.dismiss()
        self.given.emit("", False)

    @Slot()
    def _choose(self) -> None:
        dialog = QFileDialog(self.window(), self.look.tr.t("setup.updates.source.folder"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.field.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def accept(self) -> None:
        """What stands in the field, if it can be a place at all."""
        text = self.field.text().strip()
        if not (text.startswith("https://") or _is_folder(text)):
            self.says.say(f"✗ {self.look.tr.message('update.source_odd').what}")
            return
        self.dismiss()
        self.given.emit(text, self._checks)

    def keyed(self) -> Iterable[KeyButton]:
        """All but the way back."""
        return self.folder_button, self.daily_button, self.none_button

    def focus_home(self) -> None:
        """The field."""
        self.field.setFocus()


def _is_folder(text: str) -> bool:
    """Written in full; whether it is there now only looking tells: a stick comes and goes."""
    return "://" not in text and Path(text).is_absolute()
