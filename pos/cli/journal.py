"""`quay journal verify|export`: prove the journal sound, or write it out (codes masked)."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos.cli import output
from pos.cli.folder import read_journal
from pos.cli.output import Output


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("verify", help="database, audit chain and rules: sound?")
    export = actions.add_parser("export", help="write bills, redemptions, attempts, audit, cases")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument(
        "--out", type=Path, metavar="PATH", help="file (jsonl) or folder (csv); default: stdout, jsonl only"
    )
    for action in actions.choices.values():
        action.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="data folder of the till"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Verify (status 1 if not sound) or export."""
    if args.action == "verify":
        return _verify(args, out)
    from pos.journal.export import export_csv, export_jsonl

    with read_journal(args) as journal:
        if args.format == "csv":
            export_csv(journal, args.out or Path())
        else:
            export_jsonl(journal, args.out)
    return output.OK


def _verify(args: argparse.Namespace, out: Output) -> int:
    with read_journal(args) as journal:
        report = journal.verify()
    sound = not report.faults
    if out.as_json:
        out.json(
            {
                "sound": sound,
                "faults": list(report.faults),
                "audit_rows": report.audit_rows,
                "last_hash": report.last_hash,
            }
        )
    out.say(out.words.t("journal.sound" if sound else "journal.unsound"))
    for fault in report.faults:
        out.say(f"  {fault}")
    return output.OK if sound else output.REFUSED
