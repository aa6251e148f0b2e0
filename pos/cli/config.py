"""`quay config set|get|list|describe`: the settings of a data folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from pos.cli import output
from pos.cli.folder import asker, data_dir, held_folder, pin_line, place_arguments
from pos.cli.output import Output
from pos.domain.errors import ConfigError
from pos.settings import SETTINGS, Group, Setting, Settings, Value, known, of_group, words


def arguments(parser: argparse.ArgumentParser, _: str) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    setting = actions.add_parser("set", help="KEY VALUE, or several pairs; all or none")
    setting.add_argument(
        "pairs", metavar="KEY VALUE", nargs="+", help="a secret's value may be - : read from stdin (PEM: to its end)"
    )
    setting.add_argument("--reason", default="", help="why, in a few words: the offline policy is not changed without")
    getting = actions.add_parser("get", help="one value; a secret shows as dots")
    describing = actions.add_parser("describe", help="all there is to know of one setting")
    for action in (getting, describing):
        action.add_argument("key", metavar="KEY")
    listing = actions.add_parser("list", help="every setting with its value and meaning")
    listing.add_argument("--group", metavar="NAME", choices=[group.value for group in Group], help="one group only")
    for action in actions.choices.values():
        place_arguments(action)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Read or change settings."""
    from pos.bootstrap import open_folder

    if args.action == "set":
        return _set(args, out)
    settings = open_folder(data_dir(args), asker(args)).settings
    if args.action == "get":
        value = settings.shown(known(args.key).key)
        if out.as_json:
            out.json({args.key: value})
        out.say(_written(value))
        return output.OK
    if args.action == "describe":
        _describe(settings, known(args.key), out)
        return output.OK
    _list(settings, SETTINGS if args.group is None else of_group(Group(args.group)), out)
    return output.OK


def _set(args: argparse.Namespace, out: Output) -> int:
    """After the first manager, what is hers to change takes her PIN from the first line of stdin, before any secret."""
    texts = _pairs(args.pairs)
    with held_folder(args) as held:
        actor = held.actor(texts, pin_line)
        pairs = {key: _from_stdin(key) if text == "-" else text for key, text in texts.items()}
        changed = held.settings_noted.change(pairs, actor=actor, reason=args.reason)
    if out.as_json:
        out.json({"set": sorted(pairs), "changed": sorted(changed)})
    return output.OK


def _list(settings: Settings, chosen: Sequence[Setting], out: Output) -> None:
    if out.as_json:
        out.json({setting.key: _declaration(settings, setting, out) for setting in chosen})
    group = None
    for setting in chosen:
        if setting.group is not group:
            group = setting.group
            out.say(f"\n# {out.words.t(f'setting.group.{group}')} ({group})")
        out.say(f"{setting.key} = {_written(settings.shown(setting.key))}    # {_line(setting, out)}")


def _written(value: Value) -> str:
    """As it would be set."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _line(setting: Setting, out: Output) -> str:
    parts = (words.label(out.words, setting), words.allowed(out.words, setting))
    return " · ".join(part for part in parts if part)


def _describe(settings: Settings, setting: Setting, out: Output) -> None:
    if out.as_json:
        out.json(_declaration(settings, setting, out))
        return
    tr = out.words
    out.say(f"{setting.key}\n{words.label(tr, setting)}\n{words.meaning(tr, setting)}")
    shown = settings.shown(setting.key)
    out.say(f"{tr.t('setting.is')}: {words.value(tr, setting, shown)}")
    if not setting.secret:
        out.say(f"{tr.t('setting.shipped')}: {words.value(tr, setting, settings.shipped(setting.key))}")
    if words.allowed(tr, setting):
        out.say(f"{tr.t('setting.allowed')}: {words.allowed(tr, setting)}")
    out.say(tr.t(f"setting.who.{setting.who}"))
    out.say(tr.t(f"setting.applies.{setting.applies}"))


def _declaration(settings: Settings, setting: Setting, out: Output) -> dict[str, object]:
    """All that is declared, for programs: what a screen of settings is made from."""
    return {
        "key": setting.key,
        "value": settings.shown(setting.key),
        "default": settings.shipped(setting.key),
        "kind": setting.kind,
        "group": setting.group.value,
        "unit": setting.unit.value,
        "choices": list(setting.choices),
        "low": setting.low if setting.kind == "number" else None,
        "high": setting.high if setting.kind == "number" else None,
        "form": setting.form.value,
        "secret": setting.secret,
        "lines": setting.lines,
        "who": setting.who.value,
        "applies": setting.applies.value,
        "needs_reason": setting.needs_reason,
        "label": words.label(out.words, setting),
        "help": words.meaning(out.words, setting),
    }


def _pairs(texts: list[str]) -> dict[str, str]:
    """`KEY VALUE KEY VALUE …`, or `KEY=VALUE …`."""
    if all("=" in text and text.partition("=")[0].replace("_", "").replace(".", "").isalpha() for text in texts):
        pairs = dict(text.split("=", 1) for text in texts)
    elif len(texts) % 2:
        raise ConfigError("config.pairs")
    else:
        pairs = dict(zip(texts[::2], texts[1::2], strict=True))
    for key in pairs:
        known(key)
    return pairs


def _from_stdin(key: str) -> str:
    """One line; a key with several lines takes all that is left."""
    text = sys.stdin.read() if known(key).lines else sys.stdin.readline().rstrip("\n")
    if not text.strip():  # a line was forgotten; a secret is taken away with "" in the secret's place
        raise ConfigError("setup.secret_missing", key=key, place="stdin")
    return text
