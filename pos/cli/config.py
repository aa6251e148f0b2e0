"""`quay config set|get|list`: the settings of a data folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from pos.cli import output
from pos.cli.folder import asker, data_dir
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.settings import SETTINGS, known


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    setting = actions.add_parser("set", help="KEY VALUE, or several pairs; all or none")
    setting.add_argument(
        "pairs", metavar="KEY VALUE", nargs="+", help="a secret's value may be - : read from stdin (PEM: to its end)"
    )
    getting = actions.add_parser("get", help="one value; a secret shows as dots")
    getting.add_argument("key", metavar="KEY")
    actions.add_parser("list", help="every setting with its value and meaning")
    for action in actions.choices.values():
        action.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="data folder of the till"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Read or change settings."""
    from pos.bootstrap import open_folder

    if args.action == "set":
        pairs = _pairs(args.pairs)
        open_folder(data_dir(args), asker(args)).settings.set_many(pairs)
        if out.as_json:
            out.json({"set": sorted(pairs)})
        return output.OK
    settings = open_folder(data_dir(args), asker(args)).settings
    if args.action == "get":
        value = settings.shown(known(args.key).key)
        if out.as_json:
            out.json({args.key: value})
        out.say(str(value).lower() if isinstance(value, bool) else str(value))
        return output.OK
    if out.as_json:
        out.json({setting.key: settings.shown(setting.key) for setting in SETTINGS})
    for setting in SETTINGS:
        out.say(f"{setting.key} = {settings.shown(setting.key)}    # {setting.about}")
    return output.OK


def _pairs(words: list[str]) -> dict[str, str]:
    """`KEY VALUE KEY VALUE …`, or `KEY=VALUE …`."""
    if all("=" in word and word.partition("=")[0].replace("_", "").replace(".", "").isalpha() for word in words):
        pairs = dict(word.split("=", 1) for word in words)
    elif len(words) % 2:
        raise ConfigError("config.pairs")
    else:
        pairs = dict(zip(words[::2], words[1::2], strict=True))
    return {key: _from_stdin(key) if value == "-" else value for key, value in pairs.items()}


def _from_stdin(key: str) -> str:
    """One line; a key with several lines takes all that is left."""
    import sys

    return sys.stdin.read() if known(key).lines else sys.stdin.readline().rstrip("\n")
