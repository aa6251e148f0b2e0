"""A box with the devices that are plugged in: choosing one fills in its address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice

_MOST = 7


class FoundSheet(Sheet):
    """Waits for what was found, then asks for one of it.

    Signals:
        chosen(str): its address; the box has gone.
    """

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("setup.found.title"), tr.t("setup.found.hint"), width=620, parent=parent)
        self.says = Text(look, tr.t("setup.found.looking"), design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self.says)
        self.buttons: list[KeyButton] = []

    def show_found(self, found: tuple[FoundDevice, ...]) -> None:
        """These are there."""
        tr = self.look.tr
        self.says.say("" if found else tr.t("setup.found.none"))
        for number, device in enumerate(found[:_MOST]):
            address = device.addresses[0]
            label = device.label or tr.t(f"devices.kind.{device.kind.value}")
            button = KeyButton(self.look, label, str(number + 1), design_px=16, height=48, parent=self.card)
            button.setProperty("address", address)
            button.setAccessibleDescription(address)
            button.clicked.connect(self._pressed)
            self.body.addWidget(button)
            trouble = f"✗ {tr.message(device.trouble).what}" if device.trouble else ""
            line = " · ".join(part for part in (address, trouble) if part)
            self.body.addWidget(
                Text(self.look, line, design_px=13, colour=self.look.theme.muted, wrap=True, parent=self.card)
            )
            self.buttons.append(button)
        self.focus_home()

    def show_fault(self, text: str) -> None:
        """They could not be looked for."""
        self.says.say(text)

    def focus_home(self) -> None:
        """The likeliest."""
        (self.buttons[0] if self.buttons else self).setFocus()

    @Slot()
    def accept(self) -> None:
        """Enter on no button: nothing."""

    def keyed(self) -> Iterable[KeyButton]:
        """The digits shown on the devices."""
        return self.buttons

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            address = str(sender.property("address"))
            self.dismiss()
            self.chosen.emit(address)
