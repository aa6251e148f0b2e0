"""How a shop is set up with VinID (contracts/vinid.md §2, §3, §13, §14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pos.domain.errors import ConfigError
from pos.domain.sale import MAX_QUANTITY
from pos.providers.sealed import Padding

WARN_DAYS = 30
"""Before the API key ends."""
MAX_STAFF_NUMBER = 999_999_999
_KEY_CODE = re.compile(r"[\x21-\x3a\x3c-\x7e]{1,36}")  # no `;`, which joins the signed text
_PREFIX = re.compile(r"[A-Z0-9]{0,7}")


@dataclass(frozen=True, slots=True)
class VinIdSettings:
    """What both services need: this till's own API key. A sandbox and a production set never share keys.

    Args:
        key_code: `X-Key-Code`, up to 36 characters.
        api_key_pem: its private key; whoever has it can empty the shop's stock.
        key_expires_on: last day of the API key; None: it never ends.
        connect_timeout_s: also the longest wait for another changing call to end.
        withdraw_deadline_s: for a withdrawal of giftcodes; `use_deadline_s` for mark-used and refund; `deadline_s` for
            every other call.

    Raises:
        ConfigError: a value that cannot be one (`vinid.setting`, `field` names it).
    """

    key_code: str
    api_key_pem: str = field(repr=False)
    key_expires_on: date | None = None
    connect_timeout_s: float = 5.0
    withdraw_deadline_s: float = 60.0
    use_deadline_s: float = 30.0
    deadline_s: float = 20.0

    def __post_init__(self) -> None:
        _demand({"key_code": _KEY_CODE.fullmatch(self.key_code) is not None, "api_key": bool(self.api_key_pem)})

    def days_left(self, today: date) -> int | None:
        """Days until the API key ends, once they are `WARN_DAYS` or fewer; below 0: it has ended. None: no hurry."""
        if self.key_expires_on is None:
            return None
        days = (self.key_expires_on - today).days
        return days if days <= WARN_DAYS else None


@dataclass(frozen=True, slots=True)
class GiftcodeSettings:
    """The merchant's place in the giftcode service.

    Args:
        private_key_pem: opens giftcodes, never the API key's; lost with it are all codes not printed yet (§14). Empty:
            nothing is withdrawn.
        padding: how VinID fills its RSA blocks (§5); found by the key check.
        values: face values in thousands of đồng that the shop sells, the list to ask for where VinID does not answer a
            question for all of them; a value that it does not name is out of stock.
        max_quantity: codes in one order, 1 to 100.
    """

    merchant_code: str
    store_code: str
    pos_code: str
    private_key_pem: str = field(default="", repr=False)
    padding: Padding = Padding.PKCS1V15
    values: tuple[int, ...] = ()
    max_quantity: int = 10

    def __post_init__(self) -> None:
        _demand({
            **_codes(self.merchant_code, self.store_code, self.pos_code),
            "values": all(0 < value <= 10_000 for value in self.values) and len(set(self.values)) == len(self.values),
            "max_quantity": 1 <= self.max_quantity <= MAX_QUANTITY,
        })  # fmt: skip


@dataclass(frozen=True, slots=True)
class EVoucherSettings:
    """The merchant's place in the e-voucher service.

    Args:
        staff_number: sent with each call; VinID wants digits only (§8.2).
        ref_prefix: begins every redemption id of this till; up to 7 of `A-Z0-9`.
        holidays: the shop's own list (§15 no. 23).
        percent_cap_vnd: the most a percent voucher takes off; None: no limit.
    """

    merchant_code: str
    store_code: str
    pos_code: str
    staff_number: int = 1
    ref_prefix: str = ""
    holidays: frozenset[date] = frozenset()
    percent_cap_vnd: int | None = None

    def __post_init__(self) -> None:
        _demand({
            **_codes(self.merchant_code, self.store_code, self.pos_code),
            "staff_number": 1 <= self.staff_number <= MAX_STAFF_NUMBER,
            "ref_prefix": _PREFIX.fullmatch(self.ref_prefix) is not None,
            "percent_cap_vnd": self.percent_cap_vnd is None or self.percent_cap_vnd > 0,
        })  # fmt: skip


def _codes(merchant: str, store: str, pos: str) -> dict[str, bool]:
    named = {"merchant_code": merchant, "store_code": store, "pos_code": pos}
    return {name: bool(code) and code.isprintable() for name, code in named.items()}


def _demand(sound: Mapping[str, bool]) -> None:
    for name, fits in sound.items():
        if not fits:
            raise ConfigError("vinid.setting", field=name)
