"""One bill at the counter: scan, check, confirm, or take offline. Runs on the bill's own worker, one step at a time.

The same object serves the window and the command line. What must survive is in the journal; this holds the draft and
the answers to checks only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pos.domain.bill import Bill, SkuLine, merge_skus, read_bill_number, read_sku, read_vnd
from pos.domain.cases import CaseKind
from pos.domain.errors import ConfigError, PosError
from pos.domain.redemption import OPEN_HOLDS, UNSENT, Event, Hold, Outcome
from pos.domain.voucher import NotUsable, Usable
from pos.till.counter_send import BillSends
from pos.till.desk import Desk
from pos.till.lines import Line
from pos.till.ports import Redemption, Work
from pos.till.redeem import spoken_for_vnd
from pos.till.views import BillView


class CounterBill(BillSends):
    """A bill and everything a cashier can do with it."""

    @classmethod
    def resume(
        cls,
        desk: Desk,
        key: str,
        number: str,
        *,
        actor: str,
        publish: Callable[[BillView], None] = lambda _: None,
        on_booking: Callable[[str], None] = lambda _: None,
    ) -> CounterBill:
        """Bring a bill back from the journal.

        Raises:
            ConfigError: no such bill.
        """
        stored = desk.journal.bill(number)
        if stored is None:
            raise ConfigError("bill.not_found")
        counter = cls(desk, key, stored.bill, actor=actor, publish=publish, on_booking=on_booking)
        for row in desk.journal.redemptions_of(number):
            counter._adopt(row)
        return counter

    def _adopt(self, row: Redemption) -> None:
        line = Line(self._desk.chance.new_id(), row.code, row.provider, row_id=row.id)
        line.declared_vnd = row.worth_vnd if row.declared else None
        self._lines.append(line)

    # ------------------------------------------------------------ the draft

    def scan(self, text: str, since_mono_s: float | None = None) -> None:
        """Take a scanned or typed text: goods, the shop's own bill, or a voucher code (which is checked).

        Args:
            text: as read.
            since_mono_s: when it was scanned; None: the customer's waiting is not measured.
        """
        self._begin()
        self._scanned(since_mono_s)
        if text.startswith("BILL:"):
            self._scan_bill(text)
        elif text.count(":") >= 2 and "://" not in text:
            self.add_sku(text)
        else:
            self._scan_code(text)

    def _scan_bill(self, text: str) -> None:
        number, _, total = text.removeprefix("BILL:").rpartition(":")
        try:
            self._draft_bill(replace(self.bill, number=read_bill_number(number), total_vnd=read_vnd(total)))
        except PosError as error:
            self._say(error)

    def acknowledge(self) -> None:
        """What the bill's message asked for was done."""
        self._begin()
        self.publish()

    def remove_line(self, line_id: str) -> None:
        """Take a voucher off the bill; a hold is given back, an unsent intent is dropped."""
        self._begin()
        line = self._line(line_id)
        if line is None:
            return
        if line.row_id is None:
            self._lines.remove(line)
        elif not self._drop_safely(lambda row: row.id == line.row_id):
            return
        self._together_for.clear()
        rest = self._open_lines()
        self._focus = rest[-1].id if rest else None
        self._reoffer()
        self.publish()

    def set_number(self, text: str) -> None:
        """The shop's own bill number, while nothing stands in the journal for this bill."""
        self._begin()
        try:
            self._draft_bill(replace(self.bill, number=read_bill_number(text)))
        except PosError as error:
            self._say(error)

    def set_total(self, total_vnd: int) -> None:
        """What is due for the goods."""
        self._begin()
        self._draft_bill(self.bill.with_total(total_vnd))

    def change_draft(self, total_vnd: int, skus: tuple[SkuLine, ...]) -> None:
        """Another total and other goods, as long as nothing was sent."""
        self._begin()
        self._draft_bill(replace(self.bill, total_vnd=total_vnd, skus=skus))

    def add_sku(self, text: str) -> None:
        """Goods as `SKU:QTY:PRICE`, several separated by `;` or new lines."""
        self._begin()
        try:
            lines = [read_sku(part) for part in text.replace(";", "\n").splitlines() if part.strip()]
            self._draft_bill(replace(self.bill, skus=merge_skus((*self.bill.skus, *lines))))
        except PosError as error:
            self._say(error)

    def _draft_bill(self, bill: Bill) -> None:
        """Change the draft. A number that already stands in the journal belongs to another sale."""
        rows = self._rows()
        if any(row.sent is not None or row.state.given for row in rows.values()):
            self._say(ConfigError("bill.already_sent"))
            return
        if bill.number != self.bill.number and (rows or self._desk.journal.bill(bill.number) is not None):
            self._say(ConfigError("bill.number_taken"))
            return
        goods_changed = bill.skus != self.bill.skus
        self.bill = bill
        self._confirm_loss_vnd = 0
        self.publish()
        if goods_changed:
            for line in [ln for ln in self._lines if ln.row_id is None and isinstance(ln.answer, NotUsable | Usable)]:
                self._check(line)

    def declare(self, line_id: str, worth_vnd: int) -> None:
        """The face value printed on a voucher that could not be checked."""
        self._begin()
        line = self._line(line_id)
        if line is not None and line.answer is None:
            line.declared_vnd = worth_vnd or None
            self._focus = line.id
        self._reoffer()
        self.publish()

    # ------------------------------------------------------------ after the call

    def ask_again(self) -> None:
        """Inquire now about everything unknown on this bill."""
        self._begin()
        self._busy_since_mono_s = self._desk.clock.mono_s()
        self.publish()
        try:
            with self._desk.leases.hold(self.bill.number):
                for _, row in self._with_rows():
                    if row.state.outcome is Outcome.UNKNOWN or row.hold is Hold.UNKNOWN:
                        self._desk.inquirer.ask(row, actor=self.actor, here=lambda: self.waiting)
        except PosError as error:
            self._say(error, publish=False)
        self._busy_since_mono_s = None
        self.publish()

    def drop(self) -> None:
        """Give up what provably was not used; holds are given back."""
        self._begin()
        if self._drop_safely(lambda _: True):
            self._not_sent, self._offer = False, None
        self.publish()

    def _drop_safely(self, wanted: Callable[[Redemption], bool]) -> bool:
        """Drop the wanted rows that are UNSENT; false, with a message, if that could not be written."""
        try:
            with self._desk.leases.hold(self.bill.number):
                self._drop_rows([row for _, row in self._with_rows() if row.state == UNSENT and wanted(row)])
        except PosError as error:
            self._say(error)
            return False
        return True

    def _drop_rows(self, unsent: Sequence[Redemption]) -> None:
        if not unsent:
            return
        redeemer = self._desk.redeemer
        with self._desk.journal.transaction(self.actor) as tx:
            for row in unsent:
                tx.move(row.id, Event.DROP)
                if row.hold in OPEN_HOLDS:
                    redeemer.schedule(tx, row.id, Work.RELEASE, 0.0)
                else:
                    redeemer.rest(tx, row.id)
            redeemer.slip_when_complete(tx, self.bill.number, given_now=False)
        for row in unsent:
            if row.hold is Hold.HELD:
                self._desk.reserver.release(self._desk.journal.redemption(row.id), actor=self.actor)

    def finish_sale(self) -> None:
        """Hand over what the issuer already has, in the order scanned, and never more than the bill needs.

        A late effect is a manager's. Whatever else would exceed the total becomes one: it has been used for nothing.
        """
        self._begin()
        try:
            with self._desk.leases.hold(self.bill.number), self._desk.journal.transaction(self.actor) as tx:
                waiting = self._to_hand_over()
                rows = self._rows().values()
                left_vnd = self.bill.total_vnd - spoken_for_vnd(rows, besides=[row.id for row in waiting])
                handed_over = False
                for row in waiting:
                    if row.amount_vnd > left_vnd:
                        tx.open_case(row.id, CaseKind.LATE_EFFECT)
                        continue
                    tx.move(row.id, Event.HAND_OVER)
                    left_vnd, handed_over = left_vnd - row.amount_vnd, True
                if waiting:
                    self._desk.redeemer.slip_when_complete(tx, self.bill.number, given_now=handed_over)
        except PosError as error:
            self._say(error, publish=False)
        self.publish()

    def _to_hand_over(self) -> list[Redemption]:
        return [row for _, row in self._with_rows() if row.to_hand_over]

    def customer_left(self) -> None:
        """The issuer has the voucher, the customer is gone: a person settles it with the issuer.

        What of the same bill was not sent is dropped with it: nobody will come back to send it, and a hold would keep
        the customer's other vouchers locked.
        """
        self._begin()
        try:
            with self._desk.leases.hold(self.bill.number):
                with self._desk.journal.transaction(self.actor) as tx:
                    for row in self._to_hand_over():
                        tx.open_case(row.id, CaseKind.USED_NOT_GIVEN)
                self._drop_rows([row for _, row in self._with_rows() if row.state == UNSENT])
        except PosError as error:
            self._say(error, publish=False)
        self.publish()
