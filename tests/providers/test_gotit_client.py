"""Got It's answers through the port, on paper: each vector is one exchange and what the till must make of it."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.bill import SkuLine
from pos.domain.codes import VoucherCode
from pos.domain.errors import NotSent, OutcomeUnknown, ProviderError, RuleBroken, SetupFault, Throttled
from pos.domain.voucher import CallDone, CallRefused, Evidence, MarkedUsed, NotUsable, Proof, Usable
from pos.providers.gotit.client import GotIt, GotItSettings
from pos.providers.gotit.verdicts import ERROR_CODES
from pos.providers.http import UNKNOWN_CODES
from pos.providers.registry import ProviderSettings
from pos.till.ports import Trace, VoucherProvider
from tests.providers.paper_post import PaperPost
from tests.providers.test_gotit_wire import ENVELOPES
from tests.providers.vectors import CODE, OTHER_CODE, PIN, a_bill, load, sku_lines

ANSWERS = load("answers")
CHANGING = ("mark_used", "reserve", "release")
CALLS = ("check", "inquire", "together", *CHANGING)


def gotit(*answers: Any) -> tuple[GotIt, PaperPost]:
    post = PaperPost(answers)
    return GotIt(post, GotItSettings(PIN)), post


def ask(
    issuer: VoucherProvider,
    call: str,
    *,
    codes: tuple[VoucherCode, ...] = (CODE,),
    skus: tuple[SkuLine, ...] = (),
    reserving: bool = False,
    trace: Trace | None = None,
) -> Any:
    """One call of the port by name."""
    bill, trace = a_bill(skus=skus), trace or Trace()
    calls: dict[str, Callable[[], Any]] = {
        "check": lambda: issuer.check(codes[0], bill, reserving=reserving, trace=trace),
        "inquire": lambda: issuer.inquire(codes[0], bill, reserving=reserving, trace=trace),
        "together": lambda: issuer.check_together(codes, bill, skus, reserving=reserving, trace=trace),
        "mark_used": lambda: issuer.mark_used(codes, bill, skus, reserving=reserving, trace=trace),
        "reserve": lambda: issuer.reserve(codes, bill, skus, trace=trace),
        "release": lambda: issuer.release(codes, bill, trace=trace),
    }
    return calls[call]()


def as_vector(outcome: Any, wanted: dict[str, Any]) -> dict[str, Any]:
    """What came of a call, in the words of the vectors; only what the vector asks for."""
    detail = getattr(outcome, "detail", None)
    told: dict[str, Any]
    match outcome:
        case Usable():
            told = {
                "usable": outcome.worth_vnd, "face": outcome.face_vnd, "conditional": outcome.conditional,
                "held": outcome.held_for_us, "skus_sent": [[s.sku, s.quantity, s.price_vnd] for s in outcome.skus],
                "redeems": [[s.sku, s.quantity, s.price_vnd] for s in outcome.redeems],
            }  # fmt: skip
        case NotUsable():
            told = {"not_usable": outcome.reason.value}
        case CallRefused():
            told = {"refused": outcome.reason.value, "culprit": outcome.culprit and outcome.culprit.reveal()}
        case Evidence():
            told = {"evidence": outcome.proof.value, "worth": outcome.worth_vnd, "reason": outcome.reason}
        case MarkedUsed():
            told = {"used": [v.worth_vnd for v in outcome.vouchers], "transaction_id": outcome.transaction_id}
        case CallDone():
            told = {"done": True}
        case _:
            told = {"raises": type(outcome).__name__, "code": outcome.code}
    if detail is not None:
        told |= {
            "used_at": detail.used_at, "store_vi": detail.store_vi, "skus": list(detail.skus), "code": detail.code,
            "excluded": list(detail.excluded), "order_value": detail.order_value_vnd,
        }  # fmt: skip
    return {name: value for name, value in told.items() if name in wanted}


@pytest.mark.parametrize("vector", ANSWERS, ids=[f"{v['call']}: {v['about']}" for v in ANSWERS])
def test_vector(vector: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    """One exchange of tests/vectors/gotit/answers.json."""
    issuer, post = gotit(*vector["answers"])
    wanted, trace = dict(vector["expect"]), Trace()
    codes = tuple(VoucherCode(c) for c in vector.get("codes", [CODE.reveal()]))
    skus = sku_lines(vector.get("skus", []))
    try:
        with caplog.at_level(logging.WARNING):
            outcome = ask(
                issuer, vector["call"], codes=codes, skus=skus, reserving=vector.get("reserving", False), trace=trace
            )
    except ProviderError as fault:
        outcome = fault
    failed = outcome.code if isinstance(outcome, ProviderError) else None
    assert trace.failure == failed
    assert failed is None or failed in ERROR_CODES
    # After 004 the issuer's work may go on, so it does not count as answered.
    last = vector["answers"][len(post.sent) - 1]
    assert trace.answered == (last.get("return_code") not in ("004", 4))
    asked_with = wanted.pop("asked_with", None)
    if asked_with is not None:
        sent = [post.fields(at).get("skus_info", []) for at in range(len(post.sent))]
        assert [[[s["sku"], s["quantity"], s["price"]] for s in skus] for skus in sent] == asked_with
    assert as_vector(outcome, wanted) == wanted
    assert bool(caplog.records) == vector.get("warns", False)
    assert vector["call"] not in CHANGING or len(post.sent) == 1


def test_paths_and_flag_of_each_call() -> None:
    """§5: four paths; the skip flag is JSON true in the direct flow and left out in the reserving one."""
    wanted = {
        "check": "checkmultiple", "inquire": "checkmultiple", "together": "checkmultiple",
        "mark_used": "usemultiple", "reserve": "reserved", "release": "unreserved",
    }  # fmt: skip
    for call, path in wanted.items():
        for reserving in (False, True):
            issuer, post = gotit(OutcomeUnknown("net.too_big"))
            with pytest.raises(OutcomeUnknown):
                ask(issuer, call, reserving=reserving)
            assert post.sent[0][0] == f"/merchant/v6.0/{path}"
            flagged = not reserving and path in ("checkmultiple", "usemultiple")
            assert post.fields().get("skip_reserved_when_mark_used") is (True if flagged else None)


_REPEATED = {
    "net.read_timeout", "net.write_timeout", "net.deadline", "net.closed", "net.protocol", "http.5xx",
}  # fmt: skip
USABLE = {"success": True, "data": [{"code": CODE.reveal(), "value": 50000, "state": 3}]}


@pytest.mark.parametrize("code", UNKNOWN_CODES)
def test_a_check_is_repeated_once_where_that_may_help(code: str) -> None:
    """§8: time-outs, lost connections and 5xx once; everything else not at all."""
    issuer, post = gotit(OutcomeUnknown(code, status=599), USABLE)
    if code in _REPEATED:
        assert ask(issuer, "check") == Usable(50000, 50000)
        assert post.sent[0] == post.sent[1]
    else:
        with pytest.raises((OutcomeUnknown, SetupFault)):
            ask(issuer, "check")
        assert len(post.sent) == 1
    issuer, post = gotit(OutcomeUnknown(code), OutcomeUnknown(code), USABLE)
    with pytest.raises((OutcomeUnknown, SetupFault)):
        ask(issuer, "check")
    assert len(post.sent) == 1 + (code in _REPEATED)


def test_one_check_repeats_itself_once_in_all() -> None:
    """004 and then a lost connection: the cashier waits for two calls, not four."""
    issuer, post = gotit({"success": False, "return_code": "004"}, OutcomeUnknown("net.closed"), USABLE)
    with pytest.raises(OutcomeUnknown, match=r"net\.closed"):
        ask(issuer, "check")
    assert len(post.sent) == 2


@pytest.mark.parametrize("call", ["inquire", *CHANGING])
@pytest.mark.parametrize("code", UNKNOWN_CODES)
def test_no_other_call_repeats_itself(call: str, code: str) -> None:
    """A changing call is never sent twice; an inquiry keeps to its schedule."""
    issuer, post = gotit(OutcomeUnknown(code), USABLE)
    with pytest.raises((OutcomeUnknown, SetupFault)):
        ask(issuer, call)
    assert len(post.sent) == 1


@pytest.mark.parametrize("call", CALLS)
def test_not_sent_stays_not_sent(call: str) -> None:
    """Offline is told at once, without a second try."""
    issuer, post = gotit(NotSent("net.refused"), USABLE)
    with pytest.raises(NotSent, match=r"net\.refused"):
        ask(issuer, call)
    assert len(post.sent) == 1


@pytest.mark.parametrize(
    ("code", "status", "family", "told"),
    [
        ("http.4xx", 403, SetupFault, "gotit.ip_not_listed"),
        ("http.4xx", 404, SetupFault, "gotit.caller_refused"),
        ("http.4xx", 429, Throttled, "gotit.throttled"),
        ("http.redirect", 302, SetupFault, "gotit.redirected"),
        ("http.odd_status", 201, OutcomeUnknown, "http.odd_status"),
    ],
)
def test_http_status_on_reading_and_on_changing_calls(
    code: str, status: int, family: type[ProviderError], told: str
) -> None:
    """§8: on a check it is about the caller, on a changing call nobody knows."""
    for call in ("check", "inquire", "together"):
        with pytest.raises(family) as caught:
            ask(gotit(OutcomeUnknown(code, status=status))[0], call)
        assert (type(caught.value), caught.value.code, caught.value.params["status"]) == (family, told, status)
    for call in CHANGING:
        with pytest.raises(OutcomeUnknown) as unknown:
            ask(gotit(OutcomeUnknown(code, status=status))[0], call)
        assert unknown.value.code == code


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("body", "code"), [(b"<html>", "http.not_json"), (b"{}", "http.no_verdict")])
def test_a_200_that_is_no_answer_is_unknown(call: str, body: bytes, code: str) -> None:
    """A captive portal says 200 to everything."""
    trace = Trace()
    with pytest.raises(OutcomeUnknown) as caught:
        ask(gotit(body)[0], call, trace=trace)
    assert (caught.value.code, trace.failure, trace.answered) == (code, code, False)


MANY = tuple(VoucherCode(f"{n:010}") for n in range(21))


@pytest.mark.parametrize("call", ["together", *CHANGING])
@pytest.mark.parametrize(
    ("codes", "rule"),
    [((), "rule.no_codes"), (MANY, "rule.too_many_codes"), ((CODE, OTHER_CODE, CODE), "rule.code_twice")],
)
def test_what_must_not_be_sent_is_not_sent(call: str, codes: tuple[VoucherCode, ...], rule: str) -> None:
    """§4, §11: caught here, never asked."""
    issuer, post = gotit()
    with pytest.raises(RuleBroken, match=rule):
        ask(issuer, call, codes=codes)
    assert post.sent == []


@pytest.mark.parametrize(
    ("number", "skus", "rule"),
    [
        ("", (), "rule.bill_number"),
        ("x" * 256, (), "rule.bill_number"),
        ("\ud800", (), "rule.unsendable_text"),
        ("B1", (SkuLine("A", 1, 1), SkuLine("A", 2, 1)), "rule.sku_twice"),
        ("B1", tuple(SkuLine(f"S{n}", 1, 1) for n in range(201)), "rule.too_many_skus"),
    ],
    ids=range(5),
)
def test_bills_that_must_not_be_sent(number: str, skus: tuple[SkuLine, ...], rule: str) -> None:
    """Result codes 210, 230, 242 must never be seen."""
    issuer, post = gotit()
    with pytest.raises(RuleBroken, match=rule):
        issuer.mark_used((CODE,), a_bill(number), skus, reserving=False, trace=Trace())
    with pytest.raises(RuleBroken, match=rule):
        issuer.check(CODE, a_bill(number, skus=skus), reserving=False, trace=Trace())
    assert post.sent == []


def test_twenty_codes_go_in_one_call() -> None:
    """The limit itself is allowed."""
    issuer, post = gotit({"success": True, "data": [{"code": c.reveal()} for c in MANY[1:]]})
    assert isinstance(ask(issuer, "mark_used", codes=MANY[1:]), MarkedUsed)
    assert len(post.fields()["codes"]) == 20


@given(st.sampled_from(CALLS), ENVELOPES, st.booleans())
def test_any_answer_ends_in_the_port_s_terms(call: str, answer: dict[str, Any], reserving: bool) -> None:
    """No answer whatsoever makes the adapter raise anything but the four families."""
    skus = (SkuLine("A", 1, 1000), SkuLine("B", 1, 1000))
    issuer, _ = gotit(answer, answer, answer, answer)
    try:
        outcome = ask(issuer, call, codes=(CODE, OTHER_CODE), skus=skus, reserving=reserving)
    except (OutcomeUnknown, SetupFault, Throttled):
        return
    if call == "mark_used" and isinstance(outcome, MarkedUsed):
        assert answer["success"] is True
        assert sorted(v["code"] for v in answer["data"]) == [CODE.reveal(), OTHER_CODE.reveal()]
    if isinstance(outcome, Evidence) and outcome.proof is Proof.USED_BY_US:
        assert a_bill().number in json.dumps(answer)


@given(ENVELOPES)
def test_a_changing_call_is_refused_only_by_a_code_of_the_table(answer: dict[str, Any]) -> None:
    """A refusal lets the till drop a voucher: it must be the issuer's clear word."""
    issuer, _ = gotit(answer)
    try:
        outcome = ask(issuer, "mark_used")
    except ProviderError:
        return
    if isinstance(outcome, CallRefused):
        assert answer["success"] is False
        assert f"{answer['return_code']:0>3}" in load("codes")


