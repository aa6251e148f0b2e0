"""The screens of the scanner and the printer: which one, and a trial a person can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pos.i18n import Translator
from pos.setup.device_trials import ScannerTrial, found_devices
from pos.setup.trials import Stage
from pos.ui.first_run.flow import Flow
from pos.ui.first_run.pages_keys import result_part
from pos.ui.first_run.parts import (
    Choice,
    FieldKind,
    FieldPart,
    Page,
    Part,
    Press,
    Presses,
    Result,
    Say,
    Tile,
    Tiles,
)
from pos.ui.theme import Tone
from pos.ui.words import say_message

if TYPE_CHECKING:
    from hardware.discovery import FoundDevice

KEYBOARD = "keyboard"
_MOST_SHOWN = 5


def scanner_page(tr: Translator, flow: Flow) -> Page:
    """A keyboard scanner needs nothing; others have an address."""
    address = flow.facts.values.get("scanner.address", "")
    tiles = [
        Tile(KEYBOARD, tr.t("first_run.scanner.keyboard"), tr.t("first_run.scanner.keyboard.about"), "F1", not address)
    ]
    tiles += _found(tr, flow, "scanner", address)
    parts: list[Part] = [
        result_part(tr, flow, "scanner"),
        Tiles("scanner", tuple(tiles)),
        _looking(tr, flow, "scanner"),
        _address(tr, flow, "scanner.address", "first_run.scanner.address"),
    ]
    busy = "scanner" in flow.running
    presses = [Press("try", tr.t("first_run.scanner.try"), "F5", primary=True, enabled=not busy)]
    presses.append(Press("stop", tr.t("first_run.stop"), "Esc") if busy else _again(tr, flow, "scanner"))
    return Page(
        "scanner",
        tr.t("first_run.scanner.title"),
        tr.t("first_run.scanner.hint"),
        tuple(parts),
        doing=Presses("scanner_do", tuple(presses)),
    )


def printer_page(tr: Translator, flow: Flow) -> Page:
    """Any printer that is found, or an address; then a page that a person reads."""
    values = flow.facts.values
    address = values.get("printer.address", "")
    if flow.trials.get("printer") is Stage.WAITING:
        return _reading(tr)
    parts: list[Part] = [result_part(tr, flow, "printer")]
    parts += [
        Tiles("printer", tuple(_found(tr, flow, "printer", address))),
        _looking(tr, flow, "printer"),
        _address(tr, flow, "printer.address", "first_run.printer.address"),
        Choice(
            "printer.paper_mm",
            tr.t("first_run.printer.paper"),
            tuple((mm, f"{mm} mm") for mm in ("80", "58")),
            values.get("printer.paper_mm", "80"),
        ),
    ]
    busy = flow.trials.get("printer") is Stage.ASKING
    may = bool(address or flow.drafts.get("printer.address")) and not busy
    presses = (
        Press("try", tr.t("first_run.printer.try"), "F5", primary=True, enabled=may), _again(tr, flow, "printer"),
    )  # fmt: skip
    return Page(
        "printer",
        tr.t("first_run.printer.title"),
        tr.t("first_run.printer.hint"),
        tuple(parts),
        doing=Presses("printer_do", presses),
    )


def _reading(tr: Translator) -> Page:
    """The one question that only a person can answer."""
    presses = (
        Press("yes", tr.t("first_run.printer.yes"), "F6", primary=True),
        Press("no", tr.t("first_run.printer.no"), "F7"),
    )
    parts: tuple[Part, ...] = (
        Say(tr.t("first_run.printer.line")),
        Say(LETTERS, loud=True),
    )
    return Page(
        "printer.reading",
        tr.t("first_run.printer.question"),
        tr.t("first_run.printer.question.hint"),
        parts,
        on_enabled=False,
        doing=Presses("printer_do", presses),
    )


LETTERS = "Ă ắ ằ ẳ ẵ ặ   Â ấ ầ ẩ ẫ ậ   Đ đ\nÊ ế ề ể ễ ệ   Ô ố ồ ổ ỗ ộ\nƠ ớ ờ ở ỡ ợ   Ư ứ ừ ử ữ ự"
"""The letters that code pages lack first."""


def _found(tr: Translator, flow: Flow, kind: str, address: str) -> list[Tile]:
    found = flow.found.get(kind) or ()
    shown = found[:_MOST_SHOWN]
    first = 2 if kind == "scanner" else 1
    tiles = [
        Tile(
            each.addresses[0],
            each.label or each.addresses[0],
            _about(tr, each),
            f"F{number}" if number < 5 else "",
            each.addresses[0] == address,
        )
        for number, each in enumerate(shown, start=first)
    ]
    if address and all(each.addresses[0] != address for each in shown):
        tiles.append(Tile(address, address, tr.t("first_run.device.set"), "", chosen=True))
    return tiles


def _about(tr: Translator, device: FoundDevice) -> str:
    if device.trouble:
        advice = tr.t(device.hint.code, **device.hint.params) if device.hint else tr.message(device.trouble).do
        return f"{tr.message(device.trouble).what} {advice}"
    return device.addresses[0] if device.label else ""


def _looking(tr: Translator, flow: Flow, kind: str) -> Result:
    if kind not in flow.found:
        return Result()
    found = flow.found[kind]
    if found is None:
        return Result(tr.t("first_run.device.looking"), busy=True)
    return Result("" if found else tr.t(f"first_run.{kind}.none_found"))


def _address(tr: Translator, flow: Flow, key: str, words: str) -> FieldPart:
    wrong = flow.wrong.get(key)
    note = ""
    if wrong is not None:
        said = say_message(tr, wrong)
        note = f"{said.what} {said.do}"
    return FieldPart(
        key,
        tr.t(words),
        FieldKind.PLAIN,
        hint=tr.t(f"{words}.hint"),
        text=flow.drafts.get(key, flow.facts.values.get(key, "")),
        note=note,
        tone=Tone.REFUSED,
    )


def _again(tr: Translator, flow: Flow, kind: str) -> Press:
    return Press("look", tr.t("first_run.device.look"), "F8", enabled=flow.found.get(kind, ()) is not None)


# ---------------------------------------------------------------- what is pressed


def look(flow: Flow, kind: str) -> None:
    """Look for devices, off this thread."""
    if flow.found.get(kind, ()) is None:
        return
    flow.found[kind] = None
    flow.changed()

    def done(came: object) -> None:
        flow.found[kind] = came if isinstance(came, tuple) else ()
        flow.changed()

    flow.errands.apart(lambda: found_devices(kind), done)


def press_device(flow: Flow, part: str, name: str) -> None:
    """A device, or what to do with it."""
    kind = part.partition("_")[0]
    if name == "look":
        look(flow, kind)
    elif part == "scanner":
        flow.choose("scanner.address", "" if name == KEYBOARD else name)
    elif part == "printer":
        flow.choose("printer.address", name)
    elif name == "stop":
        flow.stop_trial(kind)
    elif part == "scanner_do":
        flow.keep_all(lambda: _try_scanner(flow))
    elif name == "try":
        flow.keep_all(flow.print_sample)
    else:
        flow.answer_reading(readable=name == "yes")


def _try_scanner(flow: Flow) -> None:
    address, settings = flow.facts.values.get("scanner.address", ""), flow.engine.settings
    if address:
        flow.begin_trial("scanner", lambda told: ScannerTrial(address, settings, told=told))
    else:
        flow.await_keyboard()
