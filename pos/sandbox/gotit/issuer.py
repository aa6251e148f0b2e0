"""The stand-in issuer: takes one request, refuses it or carries it out, and says what changed.

Source: contracts/gotit.md §5, §7, §10, §15. All or nothing: a refused request changes no voucher.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from pos.sandbox.gotit import rules
from pos.sandbox.gotit.answers import (
    OTHER_STORE_PIN,
    STORES,
    Envelope,
    Operation,
    refused,
    succeeded,
    voucher_object,
)
from pos.sandbox.gotit.voucher import State, Voucher

# All of Got It's times are GMT+7 (§4); Viet Nam has no summer time, so a fixed offset is exact.
VIETNAM: Final = timezone(timedelta(hours=7))
# Sample of the contract: digits, underscore, time stamp (§5.2).
_TRANSACTION_PREFIX: Final = "5120_"


def utc_now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request.

    Attributes:
        answer: The envelope for the caller.
        effect: `none`, `used`, `reserved` or `released`.
        changed: The vouchers to be written to disk.
    """

    answer: Envelope
    effect: str = "none"
    changed: list[Voucher] = field(default_factory=list)


class Issuer:
    """Holds all vouchers and carries out the four operations. Not thread-safe: one event loop owns it."""

    def __init__(self, vouchers: Iterable[Voucher], clock: Callable[[], datetime] = utc_now) -> None:
        """Take the vouchers over; `clock` gives instants in UTC."""
        self._vouchers = {voucher.code: voucher for voucher in vouchers}
        self._clock = clock
        self._last_stamp = ""

    @property
    def vouchers(self) -> list[Voucher]:
        """All vouchers in the order they were made."""
        return list(self._vouchers.values())

    def put(self, vouchers: Iterable[Voucher]) -> None:
        """Add vouchers, or replace those of the same code."""
        self._vouchers.update({voucher.code: voucher for voucher in vouchers})

    def replace_all(self, vouchers: Iterable[Voucher]) -> None:
        """Forget every voucher and take these."""
        self._vouchers = {voucher.code: voucher for voucher in vouchers}

    def handle(self, operation: Operation, body: dict[str, Any]) -> Outcome:
        """Refuse the request by the order of §15, or carry it out.

        Args:
            operation: Which of the four was called.
            body: The JSON object as received.
        """
        code = rules.request_refusal(operation, body, STORES)
        if code is not None:
            return Outcome(refused(code))
        request = rules.read_request(operation, body, self._local_now().date())
        vouchers: list[Voucher] = []
        for wanted in request.codes:
            voucher = self._vouchers.get(wanted)
            if voucher is None or rules.code_has_wrong_length(wanted):
                return Outcome(refused("203", [{"code": wanted}]))
            code = rules.voucher_refusal(request, voucher)
            if code is not None:
                return Outcome(refused(code, [voucher_object(operation, voucher)]))
            vouchers.append(voucher)
        clash = None if operation is Operation.UNRESERVE else rules.stacking_refusal(vouchers)
        if clash is not None:
            return Outcome(refused(clash[0], [voucher_object(operation, clash[1])]))
        return self._carry_out(request, vouchers)

    def use_elsewhere(self, code: str) -> list[Voucher]:
        """Let another store's till use the voucher now, as if it had been faster.

        Returns:
            The voucher if it changed; nothing if the code is unknown or was used already.
        """
        voucher = self._vouchers.get(code)
        if voucher is None or voucher.state == State.USED:
            return []
        now = self._local_now()
        self._use(voucher, OTHER_STORE_PIN, f"HN02-T1-{now:%Y%m%d-%H%M%S}", now, self._transaction_id(now))
        return [voucher]

    def _carry_out(self, request: rules.Request, vouchers: list[Voucher]) -> Outcome:
        if request.operation is Operation.CHECK:
            shown = [voucher_object(request.operation, v, rules.redemption_of(request, v)) for v in vouchers]
            return Outcome(succeeded(shown))
        if request.operation is Operation.MARK_USE:
            return self._mark_use(request, vouchers)
        if request.operation is Operation.RESERVE:
            return self._reserve(request, vouchers)
        return self._unreserve(request, vouchers)

    def _mark_use(self, request: rules.Request, vouchers: list[Voucher]) -> Outcome:
        now = self._local_now()
        transaction_id = self._transaction_id(now)
        for voucher in vouchers:
            self._note_goods(request, voucher)
            self._use(voucher, request.pin, request.bill_number, now, transaction_id)
        data = [voucher_object(request.operation, voucher) for voucher in vouchers]
        answer = succeeded(data, transaction_id=transaction_id, bill_number=request.bill_number)
        return Outcome(answer, "used", vouchers)

    def _reserve(self, request: rules.Request, vouchers: list[Voucher]) -> Outcome:
        for voucher in vouchers:
            self._note_goods(request, voucher)
            voucher.former_state, voucher.state = voucher.state, int(State.RESERVED)
            voucher.pin, voucher.bill_number = request.pin, request.bill_number
        return Outcome(self._hold_answer(request, vouchers), "reserved", vouchers)

    def _unreserve(self, request: rules.Request, vouchers: list[Voucher]) -> Outcome:
        for voucher in vouchers:
            voucher.state, voucher.former_state = voucher.former_state, None
            voucher.pin = voucher.bill_number = None
            voucher.redeemed_skus = voucher.redemption_value = None
        return Outcome(self._hold_answer(request, vouchers), "released", vouchers)

    @staticmethod
    def _hold_answer(request: rules.Request, vouchers: list[Voucher]) -> Envelope:
        data = [voucher_object(request.operation, voucher) for voucher in vouchers]
        return succeeded(data, used_store=STORES[request.pin], bill_number=request.bill_number)

    @staticmethod
    def _note_goods(request: rules.Request, voucher: Voucher) -> None:
        """Record what a conditional voucher pays for; a reservation's record gives way to the final bill's."""
        goods = rules.redemption_of(request, voucher)
        if goods is not None:
            voucher.redeemed_skus, voucher.redemption_value = goods.skus, goods.value_vnd

    @staticmethod
    def _use(voucher: Voucher, pin: str, bill_number: str, now: datetime, transaction_id: str) -> None:
        voucher.state = int(State.USED)
        voucher.pin, voucher.bill_number = pin, bill_number
        voucher.used_date = f"{now:%Y-%m-%d %H:%M:%S}"
        voucher.transaction_id = transaction_id
        voucher.former_state = None
        voucher.times_used += 1

    def _local_now(self) -> datetime:
        return self._clock().astimezone(VIETNAM)

    def _transaction_id(self, now: datetime) -> str:
        """Return one never given before in this run, even when two calls share a microsecond."""
        stamp = max(f"{now:%Y%m%d%H%M%S%f}", f"{int(self._last_stamp or 0) + 1:020d}")
        self._last_stamp = stamp
        return _TRANSACTION_PREFIX + stamp
