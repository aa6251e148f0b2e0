"""`quay people add|list`: who works at this till. PINs are read from stdin, never from the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from pos.cli import output
from pos.cli.folder import open_program
from pos.cli.output import Output
from pos.domain.errors import SecurityError
from pos.till.ports import Role


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="NAME; the PIN (4 to 8 digits) comes on stdin, after the manager's own line")
    add.add_argument("name", metavar="NAME")
    add.add_argument("--role", choices=[role.value for role in Role], default=Role.CASHIER.value)
    actions.add_parser("list", help="everybody who may sign in")
    for action in actions.choices.values():
        action.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="data folder of the till"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Add or list people. After the first manager, only a manager's PIN (first line of stdin) adds anybody."""
    with open_program(args) as program:
        everyone = program.people.everyone()
        if args.action == "list":
            if out.as_json:
                out.json([{"name": person.name, "role": person.role.value} for person in everyone])
            for person in everyone:
                out.say(f"{person.name}  ({out.words.t('role.' + person.role.value)})")
            return output.OK
        actor = args.name
        if everyone:
            actor = program.people.manager_by_pin(sys.stdin.readline().strip()).name
        elif args.role != Role.MANAGER.value:
            raise SecurityError("people.manager_first")
        program.people.add(args.name, Role(args.role), sys.stdin.readline().strip(), actor=actor)
    return output.OK
