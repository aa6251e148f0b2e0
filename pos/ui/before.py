"""What the windows share that come before the till's: a card in the middle, and work beside the GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pos.ui.app import application
from pos.ui.look import Look, size_step
from pos.ui.widgets.card import Card
from pos.ui.widgets.text import Text


class BeforeWindow(QWidget):
    """A window with one card, filled in `_column` of `_card`.

    Args:
        title: the largest words.
        shop: whose till this is, above them.
        spacing: between the parts, in the 1024×768 design.
    """

    def __init__(self, look: Look, title: str, shop: str, *, spacing: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.setPalette(look.palette())
        self.setAutoFillBackground(True)
        self.setWindowTitle("Quầy Voucher")
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)  # the till's window comes after this one
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        self._card = card = Card(look, self)
        card.setFixedWidth(look.px(600))
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(card)
        self._column.setContentsMargins(look.px(32), look.px(26), look.px(32), look.px(28))
        self._column.setSpacing(look.px(spacing))
        if shop:
            self._column.addWidget(
                Text(look, shop, design_px=15, weight=700, colour=look.theme.muted, wrap=True, parent=card)
            )
        self._column.addWidget(Text(look, title, design_px=26, weight=800, wrap=True, parent=card))

    def come(self, size: tuple[int, int], *, maximised: bool) -> None:
        """Into sight: over the whole screen, or as large as this in the 1024×768 design."""
        if maximised:
            self.showMaximized()
        else:
            self.resize(self._look.px(size[0]), self._look.px(size[1]))
            self.show()


def look_before(look: Look, *, maximised: bool) -> Look:
    """The look of such a window, as large as the till's own will be."""
    room = application().primaryScreen().availableSize()
    return Look(look.theme, look.tr, look.factor * size_step(room.width(), room.height())) if maximised else look


class Worker(QObject):
    """Runs one function at a time on a thread of this name.

    Signals:
        ended(object): what it raised, or None; on the GUI thread.
    """

    ended = Signal(object)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._then: Callable[[Exception | None], None] = lambda _: None
        self._thread = threading.Thread()
        self.ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def run(self, work: Callable[[], None], then: Callable[[Exception | None], None]) -> None:
        """Begin; `then` hears on the GUI thread how it ended."""
        self._then = then
        self._thread = threading.Thread(target=self._run, args=(work,), name=self._name)
        self._thread.start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 – raised again on the GUI thread
            self.ended.emit(error)
        else:
            self.ended.emit(None)

    @Slot(object)
    def _tell(self, error: Exception | None) -> None:
        self._thread.join()  # to tell was its last deed
        self._then(error)
