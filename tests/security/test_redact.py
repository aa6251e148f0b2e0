"""The log filter: what should not have been logged is dots, and the rest is readable."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from pos.domain.codes import VoucherCode
from pos.security.redact import RedactingFilter
from pos.security.secret import Secret


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    out, mask = io.StringIO(), RedactingFilter()
    mask.register("246810-pin")
    mask.register("0905")  # too short to mask by value
    handler = logging.StreamHandler(out)
    handler.addFilter(mask)
    logger = logging.getLogger("tests.redact")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, out
    logger.removeHandler(handler)


def test_a_registered_secret_is_dots_in_message_arguments_and_traceback(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = log
    logger.warning("pin is 246810-pin and %s", "246810-pin")
    try:
        raise ValueError("bad pin 246810-pin")
    except ValueError:
        logger.exception("failed")
    assert "246810-pin" not in out.getvalue()
    assert "ValueError" in out.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        '{"voucher_codes": ["GOTIT0000001", "GOTIT0000002"], "x": 1}', "code=GOTIT0000001&x=1", "pin: GOTIT0000001",
        "{'code': 'GOTIT0000001'}", "Authorization: GOTIT0000001", '"codes":["GOTIT0000001"]',
    ],
)  # fmt: skip
def test_fields_that_hold_codes_or_pins_are_dots(log: tuple[logging.Logger, io.StringIO], message: str) -> None:
    logger, out = log
    logger.warning(message)
    assert "GOTIT000000" not in out.getvalue()
    assert "••••" in out.getvalue()


def test_codes_and_secrets_format_themselves_as_dots(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    logger.warning("%s %r %s", VoucherCode("GOTIT0002835"), VoucherCode("GOTIT0002835"), Secret("13579"))
    assert "GOTIT" not in out.getvalue()
    assert "2835" in out.getvalue()
    assert "13579" not in out.getvalue()


@pytest.mark.parametrize(
    "message", ["bill HN03-T2-20261121-000148", "row 01JD8ZK3M5Q7R9T1V3X5Z7B9D1", "took 0905 ms", "code: "]
)
def test_what_support_needs_stays_readable(log: tuple[logging.Logger, io.StringIO], message: str) -> None:
    logger, out = log
    logger.warning(message)
    assert out.getvalue() == message + "\n"
