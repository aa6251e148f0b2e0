"""Every setting of the till: declared once with type, default, unit and meaning; kept in one small file.

Secrets never stand in this file: they go to the encrypted `SecretStore` (`pos.security`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from pos.domain.errors import ConfigError, JournalUnavailable
from pos.durable import make_folder, replace_file
from pos.till.views import Environment

Value = str | int | bool
_MOST_IN_A_LINE, _MOST_IN_LINES = 1_000, 20_000


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Args:
        key: stable dotted name.
        default: also fixes the type (text, whole number, yes/no).
        choices: allowed values; empty: any.
        low: least number; `high`: greatest.
        secret: kept encrypted, never shown.
        lines: may have several lines (a key as PEM).
        about: what it means, for `config list`.
    """

    key: str
    default: Value
    about: str
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 1_000_000
    secret: bool = False
    lines: bool = False


PRODUCTION_HOST = "openapi.gotit.vn"
"""contracts/gotit.md §2."""
REAL_HOSTS = frozenset({PRODUCTION_HOST, "gateway.appotapay.com", "api-merchant.vinid.net"})
"""Where money is real; contracts/appotapay.md §2, contracts/vinid.md §2. Gotadi prints no host."""
PLAY_HOSTS = frozenset({"openapi-stg.gotit.vn", "gateway.dev.appotapay.com", "api-merchant-sandbox.vinid.dev",
                        "127.0.0.1", "localhost", "::1"})  # fmt: skip
"""Where it is not. A relay of the merchant's is neither: the shop knows."""

