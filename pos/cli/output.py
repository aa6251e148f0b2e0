"""What the command line says: JSON for scripts or sentences for people, and the exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pos.domain.errors import Param, PosError
from pos.domain.one_line import tamed
from pos.i18n import Translator
from pos.till.views import Message

OK = 0
REFUSED = 1
USAGE = 2
UNKNOWN = 3
ACCEPTED_OFFLINE = 4
_OURS = "\n\t"
"""What our own sentences are laid out with."""


@dataclass(frozen=True, slots=True)
class Output:
    """One command's voice."""

    as_json: bool
    words: Translator

    def json(self, value: object) -> None:
        """The one JSON value of this command."""
        print("".join(map(_for_terminals, json.dumps(value, ensure_ascii=False))), flush=True)

    def say(self, text: str) -> None:
        """A sentence for people; silent when JSON was asked for."""
        if not self.as_json:
            print(tamed(text, _OURS), flush=True)

    def hint(self, text: str) -> None:
        """Progress and advice, on stderr."""
        print(tamed(text, _OURS), file=sys.stderr, flush=True)

    def sentence(self, code: str, params: Mapping[str, Param]) -> str:
        """What happened, what is safe, what to do."""
        return str(self.words.message(code, params))

    def message(self, message: Message) -> str:
        """The sentence of a message."""
        return self.sentence(message.code, dict(message.params))

    def failed(self, error: PosError) -> int:
        """Tell an error; the status is 2."""
        text = self.sentence(error.code, error.params)
        if self.as_json:
            self.json({"error": error.code, "message": text, "params": _plain(error.params)})
        self.hint(text)
        return USAGE


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if isinstance(value, str | int | float | bool | None)}


def _for_terminals(char: str) -> str:
    """A character of JSON text; what a terminal would obey is escaped, which means the same to whoever reads JSON."""
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else json.dumps(char)[1:-1]
