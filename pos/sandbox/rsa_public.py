"""RSA with a public key by plain arithmetic: what an issuer does with the key a merchant handed over.

Source: RFC 8017 §7.1.1 (OAEP), §7.2.1 (PKCS#1 v1.5 encryption), §8.2.2 and §9.2 (signature check), B.2.1 (MGF1).
Written out by hand, so that till and sandbox cannot share a mistake of one library; only the PEM is read by a library.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

PKCS1V15: Final = "pkcs1v15"
OAEP_SHA1: Final = "oaep-sha1"
OAEP_SHA256: Final = "oaep-sha256"
# A block that no padding fits: only the till's check of the plain text finds it.
NO_PADDING: Final = "none"
PADDINGS: Final = (PKCS1V15, OAEP_SHA1, OAEP_SHA256, NO_PADDING)

_HASH_OF_OAEP: Final = {OAEP_SHA1: "sha1", OAEP_SHA256: "sha256"}
# DigestInfo of SHA-256 up to the hash itself (RFC 8017 §9.2, note 1).
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")
_KEY_BITS: Final = 2048


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Modulus and exponent."""

    n: int
    e: int

    @property
    def size_bytes(self) -> int:
        """Length of one block in bytes."""
        return (self.n.bit_length() + 7) // 8


def public_key(private_pem: str) -> PublicKey:
    """Return the public half of a PEM private key."""
    key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("not an RSA key")
    numbers = key.public_key().public_numbers()
    return PublicKey(numbers.n, numbers.e)


def kept_private_pem(path: Path) -> str:
    """Return the PEM private key (PKCS#8, 2048 bits) in this file; made on first use, the same one ever after."""
    if path.exists():
        return path.read_text(encoding="ascii")
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # Written beside and moved, so that a process killed meanwhile leaves no half key.
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_bytes(pem)
    os.replace(beside, path)
    return pem.decode("ascii")


def encrypt(key: PublicKey, plain: bytes, padding: str) -> bytes:
    """Return one block of ciphertext, another one each time.

    Args:
        key: The merchant's.
        plain: Short enough for the padding; a card code always is.
        padding: One of `PADDINGS`.
    """
    if padding == NO_PADDING:
        block = bytes([0, 255]) + secrets.token_bytes(key.size_bytes - 2)
    elif padding == PKCS1V15:
        block = _pkcs1v15_block(plain, key.size_bytes)
    else:
        block = _oaep_block(plain, key.size_bytes, _HASH_OF_OAEP[padding])
    return pow(int.from_bytes(block), key.e, key.n).to_bytes(key.size_bytes)


def verifies(key: PublicKey, text: bytes, signature: bytes) -> bool:
    """Tell whether this is the RSASSA-PKCS1-v1_5 signature with SHA-256 over the text."""
    if len(signature) != key.size_bytes or int.from_bytes(signature) >= key.n:
        return False
    ending = b"\x00" + _SHA256_INFO + hashlib.sha256(text).digest()
    # The whole block is built and compared; reading the padding instead is what forgers live on.
    wanted = b"\x00\x01" + b"\xff" * (key.size_bytes - 2 - len(ending)) + ending
    return pow(int.from_bytes(signature), key.e, key.n).to_bytes(key.size_bytes) == wanted


def _pkcs1v15_block(plain: bytes, size: int) -> bytes:
    filling = bytes(1 + secrets.randbelow(255) for _ in range(size - 3 - len(plain)))
    return b"\x00\x02" + filling + b"\x00" + plain


def _oaep_block(plain: bytes, size: int, hash_name: str) -> bytes:
    label = hashlib.new(hash_name, b"").digest()
    data = label + bytes(size - 2 - 2 * len(label) - len(plain)) + b"\x01" + plain
    seed = secrets.token_bytes(len(label))
    masked_data = _xor(data, _mgf1(seed, len(data), hash_name))
    return b"\x00" + _xor(seed, _mgf1(masked_data, len(seed), hash_name)) + masked_data


def _mgf1(seed: bytes, length: int, hash_name: str) -> bytes:
    mask = b""
    while len(mask) < length:
        counter = (len(mask) // hashlib.new(hash_name).digest_size).to_bytes(4)
        mask += hashlib.new(hash_name, seed + counter).digest()
    return mask[:length]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))
