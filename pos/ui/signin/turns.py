"""Whose turn it is: the till opens for her who signs in, and is shut at the lock, by her hand or when she has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from pos.domain.permissions import Action
from pos.till.ports import Person
from pos.till.rights import may
from pos.till.views import SignedIn
from pos.ui.shell.presenter import Screen
from pos.ui.signin.idle import IdleWatch
from pos.ui.signin.locking import forget_pins

if TYPE_CHECKING:
    from pos.ui.window import MainWindow


class Turns(QObject):
    """Begins and ends them; watches from the first moment on whether somebody is here.

    Args:
        window: what is opened and shut.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.idle = IdleWatch(window.config.mono_s, window.config.lock_after_s, self._must_be_seen, self)
        self.idle.idle.connect(self._on_idle)
        self.idle.install()

    def take(self, event: SignedIn) -> None:
        """The till has let somebody in, or out."""
        person, window = event.person, self._window
        if person is None:
            self._shut()
            return
        before, window.shell.person = window.shell.person, person
        if not self._goes_on(person, before):
            window.shell.screen = Screen.COUNTER
        window.pages.signed_in(person)
        window.signin.came_in(person)
        window.shell.hint = ""
        window.counter.start()
        self.idle.touched()
        window.screens.refresh()
        if window.config.readiness is not None and window.shell.strip is not None:
            window.config.readiness.signed_in(person, window.shell.strip.business_date)
        window.box.unlock(person)
        window.box.focus_home()

    def _goes_on(self, person: Person, before: Person | None) -> bool:
        """She goes on where she was: she has come back, or has taken the shift over on her own page."""
        back = self._window.signin.is_back(person)
        if self._window.shell.screen is Screen.MANAGER:
            return (back or before is not None) and may(Action.SEE_DAY, person)
        return back

    def _shut(self) -> None:
        """Nobody is signed in: nothing of the till can be seen or reached but the sign-in."""
        window, shell = self._window, self._window.shell
        person = shell.person
        shell.person, shell.hint = None, ""
        # A box on the manager's page is hers who gave her PIN at its gate, not the cashier's who is signed in.
        hers = shell.screen is not Screen.MANAGER or may(Action.SEE_DAY, person)
        window.box.lock(person if hers else None)
        forget_pins(window)
        window.pages.signed_in(None)
        window.signin.refresh()
        window.screens.refresh()
        window.box.focus_home()

    @Slot()
    def lock(self) -> None:
        """End the cashier's turn; shut at once, whatever the till is waiting for."""
        self._lock(idle=False)

    @Slot()
    def _on_idle(self) -> None:
        self._lock(idle=True)

    def _lock(self, *, idle: bool) -> None:
        person = self._window.shell.person
        if person is not None:
            self._window.signin.went(person)
            self._shut()
            self._window.till.sign_out(idle=idle)

    def _must_be_seen(self) -> bool:
        """Between a customer's confirmed voucher or money and the word of how it ended nobody is shut out."""
        counter = self._window.counter
        unseen = self._window.screens.counter_in_sight and counter.unpainted
        return counter.calling or self._window.pages.calling() or unseen
