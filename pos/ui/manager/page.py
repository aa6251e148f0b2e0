"""The manager's page as the window knows it. Its sections are made when a manager first opens it, not at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from pos.domain.permissions import Action
from pos.till.ports import Person
from pos.till.review.events import Reported, ReportFailed
from pos.till.rights import answers_for, may
from pos.till.views import StripChanged
from pos.ui.look import Look
from pos.ui.manager.screen import ManagerScreen
from pos.ui.page import PageScreen
from pos.ui.shell.presenter import Screen
from pos.ui.signs import Sound
from pos.ui.words import say_message

if TYPE_CHECKING:
    from pos.ui.manager.asking import Asking
    from pos.ui.manager.section import Section

UNLOCK = "manager/unlock"
SECTION_ACTIONS: Mapping[str, Action] = {
    "day": Action.SEE_DAY,
    "cases": Action.SETTLE_CASE,
    "closing": Action.CLOSE_DAY,
    "statement": Action.CHECK_STATEMENT,
    "levels": Action.SEE_LEVELS,
    "audit": Action.SEE_AUDIT,
    "setup": Action.CHANGE_SETTINGS,
}
"""What somebody must have a right to who works in a section; a section without a line is shown to nobody."""


class Acting:
    """Which manager acts on the page now: the one signed in, or one who gave her PIN at the gate."""

    def __init__(self) -> None:
        self.person: Person | None = None

    @property
    def name(self) -> str:
        """For the journal; empty while nobody acts."""
        return self.person.name if self.person is not None else ""


class ManagerPage(QObject):
    """A `pos.ui.page.Page` over the review service.

    Args:
        service: runs questions and changes.
        manager_by_pin: whose PIN opens the page; called on the service's thread.
        sections: makes the sections, at the first opening.
    """

    screen = Screen.MANAGER

    def __init__(
        self,
        service: Asking,
        manager_by_pin: Callable[[str], Person],
        sections: Callable[[Acting], Sequence[Section]],
    ) -> None:
        super().__init__()
        self._service, self._manager_by_pin, self._make_sections = service, manager_by_pin, sections
        self.acting = Acting()
        self._signed_in: Person | None = None
        self._by_pin = False  # who acts gave her PIN at the gate
        self._sections: tuple[Section, ...] = ()
        self._open: Section | None = None
        self._wanted = ""
        self._look: Look | None = None
        self._drawn: ManagerScreen | None = None
        self._unlocking = 0
        self._strip: StripChanged | None = None

    # ------------------------------------------------------------ Page

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = ManagerScreen(look)
        drawn.pin_given.connect(self._unlock)
        drawn.section_chosen.connect(self.show_section)
        drawn.in_sight.connect(self._in_sight)
        if self._sections:
            self._build_sections(drawn, look)
        return drawn

    def take_event(self, event: object) -> bool:
        """The gate's answer, then whatever a section takes."""
        if isinstance(event, StripChanged):
            self._strip = event
        if isinstance(event, Reported | ReportFailed) and event.key == UNLOCK:
            self._unlocked(event)
            return True
        taken = any([section.take_event(event) for section in self._sections])
        if self._drawn is not None and self._drawn.isVisible():
            self._drawn.show_counts(self._counts())
        return taken

    def take_scan(self, text: str) -> bool:
        """Nothing is scanned here: a voucher goes to the counter."""
        del text
        return False

    def signed_in(self, person: Person | None) -> None:
        """A manager who is signed in acts here without another PIN."""
        self._signed_in = person
        self._by_pin = False
        self._act_as(person if may(Action.SEE_DAY, person) else None)

    def resume(self, what: str) -> None:
        """Bring this section to the front when the page opens."""
        self.show_section(what)

    def calling(self) -> bool:
        """No customer waits here."""
        return False

    def waiting(self) -> int:
        """Nothing of its own: the strip counts the cases."""
        return 0

    # ------------------------------------------------------------ gate

    @Slot(str)
    def _unlock(self, pin: str) -> None:
        self._unlocking = self._service.change(UNLOCK, lambda _: self._manager_by_pin(pin))

    def _unlocked(self, event: Reported | ReportFailed) -> None:
        drawn, look = self._drawn, self._look
        if event.ticket != self._unlocking or drawn is None or look is None or not drawn.isVisible():
            return
        if isinstance(event, ReportFailed):
            drawn.gate.failed(str(say_message(look.tr, event.message)))
            drawn.heard.emit(Sound.REFUSED)
        elif isinstance(event.value, Person):
            self._by_pin = True
            self._act_as(event.value)

    def _act_as(self, person: Person | None) -> None:
        self.acting.person = person
        if self._drawn is not None:
            self._show(self._drawn)

    @Slot(bool)
    def _in_sight(self, seen: bool) -> None:
        drawn = self._drawn
        if drawn is None or self.sender() is not drawn:  # an old look that is being thrown away
            return
        if seen:
            self._show(drawn)
            return
        if not may(Action.SEE_DAY, self._signed_in):
            self.acting.person = None  # who gave her PIN over a cashier's shoulder has gone; the section is to know it
        self._close_section()

    # ------------------------------------------------------------ sections

    @Slot(str)
    def show_section(self, name: str) -> None:
        """Go to a section; kept until the page opens."""
        self._wanted = name
        if self._drawn is not None:
            self._show(self._drawn)

    def _show(self, drawn: ManagerScreen) -> None:
        if self.acting.person is None:
            self._close_section()
            drawn.show_gate()
            return
        if not drawn.isVisible():
            return
        if not self._sections:
            self._sections = tuple(section for section in self._make_sections(self.acting) if self._may(section.name))
            for section in self._sections:
                section.take_event(self._strip)  # how the world stands; the next strip may be long in coming
            if self._look is not None:
                self._build_sections(drawn, self._look)
        if not self._sections:
            return
        wanted = next((section for section in self._sections if section.name == self._wanted), self._sections[0])
        if wanted is not self._open:
            self._close_section()
            self._open = wanted
            wanted.opened()
        drawn.show_section(wanted.name, self._counts())

    def _may(self, section: str) -> bool:
        action, person = SECTION_ACTIONS.get(section), self.acting.person
        if action is None or person is None:
            return False
        return answers_for(action, person) if self._by_pin else may(action, person)

    def _counts(self) -> dict[str, int]:
        return {section.name: section.waiting() for section in self._sections}

    def _close_section(self) -> None:
        if self._open is not None:
            self._open.closed()
            self._open = None

    def _build_sections(self, drawn: ManagerScreen, look: Look) -> None:
        for section in self._sections:
            drawn.add_section(section.name, section.build(look))
