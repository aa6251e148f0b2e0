"""The set-up section as the manager's page knows it: which panel is in sight, and who hears what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from pos.ui.look import Look
from pos.ui.manager.section import Section
from pos.ui.manager.setup.screen import SetupScreen
from pos.ui.page import PageScreen


class SetupSection(QObject):
    """A `pos.ui.manager.section.Section` made of panels.

    Args:
        make: makes the panels, when the section first opens.
    """

    name = "setup"

    def __init__(self, make: Callable[[], Sequence[Section]]) -> None:
        super().__init__()
        self._make = make
        self._panels: tuple[Section, ...] = ()
        self._open: Section | None = None
        self._wanted = ""
        self._look: Look | None = None
        self._drawn: SetupScreen | None = None
        self._in_sight = False

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = SetupScreen(look)
        drawn.chosen.connect(self.show_panel)
        if self._panels:
            self._draw_panels(drawn, look)
        return drawn

    def take_event(self, event: object) -> bool:
        """Every panel hears it."""
        taken = any([panel.take_event(event) for panel in self._panels])
        if self._drawn is not None and self._in_sight:
            self._drawn.show_counts(self._counts())
        return taken

    def opened(self) -> None:
        """It comes into sight, with the panel that was in sight last."""
        self._in_sight = True
        if not self._panels:
            self._panels = tuple(self._make())
            if self._drawn is not None and self._look is not None:
                self._draw_panels(self._drawn, self._look)
        self._show()

    def closed(self) -> None:
        """It goes out of sight."""
        self._in_sight = False
        self._close_panel()

    def waiting(self) -> int:
        """What waits in any panel."""
        return sum(panel.waiting() for panel in self._panels)

    @Slot(str)
    def show_panel(self, name: str) -> None:
        """Go to a panel; kept until the section opens."""
        self._wanted = name
        if self._in_sight:
            self._show()

    def _show(self) -> None:
        if not self._panels:
            return
        wanted = next((panel for panel in self._panels if panel.name == self._wanted), self._panels[0])
        if wanted is not self._open:
            self._close_panel()
            self._open = wanted
            wanted.opened()
        if self._drawn is not None and self._look is not None:
            self._bring(self._drawn, self._look, wanted)

    def _bring(self, drawn: SetupScreen, look: Look, panel: Section) -> None:
        """To the front; drawn when it is first wanted in this look, for ten at once would be waited for."""
        if panel.name not in drawn.screens:
            drawn.add_screen(panel.name, panel.build(look))
        drawn.show_panel(panel.name)
        drawn.show_counts(self._counts())

    def _close_panel(self) -> None:
        if self._open is not None:
            self._open.closed()
            self._open = None

    def _counts(self) -> dict[str, int]:
        return {panel.name: panel.waiting() for panel in self._panels}

    def _draw_panels(self, drawn: SetupScreen, look: Look) -> None:
        for panel in self._panels:
            drawn.add_entry(panel.name)
        if self._open is not None:
            self._bring(drawn, look, self._open)
