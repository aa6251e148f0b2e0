"""The pages of this till together: the manager's, and selling and bookings where the shop has an issuer for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from pos.ui.page import Page, PageScreen
from pos.ui.shell.presenter import BAR_SCREENS, PAGES, Screen

if TYPE_CHECKING:
    from pos.till.ports import Person
    from pos.ui.look import Look


class PageDeck(QObject):
    """Makes the pages for one look and hands on what is theirs.

    Signals:
        heard(object), box_wanted(object), changed(), told(object), leads(object, str), test_wanted(str),
        choices_wanted(object): as `PageScreen`, of any page.
    """

    heard = Signal(object)
    box_wanted = Signal(object)
    changed = Signal()
    told = Signal(object)
    leads = Signal(object, str)
    test_wanted = Signal(str)
    choices_wanted = Signal(object)

    def __init__(self, pages: Iterable[Page], parent: QObject) -> None:
        super().__init__(parent)
        self._pages = {page.screen: page for page in pages}
        self.screens: dict[Screen, PageScreen] = {}

    def build(self, look: Look) -> None:
        """Make all of them anew."""
        self.screens = {screen: page.build(look) for screen, page in self._pages.items()}
        for drawn in self.screens.values():
            drawn.heard.connect(self.heard)
            drawn.box_wanted.connect(self.box_wanted)
            drawn.changed.connect(self.changed)
            drawn.told.connect(self.told)
            drawn.leads.connect(self.leads)
            drawn.test_wanted.connect(self.test_wanted)
            drawn.choices_wanted.connect(self.choices_wanted)

    def has(self, screen: Screen) -> bool:
        """Whether this till can open that screen."""
        return screen not in PAGES or screen in self._pages

    def bar(self) -> tuple[Screen, ...]:
        """The screens of the top bar."""
        return tuple(screen for screen in BAR_SCREENS if self.has(screen))

    def count_of(self, screen: Screen) -> int:
        """How many wait on this page."""
        return self._pages[screen].waiting() if screen in self._pages else 0

    def refresh(self, screen: Screen) -> None:
        """Draw this page, if it is one."""
        if screen in self.screens:
            self.screens[screen].refresh()

    def take_event(self, event: object) -> bool:
        """True if one of them has taken it."""
        return any(page.take_event(event) for page in self._pages.values())

    def take_scan(self, screen: Screen, text: str) -> bool:
        """True if the page that is open has taken it."""
        return screen in self._pages and self._pages[screen].take_scan(text)

    def resume(self, screen: Screen, what: str) -> None:
        """Bring what stands on this bill, or this section, to the front of its page."""
        if screen in self._pages:
            self._pages[screen].resume(what)

    def calling(self) -> bool:
        """On one of them a call runs that somebody waits for."""
        return any(page.calling() for page in self._pages.values())

    def signed_in(self, person: Person | None) -> None:
        """Somebody begins or ends her turn."""
        for page in self._pages.values():
            page.signed_in(person)
