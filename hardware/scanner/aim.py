"""AIM symbology identifiers: ``]`` and two characters before a code that say what was printed, as ``]C1`` for GS1-128.

Source: ISO/IEC 15424; the tables as scanner manuals print them (Zebra DS457, appendix B "AIM Code Identifiers"; Opticon
Universal Menu Book, figures 4.11 to 4.20).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class Symbology(Enum):
    """What kind of code was printed."""

    UNKNOWN = "unknown"  # the scanner does not say
    CODE_128 = "code_128"
    GS1_128 = "gs1_128"
    EAN_13 = "ean_13"  # also UPC-A and UPC-E, which scanners send as EAN-13
    EAN_8 = "ean_8"
    QR = "qr"
    GS1_QR = "gs1_qr"
    DATA_MATRIX = "data_matrix"
    GS1_DATA_MATRIX = "gs1_data_matrix"
    GS1_DATABAR = "gs1_databar"
    CODE_39 = "code_39"
    CODE_93 = "code_93"
    CODABAR = "codabar"
    ITF = "itf"
    PDF417 = "pdf417"
    AZTEC = "aztec"
    OTHER = "other"  # said, but nothing a voucher is printed as


GS1 = frozenset({Symbology.GS1_128, Symbology.GS1_QR, Symbology.GS1_DATA_MATRIX, Symbology.GS1_DATABAR})
"""Symbols whose content is GS1 element strings."""

_MODIFIERS: Mapping[str, tuple[str, Symbology]] = MappingProxyType(
    {
        # code character: its modifiers, and what it is unless _SPECIAL says more
        "A": ("0123457", Symbology.CODE_39),
        "B": ("0124", Symbology.OTHER),  # Telepen
        "C": ("0124", Symbology.CODE_128),
        "E": ("01234", Symbology.EAN_13),
        "F": ("01234", Symbology.CODABAR),
        "G": ("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm", Symbology.CODE_93),
        "H": ("013", Symbology.OTHER),  # Code 11
        "I": ("013", Symbology.ITF),
        "K": ("0124", Symbology.OTHER),  # Code 16K
        "L": ("012345", Symbology.PDF417),
        "M": ("013", Symbology.OTHER),  # MSI
        "O": ("01456", Symbology.OTHER),  # Codablock
        "Q": ("0123456", Symbology.QR),
        "R": ("013", Symbology.OTHER),  # 2 of 5 with two-bar start
        "S": ("0", Symbology.OTHER),  # 2 of 5 with three-bar start
        "T": ("0124", Symbology.OTHER),  # Code 49
        "U": ("0123", Symbology.OTHER),  # MaxiCode
        "X": ("0123456789ABCDEF", Symbology.OTHER),  # the maker's own choice
        "d": ("0123456", Symbology.DATA_MATRIX),
        "e": ("0123", Symbology.GS1_DATABAR),
        "h": ("0123", Symbology.OTHER),  # Han Xin
        "z": ("0123456789ABC", Symbology.AZTEC),
    }
)
_SPECIAL: Mapping[str, Symbology] = MappingProxyType(
    {
        "C1": Symbology.GS1_128,
        "E4": Symbology.EAN_8,
        "Q3": Symbology.GS1_QR,
        "Q4": Symbology.GS1_QR,  # with ECI
        "d2": Symbology.GS1_DATA_MATRIX,
        "d5": Symbology.GS1_DATA_MATRIX,  # with ECI
    }
)


def split_identifier(text: str) -> tuple[str, str]:
    """Part a code from the identifier before it.

    Only a whole known pattern is taken for one: a code that happens to begin with ``]`` stays as it is, and so does a
    text that is nothing but an identifier.

    Returns:
        The identifier (3 characters, empty when there is none) and the rest.
    """
    known = len(text) > 3 and text[0] == "]" and text[2] in _MODIFIERS.get(text[1], ("", Symbology.OTHER))[0]
    return (text[:3], text[3:]) if known else ("", text)


def symbology_of(identifier: str) -> Symbology:
    """Return what an identifier from :func:`split_identifier` says."""
    if not identifier:
        return Symbology.UNKNOWN
    return _SPECIAL.get(identifier[1:], _MODIFIERS[identifier[1]][1])
