"""The panel of updates as the set-up section knows it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from pos.i18n import Translator
from pos.ui.look import Look, fitting
from pos.ui.manager.setup.panel import Panel
from pos.ui.manager.setup.updates.model import Act
from pos.ui.manager.setup.updates.presenter import UpdatesPresenter
from pos.ui.manager.setup.updates.screen import UpdatesScreen
from pos.ui.manager.setup.updates.source_sheet import SourceSheet
from pos.ui.widgets.sheet import Sheet


class UpdatesPanel(Panel[UpdatesPresenter, UpdatesScreen]):
    """Newer programs."""

    name = "updates"

    def _make(self, look: Look) -> UpdatesScreen:
        return UpdatesScreen(look)

    def _draw(self, drawn: UpdatesScreen, tr: Translator, *, anew: bool) -> None:
        del anew
        drawn.show_model(self.presenter.model(tr))

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
