"""`quay profile list|use NAME`: production, sandbox and training, each a till of its own."""

from __future__ import annotations

import argparse

from pos.cli import output
from pos.cli.folder import profiles
from pos.cli.output import Output
from pos.profiles import NAMES


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="every profile, which one is meant when nobody says, and where its data lie")
    using = actions.add_parser("use", help="mean this one from now on; its data folder is made if it is missing")
    using.add_argument("name", metavar="NAME", choices=NAMES)
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """List the profiles or choose one."""
    known = profiles()
    if args.action == "use":
        folder = known.use(args.name)
        if out.as_json:
            out.json({"profile": args.name, "folder": str(folder)})
        out.say(out.words.t("profile.used", name=_label(out, args.name), folder=str(folder)))
        return output.OK
    current = known.current()
    rows = [(name, name == current, known.made(name), str(known.folder(name))) for name in NAMES]
    if out.as_json:
        out.json([{"profile": name, "current": now, "made": made, "folder": at} for name, now, made, at in rows])
    for name, now, made, at in rows:
        state = out.words.t("profile.state.made" if made else "profile.state.none")
        out.say(f"{'*' if now else ' '} {name:<11} {_label(out, name)} · {state} · {at}")
    return output.OK


def _label(out: Output, name: str) -> str:
    return out.words.t(f"profile.{name}")
