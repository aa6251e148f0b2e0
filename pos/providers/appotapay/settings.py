"""How a shop is set up with AppotaPay (contracts/appotapay.md §2, §13)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import get_args

from pos.domain.errors import ConfigError
from pos.domain.sale import MAX_QUANTITY
from pos.providers.appotapay.wire import PhoneField
from pos.providers.sealed import Padding


@dataclass(frozen=True, slots=True)
class AppotaPaySettings:
    """One shop's keys and limits; a dev set and a production set never share keys.

    Args:
        secret_key: signs tokens and purchases; whoever has it can spend the shop's balance.
        private_key_pem: opens what was bought; empty: nothing is bought.
        previous_key_pems: keys before it, newest first.
        padding: how AppotaPay fills its RSA blocks (§6); found by the key check.
        auth_prefix: before the token; AppotaPay's pages disagree (§3).
        sms: purchases may be delivered by SMS; only where AppotaPay has confirmed it (§8.5).
        phone_field: how the phone number is spelt then.
        max_quantity: cards in one line, 1 to 100.
        connect_timeout_s: also the longest wait for another purchase to end.

    Raises:
        ConfigError: a value that cannot be one (`appotapay.setting`, `field` names it).
    """

    partner_code: str
    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    private_key_pem: str = field(default="", repr=False)
    previous_key_pems: tuple[str, ...] = field(default=(), repr=False)
    padding: Padding = Padding.PKCS1V15
    auth_prefix: str = "Bearer "
    sms: bool = False
    phone_field: PhoneField = "customerPhone"
    max_quantity: int = 10
    connect_timeout_s: float = 5.0
    buy_deadline_s: float = 60.0
    ask_deadline_s: float = 20.0

    def __post_init__(self) -> None:
        sound = {
            "partner_code": bool(self.partner_code),
            "api_key": bool(self.api_key),
            "secret_key": bool(self.secret_key),
            "auth_prefix": self.auth_prefix.isascii() and (not self.auth_prefix or self.auth_prefix.isprintable()),
            "phone_field": self.phone_field in get_args(PhoneField),
            "max_quantity": 1 <= self.max_quantity <= MAX_QUANTITY,
        }
        for name, fits in sound.items():
            if not fits:
                raise ConfigError("appotapay.setting", field=name)
