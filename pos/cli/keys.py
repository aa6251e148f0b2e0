"""`quay keys …`: where the keys live, their backup and its sheet, putting them back, changing them.

`quay keys check --seller NAME` tells what each padding makes of one sealed code, masked, before the first live sale.
The sealed text comes on stdin, as the issuer sent it. Nothing is asked of anybody and nothing is kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import asker, data_dir
from pos.cli.output import Output

if TYPE_CHECKING:
    from pos.settings import Settings

_KEYS = {
    "appotapay": ("appotapay.private_key", "appotapay.previous_private_keys", "appotapay.padding"),
    "vinid": ("vinid.giftcode_private_key", "", "vinid.giftcode_padding"),
}


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    checking = actions.add_parser("check", help="the sealed code on stdin; says, masked, what each padding yields")
    checking.add_argument("--seller", choices=sorted(_KEYS), required=True, help="whose code it is")
    actions.add_parser("status", help="where the key lives, its age, its backup, what should be done about it")
    backup = actions.add_parser(
        "backup", help="all keys in one file, and the code that opens it; a manager's PIN on stdin"
    )
    backup.add_argument("--out", metavar="FILE", type=Path, required=True, help="a new file, outside the data folder")
    backup.add_argument(
        "--sheet",
        metavar="PDF",
        type=Path,
        help="the recovery sheet; - for stdout, into a printer; else the code is shown",
    )
    restoring = actions.add_parser("restore", help="keys from a backup; the code of the sheet on stdin")
    restoring.add_argument("file", metavar="FILE", type=Path)
    restoring.add_argument("--forgotten", action="store_true", help="the passphrase is forgotten: choose another one")
    rotating = actions.add_parser(
        "rotate", help="a new key under everything, or go on with it; a manager's PIN on stdin"
    )
    rotating.add_argument("--forget-old", action="store_true", help="copies of before are not to be read any more")
    actions.add_parser("passphrase", help="another passphrase; a manager's PIN on stdin")
    for action in actions.choices.values():
        action.add_argument(
            "--data", metavar="DIR", type=Path, default=argparse.SUPPRESS, help="data folder of the till"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """One of them."""
    if args.action == "check":
        return _check(args, out)
    from pos.cli import key_care

    does = {
        "status": key_care.status,
        "backup": key_care.backup,
        "restore": key_care.restore,
        "rotate": key_care.rotate,
        "passphrase": key_care.passphrase,
    }
    return does[args.action](args, out)


def _check(args: argparse.Namespace, out: Output) -> int:
    """Status 0 if the padding that is set opens it, 1 if another one or none does."""
    from pos.bootstrap import open_folder
    from pos.providers.sealed import CodeOpener, Masked, Padding

    settings = open_folder(data_dir(args), asker(args)).settings
    current, previous, padding_key = _KEYS[args.seller]
    chosen = Padding(settings.text(padding_key))
    opener = CodeOpener(settings.text(current), _previous(settings, previous), chosen)
    found = opener.preview(sys.stdin.read(_MOST))
    shown = {
        padding.value: {"length": seen.length, "ending": seen.ending} if isinstance(seen, Masked) else seen.value
        for padding, seen in found.items()
    }
    if out.as_json:
        out.json({"seller": args.seller, "padding": chosen.value, "yields": shown})
    for padding, seen in found.items():
        mark = "→" if padding is chosen else " "
        if isinstance(seen, Masked):
            told = out.words.t("keys.opened", length=seen.length, ending=seen.ending)
        else:
            told = out.words.t(f"keys.{seen.value}")
        out.say(f"{mark} {padding.value}: {told}")
    return output.OK if isinstance(found[chosen], Masked) else output.REFUSED


_MOST = 10_000
"""Characters of a sealed text: one block is 344 or 512."""


def _previous(settings: Settings, key: str) -> tuple[str, ...]:
    from pos.providers.registry import split_pems

    return split_pems(settings.text(key)) if key else ()
