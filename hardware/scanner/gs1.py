"""GS1 element strings: application identifiers (AI) and their values, told apart by fixed lengths and FNC1.

Source: GS1 General Specifications, section 3 (AIs and their lengths) and 7.8 (FNC1; figure 7.8.5-2, element strings of
predefined length). A scanner sends FNC1 between elements as GS, 0x1D.
"""

from __future__ import annotations

from dataclasses import dataclass

SEPARATOR = "\x1d"
_LONGEST_VALUE = 90
_FIXED_LENGTH = {
    # first two digits of the AI: characters of AI and value together (General Specifications, figure 7.8.5-2)
    **dict.fromkeys(("00",), 20),
    **dict.fromkeys(("01", "02", "03"), 16),
    **dict.fromkeys(("04",), 18),
    **dict.fromkeys(("11", "12", "13", "14", "15", "16", "17", "18", "19"), 8),
    **dict.fromkeys(("20",), 4),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36"), 10),
    **dict.fromkeys(("41",), 16),
}
_AI_LENGTH = {
    # first two digits of the AI: how many digits it has (section 3.2)
    **dict.fromkeys(
        ("00", "01", "02", "03", "10", "11", "12", "13", "15", "16", "17", "20", "21", "22", "30", "37"), 2
    ),
    **dict.fromkeys(("90", "91", "92", "93", "94", "95", "96", "97", "98", "99"), 2),
    **dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3),
    **dict.fromkeys(("31", "32", "33", "34", "35", "36", "39", "43", "70", "72", "80", "81", "82"), 4),
}


@dataclass(frozen=True, slots=True, repr=False)
class Element:
    """One element of an element string.

    Attributes:
        ai: The application identifier, 2 to 4 digits: 01 article number, 21 serial number, 255 coupon number.
        value: What stands behind it.
    """

    ai: str
    value: str

    def __repr__(self) -> str:
        return f"Element({self.ai}, {len(self.value)} characters)"


def parse_elements(text: str) -> tuple[Element, ...] | None:
    """Read a whole element string, FNC1 as ``SEPARATOR``; None when it is none to its end."""
    elements, rest = [], text.removeprefix(SEPARATOR)
    while rest:
        element, rest = _first_element(rest)
        if element is None:
            return None
        elements.append(element)
    return tuple(elements) or None


def _first_element(text: str) -> tuple[Element | None, str]:
    ai_length, whole = _AI_LENGTH.get(text[:2]), _FIXED_LENGTH.get(text[:2])
    ai = text[:ai_length] if ai_length else ""
    if not ai or len(ai) != ai_length or not ai.isascii() or not ai.isdigit():
        return None, ""
    end = text.find(SEPARATOR)
    end = len(text) if end < 0 else end
    if whole is not None and end > whole:
        end = whole
    value, rest = text[len(ai) : end], text[end:].removeprefix(SEPARATOR)
    if not 0 < len(value) <= _LONGEST_VALUE or (whole is not None and end != whole):
        return None, ""
    return Element(ai, value), rest


def element_string(elements: tuple[Element, ...]) -> str:
    """Return the elements as people print them: ``(01)08934567890126(21)7K2M9XQ1``. Holds the whole code."""
    return "".join(f"({element.ai}){element.value}" for element in elements)
