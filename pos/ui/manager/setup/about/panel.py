"""The about panel as the set-up section knows it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from pos.i18n import Translator
from pos.setup.about import AboutFacts
from pos.till.review.events import Reported
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.about.screen import AboutScreen
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.window_table import WindowRow

KEY = "setup/about"


def rows_of(tr: Translator, facts: AboutFacts) -> tuple[tuple[str, str], ...]:
    """Label and value of every line, in reading order."""
    return (
        (tr.t("about.version"), facts.version or tr.t("about.from_source")),
        (tr.t("about.environment"), tr.t(f"about.environment.{facts.environment}")),
        (tr.t("about.folder"), str(facts.folder)),
        (tr.t("about.schema"), str(facts.schema)),
        (tr.t("about.system"), facts.system),
        ("Python · Qt", f"{facts.engines.python} · {facts.engines.qt}"),
        ("SQLite · OpenSSL", f"{facts.engines.sqlite} · {facts.engines.openssl}"),
    )


class AboutPanel(QObject):
    """A `pos.ui.manager.section.Section`; also where its table's rows come from.

    Args:
        gather: `pos.setup.about.gather` on this till; called on the report thread.
    """

    name = "about"

    def __init__(self, review: Asking, gather: Callable[[], AboutFacts]) -> None:
        super().__init__()
        self._review, self._gather = review, gather
        self._facts: AboutFacts | None = None
        self._ticket = 0
        self._look: Look | None = None
        self._drawn: AboutScreen | None = None

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = AboutScreen(look, self)
        drawn.copied.connect(self._copy)
        self._show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answer."""
        if not isinstance(event, Reported) or event.key != KEY:
            return False
        if event.ticket == self._ticket and isinstance(event.value, AboutFacts):
            self._facts = event.value
            self._show()
        return True

    def opened(self) -> None:
        """Into sight: read once; nothing of it changes while the program runs."""
        if self._facts is None:
            self._ticket = self._review.ask(KEY, lambda _: self._gather())

    def closed(self) -> None:
        """Nobody waits."""
        self._review.forget(KEY)

    def waiting(self) -> int:
        """Nothing waits here."""
        return 0

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many parts."""
        return len(self._facts.parts) if self._facts is not None else 0

    def row(self, number: int) -> WindowRow | None:
        """One of them."""
        if self._facts is None or number >= len(self._facts.parts):
            return None
        part = self._facts.parts[number]
        return WindowRow(part.name, (part.name, part.version, part.licence or "–"))

    @Slot()
    def _copy(self) -> None:
        """For a message to support."""
        if self._facts is not None and self._look is not None and self._drawn is not None:
            lines = [f"{label}: {value}" for label, value in rows_of(self._look.tr, self._facts)]
            QGuiApplication.clipboard().setText("\n".join(lines))
            self._drawn.say(self._look.tr.t("about.copied"))
            self._drawn.heard.emit(Sound.USABLE)

    def _show(self) -> None:
        if self._drawn is not None and self._look is not None and self._facts is not None:
            self._drawn.show_rows(rows_of(self._look.tr, self._facts))
