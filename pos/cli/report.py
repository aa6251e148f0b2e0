"""`quay report day|shift|cases|statement|timeline|levels`: what the manager's window shows, for scripts and files.

Read only: beside a running window nothing is disturbed. The desks are the window's own, so the figures are the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from pos.cli import report_actions as actions
from pos.cli.folder import place_arguments
from pos.cli.output import Output

_DAY = """\
JSON: {"report": "day", "shop": {...}, "view": {"query": {...}, "figures": {"redeemed_vnd", "vouchers", "bills",
"at_risk_vnd", "at_risk", "at_risk_oldest_utc", "loss_vnd", "losses", "open_vnd", "open", "taken_back", "sold_vnd",
"sales", "codes", "sales_waiting", "booked_vnd", "bookings", "bookings_waiting", "unprinted", "cases",
"case_oldest_utc", "customer_s"}, "rows": N, "hours": [{"hour", "issuer", "amount_vnd", "count"}], "issuers": [],
"people": [], "unreadable": N}, "last_hash": "..."}. Rows: with --csv. Status 1: part of the journal cannot be read."""
_SHIFT = """\
JSON: {"report": "shift", "x": {"business_date", "shift", "figures": {"bills", "totals": [{"flow", "issuer", "standing",
"count", "pieces", "amount_vnd"}], "cashiers": [], "slips": {}}}, "z": [{"number", "day", "closed_by", "closed_utc",
"figures", "differences", "moved", "papers", "cases", "audit_seq", "audit_hash", "link_hash"}]}, the newest Z first."""
_CASES = """\
JSON: {"report": "cases", "open_count": N, "rows": [{"source", "id", "kind", "bill_number", "ending", "issuer",
"amount_vnd", "reason", "opened_utc", "owner", "closed_utc", "closed_by", "closure"}]}. Status 1: some are open."""
_STATEMENT = """\
The columns are those that were chosen the last time in the window, else what their titles say. Nothing is kept.
JSON: {"report": "statement", "result": {"issuer", "file_name", "sha256", "first_day", "last_day", "lines", "matched",
"ours", "theirs_vnd", "ours_vnd", "counts": [[kind, N]], "differences": [{"kind", "line", "reference", "bill_number",
"ending", "day", "theirs_vnd", "ours_vnd", "note"}]}}. Status 1: there are differences."""
_TIMELINE = """\
JSON: {"report": "timeline", "bill_number": "...", "rows": [{"row": {...}, "facts": [[name, value]], "entries":
[{"at_utc", "kind", "who", "params": [[name, value]], "took_s", "tone"}], "unreadable": N}]}."""
_LEVELS = """\
JSON: {"report": "levels", "days": [{"first", "last", "verdict": {"count", "p50_ms", "p95_ms"}, "customer", "offline_s",
"offline_by_hour", "slips", "slip_failures", "issuers": [{"issuer", "ask", "change", "silent", "ended", "unknown",
"offline_s"}], "findings": [{"kind", "issuer", "amount"}]}], "whole": {...}, "measured_since"}."""

_ACTIONS: dict[str, tuple[Callable[[argparse.Namespace, Output], int], str, str]] = {
    "day": (actions.day, "figures and rows of a day or a range", _DAY),
    "shift": (actions.shift, "the open shift so far (X), and the last closings (Z)", _SHIFT),
    "cases": (actions.cases, "what needs a person", _CASES),
    "statement": (actions.statement, "compare an issuer's settlement file with the journal", _STATEMENT),
    "timeline": (actions.timeline, "everything that happened to a bill, for the issuer's support", _TIMELINE),
    "levels": (actions.levels, "how fast and how well it went, seven days", _LEVELS),
}


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parsers = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, (_run, about, schema) in _ACTIONS.items():
        action = parsers.add_parser(
            name,
            help=about,
            description=about[0].upper() + about[1:] + ".",
            epilog=schema,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _of_action(name, action)
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")
        action.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS, help="language of messages")


def _of_action(name: str, action: argparse.ArgumentParser) -> None:
    if name in ("day", "levels"):
        action.add_argument("--date", metavar="D", help="business date, 2026-11-21 or 21/11/2026; default: today")
    if name == "day":
        action.add_argument("--from", dest="first", metavar="A", help="first business date of a range")
        action.add_argument("--to", dest="last", metavar="B", help="last business date; default: today")
        action.add_argument(
            "--search", default="", metavar="TEXT", help="last 4 characters of a code, or a bill number"
        )
    if name == "shift":
        action.add_argument("--limit", type=int, default=7, metavar="N", help="so many Z reports (default 7)")
    if name == "cases":
        action.add_argument("--closed", action="store_true", help="the closed ones, newest first")
        action.add_argument("--search", default="", metavar="TEXT", help="of the closed ones: bill, ending, who, why")
    if name == "statement":
        action.add_argument("file", metavar="FILE", help="CSV or XLSX")
        action.add_argument("--issuer", required=True, help="stable name, as gotit")
    if name == "timeline":
        action.add_argument("bill", metavar="BILL", help="bill number")
    if name in ("day", "cases", "statement"):
        for form in ("csv", "xlsx", "pdf"):
            action.add_argument(f"--{form}", type=Path, metavar="F", help=f"write it as {form.upper()} to this file")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Run the action."""
    return _ACTIONS[args.action][0](args, out)
