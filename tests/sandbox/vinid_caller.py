"""A merchant of VinID written from the contract (§3 to §5, §7, §8), with openssl for all crypto."""

from __future__ import annotations

import base64
import itertools
import json
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.sandbox.caller import Answer, Caller
from tests.sandbox.openssl import decrypt, sign
from tests.sandbox_process import SandboxProcess

GATEWAY = "/merchant-integration/v1/gateway"
EVOUCHER = "/merchant-integration/v1/e-voucher/"
_ids = itertools.count(1)


def new_id() -> str:
    """Return an id that no test used before."""
    return f"T01TEST{next(_ids):06d}"


class Merchant:
    """Calls VinID over one connection."""

    def __init__(self, sandbox: SandboxProcess, caller: Caller, folder: Path) -> None:
        self.facts = sandbox.ready["vinid"]
        self.sandbox = sandbox
        self.caller = caller
        self.api_key_file = folder / "vinid-api.pem"
        self.api_key_file.write_text(self.facts["api_private_key"])
        self.giftcode_key_file = folder / "vinid-giftcode.pem"
        self.giftcode_key_file.write_text(self.facts["giftcode_private_key"])

    # --- the sandbox's side ---

    def arm(self, *faults: dict[str, Any]) -> None:
        self.sandbox.control("PUT", "/vinid/faults", list(faults))

    def change(self, **wish: Any) -> None:
        self.sandbox.control("POST", "/vinid/change", wish)

    @property
    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = self.sandbox.control("GET", "/vinid/state")
        return truth

    def evoucher(self, serial: str) -> dict[str, Any]:
        """Return what VinID itself knows of an e-voucher."""
        return next(found for found in self.truth["evoucher"]["vouchers"] if found["serial"] == serial)

    def serial(self, label: str) -> str:
        """Return the first sample e-voucher of this kind."""
        return next(str(each["serial"]) for each in self.facts["evouchers"] if each["label"] == label)

    # --- calls ---

    def post(
        self,
        path: str,
        body: bytes,
        api_code: str | None = None,
        headers: Mapping[str, str | None] | None = None,
        sent: bytes | None = None,
    ) -> Answer:
        """Sign and send.

        Args:
            path: Of the call.
            body: The bytes that are signed.
            api_code: `X-API-Code`.
            headers: In place of the right ones, and signed; None leaves one out.
            sent: Bytes sent in place of the signed ones.
        """
        given = dict(headers or {})
        nonce, stamp = given.get("X-Nonce", str(uuid.uuid4())), given.get("X-Timestamp", str(int(time.time()) - 5))
        text = f"{path};POST;{nonce or ''};{stamp or ''};{self.facts['key_code']};".encode() + body
        right: dict[str, str | None] = {
            "X-Key-Code": self.facts["key_code"],
            "X-Nonce": nonce,
            "X-Timestamp": stamp,
            "X-Signature": base64.b64encode(sign(self.api_key_file, text)).decode(),
            "X-API-Code": api_code,
            "Content-Type": "application/json",
        }
        kept = {name: value for name, value in (right | given).items() if value is not None}
        return self.caller.send("POST", path, body if sent is None else sent, kept)

    def gift(self, operation: str, headers: Mapping[str, str | None] | None = None, **fields: Any) -> Answer:
        """Call the gateway; a field given as None is left out."""
        places = {"merchant_id": self.facts["store_code"], "terminal_id": self.facts["pos_code"]}
        body = _bytes({"merchant_code": self.facts["merchant_code"], **places, **fields})
        return self.post(GATEWAY, body, f"mi_v1_loyalty_giftcode_{operation}", headers)

    def withdraw(self, order_id: str, card_type: str = "50", quantity: Any = 2) -> Answer:
        return self.gift("orders", order_id=order_id, order_info=[{"card_type": card_type, "quantity": quantity}])

    def detail(self, order_id: str) -> Answer:
        return self.gift("detail", order_id=order_id)

    def verify(self, serial: str, **fields: Any) -> Answer:
        return self._voucher("verify", serial, {"merchant_staff_id": "17", "order_info": {}, **fields})

    def mark_used(self, serial: str, ref_id: str, **fields: Any) -> Answer:
        own = {
            "merchant_code": self.facts["merchant_code"],
            "merchant_voucher_code": serial,
            "merchant_reference_id": "R000123",
            "redeem_ref_id": ref_id,
            "merchant_staff_id": 17,
        }
        return self._voucher("mark-used", serial, {**own, **fields})

    def refund(self, *serials: str) -> Answer:
        return self.post(f"{EVOUCHER}refund", _bytes({"serials": list(serials)}))

    def _voucher(self, operation: str, serial: str, fields: dict[str, Any]) -> Answer:
        places = {"store_code": self.facts["store_code"], "pos_code": self.facts["pos_code"], "extra_data": {}}
        return self.post(EVOUCHER + operation, _bytes({**places, "serial_number": serial, **fields}))

    def plain(self, card: dict[str, Any], *options: str, key_file: Path | None = None) -> str:
        """Return a giftcode, decrypted by openssl."""
        text = card["code"]
        block = bytes.fromhex(text) if len(text) == 512 else base64.b64decode(text, validate=True)
        assert len(block) == 256
        return decrypt(key_file or self.giftcode_key_file, block, *options).decode()


def meta(answer: Answer) -> Any:
    """Return the answer's `meta.code`."""
    return answer.json["meta"]["code"]


def cards(answer: Answer) -> list[dict[str, Any]]:
    """Return all cards of a withdrawal."""
    return [card for line in answer.json["data"]["order_info"] for card in line["cards"]]


def _bytes(body: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in body.items() if value is not None}
    return json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()
