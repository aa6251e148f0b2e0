"""Upgrades the data on a thread of its own, and shows a window where that takes longer than a moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal, Slot

from pos.journal.migrations import Stage
from pos.ui.app import application
from pos.ui.before import Worker, look_before
from pos.ui.look import Look
from pos.ui.upgrade.screen import UpgradeScreen
from pos.upgrading import TOLD_AFTER_S, Progress, upgrade

_SIZE = (760, 420)


class _Upgrader(QObject):
    """Waits for the upgrade while the GUI thread goes on drawing.

    Signals:
        moved(str, int): stage and percent, on the GUI thread.
    """

    moved = Signal(str, int)

    def __init__(self, show: Callable[[], None]) -> None:
        super().__init__()
        self._show = show
        self._loop = QEventLoop()
        self._worker = Worker("upgrade")
        self.last: tuple[str, int] = (Stage.COPY.value, 0)
        self.screen: UpgradeScreen | None = None
        self._error: Exception | None = None
        self.moved.connect(self._keep, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[Progress], None], after_s: float) -> None:
        """Return when it is over; raise what it raised. On the GUI thread."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(self._late)
        timer.start(round(1000 * after_s))
        progress = Progress(lambda stage, percent: self.moved.emit(stage.value, percent), after_s=0.0)
        self._worker.run(lambda: work(progress), self._end)
        self._loop.exec()
        timer.stop()
        if self._error is not None:
            raise self._error

    @Slot()
    def _late(self) -> None:
        self._show()

    @Slot(str, int)
    def _keep(self, stage: str, percent: int) -> None:
        self.last = (stage, percent)
        if self.screen is not None:
            self.screen.show_progress(stage, percent)

    def _end(self, error: Exception | None) -> None:
        self._error = error
        self._loop.quit()


def upgrade_shown(
    data_dir: Path,
    look: Callable[[], Look],
    *,
    shop: str = "",
    maximised: bool = False,
    made: Callable[[UpgradeScreen], None] = lambda _: None,
    after_s: float = TOLD_AFTER_S,
    work: Callable[[Path, Progress], None] = upgrade,
) -> None:
    """Upgrade the journal of this folder; the window comes after a second. On the GUI thread.

    Args:
        data_dir: the data folder.
        look: gives how to draw, called when the window is needed.
        shop: whose till this is.
        maximised: fill the screen, as the till's own window will.
        made: told of the window before it is shown.
        after_s: how long nothing is shown.
        work: does it.

    Raises:
        PosError: as `pos.upgrading.upgrade`.
    """
    application()

    def show() -> None:
        screen = upgrader.screen = UpgradeScreen(look_before(look(), maximised=maximised), shop=shop)
        screen.show_progress(*upgrader.last)
        made(screen)
        screen.come(_SIZE, maximised=maximised)

    upgrader = _Upgrader(show)
    try:
        upgrader.run(lambda progress: work(data_dir, progress), after_s)
    finally:
        if upgrader.screen is not None:
            upgrader.screen.end()
