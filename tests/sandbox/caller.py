"""A plain Merchant API client of the standard library, to judge the sandbox from outside."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tests.sandbox_process import SandboxProcess

PATHS = {"check": "checkmultiple", "reserve": "reserved", "unreserve": "unreserved", "mark_use": "usemultiple"}
BILL = "HN03-T2-20251121-000148"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer as received."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        parsed: dict[str, Any] = json.loads(self.body)
        return parsed

    @property
    def code(self) -> str | None:
        """`return_code` of the envelope."""
        code: str | None = self.json["return_code"]
        return code

    @property
    def first(self) -> dict[str, Any]:
        """The first voucher object."""
        shown: dict[str, Any] = self.json["data"][0]
        return shown


class Caller:
    """One keep-alive connection to a sandbox, reopened by itself after a close."""

    def __init__(self, sandbox: SandboxProcess, timeout_s: float = 10.0) -> None:
        self.sandbox = sandbox
        address = urlsplit(sandbox.url)
        context = ssl.create_default_context(cafile=str(sandbox.ca_file))
        self.connection = http.client.HTTPSConnection(
            address.hostname or "", address.port, timeout=timeout_s, context=context
        )

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """Send one request as given and read the whole answer; the connection is closed after an error."""
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, content)

    def call(self, operation: str, codes: object, **fields: Any) -> Answer:
        """Call an operation with PIN, a bill number and, for check and mark-use, the skip flag.

        A field given as None is left out.
        """
        body: dict[str, Any] = {"pin": self.sandbox.pin, "codes": codes, "bill_number": BILL}
        if operation in ("check", "mark_use"):
            body["skip_reserved_when_mark_used"] = True
        body = {name: value for name, value in {**body, **fields}.items() if value is not None}
        return self.post(operation, json.dumps(body, ensure_ascii=False).encode())

    def post(self, operation: str, body: bytes) -> Answer:
        """Post these bytes to an operation's path."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return self.send("POST", f"/merchant/v6.0/{PATHS[operation]}", body, headers)
