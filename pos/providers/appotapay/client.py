"""AppotaPay behind the till's port: puts `wire` on the shared HTTP client and reads answers by `verdicts`.

Nothing here repeats itself: a purchase is sent once, and an ask keeps to the engine's schedule (contracts/appotapay.md
§11, §12).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.domain.sale import (
    MAX_QUANTITY,
    ORDER_ID_MAX,
    AskAnswer,
    Bought,
    BuyAnswer,
    CodeStatus,
    NotBought,
    Order,
    PlainCode,
    Product,
    SealedCode,
    Unreadable,
)
from pos.providers.appotapay import verdicts, wire
from pos.providers.appotapay.seconds import TakeSecond
from pos.providers.appotapay.settings import AppotaPaySettings
from pos.providers.appotapay.skew import Skew
from pos.providers.appotapay.token import TokenMaker
from pos.providers.http import Call, Reply
from pos.providers.pace import Pace
from pos.providers.sealed import CodeOpener
from pos.till.ports import Clock, Trace
from pos.till.sale_port import SellerCapabilities

_ORDER_ID = re.compile(rf"[A-Z0-9]{{1,{ORDER_ID_MAX}}}")
_PHONE = re.compile(r"0[0-9]{9}")
_UNAUTHORISED = 401
_TOO_MANY_REQUESTS = 429


class Exchanger(Protocol):
    """The part of `pos.providers.http.HttpClient` that is used here."""

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        """See `HttpClient.exchange`."""

    def reach(self) -> None:
        """See `HttpClient.reach`."""

    def close(self) -> None:
        """See `HttpClient.close`."""


class AppotaPay:
    """AppotaPay "buy card code" as a `CodeSeller`. Thread-safe.

    Args:
        http: one of its own.
        settings: of this shop.
        clock: its wall clock goes into the tokens.
        take_second: gives each token a second of its own.
        wait: lets seconds pass, for the brake.

    Raises:
        ConfigError: a private key cannot be used, see `CodeOpener`.
    """

    def __init__(
        self,
        http: Exchanger,
        settings: AppotaPaySettings,
        clock: Clock,
        take_second: TakeSecond,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock
        self._tokens = TokenMaker(settings.partner_code, settings.api_key, settings.secret_key, take_second)
        self._secrets = (settings.secret_key, settings.api_key)
        self._opener = CodeOpener(settings.private_key_pem, settings.previous_key_pems, settings.padding)
        self._skew = Skew(clock)
        self._pace = Pace(clock, wait)
        self._buying = threading.Lock()

    @property
    def name(self) -> str:
        """Stable id, e.g. in the journal."""
        return "appotapay"

    @property
    def capabilities(self) -> SellerCapabilities:
        """As set up now."""
        return SellerCapabilities(
            label="AppotaPay",
            has_stock=False,
            has_balance=True,
            has_status=False,
            max_quantity=self._settings.max_quantity,
            instructions="sale.instructions.card",
            by_phone=self._settings.sms,
        )

    def reach(self) -> None:
        """Make a connection and no request."""
        self._http.reach()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._http.close()

    # ------------------------------------------------------------ calls

    def products(self, trace: Trace) -> tuple[Product, ...]:
        """What can be bought now (§8.1): face values only, no stock."""
        with _noted(trace):
            reply = self._send(Call("GET", wire.PRODUCTS, deadline_s=self._settings.ask_deadline_s), trace)
            with _told_by_status(reply, changing=False):
                code, products = wire.read_products(reply.body)
                if reply.status != 200 and code == 0:
                    raise wire.Malformed("http.no_verdict")
            verdicts.raise_unless_done(reply.status, code)
            trace.answered = True
            return products

    def balance_vnd(self, trace: Trace) -> int | None:
        """What is left on the shop's account (§8.4): a hint for staff."""
        with _noted(trace):
            status, answer = self._read(Call("GET", wire.BALANCE, deadline_s=self._settings.ask_deadline_s), trace)
            verdicts.raise_unless_done(status, answer.code)
            if answer.balance_vnd is None:
                raise OutcomeUnknown("http.no_verdict", status=status)
            trace.answered = True
            return answer.balance_vnd

    def buy(self, order: Order, trace: Trace) -> BuyAnswer:
        """Buy (§8.2). One purchase is in flight at a time; the next one waits as long as for a connection."""
        self._sendable(order)
        body = wire.buy_body(order, self._settings.secret_key, self._settings.phone_field)
        with _noted(trace):
            if not self._settings.private_key_pem:
                raise SetupFault("appotapay.no_private_key")  # what would be bought could not be read
            with self._only_purchase():
                self._skew.refuse_if_off()
                call = Call("POST", wire.BUY, body, deadline_s=self._settings.buy_deadline_s)
                status, answer = self._read(call, trace, changing=True)
            bought = verdicts.of_buying(status, answer, order)
            trace.answered = isinstance(bought, Bought | NotBought)
            return bought

    def ask(self, order: Order, trace: Trace) -> AskAnswer:
        """What became of this order id (§8.3)."""
        _known_id(order)
        with _noted(trace):
            call = Call("GET", wire.ASK + order.id, deadline_s=self._settings.ask_deadline_s)
            status, answer = self._read(call, trace)
            found = verdicts.of_asking(status, answer, order)
            trace.answered = True
            return found

    def status(self, serial: str, trace: Trace) -> CodeStatus:
        """Not offered: `has_status` is False.

        Raises:
            RuleBroken: always.
        """
        raise RuleBroken("rule.no_code_status")

    def open(self, sealed: SealedCode) -> PlainCode | Unreadable:
        """Decrypt one code."""
        return self._opener.open(sealed)

    # ------------------------------------------------------------ sending

    def _read(self, call: Call, trace: Trace, *, changing: bool = False) -> tuple[int, wire.Answer]:
        """Send one request and read its answer, whatever it says.

        Raises:
            NotSent, OutcomeUnknown, SetupFault, Throttled: also for an answer that has no `errorCode`.
        """
        reply = self._send(call, trace)
        with _told_by_status(reply, changing=changing):
            return reply.status, wire.read(reply.body, self._secrets)

    def _send(self, call: Call, trace: Trace) -> Reply:
        """Send; a reading call that the door refuses (401) goes once more, with the token of a later second.

        Tills that share an API key may meet in one second, and a `jti` counts once (§4). A purchase is never repeated
        here: refused at the door it is UNSENT, and the till sends it again under its same id.
        """
        reply = self._send_once(call, trace)
        if call.method == "GET" and reply.status == _UNAUTHORISED:
            reply = self._send_once(call, trace)
        return reply

    def _send_once(self, call: Call, trace: Trace) -> Reply:
        """Wait for the brake, then send with a token of that moment.

        Raises:
            Throttled: HTTP 429; until its pause (`wait_s`) is over, further calls raise `NotSent`.
        """
        self._pace.turn()
        token = self._settings.auth_prefix + self._tokens.token(self._clock.now_utc())
        headers = (("X-APPOTAPAY-AUTH", token), ("Language", "vi"))
        signed = Call(call.method, call.path, call.body, headers=headers, deadline_s=call.deadline_s)
        try:
            reply = self._http.exchange(signed, trace, mask=lambda raw: wire.masked(raw, self._secrets))
        finally:
            self._skew.observe(trace.issuer_utc)
        if reply.status == _TOO_MANY_REQUESTS:
            raise Throttled("appotapay.throttled", wait_s=self._pace.pause(reply.retry_after_s))
        return reply

    @contextmanager
    def _only_purchase(self) -> Iterator[None]:
        if not self._buying.acquire(timeout=self._settings.connect_timeout_s):
            raise NotSent("appotapay.purchase_in_flight")
        try:
            yield
        finally:
            self._buying.release()

    def _sendable(self, order: Order) -> None:
        """Refuse here what AppotaPay must never be sent (§8.2, §11, §13).

        Raises:
            RuleBroken: a bug of ours; nothing was sent.
        """
        _known_id(order)
        sms = bool(order.phone)
        sound = {
            "product": bool(order.product_code) and order.product_code.isprintable(),
            "quantity": 1 <= order.quantity <= (1 if sms else MAX_QUANTITY),
            "phone": not sms or (self._settings.sms and _PHONE.fullmatch(order.phone) is not None),
        }
        for field, fits in sound.items():
            if not fits:
                raise RuleBroken("rule.order_unsendable", field=field)


def _known_id(order: Order) -> None:
    if _ORDER_ID.fullmatch(order.id) is None:
        raise RuleBroken("rule.order_unsendable", field="id")


@contextmanager
def _told_by_status(reply: Reply, *, changing: bool) -> Iterator[None]:
    """Where the body holds no `errorCode`, the status decides."""
    try:
        yield
    except wire.Malformed as exc:
        blank = not reply.body.strip()
        raise verdicts.without_code(reply.status, exc.code, blank=blank, changing=changing) from None


@contextmanager
def _noted(trace: Trace) -> Iterator[None]:
    """Leave the stable name of whatever went wrong in the trace; a refusal at the door ends the issuer's work too."""
    try:
        yield
    except ProviderError as fault:
        trace.failure = fault.code
        trace.answered = isinstance(fault, SetupFault) and trace.http_status is not None
        raise
