"""VinID as the sandbox mounts it: the invented keys and codes, the samples, and what survives a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any, Final

from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.page import code_pictures
from pos.sandbox.rsa_public import kept_private_pem, public_key
from pos.sandbox.vinid.door import Door
from pos.sandbox.vinid.evouchers import Evoucher, Evouchers
from pos.sandbox.vinid.faults import EDITS, FAULTS
from pos.sandbox.vinid.giftcodes import Giftcodes
from pos.sandbox.vinid.issuer import OPERATIONS, Place, VinIdIssuer

PLACE: Final = Place("MC01", "STORE01", "POS01")
KEY_CODE: Final = "11111111-2222-4333-8444-555555555555"
_CHANGING: Final = ("orders", "mark_used", "refund")
_API_KEY_FILE: Final = "vinid-api-key.pem"
_GIFTCODE_KEY_FILE: Final = "vinid-giftcode-key.pem"


class VinId:
    """Implements `MountedIssuer`."""

    name = "vinid"
    prefixes: tuple[str, ...] = ("/merchant-integration/",)
    operations: tuple[str, ...] = OPERATIONS
    faults: Mapping[str, str] = FAULTS

    def __init__(self, folder: Path, kept: str | None) -> None:
        """Go on from what was remembered.

        Args:
            folder: Keeps the merchant's keys, made on first use.
            kept: What `remembered` told before the restart; None means the samples.
        """
        self._api_pem = kept_private_pem(folder / _API_KEY_FILE)
        self._giftcode_pem = kept_private_pem(folder / _GIFTCODE_KEY_FILE)
        self._door = Door(KEY_CODE, public_key(self._api_pem))
        self._issuer = self._fresh()
        # What `remembered` told last; None once something has changed.
        self._text: str | None = None
        if kept is not None:
            self._issuer.restore(json.loads(kept))

    def _fresh(self) -> VinIdIssuer:
        # The stranger's key is the one of the door: not the giftcode key, and no third one has to be made.
        gifts = Giftcodes(public_key(self._giftcode_pem), public_key(self._api_pem))
        return VinIdIssuer(PLACE, self._door, gifts, Evouchers())

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; None for a path or method that is none."""
        return self._issuer.operation_of(incoming)

    async def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it, then spoil the answer as armed."""
        if operation in _CHANGING:
            self._text = None
        result = self._issuer.handle(operation, incoming, quirks)
        answer = result.answer
        for name, edit in EDITS.items():
            if name in quirks and answer is not None:
                answer = edit(answer) or answer
        return Result(result.status, answer, result.effect)

    def ready(self) -> Json:
        """Return codes, keys and samples. The private keys are the merchant's: made so that a till can be set up."""
        truth = self.truth()
        return {
            **asdict(PLACE),
            "key_code": KEY_CODE,
            "api_private_key": self._api_pem,
            "giftcode_private_key": self._giftcode_pem,
            "stock": truth["giftcode"]["stock"],
            "evouchers": [{"serial": each["serial"], "label": each["label"]} for each in truth["evoucher"]["vouchers"]],
        }

    def truth(self) -> Json:
        """Return stock, orders with plain codes, e-vouchers, and how often each was withdrawn or redeemed."""
        return self._issuer.truth()

    def change(self, wish: Json) -> None:
        """Change a stock, spend a giftcode, use an e-voucher elsewhere, or add one.

        One of `{"card_type": "50", "stock": N}`, `{"spend": GIFTCODE SERIAL}`, `{"use": E-VOUCHER SERIAL}`,
        `{"add": {"serial": …, "discount_type": …, "discount_value": …}}` with any field of `Evoucher`.

        Raises:
            ValueError: None of these.
        """
        self._text = None
        gifts, vouchers = self._issuer.giftcodes, self._issuer.evouchers
        match wish:
            case {"card_type": str(card_type), "stock": int(stock)}:
                gifts.stock[card_type] = stock
            case {"spend": str(serial)} if (giftcode := gifts.by_serial(serial)) is not None:
                giftcode.status = "USED"
            case {"use": str(serial)} if serial in vouchers.by_serial:
                vouchers.by_serial[serial].used = True
            case {"add": dict(fields)}:
                added = _evoucher(fields)
                vouchers.by_serial[added.serial] = added
            case _:
                raise ValueError("send card_type and stock, spend, use, or add")

    def reset(self) -> None:
        """Go back to the samples."""
        self._text = None
        self._issuer = self._fresh()

    def remembered(self) -> str:
        """Return orders and e-vouchers; nonces seen are forgotten with the process."""
        if self._text is None:
            self._text = json.dumps(self._issuer.truth())
        return self._text

    def samples_html(self) -> str:
        """Return the codes, the stock and the e-vouchers with their pictures, to be scanned from the screen."""
        truth = self._issuer.truth()
        stock = " · ".join(f"{escape(name)}.000 đ: <b>{left}</b>" for name, left in truth["giftcode"]["stock"].items())
        rows = "".join(_row(record) for record in truth["evoucher"]["vouchers"])
        return (
            f"<p>X-Key-Code <b>{KEY_CODE}</b> · merchant <b>{PLACE.merchant_code}</b> · store "
            f"<b>{PLACE.store_code}</b> · POS <b>{PLACE.pos_code}</b></p><p>Tồn kho / Stock: {stock}</p>"
            "<table><thead><tr><th>Serial</th><th>Loại / Kind</th><th>Đã dùng / Used</th><th>QR</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )


def _row(record: Json) -> str:
    serial = str(record["serial"])
    return (
        f"<tr><td>{escape(serial)}</td><td>{escape(str(record['label']))}</td>"
        f"<td>{'✓' if record['used'] else '–'}</td><td>{code_pictures(serial)[0]}</td></tr>"
    )


def _evoucher(fields: dict[str, Any]) -> Evoucher:
    try:
        return Evoucher(**{"label": "added", "discount_type": "amount", "discount_value": 50_000.0, **fields})
    except TypeError as error:
        raise ValueError(f"not an e-voucher: {error}") from error
