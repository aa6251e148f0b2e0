"""VinID giftcodes behind the till's selling port (contracts/vinid.md §7, §10, §12.1)."""

from __future__ import annotations

import re

from pos.domain.errors import ConfigError, OutcomeUnknown, RuleBroken, SetupFault
from pos.domain.sale import (
    MAX_QUANTITY,
    ORDER_ID_MAX,
    AskAnswer,
    Bought,
    BuyAnswer,
    CodeStatus,
    NotBought,
    NotFound,
    Order,
    OtherOrder,
    Pending,
    PlainCode,
    Product,
    SealedCode,
    Unreadable,
)
from pos.providers.sealed import CodeOpener
from pos.providers.vinid import wire
from pos.providers.vinid.codes import UNDECIDED, Kind, Operation
from pos.providers.vinid.line import VinIdLine
from pos.providers.vinid.settings import GiftcodeSettings
from pos.providers.vinid.signing import same_pair
from pos.till.ports import Trace
from pos.till.sale_port import SellerCapabilities

_ORDER_ID = re.compile(rf"[A-Z0-9]{{1,{ORDER_ID_MAX}}}")
_STATES = {"ACTIVE": CodeStatus.ACTIVE, "USED": CodeStatus.USED}


class VinIdGiftcode:
    """VinID's giftcode service as a `CodeSeller`. Thread-safe.

    Args:
        line: may be shared with the e-voucher service.
        settings: of this shop.

    Raises:
        ConfigError: a key cannot be used, or the giftcode key pair is the API key pair (`vinid.same_key`, §14).
    """

    def __init__(self, line: VinIdLine, settings: GiftcodeSettings) -> None:
        if settings.private_key_pem and same_pair(line.settings.api_key_pem, settings.private_key_pem):
            raise ConfigError("vinid.same_key")
        self._line = line
        self._settings = settings
        self._opener = CodeOpener(settings.private_key_pem, (), settings.padding)
        self._place = {
            "merchant_code": settings.merchant_code,
            "merchant_id": settings.store_code,
            "terminal_id": settings.pos_code,
        }

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""
        return "vinid"

    @property
    def capabilities(self) -> SellerCapabilities:
        """As set up now."""
        return SellerCapabilities(
            label="VinID",
            has_stock=True,
            has_balance=False,
            has_status=True,
            max_quantity=self._settings.max_quantity,
            instructions="sale.instructions.vinid",
        )

    def reach(self) -> None:
        """Make a connection and no request."""
        self._line.reach()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._line.close()

    def products(self, trace: Trace) -> tuple[Product, ...]:
        """Face values with their stock (§7.1), the shop's own ones at 0 where the answer does not name them.

        Where VinID does not answer the question for all values, it is asked for the shop's own list (§15 no. 9).
        """
        try:
            stock = self._stock((), trace)
        except OutcomeUnknown as fault:
            if not self._settings.values or not fault.code.startswith("vinid."):
                raise
            stock = self._stock(self._settings.values, trace)
        left = dict.fromkeys(self._settings.values, 0) | stock
        return tuple(_product(value, left[value]) for value in sorted(left))

    def balance_vnd(self, trace: Trace) -> int | None:
        """None: the shop's account at VinID is its stock of codes."""
        return None

    def buy(self, order: Order, trace: Trace) -> BuyAnswer:
        """Withdraw codes from the shop's stock (§7.2). They cannot be put back."""
        _sendable(order)
        if not self._settings.private_key_pem:
            raise SetupFault("vinid.no_giftcode_key")  # what would be withdrawn could not be read
        body = wire.withdraw_body(self._place, order)
        kind, word, answer = self._line.call(Operation.WITHDRAW, body, trace)
        if kind is not Kind.SUCCESS:
            return NotBought(word, str(answer.code), answer.message)
        found = wire.read_withdrawal(answer.data)
        return _bought(found, order, ours=found.order_id in (None, order.id))

    def ask(self, order: Order, trace: Trace) -> AskAnswer:
        """What became of this order id (§7.4, §12.1 steps 2 and 3)."""
        _known_id(order)
        body = wire.encode({**self._place, "order_id": order.id})
        kind, _, answer = self._line.call(Operation.DETAIL, body, trace)
        if kind is Kind.NOT_FOUND:
            return NotFound(str(answer.code))
        found = wire.read_withdrawal(answer.data)
        # Codes of somebody else's order must not reach our customer: they are paid for once only.
        if found.order_id not in (None, order.id):
            return OtherOrder("order_id")
        if any(card.face_vnd not in (None, order.face_vnd) for card in found.cards):
            return OtherOrder("card_type")
        if found.entries == 0:
            trace.answered = False
            return Pending(str(answer.code), answer.message)  # the order stands and is still being made (§15 no. 10)
        return _bought(found, order, ours=True)

    def status(self, serial: str, trace: Trace) -> CodeStatus:
        """The state of one code (§7.3)."""
        body = wire.encode({**self._place, "serial": serial})
        kind, word, answer = self._line.call(Operation.STATUS, body, trace)
        if kind is Kind.NOT_FOUND:
            return CodeStatus.UNKNOWN_SERIAL
        _demand_success(kind, word, answer, trace)
        return _STATES.get(wire.read_status(answer.data), CodeStatus.OTHER)

    def open(self, sealed: SealedCode) -> PlainCode | Unreadable:
        """Decrypt one code."""
        return self._opener.open(sealed)

    def _stock(self, values: tuple[int, ...], trace: Trace) -> dict[int, int]:
        verdict = self._line.call(Operation.STOCK, wire.stock_body(self._place, values), trace)
        _demand_success(*verdict, trace)
        return wire.read_stock(verdict.answer.data)


def _demand_success(kind: Kind, word: str, answer: wire.Answer, trace: Trace) -> None:
    """For reading calls a refusal is no answer to what was asked."""
    if kind is not Kind.SUCCESS:
        code = "vinid.unrecognised" if word == "unrecognised" else f"vinid.{UNDECIDED}"
        trace.failure = code
        raise OutcomeUnknown(code, result=str(answer.code))


def _product(value: int, quantity: int) -> Product:
    return Product(str(value), f"VinID {value}K", "VinID", value * wire.THOUSAND_VND, quantity)


def _bought(found: wire.Withdrawal, order: Order, *, ours: bool) -> Bought:
    """All codes that came, with whether they are as many as ordered, of the value ordered, none twice (§10)."""
    cards = found.cards
    complete = (
        ours
        and len(cards) == found.entries == order.quantity
        and all(card.ciphertext and card.face_vnd == order.face_vnd for card in cards)
        and len({card.serial for card in cards if card.serial}) == order.quantity
        and len({card.ciphertext for card in cards}) == order.quantity
    )
    return Bought(cards, complete, at=found.at)


def _sendable(order: Order) -> None:
    """Refuse here what VinID must never be sent (§7.2, §11, §13).

    Raises:
        RuleBroken: a bug of ours; nothing was sent.
    """
    _known_id(order)
    value = wire.card_value(order.product_code)
    sound = {
        "product": value is not None and str(value) == order.product_code,
        "face_value": value is not None and value * wire.THOUSAND_VND == order.face_vnd,
        "quantity": 1 <= order.quantity <= MAX_QUANTITY,
        "phone": not order.phone,
    }
    for field, fits in sound.items():
        if not fits:
            raise RuleBroken("rule.order_unsendable", field=field)


def _known_id(order: Order) -> None:
    if _ORDER_ID.fullmatch(order.id) is None:
        raise RuleBroken("rule.order_unsendable", field="id")
