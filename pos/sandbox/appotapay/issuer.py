"""The stand-in for AppotaPay: takes one request, refuses it or carries it out.

Source: contracts/appotapay.md §8 (calls), §9 (codes), §11 (ids), §16 (what it must be able to do). Where the contract
leaves something open, this issuer does what is hardest for a till: a refused purchase uses its id up (§15.8), the same
id again is 31 whatever became of the first (§15.9).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard
from urllib.parse import unquote

from pos.sandbox.appotapay.door import Door, Keys
from pos.sandbox.appotapay.purchases import FAILED, PENDING, SOLD, Card, Purchase, Purchases
from pos.sandbox.card_codes import encrypted
from pos.sandbox.incoming import Incoming, Json, Quirks, Result
from pos.sandbox.rsa_public import PublicKey

BASE_PATH: Final = "/api/v1/service/"
OPERATIONS: Final = ("products", "buy", "transaction", "balance", "resend_card")

MESSAGES: Final = {
    0: "Thành công",
    1: "Dữ liệu thiếu hoặc không hợp lệ",
    2: "Chữ ký không hợp lệ",
    11: "Đối tác không tồn tại",
    12: "Số dư không đủ",
    13: "Đối tác bị khoá",
    14: "API key không tồn tại",
    15: "API key chưa kích hoạt hoặc bị khoá",
    23: "API key bị khoá",
    24: "RSA public key chưa được thiết lập hoặc không hợp lệ",
    31: "Mã giao dịch đã tồn tại",
    32: "Số tiền không hợp lệ",
    33: "Giao dịch thất bại",
    34: "Giao dịch đang xử lý",
    35: "Giao dịch chờ xử lý, vui lòng kiểm tra lại sau",
    36: "Giao dịch không tồn tại",
    40: "Hệ thống đang bảo trì",
    41: "Nhà cung cấp đang bảo trì",
    71: "Thẻ không tồn tại hoặc không khả dụng",
    72: "Không đủ thẻ trong kho",
    73: "Số lượng không hợp lệ",
    91: "Hệ thống bận, vui lòng thử lại sau",
    92: "IP không được phép",
    94: "Hệ thống đang bảo trì",
    99: "Lỗi không xác định, vui lòng kiểm tra giao dịch sau",
    500: "Lỗi hệ thống",
}
# §9, kind F: an id refused with one of these is used up.
_USE_THE_ID_UP: Final = frozenset({1, 12, 32, 33, 71, 72, 73})
_MOST_CARDS: Final = 100
_PHONE: Final = re.compile(r"0[0-9]{9}")
_EXPIRY: Final = "31-12-2027"
_VIETNAM: Final = timedelta(hours=7)
_ASK: Final = "shopcard/transaction/"
_RESEND: Final = "shopcard/resendCard/"


class AppotaPayIssuer:
    """Holds the purchases of one merchant. Not thread-safe: one event loop owns it."""

    def __init__(self, keys: Keys, merchant_key: PublicKey, former_key: PublicKey) -> None:
        """Take the keys.

        Args:
            keys: What the caller must prove to have.
            merchant_key: The public key on file; card codes are encrypted with it.
            former_key: The one on file before it, for the quirk `old_key`.
        """
        self._door = Door(keys)
        self._merchant_key = merchant_key
        self._former_key = former_key
        self.purchases = Purchases()

    def operation_of(self, incoming: Incoming) -> str | None:
        """Return which call this is; None for a path or method that is none."""
        path = incoming.path.removeprefix(BASE_PATH)
        fixed = {
            ("GET", "shopcard/products"): "products",
            ("POST", "shopcard/buy"): "buy",
            ("GET", "accounts/balance"): "balance",
        }
        if (incoming.method, path) in fixed:
            return fixed[incoming.method, path]
        if incoming.method == "GET" and path.startswith(_ASK):
            return "transaction"
        return "resend_card" if incoming.method == "POST" and path.startswith(_RESEND) else None

    def handle(self, operation: str, incoming: Incoming, quirks: Quirks) -> Result:
        """Carry one request out or refuse it.

        Args:
            operation: As `operation_of` told.
            incoming: The request.
            quirks: Armed for this call; `faults.py` says what each does.
        """
        token = incoming.headers.get("x-appotapay-auth", "")
        complaint = self._door.complaint(token, incoming.now_s, bare_only="bare_token_only" in quirks)
        if complaint is not None:
            # §16.1; which code a bad token has is not stated, so there is no body that could be read for one.
            return Result(401, None)
        calls: dict[str, Callable[[Incoming, Quirks], Result]] = {
            "products": self._products,
            "buy": self._buy,
            "transaction": self._transaction,
            "balance": self._balance,
            "resend_card": self._resend,
        }
        result = calls[operation](incoming, quirks)
        after = quirks.get("code_after")
        if after is None:
            return result
        return Result(after.status or 200, {"errorCode": after.code, "message": _message(after.code)}, result.effect)

    def reset(self) -> None:
        """Forget all purchases."""
        self.purchases = Purchases()

    # --- calls ---

    def _products(self, incoming: Incoming, quirks: Quirks) -> Result:
        if "code" in quirks:
            return self._on_demand(quirks)
        kinds: dict[str, list[Json]] = {}
        for product in self.purchases.products.values():
            entry = {"name": product.name, "code": product.code, "value": product.value_vnd}
            kinds.setdefault(product.kind, []).append(entry)
        return Result(200, {"data": [{"productType": kind, "productCodes": codes} for kind, codes in kinds.items()]})

    def _balance(self, incoming: Incoming, quirks: Quirks) -> Result:
        if "code" in quirks:
            return self._on_demand(quirks)
        return _ok({"account": {"balance": self.purchases.balance_vnd}})

    def _buy(self, incoming: Incoming, quirks: Quirks) -> Result:
        body = incoming.json_object()
        if body is None:
            return _error(1, 400)
        if not self._door.signature_holds(body):
            return _error(2)
        ref_id, product_code, quantity = (body.get(name) for name in ("partnerRefId", "productCode", "quantity"))
        if not (isinstance(ref_id, str) and ref_id and isinstance(product_code, str) and _is_integer(quantity)):
            return _error(1, 400)
        if ref_id in self.purchases.by_id:
            return _error(31)
        if "code" in quirks:
            if quirks["code"].code in _USE_THE_ID_UP:
                self.purchases.fail(ref_id, product_code, quantity, incoming.now_s)
            return self._on_demand(quirks)
        code = self._refusal(body, product_code, quantity)
        if code is not None:
            self.purchases.fail(ref_id, product_code, quantity, incoming.now_s)
            return _error(code)
        purchase = Purchase(ref_id, product_code, quantity, PENDING, incoming.now_s)
        purchase.phone = str(body["customerPhone"]) if _by_sms(body) else ""
        return self._sell(purchase, quirks)

    def _refusal(self, body: Json, product_code: str, quantity: int) -> int | None:
        product = self.purchases.products.get(product_code)
        if not self._kind_is_offered(body):
            return 1
        if product is None:
            return 71
        if not 1 <= quantity <= (1 if _by_sms(body) else _MOST_CARDS):
            return 73
        if product.stock < quantity:
            return 72
        return 12 if self.purchases.price_vnd(product, quantity) > self.purchases.balance_vnd else None

    def _kind_is_offered(self, body: Json) -> bool:
        """§8.5: no longer offered by SMS, unless this merchant has it confirmed."""
        if not _by_sms(body):
            return bool(body.get("type", "normal") == "normal")
        return self.purchases.sms and _PHONE.fullmatch(str(body.get("customerPhone"))) is not None

    def _sell(self, purchase: Purchase, quirks: Quirks) -> Result:
        if "hidden" in quirks:
            purchase.visible_s = purchase.at_s + quirks["hidden"].seconds
        for name, becomes in (("hold_then_sold", SOLD), ("hold_then_failed", FAILED)):
            if name in quirks:
                purchase.becomes = becomes
                purchase.settles_s = purchase.at_s + quirks[name].seconds
                self.purchases.hold(purchase)
                return _error(35, effect="pending")
        self.purchases.carry_out(purchase)
        answer = {**self._delivery(purchase, quirks), "account": {"balance": self.purchases.balance_vnd}}
        return _ok(answer, effect="debited")

    def _transaction(self, incoming: Incoming, quirks: Quirks) -> Result:
        if "code" in quirks:
            return self._on_demand(quirks)
        purchase = self.purchases.by_id.get(unquote(incoming.path.removeprefix(BASE_PATH + _ASK)))
        if purchase is None or incoming.now_s < purchase.visible_s:
            return _error(36)
        if purchase.state == PENDING:
            return _error(35)
        return _error(33) if purchase.state == FAILED else _ok(self._delivery(purchase, quirks))

    def _resend(self, incoming: Incoming, quirks: Quirks) -> Result:
        if "code" in quirks:
            return self._on_demand(quirks)
        purchase = self.purchases.by_id.get(unquote(incoming.path.removeprefix(BASE_PATH + _RESEND)))
        if purchase is None:
            return _error(36)
        # §8.5: only what went out by SMS can be sent again.
        return _ok({}) if purchase.phone and purchase.state == SOLD else _error(1)

    # --- answers ---

    def _on_demand(self, quirks: Quirks) -> Result:
        return _error(quirks["code"].code, quirks["code"].status or 200)

    def _delivery(self, purchase: Purchase, quirks: Quirks) -> Json:
        moment = datetime.fromtimestamp(purchase.at_s, UTC) + _VIETNAM
        return {
            "cards": [self._card(card, quirks) for card in self._delivered(purchase, quirks)],
            "transaction": {
                "appotapayTransId": purchase.trans_id,
                "amount": purchase.amount_vnd,
                "time": moment.strftime("%d-%m-%Y %H:%M:%S"),
            },
        }

    def _delivered(self, purchase: Purchase, quirks: Quirks) -> list[Card]:
        if purchase.phone:
            return []  # §8.5: they went to the phone
        cards = list(purchase.cards)
        if "fewer_cards" in quirks:
            cards.pop()
        if "more_cards" in quirks:
            cards.append(self.purchases.new_card(self.purchases.products[purchase.product_code]))
        return cards

    def _card(self, card: Card, quirks: Quirks) -> Json:
        key = self._former_key if "old_key" in quirks else self._merchant_key
        return {
            "code": encrypted(card.code, key, quirks),
            "serial": card.serial,
            "vendor": card.vendor,
            "value": card.value_vnd,
            "expiry": _EXPIRY,
        }


def _ok(fields: dict[str, Any], effect: str = "none") -> Result:
    return Result(200, {"errorCode": 0, "message": MESSAGES[0], **fields}, effect)


def _error(code: int, status: int = 200, effect: str = "none") -> Result:
    return Result(status, {"errorCode": code, "message": _message(code)}, effect)


def _message(code: int) -> str:
    return MESSAGES.get(code, f"Mã {code}")


def _by_sms(body: Json) -> bool:
    return body.get("type") == "sms"


def _is_integer(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)
