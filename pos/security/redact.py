"""The last net: a log filter that masks what should never have reached a log.

It knows the secrets it was told of and the fields that hold codes and PINs in requests. It does not guess at "runs of
capitals and digits": bill numbers and ids look the same, and a log without them helps nobody.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

from pos.domain.errors import PosError
from pos.domain.one_line import tamed
from pos.security.process_guard import place_of
from pos.security.secret import DOTS

SHORTEST = 6
"""Shorter secrets are not masked by value: four digits are also a time of day."""
_FIELDS = re.compile(
    r"""(?i)(\b(?:codes?|voucher_codes?|pin|pincode|password|secret|token|authorization)["']?\s*[:=]\s*)"""
    r"""(\[[^\]]*\]|"[^"]*"|'[^']*'|[^\s,;}&\]]+)"""
)


class RedactingFilter(logging.Filter):
    """Masks registered secrets and tell-tale fields in a record's message and traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: set[str] = set()

    def register(self, secret: str) -> None:
        """From now on this text is masked wherever it turns up (if it is at least `SHORTEST` characters)."""
        if len(secret) >= SHORTEST:
            self._secrets.add(secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask, and let the record through as one line and, for an exception, the places it came from."""
        record.msg, record.args = tamed(self.masked(record.getMessage())), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = self.masked("\n".join(_places(record.exc_info[1])))
        return True

    def masked(self, text: str) -> str:
        """The text with secrets as dots."""
        for secret in self._secrets:
            text = text.replace(secret, DOTS)
        return _FIELDS.sub(rf"\1{DOTS}", text)


def _places(error: BaseException) -> Iterator[str]:
    """Where it happened and what it came from, newest first.

    An error's own text may quote a code or a key, so only what cannot is told: our stable codes, what the operating
    system and the database say.
    """
    seen: set[int] = set()
    found: BaseException | None = error
    while found is not None and id(found) not in seen:
        seen.add(id(found))
        yield tamed(f"    {place_of(type(found), found.__traceback__)}{_said(found)}")
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _said(error: BaseException) -> str:
    if isinstance(error, PosError):
        return f": {error.code}"
    if isinstance(error, OSError):
        return f": {error.strerror}"
    return f": {error}" if type(error).__module__ == "sqlite3" else ""
