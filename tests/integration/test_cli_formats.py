"""What scripts rely on: exit statuses, JSON shapes, where options may stand, how bad input is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.counter import VOUCHER_KEYS, Counter
from tests.sandbox_process import SandboxProcess

COMMANDS = ["run", "demo", "sandbox", "check", "redeem", "settle", "queue", "bills", "journal", "config", "people",
            "doctor", "devices"]  # fmt: skip


def test_redeem_prints_one_object_of_the_fixed_shape(counter: Counter, sandbox: SandboxProcess) -> None:
    """Status 0, the issuer has used it for our bill."""
    code = sandbox.labelled("plain")[0]
    said = counter.redeem("B1", code)
    assert said.status == 0
    assert set(said.json) == {"bill_number", "outcome", "vouchers", "transaction_id"}
    assert said.json["outcome"] == "used"
    assert said.json["transaction_id"]
    (voucher,) = said.json["vouchers"]
    assert set(voucher) == VOUCHER_KEYS
    assert voucher == {"ending": code[-4:], "outcome": "used", "given": True, "amount_vnd": 20_000, "reason": None}
    assert code not in said.out + said.err
    truth = sandbox.voucher(code)
    assert (truth["times_used"], truth["bill_number"]) == (1, "B1")


def test_bills_lists_the_same_object_with_cases(counter: Counter, sandbox: SandboxProcess) -> None:
    """Newest first, each with its cases."""
    first, second = sandbox.labelled("plain")[:2]
    said = counter.redeem("B1", first)
    counter.redeem("B2", second)
    bills = counter.run("bills", "--json").json
    assert [bill["bill_number"] for bill in bills] == ["B2", "B1"]
    assert bills[1] == {**said.json, "cases": []}
    assert [bill["bill_number"] for bill in counter.run("bills", "--limit", "1", "--json").json] == ["B2"]


def test_check_says_what_each_code_is_worth_and_changes_nothing(counter: Counter, sandbox: SandboxProcess) -> None:
    """The worst verdict is the status; one entry a code, in order."""
    good, bad = sandbox.labelled("plain")[0], sandbox.labelled("expired")[0]
    said = counter.run("check", "--json", good)
    assert said.status == 0
    assert said.json["vouchers"] == [
        {"ending": good[-4:], "verdict": "usable", "amount_vnd": 20_000, "reason": None}
    ]  # fmt: skip
    said = counter.run("check", good, bad, "1", "--json")
    assert said.status == 1
    assert [(v["verdict"], v["reason"]) for v in said.json["vouchers"]] == [
        ("usable", None), ("refused", "expired"), ("refused", "bad_scan")
    ]  # fmt: skip
    assert {entry["operation"] for entry in sandbox.log()} == {"check"}


def test_codes_on_stdin_are_in_no_list_of_processes(counter: Counter, sandbox: SandboxProcess) -> None:
    """`-` among the codes: one a line; with a manager's PIN, that stands on the first line."""
    first, second = sandbox.labelled("plain")[:2]
    said = counter.run("check", "--json", "-", stdin=f"{first}\n\n {second} \n")
    assert [voucher["ending"] for voucher in said.json["vouchers"]] == [first[-4:], second[-4:]]
    assert counter.redeem("B1", "-", stdin=first).json["outcome"] == "used"
    said = counter.run("check", "-", "--json", stdin="\n")
    assert (said.status, said.json["error"]) == (2, "scan.empty")


def test_empty_lists_are_empty_lists(counter: Counter, sandbox: SandboxProcess) -> None:
    """Before anything was sold there is nothing, and that is no fault."""
    counter.run("check", "--json", sandbox.labelled("plain")[0])
    for command in ("bills", "queue"):
        said = counter.run(command, "--json")
        assert (said.status, said.json) == (0, [])
    said = counter.settle()
    assert said.status == 0
    nothing = {"asked": [], "unknown": 0, "cases": 0}
    assert said.json == {
        "queued": 0, "unknown": 0, "cases": 0, "settled": 0, "take_backs": 0, "sales": nothing, "bookings": nothing,
    }  # fmt: skip


def test_options_stand_before_or_after_the_command(counter: Counter, sandbox: SandboxProcess) -> None:
    """`--data` and `--json` are the same on both sides."""
    code = sandbox.labelled("plain")[0]
    before = counter.run("--json", "check", code)
    after = counter.run("check", code, "--json", "--data", str(counter.folder))
    assert before.json == after.json


