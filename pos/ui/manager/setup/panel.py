"""What the panels over a `PanelPresenter` share: they draw it, hear its answers, and sound how a press ended."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Slot

from pos.i18n import Translator
from pos.till.review.events import Reported
from pos.till.views import Message
from pos.ui.look import Look
from pos.ui.manager.presented import Presented
from pos.ui.manager.setup.panel_presenter import PanelPresenter
from pos.ui.manager.setup.panel_screen import PanelScreen
from pos.ui.page import PageScreen
from pos.ui.signs import Sound

P = TypeVar("P", bound=PanelPresenter)
S = TypeVar("S", bound=PanelScreen)


class Panel(Presented[P, S]):
    """A `pos.ui.manager.section.Section`; its name, screen and deeds are the heir's."""

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = self._make(look)
        drawn.acted.connect(self.act)
        self._show(anew=True)
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        if not self.presenter.mine(event):
            return False
        ended = self.presenter.take(event)
        self._show(anew=isinstance(event, Reported) and event.key == self.presenter.look_key)
        if ended is not None:
            self._tell(ended)
        return True

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        raise NotImplementedError

    def _make(self, look: Look) -> S:
        """The screen, with its signals connected."""
        raise NotImplementedError

    def _draw(self, drawn: S, tr: Translator, *, anew: bool) -> None:
        """What the presenter knows now; `anew`: a list is another."""
        raise NotImplementedError

    def _tell(self, ended: bool | Message) -> None:
        if self._drawn is not None:
            self._drawn.heard.emit(Sound.REFUSED if isinstance(ended, Message) else Sound.USABLE)

    def _show(self, *, anew: bool = False) -> None:
        if self._drawn is not None and self._look is not None:
            self._draw(self._drawn, self._look.tr, anew=anew)
            self._drawn.changed.emit()
