"""`quay journal verify|export`: prove the journal sound, or write it out (codes masked)."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from pos.cli import output
from pos.cli.folder import place_arguments, read_journal
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.told_audit import proof_lines

_STDOUT = Path("-")


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser("verify", help="database, audit chain, rows and rules: sound?")
    verify.add_argument(
        "--against", metavar="NUMBER:HASH", help="a link as a Z slip printed it (8 digits of the hash do)"
    )
    export = actions.add_parser("export", help="write bills, redemptions, attempts, audit, cases")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", type=Path, metavar="PATH", default=_STDOUT, help="file (jsonl) or folder (csv)")
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Verify (status 1 if not sound) or export."""
    return _verify(args, out) if args.action == "verify" else _export(args, out)


def _verify(args: argparse.Namespace, out: Output) -> int:
    from pos.till.review.audit import read_mark

    against = None if args.against is None else read_mark(args.against)
    if args.against is not None and against is None:
        raise ConfigError("audit.mark_wrong")
    with read_journal(args) as journal:
        report = journal.verify(against=against)
    sound = not report.faults
    if out.as_json:
        out.json(
            {
                "sound": sound,
                "faults": list(report.faults),
                "redemptions": report.redemptions,
                "audit_rows": report.links,
                "last_hash": report.last_hash,
                "since_utc": report.since_utc,
                "seals": report.seals,
                "breaks": [asdict(each) for each in report.breaks],
                "break_count": report.break_count,
                "rows": [asdict(each) for each in report.row_faults],
                "row_count": report.row_fault_count,
            }
        )
    out.say(out.words.t("journal.sound" if sound else "journal.unsound"))
    out.say(out.words.t("journal.last_link", number=report.links, hash=report.last_hash))
    for fault in proof_lines(out.words, report):
        out.say(f"  {fault}")
    return output.OK if sound else output.REFUSED


def _export(args: argparse.Namespace, out: Output) -> int:
    as_csv, to_stdout = args.format == "csv", args.out == _STDOUT
    if as_csv and to_stdout:
        raise ConfigError("export.folder_missing")
    target = Path("/dev/stdout") if to_stdout else args.out
    try:
        with read_journal(args) as journal:
            rows = journal.export(target, as_csv=as_csv)
    except BrokenPipeError:
        return output.OK  # `… | head` has read enough
    except OSError as error:
        raise ConfigError("setup.not_written", file=str(target)) from error
    if not to_stdout:
        if out.as_json:
            out.json({"rows": rows})
        out.hint(out.words.t("export.done", rows=rows, file=target.name))
    return output.OK
