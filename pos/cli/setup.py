"""`quay setup --from FILE`: a till set up without a screen; `--export FILE`: the set-up for the next, no secret."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.folder import asker, data_dir, profiles
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.settings import known, words

if TYPE_CHECKING:
    from pos.bootstrap import HeldFolder
    from pos.setup.from_file import Line, Plan, SetupRefused
    from pos.setup.trials import TrialResult

_STDIO = Path("-")
_WAIT_S = 3.0


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument(
        "--from", dest="source", type=Path, metavar="FILE",
        help="set this till up as the file says; a second time it changes nothing",
    )  # fmt: skip
    way.add_argument("--export", type=Path, metavar="FILE", help="write this till's set-up without secrets; - : stdout")
    parser.add_argument("--till", metavar="CODE", default="", help="with --from: this till's own till.code")
    parser.add_argument("--no-trials", action="store_true", help="do not ask the issuers whether the keys work")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Set up or export. Status 0: as the file says; 1: set up, but a trial failed; 2: refused, nothing was changed."""
    from pos.setup.from_file import SetupRefused

    if args.export is not None:
        return _export(args, out)
    try:
        return _set_up(args, out)
    except SetupRefused as refused:
        return _refused(refused, out)


def _refused(refused: SetupRefused, out: Output) -> int:
    said = [(fault.code, out.words.message(fault.code, dict(fault.params))) for fault in refused.faults]
    told = [
        (code, f"{sentence.what} {sentence.do}") for code, sentence in said
    ]  # what is safe is said once, at the end
    if out.as_json:
        out.json({"error": refused.code, "faults": [{"error": code, "message": text} for code, text in told]})
    for _, text in told:
        out.hint(f"✗ {text}")
    out.hint(out.sentence(refused.code, refused.params))
    return output.USAGE


def _set_up(args: argparse.Namespace, out: Output) -> int:
    from pos.bootstrap import HeldFolder
    from pos.setup.from_file import SecretReader, carry_out, look_through, read_plan

    try:
        plan = read_plan(args.source.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ConfigError("setup.no_file", file=str(args.source)) from None
    if args.till:
        plan.settings["till.code"] = args.till
    folder = _folder(args, plan, make=False)
    looked = look_through(plan, folder, SecretReader(args.source.parent, sys.stdin.readline))
    for warning in looked.warnings:
        out.hint(f"! {out.message(warning)}")
    folder = _folder(args, plan, make=True)
    held = HeldFolder(folder, wait_s=_WAIT_S, ask=asker(args))
    try:
        lines = carry_out(looked, held)
        trials = [] if args.no_trials else _tried(held)
    finally:
        held.close()
    _tell(lines, trials, folder, out)
    return output.OK if all(trial.works for trial in trials) else output.REFUSED


def _folder(args: argparse.Namespace, plan: Plan, *, make: bool) -> Path:
    """Where it goes: `--data`, else the profile of the file or of `--profile`, which is then the one that is meant."""
    from pos.profiles import mark_folder

    asked: str = getattr(args, "profile", None) or ""
    if asked and plan.profile and asked != plan.profile:
        raise ConfigError("setup.other_profile", asked=asked, profile=plan.profile)
    given: Path | None = getattr(args, "data", None)
    name = plan.profile or asked
    if given is None and name:
        return profiles().use(name) if make else profiles().folder(name)
    folder = data_dir(args, make=make)
    if given is not None and make and plan.profile and not (folder / "settings.json").exists():
        mark_folder(folder, plan.profile)
    return folder


def _tried(held: HeldFolder) -> list[TrialResult]:
    from pos.setup.trials import ISSUERS, IssuerTrial, begun

    wanted = [name for name in ISSUERS if begun(name, held.settings)]
    return [IssuerTrial(name, held.settings, held.clock).run() for name in wanted]


def _tell(lines: tuple[Line, ...], trials: list[TrialResult], folder: Path, out: Output) -> None:
    from pos.setup.from_file import Outcome

    changed = sum(line.outcome is not Outcome.KEPT for line in lines)
    if out.as_json:
        out.json(
            {
                "folder": str(folder),
                "changed": changed,
                "lines": [{"what": line.what, "name": line.name, "outcome": line.outcome.value} for line in lines],
                "trials": [
                    {
                        "what": trial.what,
                        "works": trial.works,
                        "sort": trial.sort.value,
                        "message": out.message(trial.message),
                    }
                    for trial in trials
                ],
            }
        )
    for line in lines:
        name = line.name if line.what == "person" else f"{words.label(out.words, known(line.name))} ({line.name})"
        out.say(f"{'=' if line.outcome is Outcome.KEPT else '✓'} {name}: {out.words.t(f'setup.line.{line.outcome}')}")
    for trial in trials:
        out.say(f"{'✓' if trial.works else '✗'} {out.message(trial.message)}")
    out.say(out.words.t("setup.done" if changed else "setup.nothing_new", count=changed, folder=str(folder)))


def _export(args: argparse.Namespace, out: Output) -> int:
    """What stands in the file is no secret, but it says how the shop works: for its owner's eyes only."""
    from pos.bootstrap import HeldFolder
    from pos.durable import replace_file
    from pos.setup.to_file import write_plan

    folder = data_dir(args)
    if not (folder / "settings.json").exists():
        raise ConfigError("setup.nothing_to_export")
    held = HeldFolder(folder, wait_s=_WAIT_S, ask=asker(args))
    try:
        text = write_plan(held.settings, held.people.everyone(), out.words)
    finally:
        held.close()
    if args.export == _STDIO:
        print(text, end="")
        return output.OK
    try:
        replace_file(args.export, text.encode())
    except OSError:
        raise ConfigError("setup.not_written", file=str(args.export)) from None
    if out.as_json:
        out.json({"file": str(args.export)})
    out.say(out.words.t("setup.exported", file=str(args.export)))
    return output.OK
