"""The port's promises against the sandbox issuer over real TLS: every sample voucher, both flows, every fault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, SetupFault, Throttled
from pos.domain.reasons import Reason
from pos.domain.voucher import CallDone, CallRefused, MarkedUsed, NotUsable, Proof, Usable
from pos.providers.gotit.client import GotIt
from pos.providers.registry import ProviderSettings, build_provider
from pos.sandbox.faults import KINDS
from pos.till.ports import Trace
from tests.providers.steady_clock import SteadyClock
from tests.providers.vectors import a_bill
from tests.sandbox_process import SandboxProcess

DEADLINE_S = 0.8
GOODS = (SkuLine("TRA-DAO-L", 2, 55_000), SkuLine("BANH-MI-01", 5, 31_000))
BILL = a_bill(skus=GOODS)


@contextmanager
def connected(sandbox: SandboxProcess, **settings: Any) -> Iterator[GotIt]:
    settings = {"pin": sandbox.pin, "ca_file": sandbox.ca_file, "deadline_s": DEADLINE_S, **settings}
    issuer = build_provider("gotit", ProviderSettings(sandbox.url, **settings), SteadyClock())
    try:
        yield issuer
    finally:
        issuer.close()


@pytest.fixture
def issuer(sandbox: SandboxProcess) -> Iterator[GotIt]:
    with connected(sandbox) as issuer:
        yield issuer


def sample(sandbox: SandboxProcess, label: str = "plain", nth: int = 0) -> VoucherCode:
    return VoucherCode(sandbox.labelled(label)[nth])


class Requests:
    """Counts the requests that came since it was made; a late one of an earlier test does not count."""

    def __init__(self, sandbox: SandboxProcess, operation: str) -> None:
        self._sandbox = sandbox
        self._operation = operation
        self._before = max((entry["n"] for entry in sandbox.log()), default=0)

    def __len__(self) -> int:
        return sum(entry["n"] > self._before for entry in self._sandbox.log(self._operation))


def use(issuer: GotIt, *codes: VoucherCode, reserving: bool = False, trace: Trace | None = None) -> Any:
    return issuer.mark_used(codes, BILL, (), reserving=reserving, trace=trace or Trace())


def inquire(issuer: GotIt, code: VoucherCode, bill: Bill = BILL) -> Proof:
    return issuer.inquire(code, bill, reserving=False, trace=Trace()).proof


# ---------------------------------------------------------------- vouchers

REFUSED = {
    "inactive": Reason.NOT_ACTIVE, "used": Reason.ALREADY_USED, "expired": Reason.EXPIRED,
    "cancelled": Reason.CANCELLED, "splitted": Reason.SPLIT, "reserved elsewhere": Reason.HELD_ELSEWHERE,
    "reserved by another bill": Reason.HELD_ELSEWHERE, "other store": Reason.OTHER_STORE,
    "service fee": Reason.NEEDS_CONSENT, "refused 204": Reason.CODE_UNKNOWN,
    "refused 246": Reason.PRODUCT_MISCONFIGURED, "refused 248": Reason.SKU_CATEGORY,
    "refused 256": Reason.CAMPAIGN_COUNT_USED_UP, "refused 257": Reason.CAMPAIGN_VALUE_USED_UP,
    "least order 300,000": Reason.TOTAL_NOT_ENOUGH, "least order 1,000,000": Reason.TOTAL_NOT_ENOUGH,
    "starts 2099": Reason.OUTSIDE_PERIOD, "no weekday left": Reason.OUTSIDE_PERIOD,
}  # fmt: skip
USABLE_WITH = {
    "plain": (), "large": (), "type S": (), "promo A": (), "promo B, no other campaign": (), "promo C, no cash": (),
    "promo D, one of its campaign": (), "sku tea": GOODS, "sku bread, two pieces": GOODS,
    "sku tea, least order 200,000": GOODS, "sku tea, no other goods sent": GOODS[:1],
}  # fmt: skip


def test_every_sample_voucher_is_read_as_what_it_is(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """Whatever the issuer can have in store, the till says why it is taken or not, and which goods go with it."""
    for voucher in sandbox.state()["vouchers"]:
        label, code = voucher["label"], VoucherCode(voucher["code"])
        trace = Trace()
        said = issuer.check(code, BILL, reserving=False, trace=trace)
        if isinstance(said, Usable):
            assert (label, said.skus) == (label, USABLE_WITH[label])
        else:
            assert (label, said.reason) == (label, REFUSED[label])
        assert trace.answered
        assert trace.issuer_utc is not None
        assert abs(trace.issuer_utc - datetime.now(UTC)) < timedelta(seconds=10)
        assert voucher["code"] not in (trace.raw or "")


def test_a_code_that_is_none_is_wrong(issuer: GotIt) -> None:
    """203: scan again."""
    said = issuer.check(VoucherCode("0000000000"), BILL, reserving=False, trace=Trace())
    assert isinstance(said, NotUsable)
    assert said.reason is Reason.CODE_WRONG


def test_goods_bound_voucher_without_its_goods(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """The cashier is told which goods it is for; nothing is sent twice for it."""
    for goods in ((), (SkuLine("CA-PHE-SUA", 1, 29_000),)):
        requests = Requests(sandbox, "check")
        said = issuer.check(sample(sandbox, "sku tea"), replace(BILL, skus=goods), reserving=False, trace=Trace())
        assert isinstance(said, NotUsable)
        assert said.reason is Reason.NOT_ON_BILL
        assert "TRA-DAO-L" in said.detail.skus
        assert len(requests) == 1


def test_too_few_goods(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """243 names the goods."""
    bill = replace(BILL, skus=(SkuLine("BANH-MI-01", 1, 31_000),))
    said = issuer.check(sample(sandbox, "sku bread, two pieces"), bill, reserving=False, trace=Trace())
    assert isinstance(said, NotUsable)
    assert said.reason is Reason.SKU_TOO_FEW


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (("type S", "type S"), Reason.TOO_MANY_OF_KIND),
        (("promo A", "promo B, no other campaign"), Reason.STACK_OTHER_CAMPAIGN),
        (("plain", "promo C, no cash"), Reason.STACK_CASH),
        (("promo D, one of its campaign",) * 2, Reason.STACK_SAME_CAMPAIGN),
        (("plain", "used"), Reason.ALREADY_USED),
    ],
)
def test_stacking_shows_in_the_joint_check_only(
    sandbox: SandboxProcess, issuer: GotIt, labels: tuple[str, str], reason: Reason
) -> None:
    """Each is fine alone; together the answer names the culprit."""
    codes = tuple(sample(sandbox, label, nth if labels[0] == labels[1] else 0) for nth, label in enumerate(labels))
    said = issuer.check_together(codes, BILL, (), reserving=False, trace=Trace())
    assert isinstance(said, CallRefused)
    assert (said.reason, said.culprit in codes) == (reason, True)


# ---------------------------------------------------------------- flows


def test_direct_flow(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """Check, joint check, mark-use; the record then says it was us, for another bill it was another."""
    codes = (sample(sandbox, nth=3), sample(sandbox, nth=9))
    assert issuer.check_together(codes, BILL, (), reserving=False, trace=Trace()) == CallDone()
    assert [inquire(issuer, code) for code in codes] == [Proof.NOT_USED] * 2
    done = use(issuer, *codes)
    assert isinstance(done, MarkedUsed)
    assert done.transaction_id
    assert [(v.code, v.worth_vnd) for v in done.vouchers] == [
        (code, sandbox.voucher(code.reveal())["value"]) for code in codes
    ]
    for code in codes:
        truth = sandbox.voucher(code.reveal())
        assert (truth["state"], truth["bill_number"], truth["times_used"]) == (4, BILL.number, 1)
        assert inquire(issuer, code) is Proof.USED_BY_US
        assert inquire(issuer, code, replace(BILL, number="HN03-T2-20251121-000149")) is Proof.USED_ELSEWHERE
    again = use(issuer, codes[0])
    assert isinstance(again, CallRefused)
    assert (again.reason, again.culprit) == (Reason.ALREADY_USED, codes[0])


def test_conditional_voucher_takes_its_goods_along(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """What the check said is worth is what the mark-use takes."""
    code = sample(sandbox, "sku tea, no other goods sent")
    said = issuer.check(code, BILL, reserving=False, trace=Trace())
    assert isinstance(said, Usable)
    assert inquire(issuer, code) is Proof.NOT_USED  # asked again with goods by itself
    done = issuer.mark_used((code,), BILL, said.skus, reserving=False, trace=Trace())
    assert isinstance(done, MarkedUsed)
    assert done.vouchers[0].worth_vnd == said.worth_vnd
    evidence = issuer.inquire(code, BILL, reserving=False, trace=Trace())
    assert (evidence.proof, evidence.worth_vnd) == (Proof.USED_BY_US, said.worth_vnd)


def test_reserving_flow(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """Hold, see our own hold, use it; another bill can do nothing with it."""
    code, trace = sample(sandbox), Trace()
    other = replace(BILL, number="HN03-T2-20251121-000149")
    assert isinstance(issuer.check(code, BILL, reserving=True, trace=trace), Usable)
    assert issuer.reserve((code,), BILL, (), trace=trace) == CallDone()
    held = issuer.check(code, BILL, reserving=True, trace=trace)
    assert isinstance(held, Usable)
    assert held.held_for_us
    assert issuer.inquire(code, BILL, reserving=True, trace=trace).proof is Proof.HELD_BY_US
    assert issuer.inquire(code, other, reserving=True, trace=trace).proof is Proof.HELD_ELSEWHERE
    for refused, reason in (
        (issuer.check(code, other, reserving=True, trace=trace), Reason.HELD_ELSEWHERE),
        (issuer.reserve((code,), other, (), trace=trace), Reason.HELD_ELSEWHERE),
        (issuer.release((code,), other, trace=trace), Reason.HOLD_MISMATCH),
        (issuer.mark_used((code,), other, (), reserving=True, trace=trace), Reason.HELD_ELSEWHERE),
    ):
        assert isinstance(refused, NotUsable | CallRefused)
        assert refused.reason is reason
    assert isinstance(use(issuer, code, reserving=True), MarkedUsed)
    assert inquire(issuer, code) is Proof.USED_BY_US


def test_release(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """A hold given up is gone; a second release says so; mark-use without a hold is refused."""
    code = sample(sandbox)
    before = sandbox.voucher(code.reveal())["state"]
    assert issuer.reserve((code,), BILL, (), trace=Trace()) == CallDone()
    assert issuer.release((code,), BILL, trace=Trace()) == CallDone()
    assert sandbox.voucher(code.reveal())["state"] == before
    for refused in (issuer.release((code,), BILL, trace=Trace()), use(issuer, code, reserving=True)):
        assert isinstance(refused, CallRefused)
        assert refused.reason is Reason.NOT_HELD


@pytest.mark.parametrize("pin", ["0000", ""])
def test_a_wrong_pin_stops_everything_and_does_nothing(sandbox: SandboxProcess, pin: str) -> None:
    """Provably not done: a set-up fault on every call."""
    code, trace = sample(sandbox), Trace()
    with connected(sandbox, pin=pin) as issuer:
        calls: tuple[Callable[[], object], ...] = (
            lambda: issuer.check(code, BILL, reserving=False, trace=trace),
            lambda: issuer.inquire(code, BILL, reserving=False, trace=trace),
            lambda: issuer.check_together((code,), BILL, (), reserving=False, trace=trace),
            lambda: use(issuer, code),
            lambda: issuer.reserve((code,), BILL, (), trace=trace),
            lambda: issuer.release((code,), BILL, trace=trace),
        )
        for call in calls:
            with pytest.raises(SetupFault, match=r"gotit\.pin_(wrong|unknown|missing)"):
                call()
    assert sandbox.voucher(code.reveal())["state"] != 4


# ---------------------------------------------------------------- faults

DONE, NOT_DONE = Proof.USED_BY_US, Proof.NOT_USED
MARK_USE_FAULTS: dict[str, tuple[type[ProviderError] | type[MarkedUsed] | type[CallRefused], str | None, Proof]] = {
    "refuse_connection": (NotSent, None, NOT_DONE),
    "wrong_certificate": (NotSent, "net.tls_untrusted", NOT_DONE),
    "wrong_host": (NotSent, "net.tls_host", NOT_DONE),
    "tls11_only": (NotSent, "net.tls_version", NOT_DONE),
    "delay": (MarkedUsed, None, DONE),
    "late_commit": (OutcomeUnknown, "net.read_timeout", NOT_DONE),
    "drop_before": (OutcomeUnknown, "net.closed", NOT_DONE),
    "http_500_before": (OutcomeUnknown, "http.5xx", NOT_DONE),
    "html_200": (OutcomeUnknown, "http.not_json", NOT_DONE),
    "throttle_209": (Throttled, "gotit.throttled", NOT_DONE),
    "redirect_302": (OutcomeUnknown, "http.redirect", NOT_DONE),
    "http_403": (OutcomeUnknown, "http.4xx", NOT_DONE),
    "http_404": (OutcomeUnknown, "http.4xx", NOT_DONE),
    "http_429": (OutcomeUnknown, "http.4xx", NOT_DONE),
    "used_elsewhere_between": (CallRefused, None, Proof.USED_ELSEWHERE),
    "data_null": (OutcomeUnknown, "gotit.success_unproven", DONE),
    "return_code_number": (MarkedUsed, None, DONE),
    "no_redemptions": (MarkedUsed, None, DONE),  # of checks only, see below
    "other_code_in_data": (OutcomeUnknown, "gotit.success_unproven", DONE),
    "success_missing": (OutcomeUnknown, "http.no_verdict", DONE),
    "state_contradiction": (OutcomeUnknown, "gotit.success_unproven", DONE),
    "drop_after": (OutcomeUnknown, "net.closed", DONE),
    "http_500_after": (OutcomeUnknown, "http.5xx", DONE),
    "empty_body": (OutcomeUnknown, "http.not_json", DONE),
    "broken_json": (OutcomeUnknown, "http.not_json", DONE),
    "huge_body": (OutcomeUnknown, "net.too_big", DONE),
    "drip": (OutcomeUnknown, "net.deadline", DONE),
    "half_answer": (OutcomeUnknown, "net.closed", DONE),
    "clock_offset": (MarkedUsed, None, DONE),
}  # fmt: skip
SECONDS = {"delay": 0.1, "drip": 0.05, "late_commit": 1.2, "clock_offset": -3600.0}


def arm(sandbox: SandboxProcess, operation: str, fault: str, **more: Any) -> None:
    armed = {"operation": operation, "fault": fault, **more}
    if fault in SECONDS:
        armed["seconds"] = SECONDS[fault]
    sandbox.faults([armed])


def test_the_matrix_has_every_fault() -> None:
    """A fault added to the sandbox needs its line here."""
    assert set(MARK_USE_FAULTS) == set(CHECK_FAULTS) == set(KINDS)


@pytest.mark.parametrize("fault", MARK_USE_FAULTS)
def test_mark_use_under_a_fault_ends_as_it_must_and_the_inquiry_tells_the_truth(
    sandbox: SandboxProcess, issuer: GotIt, fault: str
) -> None:
    """Never "used" or "refused" without the issuer's clear word, never sent twice, and never undecidable."""
    code, trace, requests = sample(sandbox), Trace(), Requests(sandbox, "mark_use")
    arm(sandbox, "*" if fault == "no_redemptions" else "mark_use", fault)
    if fault == "refuse_connection":
        issuer.check(code, BILL, reserving=False, trace=Trace())
    ending, wanted, truth = MARK_USE_FAULTS[fault]
    try:
        outcome = use(issuer, code, trace=trace)
    except ProviderError as error:
        outcome = error
    assert type(outcome) is ending
    assert wanted in (None, trace.failure)
    assert trace.answered == (ending in (MarkedUsed, CallRefused, Throttled) or wanted == "gotit.success_unproven")
    assert len(requests) <= 1
    sandbox.faults([])
    assert inquire(issuer, code) is truth
    if fault == "late_commit":
        assert _becomes(lambda: inquire(issuer, code), DONE)


