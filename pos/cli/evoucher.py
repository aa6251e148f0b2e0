"""`quay evoucher check|use|decide|take-back`: vouchers of VinID, asked about and settled as at the counter."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from pos.cli import bill_json, check, output, redeem
from pos.cli.folder import open_program, place_arguments
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.domain.permissions import Action
from pos.till.take_back import TakenBack

if TYPE_CHECKING:
    from pos.bootstrap import Program
    from pos.till.ports import Redemption

ISSUER = "vinid-evoucher"
_STATUS = {
    TakenBack.DONE: output.OK,
    TakenBack.REFUSED: output.REFUSED,
    TakenBack.BY_HAND: output.UNKNOWN,
    TakenBack.OPEN: output.UNKNOWN,
}


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check.arguments(actions.add_parser("check", help="ask VinID about e-vouchers; changes nothing"), name)
    redeem.arguments(actions.add_parser("use", help="use e-vouchers up for a bill, one after the other"), name)
    decide = actions.add_parser("decide", help="a manager decides what VinID cannot tell; PIN on stdin")
    decide.add_argument("verdict", choices=("accept", "reject"), help="accept: the customer has the value")
    decide.add_argument("--customer-left", action="store_true", help="accept now, hand over when the customer is back")
    back = actions.add_parser("take-back", help="make an e-voucher usable again, today only; a manager's PIN on stdin")
    back.add_argument("--no-other-till", action="store_true", help="no other till has taken it meanwhile, for sure")
    for action in (decide, back):
        action.add_argument("--bill-number", required=True, help="the bill it stands on")
        action.add_argument("--ending", metavar="XXXX", help="last 4 characters, where the bill has several")
        action.add_argument("--reason", required=True, help="in a few words, kept for ever")
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Carry one out."""
    if args.action in ("check", "use"):
        args.issuer = ISSUER
        return check.execute(args, out) if args.action == "check" else redeem.execute(args, out)
    pin = sys.stdin.readline().strip()
    with open_program(args) as program:
        wanted = Action.DECIDE_UNDECIDED if args.action == "decide" else Action.TAKE_BACK
        manager = program.rights.allow(wanted, None, pin).answers
        if args.action == "decide":
            row = _row(program, args, program.undecided.waiting(args.bill_number))
            program.undecided.decide(
                row.id,
                accept=args.verdict == "accept",
                manager=manager,
                reason=args.reason,
                here=lambda: not args.customer_left,
            )
            result = bill_json.bill_object(program.journal, args.bill_number)
            redeem.tell(out, result)
            return bill_json.exit_status(result)
        rows = program.journal.redemptions_of(args.bill_number)
        row = _row(program, args, tuple(row for row in rows if row.provider in program.built.refunders))
        end = program.take_back.take_back(row.id, manager=manager, reason=args.reason, no_other_till=args.no_other_till)
    if out.as_json:
        out.json({"bill_number": args.bill_number, "ending": row.ending, "taken_back": end.value})
    out.say(f"••••{row.ending}  {out.words.t(f'taken_back.{end.value}')}")
    return _STATUS[end]


def _row(program: Program, args: argparse.Namespace, rows: tuple[Redemption, ...]) -> Redemption:
    """The one that is meant."""
    meant = [row for row in rows if args.ending in (None, row.ending)]
    if len(meant) != 1:
        code = "evoucher.several" if meant else "evoucher.none"
        raise ConfigError(code, number=args.bill_number, count=len(meant))
    return meant[0]
