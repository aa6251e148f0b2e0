"""`quay doctor`: is everything set up and sound? Each line says what was looked at, what was found, and what to do.

`quay doctor verify` lists what the contracts with the issuers leave open, and notes in a manager's name what she has
seen to be true.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import asker, data_dir, held_folder, pin_line, place_arguments
from pos.cli.output import Output

if TYPE_CHECKING:
    from pos.checkup.assumptions import Standing
    from pos.checkup.findings import Finding
    from pos.checkup.subject import Subject
    from pos.security.asking import Asker

_SIGNS = {"bad": "✗", "warn": "!", "note": "·", "ok": "✓"}


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    parser.add_argument("--offline", action="store_true", help="do not connect to the issuers")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    verifying = actions.add_parser(
        "verify", help="NAME: note that it was seen to be true; a manager's PIN on stdin. Without NAME: the list"
    )
    verifying.add_argument("name", metavar="NAME", nargs="?")
    place_arguments(verifying)
    verifying.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Look at everything; status 2 if anything is red. Or see to what is not verified."""
    if args.action == "verify":
        return _verify(args, out) if args.name else _list(args, out)
    subject = _subject(args, asker(args), online=not args.offline)
    try:
        findings = _findings(subject)
    finally:
        subject.close()
    return _tell(findings, out)


def _subject(args: argparse.Namespace, ask: Asker, *, online: bool) -> Subject:
    from pos.bootstrap import SystemClock, open_folder
    from pos.checkup.subject import Subject

    return Subject(open_folder(data_dir(args), ask), SystemClock(), online=online)


def _findings(subject: Subject) -> tuple[Finding, ...]:
    from pos.checkup.engine import examine
    from pos.checkup.looks import LOOKS

    return examine(subject, LOOKS)


def _tell(findings: tuple[Finding, ...], out: Output) -> int:
    from pos.checkup.findings import Level, tell, worst

    rows = []
    for finding in findings:
        told = tell(out.words, finding)
        ok = finding.level is not Level.BAD
        rows.append(
            {"what": finding.what, "level": finding.level.value, "ok": ok, "code": finding.said.code,
             "note": told.said, "next": told.next or None}
        )  # fmt: skip
        out.say(f"{_SIGNS[finding.level]} {told.label}: {told.said}")
        if told.next:
            out.say(f"    → {told.next}")
    if out.as_json:
        out.json(rows)
    return output.USAGE if worst(findings) is Level.BAD else output.OK


def _list(args: argparse.Namespace, out: Output) -> int:
    from pos.checkup.assumptions import KEPT, standings

    subject = _subject(args, asker(args), online=False)
    try:
        kept = subject.journal().kept(KEPT) if subject.has_journal else None
        known = standings(subject.settings, kept)
    finally:
        subject.close()
    if out.as_json:
        out.json([_row(each, out) for each in known])
    for each in known:
        out.say(f"{'✓' if each.verified else '·'} {each.assumption.name} ({each.assumption.section})")
        out.say(f"    {out.words.t(f'assumption.{each.assumption.name}')}")
        if each.on is not None:
            out.say(f"    {out.words.t('assumption.by', by=each.by, on=each.on)}")
    return output.OK


def _row(each: Standing, out: Output) -> dict[str, object]:
    return {
        "name": each.assumption.name,
        "section": each.assumption.section,
        "settings": list(each.assumption.settings),
        "said": out.words.t(f"assumption.{each.assumption.name}"),
        "verified_by": each.by or None,
        "verified_on": each.on.isoformat() if each.on else None,
    }


def _verify(args: argparse.Namespace, out: Output) -> int:
    from pos.checkup.assumptions import verify
    from pos.domain.business_date import local_date
    from pos.domain.permissions import Action

    with held_folder(args) as held:
        manager = held.rights.allow(Action.CHANGE_SETTINGS, None, pin_line()).person.name
        today = local_date(held.clock.now_utc())
        verify(held.journal, held.settings, args.name, manager=manager, today=today)
    if out.as_json:
        out.json({"verified": args.name, "by": manager})
    out.say(out.words.t("assumption.by", by=manager, on=today))
    return output.OK
