"""The box of filters: kind, result, issuer, person, amount, time of day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from pos.till.review.day_views import Query, RowKind, Standing
from pos.ui.look import Look
from pos.ui.manager.day.choosing import clock_text, read_amount, read_clock
from pos.ui.manager.timeline.words import who_words
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text
from pos.ui.words import provider_name

CLEAR_KEY = "F6"


class FilterSheet(Sheet):
    """Asks for the filters.

    Args:
        now: what is chosen; days and search stay as they are.
        issuers, people: to choose from.

    Signals:
        chosen(object): the `Query`; the box has gone.
    """

    chosen = Signal(object)

    def __init__(self, look: Look, now: Query, issuers: Sequence[str], people: Sequence[str], parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("day.filter.title"), ok=tr.t("day.filter.apply"), width=640, parent=parent)
        self._now = now
        grid = QGridLayout()
        grid.setHorizontalSpacing(look.px(14))
        grid.setVerticalSpacing(look.px(8))
        self.body.addLayout(grid)
        self.kind = _Choice(look, {kind: tr.t(f"day.kind.{kind}") for kind in RowKind}, now.kinds, self.card)
        self.standing = _Choice(
            look, {standing: tr.t(f"day.standing.{standing}") for standing in Standing}, now.standings, self.card
        )
        self.issuer = _Choice(look, {issuer: provider_name(tr, issuer) for issuer in issuers}, now.issuers, self.card)
        self.person = _Choice(look, {name: who_words(tr, name) for name in people}, now.people, self.card)
        self.low, self.high = self._field("low", _amount(now.low_vnd)), self._field("high", _amount(now.high_vnd))
        self.begin = self._field("from", _clock(now.from_minute))
        self.end = self._field("to", _clock(now.to_minute))
        cells: tuple[tuple[str, QWidget], ...] = (
            ("kind", self.kind), ("standing", self.standing), ("issuer", self.issuer), ("person", self.person),
            ("low", self.low), ("high", self.high), ("from", self.begin), ("to", self.end),
        )  # fmt: skip
        for number, (name, widget) in enumerate(cells):
            grid.addLayout(self._cell(tr.t(f"day.filter.{name}"), widget), number // 2, number % 2)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.clear = KeyButton(look, tr.t("day.filter.clear"), CLEAR_KEY, design_px=15, height=48, parent=self.card)
        self.clear.clicked.connect(self._clear)
        row = QHBoxLayout()
        row.addWidget(self.clear)
        row.addStretch(1)
        self.body.addLayout(row)
        self._wrong = Text(look, design_px=15, weight=600, wrap=True, parent=self.card)
        self._wrong.set_colour(look.ink(Tone.REFUSED))
        self._wrong.hide()
        self.body.addWidget(self._wrong)

    def _field(self, name: str, text: str) -> Field:
        field = Field(self.look, self.look.tr.t(f"day.filter.{name}"), height=48, plain=True, parent=self.card)
        field.setPlaceholderText("")
        field.setText(text)
        field.entered.connect(self.accept)
        return field

    def _cell(self, label: str, widget: QWidget) -> QVBoxLayout:
        """A label that is the control's buddy: a combo box announces its value as its name."""
        look = self.look
        cell = QVBoxLayout()
        cell.setSpacing(look.px(2))
        text = Text(look, label, design_px=14, weight=600, colour=look.theme.muted, parent=self.card)
        text.setBuddy(widget)
        cell.addWidget(text)
        cell.addWidget(widget)
        return cell

    @Slot()
    def _clear(self) -> None:
        self.dismiss()
        self.chosen.emit(Query(self._now.first, self._now.last, text=self._now.text))

    @Slot()
    def accept(self) -> None:
        """Take the filters, or say which entry cannot be read."""
        typed: list[int | None] = []
        for field in (self.low, self.high, self.begin, self.end):
            amount = field in (self.low, self.high)
            text = field.text().strip()
            value = (read_amount(text) if amount else read_clock(text)) if text else None
            if text and value is None:
                self._wrong.say(self.look.tr.t(f"day.filter.wrong_{'vnd' if amount else 'time'}", text=text))
                field.setFocus()
                field.selectAll()
                return
            typed.append(value)
        low, high, begin, end = typed
        if low is not None and high is not None and low > high:
            low, high = high, low
        query = replace(
            self._now,
            kinds=frozenset(RowKind(name) for name in self.kind.names()),
            standings=frozenset(Standing(name) for name in self.standing.names()),
            issuers=frozenset(self.issuer.names()),
            people=frozenset(self.person.names()),
            low_vnd=low,
            high_vnd=high,
            from_minute=begin,
            to_minute=end,
        )
        self.dismiss()
        self.chosen.emit(query)

    def keyed(self) -> Iterable[KeyButton]:
        """The button that clears."""
        return (self.clear,)

    def focus_home(self) -> None:
        """The first choice."""
        self.kind.setFocus()


class _Choice(QComboBox):
    """All, or one of these; several that were saved together stay together until another choice is made."""

    def __init__(self, look: Look, labels: dict[str, str], now: frozenset[str], parent: QWidget) -> None:
        super().__init__(parent)
        tr, theme = look.tr, look.theme
        self._look = look
        self._several = frozenset(str(name) for name in now)
        self.addItem(tr.t("day.filter.all"), "")
        for name, label in labels.items():
            self.addItem(label, str(name))
        if len(now) > 1:
            self.addItem(tr.t("day.filter.several", count=len(now)), "*")
            self.setCurrentIndex(self.count() - 1)
        elif now:
            self.setCurrentIndex(max(0, self.findData(str(next(iter(now))))))
        self.setFont(look.font(16, 500))
        self.view().setFont(look.font(16, 500))
        self.setFixedHeight(look.px(48))
        self.setMinimumWidth(look.px(200))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setStyleSheet(
            f"QComboBox{{border:{look.px(1.5)}px solid {theme.outline};border-radius:{look.px(9)}px;"
            f"padding:0 {look.px(14)}px;background:{theme.field};color:{theme.text}}}"
            f"QComboBox::drop-down{{border:none;width:{look.px(36)}px}}QComboBox::down-arrow{{image:none}}"
            f"QComboBox:focus{{border:{look.px(2.5)}px solid {theme.focus}}}"
            f"QComboBox QAbstractItemView{{background:{theme.surface};color:{theme.text};"
            f"selection-background-color:{theme.tones[Tone.BRAND].fill};"
            f"selection-color:{theme.tones[Tone.BRAND].on_fill};outline:none}}"
            f"QComboBox QAbstractItemView::item{{min-height:{look.px(48)}px}}"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style sheet's box with an arrow of this look."""
        super().paintEvent(event)
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(look.theme.text), look.px(2), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        x, y, half = self.width() - look.px(22), self.height() / 2, look.px(5)
        painter.drawPolyline(
            [QPointF(x - half, y - half / 2), QPointF(x, y + half / 2), QPointF(x + half, y - half / 2)]
        )

    def names(self) -> frozenset[str]:
        """What is chosen; empty for all."""
        name = str(self.currentData())
        if name == "*":
            return self._several
        return frozenset({name}) if name else frozenset()


def _amount(vnd: int | None) -> str:
    return "" if vnd is None else f"{vnd:,}".replace(",", ".")


def _clock(minute: int | None) -> str:
    return "" if minute is None else clock_text(minute)