SETTINGS = (
    Setting("gotit.base_url", "https://openapi-stg.gotit.vn", "Got It: address, https only"),
    Setting("gotit.pin", "", "Got It: store PIN", secret=True),
    Setting("gotit.ca_file", "", "Got It: file with the only CA to trust; empty: the system's"),
    Setting("gotit.tls_pin", "", "Got It: keys of which one must be in its chain, base64 of SHA-256; empty: any"),
    Setting("gotit.flow", "direct", "Got It: direct (check, mark used) or reserve (check, reserve, mark used)",
            choices=("direct", "reserve")),
    Setting("gotit.path_prefix", "/merchant/v6.0", "Got It: path before each operation"),
    Setting("gotit.connect_timeout_s", 5, "Got It: seconds to wait for a connection", low=1, high=60),
    Setting("gotit.deadline_s", 35, "Got It: seconds a whole call may take", low=2, high=300),
    Setting("gotit.pause_ms", 250, "Got It: milliseconds between two calls of the background queue", high=60_000),
    Setting("gotadi.base_url", "", "Gotadi: address of the gateway, https only; empty: no bookings at this till"),
    Setting("gotadi.api_key", "", "Gotadi: key of every request", secret=True),
    Setting("gotadi.access_code", "", "Gotadi: the partner's access code", secret=True),
    Setting("gotadi.partner_private_key", "", "Gotadi: our private key, XML or PEM", secret=True, lines=True),
    Setting("gotadi.gotadi_public_key", "", "Gotadi: its public key, XML or PEM", secret=True, lines=True),
    Setting("gotadi.user_id", "", "Gotadi: the store's fixed user"),
    Setting("gotadi.layout", "single", "Gotadi: layout named at login", choices=("single", "dual")),
    Setting("gotadi.product", "flight", "Gotadi: product named at login", choices=("flight", "hotel")),
    Setting("gotadi.voucher_transport", "get-json", "Gotadi: how voucher calls are sent, proved when it is set up",
            choices=("get-json", "post-json")),
    Setting("gotadi.older_login", False, "Gotadi: log in with two fields, as older accounts do"),
    Setting("gotadi.ca_file", "", "Gotadi: file with the only CA to trust; empty: the system's"),
    Setting("gotadi.tls_pin", "", "Gotadi: keys of which one must be in its chain, base64 of SHA-256; empty: any"),
    Setting("gotadi.connect_timeout_s", 10, "Gotadi: seconds to wait for a connection", low=1, high=60),
    Setting("appotapay.enabled", False, "AppotaPay: sell its card codes at this till"),
    Setting("appotapay.base_url", "https://gateway.dev.appotapay.com", "AppotaPay: address, https only"),
    Setting("appotapay.partner_code", "", "AppotaPay: the merchant's code"),
    Setting("appotapay.api_key", "", "AppotaPay: API key", secret=True),
    Setting("appotapay.secret_key", "", "AppotaPay: secret key", secret=True),
    Setting("appotapay.private_key", "", "AppotaPay: private key that opens codes, PEM", secret=True, lines=True),
    Setting("appotapay.previous_private_keys", "", "AppotaPay: private keys before it, PEM, newest first",
            secret=True, lines=True),
    Setting("appotapay.padding", "pkcs1v15", "AppotaPay: how bought codes are padded",
            choices=("pkcs1v15", "oaep-sha1", "oaep-sha256")),
    Setting("appotapay.auth_prefix", "bearer", "AppotaPay: what stands before the token: bearer or nothing",
            choices=("bearer", "none")),
    Setting("appotapay.prices", "", "AppotaPay: the shop's prices, CODE=PRICE,…; else the face value"),
    Setting("appotapay.max_quantity", 10, "AppotaPay: codes in one sale", low=1, high=100),
    Setting("appotapay.sms", False, "AppotaPay: codes may be sent by SMS; only where AppotaPay has confirmed it"),
    Setting("appotapay.sms_phone_field", "customerPhone", "AppotaPay: how the phone number is spelt in a purchase",
            choices=("customerPhone", "customer_phone")),
    Setting("appotapay.ca_file", "", "AppotaPay: file with the only CA to trust; empty: the system's"),
    Setting("appotapay.tls_pin", "", "AppotaPay: keys of which one must be in its chain, base64 of SHA-256"),
    Setting("appotapay.connect_timeout_s", 5, "AppotaPay: seconds to wait for a connection", low=1, high=60),
    Setting("appotapay.buy_deadline_s", 60, "AppotaPay: seconds a purchase may take", low=2, high=300),
    Setting("appotapay.deadline_s", 20, "AppotaPay: seconds any other call may take", low=2, high=300),
    Setting("vinid.giftcode", False, "VinID: sell giftcodes at this till"),
    Setting("vinid.evoucher", False, "VinID: redeem e-vouchers at this till"),
    Setting("vinid.base_url", "https://api-merchant-sandbox.vinid.dev", "VinID: address, https only"),
    Setting("vinid.key_code", "", "VinID: code of the API key"),
    Setting("vinid.key_expires_on", "", "VinID: last day of the API key, yyyy-mm-dd; empty: it never ends"),
    Setting("vinid.api_private_key", "", "VinID: private key of the API key, PEM", secret=True, lines=True),
    Setting("vinid.giftcode_private_key", "", "VinID: private key that opens giftcodes, PEM; never the API key's",
            secret=True, lines=True),
    Setting("vinid.giftcode_padding", "pkcs1v15", "VinID: how giftcodes are padded",
            choices=("pkcs1v15", "oaep-sha1", "oaep-sha256")),
    Setting("vinid.giftcode_merchant_code", "", "VinID giftcode: the merchant's code"),
    Setting("vinid.giftcode_store_code", "", "VinID giftcode: the store's code"),
    Setting("vinid.giftcode_pos_code", "", "VinID giftcode: this till's code"),
    Setting("vinid.giftcode_values", "", "VinID giftcode: face values in thousands to ask for one by one, 50,100,…"),
    Setting("vinid.giftcode_prices", "", "VinID giftcode: the shop's prices, CODE=PRICE,…; else the face value"),
    Setting("vinid.giftcode_max_quantity", 10, "VinID giftcode: codes in one sale", low=1, high=100),
    Setting("vinid.evoucher_merchant_code", "", "VinID e-voucher: the merchant's code"),
    Setting("vinid.evoucher_store_code", "", "VinID e-voucher: the store's code"),
    Setting("vinid.evoucher_pos_code", "", "VinID e-voucher: this till's code"),
    Setting("vinid.evoucher_holidays", "", "VinID e-voucher: the shop's holidays, yyyy-mm-dd,…"),
    Setting("vinid.evoucher_percent_cap_vnd", 0, "VinID e-voucher: most đồng a percent voucher takes off; 0: no limit",
            high=1_000_000_000),
    Setting("vinid.staff_number", 1, "VinID: staff number sent with each e-voucher", low=1, high=999_999_999),
    Setting("vinid.ca_file", "", "VinID: file with the only CA to trust; empty: the system's"),
    Setting("vinid.tls_pin", "", "VinID: keys of which one must be in its chain, base64 of SHA-256; empty: any"),
    Setting("vinid.connect_timeout_s", 5, "VinID: seconds to wait for a connection", low=1, high=60),
    Setting("vinid.withdraw_deadline_s", 60, "VinID: seconds a withdrawal of giftcodes may take", low=2, high=300),
    Setting("vinid.use_deadline_s", 30, "VinID: seconds using or taking back an e-voucher may take", low=2, high=300),
    Setting("vinid.deadline_s", 20, "VinID: seconds any other call may take", low=2, high=300),
    Setting("routing.rules", "",
            "which codes are whose, in order, NAME:SHORTEST-LONGEST:ALPHABET:PREFIX;…; empty: as shipped"),
    Setting("network.proxy", "", "proxy to the issuers: http://host:port, direct; empty: the system's"),
    Setting("network.proxy_login", "", "login to the proxy, USER:PASSWORD", secret=True),
    Setting("store.code", "CH01", "code of the store, part of the bill number"),
    Setting("store.name", "", "name of the store, on screen and slip"),
    Setting("store.day_change_hour", 0, "hour at which the shop's day changes: at 4, a sale at 01:30 is yesterday's",
            high=12),
    Setting("store.logo", "", "PNG file of the store's logo on slips; empty: none"),
    Setting("till.code", "T1", "code of the till, part of the bill number"),
    Setting("bill.max_vouchers", 20, "vouchers on one bill", low=1, high=200),
    Setting("printer.address", "", "slip printer: tcp:host:port, serial:/dev/…?baud=9600, file:/path; empty: none"),
    Setting("printer.paper_mm", "80", "paper width in millimetres", choices=("58", "80")),
    Setting("printer.profile", "", "kind of printer, a name in resources/printers; empty: any of this paper width"),
    Setting("printer.text_codepage", "", "code page that a person has read on this printer; empty: text as pictures"),
    Setting("printer.drawer", False, "open the cash drawer with each original slip"),
    Setting("printer.drawer_pin", "2", "pin of the printer's drawer connector that opens it", choices=("2", "5")),
    Setting("drawer.cashier_may_open", False, "a cashier opens the drawer without a manager's PIN; always recorded"),
    Setting("scanner.address", "",
            "scanner: serial:/dev/…?baud=9600, serial:usb:vendor:product?baud=…, hid:vendor:product; empty: none"),
    Setting("scanner.framing", "auto", "what ends a code on a serial line; auto fits nearly every scanner",
            choices=("auto", "cr", "lf", "crlf", "stx_etx", "gap")),
    Setting("scanner.gs1_ai", "", "GS1 application identifier whose value is the voucher code, as 21; empty: all"),
    Setting("scanner.prefix", "", "characters the scanner puts before a code"),
    Setting("scanner.suffix", "", "characters the scanner puts behind a code, before the line end"),
    Setting("reports.copy_folder", "", "folder that copies of each day's report go to by themselves; empty: none"),
    Setting("reports.copy_at", "closing",
            "when: closing (with each Z), or also daily at this hour; before 12 the copy is of the day before",
            choices=("closing", *(str(hour) for hour in range(24)))),
    Setting("reports.copy_formats", "xlsx,pdf,csv", "kinds of files",
            choices=("xlsx,pdf,csv", "xlsx,pdf", "xlsx", "pdf", "csv")),
    Setting("ui.language", "vi", "language of the window and of messages", choices=("vi", "en")),
    Setting("ui.theme", "light", "colours", choices=("light", "dark", "contrast")),
    Setting("ui.scale", 100, "size of everything, per cent", low=80, high=200),
    Setting("ui.volume", 80, "sound volume, per cent", high=100),
    Setting("training", False, "training mode: nothing is real"),
)  # fmt: skip
BY_KEY = {setting.key: setting for setting in SETTINGS}


