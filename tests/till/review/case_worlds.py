"""Every kind of case, made from its beginning by the real engine: what happened at counter and issuer, never a row by
hand (but for what a closing will leave over).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pos.domain.reasons import Reason
from pos.domain.routing import Rule
from pos.domain.sale import Order
from pos.domain.voucher import CallRefused, Evidence, Proof
from pos.journal.case_store import CaseStore
from pos.journal.store import SqliteJournal
from pos.till.ports import People, Person, Role
from pos.till.review.cases import CaseDesk, CaseRules, DayCases
from pos.till.review.cases_booking import BookingCases
from pos.till.review.cases_redemption import RedemptionCases
from pos.till.review.cases_sale import SaleCases
from pos.till.review.cases_views import CaseDetail, CaseSource, CaseView, ChoiceKind
from pos.till.undecided import UndecidedDesk
from tests.booking.issuer import CODE, NUMBER
from tests.booking.rig import BookingRig
from tests.till.fake_issuer import FakeIssuer
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import SaleRig

HUONG = Person("m1", "Hương", Role.MANAGER)
MINH = Person("m2", "Minh", Role.MANAGER)
LAN = Person("c1", "Lan", Role.CASHIER)
A = "4471902835"
EV = "EV0000000001"
DAY_S = 24 * 3600


class Staff:
    """Who works here. PINs are another's matter."""

    def everyone(self) -> tuple[Person, ...]:
        return (HUONG, LAN, MINH)

    def add(self, name: str, role: Role, pin: str, *, actor: str) -> Person:
        raise AssertionError

    def verify(self, person_id: str, pin: str) -> Person:
        raise AssertionError

    def manager_by_pin(self, pin: str) -> Person:
        raise AssertionError


@dataclass
class World:
    """One till with a case on it.

    Args:
        settle: one round of all that the till does by itself; `rest` lets so many seconds go by with it.
    """

    journal: SqliteJournal
    clock: HandClock
    desk: CaseDesk
    source: CaseSource
    kind: str
    settle: Callable[[], object]
    rest: Callable[[float], object]
    rig: Any = None
    worked_on: list[str] = field(default_factory=list)

    @property
    def case(self) -> CaseView:
        """The case itself, open or closed."""
        of_it = [*self.desk.inbox().rows, *self.desk.inbox(closed=True).rows]
        return next(view for view in of_it if (view.source, view.kind) == (self.source, self.kind))

    def detail(self) -> CaseDetail:
        return self.desk.detail(self.source, self.case.id)

    def offered(self) -> set[ChoiceKind]:
        return {choice.kind for choice in self.detail().choices if choice.offered}

    def do(self, kind: ChoiceKind, reason: str = "đã gọi hỗ trợ", *, no_other_till: bool = True) -> CaseDetail:
        return self.desk.carry_out(
            self.source, self.case.id, kind, actor=HUONG.name, reason=reason, no_other_till=no_other_till
        )

    def audit(self, ref: str | None = None) -> list[tuple[str, str, str]]:
        """(kind, actor, facts) of the chain, oldest first."""
        where, values = ("WHERE ref = ?", (ref,)) if ref else ("", ())
        rows = self.journal.core.connections.get().execute(
            f"SELECT kind, actor, facts FROM audit {where} ORDER BY seq",
            values,
        )
        return [(row[0], row[1], row[2]) for row in rows]


def _desk(
    journal: SqliteJournal, source: CaseSource, rules: CaseRules | None, people: People
) -> tuple[CaseDesk, list[str]]:
    cases, worked_on = CaseStore(journal), list[str]()
    by_source: dict[CaseSource, CaseRules] = {CaseSource.DAY: DayCases(cases)}
    if rules is not None:
        by_source[source] = rules
    return CaseDesk(cases, by_source, people, changed=lambda view: worked_on.append(view.key)), worked_on


# ---------------------------------------------------------------- redemptions


def _redemption(
    folder: Path, kind: str, *, weak: bool = False, reserving: bool = False, here: bool = False
) -> tuple[World, Rig, FakeIssuer]:
    clock = HandClock()
    name = "vinid-evoucher" if weak else "gotit"
    issuer = FakeIssuer(name=name, max_codes=1 if weak else 20, offline=not weak, weak=weak, reserving=reserving)
    issuer.date = clock.now_utc
    rules = (Rule(name, 6, 32),)
    rig = Rig(folder, issuer, clock, CountingChance(), rules=rules, refunders=[issuer] if weak else [])
    undecided = UndecidedDesk(rig.journal, rig.issuers, rig.desk.leases, rig.desk.redeemer)
    cases = RedemptionCases(rig.desk, undecided, rig.take_back, lambda _: here)
    desk, worked_on = _desk(rig.journal, CaseSource.REDEMPTION, cases, Staff())
    world = World(rig.journal, clock, desk, CaseSource.REDEMPTION, kind, rig.settle, rig.settle_to_rest, rig, worked_on)
    return world, rig, issuer


