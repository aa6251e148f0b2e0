"""`quay redeem`: one bill through the same steps as at the counter. Safe to repeat: a bill is never sent twice."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import TYPE_CHECKING, Any

from pos.cli import bill_json
from pos.cli.codes import HELP, issuer_named, routed, told_codes
from pos.cli.folder import open_program, require_pin
from pos.cli.output import Output
from pos.domain.bill import Bill, merge_skus, read_bill_number, read_sku, read_vnd
from pos.domain.codes import ScanFault, VoucherCode
from pos.domain.errors import ConfigError, JournalError, PosError
from pos.domain.offline_policy import Ground
from pos.domain.permissions import Action
from pos.domain.reasons import Reason
from pos.domain.redemption import Outcome
from pos.till.counter import CounterBill
from pos.till.ports import Journal, Person
from pos.till.views import LineStatus, Phase, Verdict

if TYPE_CHECKING:
    from pos.bootstrap import Program

log = logging.getLogger(__name__)

_OFFLINE = (Reason.OFFLINE, Reason.ASKING_FAILED)


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("codes", metavar="CODE", nargs="+", help=HELP)
    parser.add_argument("--bill-number", required=True, help="bill number, never used for another sale")
    parser.add_argument("--total", required=True, metavar="VND", help="due for the goods, in đồng")
    parser.add_argument("--issuer", metavar="NAME", help="whose vouchers they are; by default as the rules say")
    parser.add_argument("--sku", action="append", default=[], metavar="SKU:QTY:PRICE", help="goods on the bill")
    parser.add_argument("--declared", metavar="VND", help="face value on vouchers that cannot be checked")
    parser.add_argument("--manager-pin-stdin", action="store_true", help="read a manager's PIN from stdin")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Redeem and print how the bill stands."""
    number, total_vnd = read_bill_number(args.bill_number), read_vnd(args.total)
    if total_vnd <= 0:
        raise ConfigError("bill.total_missing")
    skus = merge_skus(read_sku(text) for text in args.sku)
    declared_vnd = read_vnd(args.declared) if args.declared else 0
    pin = sys.stdin.readline().strip() if args.manager_pin_stdin else None
    args.codes = told_codes(args.codes)
    with open_program(args) as program:
        codes = _codes(program, args)
        for issuer in {issuer for _, issuer in codes}:
            require_pin(program, issuer)
        manager = program.rights.allow(Action.ACCEPT_OFFLINE_BEYOND, None, pin).answers if pin is not None else None
        counter = _counter(program, Bill(number, total_vnd, program.clock.now_utc(), skus))
        journal, blocked = program.desk.journal, None
        try:
            blocked = _run(counter, codes, declared_vnd, manager)
        except PosError as error:
            # After a changing call may have left, a fault of the till must not read as "nothing was done".
            if bill_json.bill_object(journal, number)["outcome"] != "unknown":
                raise
            out.hint(out.sentence(error.code, error.params))
        result = bill_json.bill_object(journal, number, counter.drafts())
        if blocked is not None:
            _blame(result, blocked)
        tell(out, result)
        lost_vnd = sum(row.lost_vnd for row in journal.redemptions_of(number) if row.state.given)
        if lost_vnd and not out.as_json:
            out.say(f"  {out.words.t('cli.lost', lost_vnd=lost_vnd)}")
        _mark_shown(journal, number)
    return bill_json.exit_status(result)


def _mark_shown(journal: Journal, number: str) -> None:
    rows = journal.redemptions_of(number)
    fresh = [row.id for row in rows if not row.shown and row.state.outcome in (Outcome.USED, Outcome.REFUSED)]
    if not fresh:
        return
    try:
        with journal.transaction("cli") as tx:
            tx.mark_shown(fresh)
    except JournalError:
        log.warning("the outcome of a bill was told but not marked as told")


def _codes(program: Program, args: argparse.Namespace) -> list[tuple[VoucherCode, str]]:
    if args.issuer:
        issuer_named(program, args.issuer)
    codes: dict[VoucherCode, str] = {}
    for text in args.codes:
        found = routed(program, text, args.issuer)
        if isinstance(found, ScanFault):
            raise ConfigError(f"scan.{found.value}")
        code, issuer = found
        if code in codes:
            raise ConfigError("scan.already_on_bill", ending=code.ending)
        codes[code] = issuer
    return list(codes.items())


