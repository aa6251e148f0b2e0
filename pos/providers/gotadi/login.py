"""How long a login is good for: the token, kept until a minute before its end.

Source: contracts/gotadi.md §3.2. Thread-safe: callers that meet while one logs in wait for it and share its token.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pos.providers.gotadi.layouts import expires_unix_s
from pos.till.ports import Clock

EARLY_S = 60.0
_FAR_S = 30 * 24 * 3600.0
"""An end later than that says as much as none; and dates have an end too."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """A login that worked.

    Args:
        token: JWT for the `Authorization` header.
        issuer_utc: the issuer's clock in that answer, None if it told none.
    """

    token: str = field(repr=False)
    issuer_utc: datetime | None


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    until_mono_s: float | None = None
    until_utc: datetime | None = None


class TokenKeeper:
    """The token of now.

    Args:
        clock: the till's.
        log_in: makes a new login; may raise any `ProviderError`, which goes through.
    """

    def __init__(self, clock: Clock, log_in: Callable[[], LoggedIn]) -> None:
        self._clock = clock
        self._log_in = log_in
        self._lock = threading.Lock()
        self._held: _Held | None = None

    def token(self) -> str:
        """A token that is not about to end; logs in where there is none. May block as long as a login does."""
        with self._lock:
            if self._held is None or self._over(self._held):
                self._held = None  # if the login fails, the old one is not tried again
                self._held = self._fresh()
            return self._held.token

    def drop(self, token: str) -> None:
        """The issuer does not take this one any more. One that has replaced it meanwhile stays."""
        with self._lock:
            if self._held is not None and self._held.token == token:
                self._held = None

    def _fresh(self) -> _Held:
        began_mono_s, began_utc = self._clock.mono_s(), self._clock.now_utc()
        logged_in = self._log_in()
        expires_s = expires_unix_s(logged_in.token)
        if expires_s is None:
            return _Held(logged_in.token)
        # By the issuer's own clock where it tells it: the till's may be hours off.
        now = logged_in.issuer_utc or began_utc
        good_for_s = min(expires_s - now.timestamp() - EARLY_S, _FAR_S)
        return _Held(
            logged_in.token, began_mono_s + good_for_s, began_utc + timedelta(seconds=max(good_for_s, -_FAR_S))
        )

    def _over(self, held: _Held) -> bool:
        """By either clock: the monotonic one may stand still while the machine sleeps, the other may be set."""
        if held.until_mono_s is None or held.until_utc is None:
            return False
        return self._clock.mono_s() >= held.until_mono_s or self._clock.now_utc() >= held.until_utc
