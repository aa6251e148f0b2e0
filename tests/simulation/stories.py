"""What happens at the counter, told by name; a cashier who sees only the screen goes on until the bill is over.

Each story sets its scene without faults, then begins to count port calls. Two manners of cashier: the patient one asks
again and sends again, the hasty one leaves what is unknown to the till and drops what is unused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from greenlet import GreenletExit

from pos.domain.errors import PosError
from pos.domain.redemption import Outcome
from pos.till.counter import CounterBill
from pos.till.ports import Person, Role
from pos.till.views import BillView, LineStatus, Phase, Verdict
from tests.simulation.faults import Fault
from tests.simulation.network import Trouble
from tests.simulation.shop import DAY_S, PowerCut, Shop

A, B, C = "4471902835", "880213457719", "0012345678"
TOTAL_VND = 500_000
MANAGER = Person("2", "Hoa", Role.MANAGER)
PATIENT, HASTY = "patient", "hasty"
MOST_TURNS = 30


@dataclass(slots=True)
class Sale:
    """One customer at one till.

    Args:
        total_vnd: of her bill.
        codes: what she shows; `goods` what is scanned before.
        drop_when_held: she changes her mind once the vouchers are reserved.
    """

    shop: Shop
    her_manner: str
    codes: Sequence[str] = (A,)
    total_vnd: int = TOTAL_VND
    goods: str = ""
    drop_when_held: bool = False
    bills: int = 0
    bill: CounterBill | None = None
    sent_again: int = 0
    handed_over: bool = False
    manner_mattered: bool = False
    """Whether the other manner would have told the story otherwise."""

    @property
    def manner(self) -> str:
        """Asked only where it makes a difference."""
        self.manner_mattered = True
        return self.her_manner

    def begin(self) -> CounterBill:
        """A new bill with everything scanned."""
        self.bills += 1
        bill = self.bill = self.shop.bill(f"B{self.bills}", self.total_vnd)
        self.shop.present = True
        if self.goods:
            bill.add_sku(self.goods)
        for code in self.codes:
            bill.scan(code)
        return bill

    def go_on(self) -> None:
        """After whatever has happened: the customer still stands there, the cashier looks at the screen."""
        for _ in range(MOST_TURNS):
            try:
                if self.bill is None:
                    self._find_bill()
                if self._turn():
                    break
            except (PowerCut, GreenletExit):
                self._after_the_cut()
        self.shop.present = False
        for _ in range(4):  # the till by itself, while the faults last
            try:
                self.shop.time.sleep(20.0)
                self.shop.background(self.bill)
            except (PowerCut, GreenletExit):
                self._after_the_cut()

    def _after_the_cut(self) -> None:
        self.shop.cuts += 1
        self.shop.restart()
        self.bill, self.shop.present = None, False

    def _find_bill(self) -> None:
        number = f"B{self.bills}"
        if self.bills and self.shop.rig.journal.bill(number) is not None:
            self.bill, self.shop.present = self.shop.resume(number), True
            self.bill.show_again()
        elif self.bills < 3:
            self.begin()

    def _turn(self) -> bool:
        """One look at the screen and what she does about it; true when she is done with this bill."""
        shop, bill = self.shop, self.bill
        if bill is None:
            return True
        view = bill.view()
        bill.publish()
        if self._over(view):
            return True
        self._act(bill, view)
        if bill.view().phase in (Phase.UNKNOWN, Phase.SENDING) and self.manner == HASTY:
            return True  # set aside
        shop.background(bill)
        shop.time.sleep(2.5)
        return False

    def _over(self, view: BillView) -> bool:
        if view.phase in (Phase.DONE, Phase.ACCEPTED_OFFLINE):
            self.handed_over = True
            self._mark_shown(view)
            self.shop.print()
            return True
        return view.phase is Phase.CLOSED or (view.phase is Phase.DRAFT and not _hopeful(view))

    def _mark_shown(self, view: BillView) -> None:
        self.shop.painted(view)
        try:
            with self.shop.rig.journal.transaction("lan") as tx:
                tx.mark_shown([row_id for row_id, outcome in sorted(view.verdicts) if outcome is Outcome.USED])
        except PosError:
            return  # shown once more after the next start

    def _act(self, bill: CounterBill, view: BillView) -> None:
        if view.confirm_loss:
            bill.confirm(loss_accepted=True)
        elif view.phase is Phase.DRAFT:
            self._draft(bill, view)
        elif view.phase is Phase.HELD and not self.drop_when_held:
            bill.confirm()
        elif view.phase is Phase.OFFERED:
            self._offered(bill, view)
        elif view.phase in (Phase.UNKNOWN, Phase.SENDING):
            self.shop.time.sleep(6.0)
            if view.phase is Phase.UNKNOWN and self.manner == PATIENT:
                bill.ask_again()
        elif view.phase is Phase.UNSENT:
            self._unsent(bill)
        elif view.phase is Phase.FINISH:
            bill.finish_sale()
        else:
            bill.drop()

    def _draft(self, bill: CounterBill, view: BillView) -> None:
        unasked = [line for line in view.lines if line.status is LineStatus.UNCHECKED]
        if unasked and self.sent_again < 3:
            self.sent_again += 1
            bill.check_again(unasked[0].id)
        elif unasked:
            bill.remove_line(unasked[0].id)
        else:
            bill.confirm()

    def _offered(self, bill: CounterBill, view: BillView) -> None:
        assert view.offer is not None
        undeclared = [line for line in view.lines if line.needs_value]
        if undeclared:
            bill.declare(undeclared[0].id, 100_000)
        elif view.offer.verdict is Verdict.ACCEPT:
            bill.accept_offline()
        elif view.offer.verdict is Verdict.NEEDS_MANAGER:
            bill.accept_offline(MANAGER)
        elif self.sent_again < 3:
            self.sent_again += 1
            bill.confirm()
        else:
            for line in view.lines:
                bill.remove_line(line.id)

    def _unsent(self, bill: CounterBill) -> None:
        if self.sent_again < 3 and self.manner == PATIENT:
            self.sent_again += 1
            bill.confirm()
        else:
            bill.drop()


def _hopeful(view: BillView) -> bool:
    return any(line.status in (LineStatus.USABLE, LineStatus.UNCHECKED, LineStatus.HELD) for line in view.lines)


# ---------------------------------------------------------------- stories


@dataclass(frozen=True, slots=True)
class Story:
    """A scene and a sale.

    Args:
        tell: sets the scene, begins to count, and returns the sale to be gone on with.
    """

    name: str
    tell: Callable[[Shop, str], Sale]
    reserving: bool = False
    max_vouchers: int = 20


def _count(shop: Shop) -> None:
    shop.counting = True


def _begin(sale: Sale) -> Sale:
    """Scan and confirm, counted; a crash in the middle is the sale's to go on from."""
    try:
        _count(sale.shop)
        sale.begin().confirm()
    except (PowerCut, GreenletExit):
        sale._after_the_cut()
    return sale


