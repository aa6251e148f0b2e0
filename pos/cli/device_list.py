"""`quay devices list`: what is plugged in, under which address, and what this user lacks to open it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.output import Output

if TYPE_CHECKING:
    from hardware.discovery import BackEnd, FoundDevice, Looked


def execute(args: argparse.Namespace, out: Output) -> int:
    """Look and list."""
    return list_devices(out)


def list_devices(out: Output, back_ends: Sequence[BackEnd] | None = None) -> int:
    """List what the back ends find; status 1 when one of them failed, so that the list may lack something.

    Args:
        out: where to.
        back_ends: who looks; None: all of this system.
    """
    from hardware.discovery import LOOK_S, discover

    looked = discover(back_ends, LOOK_S)
    if out.as_json:
        out.json({
            "devices": [_device(out, each.back_end, found) for each in looked for found in each.devices],
            "back_ends": [_back_end(each) for each in looked],
        })  # fmt: skip
    for each in looked:
        for found in each.devices:
            _say(out, found)
    if not any(each.devices for each in looked):
        out.say(out.words.t("devices.nothing"))
    for each in looked:
        if each.trouble:
            key = "devices.absent" if each.absent else "devices.not_looked"
            why = trouble_word(out, each.trouble)
            out.say(out.words.t(key, back_end=each.back_end, why=why, detail=each.detail))
    out.say(out.words.t("devices.not_listed"))
    return output.REFUSED if any(each.trouble and not each.absent for each in looked) else output.OK


def trouble_word(out: Output, code: str) -> str:
    """A few words for the code of a device error, or for what a printer does not say."""
    longer = f"devices.why.{code}"
    return out.words.t(longer if out.words.has(longer) else "device." + code.partition(".")[2])


def _say(out: Output, found: FoundDevice) -> None:
    kind = out.words.t(f"devices.kind.{found.kind.value}")
    mark = "✗" if found.trouble else "✓"
    out.say(f"{mark} {found.addresses[0]}  {kind}" + (f"  {found.label}" if found.label else ""))
    if len(found.addresses) > 1:
        out.say("    " + out.words.t("devices.also", addresses=", ".join(found.addresses[1:])))
    if found.trouble:
        out.say(f"    {trouble_word(out, found.trouble)}. {_advice(out, found)}")


def _advice(out: Output, found: FoundDevice) -> str:
    if found.hint is not None:
        return out.words.t(found.hint.code, **found.hint.params)
    return out.words.message(found.trouble).do


def _device(out: Output, back_end: str, found: FoundDevice) -> dict[str, Any]:
    return {
        "address": found.addresses[0],
        "also": list(found.addresses[1:]),
        "kind": found.kind.value,
        "label": found.label,
        "back_end": back_end,
        "may_open": not found.trouble,
        "trouble": found.trouble or None,
        "hint": None if found.hint is None else {"code": found.hint.code, **found.hint.params},
        "advice": _advice(out, found) if found.trouble else None,
    }


def _back_end(looked: Looked) -> dict[str, Any]:
    return {
        "name": looked.back_end,
        "looked": not looked.trouble,
        "trouble": looked.trouble or None,
        "detail": looked.detail or None,
        "absent": looked.absent,
    }