@pytest.mark.parametrize("call", CALLS)
def test_no_secret_in_anything_that_is_kept(call: str, caplog: pytest.LogCaptureFixture) -> None:
    """Codes and PIN are in no exception, trace, log line, message or repr, even if the issuer repeats them."""
    pin = "73058264"  # long, so that no address in a repr holds it by chance
    asked = (CODE,) if call in ("check", "inquire") else (CODE, OTHER_CODE)
    echo = " ".join(["pin", pin, "codes", *(code.reveal() for code in asked)])
    answers = [
        {"success": False, "return_code": code, "message_vi": echo, "message_en": echo,
         "data": [{"code": CODE.reveal(), "state": 3}, {"code": "1122334455667788"}]}
        for code in ("101", "200", "209", "004", "999", echo)
    ]  # fmt: skip
    kept: list[str] = []
    with caplog.at_level(logging.DEBUG):
        for answer in [*answers, {"success": True, "data": answers[0]["data"]}, echo.encode()]:
            issuer, trace = GotIt(PaperPost([answer, answer]), GotItSettings(pin)), Trace()
            try:
                kept.append(repr(ask(issuer, call, codes=asked, trace=trace)))
            except ProviderError as fault:
                kept += [str(fault), repr(fault), *traceback.format_exception(fault)]
            kept += [repr(trace), repr(issuer), repr(GotItSettings(pin)), repr(ProviderSettings("https://x.vn", pin))]
    kept.append(caplog.text)
    for secret in (CODE.reveal(), OTHER_CODE.reveal(), pin, "1122334455667788"):
        assert not any(secret in text for text in kept)


def test_reach_and_close_go_through() -> None:
    """The till asks for the line, and hangs up, without knowing HTTP."""
    issuer, post = gotit()
    issuer.reach()
    issuer.close()
    assert (post.reached, post.closed, post.sent) == (1, 1, [])
    assert (issuer.name, issuer.capabilities.max_codes) == ("gotit", 20)