def _becomes(read: Callable[[], object], wanted: object, within_s: float = 10.0) -> bool:
    """Poll a value that another process changes."""
    ends = time.monotonic() + within_s
    pause = threading.Event()
    while time.monotonic() < ends:
        if read() == wanted:
            return True
        pause.wait(0.05)
    return False


USABLE, ONCE_MORE = "usable", "usable on the second try"
CHECK_FAULTS: dict[str, tuple[object, str | None]] = {
    "refuse_connection": (NotSent, None),
    "wrong_certificate": (NotSent, "net.tls_untrusted"),
    "wrong_host": (NotSent, "net.tls_host"),
    "tls11_only": (NotSent, "net.tls_version"),
    "delay": (USABLE, None),
    "late_commit": (ONCE_MORE, "net.read_timeout"),
    "drop_before": (ONCE_MORE, "net.closed"),
    "http_500_before": (ONCE_MORE, "http.5xx"),
    "html_200": (OutcomeUnknown, "http.not_json"),
    "throttle_209": (Throttled, "gotit.throttled"),
    "redirect_302": (SetupFault, "gotit.redirected"),
    "http_403": (SetupFault, "gotit.ip_not_listed"),
    "http_404": (SetupFault, "gotit.caller_refused"),
    "http_429": (Throttled, "gotit.throttled"),
    "used_elsewhere_between": (USABLE, None),
    "data_null": (Reason.VALUE_UNKNOWN, None),
    "return_code_number": (USABLE, None),
    "no_redemptions": (USABLE, None),
    "other_code_in_data": (Reason.VALUE_UNKNOWN, None),
    "success_missing": (OutcomeUnknown, "http.no_verdict"),
    "state_contradiction": (Reason.CONTRADICTION, None),
    "drop_after": (ONCE_MORE, "net.closed"),
    "http_500_after": (ONCE_MORE, "http.5xx"),
    "empty_body": (OutcomeUnknown, "http.not_json"),
    "broken_json": (OutcomeUnknown, "http.not_json"),
    "huge_body": (OutcomeUnknown, "net.too_big"),
    "drip": (ONCE_MORE, "net.deadline"),
    "half_answer": (ONCE_MORE, "net.closed"),
    "clock_offset": (USABLE, None),
}


