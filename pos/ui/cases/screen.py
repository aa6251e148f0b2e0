"""Cases drawn, for reading."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from pos.ui.look import Look
from pos.ui.widgets.list_model import ListModel
from pos.ui.widgets.list_screen import ListScreen


class CasesScreen(ListScreen):
    """The list with the columns of its presenter."""

    def __init__(self, look: Look, first: ListModel, parent: QWidget | None = None) -> None:
        super().__init__(look, first, stretch=5, key="", parent=parent)
