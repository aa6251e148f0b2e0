"""The last net: a log filter that masks what should never have reached a log.

It knows the secrets it was told of and the fields that hold codes and PINs in requests. It does not guess at "runs of
capitals and digits": bill numbers and ids look the same, and a log without them helps nobody.
"""

from __future__ import annotations

import logging
import re

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
        self._format = logging.Formatter()

    def register(self, secret: str) -> None:
        """From now on this text is masked wherever it turns up (if it is at least `SHORTEST` characters)."""
        if len(secret) >= SHORTEST:
            self._secrets.add(secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask, and let the record through."""
        record.msg, record.args = self.masked(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = self._format.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = self.masked(record.exc_text)
        return True

    def masked(self, text: str) -> str:
        """The text with secrets as dots."""
        for secret in self._secrets:
            text = text.replace(secret, DOTS)
        return _FIELDS.sub(rf"\1{DOTS}", text)
