"""`quay update status|check|get|apply|back`: a newer program, from a folder, a stick or an https address.

All but `status` need the till closed and, as soon as it has a manager, her PIN on stdin's first line.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import data_dir, held_folder, pin_line, place_arguments, plain_settings
from pos.cli.output import Output
from pos.cli.plain import plain
from pos.domain.errors import UpdateError

if TYPE_CHECKING:
    from pos.till.updates import Offer, UpdateView
    from pos.updates.desk import UpdateDesk

_MB = 1_000_000
_TENTH = 10


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("status", help="which version runs, what was found, what stands in the way; reads files only")
    looking = actions.add_parser("check", help="ask whether there is a newer one")
    getting = actions.add_parser("get", help="fetch it and check it; goes on where it was cut off")
    applying = actions.add_parser("apply", help="put the fetched one in place; never in a shift")
    actions.add_parser("back", help="go back to the version before; the journal is `quay rollback`")
    for action in (looking, getting, applying):
        action.add_argument(
            "--from", dest="source", metavar="PLACE", default="",
            help="folder or https address instead of the one that is set (updates.source)",
        )  # fmt: skip
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Carry out one action; status 1 where something was refused or stands in the way."""
    actions = {"status": _status, "check": _check, "get": _get, "apply": _apply, "back": _back}
    try:
        return actions[args.action](args, out)
    except UpdateError as error:
        out.failed(error)
        return output.REFUSED


def _status(args: argparse.Namespace, out: Output) -> int:
    from pos.updates_setup import look_at

    view = look_at(data_dir(args, make=False), plain_settings(args))
    if out.as_json:
        out.json(plain(view))
    for line in _lines(view, out):
        out.say(line)
    return output.OK


def _lines(view: UpdateView, out: Output) -> Iterator[str]:
    words = out.words
    yield words.t("update.installed", version=view.installed)
    yield words.t("update.from", source=view.source or words.t("update.from.none"))
    if view.development:
        yield words.t("update.development")
    if view.looked_utc is not None:
        yield words.t("update.looked", at=words.moment(view.looked_utc))
    if view.offer is not None:
        yield from _offered(view.offer, out)
        yield words.t("update.staged", file=view.file) if view.staged else words.t("update.not_here")
    if view.scheduled_by:
        yield words.t("update.scheduled", who=view.scheduled_by)
    if view.at_end:
        yield words.t("update.at_end")
    if view.refused is not None:
        yield out.message(view.refused)
    if view.applied:
        yield words.t("update.applied", version=view.applied)
    if view.stops is not None:
        stops = view.stops
        yield str(words.message(f"update.{stops.hindrance}", {"profile": stops.profile, "count": stops.unsettled}))
    if view.previous:
        yield words.t("update.previous", version=view.previous)


def _offered(offer: Offer, out: Output) -> Iterator[str]:
    yield out.words.t("update.offered", version=offer.version, size=f"{offer.length / _MB:.1f} MB")
    notes = offer.notes(out.words.language)
    if notes:
        yield notes


@contextmanager
def _desk(args: argparse.Namespace) -> Iterator[tuple[UpdateDesk, str]]:
    """The desk, and in whose name."""
    from pos.domain.permissions import Action
    from pos.updates_setup import build_updates

    with held_folder(args) as held:
        who = held.rights.allow(Action.UPDATE_PROGRAM, None, pin_line()).person.name if held.managed() else ""
        yield build_updates(held, source=getattr(args, "source", "")), who


def _check(args: argparse.Namespace, out: Output) -> int:
    with _desk(args) as (desk, who):
        offer = desk.look(who)
        installed = desk.view().installed
    if out.as_json:
        out.json({"offer": plain(offer)})
    if offer is None:
        out.say(out.words.t("update.nothing_newer", version=installed))
    for line in _offered(offer, out) if offer is not None else ():
        out.say(line)
    return output.OK


def _get(args: argparse.Namespace, out: Output) -> int:
    with _desk(args) as (desk, who):
        offer = desk.fetch(who, _Progress(out))
        file = desk.view().file
    if out.as_json:
        out.json({"offer": plain(offer), "file": file})
    out.say(out.words.t("update.fetched", version=offer.version, file=file))
    return output.OK


class _Progress:
    """Implements `Running`: a line on stderr for each tenth."""

    def __init__(self, out: Output) -> None:
        self._out, self._told = out, 0

    def stopped(self) -> bool:
        return False

    def progress(self, done: int, total: int) -> None:
        tenth = done * _TENTH // total if total else 0
        if tenth > self._told:
            self._told = tenth
            self._out.hint(self._out.words.t("update.progress", done=done // _MB, total=total // _MB))


def _apply(args: argparse.Namespace, out: Output) -> int:
    with _desk(args) as (desk, who):
        version = desk.apply(who)
    if out.as_json:
        out.json({"version": version})
    out.say(out.words.t("update.applied", version=version))
    return output.OK


def _back(args: argparse.Namespace, out: Output) -> int:
    with _desk(args) as (desk, who):
        version = desk.back(who)
    if out.as_json:
        out.json({"version": version})
    out.say(out.words.t("update.went_back", version=version))
    return output.OK
