"""Arguments in, exit status out. Each command's work stands in a module of its own, imported when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from pos.cli.folder import data_dir, place_arguments
from pos.cli.output import UNKNOWN, USAGE, Output
from pos.domain.errors import PosError
from pos.i18n import Translator

_COMMANDS = {
    "run": ("pos.cli.window", "open the till's window"),
    "demo": ("pos.cli.demo", "training mode: sandbox issuer, virtual scanner and printer; without a display, the tour"),
    "sandbox": ("pos.cli.sandbox", "the stand-in issuer on loopback"),
    "check": ("pos.cli.check", "ask the issuer about vouchers; changes nothing"),
    "redeem": ("pos.cli.redeem", "check vouchers and mark them used for a bill"),
    "sell": ("pos.cli.sell", "sell an issuer's codes: buy, ask, show, look after open sales"),
    "stock": ("pos.cli.sell", "what is left of an issuer's codes and of the shop's account"),
    "evoucher": ("pos.cli.evoucher", "e-vouchers: check, use, decide what nobody can tell, take back"),
    "keys": (
        "pos.cli.keys",
        "the till's keys: status, backup with a recovery sheet, restore, a new one; padding of bought codes",
    ),
    "booking": ("pos.cli.booking", "pay a travel booking, and look after what is open"),
    "settle": ("pos.cli.settle", "settle what is not at rest: queue, inquiries, releases"),
    "queue": ("pos.cli.lists", "what was accepted offline and is not settled"),
    "unsettled": ("pos.cli.unsettled", "what no till of this user has settled yet; needs no key, PIN or window"),
    "bills": ("pos.cli.lists", "bills with their vouchers and cases, newest first"),
    "report": ("pos.cli.report", "the manager's reports: day, shift, cases, statement, timeline, levels; as files too"),
    "day": ("pos.cli.day", "the day: what has to agree, count papers, close it (Z), the shift so far (X), hand over"),
    "journal": ("pos.cli.journal", "verify or export the journal"),
    "backup": ("pos.cli.backup", "copies of the journal: make, list, verify, restore; rebuild a damaged journal"),
    "rollback": ("pos.cli.rollback", "go back to the version before the last upgrade: what would happen, and --yes"),
    "config": ("pos.cli.config", "settings: set, get, list, describe"),
    "setup": ("pos.cli.setup", "set a till up from a file, or write its set-up into one"),
    "profile": ("pos.cli.profile", "production, sandbox or training: which till this is"),
    "people": ("pos.cli.people", "who works at this till"),
    "devices": ("pos.cli.devices", "scanners, printers and the drawer: find, try, simulate"),
    "doctor": ("pos.cli.doctor", "is everything set up and sound?"),
    "version": ("pos.cli.version", "which program this is: version, commit, package, what it runs on and is made with"),
    "update": ("pos.cli.update", "a newer program: look, fetch, put in place, go back"),
}


class _Parser(argparse.ArgumentParser):
    """Tells usage faults on stderr and ends with status 2, in JSON too when asked."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _shared(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    place_arguments(parser)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")
    parser.add_argument(
        "--lang", choices=("vi", "en"), default=argparse.SUPPRESS, help="language of messages (default: as set, vi)"
    )
    return parser


def _parser(only: str | None) -> argparse.ArgumentParser:
    parser = _shared(
        _Parser(
            prog="quay",
            description="Quầy Voucher: check vouchers, mark them used, settle what was taken offline.",
            epilog="Exit status: 0 usable/used, 1 refused, 2 usage or set-up, 3 outcome unknown or cut off in the "
            "middle, 4 accepted offline.",
        )
    )
    parser.add_argument("--version", action="store_true", help="the same as the command version")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for name, (module, about) in _COMMANDS.items():
        command = _shared(
            commands.add_parser(
                name, help=about, description=about[0].upper() + about[1:] + ("" if about.endswith("?") else ".")
            )
        )
        if only in (None, name):
            importlib.import_module(module).arguments(command, name)
    return parser


def _wanted(argv: Sequence[str]) -> str | None:
    """The subcommand, so that only its module is imported; None when it must be told from a list (help, a slip)."""
    values = {index + 1 for index, word in enumerate(argv) if word in ("--data", "--profile", "--lang")}
    return next((word for index, word in enumerate(argv) if word in _COMMANDS and index not in values), None)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status; never shows a stack trace for what can be expected to go wrong.

    Args:
        argv: the arguments; None: this process's own. Only then the process is ours, and is guarded: no core dump, no
            reader of its memory, files for their owner only.
    """
    if argv is None:
        from pos.security.process_guard import secure

        secure()
        _speak_utf8()
        argv = sys.argv[1:]
    wanted = _wanted(argv)
    if wanted is None:
        argv = ["version" if word == "--version" else word for word in argv]
        wanted = _wanted(argv)
    args = _parser(wanted or "").parse_args(argv)
    output = Output(
        as_json=getattr(args, "json", False),
        words=Translator(getattr(args, "lang", None) or _language(args)),
    )
    return _carried_out(args, output)


def _speak_utf8() -> None:
    """Whatever the locale or a pipe on Windows is set to: a name that it cannot spell must not end a command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None: closed by whoever started us
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _carried_out(args: argparse.Namespace, output: Output) -> int:
    """A command that was cut off may have done all its work: "refused" and "nothing was done" would both be wrong."""
    module = importlib.import_module(_COMMANDS[args.command][0])
    try:
        try:
            status: int = module.execute(args, output)
        except PosError as error:
            status = output.failed(error)
    except BrokenPipeError:  # whoever read has read enough
        status = UNKNOWN
    except KeyboardInterrupt:
        _tell_cut_off(output)
        status = UNKNOWN
    except Exception:  # noqa: BLE001 – a bug, or a full disk under stdout; told by its place
        sys.excepthook(*sys.exc_info())
        _tell_cut_off(output)
        status = UNKNOWN
    return status


def _tell_cut_off(output: Output) -> None:
    with suppress(OSError):
        output.hint(output.sentence("cli.cut_off", {}))


def _language(args: argparse.Namespace) -> str:
    """The language set in the data folder, read without opening or making anything else."""
    from pos.sound_json import read_json

    try:
        settings = read_json((data_dir(args, make=False) / "settings.json").read_text("utf-8"))
        return str(settings.get("ui.language", "vi"))
    except (OSError, ValueError, AttributeError, PosError):
        return "vi"


if __name__ == "__main__":
    sys.exit(main())
