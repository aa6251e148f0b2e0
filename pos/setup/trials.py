"""Trials of what an installer has entered: does it work, and if not, what is wrong with it, in words.

A trial of an issuer makes one connection and at most one harmless call that the issuer's contract allows: it uses no
voucher and buys nothing. Trials block; a window runs them on a thread of their own (`run_apart`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

from pos.domain.bill import Bill
from pos.domain.codes import VoucherCode, read_code
from pos.domain.errors import ConfigError, NotSent, OutcomeUnknown, PosError, ProviderError, SetupFault, Throttled
from pos.domain.reasons import Reason
from pos.domain.voucher import NotUsable
from pos.settings import Settings, known, mixes, parse
from pos.till.clockwatch import OFFSET_LIMIT_S
from pos.till.ports import Clock, Trace, VoucherProvider
from pos.till.views import Message

log = logging.getLogger(__name__)

ISSUERS = ("gotit", "vinid-evoucher", "vinid", "appotapay", "gotadi")
"""What can be tried: one service of an issuer each, by its stable name."""
LABELS = {
    "gotit": "Got It",
    "vinid-evoucher": "VinID e-voucher",
    "vinid": "VinID giftcode",
    "appotapay": "AppotaPay",
    "gotadi": "Gotadi",
}
"""Proper names, the same in every language."""


class Sort(StrEnum):
    """What a trial found."""

    WORKS = "works"
    KEY_REFUSED = "key_refused"  # the issuer answers and refuses the PIN, key or shop code
    NOT_LISTED = "not_listed"  # the issuer does not let the shop's network address in
    KEY_UNUSABLE = "key_unusable"  # the key itself is no good; nothing was sent
    ADDRESS = "address"  # nobody, or somebody else, answers at this address
    CERTIFICATE = "certificate"  # the server cannot prove who it is
    NETWORK = "network"
    CLOCK = "clock"
    ISSUER = "issuer"  # it answers and cannot serve at this moment
    INCOMPLETE = "incomplete"  # something is not entered yet
    DEVICE = "device"  # a scanner or printer that cannot be used
    SILENT = "silent"  # nothing came in the time that was waited
    UNSURE = "unsure"  # only a person can tell
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a trial ended.

    Args:
        what: the name of what was tried.
        sort: decides colour and way on.
        message: the sentence for the installer.
        cause: the finer reason; of its three sentences only the first is meant to be shown.
        took_s: seconds.
    """

    what: str
    sort: Sort
    message: Message
    cause: Message | None = None
    took_s: float = 0.0

    @property
    def works(self) -> bool:
        """Whether it may be left as it is."""
        return self.sort is Sort.WORKS


class Stage(StrEnum):
    """What a trial is at, for the one who waits."""

    READING = "reading"  # looks at the keys
    REACHING = "reaching"  # makes the connection
    ASKING = "asking"  # waits for the answer
    WAITING = "waiting"  # waits for a person: scan, paper


Told = Callable[[Stage], None]


class Trial(Protocol):
    """Something that can be tried once."""

    def run(self) -> TrialResult:
        """Try it; blocks; never raises a `PosError`."""

    def cancel(self) -> None:
        """Give up; `run` ends soon, with `Sort.CANCELLED`. Any thread."""


class Overlay:
    """Settings with some values that are not kept yet: what is tried before it is saved.

    Args:
        settings: what is kept.
        values: as typed, by key; parsed as if they were set.

    Raises:
        ConfigError: a key is unknown or a value impossible.
    """

    def __init__(self, settings: Settings, values: Mapping[str, str]) -> None:
        self._settings = settings
        self._values = {key: parse(known(key), value) for key, value in values.items()}

    @property
    def folder(self) -> Path:
        """The till's data folder."""
        return self._settings.folder

    def mixes(self, key: str) -> bool:
        """Whether the address under this key is of play money where money is real, or the other way round."""
        return mixes(self._settings.environment, self.text(key))

    def text(self, key: str) -> str:
        """A text, choice or secret."""
        return str(self._values[key]) if key in self._values else self._settings.text(key)

    def number(self, key: str) -> int:
        """A whole number."""
        return int(self._values[key]) if key in self._values else self._settings.number(key)

    def flag(self, key: str) -> bool:
        """Yes or no."""
        return bool(self._values[key]) if key in self._values else self._settings.flag(key)


