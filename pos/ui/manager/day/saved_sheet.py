"""The box of saved filters: use one by its digit, keep what is shown under a name, delete one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pos.till.review.day_views import SavedFilter
from pos.ui.look import Look
from pos.ui.theme import Tone
from pos.ui.widgets.buttons import KeyButton
from pos.ui.widgets.field import Field
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.text import Text

MOST = 6
LONGEST_NAME = 40


class SavedSheet(Sheet):
    """Shows the saved filters.

    Signals:
        chosen(object): a `SavedFilter`; the box has gone.
        keep_wanted(str): keep what is shown under this name. delete_wanted(str): forget this one.
    """

    chosen = Signal(object)
    keep_wanted = Signal(str)
    delete_wanted = Signal(str)

    def __init__(self, look: Look, now: str, parent: QWidget) -> None:
        tr = look.tr
        super().__init__(look, tr.t("day.saved.title"), tr.t("day.saved.hint"), width=560, parent=parent)
        self._filters: tuple[SavedFilter, ...] | None = None
        self._doomed = ""
        self._rows = QVBoxLayout()
        self._rows.setSpacing(look.px(6))
        self._ground = QWidget(self.card)
        self._ground.setLayout(self._rows)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self._ground)
        self.buttons: dict[str, KeyButton] = {}
        self.deletes: list[KeyButton] = []
        self._told = Text(look, tr.t("day.saved.loading"), design_px=15, weight=600, wrap=True, parent=self.card)
        self.body.addWidget(self._told)
        self.body.addWidget(Text(look, now, design_px=14, weight=600, wrap=True, parent=self.card))
        row = QHBoxLayout()
        row.setSpacing(look.px(10))
        self.field = Field(look, tr.t("day.saved.name"), height=48, parent=self.card)
        self.field.setMaxLength(LONGEST_NAME)
        self.field.entered.connect(self._keep)
        save = KeyButton(look, tr.t("day.saved.keep"), "Enter", design_px=16, height=48, parent=self.card)
        save.clicked.connect(self._keep_typed)
        row.addWidget(self.field, 1)
        row.addWidget(save)
        self.body.addLayout(row)

    def show_filters(self, filters: Sequence[SavedFilter] | None, fault: str) -> None:
        """Draw these; None: on their way. `fault`: what went wrong."""
        if filters is not None and tuple(filters) != self._filters:
            self._filters = tuple(filters)
            self._build_rows(self._filters)
        tr = self.look.tr
        self._told.set_colour(self.look.ink(Tone.REFUSED if fault else Tone.NEUTRAL))
        if fault:
            self._told.say(fault)
        elif filters is None:
            self._told.say(tr.t("day.saved.loading"))
        elif not filters:
            self._told.say(tr.t("day.saved.none"))
        else:
            more = len(filters) - MOST
            self._told.say(tr.t("day.saved.more", count=more) if more > 0 else "")

    def _build_rows(self, filters: Sequence[SavedFilter]) -> None:
        held = self.focusWidget() is self.field
        old = self._ground
        look = self.look
        self._ground = QWidget(self.card)
        self._rows = QVBoxLayout(self._ground)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(look.px(6))
        self.buttons, self.deletes, self._doomed = {}, [], ""
        for digit, saved in enumerate(filters[:MOST], start=1):
            self._rows.addLayout(self._row(str(digit), saved))
        self.body.replaceWidget(old, self._ground)
        old.hide()
        old.deleteLater()
        self._ground.show()
        if not held:
            self.setFocus()

    def _row(self, digit: str, saved: SavedFilter) -> QHBoxLayout:
        look, tr = self.look, self.look.tr
        row = QHBoxLayout()
        row.setSpacing(look.px(8))
        use = KeyButton(look, saved.name, digit, design_px=16, height=48, parent=self._ground)
        use.setProperty("filter", int(digit) - 1)
        use.clicked.connect(self._used)
        delete = KeyButton(look, tr.t("day.saved.delete"), "", design_px=14, height=48, parent=self._ground)
        delete.setAccessibleDescription(tr.t("day.saved.delete_what", name=saved.name))
        delete.setProperty("filter", int(digit) - 1)
        delete.clicked.connect(self._delete)
        row.addWidget(use, 1)
        row.addWidget(delete)
        self.buttons[digit] = use
        self.deletes.append(delete)
        return row

    def _of_sender(self) -> SavedFilter | None:
        sender = self.sender()
        return self._filters[int(sender.property("filter"))] if sender is not None and self._filters else None

    @Slot()
    def _used(self) -> None:
        saved = self._of_sender()
        if saved is not None:
            self.dismiss()
            self.chosen.emit(saved)

    @Slot()
    def _delete(self) -> None:
        """The second press of the same one deletes it."""
        saved = self._of_sender()
        if saved is None:
            return
        if self._doomed == saved.name:
            self._doomed = ""
            self.delete_wanted.emit(saved.name)
            return
        self._doomed = saved.name
        self._told.set_colour(self.look.ink(Tone.REFUSED))
        self._told.say(self.look.tr.t("day.saved.sure", name=saved.name))

    @Slot(str)
    def _keep(self, name: str) -> None:
        self.keep_wanted.emit(name)
        self.field.clear()

    @Slot()
    def _keep_typed(self) -> None:
        if self.field.text().strip():
            self._keep(self.field.text().strip())
        else:
            self.field.setFocus()

    @Slot()
    def accept(self) -> None:
        """Enter on nothing: to the name."""
        self.field.setFocus()

    def keyed(self) -> Iterable[KeyButton]:
        """The digits shown on the filters."""
        return self.buttons.values()
