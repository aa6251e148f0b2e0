"""Private keys read at every start of the till: quickly, and tried before they are believed."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

_TRIAL = b"quay-voucher"


def read_private_pem(pem: bytes) -> object:
    """The key of a PEM without a password.

    The library's own check asks whether the key's factors are prime: 45 ms a key, 0.3 s for a shop with every issuer,
    before the window opens. Here a signature is made and verified instead, 1 ms: numbers that do not belong together
    fail it.

    Raises:
        ValueError, UnsupportedAlgorithm: not a key, or its numbers do not belong together.
        TypeError: it has a password.
    """
    key = load_pem_private_key(pem, password=None, unsafe_skip_rsa_key_validation=True)
    if isinstance(key, RSAPrivateKey):
        try:
            key.public_key().verify(key.sign(_TRIAL, PKCS1v15(), SHA256()), _TRIAL, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise ValueError("a key whose parts do not belong together") from None
    return key
