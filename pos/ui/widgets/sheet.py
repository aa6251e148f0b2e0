"""A box over the screen for one small task. It keeps the keyboard inside and ends with Enter or Esc.

It is no window of its own: nothing can hide behind it, and a till without a window manager shows it right.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.ui.keys import key_name
from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.text import Text


class Sheet(QWidget):
    """Dims everything below it and shows a card.

    Args:
        ok: label of the way on; empty for none.

    Signals:
        closed(): the box is gone, whatever the reason.
    """

    closed = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        hint: str = "",
        *,
        ok: str = "",
        back: str = "",
        width: float = 460,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.look = look
        self.setGeometry(parent.rect())
        parent.installEventFilter(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(look.px(12), look.px(12), look.px(12), look.px(12))
        self.card = Card(look, self)
        self.card.setMinimumWidth(look.px(width))
        self.card.setMaximumWidth(look.px(width))
        outer.addWidget(self.card, 0, Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(look.px(24), look.px(18), look.px(24), look.px(20))
        column.setSpacing(look.px(8))
        column.addWidget(Text(look, title, design_px=24, weight=800, wrap=True, parent=self.card))
        if hint:
            column.addWidget(Text(look, hint, design_px=15, colour=look.theme.muted, wrap=True, parent=self.card))
        self.body = QVBoxLayout()
        self.body.setSpacing(look.px(10))
        self.body.setContentsMargins(0, look.px(8), 0, look.px(8))
        column.addLayout(self.body)
        column.addLayout(self._build_buttons(ok, back))

    def _build_buttons(self, ok: str, back: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self.look.px(12))
        if ok:
            self.ok_button = KeyButton(self.look, ok, "Enter", primary=True, design_px=18, parent=self.card)
            self.ok_button.clicked.connect(self.accept)
            row.addWidget(self.ok_button, 1)
        self.back_button = KeyButton(self.look, back or self.look.tr.t("action.back"), "Esc", parent=self.card)
        self.back_button.clicked.connect(self.dismiss)
        row.addWidget(self.back_button, 0 if ok else 1)
        return row

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay as large as what is covered."""
        parent = self.parentWidget()
        if watched is parent and event.type() == QEvent.Type.Resize:
            self.setGeometry(parent.rect())
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 - Qt override
        """Tab goes round inside the box."""
        stops = [
            child
            for child in self.findChildren(QWidget)
            if child.isVisibleTo(self) and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not stops:
            return True
        held = self.focusWidget()
        at = stops.index(held) if held in stops else -1
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def keyed(self) -> Iterable[KeyButton]:
        """The heir's buttons whose keys press them, wherever in the box the keyboard is."""
        return ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys shown on the buttons; Enter accepts, Esc goes back, nothing reaches the screen below."""
        name = key_name(event) or event.text()
        button = next((one for one in self.keyed() if one.key == name and one.isVisibleTo(self)), None)
        if name and button is not None:
            if not event.isAutoRepeat():
                button.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.accept()
        event.accept()

    @Slot()
    def accept(self) -> None:
        """The way on; a box with a task overrides this."""
        self.dismiss()

    @Slot()
    def dismiss(self) -> None:
        """Close without doing anything."""
        self.hide()
        self.closed.emit()
        self.deleteLater()

    def focus_home(self) -> None:
        """Where the first key belongs."""
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what is below."""
        del event
        shade = QColor(self.look.theme.brand)
        shade.setAlphaF(0.55)
        QPainter(self).fillRect(self.rect(), shade)
