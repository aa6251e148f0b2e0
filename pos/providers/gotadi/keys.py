"""RSA keys as an issuer hands them over: `RSAKeyValue` XML or PEM. Pure.

Source: contracts/gotadi.md §4.1 (key file format, key length). XML Signature §4.4.2.2 (`RSAKeyValue`).
"""

from __future__ import annotations

import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from pos.domain.errors import ConfigError
from pos.providers.gotadi.base64_forms import read64
from pos.providers.rsa_keys import read_private_pem

MIN_BITS = 1024
"""The issuer's own lower limit."""

_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)>([^<>]*)</(?:\w+:)?\1\s*>")
"""One leaf of the XML. No XML parser: nine known names, and nothing that an entity could blow up."""


def read_private_key(text: str) -> rsa.RSAPrivateKey:
    """Our own key.

    Raises:
        ConfigError: `gotadi.private_key` – not readable, encrypted, not RSA, inconsistent or too short.
    """
    try:
        key = _private_of_xml(text) if _is_xml(text) else read_private_pem(text.strip().encode())
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm):  # their texts may quote the key
        raise ConfigError("gotadi.private_key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MIN_BITS:
        raise ConfigError("gotadi.private_key")
    return key


def read_public_key(text: str) -> rsa.RSAPublicKey:
    """The issuer's key.

    Raises:
        ConfigError: `gotadi.public_key` – not readable, not RSA or too short.
    """
    try:
        key = _public_of_xml(text) if _is_xml(text) else load_pem_public_key(text.strip().encode())
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm):
        raise ConfigError("gotadi.public_key") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < MIN_BITS:
        raise ConfigError("gotadi.public_key")
    return key


def _is_xml(text: str) -> bool:
    return "RSAKeyValue" in text


def _numbers(text: str) -> dict[str, int]:
    return {name: int.from_bytes(read64(value)) for name, value in _ELEMENT.findall(text) if value.strip()}


def _public_of_xml(text: str) -> rsa.RSAPublicKey:
    return _public_numbers(_numbers(text)).public_key()


def _public_numbers(number: dict[str, int]) -> rsa.RSAPublicNumbers:
    return rsa.RSAPublicNumbers(e=number["Exponent"], n=number["Modulus"])


def _private_of_xml(text: str) -> rsa.RSAPrivateKey:
    number = _numbers(text)
    return rsa.RSAPrivateNumbers(
        p=number["P"],
        q=number["Q"],
        d=number["D"],
        dmp1=number["DP"],
        dmq1=number["DQ"],
        iqmp=number["InverseQ"],
        public_numbers=_public_numbers(number),
    ).private_key()
