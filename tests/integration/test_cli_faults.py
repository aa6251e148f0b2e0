"""Exit statuses and JSON of the command line under every fault, and the offline policy from shell to settled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pos.sandbox.faults import KINDS
from tests.integration.counter import Counter, Said
from tests.integration.test_faults import arm
from tests.sandbox_process import SandboxProcess

OFFLINE, UNKNOWN, USED, REFUSED = (4, "accepted_offline"), (3, "unknown"), (0, "used"), (1, "refused")
MARK_USE = {
    **dict.fromkeys(("wrong_certificate", "wrong_host", "tls11_only", "refuse_connection"), OFFLINE),
    **dict.fromkeys(("delay", "return_code_number", "no_redemptions", "clock_offset"), USED),
    "used_elsewhere_between": REFUSED,
}  # fmt: skip
"""The rest is unknown. `refuse_connection` begins with the changing call; the TLS faults are told by the check's
connection already (the voucher was checked before), so the policy speaks."""
CHECK = {
    **dict.fromkeys(("delay", "return_code_number", "no_redemptions", "clock_offset"), USED),
    "used_elsewhere_between": REFUSED,
    **dict.fromkeys(("redirect_302", "http_403", "http_404"), (2, None)),
}  # fmt: skip
"""The rest is refused: nothing was sent, nothing is known of the voucher."""


@pytest.mark.parametrize("fault", [name for name in KINDS if name not in ("drip", "late_commit")])
def test_redeem_under_a_fault_of_mark_use(counter: Counter, sandbox: SandboxProcess, fault: str) -> None:
    """3 for what nobody knows, 0 for the issuer's clear word only; one request."""
    code = sandbox.labelled("plain")[0]
    assert counter.here("check", code).status == 0
    operation = "*" if KINDS[fault].only else "mark_use"
    sandbox.faults([{"operation": operation, "fault": fault, **({"seconds": 0.1} if fault == "delay" else {})}])
    said = counter_redeem(counter, code)
    assert (said.status, said.json["outcome"]) == MARK_USE.get(fault, UNKNOWN)
    assert len(sandbox.log("mark_use")) <= 1
    (voucher,) = said.json["vouchers"]
    assert voucher["given"] == (said.status in (0, 4))
    assert counter.here("journal", "verify").status == 0


@pytest.mark.parametrize("fault", [name for name in KINDS if name not in ("drip", "late_commit")])
def test_redeem_under_a_fault_of_check(counter: Counter, sandbox: SandboxProcess, fault: str) -> None:
    """A voucher never seen as usable is not sent, and not taken offline without its declared value."""
    code = sandbox.labelled("plain")[0]
    arm(sandbox, "*" if KINDS[fault].only else "check", fault)
    said = counter_redeem(counter, code)
    status, outcome = CHECK.get(fault, REFUSED)
    assert said.status == status
    assert said.json.get("outcome") == outcome
    if (status, outcome) != USED and fault != "used_elsewhere_between":
        assert sandbox.log("mark_use") == []
        assert sandbox.voucher(code)["times_used"] == 0


def counter_redeem(counter: Counter, *codes: str, number: str = "B1", more: tuple[str, ...] = ()) -> Said:
    """`redeem --json` in this process."""
    return counter.here("redeem", "--json", "--bill-number", number, "--total", "2650000", *more, *codes)


@pytest.mark.parametrize(("fault", "final"), [("drop_after", "used"), ("drop_before", "unknown")])
def test_settle_brings_the_truth(counter: Counter, sandbox: SandboxProcess, fault: str, final: str) -> None:
    """Our use took effect: finished by repeating. Nothing took effect: still unknown 5 s later, never resent."""
    code = sandbox.labelled("plain")[0]
    sandbox.faults([{"operation": "mark_use", "fault": fault, "times": 1}])
    assert counter_redeem(counter, code).status == 3
    said = counter.settle()
    assert said.status == {"used": 0, "unknown": 3}[final]
    assert counter.bill("B1")["outcome"] == final
    again = counter_redeem(counter, code)
    assert again.json["outcome"] == final
    assert len(sandbox.log("mark_use")) == 1


@pytest.mark.parametrize(("settings", "error"), [
    (("gotit.pin", "0000"), "gotit.pin_"),
    (("gotit.pin", ""), "gotit.pin_"),
    (("gotit.path_prefix", "/v1"), "gotit.caller_refused"),
])  # fmt: skip
def test_a_wrong_setting_is_status_2(
    counter: Counter, sandbox: SandboxProcess, settings: tuple[str, str], error: str
) -> None:
    """With a sentence in each language; nothing is sent, and the voucher stays usable."""
    code = sandbox.labelled("plain")[0]
    assert counter.here("config", "set", *settings).status == 0
    for command in (("check", code), ("redeem", "--bill-number", "B1", "--total", "265000", code)):
        for language in ("vi", "en"):
            said = counter.here("--json", "--lang", language, *command)
            assert said.status == 2
            assert said.json["error"].startswith(error)
            assert said.json["message"] == said.err.strip()
    assert sandbox.log("mark_use") == []


