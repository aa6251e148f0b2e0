"""The one way to VinID from this till: signs, sends, and reads answers by code. Shared by both services.

Reading calls repeat themselves once when VinID refuses their time or nonce; changing calls never do
(contracts/vinid.md §9, §13).
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import NamedTuple, Protocol

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.providers.http import Call, Reply
from pos.providers.pace import Pace
from pos.providers.vinid import wire
from pos.providers.vinid.clock import IssuerClock
from pos.providers.vinid.codes import CHANGING, GIFTCODE, UNDECIDED, Kind, Operation, row_of
from pos.providers.vinid.masking import hider, masked
from pos.providers.vinid.settings import VinIdSettings
from pos.providers.vinid.signing import Signer, signed_text
from pos.providers.vinid.wire import Answer, Hide
from pos.till.ports import Clock, Trace

_API_CODES = {
    Operation.STOCK: "mi_v1_loyalty_giftcode_quantity",
    Operation.WITHDRAW: "mi_v1_loyalty_giftcode_orders",
    Operation.STATUS: "mi_v1_loyalty_giftcode_status",
    Operation.DETAIL: "mi_v1_loyalty_giftcode_detail",
}
_PATHS = {
    Operation.VERIFY: wire.VERIFY,
    Operation.MARK_USED: wire.MARK_USED,
    Operation.REFUND: wire.REFUND,
    **dict.fromkeys(GIFTCODE, wire.GATEWAY),
}
_TOO_MANY_REQUESTS = 429
NOTHING_HIDDEN = hider()


class Exchanger(Protocol):
    """The part of `pos.providers.http.HttpClient` that is used here."""

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        """See `HttpClient.exchange`."""

    def reach(self) -> None:
        """See `HttpClient.reach`."""

    def close(self) -> None:
        """See `HttpClient.close`."""


class Verdict(NamedTuple):
    """An answer and what its code proves: `SUCCESS`, `FAILED` or `NOT_FOUND`; everything else is raised."""

    kind: Kind
    word: str
    answer: Answer


class VinIdLine:
    """Calls VinID with this till's API key. Thread-safe.

    Args:
        http: one of its own.
        settings: the key and the deadlines.
        clock: its wall clock goes into the timestamps.
        wait: lets seconds pass, for the brake.

    Raises:
        ConfigError: the API key cannot be used, see `Signer`.
    """

    def __init__(
        self, http: Exchanger, settings: VinIdSettings, clock: Clock, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._http = http
        self.settings = settings
        self._signer = Signer(settings.api_key_pem)
        self.issuer_clock = IssuerClock(clock)
        self._pace = Pace(clock, wait)
        self._changing = threading.Lock()

    def reach(self) -> None:
        """Make a connection and no request."""
        self._http.reach()

    def close(self) -> None:
        """Close the connections; calls in flight end as "unknown"."""
        self._http.close()

    def call(self, operation: Operation, body: bytes, trace: Trace, hide: Hide = NOTHING_HIDDEN) -> Verdict:
        """Make one call.

        Args:
            operation: which.
            body: the bytes that are signed and sent.
            trace: gets what the call left behind; `answered` where VinID's work on it is over.
            hide: takes this call's serials out of texts.

        Raises:
            NotSent: nothing left this till.
            SetupFault: refused at the door, or kept back here: this send did nothing.
            OutcomeUnknown, Throttled: nobody knows; from a reading call: no answer.
        """
        with _noted(trace), self._only_changing() if operation in CHANGING else nullcontext():
            answer = self._answer(operation, body, trace, hide)
            if operation not in CHANGING and row_of(operation, answer.code).kind is Kind.AGAIN:
                answer = self._answer(operation, body, trace, hide)  # with the time that the refusal's `Date` tells
            kind, word = row_of(operation, answer.code)
            if kind in (Kind.SETUP, Kind.AGAIN):
                raise SetupFault(f"vinid.{word}", result=str(answer.code))
            if kind is Kind.UNKNOWN:
                trace.answered = operation not in CHANGING and word != UNDECIDED
                raise OutcomeUnknown(f"vinid.{_unknown_word(operation, answer.code)}", result=str(answer.code))
            trace.answered = True
            return Verdict(kind, word, answer)

    def _answer(self, operation: Operation, body: bytes, trace: Trace, hide: Hide) -> Answer:
        reply = self._send(operation, body, trace, hide)
        try:
            return wire.read(reply.body, hide)
        except wire.Malformed as exc:
            raise _without_code(reply, exc.code, changing=operation in CHANGING) from None

    def _send(self, operation: Operation, body: bytes, trace: Trace, hide: Hide) -> Reply:
        """Wait for the brake, then send, signed for that moment.

        Raises:
            Throttled: HTTP 429; until its pause (`wait_s`) is over, further calls raise `NotSent`.
        """
        self._pace.turn()
        self.issuer_clock.refuse_if_off(changing=operation in CHANGING)
        path = _PATHS[operation]
        headers = self._headers(operation, path, body)
        call = Call("POST", path, body, headers=headers, deadline_s=self._deadline_s(operation))
        try:
            reply = self._http.exchange(call, trace, mask=lambda raw: masked(raw, hide))
        finally:
            self.issuer_clock.observe(trace.issuer_utc)
        if reply.status == _TOO_MANY_REQUESTS:
            raise Throttled("vinid.throttled", wait_s=self._pace.pause(reply.retry_after_s))
        return reply

    def _headers(self, operation: Operation, path: str, body: bytes) -> tuple[tuple[str, str], ...]:
        nonce, timestamp, key_code = str(uuid.uuid4()), self.issuer_clock.timestamp(), self.settings.key_code
        signature = self._signer.sign(signed_text(path, nonce, timestamp, key_code, body))
        api_code = (("X-API-Code", _API_CODES[operation]),) if operation in GIFTCODE else ()
        return (
            ("X-Key-Code", key_code), ("X-Timestamp", timestamp), ("X-Nonce", nonce), ("X-Signature", signature),
            ("X-Request-ID", nonce), *api_code,
        )  # fmt: skip

    def _deadline_s(self, operation: Operation) -> float:
        if operation is Operation.WITHDRAW:
            return self.settings.withdraw_deadline_s
        return self.settings.use_deadline_s if operation in CHANGING else self.settings.deadline_s

    @contextmanager
    def _only_changing(self) -> Iterator[None]:
        """One changing call in flight a till; the next one waits as long as for a connection (§13)."""
        if not self._changing.acquire(timeout=self.settings.connect_timeout_s):
            raise NotSent("vinid.call_in_flight")
        try:
            yield
        finally:
            self._changing.release()


def _unknown_word(operation: Operation, code: int) -> str:
    row = row_of(operation, code)
    told = ("ask_support", "id_used", "nonce_used", "unrecognised")
    return row.word if row.word in told else UNDECIDED


def _without_code(reply: Reply, why: str, *, changing: bool) -> ProviderError:
    """What an answer without `meta.code` proves (§10): for a changing call a refusal must be beyond doubt."""
    if reply.status in (401, 403) and (not changing or not reply.body.strip()):
        return SetupFault("vinid.caller_refused", status=reply.status)
    kinds = {2: why, 4: "http.4xx", 5: "http.5xx"}
    return OutcomeUnknown(kinds.get(reply.status // 100, "http.odd_status"), status=reply.status)


@contextmanager
def _noted(trace: Trace) -> Iterator[None]:
    """Leave the stable name of whatever went wrong in the trace; a refusal at the door ends VinID's work too."""
    try:
        yield
    except ProviderError as fault:
        trace.failure = fault.code
        if isinstance(fault, SetupFault):
            trace.answered = trace.http_status is not None
        raise
