"""`quay settle --once` settles everything that is due: vouchers being taken back, code sales, bookings. What the
issuers did is the judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pos.bootstrap import Program
from pos.till.booking.counter import BookingCounter
from pos.till.ports import Role
from tests.integration.counter import Counter, Said
from tests.sandbox_process import SandboxProcess

PIN = "735928"
ISSUERS = ("vinid", "appotapay", "gotadi")


class Shop:
    """A till with every issuer of the sandbox."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.sandbox, self.folder = sandbox, folder
        vinid, appotapay, gotadi = (sandbox.ready[name] for name in ISSUERS)
        places = {f"vinid__evoucher_{name}": vinid[name] for name in ("merchant_code", "store_code", "pos_code")}
        keys = ("api_key", "access_code", "user_id", "partner_private_key", "gotadi_public_key")
        self.product = appotapay["products"][0]["code"]
        self.booking = next(each for each in gotadi["bookings"] if each["label"] == "flight")["number"]
        self.till = Counter(
            folder, sandbox, vinid__evoucher="true", vinid__base_url=sandbox.url, vinid__ca_file=sandbox.ca_file,
            vinid__key_code=vinid["key_code"], vinid__use_deadline_s=3,
            vinid__api_private_key=vinid["api_private_key"], **places,
            routing__rules="gotit:10-16:printable:;vinid-evoucher:6-32:printable:EV",
            appotapay__base_url=sandbox.url, appotapay__ca_file=sandbox.ca_file, appotapay__enabled="true",
            appotapay__partner_code=appotapay["partner_code"], appotapay__api_key=appotapay["api_key"],
            appotapay__secret_key=appotapay["secret_key"], appotapay__private_key=appotapay["private_key"],
            appotapay__buy_deadline_s=3, gotadi__base_url=sandbox.url, gotadi__ca_file=sandbox.ca_file,
            **{f"gotadi__{name}": gotadi[name] for name in keys},
        )  # fmt: skip
        program = Program(folder)
        program.people.add("Hương", Role.MANAGER, PIN, actor="setup")
        program.close()

    def arm(self, issuer: str, *faults: dict[str, Any]) -> None:
        self.sandbox.control("PUT", f"/{issuer}/faults", list(faults))

    def use(self, number: str, serial: str) -> Said:
        return self.till.run("evoucher", "use", "--json", "--bill-number", number, "--total", "265000", serial)

    def take_back(self, number: str) -> Said:
        words = ("take-back", "--bill-number", number, "--reason", "khách trả hàng", "--json")
        return self.till.run("evoucher", *words, stdin=f"{PIN}\n")

    def uses(self, serial: str) -> tuple[bool, int]:
        truth = self.sandbox.control("GET", "/vinid/state")["evoucher"]["vouchers"]
        return next((found["used"], found["times_used"]) for found in truth if found["serial"] == serial)

    def bought(self) -> int:
        return sum(bool(p["debits"]) for p in self.sandbox.control("GET", "/appotapay/state")["purchases"])

    def commits(self) -> int:
        found: int = self.sandbox.control("GET", "/gotadi/state")["bookings"][self.booking]["commits_done"]
        return found


