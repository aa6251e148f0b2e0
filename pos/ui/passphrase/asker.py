"""Asks for the passphrase in a window of its own, before there is a till to show."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QObject, Qt, Signal, Slot

from pos.security.asking import Attempt, Unattended
from pos.ui.app import application
from pos.ui.look import Look, size_step

if TYPE_CHECKING:
    from pos.ui.passphrase.screen import PassphraseScreen

_SIZE = (760, 560)


class _Worker(QObject):
    """Runs one function at a time beside the GUI thread.

    Signals:
        done(object): what it raised, or None; on the GUI thread.
    """

    done = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._then: Callable[[Exception | None], None] = lambda _: None
        self.done.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], None], then: Callable[[Exception | None], None]) -> None:
        """Begin; `then` hears of the end on the GUI thread."""
        self._then = then
        threading.Thread(target=self._run, args=(work,), name="passphrase").start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 – raised again on the GUI thread, by the asker
            self.done.emit(error)
        else:
            self.done.emit(None)

    @Slot(object)
    def _tell(self, error: Exception | None) -> None:
        self._then(error)


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

        app = application()
        look = self._look()
        room = app.primaryScreen().availableSize()
        if self._maximised:
            look = Look(look.theme, look.tr, look.factor * size_step(room.width(), room.height()))
        screen, worker, loop = PassphraseScreen(look, new=new, shop=self._shop), _Worker(), QEventLoop()
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
        if self._maximised:
            screen.showMaximized()
        else:
            screen.resize(look.px(_SIZE[0]), look.px(_SIZE[1]))
            screen.show()
        presenter.begin()
        loop.exec()
        screen.clear()
        screen.hide()
        screen.deleteLater()
        if outcome and outcome[-1] is not None:
            raise outcome[-1]
