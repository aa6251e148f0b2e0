"""The issuers panel as the set-up section knows it."""

from __future__ import annotations

from PySide6.QtCore import Slot

from pos.till.review.events import Reported
from pos.ui.manager.setup.issuers.presenter import TRY, IssuersPresenter
from pos.ui.manager.setup.issuers.trying import KEY
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.signs import Sound


class IssuersPanel(SettingsPanel):
    """Settings with a trial."""

    def __init__(self, presenter: IssuersPresenter) -> None:
        super().__init__(presenter)
        self._issuers = presenter

    @Slot(str)
    def act(self, name: str) -> None:
        """Also: try it now."""
        if name == TRY:
            self._issuers.try_now()
            self.show()
        else:
            super().act(name)

    def take_event(self, event: object) -> bool:
        """The trial is heard, too."""
        waited = bool(self._issuers.trying_part)
        taken = super().take_event(event)
        ended = isinstance(event, Reported) and event.key == KEY and waited and not self._issuers.trying_part
        if ended and self._drawn is not None:
            works = all(result.works for result in self._issuers.outcome)
            self._drawn.heard.emit(Sound.USABLE if works else Sound.REFUSED)
        return taken
