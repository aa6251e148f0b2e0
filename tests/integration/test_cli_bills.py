"""Whole bills through the command line, against the issuer over TLS."""

from __future__ import annotations

import json
import unicodedata

import pytest

from pos.i18n import Translator
from tests.integration.counter import Counter
from tests.sandbox_process import SandboxProcess

TEA, BREAD = "TRA-DAO-L:2:55000", "BANH-MI-01:5:31000"


def used_for(sandbox: SandboxProcess, number: str) -> set[str]:
    """Codes the issuer counts as used for this bill."""
    return {v["code"] for v in sandbox.state()["vouchers"] if v["bill_number"] == number and v["state"] == 4}


def test_a_repeated_redeem_never_sends_twice(counter: Counter, sandbox: SandboxProcess) -> None:
    """Same bill, same code: the same answer, one mark-use."""
    code = sandbox.labelled("plain")[0]
    first, second = counter.redeem("B1", code), counter.redeem("B1", code)
    assert (first.status, first.json) == (second.status, second.json) == (0, first.json)
    assert len(sandbox.log("mark_use")) == 1


def test_a_voucher_that_would_take_nothing_off_is_not_used_up(counter: Counter, sandbox: SandboxProcess) -> None:
    """The first covers the bill; nobody was there to agree that the second is lost whole."""
    codes = sandbox.add_plain_vouchers(2, 50_000)
    said = counter.redeem("B1", *codes, total=50_000)
    assert (said.status, said.json["error"]) == (2, "confirm.worth_nothing")
    assert sandbox.log("mark_use") == []
    assert counter.redeem("B1", codes[0], total=50_000).status == 0
    assert used_for(sandbox, "B1") == {codes[0]}


def test_offline_a_voucher_that_would_take_nothing_off_is_not_taken(counter: Counter, sandbox: SandboxProcess) -> None:
    counter.run("people", "add", "Hương", "--role", "manager", stdin="730516\n")
    codes = sandbox.add_plain_vouchers(2, 50_000)
    sandbox.pull_cable()
    words = ("redeem", "--json", "--bill-number", "B1", "--total", "50000", "--declared", "50000",
             "--manager-pin-stdin", *codes)  # fmt: skip
    said = counter.run(*words, stdin="730516\n")
    sandbox.plug_in()
    assert (said.status, said.json["error"]) == (2, "confirm.worth_nothing")
    assert counter.run("queue", "--json").json == []


def test_what_of_a_voucher_is_lost_is_told(counter: Counter, sandbox: SandboxProcess) -> None:
    """A voucher worth more than the bill leaves nothing behind: the words say how much."""
    (code,) = sandbox.add_plain_vouchers(1, 50_000)
    said = counter.run("redeem", "--bill-number", "B1", "--total", "30000", code)
    assert said.status == 0
    assert "20.000" in said.out


def test_a_bill_number_is_one_however_its_letters_are_composed(counter: Counter, sandbox: SandboxProcess) -> None:
    """`Đơn` from another machine may come with its marks apart; it looks the same and is the same bill."""
    code = sandbox.labelled("plain")[0]
    assert counter.redeem(unicodedata.normalize("NFC", "Đơn Lẻ 1"), code).status == 0
    apart = unicodedata.normalize("NFD", "Đơn Lẻ 1")
    assert counter.redeem(apart, code).status == 0
    assert counter.run("report", "timeline", apart).status == 0
    assert len(counter.run("bills", "--json").json) == 1


@pytest.mark.parametrize("language", ["vi", "en"])
def test_lists_for_people_have_no_words_of_the_program(
    counter: Counter, sandbox: SandboxProcess, language: str
) -> None:
    """`bills` and `settle` say outcomes as `redeem` does, and `queue` says what its number counts."""
    words = Translator(language)
    code, doubtful = sandbox.add_plain_vouchers(2, 50_000)
    counter.redeem("B1", code)
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
    assert counter.redeem("B2", doubtful).status == 3
    settled = counter.run("settle", "--once", "--lang", language)
    assert f"••••{doubtful[-4:]}  {words.t('finding.used')}" in settled.err
    listed = counter.run("bills", "--lang", language).out
    assert f"••••{code[-4:]}  {words.money(50_000)}  {words.t('outcome.used')}" in listed


