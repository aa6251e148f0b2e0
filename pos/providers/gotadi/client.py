"""Gotadi behind the till's port: which call, with what, and what its answer means.

What is repeated stands in contracts/gotadi.md §10: reading calls repeat themselves after pauses, place-order once if
it could not be sent, redeem and commit never. The detail calls are part of the till's own polling.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from pos.domain.booking import (
    AmountDue,
    Booking,
    BookingRefused,
    CommitAnswer,
    NoSuchBooking,
    VoucherOffer,
    VoucherRedeemed,
)
from pos.domain.codes import VoucherCode
from pos.domain.errors import RuleBroken
from pos.providers.gotadi import detail, failures, layouts, masking, verdicts, wire
from pos.providers.gotadi.envelope import Envelopes
from pos.providers.gotadi.keys import read_private_key, read_public_key
from pos.providers.gotadi.line import COMMIT_READ_S, PAUSES_S, POLL_READ_S, READ_S, Exchanger, Line
from pos.providers.gotadi.settings import GotadiSettings
from pos.providers.http import Call, HttpClient
from pos.till.booking_port import BookingCapabilities
from pos.till.ports import Clock, Trace

_NUMBER = re.compile(r"[A-Za-z0-9:_-]{6,32}")
_TRANSACTION_ID = re.compile(r"[A-Za-z0-9_-]{1,36}")
_PRODUCTS = ("AIR", "HOTEL")
_METHODS: dict[str, Literal["GET", "POST"]] = {"get-json": "GET", "post-json": "POST"}


class Gotadi:
    """Gotadi's partner API as a `BookingIssuer`. Thread-safe.

    Args:
        http: for all calls but the long poll; one at a time, a connection each.
        poll: for the long poll.
        settings: of this shop.
        clock: the till's.
        wait: waits so many seconds between tries; None: until then or until closed.

    Raises:
        ConfigError: a key or setting is missing or impossible.
    """

    def __init__(
        self,
        http: Exchanger,
        poll: Exchanger,
        settings: GotadiSettings,
        *,
        clock: Clock,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        settings.check()
        self._access_code = settings.access_code
        self._voucher_method = _METHODS[settings.voucher_transport]
        self._envelopes = Envelopes(
            read_private_key(settings.partner_private_key), read_public_key(settings.gotadi_public_key)
        )
        self._line = Line(http, poll, settings, self._envelopes, clock, wait)

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""
        return "gotadi"

    @property
    def capabilities(self) -> BookingCapabilities:
        """As set up now."""
        return BookingCapabilities(label="Gotadi")

    def reach(self) -> None:
        """Make a connection and no request."""
        self._line.reach()

    def prove_access(self) -> None:
        """Log in, if no login stands: whether keys, access code and user are the issuer's. Changes nothing there.

        Raises:
            ProviderError: as any reading call.
        """
        self._line.tokens.token()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._line.close()

    # ------------------------------------------------------------ reading calls

    def detail(
        self, number: str, trace: Trace, *, code: VoucherCode | None = None, tracking: str | None = None
    ) -> Booking | NoSuchBooking:
        """The issuer's record now (§9). Asked again only after a token that was refused."""
        hide = self._line.hider(code.reveal() if code else None, tracking)
        call = self._detail_call(wire.DETAIL, number, READ_S)
        return self._look(call, trace, hide, lambda answer: detail.read(answer, number, code, tracking))

    def await_end(self, number: str, trace: Trace) -> Booking | NoSuchBooking:
        """The long poll (§8.4), on a client of its own. As `detail` otherwise."""
        call = self._detail_call(wire.FINAL_DETAIL, number, POLL_READ_S)
        return self._look(call, trace, self._line.hider(), lambda answer: detail.read(answer, number), polling=True)

    def validate(self, number: str, code: VoucherCode, trace: Trace) -> VoucherOffer | BookingRefused:
        """May this voucher be used (§5.2). Two more tries without a usable answer."""
        _sendable(number)
        call = self._line.call(self._voucher_method, wire.VALIDATE, body=wire.voucher_body(number, code))
        hide = self._line.hider(code.reveal())

        def ask() -> VoucherOffer | BookingRefused:
            with failures.reading():
                reply = self._line.authorised(call, trace, hide)
                answer = failures.answer_or_refusal(reply)
                verdict = verdicts.offer(reply.status, answer, number, code, hide)
            trace.answered = True
            return verdict

        with failures.noted(trace):
            self._line.tokens.token()  # first, so that its tries are not multiplied by those below
            return self._line.repeating(ask, failures.may_repeat_reading)

    def commit_result(self, number: str, product: str, trace: Trace) -> CommitAnswer:
        """A second opinion on a commit (§8.3). Two more tries without a usable answer."""
        _sendable(number, product)
        body = self._sealed(layouts.query_fields(self._access_code, number))
        call = self._line.call("POST", wire.QUERY_TRANS, body=body)

        def ask() -> CommitAnswer:
            with failures.reading():
                return self._committed(call, number, product, trace)

        with failures.noted(trace):
            return self._line.repeating(ask, failures.may_repeat_reading)

    # ------------------------------------------------------------ changing calls

    def redeem(self, number: str, code: VoucherCode, tracking: str, trace: Trace) -> VoucherRedeemed | BookingRefused:
        """Use the voucher up (§5.3). Never repeats itself."""
        _sendable(number)
        call = self._line.call(self._voucher_method, wire.REDEEM, body=wire.voucher_body(number, code, tracking))
        hide = self._line.hider(code.reveal(), tracking)
        with failures.noted(trace):
            token = self._line.token_before_changing()
            with failures.changing():
                reply = self._line.send(call, trace, hide, token)
                if reply.status == 401:
                    self._line.tokens.drop(token)  # for the look at the booking; the redeem is not sent again
                answer = failures.answer_or_refusal(reply)
                verdict = verdicts.redeemed(reply.status, answer, number, code, hide)
            trace.answered = True
            return verdict

    def place_order(self, number: str, product: str, trace: Trace) -> AmountDue | BookingRefused:
        """Start the payment: the signed amount (§8.1). Sent once more only if it could not be sent."""
        _sendable(number, product)
        call = self._line.call("GET", wire.PLACE_ORDER, query=(("bookingNumber", number),))
        hide = self._line.hider()

        def ask() -> AmountDue | BookingRefused:
            token = self._line.tokens.token()
            with failures.reading(), failures.distrusting():
                reply = self._line.send(call, trace, hide, token)
                if reply.status == 401:
                    self._line.tokens.drop(token)
                answer = failures.answer_or_refusal(reply)
                verdict = verdicts.due(answer, self._envelopes, self._ours(number, product), hide)
            trace.answered = True
            if isinstance(verdict, AmountDue):
                trace.raw = f"{trace.raw} verified: total_amount {verdict.total_vnd}"
            return verdict

        with failures.noted(trace):
            self._line.tokens.token()
            return self._line.repeating(ask, failures.may_repeat_unsent, PAUSES_S[:1])

    def commit(self, number: str, product: str, transaction_id: str, trace: Trace) -> CommitAnswer:
        """Say that the money was taken (§8.2). Cannot be undone, never repeats itself."""
        _sendable(number, product)
        if not _TRANSACTION_ID.fullmatch(transaction_id):
            raise RuleBroken("rule.transaction_id")
        body = self._sealed(layouts.commit_fields(self._access_code, number, transaction_id, product))
        call = self._line.call("POST", wire.COMMIT, body=body, read_s=COMMIT_READ_S)
        with failures.noted(trace), failures.changing():
            return self._committed(call, number, product, trace)

    # ------------------------------------------------------------ calls

    def _detail_call(self, path: str, number: str, read_s: float) -> Call:
        _sendable(number)
        return self._line.call("GET", path, query=(("booking_number", number),), read_s=read_s)

    def _look(
        self,
        call: Call,
        trace: Trace,
        hide: masking.Hide,
        read: Callable[[wire.Fields], Booking | NoSuchBooking],
        *,
        polling: bool = False,
    ) -> Booking | NoSuchBooking:
        with failures.noted(trace), failures.reading():
            reply = self._line.authorised(call, trace, hide, polling=polling)
            # 404 with whatever body is "not found" (§12 no. 31).
            found = NoSuchBooking() if reply.status == 404 else read(failures.answer_of_200(reply))
        trace.answered = True
        return found

    def _committed(self, call: Call, number: str, product: str, trace: Trace) -> CommitAnswer:
        """Send commit or query-trans. An answer that is not the issuer's signed word says nothing (§4.7)."""
        reply = self._line.send(call, trace, self._line.hider())
        sealed = failures.sealed_of(reply)
        with failures.changing():
            answer = verdicts.commit_answer(sealed, self._envelopes, self._ours(number, product))
        trace.answered = True
        trace.raw = f"{trace.raw} verified: error_code {answer.code}, total_amount {answer.total_vnd}"
        return answer

    def _sealed(self, fields: tuple[str, ...]) -> bytes:
        return wire.sealed_body(self._envelopes.seal(fields))

    def _ours(self, number: str, product: str) -> layouts.PaymentWords:
        return layouts.PaymentWords(self._access_code, number, "", product, None)


def connect(settings: GotadiSettings, clock: Clock) -> Gotadi:
    """Gotadi over TLS, not connected yet; the caller closes it.

    Raises:
        ConfigError: an address, key or setting that cannot be one.
    """

    def client() -> HttpClient:
        return HttpClient(
            settings.base_url,
            clock=clock,
            ca_file=settings.ca_file,
            pins=settings.pins,
            proxy=settings.proxy,
            connect_timeout_s=settings.connect_timeout_s,
            deadline_s=settings.connect_timeout_s + READ_S,
            max_in_flight=1,  # §2: one request in flight
            idle_s=0,  # §2: a fresh connection, so that no stack repeats a GET by itself
        )

    return Gotadi(client(), client(), settings, clock=clock)


def _sendable(number: str, product: str | None = None) -> None:
    """Refuse here what the issuer must never be asked (§9, §12 no. 24).

    Raises:
        RuleBroken: a bug of ours; nothing was sent.
    """
    if not _NUMBER.fullmatch(number):
        raise RuleBroken("rule.booking_number")
    if product is not None and product not in _PRODUCTS:
        raise RuleBroken("rule.booking_product")
