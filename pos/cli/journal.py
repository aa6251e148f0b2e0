"""`quay journal verify|export`: prove the journal sound, or write it out (codes masked)."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos.cli import output
from pos.cli.folder import read_journal
from pos.cli.output import Output
from pos.domain.errors import ConfigError, JournalUnavailable

_STDOUT = Path("-")


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("verify", help="database, audit chain and rules: sound?")
    export = actions.add_parser("export", help="write bills, redemptions, attempts, audit, cases")
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    export.add_argument("--out", type=Path, metavar="PATH", default=_STDOUT, help="file (jsonl) or folder (csv)")
    for action in actions.choices.values():
        action.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="the till's data folder"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Verify (status 1 if not sound) or export."""
    return _verify(args, out) if args.action == "verify" else _export(args, out)


def _verify(args: argparse.Namespace, out: Output) -> int:
    with read_journal(args) as journal:
        report = journal.verify()
    sound = not report.faults
    if out.as_json:
        out.json(
            {
                "sound": sound,
                "faults": list(report.faults),
                "redemptions": report.redemptions,
                "audit_rows": report.links,
                "last_hash": report.last_hash,
            }
        )
    out.say(out.words.t("journal.sound" if sound else "journal.unsound"))
    for fault in report.faults:
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
        raise JournalUnavailable("journal.io", file=target.name) from error
    if not to_stdout:
        if out.as_json:
            out.json({"rows": rows})
        out.hint(out.words.t("export.done", rows=rows, file=target.name))
    return output.OK
