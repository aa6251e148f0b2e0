"""Texts that people and scanners bring: codes, numbers, rules, settings, marks, the command line."""

from __future__ import annotations

import contextlib
import importlib
import io
import random
from datetime import date

from pos.domain import bill, booking_payment, codes, phone, prices, routing, spreadsheet, statement_values
from pos.domain.errors import PosError
from pos.security import redact
from pos.settings import SETTINGS, parse
from pos.till.review.audit import read_mark
from pos.ui.manager.day.choosing import read_amount, read_clock
from pos.ui.manager.day.periods import read_date
from tests.fuzz.target import Target, text_of

cli = importlib.import_module("pos.cli.main")
_RULES = routing.SHIPPED_RULES
_READERS = (
    bill.read_bill_number, bill.read_vnd, bill.read_sku, booking_payment.read_booking_number,
    booking_payment.read_booking_voucher, codes.read_code, phone.read_mobile, prices.read_prices, routing.read_rules,
    lambda text: routing.route(text, _RULES), read_mark, read_amount, read_clock,
    lambda text: read_date(text, date(2026, 11, 30)),
)  # fmt: skip


def _domain(data: bytes, chance: random.Random) -> object:
    return chance.choice(_READERS)(text_of(data, chance))


def _settings(data: bytes, chance: random.Random) -> object:
    """Every setting, from text as the command line gives it and from whatever a JSON file may hold."""
    text = text_of(data, chance)
    value = chance.choice((text, text, text, data, len(text), float(len(text)), None, [text], {"a": text}, True))
    return parse(chance.choice(SETTINGS), value)


def _cells(data: bytes, chance: random.Random) -> object:
    text = text_of(data, chance)
    safe = spreadsheet.harmless(text)
    assert spreadsheet.harmless(safe) in (safe, "'" + safe)
    readers = (
        statement_values.text_of, statement_values.amount_of, statement_values.day_of, statement_values.reference_of,
        statement_values.ending_of, statement_values.meaning_of, statement_values.fold,
    )  # fmt: skip
    return chance.choice(readers)(text)


def _masked(data: bytes, chance: random.Random) -> object:
    mask = redact.RedactingFilter()
    mask.register("7305815")
    masked = mask.masked(text_of(data, chance) + "7305815")
    assert "7305815" not in masked
    return masked


def _arguments(data: bytes, chance: random.Random) -> object:
    """Words after `quay`: refused by usage, or understood; never a trace."""
    words = [word.replace("\0", "") for word in text_of(data, chance).split(" ")][:12]
    name = chance.choice(list(cli._COMMANDS))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return cli._parser(name).parse_args([name, *words])


def targets() -> list[Target]:
    """All of them."""
    texts = [
        b"HN03-T2-20251121-000148", b"265000", b"265.000", b"SKU1:2:50000", b"ADCO2401010000001", b"4471902835",
        b"Tet24aBc", b"0900000001", b"VT20=19500,VT50=48500", b"vinid-evoucher:12-12:upper:EV;gotit:10-16:printable:",
        b"https://gotit.vn/v/4471902835", b"12:0011223344556677", b"21/11/2026 10:11:12", b"-1.550.000,00",
        b"1,550,000.0 \xc4\x91",
    ]  # fmt: skip
    arguments = [
        b"--json --data x --lang vi list",
        b"CODE --total 265000 --bill-number B1 -",
        b"set store.code HN03",
        b"-- --help",
    ]
    return [
        Target("texts", texts, _domain, weight=900),
        Target(
            "settings", [*texts, b"true", b"58", b"tcp:192.0.2.7:9100", b"https://x.example/"], _settings, weight=500
        ),
        Target("cells", texts, _cells, (PosError, statement_values.UnreadableCell), weight=600),
        Target("log", [b"code=4471902835 pin: '0730'", b'{"codes": ["1"]}', b"GET /x?token=1"], _masked, (), weight=60),
        Target("arguments", arguments, _arguments, (PosError, SystemExit), weight=2),
    ]
