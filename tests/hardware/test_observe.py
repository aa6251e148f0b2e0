"""Test mode shows an installer what the scanner sends, and nobody the code."""

from __future__ import annotations

from hardware.scanner.framing import FramingRules, Terminator
from hardware.scanner.reader import ScanReader
from hardware.scanner.test_mode import Observation, observe


def seen(data: bytes, rules: FramingRules | None = None, *, reveal: bool = False) -> Observation:
    reader = ScanReader(rules)
    (reading,) = reader.feed(data, 1.0) + reader.tick(9.0)
    return observe(reading, reveal=reveal)


def test_the_bytes_are_shown_with_their_ends_and_the_code_is_not() -> None:
    shown = seen(b"]C0VCH7K2M9XQ1\r")

    assert shown.raw_hex == "5d 43 30 ·· ·· ·· ·· ·· ·· ·· 39 58 51 31 0d"
    assert (shown.controls, shown.text, shown.length, shown.verdict) == ("CR", "…9XQ1", 11, "scan")
    assert (shown.aim, shown.symbology, shown.encoding) == ("]C0", "code_128", "utf-8")


def test_a_person_who_asks_sees_everything() -> None:
    shown = seen(b"VCH7K2M9XQ1\r", reveal=True)

    assert (shown.text, shown.raw_hex[:8]) == ("VCH7K2M9XQ1", "56 43 48")


def test_gs1_elements_are_named_and_their_values_masked() -> None:
    shown = seen(b"]C1010893456789012721VCH7K2M9XQ1\x1d17270331\r")

    assert shown.elements == "(01)…0127(21)…9XQ1(17)…"
    assert shown.controls == "GS CR"


def test_a_scanner_set_to_stx_and_etx_is_seen_at_once_when_the_till_is_not() -> None:
    """The installer reads from it what `scanner.framing` has to be."""
    shown = seen(b"\x02VCH7K2M9XQ1\x03")

    assert (shown.verdict, shown.controls) == ("noise", "STX ETX")
    assert seen(b"\x02VCH7K2M9XQ1\x03", FramingRules(Terminator.STX_ETX)).verdict == "scan"


def test_a_short_code_and_noise_show_no_character() -> None:
    assert seen(b"7K2M\r").raw_hex == "·· ·· ·· ·· 0d"
    assert seen(b"\xff\xfe\x00\xf0\r").raw_hex == "·· ·· 00 ·· 0d"