def _counter(program: Program, bill: Bill) -> CounterBill:
    """The bill as it stands; a known number goes on where it was left."""
    stored = program.journal.bill(bill.number)
    if stored is None:
        return CounterBill(program.desk, "cli", bill, actor="cli")
    counter = CounterBill.resume(program.desk, "cli", bill.number, actor="cli")
    if (stored.bill.total_vnd, stored.bill.skus) != (bill.total_vnd, bill.skus):
        counter.change_draft(bill.total_vnd, bill.skus)
        _stop_on_fault(counter)
    return counter


def _run(
    counter: CounterBill, codes: list[tuple[VoucherCode, str]], declared_vnd: int, manager: Person | None
) -> Reason | None:
    """Go as far as the bill goes. Returns why the till itself stopped, if it did.

    Raises:
        PosError: set-up; nothing was sent.
    """
    for code, issuer in codes:
        if not counter.has_code(code):
            counter.scan_code(code, issuer)
            _stop_on_fault(counter)
    if counter.refused_drafts():
        counter.record_refusals()
        return None
    if counter.view().phase is Phase.UNKNOWN:
        counter.ask_again()
    if counter.view().phase is Phase.FINISH:
        counter.finish_sale()
    unasked = [line.reason for line in counter.drafts() if line.status is LineStatus.UNCHECKED]
    if any(reason not in _OFFLINE for reason in unasked) or (unasked and counter.view().phase is not Phase.OFFERED):
        return unasked[0]  # of several vouchers none is sent while one could not be asked about
    if counter.view().phase in (Phase.DRAFT, Phase.UNSENT, Phase.HELD):
        _stop_on_worthless(counter)
        counter.confirm(loss_accepted=True)
        if counter.view().phase is Phase.HELD:
            counter.confirm(loss_accepted=True)
        _stop_on_fault(counter)
    if counter.view().phase is Phase.OFFERED:
        return _offline(counter, declared_vnd, manager)
    return None


def _stop_on_worthless(counter: CounterBill) -> None:
    """The window asks before worth is lost. Nobody is asked here: part of a voucher may be lost, not all of it."""
    for line in counter.drafts():
        if line.status is not LineStatus.REFUSED and line.lost_vnd and not line.amount_vnd:
            raise ConfigError("confirm.worth_nothing", ending=line.ending)


def _stop_on_fault(counter: CounterBill) -> None:
    """A fault that concerns the till, not the voucher, ends the command before anything is sent."""
    message = counter.view().message
    if message is not None and not message.code.startswith(("reason.", "scan.already_taken")):
        raise ConfigError(message.code, **dict(message.params))


def _offline(counter: CounterBill, declared_vnd: int, manager: Person | None) -> Reason | None:
    for line in counter.view().lines:
        if line.needs_value and declared_vnd:
            counter.declare(line.id, declared_vnd)
    offer = counter.view().offer
    if offer is None:
        return None
    if offer.verdict is Verdict.REFUSE:
        return Reason.NEEDS_DECLARED_VALUE if Ground.NO_VALUE in offer.grounds else Reason.OFFLINE_REFUSED
    if offer.verdict is Verdict.NEEDS_MANAGER and manager is None:
        return Reason.NEEDS_MANAGER
    _stop_on_worthless(counter)
    counter.accept_offline(manager)
    _stop_on_fault(counter)
    return None


def _blame(result: dict[str, Any], reason: Reason) -> None:
    for voucher in result["vouchers"]:
        if (
            voucher["outcome"] == "unsent"
            and not voucher["given"]
            and voucher["reason"] in (None, "offline", "asking_failed")
        ):
            voucher["reason"] = reason.value


def tell(out: Output, result: dict[str, Any]) -> None:
    """A bill in words, or as JSON."""
    if out.as_json:
        out.json(result)
        return
    out.say(f"{result['bill_number']}: {out.words.t('outcome.' + result['outcome'])}")
    for voucher in result["vouchers"]:
        reason = voucher["reason"]
        why = f" – {out.words.t(f'reason.{reason}.what')} {out.words.t(f'reason.{reason}.do')}" if reason else ""
        word = out.words.t("outcome." + voucher["outcome"])
        out.say(f"  ••••{voucher['ending']}  {out.words.money(voucher['amount_vnd'])}  {word}{why}")
    if result["transaction_id"]:
        out.say(f"  {out.words.t('slip.transaction', id=result['transaction_id'])}")
