"""Who may come in: key code, timestamp, nonce and the RSA signature over the raw body.

Source: contracts/vinid.md §3, §4, §9 (4010001 to 4010006), §16.1.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Final

from pos.sandbox.incoming import Incoming
from pos.sandbox.rsa_public import PublicKey, verifies

_WINDOW_S: Final = 2 * 3600
_MOST_NONCE_CHARACTERS: Final = 255


@dataclass(slots=True)
class Door:
    """Checks requests and remembers nonces for two hours. Not kept over a restart."""

    key_code: str
    api_key: PublicKey
    _nonces: dict[str, float] = field(default_factory=dict)

    def refusal(self, incoming: Incoming) -> int | None:
        """Return the code that turns the request away, or None; the nonce of one that is let in is used up."""
        headers = incoming.headers
        nonce, timestamp = headers.get("x-nonce", ""), headers.get("x-timestamp", "")
        if headers.get("x-key-code") != self.key_code:
            return 4010001
        if not 0 < len(nonce) <= _MOST_NONCE_CHARACTERS:
            return 4010005
        if not (timestamp.isascii() and timestamp.isdecimal()):
            return 4010002
        if int(timestamp) > incoming.now_s:
            return 4010003
        if int(timestamp) < incoming.now_s - _WINDOW_S:
            return 4010004
        if not self._signed(incoming, nonce, timestamp):
            return 4010001
        return None if self._is_new(nonce, incoming.now_s) else 4010006

    def _signed(self, incoming: Incoming, nonce: str, timestamp: str) -> bool:
        facts = (incoming.path, incoming.method, nonce, timestamp, self.key_code, "")
        try:
            signature = base64.b64decode(incoming.headers.get("x-signature", ""), validate=True)
        except ValueError:
            return False
        return verifies(self.api_key, ";".join(facts).encode() + incoming.body, signature)

    def _is_new(self, nonce: str, now_s: float) -> bool:
        if self._nonces.get(nonce, 0.0) > now_s - _WINDOW_S:
            return False
        for old in [name for name, at_s in self._nonces.items() if at_s <= now_s - _WINDOW_S]:
            del self._nonces[old]
        self._nonces[nonce] = now_s
        return True
