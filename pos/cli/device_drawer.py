"""`quay devices drawer`: opens the cash drawer by a manager's PIN; who and why is on disk before it moves."""

from __future__ import annotations

import argparse
import sys

from pos.cli import output
from pos.cli.folder import open_program
from pos.cli.output import Output
from pos.domain.drawer import DrawerReason


def execute(args: argparse.Namespace, out: Output) -> int:
    """The PIN is the first line of stdin. Status 0 the pulse was taken, 1 it was not, 3 not known."""
    from pos.running import build_drawer, build_slip_printer
    from pos.till.ports import DrawerEnd

    with open_program(args) as program:
        manager = program.people.manager_by_pin(sys.stdin.readline().strip())
        desk = build_drawer(program, build_slip_printer(program))
        end, why = desk.carry_out(desk.ask(manager, DrawerReason(args.reason), args.note))
    if out.as_json:
        out.json({"drawer": end.value, "reason": why})
    out.say(out.words.t(f"devices.drawer.{end.value}"))
    if why:
        out.hint(why)
    return {DrawerEnd.SENT: output.OK, DrawerEnd.SHUT: output.REFUSED}.get(end, output.UNKNOWN)