def checked(issuer: GotIt, code: VoucherCode) -> tuple[object, str | None]:
    """How a check ended: kind and, for a failure, its code."""
    try:
        said = issuer.check(code, BILL, reserving=False, trace=Trace())
    except ProviderError as error:
        return type(error), error.code
    return (USABLE if isinstance(said, Usable) else said.reason), None


@pytest.mark.parametrize("fault", CHECK_FAULTS)
def test_check_under_a_fault(sandbox: SandboxProcess, issuer: GotIt, fault: str) -> None:
    """§8, outcomes without a result code: asked once more where that may help, otherwise told what is wrong."""
    code, requests = sample(sandbox), Requests(sandbox, "check")
    wanted, failure = CHECK_FAULTS[fault]
    operation = "*" if fault == "used_elsewhere_between" else "check"
    if wanted == ONCE_MORE:
        arm(sandbox, operation, fault, times=1)
        assert checked(issuer, code) == (USABLE, None)
        assert len(requests) == 2
        arm(sandbox, operation, fault)
        assert checked(issuer, code) == (OutcomeUnknown, failure)
        assert len(requests) == 4
    else:
        arm(sandbox, operation, fault)
        kind, code_told = checked(issuer, code)
        assert kind == wanted
        assert failure in (None, code_told)
        assert len(requests) <= 1


