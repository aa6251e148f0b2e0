"""What building the issuers starts from and ends in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from pos.domain.errors import PosError
from pos.till.booking_port import BookingIssuer
from pos.till.ports import VoucherProvider, VoucherRefunder
from pos.till.sale_port import CodeSeller


class SettingsReader(Protocol):
    """The settings by key (`pos.settings.Settings`)."""

    @property
    def folder(self) -> Path:
        """The till's data folder."""

    def mixes(self, key: str) -> bool:
        """Whether the address under this key is of play money where money is real, or the other way round."""

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
    refunders: dict[str, VoucherRefunder] = field(default_factory=dict)
    prices: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: dict[str, PosError] = field(default_factory=dict)
    closables: list[Closable] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        """The names for people of all of them, by stable name."""
        labels = {name: issuer.capabilities.label for name, issuer in self.bookings.items()}
        labels |= {name: seller.capabilities.label for name, seller in self.sellers.items()}
        return labels | {name: issuer.capabilities.label for name, issuer in self.vouchers.items()}

    def close(self) -> None:
        """Close every issuer."""
        for closable in reversed(self.closables):
            closable.close()
