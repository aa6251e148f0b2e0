"""The drawer's box: five reasons, a line for words, a pad for a manager's PIN."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.domain.drawer import MOST_NOTE_CHARS, DrawerReason
from pos.till.views import Message
from pos.ui.drawer.presenter import REASON_KEYS, DrawerPresenter, Stage
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.pad import DigitPad
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text


class DrawerSheet(Sheet):
    """Asks why, and for a manager's PIN where one is needed; stays until the drawer was opened or given up.

    Signals:
        refused(): a try has failed.
    """

    refused = Signal()

    def __init__(self, look: Look, presenter: DrawerPresenter, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("drawer.title"), tr.t("drawer.hint"), ok=tr.t("keypad.ok"), parent=parent)
        self._presenter = presenter
        self._waited_s = 0
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self._says = Text(look, design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._error)
        self.body.addWidget(self._says)
        self._choices = QWidget(self.card)
        column = QVBoxLayout(self._choices)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        self.buttons: dict[str, KeyButton] = {}
        for key, reason in REASON_KEYS.items():
            button = KeyButton(look, tr.t(f"drawer.reason.{reason}"), key, design_px=17, parent=self._choices)
            button.setProperty("reason", reason.value)
            button.clicked.connect(self._chosen)
            column.addWidget(button)
            self.buttons[key] = button
        self.body.addWidget(self._choices)
        self.field = Field(look, tr.t("drawer.words_name"), parent=self.card)
        self.field.setMaxLength(MOST_NOTE_CHARS)
        self.field.entered.connect(self.accept)
        self.body.addWidget(self.field)
        self.pad = DigitPad(look, secret=True, parent=self.card)
        self.pad.submitted.connect(self._pin_given)
        self.body.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignCenter)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._on_second)
        self._draw()

    def _draw(self) -> None:
        stage, tr = self._presenter.stage, self.look.tr
        says = self._presenter.says(tr)
        if stage is Stage.WAITING and self._waited_s:
            says = f"{says} {tr.duration(self._waited_s)}"
        self._says.say(says)
        self._error.say(self._presenter.error(tr))
        self._choices.setVisible(stage is Stage.REASON)
        self.field.setVisible(stage is Stage.WORDS)
        self.pad.setVisible(stage is Stage.PIN)
        self.ok_button.setVisible(stage in (Stage.WORDS, Stage.PIN))

    def _step(self) -> None:
        """The stage may be another: draw it and put the keyboard there."""
        if self._presenter.stage is Stage.WAITING:
            self._waited_s = 0
            self._clock.start()
        else:
            self._clock.stop()
        self._draw()
        self.focus_home()

    def failed(self, message: Message) -> None:
        """The drawer stayed shut."""
        self._presenter.failed(message)
        if self._presenter.error(self.look.tr):
            self.refused.emit()
        self._step()

    @Slot()
    def _on_second(self) -> None:
        self._waited_s += 1
        self._draw()

    @Slot()
    def _chosen(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._presenter.choose(DrawerReason(sender.property("reason")))
            self._step()

    @Slot(str)
    def _pin_given(self, pin: str) -> None:
        self._presenter.give_pin(pin)
        self._step()

    @Slot()
    def accept(self) -> None:
        """Enter: the words, or the PIN on the pad."""
        if self._presenter.stage is Stage.PIN:
            self.pad.submit()
        elif self._presenter.stage is Stage.WORDS:
            self._presenter.give_words(self.field.text())
            self._step()

    def keyed(self) -> Iterable[KeyButton]:
        """The digits shown on the reasons."""
        return self.buttons.values()

    def focus_home(self) -> None:
        """Where the next key belongs."""
        homes: dict[Stage, QWidget] = {
            Stage.REASON: self.buttons["1"], Stage.WORDS: self.field, Stage.PIN: self.pad,
        }  # fmt: skip
        homes.get(self._presenter.stage, self).setFocus()
