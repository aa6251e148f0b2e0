"""What an issuer's pure rules get and give: a request, the quirks armed for it, and the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as received.

    Attributes:
        path: Without host and query.
        headers: Names in lower case.
        body: The bytes as received.
        query: What stands behind the question mark; empty if there is none.
        now_s: The issuer's clock, Unix time in seconds; a fault may have shifted it.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    now_s: float
    query: str = ""

    def __repr__(self) -> str:
        """Show neither headers nor body: they hold tokens, codes and signatures."""
        return f"Incoming({self.method} {self.path})"

    def json_object(self) -> Json | None:
        """Return the body's JSON object; None if it is none."""
        try:
            parsed = json.loads(self.body.decode("utf-8"))
        except (ValueError, RecursionError):
            return None
        return parsed if isinstance(parsed, dict) else None


@dataclass(frozen=True, slots=True)
class Quirk:
    """A fault that the rules themselves play: see the issuer's own table for what each field means to it."""

    seconds: float = 0.0
    code: int = 0
    status: int | None = None
    text: str = ""


Quirks = Mapping[str, Quirk]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Attributes:
        status: HTTP status.
        answer: The JSON object; None for an empty body.
        effect: `none`, or what was done: for the log.
    """

    status: int
    answer: Json | None
    effect: str = "none"
