"""The signature of a request: SHA-256 with RSA over url, method, nonce, timestamp, key code and body.

Source: contracts/vinid.md §4. The signed body is the sent body, byte for byte.
"""

from __future__ import annotations

import base64

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from pos.domain.errors import ConfigError
from pos.providers.rsa_keys import read_private_pem

KEY_BITS = 2048
"""VinID takes no other (§4, §5)."""


def signed_text(path: str, nonce: str, timestamp: str, key_code: str, body: bytes) -> bytes:
    """What is signed for a POST.

    Args:
        path: from the leading `/`; no scheme, no host.
        nonce: as in `X-Nonce`.
        timestamp: as in `X-Timestamp`, Unix seconds.
        key_code: as in `X-Key-Code`.
        body: as sent.
    """
    return ";".join((path, "POST", nonce, timestamp, key_code, "")).encode() + body


class Signer:
    """Signs with the private key of `X-Key-Code`. Thread-safe; about 1 ms a signature.

    Args:
        api_key_pem: PEM without password.

    Raises:
        ConfigError: it cannot be used (`vinid.key`, `why` is `unreadable`, `locked` or `not_rsa_2048`). Never holds
            text of the key (§14).
    """

    def __init__(self, api_key_pem: str) -> None:
        self._key = _rsa_key(api_key_pem)

    def sign(self, text: bytes) -> str:
        """Standard base64 with padding, one line of 344 characters; the same text gives the same signature."""
        return base64.b64encode(self._key.sign(text, PKCS1v15(), SHA256())).decode()


def same_pair(one_pem: str, other_pem: str) -> bool:
    """Whether two private keys, written in whatever way, belong to one pair.

    Raises:
        ConfigError: as `Signer`.
    """
    one, other = _rsa_key(one_pem), _rsa_key(other_pem)
    return one.public_key().public_numbers().n == other.public_key().public_numbers().n


def _rsa_key(pem: str) -> RSAPrivateKey:
    try:
        key = read_private_pem(pem.encode())
    except TypeError:
        raise ConfigError("vinid.key", why="locked") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError("vinid.key", why="unreadable") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size != KEY_BITS:
        raise ConfigError("vinid.key", why="not_rsa_2048")
    return key
