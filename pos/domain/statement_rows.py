"""Lines of a statement and rows of the journal, as they are compared."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Standing(StrEnum):
    """What the journal says of a row: whether the issuer owes or bills it."""

    DUE = "due"  # given, or used there: it belongs into the statement
    TAKEN_BACK = "taken_back"  # used and made usable again
    OPEN = "open"  # nobody knows yet
    NOT_GIVEN = "not_given"  # refused, dropped or not bought; nothing was given


class Line(NamedTuple):
    """A readable line of theirs.

    Args:
        number: of the line or row in their file, from 1.
        transaction, bill, ending, day: empty where their file does not say. `ending`: last 4 characters of the code.
        amount_vnd: never negative; `back`: it takes back instead of counting.
        day: `YYYY-MM-DD` of the shop.
    """

    number: int
    transaction: str
    bill: str
    ending: str
    amount_vnd: int
    day: str
    back: bool = False


class OurRow(NamedTuple):
    """A row of the journal that may stand in the statement.

    Args:
        kind: `redemption`, `sale` or `booking`. `references`: ids that the issuer may know it by.
        amount_vnd: what counts here; `worth_vnd` is right as well (a voucher worth more than the bill).
        day: of the calendar, as issuers count; `sent_day`: when the issuer was told, empty if never.
        note: what a person has to know of it should they not list it: `loss`, `not_confirmed`, `never_sent`, or empty.
    """

    kind: str
    id: str
    bill: str
    ending: str
    references: tuple[str, ...]
    amount_vnd: int
    worth_vnd: int
    day: str
    sent_day: str
    created_utc: str
    standing: Standing = Standing.DUE
    note: str = ""
