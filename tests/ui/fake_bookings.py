"""Bookings without an engine: it writes down commands and says what a test tells it to say."""

# ruff: noqa: E501 - a table of states, one a line

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pos.domain.booking_payment import BookingCaseKind, JourneyFact, MoneyFact
from pos.till.booking.commands import BookingListener, Finding
from pos.till.booking.views import (
    BookingAction,
    BookingNews,
    BookingPhase,
    BookingView,
    BookingVoucherView,
    OpenBooking,
    OpenBookingsChanged,
    StepKind,
    StepView,
    VoucherOutcome,
)
from pos.till.views import Message
from tests.ui.fake_till import NOW_UTC

A, P, S = BookingAction, BookingPhase, StepKind


class FakeBookings:
    """Records every command as `(name, *arguments)`."""

    def __init__(self) -> None:
        self.commands: list[tuple[object, ...]] = []
        self.listeners: list[BookingListener] = []

    def say(self, news: BookingNews) -> None:
        for listener in self.listeners:
            listener(news)

    def subscribe(self, listener: BookingListener) -> None:
        self.listeners.append(listener)

    def issuers(self) -> tuple[str, ...]:
        return ("gotadi",)

    def look_up(self, number: str, issuer: str | None = None) -> str:
        self.commands.append(("look_up", number))
        return "b1"

    def resume(self, key: str) -> None:
        self.commands.append(("resume", key))

    def try_voucher(self, key: str, text: str) -> None:
        self.commands.append(("try_voucher", key, text))

    def drop_voucher(self, key: str) -> None:
        self.commands.append(("drop_voucher", key))

    def redeem(self, key: str) -> None:
        self.commands.append(("redeem", key))

    def order(self, key: str) -> None:
        self.commands.append(("order", key))

    def money_taken(self, key: str) -> None:
        self.commands.append(("money_taken", key))

    def set_aside(self, key: str) -> None:
        self.commands.append(("set_aside", key))

    def ask_now(self, key: str) -> None:
        self.commands.append(("ask_now", key))

    def send_commit(self, key: str) -> None:
        self.commands.append(("send_commit", key))

    def give_up(self, key: str) -> None:
        self.commands.append(("give_up", key))

    def paid_back(self, key: str) -> None:
        self.commands.append(("paid_back", key))

    def close(self, key: str) -> None:
        self.commands.append(("close", key))

    def settle(self, key: str, *, manager_pin: str, closure: str, finding: Finding = Finding.NONE) -> None:
        self.commands.append(("settle", key, manager_pin, closure, finding))

    def reprint(self, key: str) -> None:
        self.commands.append(("reprint", key))

    def leave(self, key: str) -> None:
        self.commands.append(("leave", key))


def _steps(*kinds: StepKind) -> tuple[StepView, ...]:
    amounts = {S.LOOKED_UP: 1_550_000, S.ORDERED: 1_500_000, S.MONEY_TAKEN: 1_500_000}
    return tuple(
        StepView(NOW_UTC - timedelta(seconds=80 - 9 * number), kind, "Lan", amount_vnd=amounts.get(kind))
        for number, kind in enumerate(kinds)
    )


_BOOKED = BookingView(
    "b1", P.READY, "gotadi", "Gotadi", "ADCO2401010000001", product="AIR", title="VN253 · Hà Nội → TP. Hồ Chí Minh",
    starts="2026-12-01T08:30:00Z", price_vnd=1_550_000, shown_vnd=1_550_000,
    deadline_utc=NOW_UTC + timedelta(minutes=50), begin_until_utc=NOW_UTC + timedelta(minutes=48),
    actions=frozenset({A.TRY_VOUCHER, A.ORDER, A.LOOK_UP}), steps=_steps(S.LOOKED_UP),
)  # fmt: skip
_OFFER = BookingVoucherView("24aBc"[-4:], VoucherOutcome.USABLE, 50_000)
_WITH = replace(_BOOKED, voucher=_OFFER, shown_vnd=1_500_000, actions=frozenset({A.REDEEM, A.DROP_VOUCHER, A.ORDER}))
_USED = replace(
    _WITH, bill_number="HN03-T2-20261121-000149", voucher=replace(_OFFER, outcome=VoucherOutcome.USED),
    steps=_steps(S.LOOKED_UP, S.VOUCHER_SENT, S.VOUCHER_USED), actions=frozenset({A.ORDER, A.GIVE_UP}),
)  # fmt: skip
_DUE = replace(
    _USED, phase=P.AMOUNT_DUE, signed_vnd=1_500_000, due_vnd=1_500_000,
    steps=_steps(S.LOOKED_UP, S.VOUCHER_SENT, S.VOUCHER_USED, S.ORDERED), actions=frozenset({A.MONEY_TAKEN, A.GIVE_UP}),
)  # fmt: skip
_PAID = replace(
    _DUE, money=MoneyFact.TAKEN, journey=JourneyFact.OPEN, committed_utc=NOW_UTC - timedelta(seconds=38),
    steps=_steps(
        S.LOOKED_UP, S.VOUCHER_SENT, S.VOUCHER_USED, S.ORDERED, S.MONEY_TAKEN, S.COMMIT_SENT, S.COMMIT_ANSWERED
    ),
    actions=frozenset({A.SET_ASIDE, A.ASK_NOW}),
)  # fmt: skip


