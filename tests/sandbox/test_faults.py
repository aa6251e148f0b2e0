"""Every fault on a request: what the caller sees, and what became of the voucher."""

from __future__ import annotations

import contextlib
import email.utils
import http.client
import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pos.sandbox.faults import KINDS, Stage
from tests.sandbox.caller import BILL, Answer, Caller
from tests.sandbox_process import SandboxProcess

LOST = (OSError, http.client.HTTPException)


def _arm(sandbox: SandboxProcess, fault: str, operation: str = "mark_use", **more: Any) -> str:
    """Arm one fault once; returns a plain usable code."""
    sandbox.faults([{"operation": operation, "fault": fault, "times": 1, **more}])
    return sandbox.labelled("plain")[0]


def _eventually(holds: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Ask again and again until it holds; each question is a request, so nothing spins."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
    return True


def _only_entry(sandbox: SandboxProcess) -> dict[str, Any]:
    (entry,) = sandbox.log("mark_use")
    return entry


def _shift_s(answer: Answer) -> float:
    return (email.utils.parsedate_to_datetime(answer.headers["date"]) - datetime.now(UTC)) / timedelta(seconds=1)


# --- the connection breaks ---


def test_drop_before_reads_all_and_does_nothing(caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "drop_before")

    with pytest.raises(LOST):
        caller.call("mark_use", [code])

    assert sandbox.voucher(code)["times_used"] == 0
    entry = _only_entry(sandbox)
    assert (entry["effect"], entry["answered"], entry["faults"]) == ("none", None, ["drop_before"])
    assert json.loads(entry["body"])["codes"] == [code]


def test_drop_after_carries_out_and_says_nothing(caller: Caller, sandbox: SandboxProcess) -> None:
    """Inquiry afterwards finds our own bill: "our use took effect" (§12)."""
    code = _arm(sandbox, "drop_after")

    with pytest.raises(LOST):
        caller.call("mark_use", [code])

    assert (_only_entry(sandbox)["effect"], _only_entry(sandbox)["answered"]) == ("used", None)
    answer = caller.call("check", [code])
    assert (answer.code, answer.first["redemptions"]["bill_number"]) == ("101", BILL)


def test_late_commit_takes_effect_after_the_caller_gave_up(sandbox: SandboxProcess) -> None:
    """The caller hears nothing, hangs up, sees "not used" – and a moment later the voucher is used."""
    code = _arm(sandbox, "late_commit", seconds=0.8)

    with Caller(sandbox, timeout_s=0.2) as hasty, pytest.raises(TimeoutError):
        hasty.call("mark_use", [code])
    with Caller(sandbox) as caller:
        assert caller.call("check", [code]).code is None
    assert _only_entry(sandbox)["effect"] == "pending"

    assert _eventually(lambda: sandbox.voucher(code)["state"] == 4)
    assert sandbox.voucher(code)["bill_number"] == BILL
    assert (_only_entry(sandbox)["effect"], _only_entry(sandbox)["answered"]) == ("used", None)


def test_late_commit_stays_silent_even_to_a_patient_caller(sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "late_commit", seconds=0.05)

    with Caller(sandbox, timeout_s=0.6) as patient, pytest.raises(TimeoutError):
        patient.call("mark_use", [code])

    assert sandbox.voucher(code)["times_used"] == 1


def test_half_answer_breaks_off_after_the_effect(caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "half_answer")

    with pytest.raises(http.client.IncompleteRead) as broken:
        caller.call("mark_use", [code])

    assert len(broken.value.partial) > 0
    assert broken.value.expected is not None
    assert abs(broken.value.expected - len(broken.value.partial)) <= 1
    assert sandbox.voucher(code)["times_used"] == 1


def test_drip_sends_byte_by_byte(caller: Caller, sandbox: SandboxProcess) -> None:
    """Slower than the reads' own time-out would catch, yet whole in the end."""
    code = _arm(sandbox, "drip", seconds=0.002)
    began = time.monotonic()

    answer = caller.call("mark_use", [code])

    assert time.monotonic() - began >= 0.002 * len(answer.body)
    assert answer.first["state"] == 4


def test_a_caller_may_leave_a_drip(sandbox: SandboxProcess) -> None:
    """A slow answer nobody reads holds up neither others nor the end of the process."""
    code = _arm(sandbox, "drip", seconds=0.05)
    with Caller(sandbox) as caller:
        caller.connection.request("POST", "/merchant/v6.0/usemultiple", _body(sandbox, code), _JSON)
        assert caller.connection.getresponse().read(3) == b'{"s'

    with Caller(sandbox) as other:
        assert other.call("check", [code]).code == "101"


_JSON = {"Content-Type": "application/json"}


def _body(sandbox: SandboxProcess, code: str) -> bytes:
    return json.dumps(
        {"pin": sandbox.pin, "codes": [code], "bill_number": BILL, "skip_reserved_when_mark_used": True}
    ).encode()


# --- waiting ---


def test_delay_holds_up_its_own_request_only(sandbox: SandboxProcess) -> None:
    """While one request waits, others are answered; then it is carried out as usual."""
    code = _arm(sandbox, "delay", seconds=1.0)
    answers: list[Answer] = []

    with Caller(sandbox) as slow, Caller(sandbox) as quick:
        began = time.monotonic()
        waiting = threading.Thread(target=lambda: answers.append(slow.call("mark_use", [code])))
        waiting.start()
        assert _eventually(lambda: len(sandbox.log("mark_use")) == 1)
        assert quick.call("check", [code]).code is None
        assert time.monotonic() - began < 1.0
        waiting.join()

    assert time.monotonic() - began >= 1.0
    assert answers[0].code is None
    assert sandbox.voucher(code)["times_used"] == 1


def test_a_delayed_request_is_carried_out_although_its_caller_left(sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "delay", seconds=0.4)

    with Caller(sandbox, timeout_s=0.1) as hasty, pytest.raises(TimeoutError):
        hasty.call("mark_use", [code])

    assert _eventually(lambda: sandbox.voucher(code)["times_used"] == 1)


# --- other answers ---


@pytest.mark.parametrize(
    ("fault", "status", "starts"),
    [
        ("http_500_before", 500, b"Internal"),
        ("html_200", 200, b"<!doctype html>"),
        ("redirect_302", 302, b""),
        ("http_403", 403, b"Forbidden"),
        ("http_404", 404, b"Not Found"),
        ("http_429", 429, b"Too Many"),
    ],
)
def test_answers_instead_of_carrying_out(
    fault: str, status: int, starts: bytes, caller: Caller, sandbox: SandboxProcess
) -> None:
    code = _arm(sandbox, fault)

    answer = caller.call("mark_use", [code])

    assert answer.status == status
    assert answer.body.startswith(starts)
    assert "date" in answer.headers
    assert ("location" in answer.headers) == (status == 302)
    assert sandbox.voucher(code)["times_used"] == 0
    assert _only_entry(sandbox)["answered"] == {"status": status}
    assert caller.call("mark_use", [code]).code is None


@pytest.mark.parametrize(
    ("fault", "status", "least", "most"),
    [
        ("http_500_after", 500, 1, 100),
        ("empty_body", 200, 0, 0),
        ("broken_json", 200, 100, 1000),
        ("huge_body", 200, 20 * 1024 * 1024, 21 * 1024 * 1024),
    ],
)
def test_answers_that_hide_the_effect(
    fault: str, status: int, least: int, most: int, caller: Caller, sandbox: SandboxProcess
) -> None:
    code = _arm(sandbox, fault)

    answer = caller.call("mark_use", [code])

    assert answer.status == status
    assert least <= len(answer.body) <= most
    assert sandbox.voucher(code)["times_used"] == 1
    if fault == "broken_json":
        with pytest.raises(ValueError, match=r"delimiter|Unterminated|Expecting"):
            answer.json  # noqa: B018 - reading it is the test


def test_throttle_answers_209_until_its_time_is_over(caller: Caller, sandbox: SandboxProcess) -> None:
    """On all operations, and without effect."""
    code = sandbox.labelled("plain")[0]
    sandbox.faults([{"fault": "throttle_209", "seconds": 0.5}])

    assert {caller.call(op, [code]).code for op in ("check", "mark_use", "reserve")} == {"209"}
    assert sandbox.voucher(code)["state"] == 1
    assert _eventually(lambda: caller.call("check", [code]).code is None)
    assert sandbox.control("GET", "/faults") == []


def test_throttle_lasts_a_minute_unless_told(sandbox: SandboxProcess) -> None:
    sandbox.faults([{"fault": "throttle_209"}])

    (fault,) = sandbox.control("GET", "/faults")

    assert 55 < fault["seconds"] <= 60


def test_clock_offset_shifts_the_date_header(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]

    assert abs(_shift_s(caller.call("check", [code]))) < 3
    sandbox.faults([{"fault": "clock_offset", "seconds": -3600}])
    assert abs(_shift_s(caller.call("check", [code])) + 3600) < 3
    sandbox.faults([{"fault": "clock_offset"}])
    assert abs(_shift_s(caller.call("check", [code])) - 3600) < 3


# --- spoiled fields ---


def test_data_null(caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "data_null")

    answer = caller.call("mark_use", [code])

    assert (answer.json["success"], answer.json["data"]) == (True, None)
    assert sandbox.voucher(code)["times_used"] == 1


def test_return_code_as_number_waits_for_a_refusal(caller: Caller, sandbox: SandboxProcess) -> None:
    """A success has no code to spoil, so it does not use the fault up."""
    code = _arm(sandbox, "return_code_number", "check")

    assert caller.call("check", [code]).json["return_code"] is None
    assert caller.call("check", [code] * 21).json["return_code"] == 2
    assert caller.call("check", [code] * 21).json["return_code"] == "002"


def test_no_redemptions_waits_for_a_used_voucher(caller: Caller, sandbox: SandboxProcess) -> None:
    """The undecidable case of §12: used, and nobody says on which bill."""
    plain = _arm(sandbox, "no_redemptions", "check")
    used = sandbox.labelled("used")

    assert caller.call("check", [plain]).code is None
    undecidable = caller.call("check", used)
    assert (undecidable.code, undecidable.first["state"]) == ("101", 4)
    assert "redemptions" not in undecidable.first
    assert "redemptions" in caller.call("check", used).first


def test_used_elsewhere_between_check_and_mark_use(caller: Caller, sandbox: SandboxProcess) -> None:
    """The first code of a batch goes to another store's till; the batch is refused, the other code stays."""
    first, second = sandbox.labelled("plain")[:2]
    sandbox.faults([{"fault": "used_elsewhere_between", "times": 1}])

    assert caller.call("check", [first, second]).code is None
    answer = caller.call("mark_use", [first, second])

    assert (answer.code, answer.first["code"]) == ("101", first)
    assert sandbox.voucher(first)["bill_number"] not in (None, BILL)
    assert sandbox.voucher(first)["times_used"] == 1
    assert sandbox.voucher(second)["state"] == 2
    seen = caller.call("check", [first]).first["redemptions"]
    assert seen["used_store"]["name_en"] == "Le Loi store"


def test_other_code_in_data(caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "other_code_in_data")

    answer = caller.call("mark_use", [code])

    assert answer.json["success"] is True
    assert answer.first["code"] not in {voucher["code"] for voucher in sandbox.vouchers}


def test_success_missing(caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "success_missing")

    answer = caller.call("mark_use", [code])

    assert "success" not in answer.json
    assert sandbox.voucher(code)["times_used"] == 1


@pytest.mark.parametrize(("operation", "state"), [("check", 4), ("mark_use", 3)])
def test_state_contradiction(operation: str, state: int, caller: Caller, sandbox: SandboxProcess) -> None:
    code = _arm(sandbox, "state_contradiction", operation)

    answer = caller.call(operation, [code])

    assert (answer.json["success"], answer.first["state"]) == (True, state)


# --- which requests are hit ---


def test_a_fault_hits_its_operation_and_number_of_times(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]
    sandbox.faults([{"operation": "usemultiple", "fault": "http_500_before", "times": 2}])

    statuses = [caller.call(op, [code]).status for op in ("check", "mark_use", "check", "mark_use", "mark_use")]

    assert statuses == [200, 500, 200, 500, 200]


def test_faults_of_different_stages_work_together(caller: Caller, sandbox: SandboxProcess) -> None:
    code = sandbox.labelled("plain")[0]
    sandbox.faults(
        [
            {"operation": "mark_use", "fault": "delay", "seconds": 0.2, "times": 1},
            {"operation": "mark_use", "fault": "data_null", "times": 1},
            {"operation": "mark_use", "fault": "success_missing", "times": 1},
        ]
    )
    began = time.monotonic()

    answer = caller.call("mark_use", [code]).json

    assert time.monotonic() - began >= 0.2
    assert ("success" in answer, answer["data"]) == (False, None)
    assert _only_entry(sandbox)["faults"] == ["delay", "data_null", "success_missing"]


_ON_A_REQUEST = [name for name, kind in KINDS.items() if kind.stage is not Stage.CONNECTION]


@pytest.mark.parametrize("operation", ["check", "mark_use"])
@pytest.mark.parametrize("fault", _ON_A_REQUEST)
def test_after_any_fault_the_sandbox_goes_on(
    fault: str, operation: str, caller: Caller, sandbox: SandboxProcess
) -> None:
    """No fault leaves the sandbox ill, and each request stands in the log once, answered or not."""
    only = KINDS[fault].only
    if only is not None and only.value != operation:
        operation = only.value
    quick = {"delay": 0.01, "late_commit": 0.01, "drip": 0.0001}
    sandbox.faults([{"operation": operation, "fault": fault, "times": 1, "seconds": quick.get(fault, 5)}])
    with Caller(sandbox, timeout_s=0.5) as first, contextlib.suppress(*LOST):
        first.call(operation, sandbox.labelled("used"))

    sandbox.faults([])
    code = sandbox.labelled("plain")[0]

    assert caller.call("mark_use", [code]).code is None
    assert [entry["faults"] for entry in sandbox.log()] in ([[fault], []], [[], []])