@pytest.fixture
def shop(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    for issuer in ISSUERS:
        sandbox.control("POST", f"/{issuer}/reset")
    made = Shop(tmp_path / "till", sandbox)
    for issuer in ISSUERS:
        made.arm(issuer)
    yield made
    for issuer in ISSUERS:
        made.arm(issuer)


@pytest.fixture
def serial(shop: Shop) -> str:
    shop.sandbox.control("POST", "/vinid/change", {"add": {"serial": "EVSETTLE0001"}})
    return "EVSETTLE0001"


def test_used_taken_back_used_again_and_taken_back_again(shop: Shop, serial: str) -> None:
    assert shop.use("B1", serial).status == 0
    assert (shop.take_back("B1").json["taken_back"], shop.uses(serial)) == ("done", (False, 1))
    said = shop.use("B1", serial)
    assert (said.status, said.outcomes) == (1, [("used", True, "taken_back")]), "a script must not hand the goods over"
    assert shop.uses(serial) == (False, 1)
    words = shop.till.run("evoucher", "use", "--bill-number", "B1", "--total", "265000", serial)
    assert "pays for nothing on this bill" in words.out
    said = shop.use("B2", serial)
    assert (said.status, said.outcomes, shop.uses(serial)) == (0, [("used", True, None)], (True, 2))
    assert (shop.take_back("B1").status, shop.uses(serial)) == (2, (True, 2)), "the second bill's use is left alone"
    assert (shop.take_back("B2").json["taken_back"], shop.uses(serial)) == ("done", (False, 2))
    assert shop.till.here("journal", "verify").status == 0


def test_an_open_take_back_goes_on_with_the_next_settle(shop: Shop, serial: str) -> None:
    shop.use("B1", serial)
    lost = [{"operation": name, "fault": "drop_before", "times": 2} for name in ("refund", "verify")]
    shop.arm("vinid", *lost)
    said = shop.take_back("B1")
    assert (said.status, said.json["taken_back"]) == (3, "open")
    assert shop.use("B2", serial).status == 1, "as long as nobody knows no other bill takes it"
    shop.arm("vinid")
    said = shop.till.settle()
    assert (said.status, said.json["take_backs"], said.json["settled"]) == (0, 0, 1)
    assert shop.uses(serial) == (False, 1)
    assert shop.use("B2", serial).status == 0


def test_sent_twice_in_vain_it_is_a_case_and_nothing_more_is_sent(shop: Shop, serial: str) -> None:
    shop.use("B1", serial)
    shop.arm("vinid", {"operation": "refund", "fault": "drop_before", "times": 9})
    assert shop.take_back("B1").json["taken_back"] == "by_hand"
    (bill,) = shop.till.here("bills", "--json").json
    assert [case["kind"] for case in bill["cases"]] == ["not_taken_back"]
    said = shop.till.settle()
    assert (said.status, said.json["cases"], said.json["take_backs"]) == (1, 1, 0)
    (left,) = shop.sandbox.control("GET", "/vinid/faults")
    assert left["times"] == 7, "two calls and no third"


def test_one_command_settles_a_sale_and_a_booking_that_nobody_knew_of(shop: Shop) -> None:
    shop.arm("appotapay", *({"operation": name, "fault": "drop_after", "times": 1} for name in ("buy", "transaction")))
    sale = shop.till.here("sell", "buy", shop.product, "--wait", "0", "--json", "--seller", "appotapay")
    assert sale.status == 3, sale.err
    booking = _committed_into_silence(shop)
    said = shop.till.settle()
    assert said.json["sales"]["asked"] == [{"bill_number": sale.json["bill_number"], "outcome": "bought"}]
    assert said.json["bookings"]["asked"] == [
        {"bill_number": booking, "booking": shop.booking, "phase": "issued"}
    ], said.err  # fmt: skip
    assert (said.json["sales"]["unknown"], said.json["bookings"]["unknown"]) == (0, 0)
    assert (shop.bought(), shop.commits()) == (1, 1)
    assert said.status == 1, "codes and ticket wait for somebody to hand them over: a case each"


def test_what_stays_unknown_is_status_3(shop: Shop) -> None:
    shop.arm("appotapay", *({"operation": name, "fault": "drop_before", "times": 9} for name in ("buy", "transaction")))
    shop.till.here("sell", "buy", shop.product, "--wait", "0", "--json", "--seller", "appotapay")
    said = shop.till.settle()
    assert (said.status, said.json["sales"]["unknown"], said.json["unknown"]) == (3, 1, 0)
    assert shop.bought() == 0


def _committed_into_silence(shop: Shop) -> str:
    """The customer has paid, commit's answer is lost, and the program ends; the bill number."""
    shop.sandbox.control("POST", "/gotadi/change", {"issue_after_s": 0.05, "patience_s": 0.5})
    shop.arm("gotadi", {"operation": "commit", "fault": "drop_after", "times": 1})
    program = Program(shop.folder)
    try:
        desk = program.booking
        counter = BookingCounter(desk, desk.chance.new_id(), "gotadi", shop.booking)
        counter.look_up()
        counter.order("lan")
        counter.money_taken("lan")
        return desk.payment(counter.key).bill_number
    finally:
        program.close()
