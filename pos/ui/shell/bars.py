"""The bar on top and the banner below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from pos.ui.look import Look
from pos.ui.shell.presenter import SCREEN_KEYS, BannerModel, Screen
from pos.ui.signs import Shape
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.text import ElidedText, Text

ROOMY_SCREENS, NAME_FROM = 4, 1180
"""So many screens leave room for the name at any width; more of them only from this design width on."""


class TopBar(QWidget):
    """Name and place on the left, screens on the right.

    Args:
        screens: those that this till has, in their order.

    Signals:
        screen_chosen(object): a `Screen`. settings_wanted(), lock_wanted().
    """

    screen_chosen = Signal(object)
    settings_wanted = Signal()
    lock_wanted = Signal()

    def __init__(self, look: Look, place: str, screens: Sequence[Screen], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        tr, theme = look.tr, look.theme
        self.setFixedHeight(look.px(56))
        self.setAccessibleName(tr.t("nav.label"))
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), look.px(4), look.px(6), look.px(4))
        row.setSpacing(0)
        self._name = Text(look, tr.t("app.name"), design_px=18, weight=700, colour=theme.on_brand, parent=self)
        row.addWidget(self._name)
        self._place = ElidedText(look, place, design_px=14, colour=theme.on_brand_muted, parent=self)
        row.addSpacing(look.px(10))
        filling = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        filling.setRetainSizeWhenHidden(True)  # it goes on holding the screens to the right
        self._place.setSizePolicy(filling)
        row.addWidget(self._place, 1)
        self.screens: dict[Screen, KeyButton] = {}
        for screen in screens:
            button = self._button(tr.t(f"nav.{screen}"), SCREEN_KEYS[screen])
            button.setProperty("screen", screen.value)
            button.clicked.connect(self._chosen)
            row.addWidget(button)
            self.screens[screen] = button
        self._lock = self._button(tr.t("nav.lock"), "Ctrl+L")
        self._lock.draw_sign(Shape.LOCK)
        self._lock.clicked.connect(self.lock_wanted)
        self._settings = self._button(tr.t("nav.settings"), "Ctrl+,")
        self._settings.draw_sign(Shape.GEAR)
        self._settings.clicked.connect(self.settings_wanted)
        row.addWidget(self._lock)
        row.addWidget(self._settings)

    def _button(self, label: str, key: str) -> KeyButton:
        return KeyButton(self._look, label, key, design_px=15, height=48, on_bar=True, parent=self)

    def minimumSizeHint(self) -> QSize:
        """Never makes the window wider."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Name and place make way where the screens need the room; they stand in the window's title too."""
        super().resizeEvent(event)
        roomy = len(self.screens) <= ROOMY_SCREENS or self.width() >= self._look.px(NAME_FROM)
        self._name.setVisible(roomy)
        self._place.setVisible(roomy)

    def show_state(self, current: Screen | None, counts: dict[Screen, int]) -> None:
        """Mark the open screen; say how many wait on the others. None: nobody is signed in."""
        tr = self._look.tr
        for screen, button in self.screens.items():
            button.setVisible(current is not None)
            count = counts.get(screen, 0)
            label = tr.t(f"nav.{screen}")
            button.relabel(f"{label} ({count})" if count else label)
            button.set_current(screen is current)
        self._lock.setVisible(current is not None)

    @Slot()
    def _chosen(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.screen_chosen.emit(Screen(sender.property("screen")))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar."""
        del event
        QPainter(self).fillRect(self.rect(), QColor(self._look.theme.brand))


class BannerBar(QWidget):
    """News the cashier must hear whatever she is doing.

    Signals:
        open_wanted(), dismissed().
    """

    open_wanted = Signal()
    dismissed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._tone = look, Tone.BRAND
        tr = look.tr
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(20), look.px(3), look.px(16), look.px(3))
        row.setSpacing(look.px(10))
        self._text = Text(look, design_px=16, weight=600, wrap=True, parent=self)
        row.addWidget(self._text, 1)
        self._open = KeyButton(look, tr.t("action.open"), "Ctrl+O", height=48, parent=self)
        self._open.clicked.connect(self.open_wanted)
        self._dismiss = KeyButton(look, tr.t("action.dismiss"), "Esc", height=48, parent=self)
        self._dismiss.clicked.connect(self.dismissed)
        row.addWidget(self._open)
        row.addWidget(self._dismiss)
        self.hide()

    def show_banner(self, banner: BannerModel | None) -> None:
        """Show this, or nothing."""
        self.setVisible(banner is not None)
        if banner is None:
            return
        self._tone = banner.tone
        self._text.say(banner.text)
        self._text.set_colour(self._look.ink(banner.tone))
        self._open.setVisible(banner.opens is not None or banner.boxed)
        self._open.relabel(self._look.tr.t(_open_word(banner)))
        self.update()

    @property
    def can_open(self) -> bool:
        """Whether it leads somewhere."""
        return not self.isHidden() and not self._open.isHidden()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and a bar in the tone."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.tint(self._tone))
        painter.fillRect(QRectF(0, 0, self._look.px(6), self.height()), self._look.ink(self._tone))


def _open_word(banner: BannerModel) -> str:
    if banner.boxed:
        return "readiness.open"
    return "action.open_slips" if banner.opens is Screen.SLIPS else "action.open"
