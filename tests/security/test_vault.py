"""Sealed fields: only the same key in the same place opens them, and nothing shows itself by accident."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import SecurityError
from pos.security.secret import Secret
from pos.security.vault import KEY_BYTES, Vault, key_check

KEY, OTHER = bytes(range(32)), bytes(32)
VAULT = Vault(KEY)


@given(st.text(), st.text())
def test_what_is_sealed_opens_again_in_its_place(text: str, place: str) -> None:
    assert VAULT.open(VAULT.seal(text, place), place) == text


@given(st.text(min_size=1), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_noticed(text: str, where: int, flip: int) -> None:
    blob = bytearray(VAULT.seal(text, "p"))
    blob[where % len(blob)] ^= flip
    with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
        VAULT.open(bytes(blob), "p")


@pytest.mark.parametrize("blob", [b"", b"\x01", b"\x01" * 12, b"\x02" + bytes(40)])
def test_bytes_that_were_never_sealed_are_refused(blob: bytes) -> None:
    with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
        VAULT.open(blob, "p")


def test_another_key_or_another_place_does_not_open() -> None:
    blob = VAULT.seal("GOTIT0000001", "redemption:r1")
    with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
        Vault(OTHER).open(blob, "redemption:r1")
    with pytest.raises(SecurityError, match=r"vault\.wrong_key"):
        VAULT.open(blob, "redemption:r2")


def test_the_same_text_never_seals_to_the_same_bytes() -> None:
    blobs = {VAULT.seal("GOTIT0000001", "p") for _ in range(100)}
    assert len(blobs) == 100
    assert not any(b"GOTIT" in blob for blob in blobs)


def test_a_code_is_found_by_the_same_key_only() -> None:
    assert VAULT.lookup("gotit", "0012345678") == Vault(KEY).lookup("gotit", "0012345678")
    others = {
        VAULT.lookup("gotit", "12345678"),
        VAULT.lookup("vinid", "0012345678"),
        Vault(OTHER).lookup("gotit", "0012345678"),
    }
    assert VAULT.lookup("gotit", "0012345678") not in others
    assert len(others) == 3
    assert len(VAULT.lookup("gotit", "0012345678")) >= 16


def test_provider_and_code_do_not_run_into_each_other() -> None:
    assert VAULT.lookup("go", "tit123") != VAULT.lookup("got", "it123")


@pytest.mark.parametrize("length", [0, 16, KEY_BYTES - 1, KEY_BYTES + 1])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(SecurityError, match=r"vault\.key_length"):
        Vault(bytes(length))


def test_keys_and_secrets_do_not_show_themselves() -> None:
    secret = Secret("246810")
    shown = f"{VAULT} {VAULT!r} {secret} {secret!r} {[secret]} {key_check(KEY)}"
    assert "246810" not in shown
    assert KEY.hex() not in shown
    assert secret.reveal() == "246810"
    assert not Secret("")


def test_the_mark_of_a_key_tells_keys_apart() -> None:
    assert key_check(KEY) != key_check(OTHER)
    assert key_check(KEY) == key_check(bytes(range(32)))