def _direct(shop: Shop, manner: str) -> Sale:
    shop.issue(A)
    return _begin(Sale(shop, manner))


def _two(shop: Shop, manner: str) -> Sale:
    shop.issue(A, B)
    return _begin(Sale(shop, manner, (A, B)))


def _dropped(shop: Shop, manner: str) -> Sale:
    shop.issue(A)
    return _begin(Sale(shop, manner, drop_when_held=True))


def _expired(shop: Shop, manner: str) -> Sale:
    """The issuer ends the hold by itself before the voucher is used (§14 no. 8: nobody promises that it does not)."""
    shop.issuer.hold_lasts_s = 60.0
    sale = _direct(shop, manner)
    shop.time.sleep(61.0)
    return sale


def _offline(shop: Shop, manner: str) -> Sale:
    """Checked online, then the cable goes: accepted at the shop's risk."""
    shop.issue(A, B)
    sale = Sale(shop, manner, (A, B))
    bill = sale.begin()
    shop.network.cable_in = False
    shop.time.sleep(20.0)
    try:
        _count(shop)
        bill.confirm()
    except (PowerCut, GreenletExit):
        sale._after_the_cut()
    return sale


def _offline_unchecked(shop: Shop, manner: str) -> Sale:
    """Never checked: the value on its face, and a manager's word."""
    shop.issue(A)
    shop.network.cable_in = False
    return _begin(Sale(shop, manner))


def _drain(shop: Shop, manner: str) -> Sale:
    """Accepted offline; the network is back, and the queue is sent."""
    shop.issue(A, B)
    sale = Sale(shop, manner, (A, B))
    bill = sale.begin()
    shop.network.cable_in = False
    shop.time.sleep(20.0)
    bill.confirm()
    bill.accept_offline()
    assert bill.view().phase is Phase.ACCEPTED_OFFLINE
    shop.print()
    shop.network.cable_in = True
    shop.time.sleep(5.0)
    shop.present = False
    try:
        _count(shop)
        shop.background(bill)
    except (PowerCut, GreenletExit):
        sale._after_the_cut()
    return sale


