"""Looks for planted texts in whatever a thief could carry off: each in the forms in which it may hide."""

from __future__ import annotations

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.S)


def forms(secret: bytes) -> set[bytes]:
    """The bytes, and what common encodings make of them."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode()}
    for lead in range(3):  # in the middle of something longer that was encoded as a whole
        encoded = base64.b64encode(b"\0" * lead + secret)
        whole = encoded[(0, 2, 3)[lead] : (len(secret) + lead) // 3 * 4]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    found |= {text.encode("utf-16-le"), text.encode("utf-16-be"), quote(text, safe="").encode()}
    found |= {text.replace("\n", "\\n").encode(), text[::-1].encode()}
    return found


def needles(secrets: Iterable[str], keys: Iterable[bytes] = ()) -> dict[bytes, str]:
    """What to look for, each with a name that may be told; a private key by each of its lines and by its numbers."""
    wanted: dict[bytes, str] = {}
    for number, secret in enumerate(secrets):
        name = f"secret {number}, {len(secret)} characters"
        parts = [secret.encode()]
        if secret.startswith("-----BEGIN PRIVATE KEY"):
            parts = _parts_of_key(secret)
        for part in parts:
            wanted |= dict.fromkeys(forms(part), name)
    for number, key in enumerate(keys):
        wanted |= dict.fromkeys(forms(key), f"key {number}")
    return wanted


def _parts_of_key(pem: str) -> list[bytes]:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    secret = key.private_numbers()
    numbers = [
        number.to_bytes((number.bit_length() + 7) // 8) for number in (secret.p, secret.q, secret.d, secret.dmp1)
    ]
    # The first line of PKCS #8 is the same in every key of that length.
    return [line.encode() for line in pem.splitlines()[2:-1] if len(line) > 20] + numbers


def found_in(data: bytes, wanted: Mapping[bytes, str]) -> set[str]:
    """Names of what stands in the bytes."""
    return {name for needle, name in wanted.items() if needle in data}


def contents(path: Path) -> Iterator[bytes]:
    """A file as it lies there, and what is packed in it."""
    data = path.read_bytes()
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            for name in container.namelist():
                yield container.read(name)
    if data[:5] == b"%PDF-":
        for stream in _STREAM.findall(data):
            yield _unpacked(stream)


def _unpacked(stream: bytes) -> bytes:
    if stream.strip().endswith(b"~>"):
        stream = base64.a85decode(stream.strip().removesuffix(b"~>"))
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def search(
    folders: Iterable[Path], wanted: Mapping[bytes, str], *, without: Iterable[Path] = ()
) -> tuple[int, list[str]]:
    """Look through every file below the folders, and at every name.

    Returns:
        How many files were read, and what was found, as `file: name of the secret`.
    """
    left_out = set(without)
    read, hits = 0, []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or left_out & {path, *path.parents}:
                continue
            hits += [f"{path.name}: {name} in its name" for name in found_in(str(path).encode(), wanted)]
            if path.is_file():
                read += 1
                for data in contents(path):
                    hits += [f"{path.relative_to(folder)}: {name}" for name in found_in(data, wanted)]
    return read, sorted(set(hits))
