"""`quay booking …`: pay a booking for a customer who stands there, and look after what is open."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from pos.cli import output
from pos.cli.codes import HELP, told_codes
from pos.cli.folder import open_program, place_arguments
from pos.cli.output import Output
from pos.domain.bill import read_vnd
from pos.domain.booking_payment import JourneyFact, VoucherFact, poll_pause_s, read_booking_number
from pos.domain.errors import ConfigError
from pos.domain.permissions import Action
from pos.till.booking.attend import Attendant
from pos.till.booking.commands import Finding
from pos.till.booking.counter import BookingCounter
from pos.till.booking.desk import BookingDesk
from pos.till.booking.polling import Poller
from pos.till.booking.settle_cases import settle
from pos.till.booking.show import open_row, phase_of
from pos.till.booking.views import BookingAction, BookingPhase, BookingView, OpenBooking, VoucherOutcome
from pos.till.ports import Person

ACTOR = "cli"
_ABOUT = {
    "show": "BOOKING: who, what, price; changes nothing",
    "voucher": "BOOKING CODE: validate a voucher, and with --use use it up",
    "order": "BOOKING: ask for the signed amount due",
    "pay": "BOOKING: the customer has paid --taken đồng; commit once, and ask for the ticket",
    "ask": "BOOKING: ask the issuer what became of it",
    "send": "BOOKING: send commit by hand, where none has left or none has counted",
    "open": "payments that are not over, or that have a case",
    "give-up": "BOOKING: end a payment of which no commit has left",
    "paid-back": "BOOKING: the customer has her money back",
    "close": "BOOKING: the customer has the ticket",
    "settle": "BOOKING: a manager has settled its cases with support; the PIN comes on stdin",
}
_DONE = (BookingPhase.DONE, BookingPhase.ISSUED)
_REFUSED = (
    BookingPhase.NOT_FOUND, BookingPhase.NOT_PAYABLE, BookingPhase.AMOUNT_DIFFERS, BookingPhase.PAY_BACK,
    BookingPhase.PAID_BACK, BookingPhase.GIVEN_UP,
)  # fmt: skip
_UNKNOWN = (
    BookingPhase.VOUCHER_UNKNOWN, BookingPhase.COMMITTING, BookingPhase.WAITING, BookingPhase.HELD,
    BookingPhase.REDEEMING,
)  # fmt: skip
_WAIT_S = 60.0
"""How long `pay` asks before it says that the outcome is not known yet."""


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action, about in _ABOUT.items():
        command = actions.add_parser(action, help=about)
        if action != "open":
            command.add_argument("booking", metavar="BOOKING", help="booking number, or bill number of its payment")
            command.add_argument("--issuer", help="the issuer; needed where bookings of several are paid")
        if action == "voucher":
            command.add_argument("code", metavar="CODE", help=HELP)
            command.add_argument("--use", action="store_true", help="use it up; cannot be undone")
        if action == "pay":
            command.add_argument("--taken", required=True, metavar="VND", help="what the customer has paid, in đồng")
        if action == "settle":
            command.add_argument("--closure", required=True, help="how it was settled; goes into the audit chain")
            findings = [finding.value for finding in Finding]
            command.add_argument("--finding", choices=findings, default="none", help="what support has confirmed")
        place_arguments(command)
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Status 0: issued, or as asked for; 1: refused; 2: set-up, nothing left; 3: not over or not known."""
    pin = sys.stdin.readline().strip() if args.action == "settle" else None
    if args.action == "voucher":
        args.code = told_codes([args.code])[0]
    with open_program(args) as program:
        manager = program.rights.allow(Action.SETTLE_BOOKING, None, pin).answers if pin is not None else None
        return carry_out(program.booking, manager, args, out)


