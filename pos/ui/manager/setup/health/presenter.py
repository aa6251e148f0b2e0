"""Decides what the health panel asks and shows. Plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from pos.checkup.desk import HealthView
from pos.checkup.findings import Level
from pos.i18n import Translator
from pos.till.review.events import Reported, ReportFailed
from pos.till.views import Message
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.health.model import LOOK_KEY, VERIFY_KEY, HealthModel, HealthRow, rows_of, verdict
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

LOOK, VERIFY = "setup/health/look", "setup/health/verify"


class Health(Protocol):
    """`pos.checkup.desk.HealthDesk`."""

    def look(self) -> HealthView:
        """Look at everything."""

    def verify(self, name: str, manager: str) -> None:
        """She has seen it to be true."""


class HealthPresenter:
    """State of the panel. GUI thread only.

    Args:
        health: asked on the review service's threads.
        who: name of the manager who acts.
    """

    def __init__(self, health: Health, review: Asking, who: Callable[[], str]) -> None:
        self._health, self._review, self._who = health, review, who
        self._tickets = {LOOK: 0, VERIFY: 0}
        self.view: HealthView | None = None
        self.at = 0
        """The row that is told in full."""
        self._looking = self._verifying = False
        self._fault: Message | None = None

    def look(self) -> None:
        """Look at everything anew."""
        if not self._looking:
            self._looking, self._fault = True, None
            self._tickets[LOOK] = self._review.ask(LOOK, lambda _: self._health.look())

    def closed(self) -> None:
        """Nobody waits."""
        self._review.forget(LOOK)
        self._looking = False

    def verify(self, row: HealthRow | None) -> None:
        """The manager has seen this row's assumption to be true."""
        if row is None or not row.assumption or row.verified or self._verifying:
            return
        self._verifying, self._fault = True, None
        name, who = row.assumption, self._who()
        self._tickets[VERIFY] = self._review.change(VERIFY, lambda _: self._health.verify(name, who))

    def waiting(self) -> int:
        """How many are red."""
        return sum(finding.level is Level.BAD for finding in self.view.findings) if self.view is not None else 0

    def take(self, event: object) -> bool:
        """An answer; True if it was this panel's."""
        if not isinstance(event, Reported | ReportFailed) or event.key not in self._tickets:
            return False
        if event.ticket != self._tickets[event.key]:
            return True
        if event.key == VERIFY:
            self._verifying = False
        else:
            self._looking = False
        if isinstance(event, ReportFailed):
            self._fault = event.message
        elif isinstance(event.value, HealthView):
            self.view = event.value
        else:  # verified: the list is another
            self.look()
        return True

    def rows(self, tr: Translator) -> tuple[HealthRow, ...]:
        """The list."""
        return rows_of(tr, self.view) if self.view is not None else ()

    def model(self, tr: Translator) -> HealthModel:
        """The panel now."""
        rows = self.rows(tr)
        row = rows[self.at] if self.at < len(rows) else None
        if self.view is None:
            title, tone, shape = tr.t("health.looking"), Tone.BRAND, Shape.WORKING
        else:
            title, tone, shape = verdict(tr, self.view)
        says, says_tone = "", Tone.BRAND
        if self._fault is not None:
            says, says_tone = str(say_message(tr, self._fault)), Tone.REFUSED
        elif self._looking and self.view is not None:
            says = tr.t("health.looking")
        actions = [BarAction("look", tr.t("health.look"), LOOK_KEY)]
        if row is not None and row.assumption and not row.verified:
            actions.append(BarAction("verify", tr.t("health.verify"), VERIFY_KEY, primary=True))
        told = (row.label, row.said, row.next) if row is not None else ("", "", "")
        return HealthModel(title, tone, shape, says, says_tone, *told, tuple(actions))
