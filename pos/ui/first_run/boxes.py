"""Fields of the first run. A secret is never shown, never comes back from the disk, and leaves no copy behind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from pos.settings import BY_KEY
from pos.setup.key_trials import MOST_CHARACTERS
from pos.ui.first_run.parts import FieldKind, FieldPart
from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.text import Text

_DOTS = 12
ChooseFile = Callable[[QWidget, str], str]


def ask_for_file(parent: QWidget, title: str) -> str:
    """The file a person picks; empty: none."""
    return QFileDialog.getOpenFileName(parent, title)[0]


class FieldBox(QWidget):
    """A label, what is typed, and a note below.

    Signals:
        typed(str, str): name and text, at each change. rested(str): the person left it.
        entered(str): Enter.
    """

    typed = Signal(str, str)
    rested = Signal(str)
    entered = Signal(str)

    def __init__(self, look: Look, part: FieldPart, choose_file: ChooseFile, parent: QWidget) -> None:
        super().__init__(parent)
        self.look, self.part, self._choose_file = look, part, choose_file
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(5))
        self.label = Text(look, part.label, design_px=15, weight=600, parent=self)
        column.addWidget(self.label)
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        self.edit = self._build_edit()
        row.addWidget(self.edit, 1)
        if part.kind in (FieldKind.KEY, FieldKind.FILE):
            self.file_button = KeyButton(look, look.tr.t("first_run.file"), design_px=15, height=52, parent=self)
            self.file_button.clicked.connect(self._pick)
            row.addWidget(self.file_button)
        column.addLayout(row)
        self.note = Text(look, design_px=14.5, weight=500, wrap=True, parent=self)
        column.addWidget(self.note)
        self.setAcceptDrops(part.kind in (FieldKind.KEY, FieldKind.FILE))
        self.show_part(part, fresh=True)

    def _build_edit(self) -> QWidget:
        part = self.part
        if part.kind is FieldKind.KEY:
            box = KeyBox(self.look, part.label, self)
            box.given.connect(self._on_key)
            box.passed.connect(self._on_enter)
            return box
        field = SetupField(
            self.look, part.hint, name=part.label, plain=part.kind is not FieldKind.TEXT,
            secret=part.kind is FieldKind.SECRET, kept=part.name in BY_KEY, parent=self,
        )  # fmt: skip
        field.setMaxLength(part.most)
        field.textEdited.connect(self._on_edited)
        field.returnPressed.connect(self._on_enter)
        field.left.connect(self._on_left)
        return field

    def show_part(self, part: FieldPart, *, fresh: bool = False) -> None:
        """Another note; text only where the person is not typing."""
        self.part = part
        self.label.say(part.label)
        edit = self.edit
        if isinstance(edit, KeyBox):
            edit.show_length(part.length)
        elif isinstance(edit, SetupField):
            if part.kind is FieldKind.SECRET:
                edit.show_kept(part.length)
            elif (fresh or not (edit.hasFocus() and edit.isModified())) and edit.text() != part.text:
                edit.setText(part.text)
        self.note.say(part.note)
        self.note.set_colour(self.look.ink(part.tone))

    def focus_home(self) -> None:
        """Here the next key belongs."""
        self.edit.setFocus()

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        self.typed.emit(self.part.name, text)

    @Slot()
    def _on_left(self) -> None:
        self.rested.emit(self.part.name)

    @Slot()
    def _on_enter(self) -> None:
        self._on_left()
        self.entered.emit(self.part.name)

    @Slot(str)
    def _on_key(self, text: str) -> None:
        self.typed.emit(self.part.name, text)
        self._on_left()

    @Slot()
    def _pick(self) -> None:
        name = self._choose_file(self, self.part.label)
        if name:
            self._take_file(name)

    def _take_file(self, name: str) -> None:
        if self.part.kind is FieldKind.FILE:
            if isinstance(self.edit, SetupField):
                self.edit.setText(name)
            self.typed.emit(self.part.name, name)
            self._on_left()
        else:
            self._on_key(read_key_file(Path(name)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file or a text may be dropped."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        data: QMimeData = event.mimeData()
        files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        if files:
            self._take_file(files[0])
        elif self.part.kind is FieldKind.KEY:
            self._on_key(data.text())
        event.acceptProposedAction()


def read_key_file(path: Path) -> str:
    """The text of a key file; what cannot be read is no key, and is told as that."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_CHARACTERS + 1).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return "?"


