"""Who may come in: the two headers, and the token that login gives. Source: contracts/gotadi.md §3."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from pos.sandbox.gotadi.sealed import url_base64
from pos.sandbox.incoming import Incoming

_BEARER: Final = "Bearer "


@dataclass(frozen=True, slots=True)
class Account:
    """What Gotadi gave the partner; invented."""

    access_code: str = "QUAYSBX"
    api_key: str = field(default="sandbox-gotadi-api-key", repr=False)
    user_id: str = "quay-01"


class Door:
    """Checks headers, gives and checks tokens (JWT, HS256)."""

    def __init__(self, account: Account, secret: bytes) -> None:
        """Take the account, and the secret that tokens are made with."""
        self._account = account
        self._secret = secret

    def headers_complaint(self, incoming: Incoming) -> tuple[int, str] | None:
        """Return HTTP status and `error_code` for wrong headers; None if they are right.

        Without a key the gateway refuses (401); an encrypted call with a wrong one is told 03 or 06 (§7.1).
        """
        api_key, access_code = incoming.headers.get("apikey"), incoming.headers.get("x-ibe-req-name")
        if api_key != self._account.api_key:
            return 401, "" if api_key is None else "03"
        if access_code != self._account.access_code:
            return 403, "" if access_code is None else "06"
        return None

    def token(self, now_s: float, life_s: float) -> str:
        """Return a token that ends after `life_s` seconds."""
        claims = {"sub": self._account.user_id, "iat": int(now_s), "exp": int(now_s + life_s)}
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
        return f"{signed}.{self._mac(signed)}"

    def lets_in(self, incoming: Incoming) -> bool:
        """Tell whether the request carries a token of ours that has not ended."""
        header = incoming.headers.get("authorization", "")
        signed, _, mac = header.removeprefix(_BEARER).rpartition(".")
        if not header.startswith(_BEARER) or not hmac.compare_digest(mac.encode(), self._mac(signed).encode()):
            return False
        claims = signed.partition(".")[2]
        expires = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return bool(incoming.now_s < expires)

    def _mac(self, signed: str) -> str:
        return url_base64(hmac.new(self._secret, signed.encode(), hashlib.sha256).digest())


def _part(content: dict[str, Any]) -> str:
    return url_base64(json.dumps(content, separators=(",", ":")).encode())
