"""What each `quay report` action asks and says. Every sum is the desk's own."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.output import Output
from pos.cli.plain import plain
from pos.cli.report_desks import Desks, Terminal, open_desks, read_day, wanted_files, write_files
from pos.domain.errors import ConfigError, JournalError, ReportError
from pos.till.review.day_views import DayView, Query

if TYPE_CHECKING:
    from pos.domain.level_counts import Spread
    from pos.reports.model import Cell, Column
    from pos.till.review.closing import Figures
    from pos.till.review.level_views import Levels
    from pos.till.review.timeline_views import Timeline


def _shop(desks: Desks) -> dict[str, Any]:
    shop: dict[str, Any] = plain(desks.shop)
    return {**shop, "labels": dict(desks.shop.labels)}


def _written(out: Output, files: Sequence[Path]) -> None:
    for file in files:
        out.hint(out.words.t("export.file_written", file=file.name))


# ---------------------------------------------------------------- day


def day(args: argparse.Namespace, out: Output) -> int:
    """Figures, hours and files of a day or a range."""
    with open_desks(args, out.words) as desks:
        desk = desks.day()
        query = replace(_dates(args, desk.today()), text=args.search)
        running = Terminal()
        exports = desks.exports(desk)
        for path, form in wanted_files(args):
            exports.export(query, path, form, running)
        running.end()
        view, last_hash, shop = desk.view(query, Terminal()), desks.made().last_hash, _shop(desks)
    if out.as_json:
        out.json({"report": "day", "shop": shop, "view": plain(view), "last_hash": last_hash})
    _say_day(view, out)
    _written(out, [path for path, _ in wanted_files(args)])
    if view.unreadable:
        out.hint(out.words.t("report.unreadable", count=view.unreadable))
    return output.REFUSED if view.unreadable else output.OK


def _dates(args: argparse.Namespace, today: Any) -> Query:  # noqa: ANN401 - a date
    if args.date is not None:
        if args.first is not None or args.last is not None:
            raise ReportError("report.two_dates")
        one = read_day(args.date)
        return Query(one, one)
    last = today if args.last is None else read_day(args.last)
    first = last if args.first is None else read_day(args.first)
    if first > last:
        raise ReportError("report.dates_reversed")
    return Query(first, last)


def _say_day(view: DayView, out: Output) -> None:
    tr, query, figures = out.words, view.query, view.figures
    key = "report.day.title" if query.first == query.last else "report.day.title_range"
    out.say(tr.t(key, day=query.first, last=query.last))
    for name, text, note in (
        ("redeemed", tr.money(figures.redeemed_vnd), {"vouchers": figures.vouchers, "bills": figures.bills}),
        ("at_risk", tr.money(figures.at_risk_vnd), {"vouchers": figures.at_risk}),
        ("loss", tr.money(figures.loss_vnd), {"vouchers": figures.losses}),
        ("open", tr.money(figures.open_vnd), {"vouchers": figures.open}),
        ("sold", tr.money(figures.sold_vnd), {"codes": figures.codes, "waiting": figures.sales_waiting}),
        ("booked", tr.money(figures.booked_vnd), {"bookings": figures.bookings, "waiting": figures.bookings_waiting}),
        ("unprinted", str(figures.unprinted), {}),
        ("cases", str(figures.cases), {}),
    ):
        out.say(f"  {tr.t(f'report.figure.{name}')}: {text}  ({tr.t(f'report.figure.{name}.note', **note)})")


# ---------------------------------------------------------------- shift


def shift(args: argparse.Namespace, out: Output) -> int:
    """X and the last Z reports."""
    with open_desks(args, out.words) as desks:
        closing = desks.closing()
        x, closed = closing.x_report(), closing.z_reports(max(0, args.limit))
    if out.as_json:
        out.json({"report": "shift", "x": plain(x), "z": plain(closed)})
    tr = out.words
    open_shift = x.shift
    out.say(
        tr.t("report.cli.x_none")
        if open_shift is None
        else tr.t("report.cli.x", who=open_shift.opened_by, at=open_shift.opened_utc)
    )
    out.say(f"  {_sums(x.figures, out)}")
    for z in closed:
        told = tr.t(
            "report.cli.closed", number=z.number, day=z.day, who=z.closed_by, at=z.closed_utc, count=len(z.differences)
        )
        out.say(told)
        out.say(f"  {_sums(z.figures, out)}")
    if not closed:
        out.say(tr.t("report.cli.no_z"))
    return output.OK


def _sums(figures: Figures, out: Output) -> str:
    return out.words.t(
        "report.cli.shift_sums",
        bills=figures.bills,
        vouchers_vnd=sum(one.vouchers_vnd for one in figures.cashiers),
        sold_vnd=sum(one.sold_vnd for one in figures.cashiers),
        booked_vnd=sum(one.booked_vnd for one in figures.cashiers),
    )


# ---------------------------------------------------------------- cases


def cases(args: argparse.Namespace, out: Output) -> int:
    """The inbox. Status 1: something is open."""
    from pos.reports.lists import cases_report

    with open_desks(args, out.words) as desks:
        inbox = desks.cases().inbox(closed=args.closed, text=args.search)
        made = desks.made()
    report = cases_report(inbox, made, out.words)
    if out.as_json:
        out.json({"report": "cases", "open_count": inbox.open_count, "rows": plain(inbox.rows)})
    for row in report.table.rows:
        what, _, issuer, bill, ending, amount_vnd = row[:6]
        amount = out.words.money(amount_vnd) if isinstance(amount_vnd, int) else ""
        out.say("  ".join(str(part) for part in (what, bill, ending, issuer, amount, row[7]) if part))
    if not inbox.rows:
        out.say(out.words.t("report.cli.cases_none"))
    _written(out, write_files(args, lambda: report))
    return output.REFUSED if inbox.open_count else output.OK


# ---------------------------------------------------------------- statement


def statement(args: argparse.Namespace, out: Output) -> int:
    """Compare a file; nothing is kept. Status 1: there are differences."""
    from pos.reports.lists import statement_report

    running = Terminal()
    with open_desks(args, out.words) as desks:
        desk = desks.statements()
        result = desk.compare(desk.preview(args.issuer, args.file), running)
        made = desks.made()
    running.end()
    if out.as_json:
        out.json({"report": "statement", "result": plain(result)})
    report = statement_report(result, made, out.words)
    for row in report.table.rows if len(result.differences) <= 1000 else ():
        said = (_cell(out, column, part) for column, part in zip(report.table.columns, row, strict=True))
        out.say("  ".join(part for part in said if part))
    out.say(out.words.t("report.cli.differs", matched=result.matched, count=len(result.differences)))
    _written(out, write_files(args, lambda: report))
    return output.REFUSED if result.differences else output.OK


def _cell(out: Output, column: Column, part: Cell) -> str:
    from pos.reports.model import Kind

    if column.kind is Kind.MONEY and isinstance(part, int):
        return out.words.money(part)
    return "" if part is None else str(part)


# ---------------------------------------------------------------- timeline


def timeline(args: argparse.Namespace, out: Output) -> int:
    """Everything about the rows of one bill."""
    with open_desks(args, out.words) as desks:
        stored = desks.journal.bill(args.bill) or desks.journal.bill(unicodedata.normalize("NFC", args.bill))
        if stored is None:
            raise ConfigError("report.no_such_bill", bill=args.bill[:40])
        desk, number = desks.day(), stored.bill.number
        query = Query(stored.business_date, stored.business_date, text=number)
        found = [row for row in desk.rows(query, 0, 1000, Terminal()).rows if row.bill_number in (number, "")]
        told = [line for row in reversed(found) if (line := _timeline(desks, row.kind, row.id)) is not None]
    if out.as_json:
        out.json({"report": "timeline", "bill_number": args.bill, "rows": plain(told)})
    else:
        from pos.ui.manager.timeline.presenter import support_text

        for one in told:
            out.say(support_text(out.words, one))
    unreadable = sum(one.unreadable for one in told)
    if unreadable:
        out.hint(out.words.t("report.unreadable", count=unreadable))
    return output.REFUSED if unreadable else output.OK


def _timeline(desks: Desks, kind: Any, row_id: str) -> Timeline | None:  # noqa: ANN401 - RowKind
    try:
        return desks.day().timeline(kind, row_id)
    except JournalError as error:
        if error.code == "journal.no_such_row":
            return None
        raise


# ---------------------------------------------------------------- levels


def levels(args: argparse.Namespace, out: Output) -> int:
    """Seven days of service levels."""
    with open_desks(args, out.words) as desks:
        last = desks.day().today() if args.date is None else read_day(args.date)
        week = desks.levels().week(last)
    if out.as_json:
        out.json({"report": "levels", **plain(week)})
    for one in (*week.days, week.whole):
        out.say(_levels(one, out))
    return output.OK


def _levels(one: Levels, out: Output) -> str:
    tr = out.words
    return tr.t(
        "report.cli.levels",
        day=tr.date(one.first) if one.first == one.last else f"{tr.date(one.first)}–{tr.date(one.last)}",
        verdict=_spread(one.verdict, out),
        customer=_spread(one.customer, out),
        unknown=one.unknown,
        ended=one.ended,
        offline_s=one.offline_s,
        slip_failures=one.slip_failures,
        slips=one.slips,
    )


def _spread(spread: Spread | None, out: Output) -> str:
    if spread is None:
        return out.words.t("report.cli.nothing")
    p95 = f"{spread.p95_ms / 1000:.1f} s"
    return out.words.t(
        "report.cli.spread", count=spread.count, p95=p95.replace(".", ",") if out.words.language == "vi" else p95
    )
