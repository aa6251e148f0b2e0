"""Trials of keys as they are pasted or read from a file: whether each is the key it should be. No network.

Nothing of a private key is ever shown; what an installer compares with the issuer's site is the fingerprint of the
public half.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from pos.domain.errors import ConfigError
from pos.domain.sale import Unreadable
from pos.providers.rsa_keys import read_private_pem
from pos.providers.sealed import CodeOpener, Masked, Padding
from pos.settings import Settings
from pos.setup.trials import Overlay, Sort, TrialResult
from pos.till.views import Message

MOST_CHARACTERS = 20_000
"""Of a key in a file: a 4096-bit key as PEM has 3,300."""


class Half(StrEnum):
    """Which half of a pair a setting holds."""

    PRIVATE = "private"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What a key must be.

    Args:
        half: which half of a pair.
        least_bits: at least so many; `exact_bits`: just so many, 0: any.
        not_the_pair_of: settings whose pair this one must not belong to.
        xml: may be `RSAKeyValue` XML, too.
    """

    half: Half = Half.PRIVATE
    least_bits: int = 2048
    exact_bits: int = 0
    not_the_pair_of: tuple[str, ...] = ()
    xml: bool = False


RULES: Mapping[str, KeyRule] = {
    "vinid.api_private_key": KeyRule(exact_bits=2048, not_the_pair_of=("vinid.giftcode_private_key",)),
    "vinid.giftcode_private_key": KeyRule(exact_bits=2048, not_the_pair_of=("vinid.api_private_key",)),
    "appotapay.private_key": KeyRule(),
    "gotadi.partner_private_key": KeyRule(least_bits=1024, xml=True),
    "gotadi.gotadi_public_key": KeyRule(
        half=Half.PUBLIC, least_bits=1024, not_the_pair_of=("gotadi.partner_private_key",), xml=True
    ),
}
"""By setting: contracts/vinid.md §4, §5, §14; contracts/appotapay.md §6; contracts/gotadi.md §4.1."""

_PADDING_OF = {
    "vinid.giftcode_private_key": "vinid.giftcode_padding",
    "appotapay.private_key": "appotapay.padding",
}


def try_key(setting: str, text: str, settings: Settings | Overlay, *, public: str = "") -> TrialResult:
    """Whether this text is the key that the setting wants; about 5 ms.

    Args:
        setting: one of `RULES`.
        text: as pasted or read from a file.
        settings: where the other keys are, which it must not be the same as.
        public: the other half as the issuer shows it, PEM; empty: not compared.
    """
    rule = RULES[setting]
    try:
        key = _read(text, rule)
        _fits(key, rule)
        _is_apart(setting, key, rule, settings)
        if public and _public_of(key) != _public_of(_read(public, KeyRule(half=Half.PUBLIC, xml=rule.xml))):
            raise ConfigError("trial.key.not_a_pair")
    except ConfigError as error:
        return TrialResult(setting, Sort.KEY_UNUSABLE, Message(error.code, tuple(error.params.items())))
    facts = (("bits", key.key_size), ("fingerprint", fingerprint(key)))
    return TrialResult(setting, Sort.WORKS, Message(f"trial.key.{rule.half}_works", facts))


def fingerprint(key: RSAPrivateKey | RSAPublicKey) -> str:
    """SHA-256 of the public half (`SubjectPublicKeyInfo`, DER), its first 8 bytes in pairs: `3F:A2:…`."""
    digest = hashlib.sha256(_public_of(key)).digest()[:8]
    return ":".join(f"{byte:02X}" for byte in digest)