class Secrets(Protocol):
    """Where secret settings live."""

    def get(self, name: str) -> str | None:
        """The secret, or None."""

    def set(self, name: str, value: str) -> None:
        """Keep it, flushed."""


class Settings:
    """The settings of one data folder. Reading is cheap; every `set` is written at once, whole, by replacing the file.

    Raises:
        ConfigError: the file is not ours or a value is impossible.
    """

    def __init__(self, data_dir: Path, secrets: Secrets) -> None:
        self.folder = data_dir
        self._path = data_dir / "settings.json"
        self._secrets = secrets
        self._values = self._load()
        self.revision = 0
        """Another number whenever anything was set."""
        self._writing = threading.Lock()  # the window's choices and a printer's proof come from two threads

    def _load(self) -> dict[str, Value]:
        try:
            raw = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise JournalUnavailable("journal.io", file=self._path.name) from error
        except ValueError as error:
            raise ConfigError("config.file_damaged", file=self._path.name) from error
        if not isinstance(raw, dict):
            raise ConfigError("config.file_damaged", file=self._path.name)
        return {key: parse(BY_KEY[key], value) for key, value in raw.items() if key in BY_KEY}

    def text(self, key: str) -> str:
        """A text, choice or secret."""
        setting = known(key)
        if setting.secret:
            return self._secrets.get(key) or ""
        return str(self._values.get(key, setting.default))

    def number(self, key: str) -> int:
        """A whole number."""
        return int(self._values.get(key, known(key).default))

    def flag(self, key: str) -> bool:
        """Yes or no."""
        return bool(self._values.get(key, known(key).default))

    def shown(self, key: str) -> Value:
        """The value for people: a secret shows as dots."""
        setting = known(key)
        if setting.secret:
            return "••••" if self.text(key) else ""
        return self._values.get(key, setting.default)

    def secret_values(self) -> list[str]:
        """Every secret that is set, for the log's mask; of a key with several lines each line too."""
        texts = [self.text(setting.key) for setting in SETTINGS if setting.secret]
        return [part for text in texts if text for part in {text, *text.splitlines()}]

    def set_many(self, values: Mapping[str, str]) -> None:
        """Set several at once: all are checked before any is kept.

        Raises:
            ConfigError: unknown key or impossible value; nothing was changed.
            JournalUnavailable: could not be written; the old file stands.
        """
        parsed = {key: parse(known(key), value) for key, value in values.items()}
        for key, value in parsed.items():
            if BY_KEY[key].secret:
                self._secrets.set(key, str(value))
        plain = {key: value for key, value in parsed.items() if not BY_KEY[key].secret}
        if plain:
            with self._writing:
                self._save({**self._values, **plain})
        self.revision += 1

    def _save(self, values: dict[str, Value]) -> None:
        text = json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True)
        try:
            make_folder(self._path.parent)
            replace_file(self._path, text.encode())
        except OSError as error:
            raise JournalUnavailable("journal.io", file=self._path.name) from error
        self._values = values

    @property
    def environment(self) -> Environment:
        """Where redemptions go: training by its flag, production by the issuer's host, anything else is sandbox."""
        if self.flag("training"):
            return Environment.TRAINING
        host = urlsplit(self.text("gotit.base_url")).hostname
        return Environment.PRODUCTION if host == PRODUCTION_HOST else Environment.SANDBOX

    def mixes(self, key: str) -> bool:
        """Whether the address under this key is of play money where money is real, or the other way round."""
        return mixes(self.environment, self.text(key))


