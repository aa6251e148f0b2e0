"""The panel of updates as the set-up section knows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from pos.ui.look import Look, fitting
from pos.ui.manager.setup.updates.model import Act
from pos.ui.manager.setup.updates.presenter import UpdatesPresenter
from pos.ui.manager.setup.updates.screen import UpdatesScreen
from pos.ui.manager.setup.updates.source_sheet import SourceSheet
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.sheet import Sheet


class UpdatesPanel(QObject):
    """A `pos.ui.manager.section.Section` over an `UpdatesPresenter`."""

    name = "updates"

    def __init__(self, presenter: UpdatesPresenter) -> None:
        super().__init__()
        self.presenter = presenter
        self._look: Look | None = None
        self._drawn: UpdatesScreen | None = None

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = UpdatesScreen(look)
        drawn.acted.connect(self.act)
        self._show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        if not self.presenter.mine(event):
            return False
        ended = self.presenter.take(event)
        self._show()
        if ended is not None and self._drawn is not None:
            self._drawn.heard.emit(Sound.USABLE if ended else Sound.REFUSED)
        return True

    def opened(self) -> None:
        """It comes into sight."""
        self.presenter.opened()

    def closed(self) -> None:
        """It goes out of sight; fetching goes on."""
        self.presenter.closed()

    def waiting(self) -> int:
        """What wants a manager's decision."""
        return self.presenter.waiting()

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        presenter = self.presenter
        if name == Act.LOOK:
            presenter.ask()
        elif name == Act.FETCH:
            presenter.fetch()
        elif name == Act.STOP:
            presenter.stop()
        elif name in (Act.LATER, Act.NOT_LATER):
            presenter.later(on=name == Act.LATER)
        elif name == Act.APPLY:
            presenter.apply()
        elif name == Act.SOURCE and self._drawn is not None:
            self._drawn.box_wanted.emit(self._source_box)
        self._show()

    def _source_box(self, look: Look, over: QWidget) -> Sheet:
        view = self.presenter.view
        look = fitting(look, over.width(), over.height(), 640, 560)
        box = SourceSheet(look, view.source if view is not None else "", checks=self.presenter.checks, parent=over)
        box.given.connect(self._source_given)
        return box

    @Slot(str, bool)
    def _source_given(self, source: str, checks: bool) -> None:
        self.presenter.set_source(source, checks=checks)
        self._show()

    def _show(self) -> None:
        if self._drawn is not None and self._look is not None:
            self._drawn.show_model(self.presenter.model(self._look.tr))
            self._drawn.changed.emit()
