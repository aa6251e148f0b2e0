"""VinID's answers for the journal: no code, no signature, of a serial the last 4 characters.

Source: contracts/vinid.md §14.
"""

from __future__ import annotations

import re

from pos.domain.codes import VoucherCode
from pos.providers.vinid.wire import DOTS, Hide

_RAW_LIMIT = 8 * 1024
_STRING = r'"(?:[^"\\]|\\.)*(?:"|\\?$)'
_VALUE = rf'({_STRING}|\[[^\]]*\]?|\{{[^}}]*\}}?|[^,}}\]\s"]+)'
_CODE_FIELD = re.compile(rf'("code"\s*:\s*){_VALUE}', re.S)
_SECRET_FIELD = re.compile(rf'("(?:signature|[Xx]-[Ss]ignature)"\s*:\s*){_VALUE}', re.S)
_SERIAL_FIELD = re.compile(rf'("(?:serial|serial_number|serials)"\s*:\s*){_VALUE}', re.S)
_RESULT = re.compile(r'"?[0-9]{1,7}"?', re.ASCII)
_LONG_RUN = re.compile(r"[A-Za-z0-9+/=_\\-]{40,}")


def hider(*codes: VoucherCode) -> Hide:
    """A function that cuts these serials down to their endings."""

    def hide(text: str) -> str:
        for code in codes:
            text = text.replace(code.reveal(), str(code))
        return text

    return hide


def masked(body: bytes, hide: Hide) -> str:
    """An answer without secrets, at most 8 KiB of UTF-8. Ciphertexts are cut out before it is cut to length."""
    text = _LONG_RUN.sub(DOTS, body.decode("utf-8", "replace"))
    text = _SERIAL_FIELD.sub(_mask_serial, _SECRET_FIELD.sub(rf'\1"{DOTS}"', _CODE_FIELD.sub(_mask_code, text)))
    return hide(text).encode()[:_RAW_LIMIT].decode("utf-8", "ignore")


def _mask_code(match: re.Match[str]) -> str:
    """The answer's own code stays: it has at most 7 digits, and no giftcode is that short and a number."""
    return match[0] if _RESULT.fullmatch(match[2]) else f'{match[1]}"{DOTS}"'


def _mask_serial(match: re.Match[str]) -> str:
    serial = match[2].strip('"')
    whole = len(serial) >= 8 and match.end() < len(match.string) and match[2][0] not in "[{"
    return f'{match[1]}"{DOTS}{serial[-4:] if whole else ""}"'
