"""From text or JSON to a setting's value, or a refusal that says what would do."""

from __future__ import annotations

import base64
import binascii
from datetime import date
from urllib.parse import urlsplit

from pos.domain.errors import ConfigError
from pos.settings.declared import BY_KEY
from pos.settings.setting import Form, Setting, Value

_MOST_IN_A_LINE, _MOST_IN_LINES = 1_000, 20_000
_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_SHA256_BYTES = 32
_LONGEST_CODE = 12


def known(key: str) -> Setting:
    """The declaration. Raises `ConfigError` for a key nobody declared."""
    try:
        return BY_KEY[key]
    except KeyError:
        raise ConfigError("config.unknown_key", key=key) from None


def parse(setting: Setting, value: object) -> Value:
    """A value of the setting's type from text or JSON.

    Raises:
        ConfigError: impossible; the message names the key and what it may be, never a secret's value.
    """
    if isinstance(setting.default, bool):
        word = str(value).strip().lower()
        if word not in _WORDS:
            raise ConfigError("config.not_a_flag", key=setting.key)
        return _WORDS[word]
    if isinstance(setting.default, int):
        return _number(setting, value)
    text = str(value).strip()
    if setting.choices and text not in setting.choices:
        raise ConfigError("config.not_a_choice", key=setting.key, choices=", ".join(setting.choices))
    if not _readable(setting, text):
        raise ConfigError("config.bad_value", key=setting.key)
    if text and text != setting.default:
        _check_form(setting, text)
    return text


def parse_new(setting: Setting, value: object) -> Value:
    """As `parse`, for a value that is set now: more is asked of it than of one that stands in a file already.

    Raises:
        ConfigError: as `parse`, or `config.bad_code`. A till whose code is from before that rule still opens with it.
    """
    parsed = parse(setting, value)
    if setting.form is Form.CODE and not _code(str(parsed)):
        raise ConfigError("config.bad_code", key=setting.key, most=_LONGEST_CODE)
    return parsed


def _number(setting: Setting, value: object) -> int:
    text = str(value).strip()
    fits = not isinstance(value, bool) and text.isascii() and text.isdigit() and len(text) <= len(str(setting.high)) + 9
    if not fits or not setting.low <= int(text) <= setting.high:
        raise ConfigError("config.out_of_range", key=setting.key, low=setting.low, high=setting.high, unit=setting.unit)
    return int(text)


def _readable(setting: Setting, text: str) -> bool:
    if setting.lines:
        return len(text) <= _MOST_IN_LINES and all(line.isprintable() for line in text.splitlines())
    return len(text) <= _MOST_IN_A_LINE and text.isprintable()


def _check_form(setting: Setting, text: str) -> None:
    if setting.form is Form.HTTPS and not _address(text, ("https",)):
        raise ConfigError("config.https_only", key=setting.key)
    if setting.form is Form.PROXY and text != "direct" and not _proxy(text):
        raise ConfigError("config.bad_proxy", key=setting.key)
    if setting.form is Form.PINS and not all(map(_pin, pins_of(text))):
        raise ConfigError("config.bad_tls_pin", key=setting.key)
    if setting.form is Form.DATE and not _date(text):
        raise ConfigError("config.bad_date", key=setting.key)
    if setting.form is Form.GS1_AI and not (text.isascii() and text.isdigit() and 2 <= len(text) <= 4):
        raise ConfigError("config.bad_value", key=setting.key)


def _address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


def _proxy(text: str) -> bool:
    """`http://host:port`: no name and password (nothing secret stands in an address), no path."""
    return _address(text, ("http",)) and urlsplit(text).port is not None and urlsplit(text)[2:] in (
        ("", "", ""), ("/", "", ""),
    )  # fmt: skip


def pins_of(text: str) -> tuple[str, ...]:
    """The pins of an `<issuer>.tls_pin`: SHA-256 of the certificate's public key, base64, with commas between."""
    return tuple(part.strip().removeprefix("sha256/") for part in text.split(",") if part.strip())


def _pin(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == _SHA256_BYTES
    except (binascii.Error, ValueError):
        return False


def _code(text: str) -> bool:
    return text.isascii() and text.isalnum() and len(text) <= _LONGEST_CODE


def _date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
