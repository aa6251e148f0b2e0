"""Keys that a person pastes in, and sealed texts that come back."""

from __future__ import annotations

import random
import re

from pos.domain.errors import ConfigError
from pos.domain.sale import SealedCode
from pos.providers import sealed
from pos.providers.gotadi import keys
from pos.providers.vinid.signing import Signer
from pos.security.key_backup import open_backup, read_label, seal_backup
from pos.security.passphrase import Cost, PassphraseBox
from pos.security.recovery_code import new_code
from pos.security.recovery_code import read_code as read_recovery_code
from pos.security.vault import Vault
from tests.fuzz.target import Target, text_of
from tests.providers import appotapay_shop
from tests.providers.openssl_peer import openssl

_XML = (
    b"<RSAKeyValue><Modulus>z3fAL6e4OtFu9jEaMXLC7cKEGaZu0O+krLPOI1aa</Modulus><Exponent>AQAB</Exponent><P>aa==</P>"
    b"<Q>bb==</Q><DP>cc==</DP><DQ>dd==</DQ><InverseQ>ee==</InverseQ><D>ff==</D></RSAKeyValue>"
)


def targets() -> list[Target]:
    """All of them."""
    pem = appotapay_shop.some_key_pem().encode()
    public = openssl("pkey", "-pubout", stdin=pem)
    opener = sealed.CodeOpener(pem.decode(), (), sealed.Padding.PKCS1V15)
    vault, place = Vault(bytes(range(32))), "redemption.code"
    blob = vault.seal("4471902835", place)

    def read_key(data: bytes, chance: random.Random) -> object:
        text = text_of(data, chance)
        readers = (
            keys.read_private_key,
            keys.read_public_key,
            Signer,
            lambda key: sealed.CodeOpener(key, (), sealed.Padding.PKCS1V15),
        )
        return chance.choice(readers)(text)

    def opened(data: bytes, chance: random.Random) -> object:
        return opener.open(SealedCode(text_of(data, chance), "EX1", 50_000, ""))

    def unsealed(data: bytes, _: random.Random) -> object:
        text = vault.open(data, place)
        assert data == blob, "changed bytes were opened"
        return text

    code = new_code()
    _, backup = seal_backup(
        code, key=bytes(32), retired=(bytes(32),), secrets={"gotit.pin": "0730"}, made_utc="2026-11-29T05:00:00Z",
        store="HN03", till="T2", environment="sandbox",
    )  # fmt: skip
    box = PassphraseBox.new("mưa rào tháng sáu", Cost(64, 1, 1)).seal("AAECAwQFBgc=")

    def from_backup(data: bytes, chance: random.Random) -> object:
        if chance.random() < 0.2:
            return read_recovery_code(text_of(data, chance))
        return read_label(data) if chance.random() < 0.7 else open_backup(data, code)

    def from_passphrase(data: bytes, _: random.Random) -> object:
        """Its figures say how much work opening is; of those an attacker may name, the dearest are not tried here."""
        heavy = any(len(digits) > 3 for digits in re.findall(rb'"(?:memory_kib|passes)": *"?([0-9]+)', data))
        return None if heavy else PassphraseBox.open(data, "mưa rào tháng sáu")

    return [
        Target("key backup", [backup, code.reveal().encode()], from_backup, weight=40),
        Target("passphrase file", [box], from_passphrase, weight=20),
        Target("keys", [pem, public, _XML, pem.replace(b"\n", b"\\n")], read_key, (ConfigError,), weight=12),
        Target("sealed", [b"Q" * 344, b"ab" * 128, b"AA==" * 43], opened, (), weight=20),
        Target("vault", [blob, blob[:13], b"\x01" + b"\0" * 40], unsealed, weight=60),
    ]  # fmt: skip
