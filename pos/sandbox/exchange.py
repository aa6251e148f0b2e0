"""One request as received and what became of it: an entry of the sandbox's log."""

from __future__ import annotations

import json
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any

from pos.sandbox.front import ApiConnection
from pos.sandbox.gotit.answers import Envelope, Operation
from pos.sandbox.gotit.issuer import utc_now
from pos.sandbox.gotit.voucher import Voucher

_NOT_PARSED = object()


@dataclass(slots=True)
class Exchange:
    """A request under way.

    Attributes:
        n: Running number over the life of the data folder.
        at_utc: When the last byte of the request was read, ISO 8601 with microseconds.
        headers: Names in lower case; repeated ones joined with a comma.
        body: The bytes as received.
        effect: `none`, `used`, `reserved`, `released`; `pending` while a late commit waits.
        answered: Status and verdict put on the wire; None while there is no answer or when there will be none.
        faults: Names of the faults that hit it.
        changed: Vouchers changed but not written yet.
        issuer: Name of a mounted issuer, and `operation_name` its call; None for Got It's.
    """

    n: int
    at_utc: str
    operation: Operation | None
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    connection: ApiConnection
    effect: str = "none"
    answered: dict[str, Any] | None = None
    faults: list[str] = field(default_factory=list)
    changed: list[Voucher] = field(default_factory=list)
    issuer: str | None = None
    operation_name: str | None = None
    _json: Any = _NOT_PARSED

    def __repr__(self) -> str:
        """Show no body: it holds the PIN and voucher codes."""
        return f"Exchange(n={self.n}, path={self.path!r})"

    @classmethod
    def of(cls, n: int, operation: Operation | None, scope: MutableMapping[str, Any], body: bytes) -> Exchange:
        """Take a request from its ASGI scope."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        query = scope["query_string"].decode("latin-1")
        return cls(
            n=n,
            at_utc=utc_now().isoformat(timespec="microseconds").replace("+00:00", "Z"),
            operation=operation,
            method=scope["method"],
            path=scope["path"] + (f"?{query}" if query else ""),
            headers=headers,
            body=body,
            connection=scope["state"]["connection"],
        )

    def has_json_object(self) -> bool:
        """Tell whether the body is a JSON object in UTF-8."""
        if self._json is _NOT_PARSED:
            try:
                self._json = json.loads(self.body.decode("utf-8"))
            except (ValueError, RecursionError):
                self._json = None
        return isinstance(self._json, dict)

    def json_object(self) -> dict[str, Any]:
        """Return the body's JSON object; empty if it is none."""
        return self._json if self.has_json_object() else {}

    def note_verdict(self, answer: Envelope) -> None:
        """Remember the verdict that is about to be sent."""
        self.answered = {name: answer.get(name) for name in ("success", "return_code")}

    def note_status(self, status: int) -> None:
        """Remember the HTTP status that is about to be sent."""
        self.answered = {"status": status, **(self.answered or {})}

    def to_record(self) -> dict[str, Any]:
        """Return the entry as `GET /_sandbox/log` shows it; `body` is the text as received."""
        return {
            "n": self.n,
            "at_utc": self.at_utc,
            "operation": self.operation_name if self.operation is None else self.operation.value,
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": self.body.decode("utf-8", errors="backslashreplace"),
            "effect": self.effect,
            "faults": self.faults,
            "answered": self.answered,
            **({} if self.issuer is None else {"issuer": self.issuer}),
        }
