"""`quay people …`: who works at this till, and what each may do. PINs are read from stdin, never from the command line.

After the first manager exists, the first line of stdin is a manager's PIN; a new PIN is the next line.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import held_folder, must_be_there, pin_line, place_arguments
from pos.cli.output import Output
from pos.domain.errors import ConfigError, SecurityError
from pos.domain.permissions import Action, Role, right_of
from pos.security.names import alike

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder
    from pos.till.ports import Person

_ABOUT = {
    "list": "everybody who may sign in; wrong PINs and waits",
    "rights": "who may do what; changes nothing",
    "add": "NAME; stdin: a manager's PIN (not for the first one), then the new PIN",
    "pin": "NAME; give a new PIN; stdin: a manager's PIN, then the new one",
    "role": "NAME ROLE; stdin: a manager's PIN, then a new PIN for a new manager",
    "retire": "NAME; no longer works here; stdin: a manager's PIN",
    "reset": "NAME; end the wait after wrong PINs; stdin: a manager's PIN",
    "recover": "NAME; a lost manager's PIN; stdin: the code of the recovery sheet (with --sheet), then the new PIN",
}
_MOST_BACKUP_BYTES = 1_000_000


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action, about in _ABOUT.items():
        command = actions.add_parser(action, help=about)
        if action not in ("list", "rights"):
            command.add_argument("name", metavar="NAME")
        if action == "add":
            command.add_argument("--role", choices=[role.value for role in Role], default=Role.CASHIER.value)
        if action == "role":
            command.add_argument("role", choices=[role.value for role in Role])
        if action == "recover":
            ways = command.add_mutually_exclusive_group()
            ways.add_argument("--sheet", metavar="FILE", type=Path, help="the key backup that the sheet belongs to")
            ways.add_argument("--sheet-lost", action="store_true", help="there was a sheet; takes 24 hours")
        place_arguments(command)
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Carry one out. Status 3 of `recover`: asked for, to be asked again after the wait."""
    if args.action == "rights":
        return _rights(out)
    if args.action != "add":
        must_be_there(args)
    with held_folder(args) as held:
        if args.action == "list":
            return _list(held, out)
        if args.action == "recover":
            return _recover(held, args, out)
        if args.action == "add":
            actor = _actor_of_add(held, args)
            held.people.add(args.name, Role(args.role), pin_line(), actor)
        else:
            actor = held.rights.allow(Action.MANAGE_PEOPLE, None, pin_line()).person.name
            _CHANGES[args.action](held, _named(held, args.name), args, actor)
    return output.OK


def _actor_of_add(held: HeldFolder, args: argparse.Namespace) -> str:
    if held.people.everyone():
        return held.rights.allow(Action.MANAGE_PEOPLE, None, pin_line()).person.name
    if args.role != Role.MANAGER.value:
        raise SecurityError("people.manager_first")
    return str(args.name)


def _named(held: HeldFolder, name: str) -> Person:
    for person in held.people.everyone():
        if alike(person.name) == alike(name):
            return person
    raise SecurityError("person.unknown")


def _new_role(held: HeldFolder, person: Person, args: argparse.Namespace, actor: str) -> None:
    role = Role(args.role)
    pin = pin_line() if role is Role.MANAGER and person.role is not role else None
    held.people.set_role(person.id, role, pin, actor)


_CHANGES: Mapping[str, Callable[[HeldFolder, Person, argparse.Namespace, str], None]] = {
    "pin": lambda held, person, _, actor: held.people.set_pin(person.id, pin_line(), actor),
    "role": _new_role,
    "retire": lambda held, person, _, actor: held.people.retire(person.id, actor),
    "reset": lambda held, person, _, actor: held.people.reset_tries(person.id, actor),
}


def _list(held: HeldFolder, out: Output) -> int:
    states = held.people.states()
    if out.as_json:
        out.json([
            {
                "name": state.person.name, "role": state.person.role.value,
                "since": state.since_utc.isoformat(timespec="seconds"),
                "last_in": None if state.last_in_utc is None else state.last_in_utc.isoformat(timespec="seconds"),
                "wrong_pins": state.tries, "wait_s": state.wait_s,
            }
            for state in states
        ])  # fmt: skip
    words = out.words
    for state in states:
        wait = f"  {words.t('people.wait', wait_s=state.wait_s)}" if state.wait_s else ""
        out.say(f"{state.person.name}  ({words.t('role.' + state.person.role.value)}){wait}")
    return output.OK


def _rights(out: Output) -> int:
    if out.as_json:
        out.json({action.value: {role.value: right_of(action, role).value for role in Role} for action in Action})
    for action in Action:
        told = ", ".join(
            f"{out.words.t(f'role.{role.value}')}: {out.words.t(f'right.rights.{right_of(action, role).value}')}"
            for role in Role
        )
        out.say(f"{out.words.t(f'right.{action.value}')} – {told}")
    return output.OK


def _recover(held: HeldFolder, args: argparse.Namespace, out: Output) -> int:
    from pos.lost_pin import LostPin
    from pos.security.secret import Secret

    lost = LostPin(held, getpass.getuser())
    if args.sheet is not None:
        code = Secret(sys.stdin.readline().strip())
        done = lost.with_sheet(args.name, pin_line(), _read(args.sheet), code)
    else:
        done = lost.by_owner(args.name, pin_line(), sheet_lost=args.sheet_lost)
    if out.as_json:
        after = done.after_utc
        out.json({"name": done.person.name, "after": None if after is None else after.isoformat(timespec="seconds")})
    if done.after_utc is not None:
        out.say(out.words.t("people.recover.asked", name=done.person.name, after=done.after_utc))
        return output.UNKNOWN
    out.say(out.words.t("people.recover.done", name=done.person.name))
    return output.OK


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BACKUP_BYTES + 1)
    except OSError as error:
        raise ConfigError("lost_pin.no_file", file=path.name) from error
