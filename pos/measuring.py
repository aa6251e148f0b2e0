"""Measures the issuers' calls where they are made, so that no use case has to. Part of the bootstrap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from pos.domain.errors import NotSent, ProviderError, SetupFault
from pos.domain.levels import End, What
from pos.till.meter import Meter
from pos.till.ports import Trace

if TYPE_CHECKING:
    from pos.providers.built import Built

T = TypeVar("T")

_READING = frozenset({
    "check", "check_together", "inquire", "products", "balance_vnd", "ask", "status", "detail", "validate",
    "commit_result",
})  # fmt: skip
_CHANGING = frozenset({"mark_used", "reserve", "release", "take_back", "buy", "redeem", "place_order", "commit"})
_WAITING = frozenset({"await_end", "reach"})
"""Calls that hang on purpose, or send no request: they tell of the network and of nothing else."""


def measured(built: Built, meter: Meter) -> Built:
    """The same issuers, with every call measured by `meter`."""

    def of(issuers: dict[str, T]) -> dict[str, T]:
        return {name: cast("T", _Measured(issuer, _company(name), meter)) for name, issuer in issuers.items()}

    return replace(
        built,
        vouchers=of(built.vouchers),
        sellers=of(built.sellers),
        bookings=of(built.bookings),
        refunders=of(built.refunders),
    )


def _company(name: str) -> str:
    """Whose servers they are: two services of one company that go away together do not make it the shop's line."""
    return name.partition("-")[0]


class _Measured:
    """An issuer as it is, but for its calls."""

    def __init__(self, issuer: object, name: str, meter: Meter) -> None:
        self._issuer = issuer
        self._name = name
        self._meter = meter
        for call in (*_READING, *_CHANGING, *_WAITING):
            if hasattr(issuer, call):
                setattr(self, call, self._call(call, getattr(issuer, call)))

    def __getattr__(self, name: str) -> object:
        return getattr(self._issuer, name)

    def _call(self, call: str, do: Callable[..., object]) -> Callable[..., object]:
        meter, name = self._meter, self._name
        what = What.CHANGE if call in _CHANGING else What.ASK
        timed = call not in _WAITING

        def run(*args: object, **kwargs: object) -> object:
            began_mono_s = meter.mono_s()
            try:
                answer = do(*args, **kwargs)
            except ProviderError as error:
                heard = _heard(args, kwargs)
                if isinstance(error, NotSent):
                    meter.link(name, up=False)
                elif heard:
                    meter.link(name, up=True)
                if timed:
                    self._ended_badly(what, began_mono_s, error, heard=heard)
                raise
            meter.link(name, up=True)
            if timed:
                meter.took(what, name, began_mono_s)
                if what is What.CHANGE:
                    meter.counted(What.ENDED, name, End.KNOWN)
            return answer

        return run

    def _ended_badly(self, what: What, began_mono_s: float, error: ProviderError, *, heard: bool) -> None:
        meter, name = self._meter, self._name
        if heard:  # an answer came, though not its verdict: its time counts
            meter.took(what, name, began_mono_s)
        if what is What.CHANGE:
            meter.counted(What.ENDED, name, _end(error))
        elif not heard:
            meter.counted(What.SILENT, name)


def _end(error: ProviderError) -> int:
    if isinstance(error, NotSent):
        return End.NOT_SENT
    return End.KNOWN if isinstance(error, SetupFault) else End.UNKNOWN  # a set-up fault proves that nothing was done


def _heard(args: tuple[object, ...], kwargs: dict[str, object]) -> bool:
    """Whether an answer came at all, by the trace that the caller keeps of the call."""
    return any(isinstance(one, Trace) and one.http_status is not None for one in (*args, *kwargs.values()))