def test_used_without_redemptions_is_undecidable(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """§12: nobody says for which bill: a person decides, nothing is sent again."""
    code = sample(sandbox)
    use(issuer, code)
    arm(sandbox, "check", "no_redemptions")
    assert inquire(issuer, code) is Proof.UNDECIDABLE


def test_refusal_with_a_number_for_a_code(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """§14 no. 35."""
    arm(sandbox, "*", "return_code_number")
    said = use(issuer, sample(sandbox, "expired"))
    assert isinstance(said, CallRefused)
    assert said.reason is Reason.EXPIRED


def test_the_issuer_s_clock_is_passed_on(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """A till whose clock is an hour off can be told so."""
    arm(sandbox, "check", "clock_offset")
    trace = Trace()
    issuer.check(sample(sandbox), BILL, reserving=False, trace=trace)
    assert trace.issuer_utc is not None
    assert abs(trace.issuer_utc + timedelta(hours=1) - datetime.now(UTC)) < timedelta(seconds=10)


def test_pulled_cable_is_noticed_and_mended(sandbox: SandboxProcess, issuer: GotIt) -> None:
    """The kept connection is gone: not sent; back again: the next call goes through."""
    code = sample(sandbox)
    issuer.reach()
    assert checked(issuer, code)[0] == USABLE
    sandbox.pull_cable()
    with pytest.raises(NotSent):
        issuer.reach()
    # A call on the kept connection may still run into its end; from then on nothing leaves.
    assert _becomes(lambda: checked(issuer, code)[0], NotSent)
    with pytest.raises(NotSent):
        use(issuer, code)
    sandbox.plug_in()
    issuer.reach()
    assert isinstance(use(issuer, code), MarkedUsed)
