"""`quay backup now|list|verify|restore|rebuild`: copies of the journal, and the way back from a damaged one.

`restore` and `rebuild` take a manager's PIN on stdin's first line, as soon as the till has a manager.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import asker, data_dir, held_folder, open_program, pin_line, place_arguments
from pos.cli.output import Output
from pos.cli.plain import plain
from pos.domain.business_date import local_time
from pos.domain.errors import JournalDamaged, JournalError, JournalUnavailable

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder
    from pos.journal.rebuild import Built
    from pos.till.backups import CopyMade, JournalNotice

_WAIT_S = 3.0
_MB = 1_000_000


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("now", help="make a copy, and check it")
    actions.add_parser("list", help="the copies there are, newest first")
    verify = actions.add_parser("verify", help="read a copy through: pages, sum, audit chain")
    verify.add_argument("name", metavar="NAME", nargs="?", help="as `list` tells it (default: the newest)")
    restore = actions.add_parser("restore", help="put a copy in the journal's place; the old files are set aside")
    restore.add_argument("name", metavar="FILE", help="a name of `list`, or the path of a file")
    restore.add_argument("--with-log", action="store_true", help="take over what the second log holds beyond it")
    rebuild = actions.add_parser("rebuild", help="build a damaged journal anew from copies and the second log")
    rebuild.add_argument("--look", action="store_true", help="only say what can be brought back")
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Carry out one action; status 1 where a copy is bad."""
    actions = {"now": _now, "list": _list, "verify": _verify, "restore": _restore, "rebuild": _rebuild}
    return actions[args.action](args, out)


# ---------------------------------------------------------------- copies


def _now(args: argparse.Namespace, out: Output) -> int:
    from pos.domain.backups import CopyReason

    with open_program(args) as program:
        made = program.backups.make(CopyReason.BY_HAND, "")
        fault = program.backups.view().second_fault
    if out.as_json:
        out.json(plain(made))
    out.say(out.words.t("backup.made", name=made.name))
    if fault is not None:
        out.hint(out.message(fault))
    return output.OK


def _list(args: argparse.Namespace, out: Output) -> int:
    copies = _copies(args)
    if out.as_json:
        out.json([plain(copy) for copy in copies])
    if not copies:
        out.say(out.words.t("backup.list.empty"))
    for copy in copies:
        out.say(
            out.words.t(
                "backup.list.row",
                name=copy.name,
                at=f"{local_time(copy.made_utc):%H:%M %d/%m/%Y}",
                reason=out.words.t(f"backup.reason.{copy.reason}"),
                rows=copy.rows,
                size=f"{copy.bytes / _MB:.1f} MB",
                state=out.words.t("backup.state.good" if copy.verified else "backup.state.bad"),
            )
        )
    return output.OK


def _copies(args: argparse.Namespace) -> tuple[CopyMade, ...]:
    from pos.journal.shelf import FOLDER, Shelf

    shelf = Shelf(data_dir(args) / FOLDER)
    return tuple(shelf.view(entry, None) for entry in reversed(shelf.entries()))


def _verify(args: argparse.Namespace, out: Output) -> int:
    from pos.journal.backup import verified
    from pos.journal.shelf import FOLDER, Shelf

    name = args.name or next((copy.name for copy in _copies(args)), "")
    try:
        found = verified(Shelf(data_dir(args) / FOLDER), name)
    except JournalDamaged as error:
        out.failed(error)
        return output.REFUSED
    if out.as_json:
        out.json(plain(found))
    out.say(out.words.t("backup.verified", name=found.name, links=found.links, hash=found.last_hash))
    return output.OK


# ---------------------------------------------------------------- the way back


