"""A page: a whole screen beside the counter, with events, keys and scans of its own. The window only routes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from pos.till.ports import Person
    from pos.ui.look import Look
    from pos.ui.shell.presenter import Screen


class PageScreen(QWidget):
    """What a page draws; made anew for each look (language, colours, size) from what its `Page` knows.

    Signals:
        heard(object): a `Sound`.
        box_wanted(object): makes a box over the screen: `(Look, QWidget) -> Sheet`.
        changed(): how many wait on this page may be another number.
        told(object): a `Banner` of something that came to its end while nobody looked.
        leads(object, str): another `Screen` is wanted, with what stands on this bill.
        test_wanted(str): the window's own test of the `scanner`, the `printer` or the `drawer`.
        choices_wanted(object): `pos.ui.config.Choices` for the whole window.
    """

    heard = Signal(object)
    box_wanted = Signal(object)
    changed = Signal()
    told = Signal(object)
    leads = Signal(object, str)
    test_wanted = Signal(str)
    choices_wanted = Signal(object)

    def refresh(self) -> None:
        """Draw what the page knows now. Called after each of its events and while something counts; cheap if nothing
        changed.
        """
        raise NotImplementedError

    @property
    def verdict_title(self) -> str:
        """The largest words on the page."""
        raise NotImplementedError

    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs."""
        raise NotImplementedError

    def press(self, name: str) -> bool:
        """Press a key by its name (`pos.ui.keys`); False if it means nothing now."""
        raise NotImplementedError

    def take_letter(self, text: str) -> bool:
        """A letter that no field has: True if the page has put it into one."""
        del text
        return False


class Page(Protocol):
    """What stays of a page whatever it looks like. GUI thread only; no call waits."""

    @property
    def screen(self) -> Screen:
        """Which screen of the top bar it is."""

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""

    def take_event(self, event: object) -> bool:
        """A till event; True if it was this page's and nobody else's."""

    def take_scan(self, text: str) -> bool:
        """A scan while this page is open; False sends it to the counter."""

    def signed_in(self, person: Person | None) -> None:
        """Somebody begins or ends her turn."""

    def resume(self, what: str, /) -> None:
        """A banner was opened: bring what stands on this bill to the front; on the manager's page, this section."""

    def calling(self) -> bool:
        """A call runs that somebody with a customer waits for: the till does not lock itself meanwhile."""

    def waiting(self) -> int:
        """How many wait here, for the top bar."""