def _lost(fault: Fault, wait_s: float) -> Callable[[Shop, str], Sale]:
    """A mark-use whose answer was lost; counted from the inquiry on."""

    def tell(shop: Shop, manner: str) -> Sale:
        shop.issue(A)
        sale = Sale(shop, manner)
        bill = sale.begin()
        _break_next(shop, "mark_use", Trouble(fault))
        bill.confirm()
        assert bill.view().phase is Phase.UNKNOWN
        shop.time.sleep(wait_s)
        try:
            _count(shop)
            bill.ask_again()
        except (PowerCut, GreenletExit):
            sale._after_the_cut()
        return sale

    return tell


def _recheck(fault: Fault, *, instead: str | None = None) -> Callable[[Shop, str], Sale]:
    """Proven unused and dropped, and perhaps another voucher pays instead; counted from the next morning's last look
    on.
    """

    def tell(shop: Shop, manner: str) -> Sale:
        shop.issue(A)
        sale = Sale(shop, manner, total_vnd=100_000 if instead else TOTAL_VND)
        bill = sale.begin()
        _break_next(shop, "mark_use", Trouble(fault))
        bill.confirm()
        shop.time.sleep(61.0)
        bill.ask_again()
        assert bill.view().phase is Phase.UNSENT
        bill.drop()
        if instead is not None:
            shop.issue(instead)
            bill.scan(instead)
            bill.confirm()
            assert bill.view().phase is Phase.DONE
        shop.time.sleep(DAY_S)
        shop.present = False
        try:
            _count(shop)
            shop.background(bill)
        except (PowerCut, GreenletExit):
            sale._after_the_cut()
        return sale

    return tell


def _break_next(shop: Shop, operation: str, trouble: Trouble) -> None:
    """The next request of this kind meets this; then the plan's faults again."""
    choose = shop.network.choose

    def once(call: object) -> Trouble | None:
        if getattr(call, "operation", "") != operation:
            return None
        shop.network.choose = choose
        return trouble

    shop.network.choose = once


def _one_bad(shop: Shop, manner: str) -> Sale:
    """Three vouchers; another shop uses the second between check and confirm."""
    shop.issue(A, B, C)
    sale = Sale(shop, manner, (A, B, C))
    bill = sale.begin()
    shop.issuer.use_elsewhere(B)
    try:
        _count(shop)
        bill.confirm()
    except (PowerCut, GreenletExit):
        sale._after_the_cut()
    return sale


def _over_20(shop: Shop, manner: str) -> Sale:
    """Twenty-two vouchers: two calls for one bill."""
    codes = [f"55500{n:07d}" for n in range(22)]
    shop.issue(*codes)
    sale = Sale(shop, manner, codes, total_vnd=2_200_000)
    bill = sale.begin()
    try:
        _count(shop)
        bill.confirm()
    except (PowerCut, GreenletExit):
        sale._after_the_cut()
    return sale


def _sku(shop: Shop, manner: str) -> Sale:
    """A voucher for two pieces of tea."""
    shop.issue(A, skus=("TRA-DAO-L",), quantity=2)
    return _begin(Sale(shop, manner, (A,), goods="TRA-DAO-L:2:45000;BANH-MI-01:1:20000"))


STORIES: dict[str, Story] = {
    story.name: story
    for story in (
        Story("direct", _direct),
        Story("direct_two", _two),
        Story("reserving", _direct, reserving=True),
        Story("reserving_two", _two, reserving=True),
        Story("reserving_then_dropped", _dropped, reserving=True),
        Story("reserving_expired", _expired, reserving=True),
        Story("offline", _offline),
        Story("offline_unchecked", _offline_unchecked),
        Story("drain", _drain),
        Story("drain_reserving", _drain, reserving=True),
        Story("inquiry_of_a_use", _lost(Fault.DROP_AFTER, 6.0)),
        Story("inquiry_of_nothing", _lost(Fault.DROP_BEFORE, 61.0)),
        Story("one_bad", _one_bad),
        Story("one_bad_reserving", _one_bad, reserving=True),
        Story("over_20", _over_20, max_vouchers=25),
        Story("sku", _sku),
        Story("recheck", _recheck(Fault.DROP_BEFORE)),
        Story("recheck_late", _recheck(Fault.VERY_LATE)),
        Story("recheck_late_and_paid", _recheck(Fault.VERY_LATE, instead=B)),
    )
}
