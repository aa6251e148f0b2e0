"""Every fault of the issuer on every operation, through the engine: how it ends, at once and after settling.

The engine's clock is turned by hand, so that the 60 s of a proof cost nothing; sockets are real.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pos.domain.cases import CaseKind
from pos.domain.redemption import (
    DONE,
    DROPPED,
    LOSS,
    REFUSED,
    UNKNOWN,
    UNSENT,
    UNSENT_GIVEN,
    USED_NOT_GIVEN,
    Hold,
    State,
)
from pos.providers.gotit.client import GotIt
from pos.providers.registry import ProviderSettings, build_provider
from pos.sandbox.faults import KINDS
from pos.till.counter import CounterBill
from pos.till.ports import Work
from pos.till.views import LineStatus, Phase
from tests.providers.steady_clock import SteadyClock
from tests.sandbox_process import SandboxProcess
from tests.till.hand_clock import CountingChance, HandClock
from tests.till.rig import Rig, broken_promises

DEADLINE_S = 0.6
SECONDS = {"delay": 0.1, "drip": 0.05, "late_commit": 1.0, "clock_offset": -3600.0}


def connected(sandbox: SandboxProcess, **settings: Any) -> GotIt:
    """Got It as this sandbox's till has it."""
    wanted = {"pin": sandbox.pin, "ca_file": sandbox.ca_file, "deadline_s": DEADLINE_S, **settings}
    return build_provider("gotit", ProviderSettings(sandbox.url, **wanted), SteadyClock())


def make_till(folder: Path, sandbox: SandboxProcess, **settings: Any) -> Iterator[Rig]:
    """A till at the sandbox, its clock turned by hand from the time that it is."""
    with closing(connected(sandbox, **settings)) as issuer:
        rig = Rig(folder, issuer, HandClock(datetime.now(UTC)), CountingChance())
        try:
            yield rig
        finally:
            rig.close()


@pytest.fixture
def till(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Rig]:
    yield from make_till(tmp_path, sandbox)


@pytest.fixture
def reserving_till(tmp_path: Path, sandbox: SandboxProcess) -> Iterator[Rig]:
    yield from make_till(tmp_path, sandbox, reserving=True)


def arm(sandbox: SandboxProcess, operation: str, fault: str, **more: Any) -> None:
    """One fault, the way the table means it."""
    # The till asked before it was armed: a refusal that waits for a check's answer would wait for ever.
    operation = "*" if fault == "refuse_connection" else operation
    seconds = {"seconds": SECONDS[fault]} if fault in SECONDS else {}
    sandbox.faults([{"operation": operation, "fault": fault, **seconds, **more}])


def until(true: Callable[[], bool], within_s: float = 10.0) -> None:
    """Wait for what another process does."""
    ends, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        assert time.monotonic() < ends, "never happened"
        pause.wait(0.02)


def requests(sandbox: SandboxProcess, operation: str, number: str = "B1") -> int:
    """How many requests of an operation came for this bill."""
    return sum(f'"{number}"' in entry["body"] for entry in sandbox.log(operation))


def used_for(sandbox: SandboxProcess, *numbers: str) -> list[tuple[str, str]]:
    """The issuer's truth about these bills."""
    vouchers = sandbox.state()["vouchers"]
    return [(v["code"], v["bill_number"]) for v in vouchers if v["times_used"] and v["bill_number"] in numbers]


# ---------------------------------------------------------------- mark_use

