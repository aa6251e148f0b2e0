"""Crypto by the `openssl` command: neither the till's nor the sandbox's way to do it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def hmac_sha256(key: str, text: str) -> bytes:
    """Return the HMAC-SHA-256 of a text."""
    return _run(["dgst", "-sha256", "-mac", "HMAC", "-macopt", f"key:{key}", "-binary"], text.encode())


def sign(key_file: Path, text: bytes, digest: str = "sha256") -> bytes:
    """Return the RSASSA-PKCS1-v1_5 signature with SHA-256, or another digest on purpose."""
    return _run(["dgst", f"-{digest}", "-sign", str(key_file), "-binary"], text)


def decrypt(key_file: Path, block: bytes, *options: str) -> bytes:
    """Return the plain text of one RSA block.

    Args:
        key_file: PEM private key.
        block: Ciphertext.
        options: `-pkeyopt` values, e.g. `rsa_padding_mode:oaep`.

    Raises:
        subprocess.CalledProcessError: The padding does not fit.
    """
    chosen = [word for option in options for word in ("-pkeyopt", option)]
    return _run(["pkeyutl", "-decrypt", "-inkey", str(key_file), *chosen], block)


def _run(arguments: list[str], given: bytes) -> bytes:
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True, timeout=20).stdout
