"""Gotadi's side of the sealed texts, made and read by the openssl command line; no code is shared with the till."""

from __future__ import annotations

import base64
import secrets
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    """Run the openssl program and return what it wrote."""
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class KeyPair:
    """One side's RSA keys as PEM files."""

    private: Path
    public: Path

    @classmethod
    def make(cls, folder: Path, name: str, bits: int = 2048) -> KeyPair:
        pair = cls(folder / f"{name}.pem", folder / f"{name}.pub.pem")
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-out", str(pair.private))
        openssl("pkey", "-in", str(pair.private), "-pubout", "-out", str(pair.public))
        return pair

    def sign(self, text: bytes) -> bytes:
        return openssl("dgst", "-sha256", "-sign", str(self.private), stdin=text)

    def verifies(self, text: bytes, signature: bytes, folder: Path) -> bool:
        (folder / "signature").write_bytes(signature)
        done = subprocess.run(
            ["openssl", "dgst", "-sha256", "-verify", str(self.public), "-signature", str(folder / "signature")],
            input=text,
            capture_output=True,
            check=False,
        )
        return done.returncode == 0 and b"Verified OK" in done.stdout


def url64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from64(text: str) -> bytes:
    return base64.b64decode(text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4))


def standard64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def sealed_text(text: bytes, receiver: KeyPair) -> dict[str, str]:
    """`key` and `data` for a text that already holds its signature."""
    content_key = secrets.token_bytes(24)
    key = openssl(
        "pkeyutl", "-encrypt", "-pubin", "-inkey", str(receiver.public), "-pkeyopt", "rsa_padding_mode:pkcs1",
        stdin=content_key,
    )  # fmt: skip
    data = openssl("enc", "-des-ede3", "-K", content_key.hex(), stdin=text)
    return {"key": url64(key), "data": url64(data)}


def opened_text(sealed: dict[str, str], receiver: KeyPair) -> tuple[bytes, bytes]:
    """The content key and the text of what the till sealed."""
    content_key = openssl(
        "pkeyutl", "-decrypt", "-inkey", str(receiver.private), "-pkeyopt", "rsa_padding_mode:pkcs1",
        stdin=from64(sealed["key"]),
    )  # fmt: skip
    return content_key, openssl("enc", "-d", "-des-ede3", "-K", content_key.hex(), stdin=from64(sealed["data"]))


@dataclass(frozen=True)
class Peer:
    """Gotadi with its keys, and the shop's public one.

    Args:
        own: Gotadi's pair. shop: the shop's.
    """

    own: KeyPair
    shop: KeyPair

    def sealed(self, *parts: str, signature_at: int = -1, signer: KeyPair | None = None) -> dict[str, str]:
        """A message with these fields; the signature goes behind the last (`-1`) or before it (`-2`)."""
        signature = standard64((signer or self.own).sign("|".join(parts).encode()))
        at = len(parts) if signature_at == -1 else len(parts) - 1
        return sealed_text("|".join([*parts[:at], signature, *parts[at:]]).encode(), self.shop)

    def order(self, *parts: str, signer: KeyPair | None = None, separator: str = "?") -> str:
        """The address that place-order answers."""
        sealed = self.sealed(*parts, signature_at=-2, signer=signer)
        return f"https://pay.example/start?key={sealed['key']}{separator}data={sealed['data']}"

    def committed(self, *parts: str, signer: KeyPair | None = None) -> dict[str, str]:
        """The answer to commit or query-trans."""
        return self.sealed(*parts, signature_at=-2, signer=signer)

    def logged_in(self, access_code: str, token: str, error_code: str = "00") -> dict[str, str]:
        """The answer to login."""
        return _logged_in(self, access_code, token, error_code)

    def asked(self, sealed: dict[str, str], folder: Path) -> list[str]:
        """The fields that the till sealed, after openssl has found its signature good."""
        _, text = opened_text(sealed, self.own)
        signed, _, signature = text.rpartition(b"|")
        assert self.shop.verifies(signed, base64.b64decode(signature, validate=True), folder)
        return signed.decode().split("|")


@cache
def _logged_in(peer: Peer, access_code: str, token: str, error_code: str) -> dict[str, str]:
    return peer.sealed(access_code, error_code, f"https://webview.example?access_token={token}")


def token(expires_s: float | None = None, mark: str = "a") -> str:
    """A JWT that nobody checks."""
    claims = f'{{"sub":"{mark}"' + ("" if expires_s is None else f',"exp":{expires_s}') + "}"
    return ".".join([url64(b'{"alg":"none"}'), url64(claims.encode()), "c2ln"])
