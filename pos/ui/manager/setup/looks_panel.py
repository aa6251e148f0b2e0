"""The looks panel: what is saved shows at once on the whole window."""

from __future__ import annotations

from pos.settings import Group, Settings
from pos.ui.config import choices_of
from pos.ui.manager.setup.settings.panel import SettingsPanel
from pos.ui.manager.setup.settings.presenter import PanelSpec, SettingsPresenter

SPEC = PanelSpec("looks", {"looks": (Group.LOOKS,)})


class LooksPanel(SettingsPanel):
    """Settings that the window itself takes."""

    def __init__(self, presenter: SettingsPresenter, settings: Settings) -> None:
        super().__init__(presenter)
        self._settings = settings

    def saved(self, keys: tuple[str, ...]) -> None:
        """The window draws itself anew."""
        del keys
        if self._drawn is not None:
            self._drawn.choices_wanted.emit(choices_of(self._settings))