def loss(folder: Path) -> World:
    """Taken without network; another shop had used it meanwhile."""
    world, rig, issuer = _redemption(folder, "loss")
    bill = rig.bill()
    bill.scan(A)
    issuer.cable_in = False
    bill.confirm(loss_accepted=True)
    bill.accept_offline()
    issuer.cable_in, issuer.vouchers[A].used_for = True, "another shop's"
    rig.settle_to_rest()
    return world


def undecidable(folder: Path) -> World:
    """The call is lost, and the issuer's record names no bill."""
    world, rig, issuer = _redemption(folder, "undecidable")
    issuer.faults["mark_used"] = ["lost_after"]
    issuer.faults["inquire"] = [Evidence(Proof.UNDECIDABLE)]
    rig.sold(A)
    rig.settle_to_rest(300)
    return world


def undecidable_weak(folder: Path, *, here: bool = False) -> World:
    """The same at an issuer that never says for whom: a manager's to decide."""
    world, rig, issuer = _redemption(folder, "undecidable", weak=True, here=here)
    issuer.faults["mark_used"] = ["lost_after"]
    rig.sold(EV)
    rig.settle_to_rest(300)
    return world


def accepted(folder: Path) -> World:
    """Decided: accepted, and given."""
    world = undecidable_weak(folder, here=True)
    world.do(ChoiceKind.ACCEPT)
    return world


def rejected(folder: Path) -> World:
    """Decided: not accepted."""
    world = undecidable_weak(folder)
    world.do(ChoiceKind.REJECT)
    return world


def used_not_given(folder: Path) -> World:
    """The verdict came when the customer had left."""
    world, rig, issuer = _redemption(folder, "used_not_given")
    issuer.faults["mark_used"] = ["lost_after"]
    rig.sold(A)
    rig.settle_to_rest(300)
    rig.resume().customer_left()
    return world


def used_not_given_weak(folder: Path) -> World:
    """Accepted by the manager while nobody waited; then the customer did not come back."""
    world = undecidable_weak(folder)
    world.do(ChoiceKind.ACCEPT)
    world.rig.resume().customer_left()
    world.kind = "used_not_given"
    return world


def value_mismatch(folder: Path) -> World:
    """The issuer's record says another amount than the bill was given."""
    world, rig, issuer = _redemption(folder, "value_mismatch")
    issuer.faults["mark_used"] = ["lost_after"]
    rig.sold(A)
    issuer.vouchers[A].worth_vnd = 70_000
    rig.settle_to_rest(300)
    rig.resume().finish_sale()
    return world


def late_effect(folder: Path) -> World:
    """Proven unused, dropped, and used by our call after all."""
    world, rig, issuer = _redemption(folder, "late_effect")
    issuer.faults["mark_used"] = ["late"]
    rig.sold(A)
    rig.settle_to_rest(120)
    rig.resume().drop()
    issuer.commit_late()
    world.clock.pass_s(DAY_S)
    rig.settle()
    return world


def stuck_hold(folder: Path) -> World:
    """The issuer does not release what it holds for us."""
    world, rig, issuer = _redemption(folder, "stuck_hold", reserving=True)
    bill = rig.sold(A)
    issuer.faults["release"] = [CallRefused(Reason.EXPIRED)]
    bill.drop()
    return world


def not_taken_back(folder: Path) -> World:
    """Told twice to free it, and it still counts as used."""
    world, rig, issuer = _redemption(folder, "not_taken_back", weak=True)
    rig.sold(EV)
    issuer.faults["take_back"] = ["lost_before", "lost_before"]
    rig.take_back.take_back(rig.row().id, manager=HUONG, reason="khách trả hàng")
    return world


# ---------------------------------------------------------------- sales


