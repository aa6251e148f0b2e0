"""Upgrades the data on a thread of its own, and shows a window where that takes longer than a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal, Slot

from pos.journal.migrations import Stage
from pos.ui.app import application
from pos.ui.look import Look, size_step
from pos.ui.upgrade.screen import UpgradeScreen
from pos.upgrading import TOLD_AFTER_S, Progress, upgrade

_SIZE = (760, 420)


class _Upgrader(QObject):
    """Runs the upgrade beside the GUI thread.

    Signals:
        moved(str, int): stage and percent. ended(object): what it raised, or None. Both arrive on the GUI thread.
    """

    moved = Signal(str, int)
    ended = Signal(object)

    def __init__(self, work: Callable[[Progress], None], show: Callable[[], None]) -> None:
        super().__init__()
        self._work, self._show = work, show
        self._loop = QEventLoop()
        self.last: tuple[str, int] = (Stage.COPY.value, 0)
        self.screen: UpgradeScreen | None = None
        self.error: Exception | None = None
        self.moved.connect(self._keep, Qt.ConnectionType.QueuedConnection)
        self.ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def run(self, after_s: float) -> None:
        """Return when it is over; raise what it raised. On the GUI thread, which goes on drawing."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(self._late)
        timer.start(round(1000 * after_s))
        thread = threading.Thread(target=self._beside, name="upgrade")
        thread.start()
        self._loop.exec()
        timer.stop()
        thread.join()
        if self.error is not None:
            raise self.error

    def _beside(self) -> None:
        try:
            self._work(Progress(lambda stage, percent: self.moved.emit(stage.value, percent), after_s=0.0))
        except Exception as error:  # noqa: BLE001 – raised again on the GUI thread
            self.ended.emit(error)
        else:
            self.ended.emit(None)

    @Slot()
    def _late(self) -> None:
        self._show()

    @Slot(str, int)
    def _keep(self, stage: str, percent: int) -> None:
        self.last = (stage, percent)
        if self.screen is not None:
            self.screen.show_progress(stage, percent)

    @Slot(object)
    def _end(self, error: Exception | None) -> None:
        self.error = error
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
    app = application()

    def show() -> None:
        now = look()
        room = app.primaryScreen().availableSize()
        if maximised:
            now = Look(now.theme, now.tr, now.factor * size_step(room.width(), room.height()))
        screen = upgrader.screen = UpgradeScreen(now, shop=shop)
        screen.show_progress(*upgrader.last)
        made(screen)
        if maximised:
            screen.showMaximized()
        else:
            screen.resize(now.px(_SIZE[0]), now.px(_SIZE[1]))
            screen.show()

    upgrader = _Upgrader(lambda progress: work(data_dir, progress), show)
    try:
        upgrader.run(after_s)
    finally:
        if upgrader.screen is not None:
            upgrader.screen.end()
