"""A pad of digits for amounts and PINs: big keys for fingers, the same keys on the keyboard.

It is no text field: a scan, an input method or a paste can never land in it.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.signs import Shape
from pos.ui.widgets.buttons import KeyButton

AMOUNT_DIGITS = 10
COUNT_DIGITS = 5
PIN_DIGITS = 8


class _Display(QWidget):
    """What was typed: an amount, or one dot a digit."""

    def __init__(self, look: Look, *, secret: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._secret = look, secret
        self._text = ""
        self.focused = False
        self.setFixedHeight(look.px(56))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_text(self, text: str) -> None:
        self._text = text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(QColor(theme.field))
        painter.setPen(
            QPen(QColor(theme.focus if self.focused else theme.outline), look.px(2.5 if self.focused else 1))
        )
        painter.drawRoundedRect(box, look.px(9), look.px(9))
        painter.setPen(QColor(theme.text))
        if not self._secret:
            painter.setFont(look.font(32, 800))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._text)
            return
        painter.setBrush(QColor(theme.text))
        size, gap = look.px(14), look.px(12)
        count = len(self._text)
        left = box.center().x() - (count * size + (count - 1) * gap) / 2
        for index in range(count):
            painter.drawEllipse(QRectF(left + index * (size + gap), box.center().y() - size / 2, size, size))


class DigitPad(QWidget):
    """Digits in, one text out.

    Args:
        secret: a PIN: dots instead of digits, no `000` key.
        counts: pieces, not đồng: no `000` key either, and 0 is a number that can be typed.
        key_height: of the 1024×768 design.

    Signals:
        submitted(str): Enter was pressed; the digits typed. A PIN is forgotten as it is handed over.
        changed(): a digit came or went.
    """

    submitted = Signal(str)
    changed = Signal()

    def __init__(
        self, look: Look, *, secret: bool, counts: bool = False, key_height: float = 52, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._secret, self._counts = look, secret, counts
        self._digits = ""
        self._fresh = False
        self._limit = PIN_DIGITS if secret else COUNT_DIGITS if counts else AMOUNT_DIGITS
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        self._display = _Display(look, secret=secret, parent=self)
        column.addWidget(self._display)
        grid = QGridLayout()
        grid.setSpacing(look.px(6))
        column.addLayout(grid)
        for index, label in enumerate(("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "←")):
            self._add_key(grid, index, label, key_height)
        self._refresh()

    @property
    def secret(self) -> bool:
        """Whether it takes a PIN."""
        return self._secret

    @property
    def digits(self) -> str:
        """What stands on the pad."""
        return self._digits

    def preset(self, digits: str) -> None:
        """Show these digits; the next one typed replaces them."""
        self._digits = digits
        self._fresh = True
        self._refresh()

    def clear(self) -> None:
        """Forget what was typed."""
        self._digits, self._fresh = "", False
        self._refresh()

    def submit(self) -> None:
        """As if Enter was pressed on the pad."""
        digits = self._digits
        if self._secret:
            self.clear()
        self.submitted.emit(digits)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits, Backspace and Enter; everything else goes to the window."""
        text = event.text()
        if text and text in "0123456789":
            self._type(text)
        elif event.key() == Qt.Key.Key_Backspace:
            self._back()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.submit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that digits go here."""
        self._display.focused = True
        self._display.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Digits go elsewhere."""
        self._display.focused = False
        self._display.update()
        super().focusOutEvent(event)

    def _add_key(self, grid: QGridLayout, index: int, label: str, key_height: float) -> None:
        tr = self._look.tr
        if not label:
            label = "" if self._secret or self._counts else tr.t("keypad.thousand")
        if not label:
            return
        key = KeyButton(self._look, label, design_px=22, height=key_height, centred=True, parent=self)
        key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        key.setMinimumWidth(self._look.px(84))
        if label == "←":
            key.relabel(tr.t("pin.back"))
            key.draw_sign(Shape.BACK)
            key.clicked.connect(self._back)
        else:
            key.setProperty("digits", label)
            key.clicked.connect(self._key_pressed)
        grid.addWidget(key, index // 3, index % 3)

    @Slot()
    def _key_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.setFocus()
            self._type(str(sender.property("digits")))

    @Slot()
    def _back(self) -> None:
        self._digits, self._fresh = self._digits[:-1], False
        self._refresh()

    def _type(self, digits: str) -> None:
        typed = digits if self._fresh else self._digits + digits
        self._fresh = False
        if not self._secret:
            typed = typed.lstrip("0") or ("0" if self._counts and typed else "")
        if len(typed) <= self._limit:
            self._digits = typed
        self._refresh()

    def _refresh(self) -> None:
        tr = self._look.tr
        if self._secret:
            self._display.show_text(self._digits)
            self.setAccessibleName(tr.t("pin.digits", count=len(self._digits)))
        elif self._counts:
            self._display.show_text(self._digits or "–")
            self.setAccessibleName(tr.t("keypad.count", digits=self._digits or "–"))
        else:
            shown = tr.money(int(self._digits or "0"))
            self._display.show_text(shown)
            self.setAccessibleName(f"{tr.t('keypad.amount')}: {shown}")
        self.changed.emit()
