"""One sample voucher with everything the stand-in issuer knows of it.

Source: contracts/gotit.md §6.2 (fields on the wire) and §7 (states). Fields that never go on the wire decide
how the voucher behaves: which stores may take it, what it refuses to be combined with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any


class State(IntEnum):
    """Voucher states of §7."""

    INACTIVE = 0
    NEW = 1
    SENT = 2
    OPENED = 3
    USED = 4
    DOWNLOADED = 5
    EXPIRED = 8
    CANCELLED = 9
    SPLITTED = 10
    RESERVED = 11


# Words of `Voucher.stacking`: what the voucher does not tolerate on the same bill (§8: 244, 253, 254, 255).
TYPE_S = "type_s"
NO_OTHER_CAMPAIGN = "no_other_campaign"
NO_CASH = "no_cash"
NO_SAME_CAMPAIGN = "no_same_campaign"
STACKING_WORDS = frozenset({TYPE_S, NO_OTHER_CAMPAIGN, NO_CASH, NO_SAME_CAMPAIGN})

SKU_LINE = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Redemption:
    """What a conditional voucher pays for on a bill: the goods lines and the amount in đồng."""

    skus: list[SKU_LINE]
    value_vnd: int


@dataclass(slots=True)
class Voucher:
    """A voucher as the issuer keeps it. Changed in place by `issuer.Issuer`, and by nothing else."""

    code: str
    value: int | None
    state: int | None = State.NEW
    product_id: int | None = 90211
    voucher_type: str = "standard"
    expiry_date: str = "2027-12-31"
    cancel_date: str = ""
    conditions: dict[str, Any] | None = None
    # How many pieces of its SKUs the voucher pays for; fewer on the bill is 243.
    redeem_quantity: int = 1
    # Refuses a bill that carries SKUs other than its own with 240.
    strict_skus: bool = False
    # PINs of the stores that may take it; None means every store.
    stores: list[str] | None = None
    service_fee_accepted: bool = True
    # A code of §8 which every use of this voucher meets (246, 248, 256 …).
    refusal: str | None = None
    # None: a cash voucher. Otherwise the name of the promotion it belongs to.
    campaign: str | None = None
    stacking: list[str] = field(default_factory=list)
    # Who used or holds it.
    pin: str | None = None
    bill_number: str | None = None
    used_date: str | None = None
    transaction_id: str | None = None
    redeemed_skus: list[SKU_LINE] | None = None
    redemption_value: int | None = None
    former_state: int | None = None
    times_used: int = 0
    label: str = ""
    sample: bool = False

    def __repr__(self) -> str:
        """Show the ending only: a voucher code is money to whoever reads it."""
        return f"Voucher(…{self.code[-4:]}, state={self.state})"

    def to_record(self) -> dict[str, Any]:
        """Return every field by name, ready for JSON."""
        return {name: getattr(self, name) for name in FIELD_NAMES}

    def to_truth(self) -> dict[str, Any]:
        """Return the record with `reserved_for` added, as `GET /_sandbox/state` tells it."""
        truth = self.to_record()
        held = self.state == State.RESERVED
        truth["reserved_for"] = {"pin": self.pin, "bill_number": self.bill_number} if held else None
        return truth

    @property
    def redemption(self) -> Redemption | None:
        """What was redeemed when the voucher was used or reserved, if it is a conditional one."""
        if self.redemption_value is None:
            return None
        return Redemption(self.redeemed_skus or [], self.redemption_value)


# Worked out for readers of the state, so that a record of theirs can be sent back.
_SHOWN_ONLY = frozenset({"reserved_for", "state_name"})
FIELD_NAMES = tuple(f.name for f in fields(Voucher))


class VoucherRecordError(ValueError):
    """A voucher given over the control plane is not one the sandbox can keep."""


def voucher_from_record(record: Mapping[str, Any]) -> Voucher:
    """Build a voucher from field names and values, as `to_record` gives them.

    Args:
        record: `code` is needed; every other field has the default of `Voucher`. what
            `GET /_sandbox/state` adds to them is ignored.

    Raises:
        VoucherRecordError: A field is unknown or of a type that would break the rules later.
    """
    given = {name: value for name, value in record.items() if name not in _SHOWN_ONLY}
    unknown = sorted(set(given) - set(FIELD_NAMES))
    if unknown:
        raise VoucherRecordError(f"unknown voucher field(s): {', '.join(unknown)}")
    code = given.get("code")
    if not isinstance(code, str) or not code:
        raise VoucherRecordError("a voucher needs a code of text")
    voucher = Voucher(**{"value": 100_000, **given})
    _check_types(voucher)
    return voucher


def _check_types(voucher: Voucher) -> None:
    for name in ("value", "state", "product_id"):
        number = getattr(voucher, name)
        if number is not None and (not isinstance(number, int) or isinstance(number, bool)):
            raise VoucherRecordError(f"{name} must be an integer or null")
    if voucher.conditions is not None and not isinstance(voucher.conditions, dict):
        raise VoucherRecordError("conditions must be an object or null")
    if not isinstance(voucher.stacking, list) or not STACKING_WORDS.issuperset(voucher.stacking):
        raise VoucherRecordError(f"stacking is a list of {', '.join(sorted(STACKING_WORDS))}")
    if voucher.voucher_type not in ("standard", "conditional"):
        raise VoucherRecordError("voucher_type is standard or conditional")
