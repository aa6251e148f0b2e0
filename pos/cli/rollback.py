"""`quay rollback`: the data back to the version before the last upgrade, with what was done since.

Alone it says what would happen. `--yes` does it: a manager's PIN on stdin's first line, as soon as there is a manager.
"""

from __future__ import annotations

import argparse
import getpass
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.backup import manager_for
from pos.cli.folder import asker, data_dir
from pos.cli.output import Output
from pos.domain.errors import ConfigError

if TYPE_CHECKING:
    from pos.journal.rollback import RolledBack

_WAIT_S = 3.0
_MOST_NAMED = 50


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--yes", action="store_true", help="do it; without it only what would happen is told")
    parser.add_argument("--reason", default="", help="why, with --yes; goes into the audit chain")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Say what would happen, or do it."""
    from pos.bootstrap import SystemClock, open_folder
    from pos.instance_lock import InstanceLock
    from pos.journal.opening import upgrade_due
    from pos.rollback_setup import program_sentence, put_in_place, rolled_back

    if not (data_dir(args) / "journal.db").exists():
        raise ConfigError("config.no_journal")
    if upgrade_due(data_dir(args) / "journal.db"):
        return _not_upgraded(out)
    by, why = "", args.reason.strip()
    if args.yes:
        if not why:
            raise ConfigError("rollback.reason_missing")
        by = _by(args)
    lock = InstanceLock(data_dir(args), wait_s=_WAIT_S)
    try:
        folder, clock = open_folder(data_dir(args), asker(args)), SystemClock()
        with rolled_back(folder, clock, by=by, why=why) as built:
            _say(built, out)
            if args.yes:
                put_in_place(folder, clock, built, by=by)
    finally:
        lock.release()
    if out.as_json:
        out.json(_object(built, done=args.yes))
    out.say(out.words.t("rollback.done", folder=built.folder.name) if args.yes else out.words.t("rollback.dry"))
    if args.yes:
        out.say(program_sentence(out.words))
    return output.OK


def _not_upgraded(out: Output) -> int:
    from pos.rollback_setup import program_sentence

    if out.as_json:
        out.json({"done": False, "schema": None})
    out.say(out.words.t("rollback.not_upgraded"))
    out.say(program_sentence(out.words))
    return output.OK


def _by(args: argparse.Namespace) -> str:
    """The manager whose PIN it is; where there is none, whoever is logged in at this machine."""
    from pos.journal.migrations import copy_before, known_version

    source = copy_before(data_dir(args) / "journal.db", known_version())
    return manager_for(args, source) or getpass.getuser()


def _say(built: RolledBack, out: Output) -> None:
    words = out.words
    out.say(words.t("rollback.plan", schema=built.schema, older=built.older, copy=built.copy))
    tables = ", ".join(f"{table} {rows}" for table, rows in built.carried.items())
    out.say(
        words.t("rollback.carried", links=built.links, tables=tables) if tables else words.t("rollback.nothing_since")
    )
    for each in built.left_behind:
        bills = ", ".join(each.bills[:_MOST_NAMED]) + (" …" if len(each.bills) > _MOST_NAMED else "")
        out.say(words.t("rollback.left_behind", what=each.what, count=each.rows, bills=bills))
    if built.taken_for_sent:
        out.say(words.t("rollback.taken_for_sent", bills=", ".join(built.taken_for_sent[:_MOST_NAMED])))
    if not built.left_behind:
        out.say(words.t("rollback.nothing_lost"))


def _object(built: RolledBack, *, done: bool) -> dict[str, Any]:
    return {
        "done": done,
        "schema": built.schema,
        "older": built.older,
        "copy": built.copy,
        "links": built.links,
        "carried": built.carried,
        "left_behind": [{"what": each.what, "rows": each.rows, "bills": each.bills} for each in built.left_behind],
        "taken_for_sent": built.taken_for_sent,
        "set_aside": built.folder.name if done else None,
    }
