"""What the columns of a statement probably are, from their header words and from what stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from pos.domain.statement_layout import Cell, Cells, DateOrder, Layout, Part
from pos.domain.statement_values import UnreadableCell, amount_of, day_of, fold, reference_of, text_of_or_empty

_FIRST_ROWS = 40
"""A header stands within these; titles and addresses stand above it."""

WORDS: dict[Part, tuple[str, ...]] = {
    Part.TRANSACTION: (
        "ma giao dich", "so giao dich", "ma gd", "giao dich", "ma tham chieu", "so tham chieu", "ma don hang",
        "ma don", "ma dat cho", "transaction id", "transaction no", "transaction number", "transaction code",
        "transaction ref", "trans id", "transid", "transactionid", "txn id", "txn", "reference", "ref id", "ref no",
        "order id", "order no",
        "orderid", "request id", "booking number", "booking code",
    ),
    Part.BILL: (
        "so hoa don", "ma hoa don", "hoa don", "so bill", "ma bill", "bill number", "bill no", "bill id", "billnumber",
        "bill", "invoice number", "invoice no", "invoice", "receipt number", "receipt no", "receipt", "so phieu",
    ),
    Part.ENDING: (
        "ma voucher", "ma evoucher", "ma e voucher", "ma qua tang", "ma the", "ma code", "so seri", "so serial",
        "seri the", "serial", "voucher code", "voucher serial", "voucher number", "voucher no", "evoucher code",
        "gift code", "giftcode", "card number", "4 so cuoi", "so cuoi", "last 4", "code ending", "code", "voucher",
    ),
    Part.AMOUNT: (
        "so tien", "so tien thanh toan", "gia tri", "gia tri voucher", "menh gia", "thanh tien", "tong tien", "tien",
        "so tien vnd", "amount", "amount vnd", "voucher value", "face value", "value", "price", "total",
    ),
    Part.TIME: (
        "thoi gian", "thoi diem", "ngay giao dich", "ngay su dung", "ngay gio", "ngay dung", "ngay", "gio",
        "transaction date", "transaction time", "used date", "used at", "redeem date", "redeemed at", "created at",
        "datetime", "date time", "date", "time",
    ),
    Part.STATUS: (
        "trang thai", "tinh trang", "ket qua", "loai giao dich", "loai gd", "status", "state", "transaction type",
        "transaction status", "type",
    ),
}  # fmt: skip
_OTHER = re.compile(r"\b(phi|fee|chiet khau|discount|thue|vat|tax|hoa hong|commission|so du|balance|han|expiry|expire"
                    r"|het han|stt|cua hang|store|ten|name)\b")  # fmt: skip
_DECIMAL = re.compile(r"[-(]?[\d.,' ]*?\d([.,])(\d{1,2})[)-]?")


def find_header(rows: Sequence[Cells]) -> int:
    """Index of the row whose words name columns; -1 if there is none."""
    best, most = -1, 1
    for number, row in enumerate(rows[:_FIRST_ROWS]):
        words = [fold(cell) for cell in row if isinstance(cell, str) and 0 < len(cell) < 60]
        hits = {part for part, names in WORDS.items() if any(_says(word, names) > 0 for word in words)}
        if len(hits) > most:
            best, most = number, len(hits)
    return best


def propose(rows: Sequence[Cells], numbers: Sequence[int]) -> Layout:
    """The likeliest layout of these first rows (`numbers`: of each in the file); parts that nothing speaks for are left
    open.
    """
    header = find_header(rows)
    body = [row for row in rows[header + 1 :] if sum(cell not in (None, "") for cell in row) > 1][:100]
    names = rows[header] if header >= 0 else ()
    width = max((len(row) for row in body), default=len(names))
    scores = [
        (score, -column, part)
        for column in range(width)
        for part in Part
        if (score := _score(part, _name(names, column), [row[column] for row in body if column < len(row)])) > 0
    ]
    columns: dict[Part, int] = {}
    for _, minus_column, part in sorted(scores, key=lambda each: (-each[0], -each[1])):
        if part not in columns and -minus_column not in columns.values():
            columns[part] = -minus_column
    layout = Layout(tuple(sorted(columns.items())), header=numbers[header] if header >= 0 else 0)
    return with_signs(header_words(layout, names), body)


def header_words(layout: Layout, names: Cells) -> Layout:
    """The layout with the header words of its columns."""
    words = tuple((part, _name(names, column)) for part, column in layout.columns if _name(names, column))
    return replace(layout, names=words)


def with_header(layout: Layout, header: int, rows: Sequence[Cells], numbers: Sequence[int]) -> Layout:
    """The layout with another header row; columns that its words name are found anew, the others stay."""
    names = rows[list(numbers).index(header)] if header in numbers else ()
    body = [row for number, row in zip(numbers, rows, strict=True) if number >= header]
    proposed = propose(body, [number for number in numbers if number >= header]) if names else layout
    columns = proposed.columns if proposed.header == header and proposed.columns else layout.columns
    return header_words(replace(layout, columns=columns, header=header), names)


def with_signs(layout: Layout, body: Iterable[Cells]) -> Layout:
    """The layout with the order of dates and the sign before fractions as these rows show them."""
    body = list(body)
    amounts = _column(body, layout.column(Part.AMOUNT))
    signs = {
        found.group(1) for cell in amounts if isinstance(cell, str) and (found := _DECIMAL.fullmatch(cell.strip()))
    }
    days = _column(body, layout.column(Part.TIME))
    first = _days_read(days, DateOrder.DAY_FIRST) >= _days_read(days, DateOrder.MONTH_FIRST)
    return replace(
        layout,
        decimal=signs.pop() if len(signs) == 1 else "",
        date_order=DateOrder.DAY_FIRST if first else DateOrder.MONTH_FIRST,
    )


def find_again(layout: Layout, rows: Sequence[Cells], numbers: Sequence[int]) -> Layout | None:
    """A remembered layout laid on this file: by its header words wherever they stand now; None if one is missing."""
    if not layout.names:
        return layout if layout.header == 0 and _readable(layout, rows) else None
    for index, row in enumerate(rows[:_FIRST_ROWS]):
        words = [_name(row, column) for column in range(len(row))]
        if all(words.count(name) >= 1 for _, name in layout.names):
            columns = dict(layout.columns)
            for part, name in layout.names:
                if columns[part] >= len(words) or words[columns[part]] != name:
                    columns[part] = words.index(name)
            return replace(layout, columns=tuple(sorted(columns.items())), header=numbers[index])
    return None


def _readable(layout: Layout, rows: Sequence[Cells]) -> bool:
    amounts = _column(list(rows), layout.column(Part.AMOUNT))
    return _share(amounts, lambda cell: amount_of(cell, layout.decimal)) > _MOST_OF


_MOST_OF = 0.6


def _score(part: Part, name: str, cells: Sequence[Cell]) -> float:
    """How much speaks for this part: words first, and what stands there must not contradict."""
    filled: list[Cell] = [cell for cell in cells if cell not in (None, "")]
    said = _says(name, WORDS[part])
    if name and _OTHER.search(name) and said < _EXACT:
        return 0
    if filled and not _fits(part, filled):
        return 0
    if said:
        return said
    if name or len(filled) < 2:
        return 0
    return _GUESS[part](filled)


_EXACT = 10.0


def _says(word: str, names: tuple[str, ...]) -> float:
    """How well a header word is one of these names: 10 is exactly."""
    if word in names:
        return _EXACT - names.index(word) / 100
    return max((3 + len(name) / 5 for name in names if re.search(rf"\b{name}\b", word)), default=0.0)


def _fits(part: Part, cells: Sequence[Cell]) -> bool:
    if part is Part.AMOUNT:
        return _share(cells, amount_of) > _MOST_OF
    if part is Part.TIME:
        return any(_days_read(cells, order) > _MOST_OF * len(cells) for order in DateOrder)
    if part in (Part.TRANSACTION, Part.BILL, Part.ENDING):
        return _share(cells, reference_of) > _MOST_OF and not all(hasattr(cell, "year") for cell in cells)
    return True


def _guess_amount(cells: Sequence[Cell]) -> float:
    amounts = [_amount_or_none(cell) for cell in cells]
    whole = [amount for amount in amounts if amount is not None and abs(amount) >= 1000 and amount % 500 == 0]
    return 2.0 if len(whole) > 0.8 * len(cells) else 0.0


def _guess_time(cells: Sequence[Cell]) -> float:
    dated = sum(1 for cell in cells if hasattr(cell, "year") or (isinstance(cell, str) and re.search(r"[-/:.]", cell)))
    return 2.5 if dated > 0.8 * len(cells) else 0.0


def _guess_transaction(cells: Sequence[Cell]) -> float:
    words = [cell for cell in cells if isinstance(cell, str) and len(cell) >= 8 and " " not in cell.strip()]
    different = len(set(words)) == len(words)
    return 1.0 if len(words) > 0.8 * len(cells) and different and not _guess_time(cells) else 0.0


_GUESS: dict[Part, Callable[[Sequence[Cell]], float]] = {
    Part.TRANSACTION: _guess_transaction,
    Part.BILL: lambda _: 0.0,
    Part.ENDING: lambda _: 0.0,
    Part.AMOUNT: _guess_amount,
    Part.TIME: _guess_time,
    Part.STATUS: lambda _: 0.0,
}


def _amount_or_none(cell: Cell) -> int | None:
    try:
        return amount_of(cell)
    except UnreadableCell:
        return None


def _share(cells: Sequence[Cell], read: Callable[[Cell], object]) -> float:
    good = sum(1 for cell in cells if _reads(cell, read))
    return good / len(cells) if cells else 0.0


def _reads(cell: Cell, read: Callable[[Cell], object]) -> bool:
    try:
        read(cell)
    except UnreadableCell:
        return False
    return True


def _days_read(cells: Sequence[Cell], order: DateOrder) -> int:
    return sum(1 for cell in cells if cell not in (None, "") and _reads(cell, lambda each: day_of(each, order)))


def _column(rows: list[Cells], column: int | None) -> list[Cell]:
    return [row[column] for row in rows if column is not None and column < len(row)]


def _name(names: Cells, column: int) -> str:
    return fold(text_of_or_empty(names[column])) if column < len(names) else ""