def _restore(args: argparse.Namespace, out: Output) -> int:
    from pos.backup_setup import restore
    from pos.bootstrap import SystemClock, open_folder
    from pos.instance_lock import InstanceLock

    source = _source(args)
    manager = manager_for(args, source)
    lock = InstanceLock(data_dir(args), wait_s=_WAIT_S)
    try:
        folder = open_folder(data_dir(args), asker(args))
        notice = restore(folder, SystemClock(), source, manager=manager, with_log=args.with_log)
    finally:
        lock.release()
    if out.as_json:
        out.json(plain(notice))
    out.say(out.words.t("backup.restore.done", name=source.name, folder=notice.set_aside))
    _say_certain(notice, out)
    return output.OK


def _source(args: argparse.Namespace) -> Path:
    from pos.journal.shelf import FOLDER

    for path in (data_dir(args) / FOLDER / Path(args.name).name, Path(args.name)):
        if path.is_file() and (path.name == args.name or path == Path(args.name)):
            return path
    raise JournalUnavailable("backup.missing", name=Path(args.name).name)


def manager_for(args: argparse.Namespace, source: Path) -> str:
    """Whose PIN stands on stdin: asked of the journal, or of the copy where the journal cannot be read.

    A copy of the journal is made first, as far as it can be. Returns "" where the till has no manager.

    Raises:
        SecurityError: as `People.manager_by_pin`.
        PosError: neither can be opened.
    """
    from pos.domain.permissions import Action

    try:
        with held_folder(args) as held:
            managed = held.managed()
            name = held.rights.allow(Action.RESTORE, None, pin_line()).person.name if managed else ""
            _copy_first(held)
            return name
    except JournalError:
        from pos.backup_setup import manager_of
        from pos.bootstrap import SystemChance, SystemClock, open_folder

        folder = open_folder(data_dir(args), asker(args))
        return manager_of(source, folder, SystemClock(), SystemChance(), pin_line())


def _copy_first(held: HeldFolder) -> None:
    from pos.domain.backups import CopyReason
    from pos.journal.backup import Backups

    with suppress(JournalError):  # the files themselves are set aside whole
        Backups(held.journal, held.clock).make(CopyReason.BEFORE_RESTORE, "")


def _rebuild(args: argparse.Namespace, out: Output) -> int:
    from pos.backup_setup import discard, manager_of, rebuild, rebuilder, what_is_wrong
    from pos.bootstrap import SystemChance, SystemClock, open_folder
    from pos.instance_lock import InstanceLock

    lock = InstanceLock(data_dir(args), wait_s=_WAIT_S)
    try:
        folder, clock, chance = open_folder(data_dir(args), asker(args)), SystemClock(), SystemChance()
        what = what_is_wrong(folder, clock, chance)
        if what is None:
            if out.as_json:
                out.json({"damaged": None})
            out.say(out.words.t("backup.rebuild.not_needed"))
            return output.OK
        built = rebuilder(folder, clock).build(what)
        try:
            _say_plan(built, what, out)
            if args.look:
                return output.OK
            decided_by = None
            if not built.certain:
                out.hint(out.words.t("backup.rebuild.doubt"))
                decided_by = manager_of(built.file, folder, clock, chance, pin_line())
        finally:
            discard(built)
        notice = rebuild(folder, clock, what, decided_by=decided_by)
    finally:
        lock.release()
    if out.as_json:
        out.json(plain(notice))
    out.say(out.words.t("backup.rebuild.done", folder=notice.set_aside))
    _say_certain(notice, out)
    return output.OK


def _say_plan(built: Built, what: str, out: Output) -> None:
    key = f"journal.damage.{what}"
    out.hint(
        out.words.t(
            "backup.rebuild.plan",
            what=out.words.t(key) if out.words.has(key) else what,
            links=built.end.seq,
            copy=built.copy or out.words.t("backup.rebuild.from_log"),
            count=built.from_log + built.from_damaged,
        )
    )
    if built.missing:
        out.hint(out.words.t("backup.rebuild.missing", count=len(built.missing), bills=", ".join(built.missing[:50])))


def _say_certain(notice: JournalNotice, out: Output) -> None:
    out.say(out.words.t("backup.restore.certain" if notice.certain else "backup.restore.doubt"))
