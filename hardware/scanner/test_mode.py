"""What an installer sees of a scanner: the bytes as they came and what was made of them, without showing the code.

For ``quay devices scan`` and the scanner test of the settings: give a driver :func:`observe` as its ``on_scan``.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.scanner.gs1 import Element, element_string
from hardware.scanner.reading import Reading, masked

_SHOWN = 4
_HIDDEN = "··"
_NAMES = {0x02: "STX", 0x03: "ETX", 0x04: "EOT", 0x09: "TAB", 0x0A: "LF", 0x0D: "CR", 0x1D: "GS", 0x1E: "RS"}


@dataclass(frozen=True, slots=True)
class Observation:
    """One thing a scanner said, ready to be shown.

    Attributes:
        verdict: Value of the `ReadingKind`: ``scan``, ``repeated``, ``noise``, …
        raw_hex: The bytes in hexadecimal; those of the code but for its last 4 are ``··`` unless asked for.
        controls: Names of the control characters in their order, as ``STX ETX`` or ``CR``: what the framing should be.
        text: The code; its last 4 characters unless asked for.
        length: How many characters the code has.
        symbology: Value of the `Symbology`; ``unknown`` when the scanner does not say.
        aim: The AIM identifier that was taken off, or empty.
        encoding: How the bytes were read.
        check_digit_ok: Whether a number as long as an EAN has a fitting check digit; None where there is none.
        elements: The GS1 elements as people print them, values masked like the text; empty when it is no GS1 code.
    """

    verdict: str
    raw_hex: str
    controls: str
    text: str
    length: int
    symbology: str
    aim: str
    encoding: str
    check_digit_ok: bool | None
    elements: str


def observe(reading: Reading, *, reveal: bool = False) -> Observation:
    """Show a reading.

    Args:
        reading: What a driver's ``on_scan`` was called with.
        reveal: Show the whole code: only where a person asked for it with a voucher that is worth nothing.
    """
    elements = reading.elements
    if not reveal:
        elements = tuple(Element(element.ai, masked(element.value)) for element in elements)
    return Observation(
        reading.kind.value,
        _hex(reading.raw, reading.aim, reveal=reveal),
        " ".join(_NAMES.get(byte, f"{byte:02x}") for byte in reading.raw if byte < 0x20 or byte == 0x7F),
        reading.text if reveal else masked(reading.text),
        len(reading.text),
        reading.symbology.value,
        reading.aim,
        reading.encoding,
        reading.check_digit_ok,
        element_string(elements),
    )


def _hex(raw: bytes, aim: str, *, reveal: bool) -> str:
    """Control characters and the identifier are no secret; of the rest only the last bytes are shown."""
    at = raw.find(aim.encode()) if aim else -1
    open_places = set(range(at, at + len(aim))) if at >= 0 else set()
    content = [i for i, byte in enumerate(raw) if byte >= 0x20 and byte != 0x7F and i not in open_places]
    if reveal:
        hidden: set[int] = set()
    else:
        hidden = set(content[: -_SHOWN if len(content) > 2 * _SHOWN else None])
    return " ".join(_HIDDEN if i in hidden else f"{byte:02x}" for i, byte in enumerate(raw))
