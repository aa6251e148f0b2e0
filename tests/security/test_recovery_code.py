"""The recovery code and the backup it opens: copied by hand without a slip, and worth nothing without each other."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import SecurityError
from pos.security.key_backup import KeyBackup, open_backup, read_label, seal_backup
from pos.security.recovery_code import BITS, GROUPS, new_code, read_code
from pos.security.secret import Secret
from pos.security.vault import key_check

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY, OLD = bytes(range(32)), bytes(32)
SECRETS: Mapping[str, str] = {"gotit.pin": "7305815", "vinid.giftcode_private_key": "-----BEGIN…\nMÃ\n-----END"}


def groups_of(code: Secret) -> list[str]:
    return code.reveal().split()


def test_a_code_is_seven_groups_of_more_than_128_random_bits() -> None:
    codes = {new_code().reveal() for _ in range(50)}
    assert len(codes) == 50
    assert BITS >= 128
    for text in codes:
        assert [len(group) for group in text.split()] == [5] * GROUPS
        assert set(text) <= {*ALPHABET, " "}
        assert len(read_code(text)) == 18


@pytest.mark.parametrize(
    "change",
    [
        str.lower,
        lambda text: text.replace(" ", ""),
        lambda text: text.replace(" ", "-"),
        lambda text: f"\t{text}\r\n",
        lambda text: text.replace("0", "O").replace("1", "l"),
    ],
)
def test_it_is_read_however_a_person_writes_it(change: object) -> None:
    code = new_code().reveal()
    assert read_code(change(code)) == read_code(code)  # type: ignore[operator]


def test_every_single_wrong_character_is_told_by_its_group() -> None:
    groups = groups_of(new_code())
    for number, group in enumerate(groups):
        for at in range(5):
            for sign in set(ALPHABET) - {group[at]}:
                wrong = [*groups[:number], group[:at] + sign + group[at + 1 :], *groups[number + 1 :]]
                with pytest.raises(SecurityError) as caught:
                    read_code(" ".join(wrong))
                assert (caught.value.code, caught.value.params["group"]) == ("recovery.typo", number + 1)


def test_two_characters_of_a_group_that_changed_places_are_told() -> None:
    for _ in range(40):
        groups = groups_of(new_code())
        for number, group in enumerate(groups):
            for one in range(5):
                for two in range(one + 1, 5):
                    signs = list(group)
                    signs[one], signs[two] = signs[two], signs[one]
                    if signs == list(group):
                        continue
                    with pytest.raises(SecurityError, match=r"recovery\.typo"):
                        read_code(" ".join([*groups[:number], "".join(signs), *groups[number + 1 :]]))


def test_two_groups_that_changed_places_are_told() -> None:
    groups = groups_of(new_code())
    for one in range(GROUPS):
        for two in range(one + 1, GROUPS):
            swapped = list(groups)
            swapped[one], swapped[two] = swapped[two], swapped[one]
            with pytest.raises(SecurityError, match=r"recovery\.typo"):
                read_code(" ".join(swapped))


@pytest.mark.parametrize("text", ["", "ABC", "U" * 35, "é" * 35, "0" * 36, "0" * 34])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(SecurityError, match=r"recovery\."):
        read_code(text)


@given(st.text(max_size=60))
def test_no_text_does_anything_but_be_refused_in_words(text: str) -> None:
    with pytest.raises(SecurityError, match=r"recovery\."):
        read_code(text)


# ------------------------------------------------------------ the backup


def sealed(code: Secret) -> bytes:
    return seal_backup(
        code, key=KEY, retired=(OLD,), secrets=SECRETS, made_utc="2026-11-29T05:00:00.000Z", store="HN03", till="T2",
        environment="production",
    )[1]  # fmt: skip


def test_a_backup_is_opened_by_its_code_and_by_no_other() -> None:
    code = new_code()
    raw = sealed(code)
    backup = open_backup(raw, code)
    assert (backup.key, backup.retired, backup.secrets) == (KEY, (OLD,), SECRETS)
    assert (backup.label.store, backup.label.till, backup.label.check) == ("HN03", "T2", key_check(KEY))
    with pytest.raises(SecurityError, match=r"recovery\.wrong_code"):
        open_backup(raw, new_code())


def test_the_file_is_hkdf_and_aes_256_gcm_as_computed_by_hand() -> None:
    code = new_code()
    header = json.loads(sealed(code))
    blob = base64.b64decode(header.pop("sealed"))
    bits = 0
    for group in groups_of(code):
        for sign in group[:4]:
            bits = bits * 32 + ALPHABET.index(sign)
    extract = HMAC(base64.b64decode(header["salt"]), SHA256())
    extract.update(bits.to_bytes(18, "big"))
    expand = HMAC(extract.finalize(), SHA256())
    expand.update(b"quay key backup\x01")
    opener = Cipher(algorithms.AES256(expand.finalize()), modes.GCM(blob[:12], blob[-16:])).decryptor()
    opener.authenticate_additional_data(json.dumps(header, sort_keys=True, separators=(",", ":")).encode())
    inside = json.loads(opener.update(blob[12:-16]) + opener.finalize())
    assert base64.b64decode(inside["key"]) == KEY
    assert inside["secrets"] == SECRETS


def test_file_and_sheet_find_each_other_by_a_number_that_tells_nothing() -> None:
    code = new_code()
    raw = sealed(code)
    digest = Hash(SHA256())
    digest.update(base64.b64decode(json.loads(raw)["salt"]))
    assert read_label(raw).number.replace("-", "") == digest.finalize().hex()[:8].upper()
    assert sha256(code.reveal().encode()).hexdigest()[:8].upper() not in read_label(raw).number


def test_nothing_secret_stands_in_the_file_or_in_what_is_printed_of_it() -> None:
    code = new_code()
    raw = sealed(code)
    backup = open_backup(raw, code)
    for text in (raw.decode(), repr(backup), str(backup)):
        for secret in (*SECRETS.values(), *groups_of(code), KEY.hex(), base64.b64encode(KEY).decode()):
            assert secret not in text
    assert isinstance(backup, KeyBackup)


@pytest.mark.parametrize("field", ["made_utc", "store", "till", "environment", "check", "salt", "sealed"])
def test_a_changed_label_or_byte_opens_nothing(field: str) -> None:
    code = new_code()
    header = json.loads(sealed(code))
    flipped = "B" if header[field][0] != "B" else "C"
    with pytest.raises(SecurityError, match=r"recovery\.wrong_code"):
        open_backup(json.dumps({**header, field: flipped + header[field][1:]}).encode(), code)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"\xff", b'{"sealed": "AAAA"}', b"[" * 100_000, b" " * 1_000_001])
def test_what_is_no_backup_is_told_as_such(raw: bytes) -> None:
    with pytest.raises(SecurityError, match=r"backup_of_keys\.not_one"):
        open_backup(raw, new_code())
    with pytest.raises(SecurityError, match=r"backup_of_keys\.not_one"):
        read_label(raw)
