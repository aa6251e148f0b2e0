"""`quay version`, `quay --version`: which program this is, what it runs on, and the versions of its parts."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from pos.cli import output
from pos.cli.output import Output
from pos.made_with import engines, parts
from pos.version import build


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """There are none."""
    del parser


def execute(args: argparse.Namespace, out: Output) -> int:
    """Tell it; no data folder is opened or made."""
    del args
    this, runs_on, made_with = build(), engines(), parts()
    if out.as_json:
        out.json({**asdict(this), **asdict(runs_on), "parts": {part.name: part.version for part in made_with}})
    origin = " · ".join(filter(None, (this.commit, this.date)))
    out.say(f"quay {this.version} ({this.package})" + (f"\n{origin}" if origin else ""))
    out.say(f"Python {runs_on.python} · Qt {runs_on.qt or '–'} · SQLite {runs_on.sqlite} · OpenSSL {runs_on.openssl}")
    out.say(", ".join(f"{part.name} {part.version}".strip() for part in made_with))
    return output.OK
