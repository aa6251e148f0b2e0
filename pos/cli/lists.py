"""`quay queue` and `quay bills`: what stands open, and how every bill ended. Read only, beside a running window too."""

from __future__ import annotations

import argparse
from typing import Any

from pos.cli import bill_json, output
from pos.cli.folder import read_journal
from pos.cli.output import Output
from pos.domain.business_date import utc_text
from pos.till.ports import Journal
from pos.till.views import QueueRow


def arguments(parser: argparse.ArgumentParser, command: str) -> None:
    """Declare the arguments."""
    if command == "bills":
        parser.add_argument("--limit", type=int, default=1000, help="at most so many, newest first")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Print the list."""
    with read_journal(args) as journal:
        if args.command == "queue":
            return _queue(journal, out)
        return _bills(journal, out, args.limit)


def _queue(journal: Journal, out: Output) -> int:
    from pos.till.overview import queue_rows

    rows = queue_rows(journal, {})
    if out.as_json:
        out.json([_queue_object(row) for row in rows])
    for row in rows:
        word, tries = out.words.t("status.accepted_offline"), out.words.t("cli.queue_tries", count=row.tries)
        out.say(f"{row.bill_number}  ••••{row.ending}  {out.words.money(row.amount_vnd)}  {word}  {tries}")
    risk = journal.risk()
    out.say(out.words.t("cli.queue_sum", count=risk.count, sum_vnd=risk.sum_vnd))
    return output.OK


def _queue_object(row: QueueRow) -> dict[str, Any]:
    return {
        "bill_number": row.bill_number,
        "ending": row.ending,
        "amount_vnd": row.amount_vnd,
        "accepted_utc": utc_text(row.accepted_utc),
        "tries": row.tries,
        "quarantine": row.quarantine,
    }


def _bills(journal: Journal, out: Output, limit: int) -> int:
    bills = []
    for number in journal.bill_numbers(limit=limit, with_vouchers=True):  # a paid booking must not be told as refused
        bill = bill_json.bill_object(journal, number)
        bill["cases"] = [bill_json.case_object(case) for case in journal.cases_of(number)]
        bills.append(bill)
    if out.as_json:
        out.json(bills)
    for bill in bills:
        out.say(f"{bill['bill_number']}  {out.words.t('outcome.' + bill['outcome'])}")
        for voucher in bill["vouchers"]:
            word = out.words.t("outcome." + voucher["outcome"])
            out.say(f"  ••••{voucher['ending']}  {out.words.money(voucher['amount_vnd'])}  {word}")
    return output.OK
