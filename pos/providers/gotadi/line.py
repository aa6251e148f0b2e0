"""The line to Gotadi: headers, token, login, and how often a call is tried. Thread-safe.

Source: contracts/gotadi.md §2 (deadlines, one request in flight), §3 (authentication), §10 (what is repeated).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Literal, Protocol, TypeVar

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault
from pos.providers.gotadi import codes, failures, layouts, masking, wire
from pos.providers.gotadi.envelope import EnvelopeFault, Envelopes, signature_last
from pos.providers.gotadi.login import LoggedIn, TokenKeeper
from pos.providers.gotadi.settings import GotadiSettings
from pos.providers.http import Call, Reply
from pos.till.ports import Clock, Trace

READ_S, COMMIT_READ_S, POLL_READ_S = 60.0, 120.0, 130.0
"""§2: what an answer may take, besides the time to connect."""
PAUSES_S = (2.0, 5.0)
"""§10: before the second and the third try of a reading call."""

T = TypeVar("T")


class Exchanger(Protocol):
    """The part of `pos.providers.http.HttpClient` that is used here."""

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        """See `HttpClient.exchange`."""

    def reach(self) -> None:
        """See `HttpClient.reach`."""

    def close(self) -> None:
        """See `HttpClient.close`."""


class Line:
    """Sends calls with what they need.

    Args:
        http: for all calls but the long poll; one at a time, a connection each.
        poll: for the long poll, so that it never holds up another call.
        settings: of this shop. envelopes: with its keys. clock: the till's.
        wait: waits so many seconds between tries; None: until then or until closed.
    """

    def __init__(
        self,
        http: Exchanger,
        poll: Exchanger,
        settings: GotadiSettings,
        envelopes: Envelopes,
        clock: Clock,
        wait: Callable[[float], object] | None,
    ) -> None:
        self._http = http
        self._poll = poll
        self._settings = settings
        self._envelopes = envelopes
        self._headers = (("apikey", settings.api_key), ("x-ibe-req-name", settings.access_code))
        self._closing = threading.Event()
        self._wait = wait or self._closing.wait
        self.tokens = TokenKeeper(clock, self._log_in)

    def reach(self) -> None:
        """Make a connection and no request."""
        self._http.reach()

    def close(self) -> None:
        """Close the connections, end all waiting."""
        self._closing.set()
        self._http.close()
        self._poll.close()

    def call(
        self,
        method: Literal["GET", "POST"],
        path: str,
        *,
        body: bytes | None = None,
        query: tuple[tuple[str, str], ...] = (),
        read_s: float = READ_S,
    ) -> Call:
        """A call with the two headers that every request carries."""
        return Call(method, path, body, query, self._headers, self._settings.connect_timeout_s + read_s)

    def send(self, call: Call, trace: Trace, hide: masking.Hide, token: str | None = None) -> Reply:
        """Send once, with the token where one is given.

        Raises:
            NotSent, OutcomeUnknown: as `HttpClient.exchange`.
        """
        return _send(self._http, call, trace, hide, token)

    def authorised(self, call: Call, trace: Trace, hide: masking.Hide, *, polling: bool = False) -> Reply:
        """Send a reading call with the token; if that is refused, log in again and ask once more (§3.2).

        Raises:
            ProviderError: as `send`, and of the login.
        """
        http = self._poll if polling else self._http
        token = self.tokens.token()
        reply = _send(http, call, trace, hide, token)
        if reply.status != 401:
            return reply
        self.tokens.drop(token)
        return _send(http, call, trace, hide, self.tokens.token())

    def hider(self, *secrets: str | None) -> masking.Hide:
        """Takes these and our own credential out of what is kept."""
        return masking.hider((secret or "" for secret in secrets), self._settings.api_key)

    def token_before_changing(self) -> str:
        """The token for a changing call, which has provably not been sent while there is none.

        Raises:
            NotSent: no token to be had; the code says why.
        """
        try:
            return self.tokens.token()
        except ProviderError as fault:
            raise NotSent(fault.code, **fault.params) from None

    def repeating(
        self, ask: Callable[[], T], may: Callable[[ProviderError], bool], pauses_s: tuple[float, ...] = PAUSES_S
    ) -> T:
        """Ask, and after each pause once more while that may help."""
        for pause_s in pauses_s:
            try:
                return ask()
            except ProviderError as fault:
                if self._closing.is_set() or not may(fault):
                    raise
            self._wait(pause_s)
        return ask()

    # ------------------------------------------------------------ login

    def _log_in(self) -> LoggedIn:
        return self.repeating(self._log_in_once, failures.may_repeat_reading)

    def _log_in_once(self) -> LoggedIn:
        """One login (§3.3).

        Raises:
            SetupFault: refused, or an answer that cannot be trusted: stop and show it (§4.7).
            NotSent, OutcomeUnknown, Throttled: no usable answer.
        """
        trace = Trace()
        body = wire.sealed_body(self._envelopes.seal(layouts.login_fields(self._settings)))
        with failures.reading(), failures.distrusting():
            reply = self.send(self.call("POST", wire.LOGIN, body=body), trace, self.hider())
            words = self._login_words(self._envelopes.open(failures.sealed_of(reply)))
        if words.error_code in codes.LOGIN_REFUSALS:
            raise SetupFault(codes.LOGIN_REFUSALS[words.error_code], result=words.error_code)
        if words.error_code != codes.PROCESSED:
            raise OutcomeUnknown("gotadi.login_refused", result=wire.one_line(words.error_code, 8))
        if not words.token:
            raise SetupFault("booking.unreadable")
        return LoggedIn(words.token, trace.issuer_utc)

    def _login_words(self, text: bytes) -> layouts.LoginWords:
        ours = self._settings.access_code
        if self._settings.older_login:
            signed, token = layouts.split_older_login(text, ours)
            return replace(layouts.read_login(self._envelopes.verify(signed)), token=token)
        words = layouts.read_login(self._envelopes.verify(signature_last(text)))
        if words.access_code != ours:
            raise EnvelopeFault("booking.signature")
        return words


def _send(http: Exchanger, call: Call, trace: Trace, hide: masking.Hide, token: str | None) -> Reply:
    if token is not None:
        call = replace(call, headers=(*call.headers, ("Authorization", f"Bearer {token}")))
    return http.exchange(call, trace, mask=lambda body: masking.masked(body, hide))
