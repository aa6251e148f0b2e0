"""`quay devices print-test`: a page with everything slips use, and the guided proof of a code page."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pos.cli import output
from pos.cli.device_list import trouble_word
from pos.cli.folder import held_folder, pin_line, plain_settings
from pos.cli.output import Output
from pos.domain.errors import ConfigError

if TYPE_CHECKING:
    from hardware.printer.codepages import TextPage
    from hardware.printer.driver import PrinterDriver, PrintResult
    from hardware.printer.escpos import EscposEncoder
    from hardware.printer.profile import PrinterProfile
    from hardware.printer.status import PrinterStatus
    from pos.bootstrap import HeldFolder
    from pos.settings import Settings

_PROOF = ("printer.text_codepage",)
_ENDS = {"confirmed": output.OK, "sent_unconfirmed": output.UNKNOWN, "doubtful": output.UNKNOWN,
         "not_sent": output.REFUSED}  # fmt: skip
_YES, _NO = ("y", "yes", "c", "có", "co"), ("n", "no", "k", "không", "khong", "")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Print; the status says what became of it: 0 confirmed, 1 nothing was sent, 3 not known."""
    from hardware.printer.driver import PrinterDriver
    from hardware.printer.profile import load_profile
    from pos.bootstrap import printer_profile_dir

    settings = plain_settings(args)
    address = args.address or settings.text("printer.address")
    if not address:
        raise ConfigError("devices.no_address", setting="printer.address")
    profile = load_profile(printer_profile_dir(), args.kind or profile_name(settings))
    driver = PrinterDriver(address, profile, on_status=lambda status: _say_status(out, status))
    with tempfile.TemporaryDirectory(prefix="quay-print-") as cache:
        if not args.prove:
            return _sample(driver, Path(cache), settings, out)
        # Another printer's proof must not replace the one of the till's own.
        if (driver.address, profile.name) != (settings.text("printer.address"), profile_name(settings)):
            return _prove(driver, Path(cache), out, None)
        with held_folder(args) as held:
            actor = held.actor(_PROOF, pin_line)
            return _prove(driver, Path(cache), out, lambda text: _keep(held, text, actor))


def profile_name(settings: Settings) -> str:
    """The kind of printer that the settings say."""
    return settings.text("printer.profile") or f"generic-{settings.text('printer.paper_mm')}"


def _encoder(profile: PrinterProfile, cache: Path, page: TextPage | None = None) -> EscposEncoder:
    from hardware.printer.escpos import EscposEncoder
    from pos.bootstrap import font_dir

    return EscposEncoder(profile, font_dir(), cache, page=page)


def _sample(driver: PrinterDriver, cache: Path, settings: Settings, out: Output) -> int:
    from hardware.printer.proving import proven_page, sample_page
    from pos.receipts.printer_test import sample_words

    page = proven_page(settings.text("printer.text_codepage"), driver.address, driver.profile)
    document = sample_page(driver.profile, sample_words(out.words))
    result = driver.print(_encoder(driver.profile, cache, page).encode(document))
    _tell(out, driver, result)
    if out.as_json:
        out.json(_object(driver, result))
    return _ENDS[result.outcome.value]


def _keep(held: HeldFolder, text: str, actor: str) -> None:
    held.settings_noted.change({_PROOF[0]: text}, actor=actor)


def _prove(driver: PrinterDriver, cache: Path, out: Output, keep: Callable[[str], None] | None) -> int:
    """Print the reading slip, ask about each of its lines, keep what was read if it is the till's own printer."""
    from hardware.printer.driver import PrintOutcome
    from hardware.printer.proving import candidates, proof_of, reading_slip

    profile = driver.profile
    if not candidates(profile):
        out.say(out.words.t("prove.none", profile=profile.name))
        if out.as_json:
            out.json({"address": driver.address, "profile": profile.name, "proof": None, "kept": False})
        return output.OK
    heading = out.words.t("prove.heading")
    result = driver.print(reading_slip(profile, heading, lambda page: _encoder(profile, cache, page)))
    _tell(out, driver, result)
    if result.outcome is PrintOutcome.NOT_SENT:
        if out.as_json:
            out.json(_object(driver, result))
        return output.REFUSED
    readable = [each.number for each in candidates(profile) if _ask(out, each.number)]
    proof = proof_of(driver.address, profile, readable)
    text = proof.as_text() if proof else ""
    if keep is not None:
        keep(text)
    out.say(out.words.t("prove.read", page=proof.page.encoding) if proof else out.words.t("prove.nothing"))
    if keep is None:
        out.say(out.words.t("prove.not_kept", address=driver.address, profile=profile.name, proof=text))
    if out.as_json:
        out.json({**_object(driver, result), "proof": text or None, "kept": keep is not None})
    return output.OK


def _ask(out: Output, number: int) -> bool:
    """Whether the person at the terminal could read the line.

    Raises:
        ConfigError: nobody answers; nothing was kept.
    """
    while True:
        out.hint(out.words.t("prove.question", number=number))
        line = sys.stdin.readline()
        if not line:
            raise ConfigError("devices.no_answer")
        word = line.strip().lower()
        if word in _YES or word in _NO:
            return word in _YES


def _say_status(out: Output, status: PrinterStatus) -> None:
    out.hint(out.words.t(f"devices.printer.{status.value}"))


def _tell(out: Output, driver: PrinterDriver, result: PrintResult) -> None:
    out.say(f"{driver.address} ({driver.profile.label}): {out.words.t(f'devices.print.{result.outcome.value}')}")
    if result.reason:
        out.say("  " + trouble_word(out, result.reason))
    if result.cause:
        out.say("  " + out.words.t(f"devices.cause.{result.cause.value}"))


def _object(driver: PrinterDriver, result: PrintResult) -> dict[str, str | None]:
    return {
        "address": driver.address,
        "profile": driver.profile.name,
        "outcome": result.outcome.value,
        "reason": result.reason or None,
        "status": result.status.value,
        "cause": result.cause.value if result.cause else None,
    }