def mixes(environment: Environment, address: str) -> bool:
    """Whether an issuer at this address has no place in such a folder: real and play money never meet."""
    host = urlsplit(address).hostname or ""
    return host in PLAY_HOSTS if environment is Environment.PRODUCTION else host in REAL_HOSTS


def known(key: str) -> Setting:
    """The declaration. Raises `ConfigError` for a key nobody declared."""
    try:
        return BY_KEY[key]
    except KeyError:
        raise ConfigError("config.unknown_key", key=key) from None


def parse(setting: Setting, value: object) -> Value:
    """A value of the setting's type from text or JSON.

    Raises:
        ConfigError: impossible; the message names the key, never a secret's value.
    """
    bad = ConfigError("config.bad_value", key=setting.key)
    if isinstance(setting.default, bool):
        words: dict[object, bool] = {"true": True, "1": True, "yes": True, "on": True,
                                     "false": False, "0": False, "no": False, "off": False}  # fmt: skip
        word = str(value).lower()
        if word not in words:
            raise bad
        return words[word]
    if isinstance(setting.default, int):
        text = str(value)
        if isinstance(value, bool) or not text.isascii() or not text.isdigit():
            raise bad
        if not setting.low <= int(text) <= setting.high:
            raise bad
        return int(text)
    text = str(value).strip()
    if (setting.choices and text not in setting.choices) or not _readable(setting, text):
        raise bad
    if setting.key == "scanner.gs1_ai" and text and not (text.isascii() and text.isdigit() and 2 <= len(text) <= 4):
        raise bad
    if setting.key.endswith("base_url") and not (text == setting.default or _https(text)):
        raise ConfigError("config.https_only", key=setting.key)
    return text


def _readable(setting: Setting, text: str) -> bool:
    if setting.lines:
        return len(text) <= _MOST_IN_LINES and all(line.isprintable() for line in text.splitlines())
    return len(text) <= _MOST_IN_A_LINE and text.isprintable()


def _https(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
