"""`quay day`: see what has to agree, count papers, close the date, look at X and Z, hand the till over.

Whoever decides gives a manager's PIN as the first line of stdin; for `shift` the outgoing person's name is an argument
and the incoming person's PIN comes on stdin.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import open_program, place_arguments
from pos.cli.output import Output
from pos.cli.report_desks import read_day
from pos.domain.errors import ConfigError
from pos.domain.permissions import Action
from pos.till.review.closing import ClosingView, PaperCount, PrintEnd, ReportPrinted, XReport, ZReport
from pos.till.review.closing_text import plain

if TYPE_CHECKING:
    from pos.bootstrap import Program
    from pos.till.review.closing_desk import ClosingDesk

_STATUS = {
    PrintEnd.PRINTED: output.OK,
    PrintEnd.SENT: output.OK,
    PrintEnd.NOT_PRINTED: output.REFUSED,
    PrintEnd.DOUBTFUL: output.UNKNOWN,
}


class _Unhurried:
    """A command is waited for to its end."""

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        """Nobody watches."""


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("view", help="what has to agree before the date is closed")
    count = actions.add_parser("count", help="ISSUER COUNT; keep how many voucher papers there are; PIN on stdin")
    count.add_argument("issuer", metavar="ISSUER")
    count.add_argument("count", metavar="COUNT", type=int)
    close = actions.add_parser("close", help="close the date for good (Z); a manager's PIN on stdin")
    close.add_argument("--leave", action="store_true", help="what does not agree becomes cases in your name")
    close.add_argument("--print", action="store_true", help="print its slip")
    for action in (actions.choices["view"], count, close):
        action.add_argument("--date", metavar="D", help="2026-11-21 or 21/11/2026; default: today's date")
    x = actions.add_parser("x", help="the open shift so far; changes nothing")
    x.add_argument("--print", action="store_true", help="print its slip")
    z = actions.add_parser("z", help="a closed date, the newest or NUMBER")
    z.add_argument("number", metavar="NUMBER", type=int, nargs="?")
    z.add_argument("--print", action="store_true", help="print its slip again")
    shift = actions.add_parser("shift", help="who has the till; --from A --to B hands it over, B's PIN on stdin")
    shift.add_argument("--from", metavar="NAME", dest="outgoing")
    shift.add_argument("--to", metavar="NAME", dest="incoming")
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Status 0: done; of `view`, 1: something does not agree; of a slip, 1: not printed, 3: perhaps printed."""
    if getattr(args, "date", None) is not None:
        args.date = read_day(args.date)
    with open_program(args) as program:
        desk = _desk(program)
        status: int = _ACTIONS[args.action](program, desk, args, out)
    return status


def _desk(program: Program) -> ClosingDesk:
    from pos.closing_setup import build_closing
    from pos.running import build_slip_printer

    return build_closing(program, build_slip_printer(program), lambda errand: errand())


def _manager(program: Program) -> str:
    return program.rights.allow(Action.CLOSE_DAY, None, sys.stdin.readline().strip()).person.name


def _view(_: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    view = desk.view(_Unhurried(), args.date)
    if out.as_json:
        out.json(plain(view))
    _say_view(view, out)
    return output.OK if view.to_zero else output.REFUSED


def _say_view(view: ClosingView, out: Output) -> None:
    words = out.words
    out.say(words.t("day.head", day=view.day, count=view.figures.bills))
    if view.closed is not None:
        out.say(words.t("day.closed", number=view.closed.number, who=view.closed.closed_by, at=view.closed.closed_utc))
    for row in view.rows:
        one = row.difference
        ending = f"••••{one.ending}  " if one.ending else ""
        kind, doing = words.t(f"difference.{one.kind.value}"), words.t(f"doing.{row.doing.value}")
        out.say(f"  {one.bill_number}  {ending}{words.money(one.amount_vnd)}  {kind} – {doing}")
    for slip in view.slips:
        kind = words.t(f"difference.{slip.difference.kind.value}")
        out.say(f"  {slip.difference.bill_number}  {kind}" + (f" – {words.t('doing.case')}" if slip.case else ""))
    for paper in view.papers:
        _say_paper(paper, out)
    out.say(words.t("day.left", count=len(view.differences)) if view.differences else words.t("zslip.zero"))


def _say_paper(paper: PaperCount, out: Output) -> None:
    words, key = out.words, f"provider.{paper.issuer}"
    issuer = words.t(key) if words.has(key) else paper.issuer
    counted = words.t("zslip.not_counted") if paper.counted is None else str(paper.counted)
    out.say(words.t("day.papers", issuer=issuer, expected=paper.expected, counted=counted))


def _count(program: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    if args.issuer not in {*program.built.vouchers, *program.built.bookings}:
        raise ConfigError("day.no_such_issuer", issuer=args.issuer)
    count = desk.count_papers(args.issuer, args.count, _manager(program), args.date)
    if out.as_json:
        out.json(plain(count))
    _say_paper(count, out)
    return output.OK if count.counted == count.expected else output.REFUSED


def _close(program: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    day = args.date or desk.view(_Unhurried()).today
    report = desk.close(day, _manager(program), leave_as_cases=args.leave)
    return _tell_z(report, desk, args, out)


def _z(_: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    newest = desk.z_reports(1)
    if args.number is None and not newest:
        raise ConfigError("day.no_such_z", number=1)
    report = newest[0] if args.number is None else desk.z_report(args.number)
    return _tell_z(report, desk, args, out)


def _tell_z(report: ZReport, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    from pos.receipts.report_slip import lines_of, z_slip

    if out.as_json:
        out.json(plain(report))
    out.say("\n".join(lines_of(z_slip(report, out.words))))
    return _printed(lambda told: desk.print_z(report.number, told), out) if args.print else output.OK


def _x(_: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    from pos.receipts.report_slip import lines_of, x_slip

    report: XReport = desk.x_report()
    if out.as_json:
        out.json(plain(report))
    out.say("\n".join(lines_of(x_slip(report, out.words))))
    return _printed(desk.print_x, out) if args.print else output.OK


def _printed(put: Callable[[Callable[[ReportPrinted], None]], None], out: Output) -> int:
    told: list[ReportPrinted] = []
    put(told.append)
    end = told[0]
    out.hint(out.words.t(f"day.print.{end.end.value}"))
    return _STATUS[end.end]


def _shift(program: Program, desk: ClosingDesk, args: argparse.Namespace, out: Output) -> int:
    if (args.outgoing is None) != (args.incoming is None):
        raise ConfigError("shift.both_names")
    shift = desk.shift()
    if args.incoming is not None:
        everyone = {person.name: person for person in program.people.everyone()}
        for name in (args.outgoing, args.incoming):
            if name not in everyone:
                raise ConfigError("shift.no_such_person", name=name)
        shift = desk.hand_over(args.outgoing, everyone[args.incoming].id, sys.stdin.readline().strip())
    if out.as_json:
        out.json(None if shift is None else plain(shift))
    if shift is None:
        out.say(out.words.t("zslip.no_shift"))
    else:
        since = out.words.moment(shift.opened_utc)
        out.say(out.words.t("zslip.shift", number=shift.id, who=shift.opened_by, since=since))
    return output.OK


_ACTIONS = {"view": _view, "count": _count, "close": _close, "x": _x, "z": _z, "shift": _shift}