def test_another_total_for_a_sent_bill_is_refused(counter: Counter, sandbox: SandboxProcess) -> None:
    """A bill number belongs to one sale."""
    code, other = sandbox.labelled("plain")[:2]
    counter.redeem("B1", code)
    for codes in ((code,), (code, other)):
        said = counter.redeem("B1", *codes, total=300_000)
        assert said.status == 2
        assert said.json["error"] == "bill.already_sent"
    assert len(sandbox.log("mark_use")) == 1


def test_the_same_code_on_another_bill_is_refused(counter: Counter, sandbox: SandboxProcess) -> None:
    """The till knows what it has taken, without asking anybody."""
    code = sandbox.labelled("plain")[0]
    counter.redeem("B1", code)
    sandbox.clear_log()
    said = counter.redeem("B2", code)
    assert said.status == 1
    assert said.json["outcome"] == "refused"
    assert said.outcomes == [("refused", False, "already_taken_here")]
    assert sandbox.log() == []


def test_a_refused_bill_repeated_tells_the_same(counter: Counter, sandbox: SandboxProcess) -> None:
    """One refusal of one voucher, however often it is tried."""
    code = sandbox.labelled("expired")[0]
    first = counter.redeem("B1", code)
    assert (first.status, first.outcomes) == (1, [("refused", False, "expired")])
    assert counter.redeem("B1", code).json == first.json
    assert counter.bill("B1")["vouchers"] == first.json["vouchers"]


def test_of_several_codes_with_a_bad_one_nothing_is_sent(counter: Counter, sandbox: SandboxProcess) -> None:
    """And without the bad one the same bill goes through."""
    good, bad = sandbox.labelled("plain")[:2], sandbox.labelled("cancelled")[0]
    said = counter.redeem("B1", good[0], bad, good[1])
    assert said.status == 1
    assert sandbox.log("mark_use") == []
    said = counter.redeem("B1", *good)
    assert said.status == 0
    assert used_for(sandbox, "B1") == set(good)
    assert len(sandbox.log("mark_use")) == 1


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        (("type S", "type S"), "too_many_of_kind"),
        (("promo A", "promo B, no other campaign"), "stack_other_campaign"),
        (("plain", "promo C, no cash"), "stack_cash"),
        (("promo D, one of its campaign", "promo D, one of its campaign"), "stack_same_campaign"),
    ],
)
def test_stacking_rules_show_before_anything_is_sent(
    counter: Counter, sandbox: SandboxProcess, labels: tuple[str, str], reason: str
) -> None:
    """Each is usable alone, together they are not."""
    codes = [sandbox.labelled(labels[0])[0], sandbox.labelled(labels[1])[-1]]
    said = counter.redeem("B1", *codes)
    assert said.status == 1
    assert reason in {v["reason"] for v in said.json["vouchers"]}
    assert sandbox.log("mark_use") == []


def test_twenty_codes_are_one_call_and_twenty_one_are_refused(counter: Counter, sandbox: SandboxProcess) -> None:
    """contracts/gotit.md §11."""
    codes = sandbox.add_plain_vouchers(21, 10_000)
    said = counter.redeem("B1", *codes)
    assert said.status == 2
    assert sandbox.log("mark_use") == []
    said = counter.redeem("B2", *codes[:20])
    assert said.status == 0
    assert len(sandbox.log("mark_use")) == 1
    assert used_for(sandbox, "B2") == set(codes[:20])


