"""Sealed texts against the openssl command line and the worked example of contracts/gotadi.md §4.6."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.errors import ConfigError, RuleBroken
from pos.providers.gotadi import envelope
from pos.providers.gotadi.base64_forms import read64, standard64, url64
from pos.providers.gotadi.envelope import EnvelopeFault, Envelopes, Sealed
from pos.providers.gotadi.keys import read_private_key, read_public_key
from tests.providers.openssl_peer import KeyPair, Peer, opened_text, openssl, sealed_text

R = bytes.fromhex("0123456789abcdeffedcba98765432101032547698badcfe")
TEXT = b"POSDEMO|ADCO2401010000001|TRX-0001|AIR|c2lnbmF0dXJl"
CIPHER = bytes.fromhex(
    "95c3c182820f61a9da3ed454fca9b8db8fe33668e4340799fa734e607eeb44dc74143f4b6bf66bfaa01b236a01ea41f841e1c98f12f56bd7"
)
DATA = "lcPBgoIPYanaPtRU_Km424_jNmjkNAeZ-nNOYH7rRNx0FD9La_Zr-qAbI2oB6kH4QeHJjxL1a9c"


def shop(peer: Peer) -> Envelopes:
    return Envelopes(read_private_key(peer.shop.private.read_text()), read_public_key(peer.own.public.read_text()))


def sealed(parts: dict[str, str]) -> Sealed:
    return Sealed(parts["key"], parts["data"])


def fault(act: Callable[[], object]) -> str:
    with pytest.raises(EnvelopeFault) as caught:
        act()
    return caught.value.code


# ---------------------------------------------------------------- the worked example


def test_the_worked_example_byte_for_byte() -> None:
    """§4.6, both ways."""
    assert envelope.signable(("POSDEMO", "ADCO2401010000001", "TRX-0001", "AIR")) == TEXT.rpartition(b"|")[0]
    assert len(TEXT) == 51
    assert envelope.encrypt(R, TEXT) == CIPHER
    assert url64(CIPHER) == DATA
    assert envelope.decrypt(R, read64(DATA)) == TEXT


def test_openssl_agrees_with_the_worked_example() -> None:
    """The independent judge reads our cipher text, and we its."""
    assert openssl("enc", "-d", "-des-ede3", "-K", R.hex(), stdin=envelope.encrypt(R, TEXT)) == TEXT
    assert envelope.decrypt(R, openssl("enc", "-des-ede3", "-K", R.hex(), stdin=TEXT)) == TEXT


# ---------------------------------------------------------------- what we send, read by openssl


@pytest.mark.parametrize(
    "fields", [("POSDEMO", "ADCO2401010000001"), ("POSDEMO", "ADCO1", "", "HOTEL"), ("POSDEMO", "Đà Nẵng", "single")]
)
def test_openssl_opens_and_verifies_what_we_seal(peer: Peer, tmp_path: Path, fields: tuple[str, ...]) -> None:
    """Key under the receiver's RSA key, 3DES text, signature last in standard base64 with padding."""
    made = shop(peer).seal(fields)
    content_key, text = opened_text({"key": made.key, "data": made.data}, peer.own)
    assert len(content_key) == 24
    signed, _, signature = text.rpartition(b"|")
    assert signed == "|".join(fields).encode()
    assert len(signature) % 4 == 0
    assert peer.shop.verifies(signed, base64.b64decode(signature, validate=True), tmp_path)
    assert not set("+/=") & set(made.key + made.data)


def test_every_message_has_a_new_content_key(peer: Peer) -> None:
    """Odd parity, three different thirds, never the same twice (§4.1)."""
    keys = [opened_text(vars_of(shop(peer).seal(("A",))), peer.own)[0] for _ in range(3)]
    keys += [envelope.new_content_key() for _ in range(200)]
    assert len(set(keys)) == len(keys)
    for key in keys:
        assert len({key[:8], key[8:16], key[16:]}) == 3
        assert all(byte.bit_count() % 2 == 1 for byte in key)