class SetupField(Field):
    """A text field that also says when it was left.

    Signals:
        left(): the keyboard went elsewhere.
    """

    left = Signal()

    def __init__(
        self, look: Look, hint: str, *, name: str, plain: bool, secret: bool, kept: bool, parent: QWidget
    ) -> None:
        super().__init__(look, hint, name=name, plain=plain, parent=parent)
        self._look, self._secret, self._kept = look, secret, kept
        if secret:
            self.setEchoMode(QLineEdit.EchoMode.Password)
            self.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)

    def show_kept(self, length: int) -> None:
        """What is kept of a secret: that it is there, and how long it is."""
        hint = self._look.tr.t("first_run.secret_kept", dots="•" * _DOTS, count=length) if length else ""
        self.setPlaceholderText(hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in an empty field is a way on, too."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.returnPressed.emit()
            event.accept()
            return
        super().keyPressEvent(event)
        if self._secret and event.matches(QKeySequence.StandardKey.Paste):
            forget_clipboard()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What was typed of a secret is kept by now; on the screen stands its length only."""
        super().focusOutEvent(event)
        self.left.emit()
        if self._secret and self._kept:
            self.clear()


def forget_clipboard() -> None:
    """A secret that was pasted does not stay there for the next program."""
    QGuiApplication.clipboard().clear()


class KeyBox(QWidget):
    """Where a key of several lines goes: pasted or dropped, never typed, never shown.

    Signals:
        given(str): the text. passed(): Enter.
    """

    given = Signal(str)
    passed = Signal()

    def __init__(self, look: Look, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._length = look, 0
        self._name = name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(look.px(52))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_length(0)

    def show_length(self, length: int) -> None:
        """How long the kept key is; 0: none."""
        self._length = length
        self.setAccessibleName(f"{self._name}: {self._words()}")
        self.update()

    def _words(self) -> str:
        tr = self._look.tr
        if self._length:
            return tr.t("first_run.secret_kept", dots="•" * _DOTS, count=self._length)
        return tr.t("first_run.key_empty")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste and Enter; typing a key by hand is no way."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self._paste()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.passed.emit()
        else:
            event.ignore()
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A finger on it pastes, where there is something to paste."""
        self.setFocus()
        if "-----BEGIN" in QGuiApplication.clipboard().text() or "RSAKeyValue" in QGuiApplication.clipboard().text():
            self._paste()
        event.accept()

    def _paste(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text:
            forget_clipboard()
            self.given.emit(text[: MOST_CHARACTERS + 1])

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show it."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dots and a length, or how to fill it."""
        del event
        look, theme = self._look, self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        painter.setBrush(QColor(theme.field))
        pen = QPen(QColor(theme.focus if focused else theme.outline), look.px(2.5 if focused else 1.5))
        if not self._length and not focused:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), look.px(9), look.px(9))
        painter.setPen(QColor(theme.text if self._length else theme.muted))
        painter.setFont(look.font(16, 500))
        room = self.rect().adjusted(look.px(14), 0, -look.px(14), 0)
        words = painter.fontMetrics().elidedText(self._words(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)

    def event(self, event: QEvent) -> bool:
        """Ctrl+V is ours, not a shortcut of the window."""
        key = event if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) else None
        if key is not None and key.matches(QKeySequence.StandardKey.Paste):
            event.accept()
            return True
        return super().event(event)
