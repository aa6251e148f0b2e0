"""What a manager is shown of the cases: frozen, words left to the edge. One inbox over four kinds of rows.

No view holds more than the last 4 characters of a code. Times are UTC instants, amounts đồng.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pos.till.views import Message


class CaseSource(StrEnum):
    """What a case is about; with `CaseView.id` its name."""

    REDEMPTION = "redemption"
    SALE = "sale"
    BOOKING = "booking"
    DAY = "day"  # left over by a closing or a statement check


@dataclass(frozen=True, slots=True)
class CaseView:
    """One case, open or closed.

    Args:
        id: within its source.
        kind: word of `CaseKind`, `SaleCaseKind`, `BookingCaseKind`, or of `day_case`.
        ref: the redemption, sale or payment it is about; of a day case what the closing or the check named.
        ending: last 4 characters of the voucher, empty where there is none.
        issuer: its id; `label` its name for people.
        amount_vnd: what is at stake.
        reason: a stable word, or free text of a day case.
        owner: the person who looks after it; None: nobody yet.
        closed_utc: None while it is open; else `closed_by` and `closure` say who and why.
    """

    source: CaseSource
    id: int
    kind: str
    ref: str
    bill_number: str
    ending: str
    issuer: str
    label: str
    amount_vnd: int
    reason: str | None
    opened_utc: datetime
    owner: str | None
    closed_utc: datetime | None = None
    closed_by: str | None = None
    closure: str | None = None

    @property
    def key(self) -> str:
        """Names the case among all of them."""
        return f"{self.source.value}/{self.id}"

    @property
    def open(self) -> bool:
        """Whether it still needs a person."""
        return self.closed_utc is None


class ChoiceKind(StrEnum):
    """What a person may do about a case. The words are in the locale files (`cases.do.…`)."""

    ASK = "ask"  # ask the issuer now
    ACCEPT = "accept"  # undecidable: the value is given on the manager's word
    REJECT = "reject"  # undecidable: it is not
    TAKE_BACK = "take_back"  # the issuer makes the voucher usable again
    NEVER_GIVEN = "never_given"  # the customer does not come back: settle it with the issuer
    VOUCHER_USED = "voucher_used"  # the support says: the booking's voucher was used
    VOUCHER_UNUSED = "voucher_unused"  # … was not used
    ISSUED = "issued"  # the support says: paid, and the ticket is issued
    NOT_PAID = "not_paid"  # the support says: not paid
    NOT_BOUGHT = "not_bought"  # the support says: nothing was bought
    READ_AGAIN = "read_again"  # key or padding were mended: decrypt the stored codes again
    PAID_BACK = "paid_back"  # the customer has her money back
    TICKET_GIVEN = "ticket_given"  # the customer has her ticket
    OPEN_BILL = "open_bill"  # at the counter: finish the sale, send again or drop
    OPEN_SALE = "open_sale"  # on the selling page
    OPEN_BOOKING = "open_booking"  # on the booking page
    CLOSE = "close"


PAGES = frozenset({ChoiceKind.OPEN_BILL, ChoiceKind.OPEN_SALE, ChoiceKind.OPEN_BOOKING})
"""Choices that a window carries out by showing another page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be done now, or why it may not.

    Args:
        why_not: the sentence of why it is not offered; None: it is.
        needs_reason: a reason in words goes with it, into the audit chain.
        other_till: the manager must say that no other till took this voucher meanwhile.
        closes: kinds of the open cases of the same thing that end with it.
    """

    kind: ChoiceKind
    why_not: Message | None = None
    needs_reason: bool = True
    other_till: bool = False
    closes: tuple[str, ...] = ()

    @property
    def offered(self) -> bool:
        """Whether it may be carried out now."""
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class CallView:
    """One call to the issuer about it, with how it ended.

    Args:
        operation: word of the journal: `mark_used`, `inquire`, `buy`, `commit`, …
        result: a stable word; None: the call's end was never written.
        http_status, failure: of the answer, or why there was none.
    """

    call_id: str
    operation: str
    at_utc: datetime
    result: str | None
    http_status: int | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """How the thing itself stands now.

    Args:
        state: words of its facts, e.g. `used/given`, `unknown/not_given`; empty of a day case.
        transaction_id: the issuer's, or what we sent as ours, for the support.
        order_id: our own id of a code sale's order, or the booking's number.
        created_utc, business_date, cashier: when, on which day and by whom it was begun.
        decided: what a manager decided about an undecidable one; None: nobody did.
        taking_back: whether the issuer was told to free it: `no`, `open`, `done`, `refused`, `by_hand`.
    """

    state: str = ""
    transaction_id: str = ""
    order_id: str = ""
    created_utc: datetime | None = None
    business_date: str = ""
    cashier: str = ""
    decided: bool | None = None
    taking_back: str = "no"


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case with its evidence and what may be done now.

    Args:
        choices: those that are offered first, then those that are not, with the reason, where that helps.
        calls: to the issuer, oldest first.
        others: further cases of the same thing, open and closed.
    """

    view: CaseView
    facts: CaseFacts
    choices: tuple[Choice, ...]
    calls: tuple[CallView, ...] = ()
    others: tuple[CaseView, ...] = ()

    def choice(self, kind: ChoiceKind) -> Choice | None:
        """The choice of that kind, if it is offered."""
        return next((choice for choice in self.choices if choice.kind is kind and choice.offered), None)


@dataclass(frozen=True, slots=True)
class CaseInbox:
    """The list, oldest first.

    Args:
        rows: at most as many as were asked for.
        open_count: all that are open, whatever is listed.
    """

    rows: tuple[CaseView, ...]
    open_count: int
    people: tuple[str, ...] = ()
