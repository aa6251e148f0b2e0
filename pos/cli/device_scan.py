"""`quay devices scan`: what an installer must see of a scanner. Codes are money: masked unless asked for."""

from __future__ import annotations

import argparse
import queue
import time
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pos.cli import output
from pos.cli.device_list import trouble_word
from pos.cli.folder import plain_settings
from pos.cli.output import Output
from pos.domain.errors import ConfigError

if TYPE_CHECKING:
    from hardware.scanner.reading import Reading
    from hardware.scanner.scan_loop import ScannerStatus
    from hardware.scanner.test_mode import Observation

_HOPELESS = ("bad_address", "library_missing", "permission_denied")
"""What waiting does not mend; a scanner that is not there may still be plugged in."""


def execute(args: argparse.Namespace, out: Output) -> int:
    """Show what is scanned; status 0 when a code was read, 1 when none was or the scanner could not be opened."""
    from hardware.scanner.scan_loop import ScannerStatus
    from hardware.scanner.test_mode import observe
    from pos.scanner_setup import build_scanner

    settings = None if args.address else plain_settings(args)
    address = args.address or (settings.text("scanner.address") if settings else "")
    if not address:
        raise ConfigError("devices.no_address", setting="scanner.address")
    inbox: queue.SimpleQueue[Reading | ScannerStatus] = queue.SimpleQueue()
    scanner = build_scanner(address, settings, on_scan=inbox.put, on_status=inbox.put)
    seen: list[dict[str, Any]] = []
    last = ScannerStatus.CONNECTING
    scanner.start()
    try:
        for word in _until(inbox, time.monotonic() + args.seconds):
            if isinstance(word, ScannerStatus):
                last = word
                _say_status(out, address, word)
                if word.value in _HOPELESS:
                    break
                continue
            observation = observe(word, reveal=args.show_codes)
            seen.append(asdict(observation))
            _say(out, observation)
            if len(seen) == args.count:
                break
    except KeyboardInterrupt:  # the usual end of looking
        pass
    finally:
        scanner.stop()
    if out.as_json:
        out.json({"address": address, "status": last.value, "readings": seen})
    out.say(out.words.t("devices.scan.sum", count=sum(each["verdict"] == "scan" for each in seen), all=len(seen)))
    return output.OK if any(each["verdict"] == "scan" for each in seen) else output.REFUSED


def _until(inbox: queue.SimpleQueue[Reading | ScannerStatus], end_mono_s: float) -> Iterator[Reading | ScannerStatus]:
    while (left_s := end_mono_s - time.monotonic()) > 0:
        try:
            yield inbox.get(timeout=left_s)
        except queue.Empty:
            return


def _say_status(out: Output, address: str, status: ScannerStatus) -> None:
    from hardware.errors import permission_hint

    out.hint(f"{address}: {trouble_word(out, 'device.' + status.value)}")
    if status.value == "ready":
        out.hint(out.words.t("devices.scan.now"))
    elif status.value == "permission_denied":
        hint = permission_hint(address)
        out.hint(out.words.t(hint.code, **hint.params))


def _say(out: Output, seen: Observation) -> None:
    t = out.words.t
    out.say(t(f"devices.verdict.{seen.verdict}") + (f"  {seen.text}" if seen.text else ""))
    out.say(t("devices.scan.bytes", raw=seen.raw_hex, controls=seen.controls or "–"))
    if seen.text:
        aim = f" ({seen.aim})" if seen.aim else ""
        out.say(t("devices.scan.facts", length=seen.length, symbology=seen.symbology + aim, encoding=seen.encoding))
    if seen.check_digit_ok is not None:
        out.say("  " + t("devices.scan.check_ok" if seen.check_digit_ok else "devices.scan.check_bad"))
    if seen.elements:
        out.say("  GS1: " + seen.elements)
