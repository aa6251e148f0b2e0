"""What can go wrong between till and issuer, by name, and what each fault does.

Source: contracts/gotit.md §8 (outcomes without a result code), §12, §15 (switchable faults).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Json = dict[str, Any]


class Fault(StrEnum):
    """One thing that goes wrong once."""

    # No connection comes about.
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect_timeout"
    UNREACHABLE = "unreachable"
    DNS = "dns"
    TLS_FAILED = "tls_failed"
    # While the request is written.
    WRITE_BEFORE = "write_before"  # reset in mid-request: the issuer never has it whole
    WRITE_AFTER = "write_after"  # reset after the last byte: the issuer carries it out
    WRITE_TIMEOUT = "write_timeout"
    # The request is lost, or its answer is.
    DROP_BEFORE = "drop_before"  # the peer closes: nothing was done (also a kept connection closed in that moment)
    DROP_AFTER = "drop_after"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    SILENT_BEFORE = "silent_before"  # the till waits until its deadline
    SILENT_AFTER = "silent_after"
    LATE = "late"  # the peer closes, the effect comes `delay_s` later, within the 60 s of §12
    VERY_LATE = "very_late"  # the same, after the proof: §12 no. 5
    # An answer, but no verdict.
    HTTP_500_BEFORE = "http_500_before"
    HTTP_500_AFTER = "http_500_after"
    HTTP_502_LATE = "http_502_late"  # a gateway gives up, the issuer does not
    HTML_200_BEFORE = "html_200_before"
    HTML_200_AFTER = "html_200_after"
    BROKEN_JSON = "broken_json"
    NO_VERDICT = "no_verdict"
    HALF_ANSWER = "half_answer"
    DRIP = "drip"  # a byte now and then, beyond the deadline
    REDIRECT = "redirect"
    FORBIDDEN_403 = "forbidden_403"
    TOO_MANY_429 = "too_many_429"
    # A verdict, but a doubtful or unwelcome one.
    DATA_NULL = "data_null"
    WRONG_VOUCHER = "wrong_voucher"  # a success that names another code
    WRONG_BILL = "wrong_bill"
    CODE_AS_NUMBER = "code_as_number"
    NO_RECORD = "no_record"  # without `redemptions`: who used it is not told
    THROTTLE_209 = "throttle_209"
    UNDEFINED_004_BEFORE = "undefined_004_before"
    UNDEFINED_004_AFTER = "undefined_004_after"
    ODD_CODE = "odd_code"  # a code that no table has
    WRONG_PIN = "wrong_pin"
    # No fault of the line.
    DELAY = "delay"  # the answer is late but within the deadline
    DELAY_EFFECT = "delay_effect"  # the issuer works long, then answers
    ELSEWHERE_BETWEEN = "elsewhere_between"  # another shop was faster
    HALF_BATCH = "half_batch"  # refused, but what came before the bad voucher took effect


End = Literal["answer", "closed", "reset", "silent", "half", "drip", "write_reset", "write_timeout"]


@dataclass(frozen=True, slots=True)
class Course:
    """How a call goes.

    Args:
        effect: the issuer carries the request out.
        end: what the till sees; `answer` and `half` and `drip` carry bytes.
        reply: status and body instead of the issuer's own.
        spoil: makes another answer of the issuer's.
        late: the effect comes `delay_s` after the end.
        telling: the till can read a verdict in it.
    """

    effect: bool = True
    end: End = "answer"
    reply: tuple[int, bytes] | None = None
    spoil: Callable[[Json], Json | bytes] | None = None
    late: bool = False
    telling: bool = True


def _refusal(return_code: str) -> tuple[int, bytes]:
    text = {"message_en": "Refused", "message_vi": "Từ chối"}
    return 200, json.dumps({"success": False, "return_code": return_code, **text, "data": []}).encode()


def _data_null(answer: Json) -> Json:
    return {**answer, "data": None}


def _wrong_voucher(answer: Json) -> Json:
    return {**answer, "data": [{**shown, "code": "9" * len(shown["code"])} for shown in answer["data"]]}


def _wrong_bill(answer: Json) -> Json:
    return {**answer, "bill_number": "SOMEBODY-ELSES"}


def _code_as_number(answer: Json) -> Json:
    return_code = answer["return_code"]
    return {**answer, "return_code": None if return_code is None else int(return_code)}


def _no_record(answer: Json) -> Json:
    data = [{name: value for name, value in shown.items() if name != "redemptions"} for shown in answer["data"]]
    return {**answer, "data": data}


def _no_verdict(answer: Json) -> Json:
    return {name: value for name, value in answer.items() if name != "success"}


def _broken(answer: Json) -> bytes:
    return json.dumps(answer).encode()[:-2] + b","


_HTML = b"<html><body>Please log in to the hotel's network</body></html>"
_ERROR = b'{"message": "unexpected error"}'

COURSES: dict[Fault, Course] = {
    Fault.WRITE_BEFORE: Course(effect=False, end="write_reset"),
    Fault.WRITE_AFTER: Course(end="write_reset"),
    Fault.WRITE_TIMEOUT: Course(effect=False, end="write_timeout"),
    Fault.DROP_BEFORE: Course(effect=False, end="closed"),
    Fault.DROP_AFTER: Course(end="closed"),
    Fault.RESET_BEFORE: Course(effect=False, end="reset"),
    Fault.RESET_AFTER: Course(end="reset"),
    Fault.SILENT_BEFORE: Course(effect=False, end="silent"),
    Fault.SILENT_AFTER: Course(end="silent"),
    Fault.LATE: Course(end="closed", late=True),
    Fault.VERY_LATE: Course(end="closed", late=True),
    Fault.HTTP_500_BEFORE: Course(effect=False, reply=(500, _ERROR)),
    Fault.HTTP_500_AFTER: Course(reply=(500, _ERROR)),
    Fault.HTTP_502_LATE: Course(reply=(502, _HTML), late=True),
    Fault.HTML_200_BEFORE: Course(effect=False, reply=(200, _HTML)),
    Fault.HTML_200_AFTER: Course(reply=(200, _HTML)),
    Fault.BROKEN_JSON: Course(spoil=_broken, telling=False),
    Fault.NO_VERDICT: Course(spoil=_no_verdict, telling=False),
    Fault.HALF_ANSWER: Course(end="half"),
    Fault.DRIP: Course(end="drip"),
    Fault.REDIRECT: Course(effect=False, reply=(302, b"")),
    Fault.FORBIDDEN_403: Course(effect=False, reply=(403, _HTML)),
    Fault.TOO_MANY_429: Course(effect=False, reply=(429, _HTML)),
    Fault.DATA_NULL: Course(spoil=_data_null),
    Fault.WRONG_VOUCHER: Course(spoil=_wrong_voucher),
    Fault.WRONG_BILL: Course(spoil=_wrong_bill),
    Fault.CODE_AS_NUMBER: Course(spoil=_code_as_number),
    Fault.NO_RECORD: Course(spoil=_no_record),
    Fault.THROTTLE_209: Course(effect=False, reply=_refusal("209")),
    Fault.UNDEFINED_004_BEFORE: Course(effect=False, reply=_refusal("004")),
    Fault.UNDEFINED_004_AFTER: Course(reply=_refusal("004")),
    Fault.ODD_CODE: Course(effect=False, reply=_refusal("999")),
    Fault.WRONG_PIN: Course(effect=False, reply=_refusal("200")),
    Fault.DELAY: Course(),
    Fault.DELAY_EFFECT: Course(),
    Fault.ELSEWHERE_BETWEEN: Course(),
    Fault.HALF_BATCH: Course(),
}
"""Every fault of a request. Those of a connection stand in `AT_CONNECT`."""

AT_CONNECT = (Fault.REFUSED, Fault.CONNECT_TIMEOUT, Fault.UNREACHABLE, Fault.DNS, Fault.TLS_FAILED)
AT_WRITE = (Fault.WRITE_BEFORE, Fault.WRITE_AFTER, Fault.WRITE_TIMEOUT)
AT_READ = tuple(fault for fault in COURSES if fault not in AT_WRITE)

_CHECK_ONLY = frozenset({Fault.NO_RECORD})
_EFFECT_ONLY = frozenset({
    Fault.WRITE_AFTER, Fault.DROP_AFTER, Fault.RESET_AFTER, Fault.SILENT_AFTER, Fault.LATE, Fault.VERY_LATE,
    Fault.HTTP_500_AFTER, Fault.HTTP_502_LATE, Fault.HTML_200_AFTER, Fault.UNDEFINED_004_AFTER, Fault.DELAY_EFFECT,
})  # fmt: skip
"""On a check the same as their twin without effect: it has none (§14 no. 13)."""


def makes_sense(fault: Fault, operation: str, codes: int) -> bool:
    """Whether the fault differs from all others on a call of this operation with so many codes."""
    if fault is Fault.HALF_BATCH:
        return operation in ("mark_use", "reserve") and codes > 1
    if operation == "check":
        return fault not in _EFFECT_ONLY and fault is not Fault.WRONG_BILL
    return fault not in _CHECK_ONLY