def bookings() -> dict[str, BookingView]:
    """A booking in every phase a cashier meets."""
    busy = {"busy": True, "busy_since_utc": NOW_UTC - timedelta(seconds=4), "actions": frozenset()}
    soon = NOW_UTC + timedelta(minutes=4, seconds=11)
    return {
        "looking": replace(_BOOKED, phase=P.LOOKING, price_vnd=None, title="", starts="", product="", steps=(), **busy),  # type: ignore[arg-type]
        "not_found": replace(_BOOKED, phase=P.NOT_FOUND, price_vnd=None, title="", product="", starts="",
                             begin_until_utc=None, deadline_utc=None, actions=frozenset(), steps=()),
        "no_answer": replace(_BOOKED, phase=P.NO_ANSWER, price_vnd=None, title="", product="", starts="", steps=(),
                             begin_until_utc=None, deadline_utc=None, actions=frozenset({A.LOOK_UP}),
                             message=Message("net.read_timeout")),
        "ready": _BOOKED,
        "soon": replace(_BOOKED, begin_until_utc=soon),
        "checking": replace(_BOOKED, phase=P.CHECKING_VOUCHER, **busy),  # type: ignore[arg-type]
        "usable": _WITH,
        "covers_all": replace(_BOOKED, voucher=replace(_OFFER, outcome=VoucherOutcome.COVERS_ALL, discount_vnd=2_000_000)),
        "refused": replace(_BOOKED, voucher=BookingVoucherView("3xYz", VoucherOutcome.REFUSED, reason="voucher_expired",
                                                               reason_code="7204_VOUCHER_EXPIRED")),
        "redeeming": replace(_USED, phase=P.REDEEMING, voucher=replace(_OFFER, outcome=VoucherOutcome.REDEEMING), **busy),  # type: ignore[arg-type]
        "voucher_unknown": replace(_USED, phase=P.VOUCHER_UNKNOWN, voucher=replace(_OFFER, outcome=VoucherOutcome.UNKNOWN),
                                   steps=_steps(S.LOOKED_UP, S.VOUCHER_SENT, S.VOUCHER_LOST),
                                   next_ask_utc=NOW_UTC + timedelta(seconds=7), actions=frozenset({A.ASK_NOW, A.SET_ASIDE})),
        "used": _USED,
        "ordering": replace(_USED, phase=P.ORDERING, **busy),  # type: ignore[arg-type]
        "differs": replace(_USED, phase=P.AMOUNT_DIFFERS, signed_vnd=1_550_000, actions=frozenset({A.GIVE_UP}),
                           steps=_steps(S.LOOKED_UP, S.VOUCHER_SENT, S.VOUCHER_USED, S.AMOUNT_DIFFERS)),
        "due": _DUE,
        "committing": replace(_PAID, phase=P.COMMITTING, **busy),  # type: ignore[arg-type]
        "not_committed": replace(_PAID, phase=P.NOT_COMMITTED, committed_utc=None, message=Message("net.unreachable"),
                                 actions=frozenset({A.SEND_COMMIT, A.GIVE_UP}),
                                 steps=_steps(S.LOOKED_UP, S.ORDERED, S.MONEY_TAKEN, S.COMMIT_NOT_SENT)),
        "waiting": replace(_PAID, phase=P.WAITING, busy=True, busy_since_utc=NOW_UTC - timedelta(seconds=20)),
        "held": replace(_PAID, phase=P.HELD, journey=JourneyFact.HELD, held_since_utc=NOW_UTC,
                        next_ask_utc=NOW_UTC + timedelta(seconds=190), cases=(BookingCaseKind.FAILED_ISSUE,),
                        actions=frozenset({A.ASK_NOW, A.SETTLE}),
                        steps=_steps(S.ORDERED, S.MONEY_TAKEN, S.COMMIT_SENT, S.COMMIT_LOST, S.ASKED, S.SECOND_OPINION, S.HELD)),
        "issued": replace(_PAID, phase=P.ISSUED, journey=JourneyFact.ISSUED, passenger_ref="ABC123",
                          tickets=("738-2400000001", "738-2400000002"), actions=frozenset({A.CLOSE, A.REPRINT}),
                          steps=(*_PAID.steps, *_steps(S.ISSUED))),
        "pay_back": replace(_PAID, phase=P.PAY_BACK, journey=JourneyFact.PAYMENT_FAILED, actions=frozenset({A.PAID_BACK}),
                            steps=(*_PAID.steps, *_steps(S.PAYMENT_FAILED))),
        "done": replace(_PAID, phase=P.DONE, journey=JourneyFact.ISSUED, closed=True, passenger_ref="ABC123",
                        tickets=("738-2400000001",), actions=frozenset({A.REPRINT})),
        "paid_back": replace(_PAID, phase=P.PAID_BACK, money=MoneyFact.PAID_BACK, closed=True, actions=frozenset()),
        "given_up": replace(_USED, phase=P.GIVEN_UP, actions=frozenset(),
                            cases=(BookingCaseKind.VOUCHER_USED_NOT_PAID,)),
    }  # fmt: skip


def open_bookings() -> OpenBookingsChanged:
    """Three that wait."""
    made = bookings()
    rows = tuple(
        OpenBooking(
            f"o{n}", f"HN03-T2-20261121-00015{n}", f"ADCO240101000000{n}", "Gotadi", made[name].title, made[name].phase,
            made[name].due_vnd, MoneyFact.TAKEN, NOW_UTC - timedelta(minutes=30 - 9 * n), made[name].next_ask_utc, (),
        )
        for n, name in enumerate(("held", "waiting", "pay_back"), start=1)
    )  # fmt: skip
    return OpenBookingsChanged(rows, len(rows))
