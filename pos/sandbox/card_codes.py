"""Codes that are sold: made up, and encrypted in the form that the armed quirks ask for."""

from __future__ import annotations

import base64
import secrets
import string
from typing import Final

from pos.sandbox.incoming import Quirks
from pos.sandbox.rsa_public import NO_PADDING, OAEP_SHA1, OAEP_SHA256, PKCS1V15, PublicKey, encrypt

_PADDINGS: Final = {"oaep_sha1": OAEP_SHA1, "oaep_sha256": OAEP_SHA256, "wrong_padding": NO_PADDING}


def new_code(number: int, length: int) -> str:
    """Return the digits of a new code.

    Args:
        number: Its running number. Every fourth code begins with zeros: a till that takes it for a number loses them.
        length: How many digits.
    """
    zeros = "00" if number % 4 == 0 else ""
    return zeros + "".join(secrets.choice(string.digits) for _ in range(length - len(zeros)))


def encrypted(code: str, key: PublicKey, quirks: Quirks) -> str:
    """Return the code as it goes on the wire: PKCS#1 v1.5 in base64 (the contracts' assumption) without a quirk."""
    padding = next((padding for name, padding in _PADDINGS.items() if name in quirks), PKCS1V15)
    block = encrypt(key, code.encode(), padding)
    return block.hex() if "hex" in quirks else base64.b64encode(block).decode("ascii")
