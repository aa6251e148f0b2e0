"""The token of each call: a JWT made by the till, never stored and never logged (contracts/appotapay.md §4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Mapping
from datetime import datetime

from pos.providers.appotapay.seconds import TakeSecond

LIFE_S = 300
"""From the token's second to its death."""
_HEADER = {"typ": "JWT", "alg": "HS256", "cty": "appotapay-api;v=1"}


class TokenMaker:
    """Makes one token per call. Thread-safe.

    Args:
        partner_code: claim `iss`.
        api_key: claims `api_key` and `jti`.
        secret_key: signs; used as UTF-8.
        take_second: as `seconds.FileSeconds`; called by one thread at a time.
    """

    def __init__(self, partner_code: str, api_key: str, secret_key: str, take_second: TakeSecond) -> None:
        self._partner_code = partner_code
        self._api_key = api_key
        self._secret = secret_key.encode()
        self._lock = threading.Lock()
        self._take_second = take_second

    def token(self, now_utc: datetime) -> str:
        """A token of this second, or of the next one that has had none: two tokens never share their `jti`."""
        with self._lock:
            second = self._take_second(int(now_utc.timestamp()))
        claims: dict[str, str | int] = {
            "iss": self._partner_code,
            "jti": f"{self._api_key}-{second}",
            "api_key": self._api_key,
            "exp": second + LIFE_S,
        }
        text = f"{_part(_HEADER)}.{_part(claims)}"
        return f"{text}.{_base64url(hmac.digest(self._secret, text.encode(), hashlib.sha256))}"


def _part(fields: Mapping[str, str | int]) -> str:
    return _base64url(json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