USED, NOT_USED, ELSEWHERE = "used by us", "not used", "used elsewhere"
MARK_USE: dict[str, tuple[State, State, str]] = {
    # fault: (at once, after settling, the issuer's truth)
    "refuse_connection": (UNSENT, UNSENT, NOT_USED),
    "wrong_certificate": (UNSENT, UNSENT, NOT_USED),
    "wrong_host": (UNSENT, UNSENT, NOT_USED),
    "tls11_only": (UNSENT, UNSENT, NOT_USED),
    "delay": (DONE, DONE, USED),
    "late_commit": (UNKNOWN, USED_NOT_GIVEN, USED),
    "drop_before": (UNKNOWN, UNSENT, NOT_USED),
    "http_500_before": (UNKNOWN, UNSENT, NOT_USED),
    "html_200": (UNKNOWN, UNSENT, NOT_USED),
    "throttle_209": (UNKNOWN, UNSENT, NOT_USED),
    "redirect_302": (UNKNOWN, UNSENT, NOT_USED),
    "http_403": (UNKNOWN, UNSENT, NOT_USED),
    "http_404": (UNKNOWN, UNSENT, NOT_USED),
    "http_429": (UNKNOWN, UNSENT, NOT_USED),
    "used_elsewhere_between": (REFUSED, REFUSED, ELSEWHERE),
    "data_null": (UNKNOWN, USED_NOT_GIVEN, USED),
    "return_code_number": (DONE, DONE, USED),
    "no_redemptions": (DONE, DONE, USED),
    "other_code_in_data": (UNKNOWN, USED_NOT_GIVEN, USED),
    "success_missing": (UNKNOWN, USED_NOT_GIVEN, USED),
    "state_contradiction": (UNKNOWN, USED_NOT_GIVEN, USED),
    "drop_after": (UNKNOWN, USED_NOT_GIVEN, USED),
    "http_500_after": (UNKNOWN, USED_NOT_GIVEN, USED),
    "empty_body": (UNKNOWN, USED_NOT_GIVEN, USED),
    "broken_json": (UNKNOWN, USED_NOT_GIVEN, USED),
    "huge_body": (UNKNOWN, USED_NOT_GIVEN, USED),
    "drip": (UNKNOWN, USED_NOT_GIVEN, USED),
    "half_answer": (UNKNOWN, USED_NOT_GIVEN, USED),
    "clock_offset": (DONE, DONE, USED),
}  # fmt: skip
QUEUED = {
    UNSENT: DONE,  # sent again by the queue once it is proven unused
    USED_NOT_GIVEN: DONE,
    REFUSED: LOSS,
    DONE: DONE,
}
"""How a voucher that was given offline ends where one that was not ends so."""


def truth(sandbox: SandboxProcess, code: str, number: str = "B1") -> str:
    """The issuer's word on this voucher; never used twice."""
    voucher = sandbox.voucher(code)
    assert voucher["times_used"] <= 1
    if not voucher["times_used"]:
        return NOT_USED
    return USED if voucher["bill_number"] == number else ELSEWHERE


def test_the_tables_have_every_fault() -> None:
    """A fault added to the sandbox needs its line in each."""
    assert set(MARK_USE) == set(RESERVE) == set(RELEASE) == set(CHECK) == set(KINDS)