def test_a_folder_may_be_called_like_a_command(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """`--data check redeem …` is a redeem."""
    counter = Counter(tmp_path / "till", sandbox)
    counter.folder = Path("check")
    said = counter.here("redeem", "--bill-number", "B1")
    assert said.status == 2
    assert "--total" in said.err
    assert "unrecognized" not in said.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_that_helps(counter: Counter, command: str) -> None:
    """Status 0, usage and what it is for, without opening anything."""
    said = counter.here(command, "--help")
    assert said.status == 0
    assert f"quay {command}" in said.out
    assert len(said.out) > 150


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("nonsense",),
        ("redeem",),
        ("redeem", "4471902835"),
        ("redeem", "--bill-number", "B", "4471902835"),
        ("redeem", "--bill-number", "B", "--total", "1000"),
        ("check",),
        ("journal",),
        ("config",),
        ("config", "set", "gotit.pin"),
        ("config", "get", "no.such"),
        ("config", "set", "gotit.base_url", "http://plain.example"),
        ("config", "set", "gotit.flow", "sideways"),
        ("config", "set", "gotit.deadline_s", "-1"),
        ("settle", "--twice"),
        ("devices",),
        ("devices", "status", "--address", "nowhere"),
        ("devices", "scan", "--count", "0"),
        ("devices", "simulate"),
        ("sandbox", "serve", "--port", "99999"),
        ("sandbox", "serve", "--port", "-1"),
        ("sandbox", "serve", "--seed", "x"),
        ("bills", "--limit", "many"),
        ("--lang", "fr", "bills"),
    ],
)
def test_bad_usage_is_status_2_with_words(counter: Counter, words: tuple[str, ...]) -> None:
    """Nothing is done, and stderr says what is wrong."""
    said = counter.here(*words)
    assert said.status == 2
    assert said.err.strip()


REDEEM_FAULTS = {
    "short code": ("redeem", "--bill-number", "B1", "--total", "265000", "123"),
    "web address": ("redeem", "--bill-number", "B1", "--total", "265000", "https://v.gotit.vn/4471902835"),
    "joined scans": ("redeem", "--bill-number", "B1", "--total", "265000", "4471902835" * 2),
    "other alphabet": ("redeem", "--bill-number", "B1", "--total", "265000", "４４７１９０２８３５"),
    "control characters": ("redeem", "--bill-number", "B1", "--total", "265000", "44719\x1d02835"),
    "the same code twice": ("redeem", "--bill-number", "B1", "--total", "265000", "4471902835", " 4471902835"),
    "empty bill number": ("redeem", "--bill-number", "  ", "--total", "265000", "4471902835"),
    "long bill number": ("redeem", "--bill-number", "B" * 256, "--total", "265000", "4471902835"),
    "control characters in the bill number": ("redeem", "--bill-number", "B\n1", "--total", "1", "4471902835"),
    "bytes in the bill number": ("redeem", "--bill-number", "B\udcff", "--total", "1000", "4471902835"),
    "half a dong": ("redeem", "--bill-number", "B1", "--total", "265.5", "4471902835"),
    "negative total": ("redeem", "--bill-number", "B1", "--total=-5", "4471902835"),
    "words for a total": ("redeem", "--bill-number", "B1", "--total", "many", "4471902835"),
    "endless total": ("redeem", "--bill-number", "B1", "--total", "9" * 40, "4471902835"),
    "zero total": ("redeem", "--bill-number", "B1", "--total", "0", "4471902835"),
    "sku without price": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "TRA:2", "4471902835"),
    "sku with half a piece": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "T:0.5:1", "4471902835"),
    "sku of none": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "T:0:1000", "4471902835"),
    "sku with another number": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "T:²:1000", "4471902835"),
    "sku with two prices": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "T:1:1", "--sku", "T:1:2",
                            "4471902835"),
    "bytes in the sku": ("redeem", "--bill-number", "B1", "--total", "1", "--sku", "T\udcff:1:1", "4471902835"),
    "declared words": ("redeem", "--bill-number", "B1", "--total", "1", "--declared", "x", "4471902835"),
}  # fmt: skip


