"""An offer as it is kept in a file. Apart from the framework, which a start must not load."""

from __future__ import annotations

import re

from pos.domain.updates import read_version
from pos.till.updates import Offer

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+~-]{0,200}", re.ASCII)


def is_plain_name(name: str) -> bool:
    """Whether it is the name of a file and nothing else: no folder, nothing hidden, nothing a shell or disk obeys."""
    return _NAME.fullmatch(name) is not None and not name.endswith(".")


def offer_text(offer: Offer) -> dict[str, str | int]:
    """As kept in a file."""
    return {name: getattr(offer, name) for name in Offer.__dataclass_fields__}


def read_offer(told: object) -> Offer | None:
    """Of `offer_text`; None: it is none."""
    if not isinstance(told, dict):
        return None
    try:
        offer = Offer(**told)
        read_version(offer.version)
        return offer if is_plain_name(offer.file) else None
    except (TypeError, ValueError):
        return None
