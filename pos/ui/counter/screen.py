"""The counter drawn: the bill on the left, the verdict on the right, its actions below."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from pos.ui.counter.blocks import Figure, ValueButton
from pos.ui.counter.lines import LinesView
from pos.ui.counter.model import Action, ActionId, Ask, CounterModel, Place
from pos.ui.look import Look
from pos.ui.widgets.buttons import KeyButton, fit_buttons
from pos.ui.widgets.card import Card, Rule
from pos.ui.widgets.field import Field
from pos.ui.widgets.verdict import VerdictPanel

NARROW, NARROW_HALF = 800, 430
"""Design width below which the halves stand above each other, and how high each is then."""


class CounterScreen(QWidget):
    """Draws a `CounterModel` and forwards what is pressed.

    Signals:
        acted(object): an `ActionId`.
        typed(str): a code typed into the field.
        selected(str): id of the voucher to look at.
        declared(str), pin_given(str): Enter on a pad of the panel.
        was_painted(): the panel has really been drawn.
    """

    acted = Signal(object)
    typed = Signal(str)
    selected = Signal(str)
    declared = Signal(str)
    pin_given = Signal(str)
    was_painted = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._model: CounterModel | None = None
        self._drawn_actions: tuple[Action, ...] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(look.px(16), look.px(16), look.px(16), look.px(16))
        row.setSpacing(look.px(16))
        self.left = Card(look, self)
        row.addWidget(self.left, 56)
        self.right = Card(look, self)
        row.addWidget(self.right, 44)
        for card in (self.left, self.right):  # the halves keep their shares whatever stands in them
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._halves = row
        self._narrow = False
        self.setMinimumSize(look.px(500), look.px(540))
        self._build_left()
        self._build_right()

    # ------------------------------------------------------------ building

    def _build_left(self) -> None:
        look, card = self._look, self.left
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(look.px(10), look.px(8), look.px(10), look.px(8))
        self.number = ValueButton(look, value_px=16, weight=600, parent=card)
        self.goods = ValueButton(look, value_px=16, weight=600, parent=card)
        self.total = ValueButton(look, value_px=24, weight=700, right=True, parent=card)
        for button, stretch in ((self.number, 3), (self.goods, 1), (self.total, 2)):
            head.addWidget(button, stretch)
            button.clicked.connect(self._header_pressed)
        column.addLayout(head)
        column.addWidget(Rule(look, card))
        self.lines = LinesView(look, card)
        self.lines.clicked.connect(self._line_chosen)
        self.lines.activated.connect(self._line_chosen)
        column.addWidget(self.lines, 1)
        column.addWidget(Rule(look, card))
        column.addLayout(self._build_sums())
        column.addWidget(Rule(look, card))
        column.addLayout(self._build_entry())

    def _build_sums(self) -> QHBoxLayout:
        look = self._look
        sums = QHBoxLayout()
        sums.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(8))
        self.voucher = Figure(look, value_px=24, parent=self.left)
        self.to_pay = Figure(look, value_px=40, right=True, parent=self.left)
        sums.addWidget(self.voucher)
        sums.addWidget(self.to_pay, 1)
        return sums

    def _build_entry(self) -> QHBoxLayout:
        look, tr = self._look, self._look.tr
        self._entry_row = QHBoxLayout()
        self._entry_row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        self._entry_row.setSpacing(look.px(12))
        self.entry = Field(look, tr.t("counter.entry"), name=tr.t("counter.entry_name"), plain=True, parent=self.left)
        self.entry.setMaxLength(512)
        self.entry.entered.connect(self._typed)
        self._entry_row.addWidget(self.entry, 1)
        return self._entry_row

    def _build_right(self) -> None:
        look, card = self._look, self.right
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        self.verdict = VerdictPanel(look, card)
        self.verdict.was_painted.connect(self.was_painted)
        self.verdict.value_entered.connect(self.declared)
        self.verdict.pin_entered.connect(self.pin_given)
        column.addWidget(self.verdict, 1)
        self._rule = Rule(look, card)
        column.addWidget(self._rule)
        self._bar_box = QWidget(card)
        self._bar = QHBoxLayout(self._bar_box)
        self._bar.setContentsMargins(look.px(14), look.px(8), look.px(14), look.px(8))
        self._bar.setSpacing(look.px(10))
        self._bar_box.setFixedHeight(look.px(64 + 30))
        column.addWidget(self._bar_box)
        self._buttons: list[KeyButton] = []
        # A child of the screen: with the screens drawn anew it goes too, and asks for no button that has gone.
        self._fit = QTimer(self)
        self._fit.setSingleShot(True)
        self._fit.timeout.connect(self._fit_bar)

    # ------------------------------------------------------------ drawing

    def show_model(self, model: CounterModel) -> None:
        """Draw this; each part compares before it touches a widget."""
        tr, before = self._look.tr, self._model
        self._model = model
        header = {action.id: action for action in model.actions if action.place is Place.HEADER}
        self.number.show_value(tr.t("counter.bill"), _key(header, ActionId.BILL_NUMBER), model.number)
        self.goods.show_value(tr.t("counter.goods_label"), _key(header, ActionId.GOODS), model.goods)
        self.total.show_value(tr.t("counter.total"), _key(header, ActionId.ENTER_TOTAL), model.total)
        self.lines.show_rows(model.rows, model.selected)
        self.voucher.show_value(tr.t("counter.voucher"), model.voucher)
        self.to_pay.show_value(model.left_label, model.left)
        self.verdict.show_panel(model.panel)
        self._show_actions(model.actions)
        if before is None or before.wide != model.wide:
            self.left.setVisible(not model.wide)
            self._fit.start()
        if self.entry.isEnabled() != model.can_type:
            self.entry.setEnabled(model.can_type)
        if before is None or _place_of_keys(before) != _place_of_keys(model):
            self.focus_home()

    def focus_home(self) -> None:
        """Put the keyboard where the next key belongs: the pad if one is asked, else the field for codes."""
        pad = self.verdict.pad()
        if pad is not None:
            pad.setFocus()
        elif self.asks is Ask.ISSUER:
            self.setFocus()  # on no button: a reflex Enter must name no issuer
        elif self.entry.isEnabled() and not self.left.isHidden():
            self.entry.setFocus()
        elif self._buttons:
            self._buttons[0].setFocus()
        else:
            self.setFocus()

    def press_pad(self) -> bool:
        """Enter for the pad, wherever the keyboard is; False if there is none."""
        pad = self.verdict.pad()
        if pad is None:
            return False
        pad.submit()
        return True

    def _show_actions(self, actions: tuple[Action, ...]) -> None:
        shown = tuple(action for action in actions if action.place is not Place.HEADER)
        if shown == self._drawn_actions:
            return
        self._drawn_actions = shown
        held = self.focusWidget()
        had_focus = held in self._buttons
        for button in self._buttons:
            (self._bar if button.parent() is self._bar_box else self._entry_row).removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = [self._make_button(action) for action in shown]
        bar = [action for action in shown if action.place is Place.BAR]
        self._bar_box.setVisible(bool(bar))
        self._rule.setVisible(bool(bar))
        self._fit_bar()
        if had_focus:
            self.focus_home()

    @Slot()
    def _fit_bar(self) -> None:
        look = self._look
        self._halves.activate()  # the room is that of the new width, not of the one before
        bar = [button for button in self._buttons if button.parent() is self._bar_box]
        fit_buttons(bar, self._bar_box.width() - look.px(28), look.px(10))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons under the verdict take the form that fits."""
        super().resizeEvent(event)
        self._set_narrow(self.width() < self._look.px(NARROW))
        self._fit.start()

    def _set_narrow(self, narrow: bool) -> None:
        """Where a person has chosen a size too large for two halves, the verdict stands above the bill."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        look, direction = self._look, QHBoxLayout.Direction
        self._halves.setDirection(direction.BottomToTop if narrow else direction.LeftToRight)
        across, down = QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        for card in (self.left, self.right):
            card.setSizePolicy(across, down)
            card.setMinimumHeight(look.px(NARROW_HALF) if narrow else 0)
        self.setMinimumHeight(look.px(2 * NARROW_HALF + 48 if narrow else 540))

    def _make_button(self, action: Action) -> KeyButton:
        bar = action.place is Place.BAR
        button = KeyButton(
            self._look,
            action.label,
            action.key,
            primary=action.primary,
            tone=action.tone,
            design_px=19 if action.primary else 16,
            height=64 if bar else 52,
            parent=self._bar_box if bar else self.left,
        )
        button.setProperty("action", action.id.value)
        button.clicked.connect(self._button_pressed)
        if bar:
            self._bar.addWidget(button, 1 if action.primary else 0, Qt.AlignmentFlag.AlignVCenter)
        else:
            self._entry_row.addWidget(button)
        button.show()
        return button

    # ------------------------------------------------------------ pressed

    @Slot()
    def _button_pressed(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.press(ActionId(sender.property("action")))

    def press(self, action: ActionId) -> None:
        """An action by touch or key; the pads' actions take what stands on the pad."""
        if action in (ActionId.DECLARE, ActionId.ACCEPT_WITH_PIN, ActionId.UNLOCK):
            self.press_pad()
        else:
            self.acted.emit(action)

    @Slot()
    def _header_pressed(self) -> None:
        sender = self.sender()
        for button, action in (
            (self.number, ActionId.BILL_NUMBER), (self.goods, ActionId.GOODS), (self.total, ActionId.ENTER_TOTAL),
        ):  # fmt: skip
            if sender is button:
                self.acted.emit(action)

    @Slot(QModelIndex)
    def _line_chosen(self, index: QModelIndex) -> None:
        line = self.lines.line_at(index)
        if line is not None:
            self.selected.emit(line)
            self.focus_home()

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.entry.clear()
        self.typed.emit(text)

    def move_selection(self, step: int) -> None:
        """Up and Down from the field for codes: look at another voucher."""
        model = self._model
        if model is None or not model.rows:
            return
        wanted = min(len(model.rows) - 1, max(0, model.selected + step))
        self.selected.emit(model.rows[wanted].id)

    @property
    def asks(self) -> Ask:
        """What the panel asks for now."""
        return self._model.panel.ask if self._model else Ask.NOTHING


def _key(header: dict[ActionId, Action], wanted: ActionId) -> str:
    action = header.get(wanted)
    return action.key if action else ""


def _place_of_keys(model: CounterModel) -> tuple[object, ...]:
    """What decides where the next key belongs; when it changes, a key must not land in what was there before."""
    return model.key, model.panel.ask, model.wide, model.can_type
