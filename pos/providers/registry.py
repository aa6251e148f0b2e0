"""Names of issuers and how to build each from the shop's settings. A new issuer is one folder here and one line below.

An issuer that is not set up is not there. One that is set up wrongly is told in `Built.faults` and does not keep the
others from opening.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pos.domain.errors import ConfigError, PosError
from pos.domain.prices import read_prices
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import HttpClient, MonotonicClock
from pos.till.booking_port import BookingIssuer
from pos.till.ports import Clock, VoucherProvider
from pos.till.sale_port import CodeSeller

GOT_IT = "gotit"


class SettingsReader(Protocol):
    """The settings by key (`pos.settings.Settings`)."""

    def text(self, key: str) -> str:
        """A text, choice or secret."""

    def number(self, key: str) -> int:
        """A whole number."""

    def flag(self, key: str) -> bool:
        """Yes or no."""


class Closable(Protocol):
    """What is closed with the program."""

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""


@dataclass(frozen=True, slots=True)
class Built:
    """Every issuer that is set up, by its stable name. Nothing is connected yet; the caller closes all.

    Args:
        prices: the shop's own price in đồng by seller and product code; what is not named costs its face value.
        faults: why an issuer that the shop wants could not be built.
    """

    vouchers: dict[str, VoucherProvider] = field(default_factory=dict)
    sellers: dict[str, CodeSeller] = field(default_factory=dict)
    bookings: dict[str, BookingIssuer] = field(default_factory=dict)
    prices: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: dict[str, PosError] = field(default_factory=dict)
    closables: list[Closable] = field(default_factory=list)

    def close(self) -> None:
        """Close every issuer."""
        for closable in reversed(self.closables):
            closable.close()


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What Got It needs to be reached. Times in seconds.

    Args:
        pin: the store's credential; never shown.
        ca_file: the only CA to trust (sandbox); None: the system's.
        reserving: the store uses the issuer's reserve flow.
    """

    base_url: str
    pin: str = field(repr=False)
    ca_file: Path | None = None
    reserving: bool = False
    path_prefix: str = "/merchant/v6.0"
    connect_timeout_s: float = 5.0
    deadline_s: float = 35.0


def build_provider(name: str, settings: ProviderSettings, clock: MonotonicClock) -> GotIt:
    """Got It, not connected yet; the caller closes it.

    Raises:
        ConfigError: no such issuer, or an address that cannot be one.
    """
    if name != GOT_IT:
        raise ConfigError("provider.unknown", name=name)
    http = HttpClient(
        settings.base_url,
        clock=clock,
        ca_file=settings.ca_file,
        connect_timeout_s=settings.connect_timeout_s,
        deadline_s=settings.deadline_s,
    )
    return GotIt(http, GotItSettings(settings.pin, settings.path_prefix, settings.reserving))


def _gotit(settings: SettingsReader, clock: Clock, built: Built) -> None:
    wanted = ProviderSettings(
        base_url=settings.text("gotit.base_url"),
        pin=settings.text("gotit.pin"),
        ca_file=_ca_file(settings, GOT_IT),
        reserving=settings.text("gotit.flow") == "reserve",
        path_prefix=settings.text("gotit.path_prefix"),
        connect_timeout_s=settings.number("gotit.connect_timeout_s"),
        deadline_s=settings.number("gotit.deadline_s"),
    )
    issuer = build_provider(GOT_IT, wanted, clock)
    built.vouchers[issuer.name] = issuer
    built.closables.append(issuer)


