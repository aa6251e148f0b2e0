"""Which failure is which: from status, body and exception to the families of `pos.domain.errors`. Pure.

Source: contracts/gotadi.md §4.7, §7.2, §10, §12 no. 15.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.providers.gotadi import codes, wire
from pos.providers.gotadi.envelope import EnvelopeFault, Sealed
from pos.providers.http import Reply
from pos.till.ports import Trace

ERROR_CODES = (
    "booking.unreadable", "booking.signature", "gotadi.account_refused", "gotadi.our_signature_refused",
    "gotadi.our_data_refused", "gotadi.access_code_refused", "gotadi.user_unknown", "gotadi.login_refused",
    "gotadi.not_authenticated", "gotadi.not_allowed", "gotadi.throttled", "gotadi.out_of_order",
    "gotadi.caller_refused", "gotadi.redirected", "gotadi.unreadable", "gotadi.other_answer",
    "gotadi.contradiction", "gotadi.undefined",
)  # fmt: skip
"""Stable codes of the errors raised for Gotadi's answers, besides those of `pos.providers.http`."""
_WILL_NOT_PASS = frozenset({"net.shut_down", "net.ca_file", "net.address"})
"""Reasons for "not sent" that a second try cannot mend."""

# ---------------------------------------------------------------- answers


def object_of(reply: Reply) -> wire.Fields | None:
    """The body as a JSON object, whatever the status; None if it is none."""
    try:
        return wire.read_object(reply.body)
    except wire.Unreadable:
        return None


def answer_of_200(reply: Reply) -> wire.Fields:
    """The body of a 200.

    Raises:
        ProviderError: another status. wire.Unreadable: no JSON object.
    """
    if reply.status != 200:
        raise codes.fault_of_status(reply.status)
    return wire.read_object(reply.body)


def answer_or_refusal(reply: Reply) -> wire.Fields:
    """The body of a 200, or of a 4xx whose body says no in the issuer's own form: that is a refusal (§12 no. 15).

    Raises:
        ProviderError: another status. wire.Unreadable: a 200 that is no JSON object.
    """
    if reply.status == 200:
        return wire.read_object(reply.body)
    fault = codes.fault_of_status(reply.status)
    answer = object_of(reply)
    if fault.code != "gotadi.caller_refused" or reply.status // 100 != 4 or answer is None or not _says_no(answer):
        raise fault
    return answer


def _says_no(answer: wire.Fields) -> bool:
    try:
        return wire.common(answer).refused
    except wire.Unreadable:
        return False


def sealed_of(reply: Reply) -> Sealed:
    """`key` and `data` of an answer, whatever its status: the signature decides.

    Raises:
        ProviderError: there are none, and what that says.
    """
    answer = object_of(reply)
    sealed = wire.sealed_in(answer) if answer is not None else None
    if sealed is not None:
        return sealed
    if reply.status != 200:
        raise codes.fault_of_status(reply.status)
    raise OutcomeUnknown("gotadi.unreadable" if answer is None else "booking.unreadable")


# ---------------------------------------------------------------- families


def may_repeat_reading(fault: ProviderError) -> bool:
    """Not sent, or no usable answer (§10)."""
    return isinstance(fault, NotSent | OutcomeUnknown | Throttled) and fault.code not in _WILL_NOT_PASS


def may_repeat_unsent(fault: ProviderError) -> bool:
    """Not sent (§10, place order)."""
    return isinstance(fault, NotSent) and fault.code not in _WILL_NOT_PASS


@contextmanager
def reading() -> Iterator[None]:
    """Nothing is changed by the call: a redirect is a matter of set-up, and an answer that is none is "no answer"."""
    try:
        yield
    except wire.Unreadable:
        raise OutcomeUnknown("gotadi.unreadable") from None
    except OutcomeUnknown as fault:
        if fault.code == "http.redirect":
            raise SetupFault("gotadi.redirected", **fault.params) from None
        raise


@contextmanager
def changing() -> Iterator[None]:
    """Whatever is not "provably not sent" means that nobody knows: money is at stake."""
    try:
        yield
    except wire.Unreadable:
        raise OutcomeUnknown("gotadi.unreadable") from None
    except EnvelopeFault as fault:
        raise OutcomeUnknown(fault.code) from None
    except (SetupFault, Throttled) as fault:
        raise OutcomeUnknown(fault.code, **fault.params) from None


@contextmanager
def distrusting() -> Iterator[None]:
    """An answer that is not the issuer's signed word, where nothing was changed: stop and show it (§4.7)."""
    try:
        yield
    except EnvelopeFault as fault:
        raise SetupFault(fault.code) from None


@contextmanager
def noted(trace: Trace) -> Iterator[None]:
    """Leave the stable name of whatever went wrong in the trace."""
    try:
        yield
    except ProviderError as fault:
        trace.failure = fault.code
        raise
