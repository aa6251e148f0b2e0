"""The one box over the screens: what opens and closes it, what becomes of it at the lock, whose the keyboard is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.till.ports import Person
from pos.ui.look import Look
from pos.ui.shell.screens import Screens
from pos.ui.signin.locking import HeldBox, holds_input
from pos.ui.widgets.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (600, 600)
"""Design size in which any box has room that asks for no other."""


class OpenBox(QObject):
    """At most one box is open; while it is, keys and scans are its own.

    Args:
        screens: what it stands over.
        parent: owns this object.
    """

    def __init__(self, screens: Screens, parent: QObject) -> None:
        super().__init__(parent)
        self._screens = screens
        self.sheet: Sheet | None = None
        self._held = HeldBox()
        screens.switched.connect(self.focus_home)

    # ------------------------------------------------------------ opening and closing

    def room(self, size: tuple[int, int] = SIZE) -> tuple[Look, QWidget]:
        """The look in which so much of the design has room, and what a box stands on."""
        return self._screens.fitting(*size), self._screens.desk

    def open(self, sheet: Sheet) -> None:
        """Show it in place of the one that is open."""
        if self.sheet is not None:
            self.sheet.dismiss()
        self.sheet = sheet
        sheet.closed.connect(self._on_closed)
        sheet.show()
        sheet.raise_()
        sheet.focus_home()

    @Slot(object)
    def open_made(self, make: Callable[[Look, QWidget], Sheet]) -> None:
        """Open what this makes."""
        self.open(make(*self.room()))

    @Slot()
    def _on_closed(self) -> None:
        if self.sender() is self._held.sheet:
            self._held.forget()
        if self.sender() is self.sheet:
            self.sheet = None
            self.focus_home()

    def forget(self) -> None:
        """The screens are drawn anew: it goes with the old ones."""
        self.sheet = None
        self._held.forget()

    @property
    def is_open(self) -> bool:
        """Whether a box covers the screen."""
        return self.sheet is not None

    @property
    def open_or_held(self) -> Sheet | None:
        """The box that is open, or waits behind the lock."""
        return self.sheet or self._held.sheet

    # ------------------------------------------------------------ the lock

    def lock(self, whose: Person | None) -> None:
        """Out of sight; what she has typed waits for her (None: for nobody)."""
        sheet = self.sheet
        if sheet is None:
            return
        if whose is not None and holds_input(sheet):
            self.sheet = None
            self._held.put_by(sheet, whose)
        else:
            sheet.dismiss()

    def unlock(self, person: Person) -> None:
        """Open it again for whom it waits; anybody else's turn ends it."""
        sheet = self._held.take_back(person)
        if sheet is not None:
            self.open(sheet)

    # ------------------------------------------------------------ the keyboard

    @Slot()
    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs."""
        if self.sheet is not None:
            self.sheet.focus_home()
        else:
            self._screens.focus_home()

    def keep_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """While a box is open the keyboard is its own: a screen drawn anew below it must not catch a PIN.

        Args:
            old: where the keyboard was; None: nowhere in the program.
            now: where it is.
        """
        sheet = self.sheet
        if sheet is None or now is None or sheet.isAncestorOf(now) or not self._screens.desk.isAncestorOf(now):
            return
        if old is not None and sheet.isAncestorOf(old) and old.isVisible():
            old.setFocus()
        elif now is not sheet:
            sheet.focus_home()