@pytest.mark.parametrize("fault", MARK_USE)
def test_mark_use(till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """Given only with the verdict, never sent twice, at rest with the issuer's truth in the end."""
    at_once, settled, wanted = MARK_USE[fault]
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    arm(sandbox, "*" if fault == "no_redemptions" else "mark_use", fault)
    bill.confirm(loss_accepted=True)
    assert till.row().state == at_once
    if fault == "late_commit":
        till.clock.pass_s(6)
        till.settle()
        assert till.row().state == UNKNOWN, "usable right after a silent call proves nothing"
        until(lambda: truth(sandbox, code) == USED)
    sandbox.faults([])
    till.settle_to_rest()
    assert (till.row().state, truth(sandbox, code)) == (settled, wanted)
    assert requests(sandbox, "mark_use") <= 1
    assert broken_promises(till.journal, used_for(sandbox, "B1"), at_rest=True) == []
    _finish(bill, settled)
    assert broken_promises(till.journal, used_for(sandbox, "B1"), at_rest=True) == []
    assert truth(sandbox, code) == (ELSEWHERE if wanted == ELSEWHERE else USED)


def _finish(bill: CounterBill, settled: State) -> None:
    """What the cashier does: send again what was proven unused, hand over what the issuer has."""
    if settled == UNSENT:
        assert bill.view().phase in (Phase.UNSENT, Phase.OFFERED)
        bill.confirm(loss_accepted=True)
        assert bill.view().phase is Phase.DONE
    elif settled == USED_NOT_GIVEN:
        assert bill.view().phase is Phase.FINISH
        bill.finish_sale()
        assert bill.view().phase is Phase.DONE


@pytest.mark.parametrize("fault", MARK_USE)
def test_mark_use_from_the_queue(till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """Accepted offline, sent by settling under the fault: used once in the end, or a loss with a case."""
    code = sandbox.labelled("plain")[0]
    accept(till, sandbox, code)
    arm(sandbox, "*" if fault == "no_redemptions" else "mark_use", fault, times=1)
    till.settle()
    if fault == "late_commit":
        until(lambda: truth(sandbox, code) == USED)
    till.settle_to_rest()
    assert till.row().state == QUEUED[MARK_USE[fault][1]]
    assert broken_promises(till.journal, used_for(sandbox, "B1"), at_rest=True) == []
    assert requests(sandbox, "mark_use") <= (2 if MARK_USE[fault][1] == UNSENT else 1)
    if till.row().state == LOSS:
        assert [case.kind for case in till.journal.cases()] == [CaseKind.LOSS]


def accept(till: Rig, sandbox: SandboxProcess, code: str, number: str = "B1") -> None:
    """A voucher checked online, then taken offline because the cable came out."""
    bill = till.bill(number)
    bill.scan(code)
    sandbox.pull_cable()
    bill.confirm(loss_accepted=True)
    bill.accept_offline()
    assert till.row(number).state == UNSENT_GIVEN
    sandbox.plug_in()


# ---------------------------------------------------------------- reserve

HELD, FREE, OTHER = "held for us", "free", "used elsewhere"
LOST_HOLD = (Hold.UNKNOWN, Hold.HELD, HELD)
RESERVE: dict[str, tuple[Hold, Hold, str]] = {
    # fault: (hold at once, hold after settling, the issuer's truth)
    **dict.fromkeys(("refuse_connection", "wrong_certificate", "wrong_host", "tls11_only"),
                    (Hold.NONE, Hold.NONE, FREE)),
    **dict.fromkeys(("drop_before", "http_500_before", "html_200", "throttle_209", "redirect_302", "http_403",
                     "http_404", "http_429"), (Hold.UNKNOWN, Hold.NONE, FREE)),
    **dict.fromkeys(("late_commit", "data_null", "other_code_in_data", "success_missing", "drop_after",
                     "http_500_after", "empty_body", "broken_json", "huge_body", "drip", "half_answer"), LOST_HOLD),
    **dict.fromkeys(("delay", "return_code_number", "no_redemptions", "state_contradiction", "clock_offset",
                     "used_elsewhere_between"), (Hold.HELD, Hold.HELD, HELD)),
}  # fmt: skip


def hold_truth(sandbox: SandboxProcess, code: str) -> str:
    """Who holds the voucher, by the issuer's word."""
    voucher = sandbox.voucher(code)
    if voucher["times_used"]:
        return OTHER
    held = voucher["reserved_for"]
    return FREE if held is None else HELD if held["bill_number"] == "B1" else OTHER


@pytest.mark.parametrize("fault", RESERVE)
def test_reserve(reserving_till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """Nothing is used; the hold is known in the end, and the sale can be finished or given up without a lock left."""
    till = reserving_till
    at_once, settled, wanted = RESERVE[fault]
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    arm(sandbox, "*" if KINDS[fault].only else "reserve", fault)
    bill.confirm(loss_accepted=True)
    assert (till.row().state, till.row().hold) == (UNSENT, at_once)
    if fault == "late_commit":
        until(lambda: hold_truth(sandbox, code) == HELD)
    sandbox.faults([])
    till.settle_to_rest()
    assert (till.row().state, till.row().hold, hold_truth(sandbox, code)) == (UNSENT, settled, wanted)
    assert requests(sandbox, "reserve") <= 1
    bill.drop()
    till.settle_to_rest()
    assert (till.row().state, hold_truth(sandbox, code)) == (DROPPED, FREE)
    assert all(entry.work is Work.RECHECK for entry in till.journal.outbox()), (
        "only the look after the day's end is left"
    )
    till.clock.pass_s(24 * 3600)
    till.settle_to_rest()
    assert (till.journal.outbox(), till.journal.cases()) == ((), ())


@pytest.mark.parametrize("fault", MARK_USE)
def test_mark_use_of_a_held_voucher(reserving_till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """As without a hold; what was not used is still held and can be used."""
    till = reserving_till
    at_once, settled, wanted = MARK_USE[fault]
    code = sandbox.labelled("plain")[0]
    bill = till.sold(code)
    assert bill.view().phase is Phase.HELD
    arm(sandbox, "*" if fault == "no_redemptions" else "mark_use", fault)
    bill.confirm(loss_accepted=True)
    assert till.row().state == at_once
    if fault == "late_commit":
        until(lambda: truth(sandbox, code) == USED)
    sandbox.faults([])
    till.settle_to_rest()
    assert (till.row().state, truth(sandbox, code)) == (settled, wanted)
    if settled == UNSENT:
        assert till.row().hold is Hold.HELD
        bill.confirm(loss_accepted=True)
        assert till.row().state == DONE
    assert broken_promises(till.journal, used_for(sandbox, "B1"), at_rest=True) == []


# ---------------------------------------------------------------- unreserve

RELEASE: dict[str, Hold] = {
    # fault: hold at once; in the end every voucher is free
    **dict.fromkeys(("refuse_connection", "wrong_certificate", "wrong_host", "tls11_only"), Hold.HELD),
    **dict.fromkeys(("late_commit", "drop_before", "http_500_before", "html_200", "throttle_209", "redirect_302",
                     "http_403", "http_404", "http_429", "data_null", "other_code_in_data", "success_missing",
                     "drop_after", "http_500_after", "empty_body", "broken_json", "huge_body", "drip",
                     "half_answer"), Hold.UNKNOWN),
    **dict.fromkeys(("delay", "return_code_number", "no_redemptions", "state_contradiction", "clock_offset",
                     "used_elsewhere_between"), Hold.RELEASED),
}  # fmt: skip


@pytest.mark.parametrize("fault", RELEASE)
def test_unreserve(reserving_till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """Whatever breaks off, the customer's voucher is free in the end."""
    till = reserving_till
    code = sandbox.labelled("plain")[0]
    bill = till.sold(code)
    arm(sandbox, "*" if KINDS[fault].only else "unreserve", fault)
    bill.drop()
    assert (till.row().state, till.row().hold) == (DROPPED, RELEASE[fault])
    if fault == "late_commit":
        until(lambda: hold_truth(sandbox, code) == FREE)
    sandbox.faults([])
    till.settle_to_rest()
    assert hold_truth(sandbox, code) == FREE
    assert till.row().hold in (Hold.NONE, Hold.RELEASED)
    assert till.journal.outbox() == ()


# ---------------------------------------------------------------- check

USABLE, REFUSED_LINE, UNCHECKED = LineStatus.USABLE, LineStatus.REFUSED, LineStatus.UNCHECKED
CHECK: dict[str, tuple[LineStatus, str | None, bool]] = {
    # fault: (the line, why, may it be taken offline)
    **dict.fromkeys(("refuse_connection", "wrong_certificate", "wrong_host", "tls11_only"),
                    (UNCHECKED, "offline", True)),
    **dict.fromkeys(("late_commit", "drop_before", "http_500_before", "html_200", "success_missing", "drop_after",
                     "http_500_after", "empty_body", "broken_json", "huge_body", "drip", "half_answer"),
                    (UNCHECKED, "asking_failed", True)),
    **dict.fromkeys(("redirect_302", "http_403", "http_404"), (UNCHECKED, "asking_failed", False)),
    **dict.fromkeys(("throttle_209", "http_429"), (UNCHECKED, "throttled", False)),
    **dict.fromkeys(("delay", "used_elsewhere_between", "return_code_number", "no_redemptions", "clock_offset"),
                    (USABLE, None, False)),
    **dict.fromkeys(("data_null", "other_code_in_data"), (REFUSED_LINE, "value_unknown", False)),
    "state_contradiction": (REFUSED_LINE, "contradiction", False),
}  # fmt: skip


@pytest.mark.parametrize("fault", CHECK)
def test_check(till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """A fault never makes a voucher usable; offline is offered only where nothing could be asked."""
    wanted, reason, offered = CHECK[fault]
    code = sandbox.labelled("plain")[0]
    arm(sandbox, "*" if KINDS[fault].only else "check", fault)
    bill = till.bill()
    bill.scan(code)
    (line,) = bill.view().lines
    assert (line.status, line.reason and line.reason.value) == (wanted, reason)
    assert (bill.view().phase is Phase.OFFERED) == offered
    if wanted is not USABLE:
        sandbox.faults([])
        bill.confirm(loss_accepted=True)
        assert truth(sandbox, code) == NOT_USED, "what was not found usable is not sent"
        bill.check_again(line.id)
        assert bill.view().lines[0].status is USABLE


def test_an_inquiry_without_redemptions_is_a_case_and_never_a_resend(till: Rig, sandbox: SandboxProcess) -> None:
    """§15: must end as "undecidable"."""
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    sandbox.faults([
        {"operation": "mark_use", "fault": "drop_after"}, {"operation": "check", "fault": "no_redemptions"}
    ])  # fmt: skip
    bill.confirm()
    till.settle_to_rest()
    assert till.row().state == UNKNOWN
    assert [case.kind for case in till.journal.cases()] == [CaseKind.UNDECIDABLE]
    till.clock.pass_s(4000)
    till.settle(now=True)
    assert requests(sandbox, "mark_use") == 1
    sandbox.faults([])
    bill.ask_again()
    assert till.row().state == DONE, "asked by a person, the issuer's better answer counts"


@pytest.mark.parametrize("fault", ["drop_before", "http_500_before", "throttle_209", "half_answer", "html_200"])
def test_inquiries_that_fail_go_on_until_one_is_answered(till: Rig, sandbox: SandboxProcess, fault: str) -> None:
    """Lost call, then lost inquiries: 5 s, 15 s, 60 s, 5 min; nothing is decided without an answer."""
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    sandbox.faults([
        {"operation": "mark_use", "fault": "drop_after"}, {"operation": "check", "fault": fault}
    ])  # fmt: skip
    bill.confirm()
    for _ in range(3):
        till.clock.pass_s(till.settler.next_due_s() + 0.01)
        till.settle()
        assert till.row().state == UNKNOWN
    assert till.journal.outbox()[0].unanswered == 3
    sandbox.faults([])
    till.settle_to_rest()
    assert till.row().state == USED_NOT_GIVEN


# ---------------------------------------------------------------- set-up faults


@pytest.mark.parametrize(("settings", "code_told"), [
    ({"pin": "0000"}, "gotit.pin_"),
    ({"path_prefix": "/merchant/v5"}, "gotit.caller_refused"),
])  # fmt: skip
def test_a_till_set_up_wrongly_says_so_and_stops_asking_by_itself(
    tmp_path: Path, sandbox: SandboxProcess, settings: dict[str, Any], code_told: str
) -> None:
    """Nothing is sent; the queue waits until a person's call goes through."""
    (till,) = [next(iterator := make_till(tmp_path, sandbox, **settings))]
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    message = bill.view().message
    assert message is not None
    assert message.code.startswith(code_told)
    assert till.issuers.gate.fault is not None
    asked = len(sandbox.log())
    till.settle_to_rest()
    assert len(sandbox.log()) == asked
    assert truth(sandbox, code) == NOT_USED
    iterator.close()  # type: ignore[attr-defined]


def test_a_wrong_ca_sends_nothing(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """Another authority's certificate is trusted by nobody here."""
    other = tmp_path / "other.pem"
    with SandboxProcess() as stranger:
        other.write_bytes(stranger.ca_file.read_bytes())
    iterator = make_till(tmp_path / "till", sandbox, ca_file=other)
    till = next(iterator)
    code = sandbox.labelled("plain")[0]
    bill = till.bill()
    bill.scan(code)
    assert bill.view().lines[0].status is LineStatus.UNCHECKED
    assert till.issuers.link.fault is not None
    assert till.issuers.link.fault.code == "net.tls_untrusted"
    assert sandbox.log() == []
    iterator.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_an_hour_off_stops_offline_acceptance_only(till: Rig, sandbox: SandboxProcess, hours: int) -> None:
    """The issuer judges by its own clock; ours is shown as wrong, and nothing is taken at the shop's risk."""
    code, other = sandbox.labelled("plain")[:2]
    sandbox.faults([{"operation": "*", "fault": "clock_offset", "seconds": hours * 3600}])
    assert till.sold(code).view().phase is Phase.DONE
    view = till.issuers.watch.view()
    assert not view.trusted
    assert view.offset_s == pytest.approx(hours * 3600, abs=5)
    bill = till.bill("B2")
    bill.scan(other)
    sandbox.pull_cable()
    bill.confirm()
    bill.accept_offline()
    assert till.journal.risk().count == 0
