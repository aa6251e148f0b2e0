"""The shop's own prices of the codes it sells, as one text setting: `CODE=PRICE,CODE=PRICE`."""

from __future__ import annotations

from pos.domain.bill import read_vnd
from pos.domain.errors import ConfigError


def read_prices(text: str) -> dict[str, int]:
    """Price in đồng by product code. A code that is not named costs its face value.

    Args:
        text: as set; thousands may be grouped by dots, not by commas. Empty: no price of its own.

    Raises:
        ConfigError: `price.unreadable`, with the part that cannot be read.
    """
    prices: dict[str, int] = {}
    for part in (part.strip() for part in text.split(",")):
        if not part:
            continue
        code, equals, amount = (piece.strip() for piece in part.rpartition("="))
        try:
            price_vnd = read_vnd(amount)
        except ConfigError:
            price_vnd = 0
        if not (code and equals and price_vnd > 0) or code in prices:  # a price of 0 is a typing mistake, not a gift
            raise ConfigError("price.unreadable", part=part)
        prices[code] = price_vnd
    return prices
