"""The manager's queries in SQL: how a row stands, and which rows a query is about.

A query's values are bound by name from `values_of`; texts here are this module's own constants. Three sources of
redemptions, each through an index, so that a question costs what it is about:

- `day`: all of the dates, through `redemption_of_day`, which holds every column that filters and sums need;
- `apart`: for ranges in which only rows are wanted that did not go as usual: one in some hundred;
- `found`: the rows that a search text is about.

Should a page of an index be damaged, `table` reads the same rows from the table itself.
"""
# ruff: noqa: S608 – SQL is put together from this package's own constants; values are always bound

from __future__ import annotations

from datetime import date
from typing import Any

from pos.till.review.day_views import Query, RowKind, Standing

Values = dict[str, Any]

_A_MONTH_DAYS = 31
"""Longer ranges look for what went otherwise through the index that holds only that."""
TAIL = 4
"""Characters of a bill number's end that `bill_tail` holds, and of a code that anybody may see."""
_PREFIX_FROM = 6
EPOCH = date(1970, 1, 1).toordinal()
MS_PER_DAY = 86_400_000
"""An id begins with 12 hexadecimal digits: milliseconds since the epoch."""
_MANY_BILLS = 5000

LATE_SETTLED = (
    "(EXISTS (SELECT 1 FROM cases l WHERE l.redemption_id = redemption.id AND l.kind = 'late_effect')"
    " AND NOT EXISTS (SELECT 1 FROM cases l WHERE l.redemption_id = redemption.id AND l.closed_utc IS NULL))"
)
# What was told to be taken back counts as nothing while nobody knows. Told twice, and the issuer still calls it used:
# then it is used, as on the Z report and in the issuer's statement, and a case says what is wrong.
REDEMPTION_STANDING = f"""CASE
    WHEN taking_back = 'done' THEN 'taken_back'
    WHEN taking_back = 'open' THEN 'open'
    WHEN outcome = 'used' AND given = 1 THEN 'done'
    WHEN outcome = 'used' THEN iif({LATE_SETTLED}, 'dropped', 'open')
    WHEN outcome = 'refused' THEN iif(given, 'loss', 'refused')
    WHEN outcome = 'dropped' THEN 'dropped'
    ELSE iif(given, 'at_risk', 'open') END"""
SALE_STANDING = """CASE WHEN closed = 0 THEN 'open' WHEN outcome = 'bought' THEN 'done'
    WHEN outcome = 'not_bought' THEN 'refused' ELSE 'dropped' END"""
BOOKING_STANDING = """CASE WHEN closed = 0 THEN 'open' WHEN money = 'taken' THEN 'done'
    WHEN journey = 'given_up' THEN 'dropped' ELSE 'refused' END"""

STANDING = {
    RowKind.REDEMPTION: REDEMPTION_STANDING, RowKind.SALE: SALE_STANDING, RowKind.BOOKING: BOOKING_STANDING,
}  # fmt: skip
ISSUER = {RowKind.REDEMPTION: "provider", RowKind.SALE: "seller", RowKind.BOOKING: "issuer"}
AMOUNT = {
    RowKind.REDEMPTION: "amount_vnd", RowKind.SALE: "price_vnd",
    RowKind.BOOKING: "ifnull(taken_vnd, price_vnd - applied_vnd - iif(voucher = 'used', discount_vnd, 0))",
}  # fmt: skip
DAY_INDEX = {
    RowKind.REDEMPTION: "redemption_of_day", RowKind.SALE: "sale_of_day", RowKind.BOOKING: "booking_of_day",
}  # fmt: skip

# The words of the partial indexes of migrations/: SQLite uses such an index only for the same words.
_APART = "outcome IN ('refused', 'dropped') OR taking_back <> 'no'"
_ALIVE = (
    "(outcome IN ('unsent', 'in_flight', 'unknown') OR (outcome = 'used' AND given = 0)"
    " OR hold IN ('reserving', 'unknown', 'held', 'releasing')"
    " OR (shown_utc IS NULL AND (outcome = 'used' OR (outcome = 'refused' AND sends > 0))))"
)
_ENDED_APART = frozenset({Standing.REFUSED, Standing.LOSS, Standing.TAKEN_BACK})
"""All of these are in that index, which has them in the order of the list."""
_APART_IDS = (
    f"SELECT id FROM redemption INDEXED BY redemption_apart WHERE ({_APART})"
    f" UNION SELECT id FROM redemption INDEXED BY redemption_alive WHERE {_ALIVE}"
)
_CLOCK = "substr(created_utc, 12, 5)"
_AHEAD_MIN = 7 * 60
"""The shop's wall clock is so far ahead of UTC all year (`pos.domain.business_date`)."""
_DAY_MIN = 24 * 60
HOUR = "(CAST(substr(created_utc, 12, 2) AS INTEGER) + 7) % 24"
"""Of the shop's wall clock."""


