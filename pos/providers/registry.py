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
        faults: why an issuer that the shop wants could not be built.
    """

    vouchers: dict[str, VoucherProvider] = field(default_factory=dict)
    sellers: dict[str, CodeSeller] = field(default_factory=dict)
    bookings: dict[str, BookingIssuer] = field(default_factory=dict)
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


def _ca_file(settings: SettingsReader, issuer: str) -> Path | None:
    name = settings.text(f"{issuer}.ca_file")
    return Path(name) if name else None


Builder = Callable[[SettingsReader, Clock, Built], None]
"""Adds an issuer to `Built` where the settings want it; raises `ConfigError` where they cannot be."""

_BUILDERS: dict[str, Builder] = {GOT_IT: _gotit}


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
