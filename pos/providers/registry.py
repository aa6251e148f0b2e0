"""Names of issuers and how to build each from the shop's settings. A new issuer is one folder here and one line below.

An issuer that is not set up is not there. One that is set up wrongly is told in `Built.faults` and does not keep the
others from opening.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pos.domain.errors import ConfigError
from pos.domain.prices import read_prices
from pos.providers.built import Built, SettingsReader
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.http import HttpClient, MonotonicClock
from pos.providers.proxy import STRAIGHT, ProxyRule
from pos.providers.tls import read_pins
from pos.till.ports import Clock

if TYPE_CHECKING:
    from pos.providers.vinid.line import VinIdLine

GOT_IT = "gotit"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What Got It needs to be reached. Times in seconds.

    Args:
        pin: the store's credential; never shown.
        ca_file: the only CA to trust (sandbox); None: the system's.
        pins: one of these keys must be in its chain; empty: any chain that can be verified.
        proxy: the way there.
        reserving: the store uses the issuer's reserve flow.
    """

    base_url: str
    pin: str = field(repr=False)
    ca_file: Path | None = None
    pins: frozenset[bytes] = frozenset()
    proxy: ProxyRule = STRAIGHT
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
        pins=settings.pins,
        proxy=settings.proxy,
        connect_timeout_s=settings.connect_timeout_s,
        deadline_s=settings.deadline_s,
    )
    return GotIt(http, GotItSettings(settings.pin, settings.path_prefix, settings.reserving))


def _gotit(settings: SettingsReader, clock: Clock, built: Built) -> None:
    wanted = ProviderSettings(
        base_url=settings.text("gotit.base_url"),
        pin=settings.text("gotit.pin"),
        ca_file=ca_file(settings, GOT_IT),
        pins=_pins(settings, GOT_IT),
        proxy=proxy_rule(settings),
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
    _same_world(settings, "gotadi")
    from pos.providers.gotadi.client import connect
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
        ca_file=ca_file(settings, "gotadi"),
        pins=_pins(settings, "gotadi"),
        proxy=proxy_rule(settings),
        connect_timeout_s=settings.number("gotadi.connect_timeout_s"),
    )

    issuer = connect(wanted, clock)
    built.bookings[issuer.name] = issuer
    built.closables.append(issuer)


def _appotapay(settings: SettingsReader, clock: Clock, built: Built) -> None:
    if not settings.flag("appotapay.enabled"):
        return
    _same_world(settings, "appotapay")
    from pos.providers.appotapay.client import AppotaPay
    from pos.providers.appotapay.seconds import FileSeconds
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
        sms=settings.flag("appotapay.sms"),
        phone_field=(
            "customer_phone" if settings.text("appotapay.sms_phone_field") == "customer_phone" else "customerPhone"
        ),
        max_quantity=settings.number("appotapay.max_quantity"),
        connect_timeout_s=settings.number("appotapay.connect_timeout_s"),
        buy_deadline_s=settings.number("appotapay.buy_deadline_s"),
        ask_deadline_s=settings.number("appotapay.deadline_s"),
    )
    prices = read_prices(settings.text("appotapay.prices"))
    http = HttpClient(
        settings.text("appotapay.base_url"),
        clock=clock,
        ca_file=ca_file(settings, "appotapay"),
        pins=_pins(settings, "appotapay"),
        proxy=proxy_rule(settings),
        connect_timeout_s=wanted.connect_timeout_s,
        deadline_s=wanted.buy_deadline_s,
    )
    issuer = AppotaPay(http, wanted, clock, FileSeconds(settings.folder / "appotapay.second"))
    built.sellers[issuer.name], built.prices[issuer.name] = issuer, prices
    built.closables.append(issuer)


def _vinid_giftcode(settings: SettingsReader, clock: Clock, built: Built) -> None:
    if not settings.flag("vinid.giftcode"):
        return
    _same_world(settings, "vinid")
    from pos.providers.sealed import Padding
    from pos.providers.vinid.giftcode import VinIdGiftcode
    from pos.providers.vinid.settings import GiftcodeSettings

    wanted = GiftcodeSettings(
        merchant_code=settings.text("vinid.giftcode_merchant_code"),
        store_code=settings.text("vinid.giftcode_store_code"),
        pos_code=settings.text("vinid.giftcode_pos_code"),
        private_key_pem=settings.text("vinid.giftcode_private_key"),
        padding=Padding(settings.text("vinid.giftcode_padding")),
        values=tuple(_listed(settings, "vinid.giftcode_values", int)),
        max_quantity=settings.number("vinid.giftcode_max_quantity"),
    )
    prices = read_prices(settings.text("vinid.giftcode_prices"))
    issuer = VinIdGiftcode(_vinid_line(settings, clock), wanted)
    built.sellers[issuer.name], built.prices[issuer.name] = issuer, prices
    built.closables.append(issuer)


