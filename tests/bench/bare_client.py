"""The peer of all calls: httpx as anybody would use it, one kept-alive connection, the same bodies."""

from __future__ import annotations

import json
import ssl
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode
from pos.providers.gotit import wire
from tests.sandbox_process import SandboxProcess

_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}


class BareClient:
    """Posts the bodies of the till and believes what it reads."""

    def __init__(self, sandbox: SandboxProcess) -> None:
        context = ssl.create_default_context(cafile=Path(sandbox.ca_file))
        self._pin = sandbox.pin
        self._client = httpx.Client(
            base_url=f"{sandbox.url}/merchant/v6.0", verify=context, headers=_HEADERS, timeout=20, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def call(self, operation: str, code: str, bill: Bill) -> dict[str, Any]:
        """One call about one voucher; the answer.

        Raises:
            RuntimeError: the issuer refused, so that it was not the same work.
        """
        body = wire.sale_body(self._pin, (VoucherCode(code),), bill, (), reserving=False)
        response = self._client.post(f"/{operation}", content=body)
        response.raise_for_status()
        answer: dict[str, Any] = json.loads(response.content)
        if not answer["success"]:
            raise RuntimeError(f"refused: {answer['return_code']}")
        return answer
