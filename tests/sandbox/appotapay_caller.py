"""A merchant of AppotaPay written from the contract (§3 to §6), with openssl for all crypto."""

from __future__ import annotations

import base64
import itertools
import json
import time
from pathlib import Path
from typing import Any

from tests.sandbox.caller import Answer, Caller
from tests.sandbox.openssl import decrypt, hmac_sha256
from tests.sandbox_process import SandboxProcess

PATH = "/api/v1/service/"
_ids = itertools.count(1)
# A token's second may not come twice, in whichever test.
_seconds = itertools.count(int(time.time()))


def new_id() -> str:
    """Return an id that no test used before."""
    return f"T01TEST{next(_ids):06d}"


def _segment(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Merchant:
    """Calls AppotaPay over one connection."""

    def __init__(self, sandbox: SandboxProcess, caller: Caller, folder: Path) -> None:
        self.facts = sandbox.ready["appotapay"]
        self.sandbox = sandbox
        self.caller = caller
        self.key_file = folder / "appotapay.pem"
        self.key_file.write_text(self.facts["private_key"])
        self.former_key_file = folder / "appotapay-former.pem"
        self.former_key_file.write_text(self.facts["former_private_key"])

    # --- the sandbox's side ---

    def arm(self, *faults: dict[str, Any]) -> None:
        self.sandbox.control("PUT", "/appotapay/faults", list(faults))

    def change(self, **wish: Any) -> None:
        self.sandbox.control("POST", "/appotapay/change", wish)

    @property
    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = self.sandbox.control("GET", "/appotapay/state")
        return truth

    def purchase(self, ref_id: str) -> dict[str, Any]:
        """Return what AppotaPay itself knows of a purchase."""
        return next(found for found in self.truth["purchases"] if found["ref_id"] == ref_id)

    # --- calls ---

    def token(self, head: dict[str, Any] | None = None, secret: str | None = None, **claims: Any) -> str:
        """Return a new token; a header field or claim given as None is left out."""
        api_key = self.facts["api_key"]
        heads = {"typ": "JWT", "alg": "HS256", "cty": "appotapay-api;v=1", **(head or {})}
        all_claims = {
            "iss": self.facts["partner_code"],
            "jti": f"{api_key}-{next(_seconds)}",
            "api_key": api_key,
            "exp": int(time.time()) + 300,
            **claims,
        }
        parts = ({k: v for k, v in part.items() if v is not None} for part in (heads, all_claims))
        text = ".".join(_segment(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{text}.{_segment(hmac_sha256(secret or self.facts['secret_key'], text))}"

    def get(self, path: str, authorization: str | None = None) -> Answer:
        headers = {"X-APPOTAPAY-AUTH": authorization or f"Bearer {self.token()}", "Content-Type": "application/json"}
        return self.caller.send("GET", PATH + path, None, headers)

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        headers = {"X-APPOTAPAY-AUTH": f"Bearer {self.token()}", "Content-Type": "application/json"}
        return self.caller.send("POST", PATH + path, json.dumps(body).encode(), headers)

    def signed(self, ref_id: str, product: str = "VT50", quantity: Any = 2) -> dict[str, Any]:
        """Return the body of a purchase."""
        text = f"partnerRefId={ref_id}&productCode={product}&quantity={quantity}"
        signature = hmac_sha256(self.facts["secret_key"], text).hex()
        return {"partnerRefId": ref_id, "productCode": product, "quantity": quantity, "signature": signature}

    def buy_by_sms(self, ref_id: str, phone: str, quantity: int = 1) -> Answer:
        """One card of 50,000 đ for a phone."""
        text = f"customerPhone={phone}&partnerRefId={ref_id}&productCode=VT50&quantity={quantity}&type=sms"
        body = {"partnerRefId": ref_id, "productCode": "VT50", "quantity": quantity, "type": "sms"}
        signature = hmac_sha256(self.facts["secret_key"], text).hex()
        return self.post("shopcard/buy", {**body, "customerPhone": phone, "signature": signature})

    def buy(self, ref_id: str, product: str = "VT50", quantity: Any = 2) -> Answer:
        return self.post("shopcard/buy", self.signed(ref_id, product, quantity))

    def ask(self, ref_id: str) -> Answer:
        return self.get(f"shopcard/transaction/{ref_id}")

    def plain(self, card: dict[str, Any], *options: str, key_file: Path | None = None) -> str:
        """Return a card's code, decrypted by openssl."""
        text = card["code"]
        block = bytes.fromhex(text) if len(text) == 512 else base64.b64decode(text, validate=True)
        assert len(block) == 256
        return decrypt(key_file or self.key_file, block, *options).decode()