def public_half(setting: str, text: str) -> str:
    """The public half as PEM, to be handed to the issuer.

    Raises:
        ConfigError: as `try_key`.
    """
    key = _read(text, RULES[setting])
    public = key.public_key() if isinstance(key, RSAPrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def try_padding(setting: str, sealed: str, settings: Settings | Overlay) -> TrialResult:
    """What the padding that is set makes of one sealed code, masked; if none: which padding would open it.

    Args:
        setting: `appotapay.private_key` or `vinid.giftcode_private_key`.
        sealed: one code as the issuer sent it, hex or base64.
        settings: key and padding.
    """
    chosen = Padding(settings.text(_PADDING_OF[setting]))
    try:
        found = CodeOpener(settings.text(setting), (), chosen).preview(sealed)
    except ConfigError as error:
        return TrialResult(setting, Sort.KEY_UNUSABLE, Message(error.code, tuple(error.params.items())))
    seen = found[chosen]
    if isinstance(seen, Masked):
        facts = (("length", seen.length), ("ending", seen.ending))
        return TrialResult(setting, Sort.WORKS, Message("trial.padding.works", facts))
    other = next((padding for padding, what in found.items() if isinstance(what, Masked)), None)
    if other is not None:
        return TrialResult(setting, Sort.KEY_UNUSABLE, Message("trial.padding.other", (("padding", other.value),)))
    code = "trial.padding.no_code" if seen is Unreadable.ENCODING else "trial.padding.none"
    return TrialResult(setting, Sort.KEY_UNUSABLE, Message(code))


def _read(text: str, rule: KeyRule) -> RSAPrivateKey | RSAPublicKey:
    """The key.

    Raises:
        ConfigError: `trial.key.…`; never with text of the key.
    """
    text = text.strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise ConfigError("trial.key.empty" if not text else "trial.key.unreadable")
    if rule.xml and "RSAKeyValue" in text:
        return _from_xml(text, rule)
    if "BEGIN CERTIFICATE" in text:
        raise ConfigError("trial.key.is_certificate" if _is_certificate(text) else "trial.key.unreadable")
    if "BEGIN OPENSSH" in text:
        raise ConfigError("trial.key.is_openssh")
    private = "PRIVATE KEY-----" in text
    if private is not (rule.half is Half.PRIVATE) and "-----BEGIN" in text:
        raise ConfigError("trial.key.is_private" if private else "trial.key.is_public")
    try:
        key = read_private_pem(text.encode()) if private else load_pem_public_key(text.encode())
    except TypeError:
        raise ConfigError("trial.key.locked") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError("trial.key.unreadable") from None
    if not isinstance(key, RSAPrivateKey | RSAPublicKey):
        raise ConfigError("trial.key.not_rsa")
    return key


def _from_xml(text: str, rule: KeyRule) -> RSAPrivateKey | RSAPublicKey:
    from pos.providers.gotadi.keys import read_private_key, read_public_key

    private = "<D>" in text
    if private is not (rule.half is Half.PRIVATE):
        raise ConfigError("trial.key.is_private" if private else "trial.key.is_public")
    try:
        return read_private_key(text) if private else read_public_key(text)
    except ConfigError:
        raise ConfigError("trial.key.unreadable") from None


def _is_certificate(text: str) -> bool:
    try:
        load_pem_x509_certificate(text.encode())
    except ValueError:
        return False
    return True


def _fits(key: RSAPrivateKey | RSAPublicKey, rule: KeyRule) -> None:
    if rule.exact_bits and key.key_size != rule.exact_bits:
        raise ConfigError("trial.key.size", bits=key.key_size, wanted=rule.exact_bits)
    if key.key_size < rule.least_bits:
        raise ConfigError("trial.key.size", bits=key.key_size, wanted=rule.least_bits)


def _is_apart(setting: str, key: RSAPrivateKey | RSAPublicKey, rule: KeyRule, settings: Settings | Overlay) -> None:
    """One that leaks must not open the other's door; and an issuer's key is never ours."""
    for other in rule.not_the_pair_of:
        text = settings.text(other)
        if not text:
            continue
        try:
            same = _public_of(_read(text, RULES[other])) == _public_of(key)
        except ConfigError:  # the other one is told of at its own field
            continue
        if same:
            raise ConfigError("trial.key.own_public" if rule.half is Half.PUBLIC else "trial.key.same", other=other)


def _public_of(key: RSAPrivateKey | RSAPublicKey) -> bytes:
    public = key.public_key() if isinstance(key, RSAPrivateKey) else key
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