def kinds_of(query: Query) -> tuple[RowKind, ...]:
    """The kinds wanted, in a fixed order."""
    return tuple(kind for kind in RowKind if not query.kinds or kind in query.kinds)


def values_of(query: Query) -> Values:
    """What the statements bind."""
    text = query.text.strip()
    from_id, to_id = ids_around(query.first, query.last)
    start, end = _window(query)
    return {
        "first": query.first.isoformat(),
        "last": query.last.isoformat(),
        **{name: value for values in _sets(query) for name, value in values.items()},
        "low_vnd": query.low_vnd,
        "high_vnd": query.high_vnd,
        "from_clock": _clock_text(start),
        "to_clock": _clock_text(end),
        "text": text,
        "upper": text.upper(),
        "beyond": text + "\U0010ffff",
        "tail": text[-TAIL:].rjust(TAIL, "0") if text.isdecimal() else text[-TAIL:],
        "length": len(text),
        "from_id": from_id,
        "to_id": to_id,
    }


def _sets(query: Query) -> tuple[dict[str, str], ...]:
    """Each value bound by a name of its own: for one value, as mostly, a comparison and no list to look into."""
    sets = (("issuer", query.issuers), ("person", query.people), ("standing", query.standings))
    return tuple({f"{what}_{n}": value for n, value in enumerate(sorted(wanted))} for what, wanted in sets)


def filters(query: Query, kind: RowKind) -> str:
    """The conditions but for dates and text, each on columns that the day's index holds."""
    columns = (ISSUER[kind], "cashier", STANDING[kind])
    parts = [
        f"{column} IN ({', '.join(f':{name}' for name in values)})"
        for column, values in zip(columns, _sets(query), strict=True)
        if values
    ]
    if query.low_vnd is not None:
        parts.append(f"{AMOUNT[kind]} >= :low_vnd")
    if query.high_vnd is not None:
        parts.append(f"{AMOUNT[kind]} <= :high_vnd")
    parts += _minutes(query)
    return "".join(f" AND {part}" for part in parts)


def _minutes(query: Query) -> list[str]:
    """As texts of UTC, which cost half of what numbers do; the window may lie around midnight on either clock."""
    if query.from_minute is None and query.to_minute is None:
        return []
    start, end = _window(query)
    if end - start == _DAY_MIN:
        return []
    after, before = f"{_CLOCK} >= :from_clock", f"{_CLOCK} < :to_clock"
    return [after, before] if _utc_minute(start) <= _utc_minute(end) else [f"({after} OR {before})"]


def _window(query: Query) -> tuple[int, int]:
    return query.from_minute or 0, _DAY_MIN if query.to_minute is None else query.to_minute


def _utc_minute(local_minute: int) -> int:
    return (local_minute - _AHEAD_MIN) % _DAY_MIN


def _clock_text(local_minute: int) -> str:
    return "{:02d}:{:02d}".format(*divmod(_utc_minute(local_minute), 60))


def source(query: Query, kind: RowKind, *, by_table: bool = False, many_bills: bool = False) -> str:
    """`table … WHERE …`: the rows of one kind that the query is about, to be sorted by date and id.

    Args:
        query: which rows.
        kind: of which kind.
        by_table: without any index but the table's own; ids between `:from_id` and `:to_id`.
        many_bills: the text is the beginning of very many bill numbers: go through the dates and look at each.
    """
    table, dates = kind.value, "business_date BETWEEN :first AND :last"
    where = filters(query, kind)
    if by_table:
        searched = f" AND id IN ({found(kind)})" if query.text.strip() else ""
        around = f"{dates} AND id BETWEEN :from_id AND :to_id"
        return f"{table} INDEXED BY sqlite_autoindex_{table}_1 WHERE {around}{searched}{where}"
    if kind is not RowKind.REDEMPTION:
        searched = f" AND {_FOUND[kind]}" if query.text.strip() else ""
        return f"{table} INDEXED BY {DAY_INDEX[kind]} WHERE {dates}{searched}{where}"
    if query.text.strip() and not many_bills:
        return f"{table} WHERE +{dates} AND id IN ({found(kind)}){where}"
    begins = " AND bill_number >= :text AND bill_number < :beyond" if many_bills else ""
    if _is_apart(query) and query.standings <= _ENDED_APART:
        return f"{table} INDEXED BY redemption_apart WHERE {dates} AND ({_APART}){begins}{where}"
    if _is_apart(query):
        return f"{table} WHERE +{dates} AND id IN ({_APART_IDS}){begins}{where}"
    return f"{table} INDEXED BY redemption_of_day WHERE {dates}{begins}{where}"