def test_a_raised_limit_sends_45_codes_in_three_calls_and_stops_at_the_first_failure(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """The second call fails with HTTP 500 before any effect: 20 used, 20 unknown, 5 never sent."""
    counter.here("config", "set", "bill.max_vouchers", "45")
    codes = sandbox.add_plain_vouchers(90, 5_000)
    assert counter.redeem("B1", *codes[:45]).status == 0
    bodies = [json.loads(entry["body"]) for entry in sandbox.log("mark_use")]
    assert [len(body["codes"]) for body in bodies] == [20, 20, 5]
    assert {body["bill_number"] for body in bodies} == {"B1"}
    sandbox.clear_log()
    sandbox.add_vouchers([{**sandbox.voucher(codes[70]), "refusal": None}])
    process_fault = [{"operation": "mark_use", "fault": "used_elsewhere_between", "times": 1}]
    sandbox.faults(process_fault)
    said = counter.redeem("B2", *codes[45:])
    assert said.status == 1
    assert len(sandbox.log("mark_use")) == 1
    assert used_for(sandbox, "B2") == set()
    states = [v["outcome"] for v in said.json["vouchers"]]
    assert (states.count("refused"), states.count("unsent")) == (1, 44)


def test_goods_bound_vouchers(counter: Counter, sandbox: SandboxProcess) -> None:
    """With its goods it is used for what it pays; with too few, other or no goods it says so."""
    tea, bread = sandbox.labelled("sku tea")[0], sandbox.labelled("sku bread, two pieces")[0]
    for number, code, skus, reason in (
        ("B1", tea, (), "not_on_bill"),
        ("B2", tea, (BREAD,), "not_on_bill"),
        ("B3", bread, ("BANH-MI-01:1:31000",), "sku_too_few"),
    ):
        said = counter.sku(number, code, skus=skus)
        assert (said.status, said.outcomes) == (1, [("refused", False, reason)])
    said = counter.sku("B4", tea, bread, skus=(TEA, BREAD))
    assert said.status == 0, said.out
    assert used_for(sandbox, "B4") == {tea, bread}
    assert [v["amount_vnd"] for v in said.json["vouchers"]] == [55_000, 62_000]
    body = json.loads(sandbox.log("mark_use")[0]["body"])
    assert [line["sku"] for line in body["skus_info"]] == ["TRA-DAO-L", "BANH-MI-01"]


def test_repeated_goods_are_merged(counter: Counter, sandbox: SandboxProcess) -> None:
    """242 is prevented here: one line a SKU."""
    tea = sandbox.labelled("sku tea")[0]
    said = counter.sku("B1", tea, skus=("TRA-DAO-L:1:55000", "TRA-DAO-L:1:55000"))
    assert said.status == 0
    assert json.loads(sandbox.log("mark_use")[0]["body"])["skus_info"] == [
        {"sku": "TRA-DAO-L", "quantity": 2, "price": 55000}
    ]  # fmt: skip


def test_a_voucher_worth_more_than_the_bill_takes_off_no_more_than_the_bill(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """No change is given; the second voucher takes the rest."""
    large, small = sandbox.labelled("large")[0], sandbox.labelled("plain")[0]
    said = counter.redeem("B1", small, large, total=150_000)
    assert said.status == 0
    assert [v["amount_vnd"] for v in said.json["vouchers"]] == [20_000, 130_000]


@pytest.mark.parametrize(
    "label",
    [
        "used",
        "inactive",
        "expired",
        "cancelled",
        "splitted",
        "reserved elsewhere",
        "other store",
        "service fee",
        "refused 204",
        "refused 246",
        "refused 256",
    ],
)
def test_every_kind_of_bad_voucher_is_refused_with_its_reason(
    counter: Counter, sandbox: SandboxProcess, label: str
) -> None:
    """Status 1, nothing sent, nothing given, an advice in both languages."""
    code = sandbox.labelled(label)[0]
    said = counter.redeem("B1", code)
    assert said.status == 1
    ((outcome, given, reason),) = said.outcomes
    assert (outcome, given) == ("refused", False)
    assert sandbox.log("mark_use") == []
    for language in ("vi", "en"):
        words = counter.here("--lang", language, "redeem", "--bill-number", "B2", "--total", "9999", code).out
        assert reason
        assert f"reason.{reason}" not in words


# ---------------------------------------------------------------- RESERVE_FLOW


@pytest.fixture
def reserving(counter: Counter) -> Counter:
    """The same till in a store that reserves."""
    assert counter.here("config", "set", "gotit.flow", "reserve").status == 0
    return counter


def test_reserve_then_use(reserving: Counter, sandbox: SandboxProcess) -> None:
    """check, reserve, mark-use with the same bill number, no skip flag."""
    code = sandbox.labelled("plain")[0]
    said = reserving.redeem("B1", code)
    assert (said.status, said.outcomes) == (0, [("used", True, None)])
    operations = [entry["operation"] for entry in sandbox.log()]
    assert operations == ["check", "reserve", "mark_use"]
    assert "skip_reserved_when_mark_used" not in sandbox.log("mark_use")[0]["body"]


def test_a_lost_reserve_is_unknown_and_a_repeat_finishes_it(reserving: Counter, sandbox: SandboxProcess) -> None:
    """Carried out, then dropped: the repeat finds our own hold and goes on with the sale."""
    code = sandbox.labelled("plain")[0]
    sandbox.faults([{"operation": "reserve", "fault": "drop_after", "times": 1}])
    assert reserving.redeem("B1", code).status == 3
    assert sandbox.voucher(code)["reserved_for"]["bill_number"] == "B1"
    said = reserving.redeem("B1", code)
    assert (said.status, said.outcomes) == (0, [("used", True, None)])
    assert len(sandbox.log("reserve")) == 1
    assert sandbox.voucher(code)["times_used"] == 1


def test_an_open_hold_is_released_by_the_next_settle(reserving: Counter, sandbox: SandboxProcess) -> None:
    """The command was killed between reserve and mark-use."""
    code = sandbox.labelled("plain")[0]
    sandbox.faults([{"operation": "mark_use", "fault": "delay", "seconds": 20}])
    process = reserving.start("redeem", "--bill-number", "B1", "--total", "265000", code)
    _until(lambda: bool(sandbox.log("reserve")))
    process.kill()
    process.communicate()
    sandbox.faults([])
    _until(lambda: sandbox.voucher(code)["state"] in (4, 11))
    reserving.settle()
    truth = sandbox.voucher(code)
    assert truth["times_used"] <= 1
    assert truth["state"] != 11 or reserving.bill("B1")["outcome"] == "unknown"


def test_accepted_offline_in_a_reserving_store_is_reserved_and_used_by_settle(
    reserving: Counter, sandbox: SandboxProcess
) -> None:
    """The queue makes both calls."""
    code = sandbox.labelled("plain")[0]
    reserving.run("check", code)
    sandbox.pull_cable()
    said = reserving.redeem("B1", code)
    assert (said.status, said.json["outcome"]) == (4, "accepted_offline")
    sandbox.plug_in()
    assert reserving.settle().status == 0
    assert sandbox.voucher(code)["times_used"] == 1
    assert reserving.bill("B1")["outcome"] == "used"


def _until(true: object, within_s: float = 15.0) -> None:
    """Wait for the sandbox to have seen something."""
    import time

    end = time.monotonic() + within_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "never happened"
        time.sleep(0.02)


# ---------------------------------------------------------------- two programs, one folder


def test_a_second_program_on_the_folder_is_refused_and_readers_are_not(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """A clear sentence, status 2, nothing changed; lists work beside a running till."""
    first, second = sandbox.labelled("plain")[:2]
    counter.redeem("B0", sandbox.labelled("plain")[2])
    sandbox.faults([{"operation": "check", "fault": "delay", "seconds": 6}])
    counter.here("config", "set", "gotit.deadline_s", "20")
    running = counter.start("redeem", "--json", "--bill-number", "B1", "--total", "265000", first)
    _until(lambda: (counter.folder / "lock").exists() and len(sandbox.log("check")) >= 2)
    sandbox.faults([])
    said = counter.redeem("B2", second)
    assert said.status == 2
    assert said.json["error"] == "lock.other_window"
    assert "window" in said.err
    assert [bill["bill_number"] for bill in counter.run("bills", "--json").json] == ["B0"]
    for words in (("queue",), ("journal", "verify"), ("config", "list")):
        assert counter.run(*words).status == 0
    out, _ = running.communicate(timeout=30)
    assert json.loads(out)["outcome"] == "used"
    assert sandbox.voucher(second)["times_used"] == 0
