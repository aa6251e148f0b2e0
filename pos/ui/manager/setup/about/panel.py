"""The about panel as the set-up section knows it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pos.i18n import Translator
from pos.made_with import Part
from pos.setup.about import AboutFacts
from pos.till.review.events import Reported
from pos.ui.look import Look
from pos.ui.manager.asking import Asking
from pos.ui.manager.setup.about.licence_sheet import LicenceSheet
from pos.ui.manager.setup.about.screen import AboutScreen
from pos.ui.page import PageScreen
from pos.ui.signs import Sound
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.window_table import WindowRow

KEY = "setup/about"
TEXT = "setup/about/licence"


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
        text_of: the licence's text of a part by its name; called there, too.
    """

    name = "about"

    def __init__(self, review: Asking, gather: Callable[[], AboutFacts], text_of: Callable[[str], str]) -> None:
        super().__init__()
        self._review, self._gather, self._text_of = review, gather, text_of
        self._part = Part("", "", "")
        self._text_ticket = 0
        self._box: KeptBox[LicenceSheet] = KeptBox(self)
        # Queued: the window, too, hears that a box is gone, and gives the keyboard to the list of panels.
        self._box.gone.connect(self._gone, Qt.ConnectionType.QueuedConnection)
        self._facts: AboutFacts | None = None
        self._ticket = 0
        self._look: Look | None = None
        self._drawn: AboutScreen | None = None

    def build(self, look: Look) -> PageScreen:
        """Draw it in this look."""
        self._look = look
        drawn = self._drawn = AboutScreen(look, self)
        drawn.copied.connect(self._copy)
        drawn.table.opened.connect(self._open)
        self._show()
        return drawn

    def take_event(self, event: object) -> bool:
        """Its own answers."""
        if not isinstance(event, Reported) or event.key not in (KEY, TEXT):
            return False
        if event.key == TEXT:
            sheet = self._box.sheet
            if event.ticket == self._text_ticket and sheet is not None and isinstance(event.value, str):
                sheet.show_text(event.value)
            return True
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
        self._review.forget(TEXT)

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

    # ------------------------------------------------------------ hands

    @Slot(int)
    def _open(self, number: int) -> None:
        """A part was pressed: its licence's text, over the page."""
        if self._facts is None or number >= len(self._facts.parts) or self._drawn is None:
            return
        part = self._part = self._facts.parts[number]
        self._drawn.box_wanted.emit(self._licence_box)
        self._text_ticket = self._review.ask(TEXT, lambda _: self._text_of(part.name))

    def _licence_box(self, look: Look, over: QWidget) -> Sheet:
        return self._box.keep(LicenceSheet(look, self._part, over))

    @Slot()
    def _gone(self) -> None:
        if self._drawn is not None and self._drawn.isVisible():
            self._drawn.focus_home()

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
