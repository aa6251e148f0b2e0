"""The audit section drawn: the proof on top, below it who changed what, newest first."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.audit.model import KEYS, Act, ListModel, ProofModel
from pos.ui.page import PageScreen
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.card import Card
from pos.ui.widgets.field import Field
from pos.ui.widgets.text import ElidedText, Text, literal
from pos.ui.widgets.verdict import ShapeView
from pos.ui.widgets.window_table import Column, RowSource, WindowTable

MOST_LINES = 4
_THOUSAND = 1000


class AuditScreen(PageScreen):
    """Draws the section and says what is pressed.

    Signals:
        acted(str): an `Act`. mark_given(str): a slip's number and hash.
    """

    acted = Signal(str)
    mark_given = Signal(str)

    def __init__(self, look: Look, source: RowSource) -> None:
        super().__init__()
        self._look = look
        self._title = ""
        self.buttons: dict[Act, KeyButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        column.setSpacing(look.px(10))
        column.addWidget(self._build_proof())
        column.addWidget(self._build_list(source), 1)

    def _build_proof(self) -> QWidget:
        look, tr = self._look, self._look.tr
        card = Card(look, self)
        row = QHBoxLayout(card)
        row.setContentsMargins(look.px(16), look.px(10), look.px(12), look.px(10))
        row.setSpacing(look.px(14))
        self._sign = ShapeView(look, 44, parent=card)
        self._sign.setFixedSize(look.px(44), look.px(44))
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(look.px(3))
        self._verdict = Text(look, design_px=22, weight=800, wrap=True, parent=card)
        self._lines = Text(look, design_px=14.5, wrap=True, parent=card)
        self._bar = _Bar(look, card)
        words.addWidget(self._verdict)
        words.addWidget(self._bar)
        words.addWidget(self._lines)
        words.addStretch(1)
        row.addLayout(words, 1)
        hands = QVBoxLayout()
        hands.setSpacing(look.px(6))
        hands.addWidget(self._button(Act.VERIFY, card, primary=True))
        self.field = Field(
            look, tr.t("audit.mark_hint"), name=tr.t("audit.mark_name"), plain=True, height=48, parent=card
        )
        self.field.entered.connect(self.mark_given)
        hands.addWidget(self.field)
        self._mark_note = Text(look, design_px=13, colour=look.theme.muted, wrap=True, parent=card)
        hands.addWidget(self._mark_note)
        hands.addStretch(1)
        side = QWidget(card)
        side.setLayout(hands)
        hands.setContentsMargins(0, 0, 0, 0)
        side.setFixedWidth(look.px(320))
        row.addWidget(side)
        card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        return card

    def _build_list(self, source: RowSource) -> QWidget:
        look, tr = self._look, self._look.tr
        card = Card(look, self)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, look.px(8), 1, 1)
        column.setSpacing(look.px(6))
        head = QHBoxLayout()
        head.setContentsMargins(look.px(12), 0, look.px(12), 0)
        head.setSpacing(look.px(8))
        for act in (Act.GROUP, Act.ACTOR, Act.OLDER, Act.NEWEST):
            head.addWidget(self._button(act, card))
        self.buttons[Act.OLDER].relabel(tr.t("audit.do.older"))
        self.buttons[Act.NEWEST].relabel(tr.t("audit.do.newest"))
        self._note = ElidedText(
            look, design_px=14, colour=look.theme.muted, align=Qt.AlignmentFlag.AlignRight, parent=card
        )
        head.addWidget(self._note, 1)
        column.addLayout(head)
        columns = (
            Column(tr.t("audit.col.number"), 76, right=True),
            Column(tr.t("audit.col.when"), 138),
            Column(tr.t("audit.col.who"), 120, share=1),
            Column(tr.t("audit.col.what"), 300, share=8),
        )
        self.table = WindowTable(look, tr.t("manager.audit.title"), columns, source, tr.t("audit.reading"), card)
        column.addWidget(self.table, 1)
        self._whole = Text(look, design_px=15, wrap=True, parent=card)
        self._whole.setContentsMargins(look.px(16), look.px(6), look.px(16), look.px(8))
        self._whole.setMinimumHeight(look.px(58))
        column.addWidget(self._whole)
        return card

    def _button(self, act: Act, parent: QWidget, *, primary: bool = False) -> KeyButton:
        button = KeyButton(self._look, "", KEYS[act], primary=primary, design_px=15, height=48, parent=parent)
        button.setProperty("act", act.value)
        button.clicked.connect(self._pressed)
        self.buttons[act] = button
        return button

    # ------------------------------------------------------------ drawing

    def show_proof(self, model: ProofModel) -> None:
        """The card on top."""
        look = self._look
        self._title = model.title
        self._sign.show_shape(model.shape, look.ink(model.tone))
        self._verdict.say(model.title)
        self._verdict.set_colour(look.ink(model.tone))
        lines = list(model.lines[:MOST_LINES])
        if len(model.lines) > MOST_LINES:
            lines.append(look.tr.t("audit.more_lines", count=len(model.lines) - MOST_LINES))
        self._lines.say("\n".join(lines))
        self._bar.show_done(model.done)
        self.buttons[Act.VERIFY].relabel(model.button)
        self._mark_note.say(model.mark_error or look.tr.t("audit.mark_note"))
        wrong = look.ink(Tone.REFUSED) if model.mark_error else QColor(look.theme.muted)
        self._mark_note.set_colour(wrong)

    def show_list(self, model: ListModel, *, anew: bool) -> None:
        """The list below."""
        self.buttons[Act.GROUP].relabel(model.group)
        self.buttons[Act.ACTOR].relabel(model.actor)
        self.buttons[Act.OLDER].setEnabled(model.older)
        self._note.setText(model.note)
        self._note.setToolTip(literal(model.note))
        at = self.table.currentIndex().row()
        self.table.refresh(anew=anew, current=0 if anew else at)

    def show_whole(self, words: str) -> None:
        """The chosen line, not cut."""
        self._whole.setText(words)

    @property
    def verdict_title(self) -> str:
        """The largest words."""
        return self._title

    def refresh(self) -> None:
        """Nothing counts here by itself."""

    # ------------------------------------------------------------ keys

    def focus_home(self) -> None:
        """The list."""
        self.table.setFocus()

    def press(self, name: str) -> bool:
        """A key by its name."""
        if name == "Esc" and self.field.hasFocus():
            self.field.clear()
            self.focus_home()
            return True
        act = next((act for act, key in KEYS.items() if key == name and self.buttons[act].isEnabled()), None)
        if act is None:
            return False
        self.acted.emit(act.value)
        return True

    def take_letter(self, text: str) -> bool:
        """`/` and digits go to the slip's field."""
        if text == "/" or text.isdigit():
            self.field.setFocus()
            if text != "/":
                self.field.insert(text)
            return True
        return False

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("act")))


class _Bar(QWidget):
    """How far it has come."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._done = look, -1
        self.setFixedHeight(look.px(8))
        self.setAccessibleName(look.tr.t("audit.running"))
        self.hide()

    def show_done(self, done: int) -> None:
        """0 to 1000; less than 0: nothing runs."""
        self._done = done
        self.setAccessibleDescription(f"{max(0, done) // 10} %")
        self.setVisible(done >= 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line that fills."""
        del event
        theme = self._look.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(QColor(theme.line))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setBrush(QColor(theme.focus))
        width = max(float(self.height()), self.width() * self._done / _THOUSAND)
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), radius, radius)
