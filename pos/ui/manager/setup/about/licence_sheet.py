"""The whole text one part is licensed under."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QPlainTextEdit, QScroller, QWidget

from pos.made_with import Part
from pos.ui.look import Look
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.window_table import scroll_bar_style

_WIDTH, _MARGIN = 860, 32


class LicenceSheet(Sheet):
    """A long text that keys, wheel and finger move through; it fills when it has been read."""

    def __init__(self, look: Look, part: Part, parent: QWidget) -> None:
        tr = look.tr
        hint = " · ".join(filter(None, (part.version, part.licence)))
        super().__init__(look, part.name, hint, back=tr.t("action.close"), width=_WIDTH, parent=parent)
        self._part = part
        self.card.setFixedHeight(max(look.px(380), parent.height() - look.px(_MARGIN)))
        text = self.text = QPlainTextEdit(tr.t("setup.reading"), self.card)
        text.setReadOnly(True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        text.setFont(look.font(14))
        text.document().setDocumentMargin(0)
        text.setAccessibleName(tr.t("about.licence_of", name=part.name))
        text.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        palette = text.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(look.theme.surface))
        palette.setColor(QPalette.ColorRole.Text, QColor(look.theme.text))
        text.setPalette(palette)
        text.verticalScrollBar().setStyleSheet(scroll_bar_style(look))
        QScroller.grabGesture(text.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        self.body.addWidget(text, 1)

    def show_text(self, text: str) -> None:
        """This was read; empty: it did not come with the program."""
        self.text.setPlainText(text or self.look.tr.t("about.no_text", name=self._part.name))

    @Slot()
    def accept(self) -> None:
        """Enter: nothing more to tell."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and pages move through the text, wherever the keyboard is."""
        bar = self.text.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        bar.setValue(bar.value() + step)
        event.accept()

    def focus_home(self) -> None:
        """The box itself, so that arrows scroll at once and no cursor has to be moved first."""
        self.setFocus()