def _vinid_evoucher(settings: SettingsReader, clock: Clock, built: Built) -> None:
    if not settings.flag("vinid.evoucher"):
        return
    _same_world(settings, "vinid")
    from pos.providers.vinid.evoucher import VinIdEVoucher
    from pos.providers.vinid.settings import EVoucherSettings

    wanted = EVoucherSettings(
        merchant_code=settings.text("vinid.evoucher_merchant_code"),
        store_code=settings.text("vinid.evoucher_store_code"),
        pos_code=settings.text("vinid.evoucher_pos_code"),
        staff_number=settings.number("vinid.staff_number"),
        ref_prefix=till_prefix(settings),
        holidays=frozenset(_listed(settings, "vinid.evoucher_holidays", date.fromisoformat)),
        percent_cap_vnd=settings.number("vinid.evoucher_percent_cap_vnd") or None,
    )
    issuer = VinIdEVoucher(_vinid_line(settings, clock), wanted)
    built.vouchers[issuer.name], built.refunders[issuer.name] = issuer, issuer
    built.closables.append(issuer)


def _vinid_line(settings: SettingsReader, clock: Clock) -> VinIdLine:
    """One a service, so that one which is closed or paused does not hold up the other."""
    from pos.providers.vinid.line import VinIdLine
    from pos.providers.vinid.settings import VinIdSettings

    expires = _listed(settings, "vinid.key_expires_on", date.fromisoformat)
    wanted = VinIdSettings(
        key_code=settings.text("vinid.key_code"),
        api_key_pem=settings.text("vinid.api_private_key"),
        key_expires_on=expires[0] if expires else None,
        connect_timeout_s=settings.number("vinid.connect_timeout_s"),
        withdraw_deadline_s=settings.number("vinid.withdraw_deadline_s"),
        use_deadline_s=settings.number("vinid.use_deadline_s"),
        deadline_s=settings.number("vinid.deadline_s"),
    )
    http = HttpClient(
        settings.text("vinid.base_url"),
        clock=clock,
        ca_file=ca_file(settings, "vinid"),
        pins=_pins(settings, "vinid"),
        proxy=proxy_rule(settings),
        connect_timeout_s=wanted.connect_timeout_s,
        deadline_s=wanted.withdraw_deadline_s,
    )
    return VinIdLine(http, wanted, clock)


def till_prefix(settings: SettingsReader) -> str:
    """Begins ids that issuers want in `A-Z0-9`: the till's code and, where there is room, the store's; at most 7."""
    own = "".join(c for c in (settings.text("till.code") + settings.text("store.code")).upper() if c in _ID_CHARACTERS)
    return own[:7]


def _listed(settings: SettingsReader, key: str, read: Callable[[str], T]) -> list[T]:
    """The parts of a setting that is a list.

    Raises:
        ConfigError: `config.bad_value` with the key.
    """
    try:
        return [read(part.strip()) for part in settings.text(key).split(",") if part.strip()]
    except ValueError:
        raise ConfigError("config.bad_value", key=key) from None


def split_pems(text: str) -> tuple[str, ...]:
    """Keys that stand one after another in one text."""
    return tuple(_BEGIN + part for part in text.split(_BEGIN)[1:])


_BEGIN = "-----BEGIN"
_ID_CHARACTERS = frozenset(string.ascii_uppercase + string.digits)


def _same_world(settings: SettingsReader, issuer: str) -> None:
    """Real and play money never meet in one folder (contracts/appotapay.md §2, contracts/vinid.md §2).

    Raises:
        ConfigError: `config.mixed_environment`.
    """
    if settings.mixes(f"{issuer}.base_url"):
        raise ConfigError("config.mixed_environment", provider=issuer)


def ca_file(settings: SettingsReader, issuer: str) -> Path | None:
    """The file with the only CA to trust for this issuer; None: the system's list."""
    name = settings.text(f"{issuer}.ca_file")
    return Path(name) if name else None


def _pins(settings: SettingsReader, issuer: str) -> frozenset[bytes]:
    """Raises `ConfigError` for a pin that is none: it must not count as no pin."""
    key = f"{issuer}.tls_pin"
    try:
        return read_pins(settings.text(key))
    except ValueError:
        raise ConfigError("config.bad_value", key=key) from None


def proxy_rule(settings: SettingsReader) -> ProxyRule:
    """The shop's way to its issuers."""
    return ProxyRule(settings.text("network.proxy"), settings.text("network.proxy_login"))


def line_to(settings: SettingsReader, issuer: str, clock: MonotonicClock) -> HttpClient:
    """A line of its own to look at, with the rules of the issuer's calls; the caller closes it.

    Raises:
        ConfigError: its address or a pin is wrong.
    """
    return HttpClient(
        settings.text(f"{issuer}.base_url"),
        clock=clock,
        ca_file=ca_file(settings, issuer),
        pins=_pins(settings, issuer),
        proxy=proxy_rule(settings),
        connect_timeout_s=settings.number(f"{issuer}.connect_timeout_s"),
    )


Builder = Callable[[SettingsReader, Clock, Built], None]
"""Adds an issuer to `Built` where the settings want it; raises `ConfigError` where they cannot be."""

_BUILDERS: dict[str, Builder] = {
    GOT_IT: _gotit,
    "gotadi": _gotadi,
    "appotapay": _appotapay,
    "vinid": _vinid_giftcode,
    "vinid-evoucher": _vinid_evoucher,
}


def build_one(name: str, settings: SettingsReader, clock: Clock) -> Built:
    """One issuer alone, for a trial of its settings.

    Raises:
        ConfigError: it cannot be built; nothing is left open. `provider.unknown`: no such issuer, or it is not wanted.
    """
    built = Built()
    if name in _BUILDERS:
        _BUILDERS[name](settings, clock, built)
    if not built.closables:
        raise ConfigError("provider.unknown", name=name)
    return built


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
