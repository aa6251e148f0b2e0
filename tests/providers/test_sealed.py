"""Bought codes are read as openssl sealed them; what is no code is never handed out as one."""

from __future__ import annotations

import base64
import itertools
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from pos.domain.errors import ConfigError
from pos.domain.sale import PlainCode, SealedCode, Unreadable
from pos.providers.sealed import CodeOpener, Masked, Padding
from tests.providers.openssl_cli import KeyPair, run

CODE = "0012345678905"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def now(folder: Path) -> KeyPair:
    return KeyPair(folder, "now")


@pytest.fixture(scope="module")
def before(folder: Path) -> KeyPair:
    return KeyPair(folder, "before")


def b64(block: bytes) -> str:
    return base64.b64encode(block).decode()


def opened(opener: CodeOpener, ciphertext: str) -> str | Unreadable:
    result = opener.open(SealedCode(ciphertext, "EX0000000001", 50_000, "2027-12-31"))
    return result.reveal() if isinstance(result, PlainCode) else result


@pytest.mark.parametrize("padding", Padding)
@pytest.mark.parametrize(
    "write",
    [
        b64,
        bytes.hex,
        lambda b: b.hex().upper(),
        lambda b: b64(b)[:64] + "\r\n " + b64(b)[64:],
        lambda b: f"\n{b.hex()} ",
    ],
    ids=["base64", "hex", "HEX", "base64 in lines", "hex with blanks"],
)
def test_a_code_sealed_by_openssl_is_read(now: KeyPair, padding: Padding, write: Callable[[bytes], str]) -> None:
    """Each padding, each way to write the block; leading zeros count."""
    assert opened(CodeOpener(now.private_pem, (), padding), write(now.seal(CODE, padding))) == CODE


@pytest.mark.parametrize(("used", "set_up"), list(itertools.permutations(Padding, 2)))
def test_a_wrong_padding_gives_no_code(now: KeyPair, used: Padding, set_up: Padding) -> None:
    """Of 20 codes each; no other padding is tried. Of openssl's random bytes for PKCS#1 v1.5 one block in 50,000 looks
    like a code: a second one among 20 would be no accident.
    """
    opener = CodeOpener(now.private_pem, (), set_up)
    results = [opened(opener, b64(now.seal(CODE, used))) for _ in range(20)]
    assert CODE not in results
    assert sum(not isinstance(result, Unreadable) for result in results) <= (set_up is Padding.PKCS1V15)
    assert results.count(Unreadable.WRONG_KEY_OR_PADDING) > 15  # random bytes may be few and printable


@pytest.mark.parametrize("padding", Padding)
def test_another_key_gives_no_code(now: KeyPair, before: KeyPair, padding: Padding) -> None:
    opener = CodeOpener(now.private_pem, (), padding)
    results = [opened(opener, b64(before.seal(CODE, padding))) for _ in range(20)]
    assert CODE not in results
    assert sum(not isinstance(result, Unreadable) for result in results) <= (padding is Padding.PKCS1V15)
    assert results.count(Unreadable.WRONG_KEY_OR_PADDING) > 15


@pytest.mark.parametrize("padding", Padding)
def test_after_a_change_of_keys_old_and_new_codes_are_read(folder: Path, now: KeyPair, padding: Padding) -> None:
    """contracts/appotapay.md §15 no. 25; the older key may be longer."""
    older = KeyPair(folder, f"older-{padding}", bits=3072)
    opener = CodeOpener(now.private_pem, (older.private_pem,), padding)
    assert opened(opener, b64(now.seal(CODE, padding))) == CODE
    assert opened(opener, b64(older.seal(CODE, padding))) == CODE
    swapped = CodeOpener(older.private_pem, (now.private_pem,), padding)
    assert opened(swapped, now.seal(CODE, padding).hex()) == CODE


@pytest.mark.parametrize(
    ("plain", "wanted"),
    [
        ("123456", "123456"),
        ("7" * 32, "7" * 32),
        (" \t0012345 \r\n", "0012345"),
        ("MÃ-THẺ-01", "MÃ-THẺ-01"),
        ("1234 5678", "1234 5678"),
        ("12345", Unreadable.NO_CODE_INSIDE),
        ("7" * 33, Unreadable.NO_CODE_INSIDE),
        ("   12345   ", Unreadable.NO_CODE_INSIDE),
    ],
)
@pytest.mark.parametrize("padding", Padding)
def test_only_a_text_of_6_to_32_characters_is_a_code(
    now: KeyPair, padding: Padding, plain: str, wanted: str | Unreadable
) -> None:
    opener = CodeOpener(now.private_pem, (), padding)
    assert opened(opener, b64(now.seal(plain, padding))) == wanted


