"""What the scanner test says of one reading. Plain Python; knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pos.i18n import Translator

if TYPE_CHECKING:
    from hardware.scanner.test_mode import Observation

_SCAN = "scan"
_KINDS = {
    "code_128": "Code 128",
    "gs1_128": "GS1-128",
    "ean_13": "EAN-13 / UPC",
    "ean_8": "EAN-8",
    "qr": "QR",
    "gs1_qr": "GS1 QR",
    "data_matrix": "Data Matrix",
    "gs1_data_matrix": "GS1 Data Matrix",
    "gs1_databar": "GS1 DataBar",
    "code_39": "Code 39",
    "code_93": "Code 93",
}
"""Names that are the same in every language; what is not listed is told as unknown."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading, ready to be drawn.

    Args:
        good: it is a code the till would take.
        verdict: a sentence.
        rows: label and value, in reading order; no value holds more than the last 4 characters of the code.
    """

    good: bool
    verdict: str
    rows: tuple[tuple[str, str], ...] = ()


def shown(tr: Translator, seen: Observation) -> Shown:
    """A reading of a scanner on a line of its own."""
    good = seen.verdict == _SCAN
    code = tr.t("scanner_test.code_value", code=seen.text, count=seen.length) if seen.text else "–"
    kind = _KINDS.get(seen.symbology, tr.t("scanner_test.kind_unknown"))
    values = {
        "code": code,
        "kind": f"{kind} ({seen.aim})" if seen.aim else kind,
        "bytes": seen.raw_hex or "–",
        "end": seen.controls or tr.t("scanner_test.end_none"),
        "encoding": seen.encoding or "–",
    }
    verdict = tr.t("scanner_test.good") if good else tr.t(f"hint.{seen.verdict}")
    return Shown(good, verdict, tuple((tr.t(f"scanner_test.{name}"), value) for name, value in values.items()))


def keyed(tr: Translator, text: str) -> Shown:
    """A scan of a keyboard scanner: it types, so that nothing is known of its bytes."""
    from hardware.scanner.reading import masked

    code = tr.t("scanner_test.code_value", code=masked(text), count=len(text))
    rows = ((tr.t("scanner_test.code"), code), (tr.t("scanner_test.kind"), tr.t("scanner_test.keyboard")))
    return Shown(good=True, verdict=tr.t("scanner_test.good"), rows=rows)


def dropped(tr: Translator, why: str) -> Shown:
    """A keyboard scan that was thrown away; `why` as in `hint.<why>`."""
    return Shown(good=False, verdict=tr.t(f"hint.{why}"))
