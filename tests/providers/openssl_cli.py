"""The other side of our cryptography: the openssl command line, which shares no code of ours."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PADDINGS = {
    "pkcs1v15": ("-pkeyopt", "rsa_padding_mode:pkcs1"),
    "oaep-sha1": ("-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha1", "-pkeyopt", "rsa_mgf1_md:sha1"),
    "oaep-sha256": (
        "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256",
    ),
}  # fmt: skip


def run(*arguments: str, given: bytes = b"") -> bytes:
    """What `openssl …` writes out."""
    return subprocess.run(["openssl", *arguments], input=given, capture_output=True, check=True, timeout=30).stdout


def hmac_sha256_hex(key: str, text: str) -> str:
    """HMAC-SHA-256 of the text."""
    out = run("dgst", "-sha256", "-mac", "HMAC", "-macopt", f"key:{key}", "-r", given=text.encode())
    return out.split()[0].decode()


class KeyPair:
    """An RSA key pair made by openssl in a folder."""

    def __init__(self, folder: Path, name: str, bits: int = 2048) -> None:
        private, self._public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
        run("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", str(private))
        run("pkey", "-in", str(private), "-pubout", "-out", str(self._public))
        self.private_file, self.private_pem = private, private.read_text()

    def seal(self, plain: str | bytes, padding: str = "pkcs1v15") -> bytes:
        """One block under the public key."""
        data = plain if isinstance(plain, bytes) else plain.encode()
        return run("pkeyutl", "-encrypt", "-pubin", "-inkey", str(self._public), *_PADDINGS[padding], given=data)
