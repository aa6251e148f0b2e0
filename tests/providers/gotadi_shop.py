"""A shop set up with Gotadi on paper: keys, settings, and an HTTP client that answers from a list."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pos.domain.codes import VoucherCode
from pos.providers.gotadi.client import Gotadi
from pos.providers.gotadi.settings import GotadiSettings
from pos.providers.http import Call, Reply
from pos.till.ports import Trace
from tests.providers.openssl_peer import Peer, token

ACCESS = "POSDEMO"
API_KEY = "invented-api-key-1"
NUMBER = "ADCO2401010000001"
CODE = VoucherCode("Tet24aBc")
TRACKING = "track_q1Zr+Yy/0aVnM3s8uQ2kT5bXc7dE9fGhIjKlMnOpQr4="
TRANSACTION = "TRX-0001"
COMMON = {"isSuccess": True, "success": True, "duration": 2100, "textMessage": None, "errors": None, "infos": None}


class HandClock:
    """Both clocks, turned by hand."""

    def __init__(self) -> None:
        self.utc = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
        self.mono = 1000.0

    def now_utc(self) -> datetime:
        return self.utc

    def mono_s(self) -> float:
        return self.mono

    def pass_s(self, seconds: float) -> None:
        self.mono += seconds
        self.utc += timedelta(seconds=seconds)


class PaperExchange:
    """Answers each call with the next of `answers`: JSON, bytes, `(status, value)`, or an exception to raise."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []
        self.reached = self.closed = 0
        self.issuer_utc: datetime | None = None

    def exchange(self, call: Call, trace: Trace, *, mask: Callable[[bytes], str]) -> Reply:
        self.calls.append(call)
        trace.http_status = trace.raw = trace.failure = None
        trace.issuer_utc, trace.answered = self.issuer_utc, False
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, value = answer if isinstance(answer, tuple) else (200, answer)
        raw = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        trace.http_status, trace.raw = status, mask(raw)
        return Reply(status, raw)

    def reach(self) -> None:
        self.reached += 1

    def close(self) -> None:
        self.closed += 1

    @property
    def paths(self) -> list[str]:
        return [call.path.rpartition("/")[2] for call in self.calls]

    def fields(self, at: int = -1) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.calls[at].body or b"")
        return decoded

    def token_of(self, at: int = -1) -> str | None:
        return dict(self.calls[at].headers).get("Authorization")


def shop_settings(peer: Peer, **changes: Any) -> GotadiSettings:
    facts: dict[str, Any] = {
        "base_url": "https://gateway.example",
        "api_key": API_KEY,
        "access_code": ACCESS,
        "partner_private_key": peer.shop.private.read_text(),
        "gotadi_public_key": peer.own.public.read_text(),
        "user_id": "store-03",
    }
    return GotadiSettings(**(facts | changes))


class Shop:
    """The adapter over paper.

    Args:
        peer: the issuer's side.
        answers: to the calls after the login; `logged_in` False: to all calls.
    """

    def __init__(
        self, peer: Peer, *answers: Any, logged_in: bool = True, polls: Sequence[Any] = (), **changes: Any
    ) -> None:
        first = [peer.logged_in(ACCESS, token())] if logged_in else []
        self.http = PaperExchange(*first, *answers)
        self.poll = PaperExchange(*polls)
        self.clock = HandClock()
        self.waits: list[float] = []
        self.trace = Trace()
        self.issuer = Gotadi(
            self.http, self.poll, shop_settings(peer, **changes), clock=self.clock, wait=self.waits.append
        )

    @property
    def sent(self) -> list[str]:
        """Calls after the first login, by the last part of their paths."""
        return self.http.paths[1:] if self.http.paths[:1] == ["login"] else self.http.paths

    def ask(self, call: str, number: str = NUMBER, code: VoucherCode = CODE) -> Any:
        """One call of the port by name."""
        calls: dict[str, Callable[[], Any]] = {
            "detail": lambda: self.issuer.detail(number, self.trace, code=code, tracking=TRACKING),
            "await_end": lambda: self.issuer.await_end(number, self.trace),
            "validate": lambda: self.issuer.validate(number, code, self.trace),
            "redeem": lambda: self.issuer.redeem(number, code, TRACKING, self.trace),
            "place_order": lambda: self.issuer.place_order(number, "AIR", self.trace),
            "commit": lambda: self.issuer.commit(number, "AIR", TRANSACTION, self.trace),
            "commit_result": lambda: self.issuer.commit_result(number, "AIR", self.trace),
        }
        return calls[call]()
