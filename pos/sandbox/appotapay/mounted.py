"""AppotaPay as the sandbox mounts it: the invented keys, the samples, and what survives a restart."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Final

from pos.sandbox.appotapay.door import Keys
from pos.sandbox.appotapay.edits import EDITS
from pos.sandbox.appotapay.faults import FAULTS
from pos.sandbox.appotapay.issuer import BASE_PATH, OPERATIONS, AppotaPayIssuer
from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.rsa_public import kept_private_pem, public_key

KEYS: Final = Keys("SANDBOXPARTNER", "SANDBOX-API-KEY", "SANDBOX-SECRET-KEY-0001")
_KEY_FILE: Final = "appotapay-merchant-key.pem"
_FORMER_KEY_FILE: Final = "appotapay-former-key.pem"


class AppotaPay:
    """Implements `MountedIssuer`."""

    name = "appotapay"
    prefixes: tuple[str, ...] = (BASE_PATH,)
    operations: tuple[str, ...] = OPERATIONS
    faults: Mapping[str, str] = FAULTS

    def __init__(self, folder: Path, kept: str | None) -> None:
        """Go on from what was remembered.

        Args:
            folder: Keeps the merchant's keys, made on first use.
            kept: What `remembered` told before the restart; None means the samples.
        """
        self._private_pem = kept_private_pem(folder / _KEY_FILE)
        self._former_pem = kept_private_pem(folder / _FORMER_KEY_FILE)
        self._issuer = AppotaPayIssuer(KEYS, public_key(self._private_pem), public_key(self._former_pem))
        # What `remembered` told last; None once something has changed.
        self._text: str | None = None
        if kept is not None:
            self._issuer.purchases.restore(json.loads(kept))

    def _settle_due(self, now_s: float) -> None:
        if self._issuer.purchases.settle_due(now_s):
            self._text = None

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; None for a path or method that is none."""
        return self._issuer.operation_of(incoming)

    async def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it, then spoil the answer as armed."""
        self._settle_due(incoming.now_s)
        if operation == "buy":
            self._text = None
        result = self._issuer.handle(operation, incoming, quirks)
        answer = result.answer
        for name, edit in EDITS.items():
            if name in quirks and answer is not None:
                answer = edit(answer) or answer
        return Result(result.status, answer, result.effect)

    def ready(self) -> Json:
        """Return keys and products. The private keys are the merchant's: made here so that a till can be set up."""
        return {
            **asdict(KEYS),
            "private_key": self._private_pem,
            "former_private_key": self._former_pem,
            "products": [asdict(product) for product in self._issuer.purchases.products.values()],
        }

    def truth(self) -> Json:
        """Return balance, products, purchases with plain codes, and how often each was debited."""
        self._settle_due(time.time())
        return self._issuer.purchases.truth()

    def change(self, wish: Json) -> None:
        """Set `{"balance_vnd": N}`, `{"product": CODE, "stock": N}` or `{"sms": true}` (SMS purchases; off at first).

        Raises:
            ValueError: None of these.
        """
        self._text = None
        purchases = self._issuer.purchases
        match wish:
            case {"balance_vnd": int(balance_vnd)}:
                purchases.balance_vnd = balance_vnd
            case {"product": str(code), "stock": int(stock)} if code in purchases.products:
                purchases.products[code].stock = stock
            case {"sms": bool(sms)}:
                purchases.sms = sms
            case _:
                raise ValueError('send {"balance_vnd": N}, {"product": CODE, "stock": N} or {"sms": true}')

    def reset(self) -> None:
        """Go back to the samples."""
        self._text = None
        self._issuer.reset()

    def remembered(self) -> str:
        """Return all purchases; tokens seen are forgotten with the process."""
        if self._text is None:
            self._text = json.dumps(self._issuer.purchases.truth())
        return self._text

    def samples_html(self) -> str:
        """Return the keys and the products as they stand."""
        rows = "".join(
            f"<tr><td>{escape(product.code)}</td><td>{escape(product.name)}</td><td>{product.value_vnd:,} đ</td>"
            f"<td>{product.stock}</td></tr>"
            for product in self._issuer.purchases.products.values()
        )
        return (
            f"<p>PARTNER_CODE <b>{KEYS.partner_code}</b> · API_KEY <b>{KEYS.api_key}</b> · SECRET_KEY "
            f"<b>{KEYS.secret_key}</b></p><table><thead><tr><th>Mã / Code</th><th>Tên / Name</th>"
            f"<th>Mệnh giá / Face value</th><th>Tồn kho / Stock</th></tr></thead><tbody>{rows}</tbody></table>"
        )
