"""E-vouchers on the command line, against the sandbox's VinID over TLS: what the issuer did is the judge."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pos.bootstrap import Program
from pos.till.ports import Role
from tests.integration.counter import Counter, Said
from tests.sandbox_process import SandboxProcess

PIN = "735928"
LOST = {"operation": "mark_used", "fault": "drop_after", "times": 1}


class VinId:
    """The sandbox's VinID, and a till that is set up with it."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        self.sandbox, facts = sandbox, sandbox.ready["vinid"]
        self.facts = facts
        places = {
            f"vinid__{service}_{name}": facts[name]
            for service in ("giftcode", "evoucher")
            for name in ("merchant_code", "store_code", "pos_code")
        }
        self.till = Counter(
            folder, sandbox, vinid__evoucher="true", vinid__giftcode="true", vinid__base_url=sandbox.url,
            vinid__ca_file=sandbox.ca_file, vinid__key_code=facts["key_code"], vinid__use_deadline_s=3,
            vinid__api_private_key=facts["api_private_key"], vinid__giftcode_private_key=facts["giftcode_private_key"],
            **places, routing__rules="gotit:10-16:printable:;vinid-evoucher:6-32:printable:EV",
        )  # fmt: skip
        self._count = 0

    def arm(self, *faults: dict[str, Any]) -> None:
        self.sandbox.control("PUT", "/vinid/faults", list(faults))

    def new(self) -> str:
        """A fresh e-voucher worth 50,000 đ."""
        self._count += 1
        serial = f"EVTEST{self._count:06d}"
        self.sandbox.control("POST", "/vinid/change", {"add": {"serial": serial}})
        return serial

    def uses(self, serial: str) -> tuple[bool, int]:
        """Whether VinID counts it as used, and how often it ever was."""
        truth = self.sandbox.control("GET", "/vinid/state")["evoucher"]["vouchers"]
        return next((found["used"], found["times_used"]) for found in truth if found["serial"] == serial)

    def use(self, number: str, *serials: str, total: int = 265_000) -> Said:
        return self.till.run(
            "evoucher", "use", "--json", "--bill-number", number, "--total", str(total), *serials
        )  # fmt: skip

    def manager(self, *words: str) -> Said:
        return self.till.run("evoucher", *words, "--json", stdin=f"{PIN}\n")


@pytest.fixture
def vinid(tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch) -> VinId:
    monkeypatch.setenv("QUAY_KEYSTORE", "file")
    made = VinId(tmp_path / "till", sandbox)
    program = Program(tmp_path / "till")
    program.people.add("Hương", Role.MANAGER, PIN, actor="setup")
    program.close()
    made.arm()
    return made


def test_checked_used_and_used_only_once(vinid: VinId) -> None:
    serial = vinid.new()
    assert vinid.till.run("evoucher", "check", "--json", "--total", "265000", serial).status == 0
    said = vinid.use("B1", serial)
    assert (said.status, said.outcomes) == (0, [("used", True, None)])
    assert vinid.use("B2", serial).status == 1
    assert vinid.uses(serial) == (True, 1)


def test_one_bill_with_vouchers_of_two_issuers(vinid: VinId) -> None:
    serials = [vinid.new(), vinid.new()]
    gotit = vinid.sandbox.control("POST", "/vouchers", {"count": 1, "value": 50_000})["vouchers"][0]["code"]
    said = vinid.till.redeem("B1", serials[0], gotit, serials[1])
    assert (said.status, said.outcomes) == (0, [("used", True, None)] * 3)
    assert [vinid.uses(serial) for serial in serials] == [(True, 1)] * 2
    assert vinid.sandbox.voucher(gotit)["times_used"] == 1


def test_a_sale_of_codes_is_no_refused_bill(vinid: VinId) -> None:
    """A script that reads "refused" would give the customer's money back although the codes are bought."""
    sold = vinid.till.run("sell", "buy", "50", "--seller", "vinid", "--json")
    assert (sold.status, sold.json["outcome"]) == (0, "bought")
    assert vinid.till.run("bills", "--json").json == []
    vinid.use("B1", vinid.new())
    vinid.till.run("sell", "buy", "50", "--seller", "vinid", "--json")
    assert [bill["bill_number"] for bill in vinid.till.run("bills", "--limit", "1", "--json").json] == ["B1"]


