"""The export box: three formats, a few folders or one that is typed, how far it is, where the file stands."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.till.review.day_views import Query
from pos.till.review.exports import Format
from pos.ui.look import Look, fitting
from pos.ui.manager.export_presenter import ExportPresenter, Stage, place_words
from pos.ui.page import PageScreen
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text, literal

_FORMS = {"1": Format.XLSX, "2": Format.PDF, "3": Format.CSV}
_PLACES = ("4", "5", "6", "7", "8")


class ExportBox:
    """Opens the box over a section's screen, and hears what comes back. GUI thread."""

    def __init__(self, presenter: ExportPresenter) -> None:
        self._presenter = presenter

    def take_event(self, event: object) -> bool:
        """An event of the review service; True if it was about the box."""
        return self._presenter.take_event(event)

    def open(self, screen: PageScreen, query: Query, rows: int) -> None:
        """For this query, which has so many rows."""
        presenter = self._presenter
        presenter.begin(query, rows)

        def make(look: Look, over: QWidget) -> ExportSheet:
            return ExportSheet(fitting(look, over.width(), over.height(), 660, 640), presenter, over)

        screen.box_wanted.emit(make)


class ExportSheet(Sheet):
    """Draws an `ExportPresenter`. While it writes, Esc stops it; no file is left then."""

    def __init__(self, look: Look, presenter: ExportPresenter, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("export.title"), ok=tr.t("export.go"), width=620, parent=parent)
        self._presenter = presenter
        self._what = Text(look, design_px=15, colour=look.theme.muted, wrap=True, parent=self.card)
        self.body.addWidget(self._what)
        self._error = Text(look, design_px=16, weight=600, wrap=True, parent=self.card)
        self._error.set_colour(look.ink(Tone.REFUSED))
        self.body.addWidget(self._error)
        self._choices = self._build_choices()
        self.body.addWidget(self._choices)
        self._says = Text(look, design_px=17, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._says)
        self._bar = _Bar(look, self.card)
        self.body.addWidget(self._bar)
        self._note = Text(look, design_px=14, colour=look.theme.muted, wrap=True, parent=self.card)
        self.body.addWidget(self._note)
        self._clock = QTimer(self)
        self._clock.setInterval(500)
        self._clock.timeout.connect(self._draw)
        presenter.on_change = self._changed
        self._stage: Stage | None = None
        self._changed()

    def _build_choices(self) -> QWidget:
        look, tr = self.look, self.look.tr
        box = QWidget(self.card)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(look.px(8))
        column.addWidget(Text(look, tr.t("export.format"), design_px=15, weight=600, parent=box))
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        self.form_buttons: dict[Format, KeyButton] = {}
        for key, form in _FORMS.items():
            button = KeyButton(look, tr.t(f"export.format.{form}"), key, design_px=17, parent=box)
            button.setProperty("form", form.value)
            button.clicked.connect(self._form_pressed)
            row.addWidget(button, 1)
            self.form_buttons[form] = button
        column.addLayout(row)
        self._means = Text(look, design_px=14, colour=look.theme.muted, wrap=True, parent=box)
        column.addWidget(self._means)
        column.addWidget(Text(look, tr.t("export.where"), design_px=15, weight=600, parent=box))
        self.place_buttons: list[KeyButton] = []
        for index, key in enumerate(_PLACES):  # made now, so that Tab meets them before the field
            button = KeyButton(look, "", key, design_px=15, height=48, parent=box)
            button.setProperty("place", index)
            button.clicked.connect(self._place_pressed)
            column.addWidget(button)
            self.place_buttons.append(button)
        self.field = Field(look, tr.t("export.other_folder"), parent=box)
        self.field.entered.connect(self._entered)
        self.field.textChanged.connect(self._typed)
        column.addWidget(self.field)
        return box

    # ------------------------------------------------------------ drawing

    def _changed(self) -> None:
        """The presenter knows something else."""
        if self._presenter.stage is Stage.RUNNING:
            self._clock.start()
        else:
            self._clock.stop()
        self._draw()
        if self._presenter.stage is not self._stage:
            self._stage = self._presenter.stage
            self.focus_home()

    @Slot()
    def _draw(self) -> None:
        presenter, tr = self._presenter, self.look.tr
        stage = presenter.stage
        self._what.say(presenter.says_what(tr))
        self._error.say(presenter.says_fault(tr))
        self._choices.setVisible(stage is Stage.CHOOSE)
        self._draw_places()
        for form, button in self.form_buttons.items():
            _mark(button, tr.t(f"export.format.{form}"), chosen=form is presenter.form)
        self._means.say(tr.t(f"export.format.{presenter.form}.means"))
        self._bar.show_share(presenter.share if stage is Stage.RUNNING else None)
        says = {Stage.RUNNING: presenter.says_progress, Stage.DONE: presenter.says_done}.get(stage)
        self._says.say(says(tr) if says is not None else "")
        self._note.say(presenter.says_copies(tr) if stage is Stage.CHOOSE else tr.t(f"export.note.{stage}"))
        self.ok_button.setVisible(stage is not Stage.RUNNING)
        self.ok_button.relabel(tr.t("export.go" if stage is Stage.CHOOSE else "export.close"))
        self.back_button.relabel(tr.t("export.stop" if stage is Stage.RUNNING else "action.back"))
        self.back_button.setVisible(stage is not Stage.DONE)

    def _draw_places(self) -> None:
        places, typed = self._presenter.places, bool(self.field.text().strip())
        for index, button in enumerate(self.place_buttons):
            button.setVisible(index < len(places))
            if index < len(places):
                chosen = index == self._presenter.chosen and not typed
                _mark(button, place_words(self.look.tr, places[index]), chosen=chosen)
                button.setToolTip(literal(places[index].path))

    # ------------------------------------------------------------ hands

    @Slot()
    def _form_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._presenter.choose_form(Format(sender.property("form")))

    @Slot()
    def _place_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.field.clear()
            self._presenter.choose_place(sender.property("place"))

    @Slot(str)
    def _entered(self, text: str) -> None:
        del text
        self.accept()

    @Slot(str)
    def _typed(self, text: str) -> None:
        del text
        self._draw_places()

    def keyed(self) -> Iterable[KeyButton]:
        """The digits that stand on the buttons."""
        return (*self.form_buttons.values(), *self.place_buttons) if self._presenter.stage is Stage.CHOOSE else ()

    @Slot()
    def accept(self) -> None:
        """Enter: write it; or close, once it stands."""
        if self._presenter.stage is Stage.CHOOSE:
            self._presenter.export(self.field.text())
        elif self._presenter.stage is Stage.DONE:
            self.dismiss()

    @Slot()
    def dismiss(self) -> None:
        """Esc: stop what is being written; else close."""
        if self._presenter.stage is Stage.RUNNING:
            self._presenter.stop()
            return
        self._presenter.on_change = lambda: None
        super().dismiss()

    def focus_home(self) -> None:
        """Enter goes on, Esc back; the field takes letters once it is chosen."""
        (self.ok_button if self.ok_button.isVisibleTo(self) else self.back_button).setFocus()


def _mark(button: KeyButton, label: str, *, chosen: bool) -> None:
    """The chosen one is filled and has a check: never colour alone."""
    button.relabel(f"✓ {label}" if chosen else label)
    button.set_primary(chosen, Tone.BRAND)


class _Bar(QWidget):
    """How much is done."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._share = 0.0
        self.setFixedHeight(look.px(12))

    def show_share(self, share: float | None) -> None:
        """0 to 1; None: nothing runs."""
        self.setVisible(share is not None)
        self._share = share or 0.0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled part of a track."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(QColor(self._look.theme.line))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setBrush(self._look.ink(Tone.BRAND))
        filled = QRectF(self.rect())
        filled.setWidth(max(self.height(), self.width() * self._share))
        painter.drawRoundedRect(filled, radius, radius)
