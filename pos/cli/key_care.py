"""What `quay keys status|backup|restore|rotate|passphrase` do."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.asking import read_unseen
from pos.cli.folder import asker, data_dir, open_program
from pos.cli.output import Output
from pos.cli.plain import plain
from pos.domain.permissions import Action

if TYPE_CHECKING:
    from pos.bootstrap import Program
    from pos.key_custody import BackedUp

_WAIT_S = 3.0
_STDOUT = Path("-")
_IRREPLACEABLE = ("vinid.giftcode_private_key", "appotapay.private_key", "appotapay.previous_private_keys")


def status(args: argparse.Namespace, out: Output) -> int:
    """Where the keys live and how they are; status 1 if something should be done."""
    from pos.bootstrap import open_folder

    facts = open_folder(data_dir(args), asker(args)).key_facts()
    if out.as_json:
        out.json(plain(facts))
    words = out.words
    out.say(words.t(f"keys.holder.{facts.holder}", name=facts.holder_name))
    if facts.made_on is not None and facts.age_days is not None:
        out.say(words.t("keys.made", day=facts.made_on, count=facts.age_days))
    out.say(words.t("keys.backup_none" if facts.backup_on is None else "keys.backup_on", day=facts.backup_on))
    if facts.ends_on is not None and facts.ends_in_days is not None:
        out.say(words.t("keys.vinid_ends", day=facts.ends_on))
    for trouble in facts.troubles:
        out.say(f"✗ {words.t(f'keys.trouble.{trouble}')}")
    return output.REFUSED if facts.troubles else output.OK


def backup(args: argparse.Namespace, out: Output) -> int:
    """All keys in one file; the code on a sheet, or shown this once."""
    from pos.key_custody import back_up_keys, refuse_inside

    on_paper = args.sheet is not None
    to_file = on_paper and args.sheet != _STDOUT
    if to_file:
        refuse_inside(args.sheet, data_dir(args))
    with open_program(args) as program:
        manager = _manager(program, out, Action.BACK_UP_KEYS)

        def deliver(made: BackedUp) -> None:
            if on_paper:
                _put_sheet(args.sheet, _sheet(program, made, args.out.name, manager, out))

        apart_from = (args.sheet,) if to_file else ()
        made = back_up_keys(program, args.out, manager=manager, deliver=deliver, apart_from=apart_from)
    if out.as_json and args.sheet != _STDOUT:
        shown = {} if on_paper else {"code": made.code.reveal()}
        out.json({"number": made.label.number, "file": args.out.name, "secrets": list(made.names), **shown})
    told = out.hint if args.sheet == _STDOUT else out.say
    told(out.words.t("keys.backed_up", file=args.out.name, number=made.label.number, count=len(made.names)))
    if not on_paper:
        out.say(f"\n    {made.code.reveal()}\n")
        out.say(out.words.t("keys.write_down"))
    elif to_file:
        out.say(out.words.t("keys.sheet_written", file=args.sheet.name))
    return output.OK


def _sheet(program: Program, made: BackedUp, file: str, manager: str, out: Output) -> bytes:
    from pos.reports.recovery_sheet import SheetFacts, sheet
    from pos.till.views import Environment

    settings = program.settings
    name, code = settings.text("store.name"), settings.text("store.code")
    return sheet(
        SheetFacts(
            code=made.code.reveal(),
            number=made.label.number,
            file=file,
            store=f"{name} ({code})" if name else code,
            till=settings.text("till.code"),
            mark="" if settings.environment is Environment.PRODUCTION else settings.environment.value.upper(),
            made_utc=datetime.fromisoformat(made.label.made_utc),
            made_by=manager or "–",
            secrets=made.names,
            irreplaceable=any(name in made.names for name in _IRREPLACEABLE),
        ),
        out.words,
    )


def _put_sheet(path: Path, pdf: bytes) -> None:
    from pos.key_custody import write_new

    if path != _STDOUT:
        write_new(path, pdf)
        return
    sys.stdout.buffer.write(pdf)
    sys.stdout.buffer.flush()


def restore(args: argparse.Namespace, out: Output) -> int:
    """Keys from a backup, into an empty folder or one whose key is gone."""
    from pos.instance_lock import InstanceLock
    from pos.key_custody import look_into, restore_keys
    from pos.security.secret import Secret

    label, raw = look_into(args.file)
    out.hint(out.words.t("keys.wanted_sheet", number=label.number, store=label.store, till=label.till))
    lock = InstanceLock(data_dir(args), wait_s=_WAIT_S)
    try:
        code = Secret(read_unseen(out.words.t("keys.code_prompt")))
        done = restore_keys(data_dir(args), raw, code, asker(args), forgotten=args.forgotten)
    finally:
        lock.release()
    if out.as_json:
        out.json({"number": label.number, "secrets": sorted(done.secrets)})
    out.say(out.words.t("keys.restored", number=label.number, count=len(done.secrets)))
    return output.OK


def rotate(args: argparse.Namespace, out: Output) -> int:
    """A new key under everything. One that was cut off is brought to its end, and no other is begun."""
    from pos.bootstrap import SystemChance, SystemClock, key_store
    from pos.instance_lock import InstanceLock
    from pos.key_rotation import begin_change, settle_keys

    cut_off = "changing" in key_store(data_dir(args)).facts()
    with open_program(args) as program:  # opening it has brought to its end what was cut off
        folder = program.folder
        if not cut_off:
            begin_change(program, manager=_manager(program, out, Action.ROTATE_KEYS), forget_old=args.forget_old)
    if not cut_off:
        lock = InstanceLock(folder.path, wait_s=_WAIT_S)
        try:
            settle_keys(folder, SystemClock(), SystemChance(), progress=_progress(out))
        finally:
            lock.release()
    if out.as_json:
        out.json({"changed": True, "went_on": cut_off})
    out.say(out.words.t("keys.changed"))
    return output.OK


def _progress(out: Output) -> Callable[[int, int], None]:
    told = [0]

    def tell(done: int, total: int) -> None:
        percent = 100 if not total else min(100, done * 100 // total)
        if percent >= told[0] + 10:
            told[0] = percent
            out.hint(f"{percent} %")

    return tell


def passphrase(args: argparse.Namespace, out: Output) -> int:
    """Another passphrase."""
    with open_program(args, choosing=True) as program:
        manager = _manager(program, out, Action.ROTATE_KEYS)
        program.folder.keys.change_passphrase()
        with program.journal.transaction(manager) as tx:
            tx.audit("keys.passphrase_changed", "")
    if out.as_json:
        out.json({"changed": True})
    out.say(out.words.t("keys.passphrase_changed"))
    return output.OK


def _manager(program: Program, out: Output, action: Action) -> str:
    """Whose PIN comes on stdin; nobody's where nobody works yet."""
    if not program.people.everyone():
        return ""
    return program.rights.allow(action, None, read_unseen(out.words.t("keys.pin_prompt"))).person.name
