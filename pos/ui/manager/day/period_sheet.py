"""The box that asks which days: a digit for the common ones, or two dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pos.ui.look import Look
from pos.ui.manager.day.choosing import Chosen
from pos.ui.manager.day.periods import Period, read_date
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

_WORDS = tuple(period for period in Period if period is not Period.RANGE)


class PeriodSheet(Sheet):
    """Asks which days.

    Signals:
        chosen(object, object, object): a `Period`, first and last date (None, None unless it is `RANGE`); it has gone.
    """

    chosen = Signal(object, object, object)

    def __init__(self, look: Look, now: Chosen, today: date, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("day.days.title"), width=560, parent=parent)
        self._today = today
        self.buttons: dict[str, KeyButton] = {}
        for digit, period in enumerate(_WORDS, start=1):
            button = KeyButton(
                look, tr.t(f"day.period.{period}"), str(digit), design_px=17, height=50,
                primary=period is now.period, parent=self.card,
            )  # fmt: skip
            button.setProperty("period", period.value)
            button.clicked.connect(self._pressed)
            self.body.addWidget(button)
            self.buttons[str(digit)] = button
        self.range_button = KeyButton(
            look, tr.t("day.period.range"), str(len(_WORDS) + 1), design_px=17, height=50,
            primary=now.period is Period.RANGE, parent=self.card,
        )  # fmt: skip
        self.range_button.clicked.connect(self._to_dates)
        self.buttons[str(len(_WORDS) + 1)] = self.range_button
        self.body.addWidget(self.range_button)
        self.first = Field(look, tr.t("day.days.first"), height=48, plain=True, parent=self.card)
        self.last = Field(look, tr.t("day.days.last"), height=48, plain=True, parent=self.card)
        if now.period is Period.RANGE:
            self.first.setText(tr.date(now.query.first))
            self.last.setText(tr.date(now.query.last))
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        for field in (self.first, self.last):
            field.entered.connect(self.accept)
            row.addWidget(field)
        show = KeyButton(look, tr.t("day.days.show"), "Enter", design_px=16, height=48, parent=self.card)
        show.clicked.connect(self.accept)
        row.addWidget(show)
        self.body.addLayout(row)
        self._wrong = Text(look, design_px=15, weight=600, wrap=True, parent=self.card)
        self._wrong.set_colour(look.ink(Tone.REFUSED))
        self._wrong.hide()
        self.body.addWidget(self._wrong)

    @Slot()
    def _pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._choose(Period(sender.property("period")), None, None)

    @Slot()
    def _to_dates(self) -> None:
        self.first.setFocus()
        self.first.selectAll()

    @Slot()
    def accept(self) -> None:
        """Take the dates; one alone is that day."""
        texts = [field.text().strip() for field in (self.first, self.last)]
        typed = [text for text in texts if text]
        if not typed:
            self._to_dates()
            return
        dates = []
        for text in typed:
            found = read_date(text, self._today)
            if found is None:
                self._wrong.say(self.look.tr.t("day.days.wrong", text=text))
                return
            dates.append(found)
        self._choose(Period.RANGE, dates[0], dates[-1])

    def _choose(self, period: Period, first: date | None, last: date | None) -> None:
        self.dismiss()
        self.chosen.emit(period, first, last)

    def keyed(self) -> Iterable[KeyButton]:
        """The digits shown on the buttons."""
        return self.buttons.values()
