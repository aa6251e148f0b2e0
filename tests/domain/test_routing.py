"""A scanned code goes to the one issuer it can be of; where it may be of several, a person is asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.domain.codes import ScanFault, VoucherCode, read_code
from pos.domain.errors import ConfigError
from pos.domain.routing import SHIPPED_RULES, Alphabet, One, Rule, Several, read_rules, route

GOT_IT = SHIPPED_RULES[:1]
SHOPS_OWN = read_rules("gotit:10-16:printable:;vinid-evoucher:6-32:upper:EV;gotadi:17-17:upper:ADCO")


@given(st.text(max_size=40))
def test_with_got_it_alone_a_scan_is_read_as_ever(text: str) -> None:
    as_ever = read_code(text)
    assert route(text, GOT_IT) == (One(as_ever, "gotit") if isinstance(as_ever, VoucherCode) else as_ever)


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("4471902835", "gotit"),
        (" 4471902835\n", "gotit"),
        ("EV0000000001", "vinid-evoucher"),  # fits Got It's length too: a prefix goes before none
        ("EV1234", "vinid-evoucher"),
        ("ADCO2401010000001", "gotadi"),
    ],
)
def test_a_code_of_one_issuer_goes_there(text: str, issuer: str) -> None:
    assert route(text, SHOPS_OWN) == One(VoucherCode(text.strip()), issuer)


def test_a_code_that_two_issuers_may_have_is_a_question_in_the_order_of_the_rules() -> None:
    found = route("EV0000000001", SHIPPED_RULES)
    assert found == Several(VoucherCode("EV0000000001"), ("gotit", "vinid-evoucher"))
    assert route("EV0000000001", SHIPPED_RULES[1::-1]) == Several(
        VoucherCode("EV0000000001"), ("vinid-evoucher", "gotit")
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("12345", ScanFault.TOO_SHORT),
        ("123456789", ScanFault.NO_ISSUER),  # long enough for an e-voucher, which begins otherwise
        ("BDCO2401010000001", ScanFault.NO_ISSUER),
        ("x" * 33, ScanFault.JOINED),
        ("https://gotit.vn/EV0000000001", ScanFault.WEB_ADDRESS),
        ("EV00 000001", ScanFault.INNER_BLANK),
    ],
)
def test_what_is_nobodys_is_told_and_asked_of_nobody(text: str, fault: ScanFault) -> None:
    assert route(text, SHOPS_OWN) is fault


@given(st.text(st.sampled_from("AEV0189-"), min_size=1, max_size=20), st.permutations(SHIPPED_RULES))
def test_the_order_of_the_rules_never_changes_who_may_be_asked(text: str, rules: list[Rule]) -> None:
    def issuers(rules: list[Rule]) -> set[str]:
        found = route(text, rules)
        if isinstance(found, ScanFault):
            return set()
        return {found.issuer} if isinstance(found, One) else set(found.issuers)

    assert issuers(rules) == issuers(list(SHIPPED_RULES))


def test_rules_are_read_as_the_shop_writes_them() -> None:
    assert read_rules("") == SHIPPED_RULES
    assert read_rules(" gotit:10-16:digits: ; vinid-evoucher:12-12:upper:EV") == (
        Rule("gotit", 10, 16, Alphabet.DIGITS),
        Rule("vinid-evoucher", 12, 12, Alphabet.UPPER, "EV"),
    )


@pytest.mark.parametrize(
    "text", ["gotit", "gotit:10-16:digits", "gotit:16-10:digits:", "gotit:0-5:digits:", "gotit:1-65:digits:",
             "gotit:a-b:digits:", "gotit:10-16:runes:", ":10-16:digits:", "gotit:2-3:digits:ABCD"],
)  # fmt: skip
def test_a_rule_with_a_slip_in_it_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match=r"routing\.unreadable"):
        read_rules(text)