def _sale(folder: Path, kind: str, **faults: Fault) -> tuple[World, SaleRig, FakeSeller]:
    clock = HandClock()
    seller = FakeSeller(clock, {int(name[1:]): fault for name, fault in faults.items()})
    rig = SaleRig(folder, seller, clock)
    rig.stock_up()
    rig.waiting = False
    desk, worked_on = _desk(rig.journal, CaseSource.SALE, SaleCases(rig.desk), Staff())
    world = World(rig.journal, clock, desk, CaseSource.SALE, kind, rig.settle, rig.settle_for, rig, worked_on)
    return world, rig, seller


def by_hand(folder: Path) -> World:
    """Bought, and 24 hours without an answer."""
    world, rig, seller = _sale(folder, "by_hand", _0=Fault.LOST_AFTER)
    rig.sold()
    seller.faults = {n: Fault.LOST_BEFORE for n in range(1, 1000)}
    rig.settle_for(25 * 3600)
    seller.faults = {}
    return world


def other_order(folder: Path) -> World:
    """The issuer has another order under our number."""
    world, rig, seller = _sale(folder, "other_order", _0=Fault.LOST_AFTER)
    rig.sold()
    (kept,) = seller.orders.values()
    ours, theirs = kept.order, kept.order
    kept.order = Order(theirs.id, theirs.product_code, theirs.quantity + 1, theirs.face_vnd)
    rig.settle_for(60)
    kept.order = ours
    return world


def incomplete(folder: Path) -> World:
    """One code too few, and asking brings no more."""
    world, rig, _ = _sale(folder, "incomplete", _0=Fault.SHORT)
    rig.sold()
    rig.settle_for(60)
    return world


def unreadable(folder: Path) -> World:
    """The key does not fit."""
    world, rig, seller = _sale(folder, "unreadable")
    seller.readable = False
    rig.sold()
    seller.readable = True
    return world


def not_delivered(folder: Path) -> World:
    """Bought while nobody waited."""
    world, rig, _ = _sale(folder, "not_delivered", _0=Fault.LOST_AFTER)
    rig.sold()
    rig.settle_for(60)
    return world


def not_delivered_refused(folder: Path) -> World:
    """Nothing was bought, and nobody paid the customer back."""
    world, rig, _ = _sale(folder, "not_delivered", _0=Fault.REFUSED)
    rig.sold()
    rig.settle_for(1200)
    return world


def not_delivered_unsent(folder: Path) -> World:
    """The order never left, and nobody looked after it."""
    world, rig, _ = _sale(folder, "not_delivered", _0=Fault.NOT_SENT)
    rig.sold()
    rig.settle_for(1200)
    return world


# ---------------------------------------------------------------- bookings


def _booking(folder: Path, kind: str) -> tuple[World, BookingRig]:
    rig = BookingRig(folder)

    def ask_now(payment_id: str) -> None:
        payment = rig.desk.payment(payment_id)
        if payment.state.voucher == "unknown":
            rig.attendant.attend(payment, HUONG.name)
        else:
            rig.poller.ask(payment, HUONG.name, by_hand=True)

    rules = BookingCases(rig.desk, ask_now)
    desk, worked_on = _desk(rig.journal, CaseSource.BOOKING, rules, Staff())
    world = World(rig.journal, rig.clock, desk, CaseSource.BOOKING, kind, rig.run_due, rig.wait, rig, worked_on)
    return world, rig


def _leave(rig: BookingRig, seconds: float) -> None:
    rig.here = False
    rig.wait(seconds)


def not_committed(folder: Path) -> World:
    """Money taken, and the commit did not leave."""
    world, rig = _booking(folder, "not_committed")
    counter = rig.counter()
    counter.order("Lan")
    rig.ports.plan = {len(rig.ports.visited) + 2: "not_sent"}
    counter.money_taken("Lan")
    _leave(rig, 61)
    return world


def held(folder: Path) -> World:
    """No ticket within 15 minutes."""
    world, rig = _booking(folder, "held")
    rig.issuer.bookings[NUMBER].polls_to_issue = 10**6
    rig.paid()
    _leave(rig, 16 * 60)
    return world


def held_a_day(folder: Path) -> World:
    """No ticket within 24 hours: the till has stopped asking."""
    world = held(folder)
    _leave(world.rig, 25 * 3600)
    world.kind = "by_hand"
    return world


def failed_issue(folder: Path) -> World:
    """Paid, and the issue failed."""
    world, rig = _booking(folder, "failed_issue")
    rig.paid()
    rig.issuer.bookings[NUMBER].issue = "FAILED"
    _leave(rig, 60)
    return world


