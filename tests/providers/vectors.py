"""The hand-written vectors in tests/vectors/gotit, after contracts/gotit.md."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pos.domain.bill import Bill, SkuLine
from pos.domain.codes import VoucherCode

_FOLDER = Path(__file__).parent.parent / "vectors" / "gotit"
PIN = "7305"
CODE = VoucherCode("4471902835")
OTHER_CODE = VoucherCode("880213457719")


def load(name: str) -> Any:
    """One file of vectors."""
    return json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def sku_lines(rows: list[list[Any]]) -> tuple[SkuLine, ...]:
    """Goods, written as `[sku, quantity, price]`."""
    return tuple(SkuLine(*row) for row in rows)


def a_bill(
    number: str = "HN03-T2-20251121-000148",
    total_vnd: int = 265_000,
    created_utc: str = "2025-11-21T03:21:05Z",
    skus: tuple[SkuLine, ...] = (),
) -> Bill:
    """The bill of the contract's examples."""
    return Bill(number, total_vnd, datetime.fromisoformat(created_utc), skus)