@pytest.mark.parametrize(("fault", "told"), [
    ("wrong_certificate", "net.tls_untrusted"), ("wrong_host", "net.tls_host"), ("tls11_only", "net.tls_version")
])  # fmt: skip
def test_a_connection_that_is_not_safe_is_not_used(
    counter: Counter, sandbox: SandboxProcess, fault: str, told: str
) -> None:
    """Nothing is sent; what is wrong with the connection is told."""
    sandbox.faults([{"operation": "*", "fault": fault}])
    said = counter.here("--json", "check", sandbox.labelled("plain")[0])
    assert said.status == 3
    assert said.json["vouchers"][0]["reason"] == told
    assert sandbox.log() == []
    said = counter.here("--json", "doctor")
    assert said.status == 2


# ---------------------------------------------------------------- offline policy, shell to settled


def test_checked_and_then_offline_is_taken_alone_and_settled(counter: Counter, sandbox: SandboxProcess) -> None:
    """Status 4, in the queue, at risk; the network's return and one settle: used at the issuer, queue empty."""
    code = sandbox.labelled("plain")[-1]
    counter.here("check", code)
    sandbox.pull_cable()
    said = counter_redeem(counter, code)
    assert (said.status, said.outcomes) == (4, [("unsent", True, None)])
    assert counter_redeem(counter, code).status == 4, "a repeat takes nothing twice"
    (queued,) = counter.here("queue", "--json").json
    assert (queued["bill_number"], queued["amount_vnd"], queued["ending"]) == ("B1", 500_000, code[-4:])
    assert counter.here("settle", "--once").status == 4
    sandbox.plug_in()
    said = counter.here("settle", "--once", "--json")
    assert (said.status, said.json["queued"], said.json["settled"]) == (0, 0, 1)
    assert counter.here("queue", "--json").json == []
    assert counter.bill("B1")["outcome"] == "used"
    assert sandbox.voucher(code)["times_used"] == 1


def test_the_same_code_is_never_taken_offline_twice(counter: Counter, sandbox: SandboxProcess) -> None:
    """On another bill it is refused, manager or not."""
    code = sandbox.labelled("plain")[0]
    counter.run("people", "add", "Hoa", "--role", "manager", stdin="739155\n")
    counter.here("check", code)
    sandbox.pull_cable()
    assert counter_redeem(counter, code).status == 4
    said = counter.redeem("B2", code, stdin="739155\n")
    assert (said.status, said.outcomes) == (1, [("refused", False, "already_taken_here")])


def test_a_declared_voucher_needs_a_manager(counter: Counter, sandbox: SandboxProcess) -> None:
    """Never checked: its face value and a manager's PIN, up to 200,000."""
    code = sandbox.labelled("plain")[0]
    counter.run("people", "add", "Hoa", "--role", "manager", stdin="739155\n")
    sandbox.pull_cable()
    assert counter_redeem(counter, code).outcomes == [("unsent", False, "needs_declared_value")]
    declared = ("--declared", "200000")
    said = counter_redeem(counter, code, more=declared)
    assert (said.status, said.outcomes) == (1, [("unsent", False, "needs_manager")])
    with_pin = ("redeem", "--json", "--bill-number", "B1", "--total", "2650000", "--manager-pin-stdin", code)
    said = counter.run(*with_pin, "--declared", "200000", stdin="000000\n")
    assert said.status == 2
    assert said.json["error"] == "pin.wrong"
    said = counter.run(*with_pin, "--declared", "200001", stdin="739155\n")
    assert (said.status, said.outcomes) == (1, [("unsent", False, "offline_refused")])
    assert counter.here("queue", "--json").json == []
    said = counter.run(*with_pin, *declared, stdin="739155\n")
    assert (said.status, said.outcomes) == (4, [("unsent", True, None)])
    assert "739155" not in said.out + said.err
    sandbox.plug_in()
    # It was worth 20,000, not the 200,000 declared: used, and a person learns of the difference.
    assert counter.settle().status == 1
    assert [case["kind"] for case in counter.bill("B1")["cases"]] == ["value_mismatch"]


