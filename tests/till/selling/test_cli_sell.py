"""`quay sell` and `quay stock` on a till with a seller: exit statuses, one JSON value, no readable code in it."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from pos.cli import sell
from pos.cli.output import Output
from pos.domain.errors import RuleBroken
from pos.i18n import Translator
from pos.till.ports import Person
from tests.till.selling.fake_seller import FakeSeller, Fault
from tests.till.selling.rig import MINH, SaleRig

Quay = Any


@pytest.fixture
def quay(till: SaleRig, capsys: pytest.CaptureFixture[str]) -> Quay:
    """Runs a command in JSON; gives status and value."""

    def run(*words: str, manager: Person | None = None, as_json: bool = True) -> tuple[int, Any]:
        parser = argparse.ArgumentParser()
        sell.arguments(parser, words[0])
        args = parser.parse_args(words[1:])
        args.command = words[0]
        status = sell.carry_out(till.desk, manager, args, Output(as_json, Translator("en")))
        said = capsys.readouterr().out
        return status, json.loads(said) if as_json else said

    return run


def test_a_script_buys_and_a_manager_tells_the_codes(quay: Quay, till: SaleRig) -> None:
    status, sale = quay("sell", "buy", "VT50", "--quantity", "2")
    assert (status, sale["outcome"], sale["phase"], len(sale["codes"])) == (0, "bought", "printing", 2)
    assert "PIN" not in json.dumps(sale)
    status, shown = quay("sell", "show", sale["bill_number"], "--reason", "no printer", manager=MINH)
    assert (status, shown["phase"]) == (0, "done")
    assert "PINEX" not in json.dumps(shown)
    status, text = quay("sell", "show", sale["id"], "--reason", "once more", manager=MINH, as_json=False)
    assert f"PINEX{sale['order_id']}0" in text
    assert len(till.desk.sales.showings(sale["id"])) == 3
    assert quay("sell", "open") == (0, [])


def test_a_script_has_a_code_sent_by_sms(quay: Quay, seller: FakeSeller) -> None:
    """Of the number only its end is told; where the issuer sends nothing, nothing is written."""
    with pytest.raises(RuleBroken, match=r"sale\.no_sms"):
        quay("sell", "buy", "VT50", "--phone", "0912345678")
    assert quay("sell", "open") == (0, [])
    seller.by_phone = True
    status, sale = quay("sell", "buy", "VT50", "--phone", "091 234 5678")
    assert (status, sale["phase"], sale["phone"], sale["codes"]) == (0, "done", "•••• 678", [])
    status, text = quay("sell", "buy", "VT50", "--phone", "+84912345678", as_json=False)
    assert (status, "•••• 678" in text, "12345" in text) == (0, True, False)


@pytest.mark.parametrize(
    ("fault", "status", "phase"),
    [(Fault.REFUSED, 1, "pay_back"), (Fault.NOT_SENT, 2, "unsent"), (Fault.SETUP, 2, "unsent")],
)
def test_what_was_not_bought_has_its_status(
    quay: Quay, seller: FakeSeller, fault: Fault, status: int, phase: str
) -> None:
    seller.faults = {0: fault}
    said, sale = quay("sell", "buy", "VT50")
    assert (said, sale["phase"]) == (status, phase)
    if phase == "unsent":
        assert quay("sell", "drop", sale["id"])[1]["phase"] == "pay_back"
    assert quay("sell", "paid-back", sale["id"])[1]["phase"] == "paid_back"


def test_list_and_stock(quay: Quay, seller: FakeSeller) -> None:
    assert quay("sell", "list")[1]["products"][0]["price_vnd"] == 50_000
    assert quay("stock")[1]["balance_vnd"] == 1_000_000
    seller.down = True
    status, said = quay("stock")
    assert (status, said["fault"], len(said["products"])) == (2, "net.connect_failed", 1)