@pytest.mark.parametrize(
    "plain", [b"1234\x005678", b"1234\x1b5678", b"12345678\x7f", b"\xff" * 12, "1234\u200b5678".encode()]
)
def test_control_characters_and_rubbish_are_no_code(now: KeyPair, plain: bytes) -> None:
    """A printer would obey an escape character."""
    opener = CodeOpener(now.private_pem, (), Padding.OAEP_SHA256)
    assert opened(opener, b64(now.seal(plain, "oaep-sha256"))) is Unreadable.NO_CODE_INSIDE
    opener = CodeOpener(now.private_pem, (), Padding.PKCS1V15)
    assert opened(opener, b64(now.seal(plain))) is Unreadable.WRONG_KEY_OR_PADDING


def test_what_is_not_exactly_one_block_is_told_as_such(now: KeyPair) -> None:
    block = now.seal(CODE)
    opener = CodeOpener(now.private_pem, (), Padding.PKCS1V15)
    odd = [
        "", " ", CODE, b64(block[:-1]), b64(block + b"\0"), b64(block + block), block.hex()[:-2], block.hex() + "00",
        b64(block)[:-2], "!" + b64(block), b64(block).replace("=", "!"), "\ud800" * 344, "é" * 512,
    ]  # fmt: skip
    assert {opened(opener, text) for text in odd} == {Unreadable.ENCODING}


def test_without_a_key_the_ciphertext_is_left_for_later(now: KeyPair) -> None:
    assert opened(CodeOpener("", (), Padding.PKCS1V15), b64(now.seal(CODE))) is Unreadable.NO_KEY


@pytest.mark.parametrize("used", Padding)
def test_the_key_check_shows_which_padding_is_right_and_no_whole_code(now: KeyPair, used: Padding) -> None:
    """contracts/appotapay.md §6: so that the right padding is set before the first sale."""
    opener = CodeOpener(now.private_pem, (), Padding.PKCS1V15)
    shown = opener.preview(b64(now.seal(CODE, used)))
    assert shown[used] == Masked(13, "8905")
    assert [p for p in Padding if isinstance(shown[p], Masked)] == [used]
    short = opener.preview(b64(now.seal("123456", used)))[used]
    assert short == Masked(6, "56")


def test_a_key_that_cannot_be_used_is_told_without_its_text(folder: Path, now: KeyPair) -> None:
    """Also when it is one of the older keys."""
    locked = run("pkey", "-in", str(now.private_file), "-aes256", "-passout", "pass:invented").decode()
    elliptic = run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256").decode()
    public = run("pkey", "-in", str(now.private_file), "-pubout").decode()
    body = now.private_pem.splitlines()[5]
    cases = [
        (locked, "sealed.key_locked"), (elliptic, "sealed.key_not_rsa"), (public, "sealed.key_unreadable"),
        (now.private_pem.replace(body, body[::-1]), "sealed.key_unreadable"), ("no key", "sealed.key_unreadable"),
        (now.private_pem[:700], "sealed.key_unreadable"),
    ]  # fmt: skip
    for pem, code in cases:
        for back, keys in enumerate(((pem, ()), (now.private_pem, (pem,)))):
            with pytest.raises(ConfigError) as caught:
                CodeOpener(keys[0], keys[1], Padding.PKCS1V15)
            assert (caught.value.code, caught.value.params) == (code, {"back": back})
            told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
            assert not any(line in told for line in pem.splitlines() if len(line) > 20)


def test_neither_key_nor_code_in_a_repr(now: KeyPair) -> None:
    opener = CodeOpener(now.private_pem, (), Padding.PKCS1V15)
    result = opener.open(SealedCode(b64(now.seal(CODE)), "EX1", None, ""))
    assert CODE not in repr(result) + str(result)
    assert now.private_pem.splitlines()[3] not in repr(opener)