def carry_out(
    desk: BookingDesk,
    manager: Person | None,
    args: argparse.Namespace,
    out: Output,
    *,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """The command on an opened till.

    Args:
        desk: of the till.
        manager: who gave a PIN, where one is asked for.
        args: of the command line.
        out: tells.
        pause: waits so many seconds.
    """
    if args.action == "open":
        return _tell_open(out, desk)
    counter = _counter(desk, args)
    if args.action == "settle" and manager is not None:
        settle(desk, counter.key, manager=manager.name, closure=args.closure, finding=Finding(args.finding))
    else:
        _STEPS[args.action](desk, counter, args, pause)
    return _told(out, counter.view(), args.action)


def _counter(desk: BookingDesk, args: argparse.Namespace) -> BookingCounter:
    """The payment that is open, by bill or booking number; else the booking, looked up."""
    stored = desk.store.payment_of(args.booking)
    if stored is not None:
        return BookingCounter.resume(desk, stored)
    issuer = _issuer(desk, args.issuer)
    number = read_booking_number(args.booking)
    stored = desk.store.open_payment(issuer, number)
    if stored is not None:
        return BookingCounter.resume(desk, stored)
    if args.action not in ("show", "voucher", "order"):
        raise ConfigError("booking.unknown_id")
    counter = BookingCounter(desk, desk.chance.new_id(), issuer, number)
    counter.look_up()
    return counter


def _issuer(desk: BookingDesk, wanted: str | None) -> str:
    if wanted is not None:
        desk.issuer(wanted)
        return wanted
    if not desk.issuers:
        raise ConfigError("booking.no_issuer")
    return next(iter(desk.issuers))


# ---------------------------------------------------------------- steps

Pause = Callable[[float], None]


def _voucher(desk: BookingDesk, counter: BookingCounter, args: argparse.Namespace, pause: Pause) -> None:
    if BookingAction.TRY_VOUCHER in counter.view().actions:
        counter.try_voucher(args.code)
    if args.use and BookingAction.REDEEM in counter.view().actions:
        counter.redeem(ACTOR)
        _wait(desk, counter, lambda: desk.payment(counter.key).state.voucher is VoucherFact.UNKNOWN, pause)


def _order(_: BookingDesk, counter: BookingCounter, __: argparse.Namespace, ___: Pause) -> None:
    if counter.view().phase not in _REFUSED:
        counter.order(ACTOR)


def _pay(desk: BookingDesk, counter: BookingCounter, args: argparse.Namespace, pause: Pause) -> None:
    """What is said to be taken must be what is due: a script that is wrong about the money takes none."""
    view = counter.view()
    if BookingAction.MONEY_TAKEN in view.actions:
        if read_vnd(args.taken) != view.due_vnd:
            raise ConfigError("booking.taken_differs", taken_vnd=read_vnd(args.taken), due_vnd=view.due_vnd)
        counter.money_taken(ACTOR)
    _wait(desk, counter, lambda: desk.payment(counter.key).state.journey is JourneyFact.OPEN, pause)


def _ask(desk: BookingDesk, counter: BookingCounter, _: argparse.Namespace, __: Pause) -> None:
    payment = desk.payment(counter.key)
    if phase_of(payment) in _UNKNOWN:
        counter.ask_now(Poller(desk), Attendant(desk), ACTOR)


def _send(desk: BookingDesk, counter: BookingCounter, _: argparse.Namespace, pause: Pause) -> None:
    counter.send_commit(ACTOR)
    _wait(desk, counter, lambda: desk.payment(counter.key).state.journey is JourneyFact.OPEN, pause)


def _wait(desk: BookingDesk, counter: BookingCounter, unknown: Callable[[], bool], pause: Pause) -> None:
    """Ask by the plan for a minute: the script stands at the counter."""
    poller, attendant = Poller(desk, lambda _: True), Attendant(desk, lambda _: True)
    began_s, asks = desk.clock.mono_s(), 0
    while counter.stored() is not None and unknown() and desk.clock.mono_s() - began_s < _WAIT_S:
        payment = desk.payment(counter.key)
        if payment.state.voucher is VoucherFact.UNKNOWN:
            pause(10.0 if asks else 0.0)
            attendant.attend(payment, ACTOR)
        else:
            pause(poll_pause_s(asks))
            poller.ask(payment, ACTOR)
        asks += 1


_STEPS: dict[str, Callable[[BookingDesk, BookingCounter, argparse.Namespace, Pause], None]] = {
    "show": lambda *_: None,
    "voucher": _voucher,
    "order": _order,
    "pay": _pay,
    "ask": _ask,
    "send": _send,
    "give-up": lambda _, counter, *__: counter.give_up(ACTOR),
    "paid-back": lambda _, counter, *__: counter.paid_back(ACTOR),
    "close": lambda _, counter, *__: counter.close(ACTOR),
}


# ---------------------------------------------------------------- telling


def _tell_open(out: Output, desk: BookingDesk) -> int:
    rows = [open_row(desk, payment) for payment in desk.store.open_payments(1000)]
    if out.as_json:
        out.json([_open_json(row) for row in rows])
    for row in rows:
        _say_line(out, row.number, row.bill_number, row.phase, row.due_vnd)
    return output.OK


def _open_json(row: OpenBooking) -> dict[str, Any]:
    return {
        "booking": row.number,
        "bill_number": row.bill_number,
        "phase": row.phase.value,
        "money": row.money.value,
        "amount_vnd": row.due_vnd,
        "cases": [kind.value for kind in row.cases],
        "next_ask_utc": None if row.next_ask_utc is None else row.next_ask_utc.isoformat(),
    }


def _told(out: Output, view: BookingView, action: str) -> int:
    if view.message is not None:
        out.hint(out.message(view.message))
    if out.as_json:
        out.json(_view_json(view))
    _say_line(out, view.number, view.bill_number, view.phase, view.due_vnd)
    if view.price_vnd is not None and view.shown_vnd is not None:
        out.say("  " + out.words.t("cli.booking_price", price_vnd=view.price_vnd, shown_vnd=view.shown_vnd))
    if view.voucher is not None:
        off_vnd = view.voucher.discount_vnd or 0
        out.say("  " + out.words.t("cli.booking_voucher", ending=view.voucher.ending, discount_vnd=off_vnd))
    if view.tickets:
        out.say("  " + out.words.t("cli.booking_ticket", tickets=", ".join(view.tickets)))
    return _status(view, action)


def _say_line(out: Output, number: str, bill: str, phase: BookingPhase, due_vnd: int | None) -> None:
    word = out.words.t(f"cli.booking_phase.{phase.value}")
    amount = "–" if due_vnd is None else out.words.money(due_vnd)
    out.say(out.words.t("cli.booking_line", number=number, bill=bill or "–", phase=word, amount_vnd=amount))


def _view_json(view: BookingView) -> dict[str, Any]:
    voucher = view.voucher
    return {
        "booking": view.number,
        "bill_number": view.bill_number,
        "phase": view.phase.value,
        "voucher": None
        if voucher is None
        else {"ending": voucher.ending, "outcome": voucher.outcome.value, "discount_vnd": voucher.discount_vnd},
        "money": view.money.value,
        "journey": view.journey.value,
        "price_vnd": view.price_vnd,
        "shown_vnd": view.shown_vnd,
        "signed_vnd": view.signed_vnd,
        "due_vnd": view.due_vnd,
        "closed": view.closed,
        "cases": [kind.value for kind in view.cases],
        "tickets": list(view.tickets),
        "message": None if view.message is None else view.message.code,
    }


def _status(view: BookingView, action: str) -> int:
    """What a script acts on. What it asked for itself (to give up, to pay back) is no refusal."""
    if view.phase in _UNKNOWN:
        return output.UNKNOWN
    asked_for = {"give-up": BookingPhase.GIVEN_UP, "paid-back": BookingPhase.PAID_BACK}.get(action)
    if view.phase is asked_for or view.phase in _DONE:
        return output.OK
    if view.phase in _REFUSED or (view.voucher is not None and view.voucher.outcome is VoucherOutcome.REFUSED):
        return output.REFUSED
    return output.USAGE if view.message is not None or view.phase is BookingPhase.NOT_COMMITTED else output.OK
