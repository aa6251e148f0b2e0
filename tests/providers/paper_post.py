"""Stands in for the HTTP client: keeps what was sent, answers from a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from pos.till.ports import Trace


class PaperPost:
    """Answers each call with the next of `answers`: bytes, a JSON value, or an exception to raise."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = list(answers)
        self.sent: list[tuple[str, bytes]] = []
        self.reached = self.closed = 0

    def post_json(self, path: str, body: bytes, trace: Trace, *, mask: Callable[[bytes], str]) -> bytes:
        self.sent.append((path, body))
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        raw = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
        trace.http_status, trace.raw, trace.answered = 200, mask(raw), False
        return raw

    def reach(self) -> None:
        self.reached += 1

    def close(self) -> None:
        self.closed += 1

    def fields(self, at: int = -1) -> dict[str, Any]:
        """One request's body, decoded."""
        decoded: dict[str, Any] = json.loads(self.sent[at][1])
        return decoded