@pytest.mark.parametrize("words", REDEEM_FAULTS.values(), ids=REDEEM_FAULTS.keys())
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_redeem_that_makes_no_sense_sends_nothing(
    counter: Counter, sandbox: SandboxProcess, words: tuple[str, ...], language: str
) -> None:
    """Status 2, one JSON object with the reason, a sentence in the language asked for, no changing call."""
    said = counter.here("--json", "--lang", language, *words)
    assert said.status == 2
    assert set(said.json) == {"error", "message", "params"}
    assert "unknown_code" not in said.json["message"]
    assert said.json["message"].strip() == said.err.strip()
    assert len(said.err) > 20
    assert {entry["operation"] for entry in sandbox.log()} <= {"check"}


def test_config_round_trip_hides_the_pin(counter: Counter, sandbox: SandboxProcess) -> None:
    """What was set is what is read; the secret shows as dots and is in no file as text."""
    assert counter.run("config", "set", "store.code", "HN03", "till.code=T2").status == 2
    assert counter.run("config", "set", "store.code", "HN03", "till.code", "T2").status == 0
    assert counter.run("config", "get", "store.code").out == "HN03\n"
    assert counter.run("config", "get", "store.code", "--json").json == {"store.code": "HN03"}
    listed = counter.run("config", "list", "--json").json
    assert listed["gotit.base_url"]["value"] == sandbox.url
    assert listed["gotit.flow"]["value"] == "direct"
    assert sandbox.pin not in json.dumps(listed["gotit.pin"])
    assert counter.run("config", "get", "gotit.pin").out.strip() == "••••"
    kept = [path for path in counter.folder.rglob("*") if path.is_file() and path.name != "key"]
    assert not [path.name for path in kept if f'"{sandbox.pin}"'.encode() in path.read_bytes()]


def test_config_sets_all_or_nothing_and_reads_a_secret_from_stdin(counter: Counter) -> None:
    """One bad pair keeps the others out; a PIN need not stand in the shell's history."""
    assert counter.run("config", "set", "store.code", "XX", "gotit.flow", "no").status == 2
    assert counter.run("config", "get", "store.code").out == "CH01\n"
    assert counter.run("config", "set", "gotit.pin", "-", stdin="7305\n").status == 0


def test_journal_verify_and_export(counter: Counter, sandbox: SandboxProcess, tmp_path: Path) -> None:
    """A sound journal says so; the export holds every row and no whole code."""
    code = sandbox.labelled("plain")[0]
    counter.redeem("B1", code)
    said = counter.run("journal", "verify", "--json")
    assert said.status == 0
    assert said.json["sound"] is True
    assert said.json["faults"] == []
    exported = counter.run("journal", "export")
    assert exported.status == 0
    rows = [json.loads(line) for line in exported.out.splitlines()]
    assert rows
    assert code not in exported.out
    assert code[-4:] in exported.out
    assert counter.run("journal", "export", "--format", "csv", "--out", str(tmp_path / "out")).status == 0
    assert list((tmp_path / "out").glob("*.csv"))


def test_people_are_added_by_pin_on_stdin_only(counter: Counter) -> None:
    """The first one is a manager; after that a manager's PIN comes first."""
    assert counter.run("people", "add", "Lan", stdin="4826\n").status == 2
    assert counter.run("people", "add", "Hoa", "--role", "manager", stdin="739155\n").status == 0
    assert counter.run("people", "add", "Lan", stdin="111111\n4826\n").status == 2
    said = counter.run("people", "add", "Lan", stdin="739155\n4826\n")
    assert said.status == 0, said.err
    listed = counter.run("people", "list", "--json").json
    assert [(each["name"], each["role"]) for each in listed] == [("Hoa", "manager"), ("Lan", "cashier")]


def test_doctor_finds_everything_in_order_or_says_what_is_not(counter: Counter, sandbox: SandboxProcess) -> None:
    """Status 0 with the issuer there, 2 and a sentence without."""
    said = counter.run("doctor", "--json")
    assert said.status == 0, [row for row in said.json if not row["ok"]]
    sandbox.pull_cable()
    said = counter.run("doctor", "--json")
    assert said.status == 2
    assert [finding["what"] for finding in said.json if not finding["ok"]] == ["gotit"]


def test_reading_a_folder_without_a_journal_is_told(tmp_path: Path, sandbox: SandboxProcess) -> None:
    """No stack trace, no journal made by looking."""
    counter = Counter(tmp_path / "set up", sandbox)
    counter.folder = tmp_path / "new"
    for command in (("bills",), ("queue",), ("journal", "verify")):
        said = counter.run(*command, "--json")
        assert said.status == 2
        assert said.json["error"] == "config.no_journal"
    assert not (tmp_path / "new" / "journal.db").exists()
