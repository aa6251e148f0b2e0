"""Keys that a person pastes in, and sealed texts that come back."""

from __future__ import annotations

import random

from pos.domain.errors import ConfigError
from pos.domain.sale import SealedCode
from pos.providers import sealed
from pos.providers.gotadi import keys
from pos.providers.vinid.signing import Signer
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

    return [
        Target("keys", [pem, public, _XML, pem.replace(b"\n", b"\\n")], read_key, (ConfigError,), weight=12),
        Target("sealed", [b"Q" * 344, b"ab" * 128, b"AA==" * 43], opened, (), weight=20),
        Target("vault", [blob, blob[:13], b"\x01" + b"\0" * 40], unsealed, weight=60),
    ]  # fmt: skip
