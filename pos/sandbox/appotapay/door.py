"""Who may come in: the JWT of each call and the signature of a purchase, checked by the RFCs with `hmac` alone.

Source: contracts/appotapay.md §4, §5, §16.1; RFC 7515 (JWS compact form), RFC 2104 (HMAC).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Final

from pos.sandbox.incoming import Json

_CONTENT_KIND: Final = "appotapay-api;v=1"
_PREFIX: Final = "Bearer "
_SIGNED: Final = ("partnerRefId", "productCode", "quantity")
# An SMS purchase signs these as well.
_SIGNED_FOR_SMS: Final = ("customerPhone", "type")


@dataclass(frozen=True, slots=True)
class Keys:
    """What AppotaPay gave the merchant; invented."""

    partner_code: str
    api_key: str
    secret_key: str = field(repr=False)


@dataclass(slots=True)
class Door:
    """Checks tokens and remembers their ids. Not kept over a restart: a token lives minutes."""

    keys: Keys
    _seen: set[str] = field(default_factory=set)

    def complaint(self, header: str, now_s: float, *, bare_only: bool = False) -> str | None:
        """Return why the caller is not let in, or None; a token that is let in is used up.

        Args:
            header: Value of `X-APPOTAPAY-AUTH`; with or without the prefix, since AppotaPay's pages disagree.
            now_s: The issuer's clock, Unix seconds.
            bare_only: Refuse the prefix.
        """
        if bare_only and header.startswith(_PREFIX):
            return "prefix not expected"
        parts = header.removeprefix(_PREFIX).split(".")
        if len(parts) != 3:
            return "not a token"
        head, claims, mac = (_decoded(part) for part in parts)
        wanted = self._hmac(f"{parts[0]}.{parts[1]}".encode())
        if mac is None or not hmac.compare_digest(mac, wanted):
            return "token signature not valid"
        return _header_complaint(_parsed(head)) or self._claims_complaint(_parsed(claims), now_s)

    def signature_holds(self, body: Json) -> bool:
        """Tell whether a purchase's `signature` is right."""
        names = [*_SIGNED, *(_SIGNED_FOR_SMS if body.get("type") == "sms" else ())]
        text = "&".join(f"{name}={body.get(name, '')}" for name in sorted(names))
        given = body.get("signature")
        return isinstance(given, str) and hmac.compare_digest(given.encode(), self._hmac(text.encode()).hex().encode())

    def _hmac(self, text: bytes) -> bytes:
        return hmac.new(self.keys.secret_key.encode("utf-8"), text, hashlib.sha256).digest()

    def _claims_complaint(self, claims: Json, now_s: float) -> str | None:
        token_id, expires = claims.get("jti"), claims.get("exp")
        if claims.get("iss") != self.keys.partner_code:
            return "partner unknown"
        if claims.get("api_key") != self.keys.api_key:
            return "API key unknown"
        if not isinstance(expires, int) or isinstance(expires, bool) or expires <= now_s:
            return "token expired"
        if not isinstance(token_id, str) or not _is_token_id(token_id, self.keys.api_key):
            return "jti not valid"
        if token_id in self._seen:
            return "jti seen before"
        self._seen.add(token_id)
        return None


def _header_complaint(head: Json) -> str | None:
    if head.get("alg") != "HS256" or head.get("typ") != "JWT":
        return "algorithm not allowed"
    return None if head.get("cty") == _CONTENT_KIND else "cty not valid"


def _is_token_id(token_id: str, api_key: str) -> bool:
    return token_id.startswith(f"{api_key}-") and token_id.removeprefix(f"{api_key}-").isdecimal()


def _decoded(part: str) -> bytes | None:
    if "=" in part:
        return None
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None


def _parsed(raw: bytes | None) -> dict[str, Any]:
    try:
        value = json.loads(raw or b"")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
