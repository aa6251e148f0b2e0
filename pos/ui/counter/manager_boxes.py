"""The boxes of what only a manager may do at the counter: decide about a voucher, have one taken back.

A box asks what is wanted, then `ApprovalSheet` asks for the reason and the PIN, and stays until the till has answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from pos.i18n import Value
from pos.till.commands import CounterTill
from pos.till.views import Banner, BannerKind, BillView, LineView, Message, TakeBackEnded
from pos.ui.counter.manager import another_till_may_have_it, to_decide, to_take_back
from pos.ui.look import Look
from pos.ui.signs import Sound
from pos.ui.widgets.approval import ApprovalSheet
from pos.ui.widgets.choice import Answer, ChoiceSheet
from pos.ui.widgets.kept_box import KeptBox
from pos.ui.widgets.sheet import Sheet
from pos.ui.words import masked, provider_name, say_message

DONE = "done"
"""How taking back ends well; every other end leaves something to do."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What the manager is asked to approve: `accept`, `reject` or `take_back`, of one voucher of one bill."""

    act: str
    bill_number: str
    line: LineView
    no_other_till: bool = False


class ManagerBoxes(QObject):
    """Opens them one after the other and hands on what was approved.

    Signals:
        box_wanted(object): makes the next box over the screen: `(Look, QWidget) -> Sheet`.
        heard(object): a `Sound` for a try that was refused.
    """

    box_wanted = Signal(object)
    heard = Signal(object)

    def __init__(self, till: CounterTill, parent: QObject) -> None:
        super().__init__(parent)
        self._till = till
        self._view: BillView | None = None
        self._errand: Errand | None = None
        self._box: KeptBox[ApprovalSheet] = KeptBox(self)
        self._waiting = False

    def end(self) -> None:
        """The box goes with the screens that are drawn anew; what was approved goes on."""
        self._box.forget()
        self._waiting = False

    # ------------------------------------------------------------ a decision

    def decision(self, view: BillView, line: LineView | None, look: Look, over: QWidget) -> Sheet | None:
        """The box with the two decisions and what each means; None if there is nothing to decide."""
        wanted = to_decide(view, line)
        if wanted is None:
            return None
        self._errand = Errand("", view.number, wanted)
        tr = look.tr
        issuer, ending = provider_name(tr, wanted.provider), masked(wanted.ending)
        answers = [
            Answer(act, tr.t(f"decide.{act}"), tr.t(f"decide.{act}.means", provider=issuer))
            for act in ("accept", "reject")
        ]
        hint = tr.t("decide.hint", provider=issuer, ending=ending, amount_vnd=wanted.amount_vnd)
        box = ChoiceSheet(look, tr.t("panel.decide.title"), hint, answers, over)
        box.chosen.connect(self._on_decision)
        return box

    @Slot(str)
    def _on_decision(self, act: str) -> None:
        if self._errand is not None:
            self._errand = replace(self._errand, act=act)
            self.box_wanted.emit(self._make_approval)

    # ------------------------------------------------------------ taking back

    def taking_back(self, view: BillView, look: Look, over: QWidget) -> Sheet | None:
        """The first box on the way: which voucher, where there are several; None if there is none."""
        lines = to_take_back(view)
        if not lines:
            return None
        self._view = view
        if len(lines) == 1:
            return self._box_of(lines[0], look, over)
        tr = look.tr
        answers = [
            Answer(line.id, f"{masked(line.ending)}  {provider_name(tr, line.provider)}  {tr.money(line.amount_vnd)}")
            for line in lines
        ]
        box = ChoiceSheet(look, tr.t("take_back.which"), "", answers, over)
        box.chosen.connect(self._on_voucher)
        return box

    @Slot(str)
    def _on_voucher(self, line_id: str) -> None:
        view = self._view
        line = next((line for line in to_take_back(view) if line.id == line_id), None) if view else None
        if line is not None:
            self.box_wanted.emit(lambda look, over: self._box_of(line, look, over))

    def _box_of(self, line: LineView, look: Look, over: QWidget) -> Sheet:
        """The reason and the PIN; before them, where the issuer never said the use was ours, the question of others."""
        number = self._view.number if self._view is not None else ""
        self._errand = Errand("take_back", number, line)
        if not another_till_may_have_it(line):
            return self._make_approval(look, over)
        tr = look.tr
        hint = tr.t("take_back.others.hint", provider=provider_name(tr, line.provider), ending=masked(line.ending))
        answers = [Answer("none", tr.t("take_back.others.none"))]
        box = ChoiceSheet(look, tr.t("take_back.others.title"), hint, answers, over)
        box.chosen.connect(self._on_no_other_till)
        return box

    @Slot(str)
    def _on_no_other_till(self, answer: str) -> None:
        del answer
        if self._errand is not None:
            self._errand = replace(self._errand, no_other_till=True)
            self.box_wanted.emit(self._make_approval)

    # ------------------------------------------------------------ reason and PIN

    def _make_approval(self, look: Look, over: QWidget) -> ApprovalSheet:
        tr, errand = look.tr, self._errand
        line = errand.line if errand else None
        act = errand.act if errand else "take_back"
        words: dict[str, Value] = {
            "provider": provider_name(tr, line.provider) if line else "",
            "ending": masked(line.ending) if line else "",
            "amount_vnd": line.amount_vnd if line else 0,
        }
        sheet = ApprovalSheet(
            look,
            tr.t(f"approve.{act}.title", **words),
            tr.t(f"approve.{act}.hint", **words),
            wants_reason=True,
            wants_pin=True,
            waiting=tr.t("approve.take_back.waiting", **words) if act == "take_back" else "",
            parent=over,
        )
        sheet.approved.connect(self._on_approved)
        self._waiting = False
        return self._box.keep(sheet)

    @Slot(str, str)
    def _on_approved(self, reason: str, pin: str) -> None:
        errand = self._errand
        if errand is None:
            return
        self._waiting = True
        number, line_id = errand.bill_number, errand.line.id
        if errand.act == "take_back":
            self._till.take_back(number, line_id, reason=reason, manager_pin=pin, no_other_till=errand.no_other_till)
        else:
            self._till.decide(number, line_id, accept=errand.act == "accept", reason=reason, manager_pin=pin)

    # ------------------------------------------------------------ what the till answers

    def take_failure(self, look: Look, message: Message) -> bool:
        """Whether the box that waits has told of this failure."""
        sheet = self._box.sheet
        if sheet is None or not self._waiting:
            return False
        self._waiting = False
        said = say_message(look.tr, message)
        sheet.failed(f"{said.what} {said.safe} {said.do}")
        self.heard.emit(Sound.REFUSED)
        return True

    def take_bill(self, view: BillView) -> None:
        """The box goes when the voucher it speaks of does not wait for it any more: decided, here or elsewhere."""
        errand, sheet = self._errand, self._box.sheet
        if sheet is None or errand is None or errand.act == "take_back" or view.number != errand.bill_number:
            return
        if not any(line.id == errand.line.id and line.needs_decision for line in view.lines):
            sheet.dismiss()

    def take_end(self, ended: TakeBackEnded) -> None:
        """Taking back has ended: the panel or a banner says how."""
        errand, sheet = self._errand, self._box.sheet
        if sheet is not None and errand is not None and errand.bill_number == ended.bill_number:
            sheet.dismiss()


def end_message(ended: TakeBackEnded) -> Message:
    """How it ended, what is safe, what to do."""
    return Message(f"take_back.end_{ended.end}", (("ending", masked(ended.ending)),))


def end_banner(ended: TakeBackEnded) -> Banner:
    """The same for whoever does something else by now."""
    kind = BannerKind.TAKEN_BACK if ended.end == DONE else BannerKind.NOT_TAKEN_BACK
    return Banner(kind, ended.bill_number, message=end_message(ended))