def test_a_large_voucher_and_a_large_sum_need_a_manager_or_are_refused(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """Checked: 500,000 alone, 2,000,000 with a manager; the till's sum: 2,000,000 alone."""
    million, too_much = sandbox.labelled("large")
    counter.run("people", "add", "Hoa", "--role", "manager", stdin="739155\n")
    several = sandbox.add_plain_vouchers(5, 500_000)
    counter.here("check", million, too_much, *several, "--total", "9000000")
    sandbox.pull_cable()
    assert counter_redeem(counter, million).outcomes == [("unsent", False, "needs_manager")]
    assert counter_redeem(counter, too_much, number="B2").outcomes == [("unsent", False, "offline_refused")]
    for nth, code in enumerate(several[:4]):
        assert counter_redeem(counter, code, number=f"S{nth}").status == 4
    assert counter_redeem(counter, several[4], number="S4").outcomes == [("unsent", False, "needs_manager")]


def test_refused_after_it_was_given_is_a_loss_with_a_case(counter: Counter, sandbox: SandboxProcess) -> None:
    """Another shop was faster: status 1, a case for the manager, the others are settled all the same."""
    lost, good = sandbox.labelled("plain")[:2]
    counter.here("check", lost, good)
    sandbox.pull_cable()
    assert counter_redeem(counter, lost).status == 4
    assert counter_redeem(counter, good, number="B2").status == 4
    sandbox.add_vouchers([{**sandbox.voucher(lost), "state": 4, "bill_number": "OTHER", "times_used": 1}])
    sandbox.plug_in()
    said = counter.here("settle", "--once", "--json")
    told = {name: said.json[name] for name in ("queued", "unknown", "cases", "settled")}
    assert (said.status, told) == (1, {"queued": 0, "unknown": 0, "cases": 1, "settled": 2})
    bill = counter.bill("B1")
    assert bill["outcome"] == "refused"
    assert [(v["outcome"], v["given"]) for v in bill["vouchers"]] == [("refused", True)]
    assert [(case["kind"], case["open"]) for case in bill["cases"]] == [("loss", True)]
    assert counter.bill("B2")["outcome"] == "used"


def test_one_that_cannot_be_asked_about_keeps_the_others_from_being_sent(
    counter: Counter, sandbox: SandboxProcess
) -> None:
    """Throttled on the second check: nothing of the bill is sent, the reason is told."""
    first, second = sandbox.labelled("plain")[:2]
    sandbox.faults([{"operation": "check", "fault": "http_429", "times": 1}])
    said = counter_redeem(counter, first, second)
    assert said.status == 1
    assert ("unsent", False, "throttled") in said.outcomes
    assert sandbox.log("mark_use") == []


def test_disk_files_of_the_till_hold_no_code(counter: Counter, sandbox: SandboxProcess, tmp_path: Path) -> None:
    """A stolen disk gives no voucher away: sealed in the journal, masked in what the issuer answered."""
    codes = sandbox.labelled("plain")[:3]
    sandbox.faults([{"operation": "mark_use", "fault": "drop_after", "times": 1}])
    for nth, code in enumerate(codes):
        counter_redeem(counter, code, number=f"B{nth}")
    kept = [path for path in counter.folder.rglob("*") if path.is_file()]
    assert kept
    for code in codes:
        assert not [path.name for path in kept if code.encode() in path.read_bytes()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [(), ("--json",)])
def test_what_could_not_be_told_is_not_called_refused(
    counter: Counter, sandbox: SandboxProcess, words: tuple[str, ...]
) -> None:
    """The voucher is used and the disk behind stdout full: 3, with a sentence; repeated it says "used"."""
    code = sandbox.labelled("plain")[0]
    with Path("/dev/full").open("w") as full:
        process = counter.start("redeem", "--bill-number", "B1", "--total", "265000", *words, code, stdout=full)
        _, err = process.communicate(timeout=60)
    assert sandbox.voucher(code)["times_used"] == 1
    assert process.returncode == 3
    assert "stands in the journal" in err
    assert counter.redeem("B1", code).status == 0


def test_who_reads_no_further_is_not_told_that_nothing_was_done(counter: Counter, sandbox: SandboxProcess) -> None:
    """A pipe whose reader has gone: 3, not the status of a wrong command line."""
    code = sandbox.labelled("plain")[0]
    reading, writing = os.pipe()
    os.close(reading)
    process = counter.start("redeem", "--bill-number", "B1", "--total", "265000", code, stdout=writing)
    os.close(writing)
    process.communicate(timeout=60)
    assert sandbox.voucher(code)["times_used"] == 1
    assert process.returncode == 3


def test_a_locale_without_vietnamese_ends_no_command(counter: Counter, sandbox: SandboxProcess) -> None:
    """A scheduler's bare locale, a pipe on Windows: the words come as UTF-8, and the status is the voucher's."""
    code = sandbox.labelled("plain")[0]
    redeem = ("redeem", "--lang", "vi", "--bill-number", "B1", "--total", "265000", code)
    said = counter.run(*redeem, environment={"PYTHONIOENCODING": "ascii"})
    assert said.status == 0
    assert "đã dùng" in said.out