def vars_of(made: Sealed) -> dict[str, str]:
    return {"key": made.key, "data": made.data}


@pytest.mark.parametrize("bad", ["a|b", "a\rb", "a\nb", "a\0b", "\ud800"])
def test_what_would_need_escaping_is_never_sealed(peer: Peer, bad: str) -> None:
    """A bar in a field would shift all fields behind it."""
    with pytest.raises(RuleBroken) as caught:
        shop(peer).seal(("POSDEMO", bad))
    assert str(caught.value) == "rule.unsendable_text"


# ---------------------------------------------------------------- what openssl sends, read by us


def test_we_open_and_verify_what_openssl_seals(peer: Peer) -> None:
    text = shop(peer).open(sealed(peer.sealed("POSDEMO", "00", "https://x?access_token=t")))
    assert shop(peer).verify(envelope.signature_last(text)) == "POSDEMO|00|https://x?access_token=t"


@pytest.mark.parametrize(
    "fields",
    [
        ("POSDEMO", "ADCO2401010000001", "00", "AIR", "", "https://result.example/x", "1500000.0"),
        ("POSDEMO", "ADCO1", "00", "AIR", '{"a":"x|y||z"}', "https://r.example/?a=|&b=|", "1.6699E7"),
        ("POSDEMO", "ADCO1", "00", "AIR", "Hạng phổ thông", "null", "1669900.0"),
    ],
    ids=["contract", "bars", "vietnamese"],
)
def test_the_signed_text_is_what_was_received(peer: Peer, fields: tuple[str, ...]) -> None:
    """§4.4: split twice from the right; bars inside do no harm, amounts are not written anew."""
    text = shop(peer).open(sealed(peer.committed(*fields)))
    assert shop(peer).verify(envelope.signature_before_last(text)) == "|".join(fields)


def test_both_alphabets_and_line_breaks_are_read(peer: Peer) -> None:
    """§4.2: old libraries break lines and use the standard alphabet."""
    made = peer.sealed("POSDEMO", "ADCO1")
    for rewrite in (
        lambda text: text,
        lambda text: standard64(read64(text)),
        lambda text: standard64(read64(text)).rstrip("="),
        lambda text: "\r\n".join(textwrap.wrap(text, 76)) + "\r\n",
        lambda text: f" \t{text} ",
    ):
        text = shop(peer).open(Sealed(rewrite(made["key"]), rewrite(made["data"])))
        assert shop(peer).verify(envelope.signature_last(text)) == "POSDEMO|ADCO1"


def test_a_signature_in_any_base64_form_is_read(peer: Peer) -> None:
    """The one inside the text too."""
    signature = peer.own.sign(b"A|B")
    for form in (standard64(signature), url64(signature), "\r\n".join(textwrap.wrap(standard64(signature), 76))):
        text = shop(peer).open(sealed(sealed_text(f"A|B|{form}".encode(), peer.shop)))
        assert shop(peer).verify(envelope.signature_last(text)) == "A|B"


@given(st.binary(max_size=200), st.integers(0, 100))
def test_base64_comes_back_in_every_form(raw: bytes, at: int) -> None:
    for text in (url64(raw), standard64(raw)):
        assert read64(text) == read64(text[:at] + "\r\n " + text[at:]) == raw