def _is_apart(query: Query) -> bool:
    days = (query.last - query.first).days + 1
    return bool(query.standings) and Standing.DONE not in query.standings and days > _A_MONTH_DAYS


def is_few(query: Query, *, many_bills: bool) -> bool:
    """Whether its redemptions are looked for one by one, wherever they are, and not day by day."""
    return _is_apart(query) or (bool(query.text.strip()) and not many_bills)


_TAIL_IS = "substr(number, -4) = :tail AND (:length <= 4 OR substr(number, -:length) = :text)"
_FOUND_REDEMPTIONS = f"""SELECT id FROM redemption INDEXED BY redemption_ending WHERE code_ending IN (:text, :upper)
    UNION SELECT r.id FROM (
        SELECT number FROM bill WHERE number = :text
        UNION SELECT number FROM bill INDEXED BY bill_tail WHERE {_TAIL_IS}
        UNION SELECT number FROM bill WHERE :length >= {_PREFIX_FROM} AND number >= :text AND number < :beyond
    ) found CROSS JOIN redemption r INDEXED BY redemption_of_bill ON r.bill_number = found.number"""
_BILL_IS = (
    f"(bill_number = :text OR substr(bill_number, -max({TAIL}, :length)) = iif(:length < {TAIL}, :tail, :text)"
    f" OR (:length >= {_PREFIX_FROM} AND bill_number >= :text AND bill_number < :beyond))"
)
_FOUND = {
    RowKind.SALE: f"({_BILL_IS} OR order_id = :upper"
    " OR id IN (SELECT sale_id FROM sale_code WHERE substr(serial, -4) IN (:text, :upper)))",
    RowKind.BOOKING: f"({_BILL_IS} OR number IN (:text, :upper) OR code_ending IN (:text, :upper)"
    f" OR (:length >= {TAIL} AND substr(number, -:length) IN (:text, :upper)))",
}


def found(kind: RowKind) -> str:
    """The ids that the text is about."""
    return _FOUND_REDEMPTIONS if kind is RowKind.REDEMPTION else f"SELECT id FROM {kind.value} WHERE {_FOUND[kind]}"


MANY_BILLS = f"""SELECT count(*) > {_MANY_BILLS} FROM (
    SELECT 1 FROM bill WHERE :length >= {_PREFIX_FROM} AND number >= :text AND number < :beyond
    LIMIT {_MANY_BILLS} + 1)"""
"""Whether the text is the beginning of so many bill numbers that nearly every row is wanted."""


def keys(query: Query, *, by_table: bool = False, many_bills: bool = False) -> str:
    """Date, id and kind of the rows, newest first, `:count` from `:offset` on. Each part is read in its index's order
    and only as far as the page goes.
    """
    parts = []
    for number, kind in enumerate(RowKind):
        if kind in kinds_of(query):
            rows = source(query, kind, by_table=by_table, many_bills=many_bills)
            parts.append(f"SELECT business_date AS d, id AS i, {number} AS k FROM {rows}")
    return f"{' UNION ALL '.join(parts)} ORDER BY d DESC, i DESC LIMIT :count OFFSET :offset"


def per_day(query: Query, kind: RowKind, *, by_table: bool = False, many_bills: bool = False) -> str:
    """Date and number of rows."""
    rows = source(query, kind, by_table=by_table, many_bills=many_bills)
    return f"SELECT business_date, count(*) FROM {rows} GROUP BY business_date"


def ids_around(first: date, last: date) -> tuple[str, str]:
    """Between which ids a right clock's rows of these dates are, a day wider on both sides."""
    begin, end = first.toordinal() - EPOCH - 1, last.toordinal() - EPOCH + 2
    return f"{max(begin, 0) * MS_PER_DAY:012x}", f"{max(end, 0) * MS_PER_DAY:012x}"
