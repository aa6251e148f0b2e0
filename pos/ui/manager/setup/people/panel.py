"""The panel of the people as the set-up section knows it; also where its table's rows come from."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from pos.domain.permissions import Role
from pos.i18n import Translator
from pos.till.views import Message
from pos.ui.look import Look
from pos.ui.manager.setup.panel import Panel
from pos.ui.manager.setup.people import words
from pos.ui.manager.setup.people.model import Act
from pos.ui.manager.setup.people.presenter import PeoplePresenter
from pos.ui.manager.setup.people.screen import PeopleScreen
from pos.ui.manager.setup.people.sheets import PersonSheet, SureSheet
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.widgets.window_table import WindowRow
from pos.ui.words import say_message


class _RightRows:
    """Rows of the table of rights."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def total(self) -> int:
        return len(words.ACTIONS)

    def row(self, number: int) -> WindowRow | None:
        return words.right_row(self._look.tr, words.ACTIONS[number]) if number < self.total() else None


class PeoplePanel(Panel[PeoplePresenter, PeopleScreen]):
    """Who works here."""

    name = "people"

    def __init__(self, presenter: PeoplePresenter) -> None:
        super().__init__(presenter)
        self._box: KeptBox[PersonSheet] = KeptBox(self)
        self._role = Role.CASHIER

    def _make(self, look: Look) -> PeopleScreen:
        self._box.forget()
        drawn = PeopleScreen(look, self, _RightRows(look))
        drawn.people.chosen.connect(self._chosen)
        return drawn

    def _draw(self, drawn: PeopleScreen, tr: Translator, *, anew: bool) -> None:
        drawn.show_model(self.presenter.model(tr))
        if anew:
            drawn.people.refresh(anew=True, current=self.presenter.at)

    def _tell(self, ended: bool | Message) -> None:
        super()._tell(ended)
        sheet = self._box.sheet
        if sheet is None or self._look is None:
            return
        if isinstance(ended, Message):
            sheet.failed(str(say_message(self._look.tr, ended)), name=ended.code.startswith("person.name"))
        else:
            sheet.dismiss()

    def opened(self) -> None:
        """What became of an earlier press is not told again."""
        super().opened()
        self._show()

    # ------------------------------------------------------------ rows of the table

    def total(self) -> int:
        """How many people."""
        return len(self.presenter.states)

    def row(self, number: int) -> WindowRow | None:
        """One of them in words."""
        if self._look is None or number >= self.total():
            return None
        return words.person_row(self._look.tr, self.presenter.states[number])

    # ------------------------------------------------------------ hands

    @Slot(str)
    def act(self, name: str) -> None:
        """A button or its key."""
        drawn, presenter = self._drawn, self.presenter
        if drawn is None or presenter.running:
            return
        presenter.begin()
        if name in (Act.RIGHTS, Act.PEOPLE):
            presenter.toggle_rights()
        elif name == Act.RESET:
            presenter.reset()
        elif name == Act.ADD:
            drawn.box_wanted.emit(self._role_box)
        elif presenter.chosen is not None:
            boxes = {Act.PIN: self._pin_box, Act.ROLE: self._other_role_box, Act.RETIRE: self._retire_box}
            drawn.box_wanted.emit(boxes[Act(name)])
        self._show()

    @Slot(int)
    def _chosen(self, number: int) -> None:
        self.presenter.at = number
        self._show()

    def _role_box(self, look: Look, over: QWidget) -> Sheet:
        tr = look.tr
        answers = [Answer(role.value, tr.t(f"role.{role}").capitalize(), tr.t(f"people.means.{role}")) for role in Role]
        box = ChoiceSheet(look, tr.t("people.do.add"), tr.t("people.which_role"), answers, over)
        box.chosen.connect(self._add_as)
        return box

    @Slot(str)
    def _add_as(self, role: str) -> None:
        self._role = Role(role)
        if self._drawn is not None:
            self._drawn.box_wanted.emit(self._add_box)

    def _add_box(self, look: Look, over: QWidget) -> Sheet:
        title = look.tr.t("people.add_title", role=look.tr.t(f"role.{self._role}"))
        return self._person_box(look, over, title, self._role, wants_name=True)

    def _pin_box(self, look: Look, over: QWidget) -> Sheet:
        state = self.presenter.chosen
        name, role = (state.person.name, state.person.role) if state is not None else ("", Role.CASHIER)
        return self._person_box(look, over, look.tr.t("people.pin_title", name=name), role, wants_name=False)

    def _person_box(self, look: Look, over: QWidget, title: str, role: Role, *, wants_name: bool) -> PersonSheet:
        sheet = PersonSheet(look, title, look.tr.t(f"people.pin_hint.{role}"), wants_name=wants_name, parent=over)
        sheet.given.connect(self._add if wants_name else self._new_pin)
        return self._box.keep(sheet)

    @Slot(str, str)
    def _add(self, name: str, pin: str) -> None:
        self.presenter.add(name, self._role, pin)
        self._show()

    @Slot(str, str)
    def _new_pin(self, name: str, pin: str) -> None:
        del name
        self.presenter.set_pin(pin)
        self._show()

    def _other_role_box(self, look: Look, over: QWidget) -> Sheet:
        state = self.presenter.chosen
        name = state.person.name if state is not None else ""
        if state is not None and state.person.role is Role.CASHIER:
            title = look.tr.t("people.to_manager_title", name=name)
            sheet = PersonSheet(look, title, look.tr.t("people.pin_hint.manager"), wants_name=False, parent=over)
            sheet.given.connect(self._to_manager)
            return self._box.keep(sheet)
        title, hint = look.tr.t("people.to_cashier_title", name=name), look.tr.t("people.to_cashier_hint")
        box = SureSheet(look, title, hint, look.tr.t("people.do.role"), over)
        box.sure.connect(self._to_cashier)
        return box

    @Slot(str, str)
    def _to_manager(self, name: str, pin: str) -> None:
        del name
        self.presenter.set_role(Role.MANAGER, pin)
        self._show()

    @Slot()
    def _to_cashier(self) -> None:
        self.presenter.set_role(Role.CASHIER, None)
        self._show()

    def _retire_box(self, look: Look, over: QWidget) -> Sheet:
        state = self.presenter.chosen
        name = state.person.name if state is not None else ""
        title, hint = look.tr.t("people.retire_title", name=name), look.tr.t("people.retire_hint")
        box = SureSheet(look, title, hint, look.tr.t("people.do.retire"), over)
        box.sure.connect(self._retire)
        return box

    @Slot()
    def _retire(self) -> None:
        self.presenter.retire()
        self._show()
