"""`quay unsettled`: what no till of this user has settled yet. Asks for no PIN, key or window, and changes nothing.

A package that is being removed runs it, so that nobody takes a till away with other people's money in it unknowingly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pos.cli import output
from pos.cli.folder import data_dir, profiles
from pos.cli.output import Output
from pos.domain.errors import ConfigError, PosError
from pos.journal.unsettled import Unsettled, unsettled_at
from pos.profiles import NAMES

_PLAY_MONEY = "training"


def arguments(_: argparse.ArgumentParser, __: str) -> None:
    """There are none of its own."""


def execute(args: argparse.Namespace, out: Output) -> int:
    """Name every row. Status 0: nothing is open; 3: an outcome is unknown; 4: another row is open; 2: not readable."""
    found: list[Unsettled] = []
    shown: list[dict[str, Any]] = []
    unread = False
    for folder in _tills(args):
        try:
            rows = unsettled_at(folder / "journal.db")
        except PosError as error:
            unread = True
            out.hint(out.words.t("unsettled.unread", folder=str(folder)))
            out.hint(out.sentence(error.code, error.params))
            continue
        found += rows
        shown += [_object(folder, row) for row in rows]
        if rows:
            out.say(out.words.t("unsettled.till", folder=str(folder), count=len(rows)))
        for row in rows:
            told = out.words.t(f"unsettled.{row.why}")
            out.say(f"  {row.bill_number}  ••••{row.ending}  {out.words.money(row.amount_vnd)}  {told}")
    if out.as_json:
        out.json(shown)
    return _status(found, unread=unread)


def _tills(args: argparse.Namespace) -> Iterator[Path]:
    """The till that was named; else every one of this user but training's, whose money is play."""
    if getattr(args, "data", None) is not None or getattr(args, "profile", None) is not None:
        folders = [data_dir(args, make=False)]
        if not (folders[0] / "journal.db").exists():  # a slip of the pen must not look like a till that owes nothing
            raise ConfigError("config.no_journal")
    else:
        root = profiles().root
        folders = [root, *(root / name for name in NAMES if name != _PLAY_MONEY)]
    return (folder for folder in folders if (folder / "journal.db").exists())


def _object(folder: Path, row: Unsettled) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "bill_number": row.bill_number,
        "ending": row.ending,
        "amount_vnd": row.amount_vnd,
        "why": row.why,
    }


def _status(found: list[Unsettled], *, unread: bool) -> int:
    if any(row.why == "unknown" for row in found):
        return output.UNKNOWN
    if found:
        return output.ACCEPTED_OFFLINE
    return output.USAGE if unread else output.OK