def _gotadi(settings: SettingsReader, clock: Clock, built: Built) -> None:
    base_url = settings.text("gotadi.base_url")
    if not base_url:
        return
    from pos.providers.gotadi.client import Gotadi
    from pos.providers.gotadi.settings import GotadiSettings

    wanted = GotadiSettings(
        base_url=base_url,
        api_key=settings.text("gotadi.api_key"),
        access_code=settings.text("gotadi.access_code"),
        partner_private_key=settings.text("gotadi.partner_private_key"),
        gotadi_public_key=settings.text("gotadi.gotadi_public_key"),
        user_id=settings.text("gotadi.user_id"),
        layout=settings.text("gotadi.layout"),
        product=settings.text("gotadi.product"),
        voucher_transport=settings.text("gotadi.voucher_transport"),
        older_login=settings.flag("gotadi.older_login"),
        ca_file=_ca_file(settings, "gotadi"),
        connect_timeout_s=settings.number("gotadi.connect_timeout_s"),
    )

    def line() -> HttpClient:  # each call has a connection of its own (contracts/gotadi.md §2)
        return HttpClient(
            base_url,
            clock=clock,
            ca_file=wanted.ca_file,
            connect_timeout_s=wanted.connect_timeout_s,
            deadline_s=_GOTADI_DEADLINE_S,
            max_in_flight=1,
            idle_s=0,
        )

    issuer = Gotadi(line(), line(), wanted, clock=clock)
    built.bookings[issuer.name] = issuer
    built.closables.append(issuer)


def _appotapay(settings: SettingsReader, clock: Clock, built: Built) -> None:
    if not settings.flag("appotapay.enabled"):
        return
    from pos.providers.appotapay.client import AppotaPay
    from pos.providers.appotapay.settings import AppotaPaySettings
    from pos.providers.sealed import Padding

    wanted = AppotaPaySettings(
        partner_code=settings.text("appotapay.partner_code"),
        api_key=settings.text("appotapay.api_key"),
        secret_key=settings.text("appotapay.secret_key"),
        private_key_pem=settings.text("appotapay.private_key"),
        previous_key_pems=split_pems(settings.text("appotapay.previous_private_keys")),
        padding=Padding(settings.text("appotapay.padding")),
        auth_prefix="Bearer " if settings.text("appotapay.auth_prefix") == "bearer" else "",
        max_quantity=settings.number("appotapay.max_quantity"),
        connect_timeout_s=settings.number("appotapay.connect_timeout_s"),
        buy_deadline_s=settings.number("appotapay.buy_deadline_s"),
        ask_deadline_s=settings.number("appotapay.deadline_s"),
    )
    prices = read_prices(settings.text("appotapay.prices"))
    http = HttpClient(
        settings.text("appotapay.base_url"),
        clock=clock,
        ca_file=_ca_file(settings, "appotapay"),
        connect_timeout_s=wanted.connect_timeout_s,
        deadline_s=wanted.buy_deadline_s,
    )
    issuer = AppotaPay(http, wanted, clock)
    built.sellers[issuer.name], built.prices[issuer.name] = issuer, prices
    built.closables.append(issuer)


def split_pems(text: str) -> tuple[str, ...]:
    """Keys that stand one after another in one text."""
    return tuple(_BEGIN + part for part in text.split(_BEGIN)[1:])


_BEGIN = "-----BEGIN"
_GOTADI_DEADLINE_S = 140.0
"""No call may take longer than the long poll and its connection; each call has its own deadline below it."""


def _ca_file(settings: SettingsReader, issuer: str) -> Path | None:
    name = settings.text(f"{issuer}.ca_file")
    return Path(name) if name else None


Builder = Callable[[SettingsReader, Clock, Built], None]
"""Adds an issuer to `Built` where the settings want it; raises `ConfigError` where they cannot be."""

_BUILDERS: dict[str, Builder] = {GOT_IT: _gotit, "gotadi": _gotadi, "appotapay": _appotapay}


def build_all(settings: SettingsReader, clock: Clock) -> Built:
    """Every issuer the settings name.

    Raises:
        ConfigError: the first one, which every till has, cannot be built; nothing is left open.
    """
    built = Built()
    for name, build in _BUILDERS.items():
        try:
            build(settings, clock, built)
        except ConfigError as error:
            if name == GOT_IT:
                raise
            built.faults[name] = error
    return built