def refunded(folder: Path) -> World:
    """The issuer gave the money back."""
    world, rig = _booking(folder, "refunded")
    rig.paid()
    rig.issuer.bookings[NUMBER].payment = "REFUNDED"
    _leave(rig, 60)
    return world


def pay_back(folder: Path) -> World:
    """The payment failed."""
    world, rig = _booking(folder, "pay_back")
    rig.issuer.bookings[NUMBER].fails = True
    rig.paid()
    _leave(rig, 60)
    return world


def ticket_to_give(folder: Path) -> World:
    """Issued while nobody waited."""
    world, rig = _booking(folder, "ticket_to_give")
    rig.paid()
    _leave(rig, 60)
    return world


def voucher_used_not_paid(folder: Path) -> World:
    """The voucher was used, then the payment given up."""
    world, rig = _booking(folder, "voucher_used_not_paid")
    counter = rig.counter()
    counter.try_voucher(CODE)
    counter.redeem("Lan")
    counter.give_up("Lan")
    return world


def voucher_used_left_lying(folder: Path) -> World:
    """The voucher was used, and everybody went away: the case is the payment's only owner."""
    world, rig = _booking(folder, "voucher_used_not_paid")
    counter = rig.counter()
    counter.try_voucher(CODE)
    counter.redeem("Lan")
    _leave(rig, 3600)
    return world


def amount_mismatch(folder: Path) -> World:
    """The signed amount is not what the customer was shown, with her voucher used up."""
    world, rig = _booking(folder, "amount_mismatch")
    rig.issuer.lowers = False
    counter = rig.counter()
    counter.try_voucher(CODE)
    counter.redeem("Lan")
    counter.order("Lan")
    return world


def other_voucher(folder: Path) -> World:
    """Our redeem was lost, and the record names another voucher."""
    world, rig = _booking(folder, "other_voucher")
    path = ("detail", "validate", "disk", "detail", "disk", "disk", "disk", "redeem")
    rig.ports.plan = {len(rig.ports.visited) + path.index("redeem") + 1: "lost_before"}
    rig.issuer.vouchers["Other9"] = 30_000
    counter = rig.counter()
    counter.try_voucher(CODE)
    counter.redeem("Lan")
    rig.issuer.bookings[NUMBER].voucher = "Other9"
    _leave(rig, 5)
    return world


# ---------------------------------------------------------------- days


def _day(kind: str) -> Callable[[Path], World]:
    def left_over(folder: Path) -> World:
        """What a closing or a statement check leaves over."""
        clock = HandClock()
        rig = Rig(folder, FakeIssuer(), clock, CountingChance())
        desk, worked_on = _desk(rig.journal, CaseSource.DAY, None, Staff())
        rig.journal.core.connections.get().execute(
            "INSERT INTO day_case (kind, business_date, ref, issuer, bill_number, ending, amount_vnd, reason,"
            " opened_utc) VALUES (?, '2026-11-21', 'x1', 'gotit', 'B1', '2835', 100000, 'ba tờ ít hơn', ?)",
            (kind, "2026-11-21T05:00:00.000Z"),
        )
        return World(rig.journal, clock, desk, CaseSource.DAY, kind, rig.settle, rig.settle_to_rest, rig, worked_on)

    return left_over


WORLDS: dict[str, Callable[[Path], World]] = {
    "loss": loss,
    "undecidable": undecidable,
    "undecidable_weak": undecidable_weak,
    "accepted": accepted,
    "rejected": rejected,
    "used_not_given": used_not_given,
    "used_not_given_weak": used_not_given_weak,
    "value_mismatch": value_mismatch,
    "late_effect": late_effect,
    "stuck_hold": stuck_hold,
    "not_taken_back": not_taken_back,
    "by_hand": by_hand,
    "other_order": other_order,
    "incomplete": incomplete,
    "unreadable": unreadable,
    "not_delivered": not_delivered,
    "not_delivered_refused": not_delivered_refused,
    "not_delivered_unsent": not_delivered_unsent,
    "not_committed": not_committed,
    "held": held,
    "held_a_day": held_a_day,
    "failed_issue": failed_issue,
    "refunded": refunded,
    "pay_back": pay_back,
    "ticket_to_give": ticket_to_give,
    "voucher_used_not_paid": voucher_used_not_paid,
    "voucher_used_left_lying": voucher_used_left_lying,
    "amount_mismatch": amount_mismatch,
    "other_voucher": other_voucher,
    **{f"day_{kind}": _day(kind) for kind in ("open_row", "slip", "paper", "statement")},
}