class IssuerTrial:
    """One connection and one harmless call to an issuer.

    | issuer | the call |
    |---|---|
    | Got It | check of a code that no voucher has |
    | VinID e-voucher | verify of such a serial |
    | VinID giftcode | stock of the shop's codes |
    | AppotaPay | list of products |
    | Gotadi | login |

    Args:
        name: one of `ISSUERS`.
        settings: what is kept.
        clock: the till's.
        values: what was typed and is not kept yet.
        told: hears what it is at, on the thread of `run`.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        clock: Clock,
        *,
        values: Mapping[str, str] | None = None,
        told: Told = lambda _: None,
    ) -> None:
        self._name, self._settings, self._clock, self._told = name, settings, clock, told
        self._values = {**_SWITCHED_ON.get(name, {}), **(values or {})}
        self._lock = threading.Lock()
        self._close: Callable[[], None] = lambda: None
        self._cancelled = False

    def cancel(self) -> None:
        """Break the connection."""
        with self._lock:
            self._cancelled = True
            close = self._close
        close()

    def run(self) -> TrialResult:
        """Build, reach, ask; sorted."""
        began = time.monotonic()
        try:
            result = self._tried()
        except PosError as error:
            result = sorted_failure(self._name, error, self._clock)
        if self._cancelled and not result.works:
            result = _cancelled(self._name)
        return TrialResult(result.what, result.sort, result.message, result.cause, time.monotonic() - began)

    def _tried(self) -> TrialResult:
        from pos.providers.registry import build_one

        self._told(Stage.READING)
        settings = Overlay(self._settings, self._values)
        _demand_credentials(self._name, settings)
        built = build_one(self._name, settings, self._clock)
        try:
            with self._lock:
                if self._cancelled:
                    return _cancelled(self._name)
                self._close = built.close
            trace, params = Trace(), {}
            self._told(Stage.REACHING)
            if self._name in built.vouchers:
                built.vouchers[self._name].reach()
                self._told(Stage.ASKING)
                _check_nothing(built.vouchers[self._name], self._clock, trace)
            elif self._name in built.sellers:
                built.sellers[self._name].reach()
                self._told(Stage.ASKING)
                params["count"] = len(built.sellers[self._name].products(trace))
            else:
                built.bookings[self._name].reach()
                self._told(Stage.ASKING)
                built.bookings[self._name].prove_access()
        finally:
            built.close()
        return self._worked(trace, params)

    def _worked(self, trace: Trace, params: Mapping[str, int]) -> TrialResult:
        issuer = ("issuer", LABELS[self._name])
        if trace.issuer_utc is not None:
            offset_s = abs((trace.issuer_utc - self._clock.now_utc()).total_seconds())
            if offset_s > OFFSET_LIMIT_S:
                # The keys are right; with this clock nothing could be taken offline, and two issuers would refuse it.
                return TrialResult(self._name, Sort.CLOCK, Message("trial.clock_off", (issuer, ("offset_s", offset_s))))
        return TrialResult(
            self._name, Sort.WORKS, Message(f"trial.works.{self._name}", (issuer, *params.items()))
        )  # fmt: skip


_NO_VOUCHER = "QUAYVOUCHER0"
"""Fits what Got It's codes and VinID's serials look like, and is none: theirs are random."""
_UNABLE = frozenset({Reason.ISSUER_ERROR, Reason.UNRECOGNISED, Reason.CONTRADICTION, Reason.REQUEST_REFUSED})


def _check_nothing(issuer: VoucherProvider, clock: Clock, trace: Trace) -> None:
    """Ask about a code that no voucher has: an issuer that says "unknown" has let the caller in."""
    code = read_code(_NO_VOUCHER)
    assert isinstance(code, VoucherCode)  # noqa: S101 - ours
    answer = issuer.check(code, Bill("THU-CAI-DAT", 0, clock.now_utc()), reserving=False, trace=trace)
    if isinstance(answer, NotUsable) and answer.reason in _UNABLE:
        raise OutcomeUnknown("trial.no_answer", result=answer.detail.code or "")


def sorted_failure(name: str, error: PosError, clock: Clock) -> TrialResult:
    """What an error means to somebody who sets an issuer up.

    Args:
        name: one of `ISSUERS`.
        error: of building, reaching or asking.
        clock: what the till shows as the time now goes into the sentence about certificates and clocks.
    """
    from pos.domain.business_date import local_time

    sort = _sort_of(error)
    now = f"{local_time(clock.now_utc()):%H:%M %d/%m/%Y}"
    params = (("issuer", LABELS.get(name, name)), ("now", now), ("host", str(error.params.get("host") or "")))
    return TrialResult(name, sort, Message(f"trial.{sort}", params), Message(error.code, tuple(error.params.items())))


_NETWORK = frozenset({"net.unreachable", "net.connect_timeout", "net.busy", "net.shut_down"})
_ADDRESS = frozenset({
    "net.dns", "net.refused", "net.address", "http.redirect", "http.not_json", "http.no_verdict", "gotit.redirected",
    "gotadi.redirected", "gotadi.unreadable", "config.mixed_environment", "http.odd_status",
})  # fmt: skip
_NOT_LISTED = frozenset({"gotit.ip_not_listed", "appotapay.ip_not_listed", "gotadi.not_allowed"})
_KEYS = ("sealed.", "vinid.key", "vinid.same_key", "gotadi.private_key", "gotadi.public_key")
_PROOF = frozenset({"booking.signature", "booking.unreadable"})
"""Gotadi answered, and its answer does not open or prove with the keys that were entered."""
_NOT_THERE = (404, 405)


def _sort_of(error: PosError) -> Sort:
    code, status = error.code, error.params.get("status")
    if code == "net.tls_not_yet_valid" or code.endswith((".clock_off", ".time_refused")):
        return Sort.CLOCK
    if code.startswith("net.tls") or code in ("net.ca_file", "net.proxy_reads_along"):
        return Sort.CERTIFICATE
    if code in _ADDRESS or (status in _NOT_THERE and not isinstance(error, Throttled)):
        return Sort.ADDRESS
    if code in _NETWORK or isinstance(error, NotSent):
        return Sort.NETWORK
    if code in _NOT_LISTED:
        return Sort.NOT_LISTED
    if code.startswith(_KEYS):
        return Sort.KEY_UNUSABLE
    if isinstance(error, SetupFault) or code in _PROOF:
        return Sort.KEY_REFUSED
    if isinstance(error, ProviderError):
        return Sort.ISSUER
    return Sort.INCOMPLETE


T = TypeVar("T")


def run_apart(work: Callable[[], T], done: Callable[[T], None], name: str = "trial") -> threading.Thread:
    """Run it on a thread of its own; `done` is called there with what came of it."""

    def run() -> None:
        done(work())

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


_SWITCHED_ON = {
    "appotapay": {"appotapay.enabled": "true"},
    "vinid": {"vinid.giftcode": "true"},
    "vinid-evoucher": {"vinid.evoucher": "true"},
}
"""A trial is of an issuer that the shop wants, also before the switch is thrown."""
_CREDENTIALS = {
    "gotit": ("gotit.pin",),
    "appotapay": ("appotapay.partner_code", "appotapay.api_key", "appotapay.secret_key", "appotapay.private_key"),
    "vinid": ("vinid.key_code", "vinid.api_private_key", "vinid.giftcode_merchant_code", "vinid.giftcode_store_code",
              "vinid.giftcode_pos_code", "vinid.giftcode_private_key"),
    "vinid-evoucher": ("vinid.key_code", "vinid.api_private_key", "vinid.evoucher_merchant_code",
                       "vinid.evoucher_store_code", "vinid.evoucher_pos_code"),
    "gotadi": ("gotadi.base_url", "gotadi.user_id", "gotadi.api_key", "gotadi.access_code",
               "gotadi.partner_private_key", "gotadi.gotadi_public_key"),
}  # fmt: skip


def missing_credentials(name: str, settings: Settings | Overlay) -> tuple[str, ...]:
    """Keys of the settings that this issuer cannot do without and that are empty."""
    return tuple(key for key in _CREDENTIALS[name] if not settings.text(key))


def _demand_credentials(name: str, settings: Overlay) -> None:
    missing = missing_credentials(name, settings)
    if missing:
        raise ConfigError("trial.missing", setting=", ".join(missing))


def _cancelled(name: str) -> TrialResult:
    return TrialResult(name, Sort.CANCELLED, Message("trial.cancelled", (("issuer", LABELS.get(name, name)),)))


def begun(name: str, settings: Settings | Overlay) -> bool:
    """Whether the shop has entered anything of this issuer's service, or switched it on."""
    switches = _SWITCHED_ON.get(name, {})
    if switches:
        return any(settings.flag(key) for key in switches)
    return any(settings.text(key) for key in _CREDENTIALS[name])
