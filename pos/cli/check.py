"""`quay check CODE…`: ask the issuer; changes nothing."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.codes import HELP, issuer_named, routed, told_codes
from pos.cli.folder import open_program, require_pin
from pos.cli.output import Output
from pos.domain.bill import Bill, merge_skus, read_bill_number, read_sku, read_vnd
from pos.domain.codes import ScanFault
from pos.domain.errors import NotSent, OutcomeUnknown, SetupFault
from pos.domain.voucher import NotUsable, Usable
from pos.till.counter import CounterBill
from pos.till.lines import Line

if TYPE_CHECKING:
    from pos.bootstrap import Program


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("codes", metavar="CODE", nargs="+", help=HELP)
    parser.add_argument("--bill-number", default="CHECK", help="bill the vouchers are meant for")
    parser.add_argument("--total", default="0", metavar="VND", help="bill total in đồng")
    parser.add_argument("--issuer", metavar="NAME", help="whose vouchers they are; by default as the rules say")
    parser.add_argument("--sku", action="append", default=[], metavar="SKU:QTY:PRICE", help="goods on the bill")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Check every code; the worst verdict is the exit status."""
    codes = told_codes(args.codes)
    with open_program(args) as program:
        if args.issuer:
            issuer_named(program, args.issuer)
        bill = Bill(
            read_bill_number(args.bill_number),
            read_vnd(args.total),
            program.clock.now_utc(),
            merge_skus(read_sku(text) for text in args.sku),
        )
        counter = CounterBill(program.desk, "cli", bill, actor="cli")
        results = [_one(program, counter, text, args.issuer) for text in codes]
    status = max(result.pop("status") for result in results)
    if out.as_json:
        out.json({"vouchers": results})
    for result in results:
        out.say(_sentence(out, result))
    return int(status)


def _one(program: Program, counter: CounterBill, text: str, issuer: str | None) -> dict[str, Any]:
    found = routed(program, text, issuer)
    if isinstance(found, ScanFault):
        return _result(text.strip()[-4:], "refused", output.REFUSED, reason="bad_scan", detail=found.value)
    code, issuer = found
    require_pin(program, issuer)
    line = counter.check_only(code, issuer)
    answer = line.answer
    if isinstance(answer, Usable):
        return _result(code.ending, "usable", output.OK, amount_vnd=answer.worth_vnd)
    if isinstance(answer, NotUsable):
        return _result(code.ending, "refused", output.REFUSED, reason=answer.reason.value)
    return _unasked(line)


def _unasked(line: Line) -> dict[str, Any]:
    """Offline or no answer: nobody knows; a till that is set up wrongly is another matter."""
    fault = line.fault
    if isinstance(fault, SetupFault):
        raise fault
    word = "offline" if isinstance(fault, NotSent) else "unknown" if isinstance(fault, OutcomeUnknown) else "throttled"
    return _result(line.code.ending, word, output.UNKNOWN, reason=fault.code if fault else None)


def _result(ending: str, verdict: str, status: int, **more: object) -> dict[str, Any]:
    return {"ending": ending, "verdict": verdict, "amount_vnd": None, "reason": None, **more, "status": status}


def _sentence(out: Output, result: dict[str, Any]) -> str:
    head = f"••••{result['ending']}  "
    if result["verdict"] == "usable":
        return head + out.words.t("status.usable") + "  " + out.words.money(result["amount_vnd"])
    if result["reason"] and out.words.has(f"reason.{result['reason']}.what"):
        return (
            head + out.words.t(f"reason.{result['reason']}.what") + " " + out.words.t(f"reason.{result['reason']}.do")
        )
    return head + out.sentence(result["reason"] or "unknown_code", {})
