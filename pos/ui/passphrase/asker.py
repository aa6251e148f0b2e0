"""Asks for the passphrase in a window of its own, before there is a till to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop

from pos.security.asking import Attempt, Unattended
from pos.ui.app import application
from pos.ui.before import Worker, look_before
from pos.ui.look import Look

if TYPE_CHECKING:
    from pos.ui.passphrase.screen import PassphraseScreen

_SIZE = (760, 560)


class WindowAsker:
    """Implements `pos.security.asking.Asker` on the GUI thread; a file that was named on purpose goes first.

    Args:
        look: gives how to draw, called when the window is needed; `factor` is set to the screen's.
        shop: whose till this is, shown above the question.
        maximised: fill the screen, as the till's own window will.
        made: told of each window before it is shown; what drives the window in the tests hooks in here.
    """

    def __init__(
        self,
        look: Callable[[], Look],
        *,
        shop: str = "",
        maximised: bool = False,
        unattended: Unattended | None = None,
        made: Callable[[PassphraseScreen], None] = lambda _: None,
    ) -> None:
        self._look, self._shop, self._maximised = look, shop, maximised
        self._unattended = unattended or Unattended()
        self._made = made

    def existing(self, attempt: Attempt) -> None:
        """Ask until one opens the key, or the person leaves."""
        self._ask(attempt, new=False)

    def new(self, attempt: Attempt) -> None:
        """Ask until one was chosen, or the person leaves."""
        self._ask(attempt, new=True)

    def _ask(self, attempt: Attempt, *, new: bool) -> None:
        if self._unattended.answers:
            (self._unattended.new if new else self._unattended.existing)(attempt)
            return
        from pos.ui.passphrase.presenter import PassphrasePresenter
        from pos.ui.passphrase.screen import PassphraseScreen

        application()
        look = look_before(self._look(), maximised=self._maximised)
        screen, worker, loop = PassphraseScreen(look, new=new, shop=self._shop), Worker("passphrase"), QEventLoop()
        self._made(screen)
        outcome: list[Exception | None] = []

        def ended(error: Exception | None) -> None:
            outcome.append(error)
            loop.quit()

        presenter = PassphrasePresenter(
            look.tr, new=new, attempt=attempt, work=worker.run, shown=screen.show_model, ended=ended
        )
        screen.submitted.connect(presenter.submit)
        screen.left.connect(presenter.leave)
        screen.come(_SIZE, maximised=self._maximised)
        presenter.begin()
        loop.exec()
        screen.clear()
        screen.hide()
        screen.deleteLater()
        if outcome and outcome[-1] is not None:
            raise outcome[-1]
