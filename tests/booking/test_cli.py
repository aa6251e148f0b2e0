"""`quay booking`: a script pays a booking, and never another amount than it says."""

from __future__ import annotations

import argparse
import json

import pytest

from pos.cli import booking as cli
from pos.cli.output import Output
from pos.domain.errors import ConfigError, RuleBroken
from pos.i18n import LANGUAGES, Translator
from tests.booking.issuer import CODE, NUMBER, OFF_VND, PRICE_VND
from tests.booking.rig import BookingRig


def run(till: BookingRig, *words: str) -> int:
    parser = argparse.ArgumentParser()
    cli.arguments(parser, "booking")
    args = parser.parse_args([*words, "--json"])
    return cli.carry_out(till.desk, None, args, Output(as_json=True, words=Translator("en")), pause=till.clock.pass_s)


def test_a_script_pays_a_booking(till: BookingRig, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(till, "show", NUMBER) == 0
    assert run(till, "voucher", NUMBER, CODE, "--use") == 0
    assert run(till, "order", NUMBER) == 0
    with pytest.raises(ConfigError, match=r"booking\.taken_differs"):
        run(till, "pay", NUMBER, "--taken", str(PRICE_VND))
    assert till.issuer.commits == []
    assert run(till, "pay", NUMBER, "--taken", str(PRICE_VND - OFF_VND)) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (told[-1]["phase"], told[-1]["tickets"], told[-1]["due_vnd"]) == ("done", ["738-1"], PRICE_VND - OFF_VND)
    assert CODE not in json.dumps(told)


def test_what_is_not_over_is_status_three_and_asked_about_again(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 50
    run(till, "order", NUMBER)
    assert run(till, "pay", NUMBER, "--taken", str(PRICE_VND)) == 3
    assert run(till, "pay", NUMBER, "--taken", str(PRICE_VND)) == 3
    assert len(till.issuer.commits) == 1
    till.issuer.bookings[NUMBER].polls_to_issue = 1
    assert run(till, "ask", NUMBER) == 0
    assert run(till, "close", till.payment().bill_number) == 0


def test_what_is_not_possible_now_is_said_without_the_programs_own_words(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].polls_to_issue = 50
    run(till, "order", NUMBER)
    run(till, "pay", NUMBER, "--taken", str(PRICE_VND))
    with pytest.raises(RuleBroken) as caught:
        run(till, "send", NUMBER)
    said = [str(Translator(language).message(caught.value.code, caught.value.params)) for language in LANGUAGES]
    assert not any("_" in text for text in said)


def test_a_booking_that_cannot_be_paid_is_refused(till: BookingRig) -> None:
    till.issuer.bookings[NUMBER].payment = "SUCCEEDED"
    assert run(till, "show", NUMBER) == 1
    assert run(till, "show", "ADCO000000") == 1
    with pytest.raises(ConfigError, match=r"booking\.unknown_id"):
        run(till, "give-up", NUMBER)


def test_a_payment_that_failed_is_paid_back(till: BookingRig, capsys: pytest.CaptureFixture[str]) -> None:
    till.issuer.bookings[NUMBER].fails = True
    run(till, "order", NUMBER)
    assert run(till, "pay", NUMBER, "--taken", str(PRICE_VND)) == 1
    assert run(till, "open") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])[0]["cases"] == ["pay_back"]
    assert run(till, "paid-back", NUMBER) == 0
