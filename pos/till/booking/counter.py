"""One payment at the counter: each command of a cashier, carried out on the payment's own worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pos.domain.bill import Bill
from pos.domain.booking import Booking, BookingRefused, VoucherOffer
from pos.domain.booking_payment import (
    CLOSED_WITH_THE_SALE,
    OFFER_LIVES_S,
    STALE_S,
    BookingCaseKind,
    BookingEvent,
    MoneyFact,
    VoucherFact,
    can,
    read_booking_number,
    read_booking_voucher,
)
from pos.domain.codes import ScanFault
from pos.domain.errors import ConfigError, RuleBroken
from pos.till.booking.attend import Attendant
from pos.till.booking.desk import BookingDesk
from pos.till.booking.look import applied_vnd, look_again, why_not
from pos.till.booking.paying import Cashdesk
from pos.till.booking.polling import Poller
from pos.till.booking.ports import NewPayment, Payment
from pos.till.booking.show import InHand, covers_all, view_of
from pos.till.booking.views import BookingAction, BookingPhase, BookingView, StepKind
from pos.till.booking.voucher import VoucherDesk, refused
from pos.till.views import Message


class BookingCounter:
    """A payment from look-up to end. One thread at a time; what other threads write is read from disk."""

    def __init__(
        self,
        desk: BookingDesk,
        key: str,
        issuer: str,
        number: str,
        *,
        publish: Callable[[BookingView], None] = lambda _: None,
    ) -> None:
        """Begin one.

        Args:
            desk: services.
            key: names it; becomes the id of its row.
            issuer: whose booking.
            number: of the booking that is looked up.
            publish: hears of every new snapshot.
        """
        self._desk = desk
        self.key = key
        self.hand = InHand(number=number, issuer=issuer)
        self._publish = publish
        self._vouchers = VoucherDesk(desk)
        self._cashdesk = Cashdesk(desk)

    @classmethod
    def resume(
        cls, desk: BookingDesk, payment: Payment, *, publish: Callable[[BookingView], None] = lambda _: None
    ) -> BookingCounter:
        """A payment as the journal has it."""
        return cls(desk, payment.id, payment.issuer, payment.number, publish=publish)

    # ------------------------------------------------------------ what is shown

    def view(self) -> BookingView:
        """The snapshot now."""
        return view_of(self._desk, self.key, self.hand, self._desk.store.payment(self.key))

    def publish(self) -> None:
        """Tell the snapshot."""
        self._publish(self.view())

    def stored(self) -> Payment | None:
        """Its row, once there is one."""
        return self._desk.store.payment(self.key)

    @contextmanager
    def _working(self, phase: BookingPhase | None = None) -> Iterator[None]:
        """A command: what stopped the last one is forgotten; what stops this one is shown."""
        hand = self.hand
        hand.message, hand.working = None, phase
        hand.since_utc = self._desk.clock.now_utc() if phase is not None else None
        if phase is not None:
            self.publish()
        try:
            yield
        finally:
            hand.working, hand.since_utc = None, None
            self.publish()

    def _require(self, action: BookingAction) -> None:
        """Refuse what the screen did not offer: a second press, or one that came too late.

        Raises:
            RuleBroken: `rule.booking_not_now`; nothing was done.
        """
        if action not in self.view().actions:
            raise RuleBroken("rule.booking_not_now", action=action.value)

    # ------------------------------------------------------------ look-up and voucher

    def look_up(self) -> None:
        """Ask for the booking. Nothing is written."""
        if self.stored() is not None:
            self.publish()
            return
        hand = self.hand
        with self._working(BookingPhase.LOOKING):
            hand.booking, hand.code, hand.offer, hand.stop = None, None, None, None
            number = read_booking_number(hand.number)
            asked = self._desk.call(hand.issuer, "look", lambda issuer, trace: issuer.detail(number, trace))
            if asked.fault is not None:
                hand.phase = BookingPhase.NO_ANSWER
                hand.stop = Message("booking.look_failed", (("why", asked.fault.code),))
            elif not isinstance(asked.answer, Booking):
                hand.phase = BookingPhase.NOT_FOUND
                hand.stop = Message("booking.not_found", (("number", number),))
            else:
                hand.booking = asked.answer
                hand.stop = why_not(asked.answer, self._desk.now_utc())
                hand.phase = BookingPhase.READY if hand.stop is None else BookingPhase.NOT_PAYABLE

    def try_voucher(self, text: str) -> None:
        """Validate a voucher. Uses nothing up."""
        self._require(BookingAction.TRY_VOUCHER)
        code = read_booking_voucher(text)
        if isinstance(code, ScanFault):
            raise ConfigError(f"scan.{code.value}")
        self.hand.code, self.hand.offer = code, None
        self._validate()

    def _validate(self) -> None:
        hand, code = self.hand, self.hand.code
        if code is None:
            return
        with self._working(BookingPhase.CHECKING_VOUCHER):
            hand.offer = None
            asked = self._desk.call(
                hand.issuer, "validate", lambda issuer, trace: issuer.validate(hand.number, code, trace)
            )
            hand.offer, hand.offered_mono_s = asked.answer, self._desk.clock.mono_s()
            if asked.fault is not None:
                hand.message = Message("booking.validate_failed", (("why", asked.fault.code),))
            elif isinstance(asked.answer, BookingRefused):
                hand.message = refused(asked.answer)

    def drop_voucher(self, actor: str) -> None:
        """Go on without the voucher."""
        self._require(BookingAction.DROP_VOUCHER)
        with self._working():
            self.hand.code = self.hand.offer = None
            payment = self.stored()
            if payment is not None and can(payment.state, BookingEvent.DROP_VOUCHER):
                with self._desk.store.journal.transaction(actor) as tx:
                    writes = self._desk.store.writes(tx)
                    writes.move(self.key, BookingEvent.DROP_VOUCHER)
                    writes.add_step(self.key, StepKind.VOUCHER_DROPPED)

    def redeem(self, actor: str) -> None:
        """Use the voucher up: validated anew if that is long ago, looked at, written, sent once."""
        self._require(BookingAction.REDEEM)
        if self.hand.code is None:
            stored = self.stored()
            self.hand.code = stored.code if stored is not None else None
        old = self._desk.clock.mono_s() - self.hand.offered_mono_s > OFFER_LIVES_S
        shown = self.view().voucher
        if old or not isinstance(self.hand.offer, VoucherOffer):
            self._validate()
        offer, code = self.hand.offer, self.hand.code
        if not isinstance(offer, VoucherOffer) or code is None:
            return
        with self._working(BookingPhase.REDEEMING):
            if shown is not None and shown.discount_vnd != offer.discount_vnd:
                self.hand.message = Message("booking.discount_changed", (("discount_vnd", offer.discount_vnd),))
                return
            payment = self._on_disk(actor)
            if covers_all(self.hand, payment.price_vnd - payment.applied_vnd):
                return
            looked = look_again(self._desk, payment, actor)
            if looked.message is not None:
                self.hand.message = looked.message
                return
            with self._desk.store.journal.transaction(actor) as tx:
                writes = self._desk.store.writes(tx)
                writes.keep_voucher(self.key, code, offer.tracking, offer.discount_vnd)
                if can(payment.state, BookingEvent.ADD_VOUCHER):
                    writes.move(self.key, BookingEvent.ADD_VOUCHER)
            self.hand.offer = None
            self.hand.message = self._vouchers.redeem(self._desk.payment(self.key), actor)

    def _on_disk(self, actor: str) -> Payment:
        """The row, written when there is none yet: on a bill of its own, with its transaction id for ever."""
        payment, booking, desk = self.stored(), self.hand.booking, self._desk
        if payment is not None:
            return payment
        if booking is None or booking.total_vnd is None:
            raise RuleBroken("rule.booking_not_now", action="order")
        bill = Bill(desk.bill_number(), booking.total_vnd, desk.clock.now_utc())
        new = NewPayment(
            id=self.key,
            bill_number=bill.number,
            issuer=self.hand.issuer,
            number=self.hand.number,
            product=booking.product,
            title=booking.title,
            starts=booking.starts,
            price_vnd=booking.total_vnd,
            applied_vnd=applied_vnd(booking),
            deadline_utc=booking.deadline_utc,
            transaction_id=desk.chance.new_id(),
        )
        with desk.store.journal.transaction(actor) as tx:
            tx.add_bill(bill, business_date=tx.business_date(bill.created_utc))
            writes = desk.store.writes(tx)
            writes.add(new, desk.due(STALE_S))
            writes.add_step(self.key, StepKind.LOOKED_UP, amount_vnd=booking.total_vnd)
        return desk.payment(self.key)

    # ------------------------------------------------------------ amount, money, commit

    def order(self, actor: str) -> None:
        """Ask for the signed amount."""
        self._require(BookingAction.ORDER)
        with self._working(BookingPhase.ORDERING):
            self.hand.message = self._cashdesk.order(self._on_disk(actor), actor)

    def money_taken(self, actor: str) -> None:
        """Write the money, then commit once."""
        self._require(BookingAction.MONEY_TAKEN)
        with self._working(BookingPhase.COMMITTING):
            self._cashdesk.take_money(self._desk.payment(self.key), actor)
            self.hand.message = self._cashdesk.commit(self._desk.payment(self.key), actor)

    def send_commit(self, actor: str) -> None:
        """By hand: the first commit that did not leave, or one more where the contract allows."""
        self._require(BookingAction.SEND_COMMIT)
        with self._working(BookingPhase.COMMITTING):
            self.hand.message = self._cashdesk.commit(self._desk.payment(self.key), actor)

    def ask_now(self, poller: Poller, attendant: Attendant, actor: str) -> None:
        """Ask on this thread. For the command line; a window wakes the loops instead."""
        payment = self._desk.payment(self.key)
        with self._working():
            if payment.state.voucher is VoucherFact.UNKNOWN:
                attendant.attend(payment, actor)
            else:
                poller.ask(payment, actor, by_hand=True)

    # ------------------------------------------------------------ ends

    def set_aside(self, actor: str) -> None:
        """The customer does not wait: her slip says that the ticket is still awaited."""
        self.hand.waiting = False
        payment = self.stored()
        if payment is not None and payment.state.money is MoneyFact.TAKEN and not payment.state.closed:
            with self._desk.store.journal.transaction(actor) as tx:
                self._desk.store.writes(tx).add_step(self.key, StepKind.SET_ASIDE)
                if not self._desk.store.slips(payment.bill_number):
                    tx.add_print_job(self._desk.chance.new_id(), payment.bill_number)
        self.publish()

    def give_up(self, actor: str) -> None:
        """No commit has left: nobody pays. A voucher used for it is a manager's."""
        payment = self.stored()
        if payment is None:
            return
        self._require(BookingAction.GIVE_UP)
        with self._working(), self._desk.store.journal.transaction(actor) as tx:
            writes = self._desk.store.writes(tx)
            if payment.state.voucher is VoucherFact.USED:
                writes.open_case(self.key, BookingCaseKind.VOUCHER_USED_NOT_PAID)
            if payment.state.money is MoneyFact.TAKEN:
                writes.open_case(self.key, BookingCaseKind.PAY_BACK)
            writes.move(self.key, BookingEvent.GIVE_UP)
            if payment.state.money is MoneyFact.TAKEN:
                writes.set_due(self.key, None)
            writes.add_step(self.key, StepKind.GIVEN_UP)

    def paid_back(self, actor: str) -> None:
        """The customer has her money back."""
        self._require(BookingAction.PAID_BACK)
        with self._working(), self._desk.store.journal.transaction(actor) as tx:
            payment, writes = self._desk.payment(self.key), self._desk.store.writes(tx)
            if payment.state.voucher is VoucherFact.USED:
                writes.open_case(self.key, BookingCaseKind.VOUCHER_USED_NOT_PAID)
            writes.move(self.key, BookingEvent.PAY_BACK)
            writes.close_cases(self.key, sorted(CLOSED_WITH_THE_SALE), closure="paid back")
            writes.add_step(self.key, StepKind.PAID_BACK, amount_vnd=payment.taken_vnd)

    def close(self, actor: str) -> None:
        """The customer has the ticket."""
        self._require(BookingAction.CLOSE)
        with self._working(), self._desk.store.journal.transaction(actor) as tx:
            writes = self._desk.store.writes(tx)
            writes.move(self.key, BookingEvent.CLOSE)
            writes.close_cases(self.key, sorted(CLOSED_WITH_THE_SALE), closure="ticket handed over")
            writes.add_step(self.key, StepKind.CLOSED)

    def reprint(self, actor: str) -> None:
        """Another slip."""
        self._require(BookingAction.REPRINT)
        with self._working(), self._desk.store.journal.transaction(actor) as tx:
            tx.add_print_job(self._desk.chance.new_id(), self._desk.payment(self.key).bill_number)
