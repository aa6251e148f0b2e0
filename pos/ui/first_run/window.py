"""The first run's own window: bar, steps, one question."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.i18n import LANGUAGES
from pos.setup.first_run import FirstRun
from pos.setup.steps import Step
from pos.ui.config import Choices
from pos.ui.first_run.boxes import ChooseFile, ask_for_file
from pos.ui.first_run.errands import ThreadErrands
from pos.ui.first_run.flow import Flow
from pos.ui.first_run.page_view import PageView
from pos.ui.first_run.pages import page_of, press
from pos.ui.first_run.pages_devices import look as look_for
from pos.ui.first_run.part_views import Press
from pos.ui.first_run.rail import Rail
from pos.ui.keys import key_name
from pos.ui.look import Look, size_step
from pos.ui.signs import Sound
from pos.ui.sounds import Player
from pos.ui.theme import ThemeName
from pos.ui.wedge_filter import Wedge, WedgeFilter
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.text import Text

PAUSE_MS = 500
"""Typing rests so long before what was typed is kept."""


class _Bar(QWidget):
    """The brand's bar: what this is, in which world, and the two languages."""

    def __init__(self, look: Look, profile: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self.setFixedHeight(look.px(56))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), 0, look.px(12), 0)
        row.setSpacing(look.px(10))
        tr, theme = look.tr, look.theme
        row.addWidget(Text(look, tr.t("app.name"), design_px=18, weight=700, colour=theme.on_brand, parent=self))
        row.addWidget(
            Text(look, tr.t("first_run.bar"), design_px=15, weight=500, colour=theme.on_brand_muted, parent=self)
        )
        row.addStretch(1)
        if profile in ("sandbox", "training"):
            row.addWidget(_Badge(look, tr.t(f"env.{profile}"), self))
        self.languages: dict[str, KeyButton] = {}
        for language in LANGUAGES:
            label = {"vi": "Tiếng Việt", "en": "English"}[language]
            key = "" if language == tr.language else "Ctrl+L"
            button = KeyButton(look, label, key, design_px=15, height=48, on_bar=True, parent=self)
            button.set_current(language == tr.language)
            row.addWidget(button)
            self.languages[language] = button

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground."""
        del event
        QPainter(self).fillRect(self.rect(), QColor(self._look.theme.brand))


class _Badge(Text):
    """The environment, in a colour that cannot be missed."""

    def __init__(self, look: Look, word: str, parent: QWidget) -> None:
        super().__init__(look, word, design_px=14, weight=700, colour=look.theme.on_badge, parent=parent)
        self._ground = QColor(look.theme.badge)
        self._radius = look.px(6)
        self.setContentsMargins(look.px(10), look.px(4), look.px(10), look.px(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, then the word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ground)
        spare = (self.height() - self.fontMetrics().height() - self._radius) // 2
        painter.drawRoundedRect(self.rect().adjusted(0, spare, 0, -spare), self._radius, self._radius)
        painter.end()
        super().paintEvent(event)


class FirstRunWindow(QWidget):
    """Asks, keeps, tries; ends with the till opened or the window closed.

    Args:
        engine: does and keeps; belongs to the thread of `errands` from now on.
        choices: colours and size, as a till's window has them.
        wedge: tells a keyboard scanner from typing.
        choose_file: asks for a file.
    """

    def __init__(
        self,
        engine: FirstRun,
        choices: Choices,
        *,
        wedge: Wedge,
        choose_file: ChooseFile = ask_for_file,
    ) -> None:
        super().__init__()
        self._choices, self._choose_file = choices, choose_file
        self.finished = False
        self.language = choices.language
        self._built_for: tuple[object, ...] = ()
        self.errands = ThreadErrands(self)
        self._engine = engine
        self._player = Player(choices.volume_percent, parent=self)
        self._wedge = WedgeFilter(wedge, self)
        self._wedge.scan.connect(self._on_scan)
        self._listening = self._closed = False
        self.setMinimumSize(800, 600)
        self.flow = Flow(
            engine, self.errands, changed=self._draw, heard=self._heard, ended=self._end,
        )  # fmt: skip
        # Here and not in the fields: a page may be built anew while somebody types.
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        # A shortcut: what scrolls would take the arrow for itself.
        QShortcut(QKeySequence("Alt+Left"), self, self._on_back)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._inside: QWidget | None = None
        self._draw()
        self.flow.begin()

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        if self._closed:  # what still comes back must not listen to the keyboard of the next window
            return
        flow = self.flow
        language = flow.facts.language or self.language
        wanted = (language, self._choices, size_step(self.width(), self.height()), flow.facts.profile)
        if wanted != self._built_for:
            self._built_for = wanted
            self._build(language)
        self._listen(flow.at is Step.SCANNER and not flow.wants_unlocking)
        self.rail.show_progress(flow.progress)
        self.page.show_page(page_of(self.look.tr, flow))

    def _build(self, language: str) -> None:
        """Another language, size or world: build everything anew; nothing is held in the widgets."""
        choices = self._choices
        factor = size_step(self.width(), self.height()) * choices.scale_percent / 100
        self.look = look = Look.of(ThemeName(choices.theme), language, factor)
        self.setPalette(look.palette())
        self.setAutoFillBackground(True)
        tr = look.tr
        self.setWindowTitle(f"{tr.t('app.name')} – {tr.t('first_run.bar')}")
        if self._inside is not None:
            self._layout.removeWidget(self._inside)
            self._inside.deleteLater()
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = _Bar(look, self.flow.facts.profile, inside)
        for name, button in self.bar.languages.items():
            button.clicked.connect(Press(button, "language", name, self._on_language).tell)
        column.addWidget(self.bar)
        row = QHBoxLayout()
        row.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        row.setSpacing(look.px(16))
        self.rail = Rail(look, inside)
        self.rail.wanted.connect(self._on_step)
        row.addWidget(self.rail)
        card = Card(look, inside)
        filled = QVBoxLayout(card)
        filled.setContentsMargins(0, 0, 0, 0)
        self.page = PageView(look, self._choose_file, card)
        filled.addWidget(self.page)
        row.addWidget(card, 1)
        column.addLayout(row, 1)
        self._connect_page()
        self._layout.addWidget(inside)
        self._inside = inside
        inside.show()

    def _on_language(self, part: str, name: str) -> None:
        del part
        self._say_in(name)

    def _connect_page(self) -> None:
        page = self.page
        page.pressed.connect(self._on_pressed)
        page.typed.connect(self._on_typed)
        page.rested.connect(self._on_rested)
        page.pin_given.connect(self._on_pin)
        page.on_wanted.connect(self._on_on)
        page.back_wanted.connect(self._on_back)
        page.later_wanted.connect(self._on_later)

    def _heard(self, sound: Sound) -> None:
        self._player.play(sound)

    def _listen(self, on: bool) -> None:
        if on is not self._listening:
            self._listening = on
            if on:
                self._wedge.install()
                look_for(self.flow, "scanner")
            else:
                self._wedge.remove()
        if not self._closed and self.flow.at is Step.PRINTER and "printer" not in self.flow.found:
            look_for(self.flow, "printer")

    # ------------------------------------------------------------ what a person does

    @Slot(str, str)
    def _on_pressed(self, part: str, name: str) -> None:
        press(self.flow, part, name)

    @Slot(str, str)
    def _on_typed(self, field: str, text: str) -> None:
        self.flow.typed(field, text)
        self._pause.start()

    @Slot(str)
    def _on_rested(self, field: str) -> None:
        if not field.startswith("passphrase"):
            self.flow.keep(field)

    @Slot()
    def _on_pause(self) -> None:
        for field in list(self.flow.drafts):
            self._on_rested(field)

    @Slot(str)
    def _on_pin(self, pin: str) -> None:
        self.flow.give_pin(pin)

    @Slot()
    def _on_on(self) -> None:
        pad = self.page.pad
        if pad is not None:
            pad.submit()
        elif self.flow.at is Step.PASSPHRASE and not self.flow.facts.opened:
            self.flow.give_passphrase(self.flow.drafts.get("passphrase", ""))
        else:
            self.flow.on()

    @Slot()
    def _on_back(self) -> None:
        if self.page.back.isVisible():
            self.flow.back()

    @Slot()
    def _on_later(self) -> None:
        self.flow.later()

    @Slot(str)
    def _on_step(self, step: str) -> None:
        self.flow.go_to(Step(step))

    @Slot(str)
    def _on_scan(self, text: str) -> None:
        self.flow.take_scan(text)

    def _say_in(self, language: str) -> None:
        if language != (self.flow.facts.language or self.language):
            self.language = language
            self.flow.set_language(language)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on, and every key that a button shows."""
        if event.isAutoRepeat():
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.page.on.isVisible() and self.page.on.isEnabled():
                self._on_on()
        elif key_name(event) == "Ctrl+L":
            now = self.flow.facts.language or self.language
            self._say_in(next(name for name in LANGUAGES if name != now))
        elif not self.page.press_key(key_name(event)):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Everything grows with the window."""
        super().resizeEvent(event)
        if self._built_for:
            self._draw()

    def _end(self, open_till: bool) -> None:
        self.finished = open_till
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What is typed is kept; then the folder is let go."""
        self._closed = True
        self._listen(on=False)
        self.flow.stop_trials()
        self._pause.stop()
        self._on_pause()
        self.errands.ask(self._engine.close, lambda _: None)
        self.errands.close()
        super().closeEvent(event)
