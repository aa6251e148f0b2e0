"""A Gotadi client whose cryptography is the openssl command line, to judge the sandbox from outside."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.sandbox.caller import Answer, Caller
from tests.sandbox_process import SandboxProcess


class Gotadi:
    """One partner at a running sandbox."""

    def __init__(self, sandbox: SandboxProcess, caller: Caller, folder: Path) -> None:
        self.sandbox = sandbox
        self.caller = caller
        self.facts: dict[str, Any] = sandbox.ready["gotadi"]
        self.code: str = self.facts["access_code"]
        self.token = ""
        self._folder = folder
        self.own_key = folder / "partner.pem"
        self.their_key = folder / "gotadi.pem"
        self.own_public = folder / "partner-public.pem"
        self.own_key.write_text(self.facts["partner_private_key"], encoding="ascii")
        self.their_key.write_text(self.facts["gotadi_public_key"], encoding="ascii")
        openssl("pkey", "-in", self.own_key, "-pubout", "-out", self.own_public)

    # --- samples and truth ---

    def number(self, label: str) -> str:
        """The sample booking with this label."""
        return next(str(each["number"]) for each in self.facts["bookings"] if each["label"] == label)

    def booking(self, number: str) -> dict[str, Any]:
        """The issuer's truth of a booking."""
        booking: dict[str, Any] = self.truth()["bookings"][number]
        return booking

    def truth(self) -> dict[str, Any]:
        truth: dict[str, Any] = self.sandbox.control("GET", "/gotadi/state")
        return truth

    def change(self, **wish: Any) -> None:
        self.sandbox.control("POST", "/gotadi/change", wish)

    def arm(self, fault: str, operation: str = "*", **more: Any) -> None:
        self.sandbox.control("PUT", "/gotadi/faults", [{"fault": fault, "operation": operation, **more}])

    def disarm(self) -> None:
        self.sandbox.control("PUT", "/gotadi/faults", [])

    # --- calls ---

    def headers(self) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        fixed = {"apikey": self.facts["api_key"], "x-ibe-req-name": self.code, "Content-Type": "application/json"}
        return {**fixed, **bearer}

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        return self.caller.send(method, path, content, self.headers() if headers is None else headers)

    def login(self) -> list[str]:
        """Log in; keeps the token and returns the answer's fields without the signature."""
        fields = self.sealed_call("login", self.code, self.facts["user_id"], "single", "flight")
        self.token = fields[2].partition("access_token=")[2]
        return fields

    def sealed_call(self, path: str, *fields: str) -> list[str]:
        """Send an encrypted call; returns the verified fields of the answer without the signature."""
        return self.opened(self.send("POST", f"/api/partner/{path}", self.sealed(*fields)).json, last=path == "login")

    def voucher(self, call: str, method: str = "GET", **fields: object) -> Answer:
        return self.send(method, f"/api/payments/voucher/{call}", fields)

    def validate(self, number: str, code: str) -> str:
        """Validate; returns the tracking code."""
        tracking: str = self.voucher("validate", bookingNumber=number, voucherCode=code).json["trackingCode"]
        return tracking

    def redeem(self, number: str, code: str, tracking: object, method: str = "GET") -> Answer:
        return self.voucher("redeem", method, bookingNumber=number, voucherCode=code, trackingCode=tracking)

    def order(self, number: str) -> list[str]:
        """Place the order; returns the verified fields of the address."""
        return self.opened_address(self.send("GET", f"/api/partner/place-order?bookingNumber={number}").json["result"])

    def commit(self, number: str, product: str = "AIR", trans_id: str = "TRX-0001") -> list[str]:
        return self.sealed_call("commit", self.code, number, trans_id, product)

    def query(self, number: str) -> list[str]:
        return self.sealed_call("query-trans", self.code, number)

    def detail(self, number: str, *, final: bool = False) -> Answer:
        return self.send("GET", f"/api/products/{'final-' if final else ''}booking-detail?booking_number={number}")

    def info(self, number: str, *, final: bool = False) -> dict[str, Any]:
        info: dict[str, Any] = self.detail(number, final=final).json["bookingInfo"]
        return info

    # --- openssl ---

    def sealed(self, *fields: str, signer: Path | None = None) -> dict[str, str]:
        text = "|".join(fields)
        signature = openssl("dgst", "-sha256", "-sign", signer or self.own_key, stdin=text.encode())
        return self.encrypted(f"{text}|{base64.b64encode(signature).decode()}")

    def encrypted(self, text: str) -> dict[str, str]:
        key = secrets.token_bytes(24)
        sealed_key = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", self.their_key, stdin=key)
        data = openssl("enc", "-des-ede3-ecb", "-K", key.hex(), stdin=text.encode())
        return {"key": _url(sealed_key), "data": _url(data)}

    def decrypted(self, body: dict[str, Any]) -> str:
        key = openssl("pkeyutl", "-decrypt", "-inkey", self.own_key, stdin=_raw(body["key"]))
        return openssl("enc", "-d", "-des-ede3-ecb", "-K", key.hex(), stdin=_raw(body["data"])).decode()

    def opened(self, body: dict[str, Any], *, last: bool = False) -> list[str]:
        """Decrypt and verify; the signature is the last field, or the last but one."""
        text = self.decrypted(body)
        parts = text.rsplit("|", 1 if last else 2)
        head, signature, tail = parts[0], parts[1], parts[2:]
        signed = "|".join([head, *tail])
        if not self.verified(signed, signature):
            raise ValueError("signature not valid")
        return signed.split("|")

    def verified(self, text: str, signature: str, key: Path | None = None) -> bool:
        file = self._folder / "signature"
        file.write_bytes(base64.b64decode(signature))
        command = ["openssl", "dgst", "-sha256", "-verify", str(key or self.their_key), "-signature", str(file)]
        return subprocess.run(command, input=text.encode(), capture_output=True, check=False).returncode == 0

    def opened_address(self, address: str) -> list[str]:
        _, key, data = address.replace("&data=", "?data=").split("?")
        body = {"key": unquote(key.removeprefix("key=")), "data": unquote(data.removeprefix("data="))}
        return self.opened(body)


def openssl(*arguments: str | Path, stdin: bytes = b"") -> bytes:
    """Run one openssl command.

    Raises:
        CalledProcessError: It failed.
    """
    return subprocess.run(["openssl", *map(str, arguments)], input=stdin, capture_output=True, check=True).stdout


def _url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _raw(text: str) -> bytes:
    plain = "".join(text.split()).rstrip("=").translate(str.maketrans("+/", "-_"))
    return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