@pytest.mark.parametrize(
    ("verdict", "status", "outcome"),
    [("accept", 0, ("used", True, None)), ("reject", 1, ("refused", False, "unknown_or_used"))],
)
def test_a_lost_answer_waits_for_a_manager_and_is_used_once(
    vinid: VinId, verdict: str, status: int, outcome: tuple[str, bool, str | None]
) -> None:
    serial = vinid.new()
    vinid.arm(LOST)
    assert vinid.use("B1", serial).status == 3
    vinid.till.settle()
    assert vinid.use("B1", serial).status == 3, "repeating the command neither sends nor gives"
    said = vinid.manager("decide", verdict, "--bill-number", "B1", "--reason", "khách còn ở quầy")
    assert (said.status, said.outcomes) == (status, [outcome])
    assert vinid.uses(serial) == (True, 1)
    assert vinid.manager("decide", verdict, "--bill-number", "B1", "--reason", "x").status == 2


def test_taken_back_by_a_manager_and_usable_again(vinid: VinId) -> None:
    serial = vinid.new()
    vinid.use("B1", serial)
    vinid.arm({"operation": "refund", "fault": "drop_after", "times": 1})
    said = vinid.manager("take-back", "--bill-number", "B1", "--reason", "khách trả hàng")
    assert (said.status, said.json) == (0, {"bill_number": "B1", "ending": serial[-4:], "taken_back": "done"})
    assert vinid.uses(serial) == (False, 1)


def test_what_another_till_used_is_not_taken_back(vinid: VinId) -> None:
    serial = vinid.new()
    vinid.sandbox.control("POST", "/vinid/change", {"use": serial})
    assert vinid.use("B1", serial).status == 1
    assert vinid.manager("take-back", "--bill-number", "B1", "--reason", "x", "--no-other-till").status == 2
    assert vinid.uses(serial)[0] is True


def test_the_doctor_reaches_every_issuer_or_says_which_is_set_up_wrongly(vinid: VinId) -> None:
    rows = {row["what"]: row["ok"] for row in vinid.till.run("doctor", "--json").json}
    assert {rows[name] for name in ("gotit", "vinid", "vinid-evoucher")} == {True}
    assert vinid.till.run("config", "set", "vinid.evoucher_pos_code", "", stdin=f"{PIN}\n").status == 0
    rows = {row["what"]: row["ok"] for row in vinid.till.run("doctor", "--json").json}
    assert (rows["gotit"], rows["vinid"], rows["vinid-evoucher"]) == (True, True, False)


def _pkcs1(key: RSAPrivateKey, text: bytes) -> bytes:
    return key.public_key().encrypt(text, padding.PKCS1v15())


@pytest.mark.parametrize("form", [base64.b64encode, lambda block: block.hex().encode()], ids=["base64", "hex"])
def test_a_sealed_code_tells_which_padding_opens_it_and_never_the_code(
    vinid: VinId, form: Callable[[bytes], bytes]
) -> None:
    key = load_pem_private_key(vinid.facts["giftcode_private_key"].encode(), None)
    assert isinstance(key, RSAPrivateKey)
    sealed = form(_pkcs1(key, b"VC-1234567890-ZZZZ")).decode()
    said = vinid.till.run("keys", "check", "--seller", "vinid", "--json", stdin=sealed)
    assert said.status == 0
    assert said.json["yields"]["pkcs1v15"] == {"length": 18, "ending": "ZZZZ"}
    assert said.json["yields"]["oaep-sha1"] == "wrong_key_or_padding"
    assert "1234567890" not in said.out + said.err
    assert vinid.till.run("config", "set", "vinid.giftcode_padding", "oaep-sha256", stdin=f"{PIN}\n").status == 0
    assert vinid.till.run("keys", "check", "--seller", "vinid", stdin=sealed).status == 1


def test_no_serial_and_no_key_is_left_readable(vinid: VinId) -> None:
    serial = vinid.new()
    said = vinid.use("B1", serial)
    kept = b"".join(file.read_bytes() for file in vinid.till.folder.rglob("*") if file.is_file())
    for secret in (serial, vinid.facts["api_private_key"].splitlines()[1]):
        assert secret.encode() not in kept
        assert secret not in said.out + said.err
    assert json.loads(said.out)["vouchers"][0]["ending"] == serial[-4:]