@pytest.mark.parametrize("text", ["a", "ab*d", "Đ", "ab\x00d", "aaaaa"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of binascii's
        read64(text)


# ---------------------------------------------------------------- what must not be believed


def test_a_strangers_signature_proves_nothing(peer: Peer, stranger: KeyPair) -> None:
    """Sealed for us by anybody: our public key is no secret."""
    made = peer.committed("POSDEMO", "ADCO1", "00", "AIR", "", "", "1.0", signer=stranger)
    text = shop(peer).open(sealed(made))
    assert fault(lambda: shop(peer).verify(envelope.signature_before_last(text))) == "booking.signature"


def test_one_changed_byte_breaks_the_signature(peer: Peer) -> None:
    """The amount, of all things."""
    text = shop(peer).open(sealed(peer.committed("POSDEMO", "ADCO1", "00", "AIR", "", "", "1500000.0")))
    for old, new in ((b"1500000.0", b"1500000"), (b"ADCO1", b"ADCO2"), (b"|00|", b"|02|")):
        changed = text.replace(old, new)
        assert changed != text
        assert fault(lambda text=changed: shop(peer).verify(envelope.signature_before_last(text))) == (  # type: ignore[misc]
            "booking.signature"
        )


def believed(peer: Peer, made: Sealed) -> str:
    """All three steps: noise may by chance look like whole blocks, but never carry a signature."""
    return shop(peer).verify(envelope.signature_last(shop(peer).open(made)))


def test_what_was_sealed_for_somebody_else_is_not_believed(peer: Peer, stranger: KeyPair) -> None:
    """With today's OpenSSL a wrong RSA key gives random bytes, not an error: neither may pass."""
    for _ in range(20):
        made = Peer(peer.own, stranger).sealed("POSDEMO", "ADCO1")
        with pytest.raises(EnvelopeFault):
            believed(peer, sealed(made))


def test_noise_is_not_believed(peer: Peer) -> None:
    """One in 256 random blocks ends like padding."""
    key = peer.sealed("A")["key"]
    for size in range(8, 4000, 8):
        with pytest.raises(EnvelopeFault):
            believed(peer, Sealed(key, url64(bytes(size))))


@pytest.mark.parametrize("size", [0, 8, 16, 23, 25, 32])
def test_a_content_key_of_another_length_is_unreadable(peer: Peer, size: int) -> None:
    """8 and 16 bytes would be keys of Triple DES, but not of this contract."""
    key = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", str(peer.shop.public), stdin=b"\x01" * size)
    assert fault(lambda: shop(peer).open(Sealed(url64(key), DATA))) == "booking.unreadable"


@pytest.mark.parametrize(
    "data",
    ["", "AAAA", DATA[:-4], "***", "Đ"],
    ids=["empty", "short", "cut", "no64", "vi"],
)
def test_data_that_is_none_is_unreadable(peer: Peer, data: str) -> None:
    made = peer.sealed("POSDEMO", "ADCO1")
    assert fault(lambda: shop(peer).open(Sealed(made["key"], data))) == "booking.unreadable"


@pytest.mark.parametrize("text", [b"", b"POSDEMO", b"a|b|Not*base64", b"a|b|\xff\xfe", b"no bars at all"])
def test_a_text_without_a_signature_is_unreadable(text: bytes) -> None:
    assert fault(lambda: envelope.signature_last(text)) == "booking.unreadable"


@pytest.mark.parametrize("text", [b"", b"POSDEMO", b"a|b", b"a|Not*base64|1.0", b"a|\xff|1.0"])
def test_a_text_without_a_signature_before_its_end_is_unreadable(text: bytes) -> None:
    assert fault(lambda: envelope.signature_before_last(text)) == "booking.unreadable"


def test_signed_bytes_that_are_no_text_are_unreadable(peer: Peer) -> None:
    """Good signature, no UTF-8."""
    signed = envelope.Signed(b"POSDEMO|\xff", peer.own.sign(b"POSDEMO|\xff"))
    assert fault(lambda: shop(peer).verify(signed)) == "booking.unreadable"


def test_nothing_sealed_or_signed_shows_in_a_repr(peer: Peer) -> None:
    made = shop(peer).seal(("POSDEMO", "ADCO1"))
    text = shop(peer).open(sealed(peer.sealed("POSDEMO", "ADCO1")))
    shown = repr(made) + repr(envelope.signature_last(text))
    assert made.key not in shown
    assert made.data not in shown
    assert "ADCO1" not in shown


# ---------------------------------------------------------------- keys


def xml_of(pair: KeyPair, *, private: bool, prefix: str = "", broken: str = "") -> str:
    """`RSAKeyValue` of a key, its numbers read by the openssl program."""
    text = openssl("pkey", "-in", str(pair.private), "-text", "-noout").decode()
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith(" "):
            sections[name] += line.strip().replace(":", "")
        else:
            name = line.partition(":")[0]
            sections[name] = ""
    names = {"Modulus": "modulus", "P": "prime1", "Q": "prime2", "DP": "exponent1", "DQ": "exponent2",
             "InverseQ": "coefficient", "D": "privateExponent"}  # fmt: skip
    fields = {"Modulus": sections["modulus"], "Exponent": "010001"}
    fields |= {tag: sections[section] for tag, section in names.items()} if private else {}
    leaves = "\n  ".join(
        f"<{prefix}{tag}>{base64.b64encode(bytes.fromhex(digits).lstrip(bytes(1))).decode()}</{prefix}{tag}>"
        for tag, digits in fields.items()
        if tag != broken
    )
    return f'<?xml version="1.0"?>\n<{prefix}RSAKeyValue>\n  {leaves}\n</{prefix}RSAKeyValue>'


@pytest.mark.parametrize("prefix", ["", "ds:"])
def test_keys_as_xml_are_the_same_keys(peer: Peer, prefix: str) -> None:
    """§4.1: `RSAKeyValue` XML as well as PEM."""
    private = read_private_key(xml_of(peer.shop, private=True, prefix=prefix))
    public = read_public_key(xml_of(peer.own, private=False, prefix=prefix))
    assert private.private_numbers() == read_private_key(peer.shop.private.read_text()).private_numbers()
    assert public == read_public_key(peer.own.public.read_text())


def test_pem_of_the_older_kind_is_read(peer: Peer) -> None:
    """`BEGIN RSA PRIVATE KEY`, `BEGIN RSA PUBLIC KEY`, blanks around."""
    private = openssl("rsa", "-in", str(peer.shop.private), "-traditional").decode()
    public = openssl("rsa", "-pubin", "-in", str(peer.own.public), "-RSAPublicKey_out").decode()
    assert "RSA PRIVATE" in private
    assert read_private_key(f"\n {private} \n").key_size == 1024
    assert read_public_key(f"\n {public} \n").key_size == 2048


def test_keys_that_are_none_are_refused_without_a_word_of_them(peer: Peer, tmp_path: Path) -> None:
    """Empty, text, the other half, another algorithm, too short, a number missing or wrong, encrypted."""
    short = KeyPair.make(tmp_path, "short", 1023)
    openssl("genpkey", "-algorithm", "ED25519", "-out", str(tmp_path / "ed.pem"))
    locked = openssl("pkey", "-in", str(peer.shop.private), "-aes256", "-passout", "pass:x").decode()
    good = xml_of(peer.shop, private=True)
    bad_private = [
        "", "key", "Đ", locked, peer.shop.public.read_text(), (tmp_path / "ed.pem").read_text(),
        short.private.read_text(),
        xml_of(peer.shop, private=True, broken="D"), good.replace("<P>", "<P>AQ"), good.replace("<DP>", "<DP>*"),
        xml_of(peer.shop, private=False), "<RSAKeyValue/>",
    ]  # fmt: skip
    bad_public = ["", "key", short.public.read_text(), "<RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue>",
                  openssl("pkey", "-in", str(tmp_path / "ed.pem"), "-pubout").decode()]  # fmt: skip
    for read, texts, code in ((read_private_key, bad_private, "private"), (read_public_key, bad_public, "public")):
        for text in texts:
            with pytest.raises(ConfigError) as caught:
                read(text)
            assert str(caught.value) == f"gotadi.{code}_key"
            assert caught.value.__cause__ is None
