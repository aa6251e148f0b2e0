"""The audit section as the manager's page knows it."""

from __future__ import annotations

from PySide6.QtCore import Slot

from pos.till.review.audit import AuditDesk
from pos.till.review.events import Reported
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.audit import words
from pos.ui.manager.audit.model import Act
from pos.ui.manager.audit.presenter import PAGE, VERIFY, AuditPresenter
from pos.ui.manager.audit.screen import AuditScreen
from pos.ui.manager.presented import Presented
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.window_table import WindowRow


class AuditSection(Presented[AuditPresenter, AuditScreen]):
    """A `pos.ui.manager.section.Section` over an `AuditDesk`; also where its table's rows come from."""

    name = "audit"

    def __init__(self, desk: AuditDesk, review: Asking) -> None:
        super().__init__(AuditPresenter(desk, review))
        self._rows: dict[int, WindowRow] = {}

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look, self._rows = look, {}
        drawn = self._drawn = AuditScreen(look, self)
        drawn.acted.connect(self._act)
        drawn.mark_given.connect(self._hold_against)
        drawn.table.chosen.connect(self._chosen)
        self._show(anew=True)
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        before = len(self.presenter.links)
        if not self.presenter.take(event):
            return False
        anew = isinstance(event, Reported) and event.key == PAGE and len(self.presenter.links) <= before
        if isinstance(event, Reported) and event.key == PAGE:
            self._rows = {}
        self._show(anew=anew or before == 0)
        if isinstance(event, Reported) and event.key == VERIFY and self._drawn is not None and self._look is not None:
            whole = self.presenter.proof(self._look.tr).tone == "usable"
            self._drawn.heard.emit(Sound.USABLE if whole else Sound.REFUSED)
        return True

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many links were read."""
        return len(self.presenter.links)

    def row(self, number: int) -> WindowRow | None:
        """One of them in words."""
        if self._look is None or number >= len(self.presenter.links):
            return None
        row = self._rows.get(number)
        if row is None:
            link = self.presenter.links[number]
            row = self._rows[number] = words.row_of(self._look.tr, link, self.presenter.wanted)
        return row

    # ------------------------------------------------------------ hands

    @Slot(str)
    def _act(self, act: str) -> None:
        self.presenter.act(Act(act))
        self._show(anew=False)

    @Slot(str)
    def _hold_against(self, text: str) -> None:
        self.presenter.hold_against(text)
        self._show(anew=False)

    @Slot(int)
    def _chosen(self, number: int) -> None:
        if self._drawn is None or self._look is None or number >= len(self.presenter.links):
            return
        link = self.presenter.links[number]
        told = " · ".join(words.change_words(self._look.tr, change) for change in link.changes)
        self._drawn.show_whole(told or self._look.tr.t("audit.sealed_only"))

    def _show(self, *, anew: bool) -> None:
        if self._drawn is None or self._look is None:
            return
        self._drawn.show_proof(self.presenter.proof(self._look.tr))
        self._drawn.show_list(self.presenter.list(self._look.tr), anew=anew)
        if anew:
            self._chosen(0)
