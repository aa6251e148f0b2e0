"""`quay devices drawer`: open the cash drawer with a manager's right, written down before it moves."""

from __future__ import annotations

import argparse
import sys

from pos.cli import output
from pos.cli.device_list import trouble_word
from pos.cli.folder import open_program
from pos.cli.output import Output
from pos.domain.drawer import DrawerReason
from pos.till.drawer import TOO_LATE
from pos.till.ports import DrawerEnd

_STATUS = {DrawerEnd.SENT: output.OK, DrawerEnd.SHUT: output.REFUSED, DrawerEnd.DOUBTFUL: output.UNKNOWN}


def execute(args: argparse.Namespace, out: Output) -> int:
    """Open it; the PIN is the first line of stdin.

    Status 0: the printer took the pulse, 1: the drawer stayed shut, 3: not known.
    """
    from pos.running import build_drawer, build_slip_printer

    # Nobody is signed in here, so it takes a manager's PIN also where cashiers may open the drawer.
    pin = sys.stdin.readline().strip()
    with open_program(args) as program:
        desk = build_drawer(program, build_slip_printer(program, drawer_pin=args.pin))
        opening = desk.ask(None, DrawerReason(args.reason), args.note, manager_pin=pin)
        end, why = desk.carry_out(opening)
    if out.as_json:
        out.json({"end": end.value, "why": why, "actor": opening.actor, "reason": args.reason})
    if end is DrawerEnd.SENT:
        out.say(out.words.t("devices.drawer.sent", actor=opening.actor))
    else:
        word = out.words.t("drawer.why.too_late") if why == TOO_LATE else trouble_word(out, why or "device.failed")
        out.say(out.sentence(f"drawer.{end.value}", {"why": word}))
    return _STATUS[end]
