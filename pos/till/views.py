"""What the till tells a screen or the command line: frozen snapshots, words left to the edge.

Nothing here holds a whole voucher code. Times are UTC instants or monotonic seconds of this run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pos.domain.bill import SkuLine
from pos.domain.errors import Param
from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.domain.redemption import Outcome
from pos.domain.voucher import NO_DETAIL, Detail
from pos.till.ports import Person, PrintState


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person, by code: `message.<code>.what|safe|do` in the locale files."""

    code: str
    params: tuple[tuple[str, Param], ...] = ()


class LineStatus(StrEnum):
    """What a voucher's row on the bill says."""

    CHECKING = "checking"
    USABLE = "usable"
    REFUSED = "refused"
    UNCHECKED = "unchecked"  # no answer to the check; `reason` says why (offline, throttled, asking failed)
    HELD = "held"  # reserved for this bill (RESERVE_FLOW)
    SENDING = "sending"
    UNSENT = "unsent"  # intent stands, nothing left; may be sent again or dropped
    UNKNOWN = "unknown"
    USED = "used"
    ACCEPTED_OFFLINE = "accepted_offline"
    DROPPED = "dropped"
    LATE = "late"  # used after it had been given up or was not needed any more: a manager's, nothing is handed over


@dataclass(frozen=True, slots=True)
class IssuerChoice:
    """An issuer that a person may name for a voucher; `provider` goes back with the command, `label` is for people."""

    provider: str
    label: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One voucher on the bill.

    Args:
        id: names the line in commands.
        worth_vnd: as checked or declared; None while not known. `amount_vnd` comes off the bill, `lost_vnd` is lost.
        redeems: goods a conditional voucher pays for.
        checked_utc: when the issuer last said "usable" (for offline).
        needs_value: offline and never checked: declare the face value.
        provider: the issuer's name for people; empty: a person must say which of `choices` it is (the reason says so).
        choices: issuers that a person may change it to; empty: there is nothing to choose.
        needs_decision: the issuer cannot say for whom it was used: a manager decides (`CounterTill.decide`).
        unconfirmed: used by a manager's word only.
        taken_back: the issuer has made it usable again; it pays for nothing.
        needs_network: it could not be asked about, and its issuer's vouchers are never taken without an answer.
        rejected: a manager has decided against it; nothing was given, but the issuer may count it as used.
        can_take_back: a manager may have the issuer make it usable again now (`CounterTill.take_back`).
    """

    id: str
    number: int
    ending: str
    provider: str
    status: LineStatus
    worth_vnd: int | None = None
    amount_vnd: int = 0
    lost_vnd: int = 0
    declared: bool = False
    redeems: tuple[SkuLine, ...] = ()
    expires_on: date | None = None
    reason: Reason | None = None
    detail: Detail = NO_DETAIL
    checked_utc: datetime | None = None
    needs_value: bool = False
    choices: tuple[IssuerChoice, ...] = ()
    needs_decision: bool = False
    unconfirmed: bool = False
    taken_back: bool = False
    needs_network: bool = False
    rejected: bool = False
    can_take_back: bool = False


class Phase(StrEnum):
    """Where a bill stands; decides which actions a screen offers."""

    DRAFT = "draft"  # scan, edit, confirm
    SENDING = "sending"  # a changing call runs; after 8 s the cashier may set the bill aside
    HELD = "held"  # RESERVE_FLOW: held for this bill; confirm uses, abandon releases
    OFFERED = "offered"  # no network: the policy's verdict stands in `offer`
    DONE = "done"  # used and given: hand over
    ACCEPTED_OFFLINE = "accepted_offline"  # given at the shop's risk
    UNKNOWN = "unknown"  # do not hand over; inquiry runs
    UNSENT = "unsent"  # proven unused: send again or drop
    FINISH = "finish"  # the issuer has it, the customer has not had the value: finish the sale
    CLOSED = "closed"  # refused or dropped, nothing given


class Verdict(StrEnum):
    """What the offline policy says of the bill."""

    ACCEPT = "accept"
    NEEDS_MANAGER = "needs_manager"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class OfflineOffer:
    """The policy's verdict with its grounds, and the risk the till already carries."""

    verdict: Verdict
    grounds: tuple[Ground, ...]
    at_risk_count: int
    at_risk_vnd: int


Verdicts = frozenset[tuple[str, Outcome]]
"""Ids of rows with the issuer's verdict (USED or REFUSED)."""


@dataclass(frozen=True, slots=True)
class BillView:
    """One bill for the counter.

    Args:
        key: names the bill in commands; stays the same when its number changes.
        voucher_vnd: what counts as paid by voucher (usable, used, accepted offline); never what is unknown.
        waiting_vnd: amount whose outcome nobody knows.
        left_vnd: still to pay. `lost_vnd`: worth that is lost because vouchers are worth more than the bill.
        focus: id of the line the big panel speaks of (the last scanned or the one that matters most).
        since_mono_s: when the running work began (check, send), for "how long".
        can_set_aside: a call runs longer than 8 s.
        next_inquiry_mono_s: when the till asks again. `inquiries`: how often it has asked.
        throttled_until_mono_s: the issuer asked for a pause.
        confirm_loss: the amount to be lost that the cashier must confirm once before sending; 0: nothing to ask.
        message: something that concerns the whole bill (set-up fault, disk full).
        verdicts: what the issuer has decided, as this view tells it; goes back with `CounterTill.painted`.
    """

    key: str
    number: str
    total_vnd: int
    phase: Phase
    lines: tuple[LineView, ...]
    skus: tuple[SkuLine, ...] = ()
    voucher_vnd: int = 0
    waiting_vnd: int = 0
    left_vnd: int = 0
    lost_vnd: int = 0
    focus: str | None = None
    busy: bool = False
    since_mono_s: float | None = None
    can_set_aside: bool = False
    next_inquiry_mono_s: float | None = None
    inquiries: int = 0
    throttled_until_mono_s: float | None = None
    confirm_loss: int = 0
    offer: OfflineOffer | None = None
    set_aside: bool = False
    transaction_id: str | None = None
    message: Message | None = None
    verdicts: Verdicts = frozenset()


class Link(StrEnum):
    """A link or device as the status strip shows it."""

    OK = "ok"
    DOWN = "down"
    WARN = "warn"
    UNKNOWN = "unknown"  # not asked yet, or cannot say
    OFF = "off"  # none set up


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device or link with a stable word for its state (`device.<word>` in the locale files)."""

    link: Link
    word: str
    since_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockView:
    """The till's clock against the issuer's. `offset_s` = issuer minus till; None: never compared."""

    trusted: bool
    offset_s: float | None
    jumped_back: bool


class Environment(StrEnum):
    """Where redemptions go."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class StripView:
    """The state of the world, always on screen.

    Args:
        unprinted: slips that are not on paper for sure; `doubtful` of them may be.
        print_tried_utc: when a slip was last tried.
    """

    network: DeviceView
    queue_count: int
    at_risk_vnd: int
    oldest_utc: datetime | None
    open_bills: int
    open_cases: int
    unprinted: int
    printer: DeviceView
    scanner: DeviceView
    clock: ClockView
    person: Person | None
    business_date: date
    environment: Environment
    throttled_until_mono_s: float | None = None
    doubtful: int = 0
    print_tried_utc: datetime | None = None


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A row of the open-bills list."""

    number: str
    phase: Phase
    amount_vnd: int
    endings: tuple[str, ...]
    opened_utc: datetime
    next_inquiry_mono_s: float | None
    inquiries: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A row of the queue: value given, the issuer's word still out."""

    redemption_id: str
    bill_number: str
    ending: str
    provider: str
    amount_vnd: int
    accepted_utc: datetime
    status: LineStatus
    tries: int
    next_try_mono_s: float | None
    quarantine: str | None


@dataclass(frozen=True, slots=True)
class SlipRow:
    """A slip that is not on paper for sure. `state` is PENDING, PRINTING or DOUBTFUL, `note` why."""

    job_id: str
    bill_number: str
    copy: int
    created_utc: datetime
    amount_vnd: int
    state: PrintState
    note: str | None


@dataclass(frozen=True, slots=True)
class ListsView:
    """Open bills, queue and slips, whole, oldest first (at most 200 rows each; counts are in the strip)."""

    open_bills: tuple[OpenBill, ...]
    queue: tuple[QueueRow, ...]
    slips: tuple[SlipRow, ...] = ()


class BannerKind(StrEnum):
    """Why a banner comes up."""

    RESOLVED_USED = "resolved_used"  # an inquiry found our use: finish the sale
    RESOLVED_UNUSED = "resolved_unused"  # proven unused: send again or drop
    RESOLVED_REFUSED = "resolved_refused"
    UNDECIDABLE = "undecidable"  # a case was opened
    LOSS = "loss"  # refused after the value was given: a case was opened
    LATE_EFFECT = "late_effect"
    QUEUE_EMPTY = "queue_empty"  # everything accepted offline is settled
    AFTER_RESTART = "after_restart"  # verdicts that were never painted
    PRINT_DOUBTFUL = "print_doubtful"
    CLOCK = "clock"
    STORAGE = "storage"
    SALE_READY = "sale_ready"  # bought while nobody waited: hand over
    SALE_PAY_BACK = "sale_pay_back"  # nothing was bought
    SALE_CASE = "sale_case"  # a manager settles it
    BOOKING_ISSUED = "booking_issued"
    BOOKING_PAY_BACK = "booking_pay_back"  # not paid at the issuer
    BOOKING_CASE = "booking_case"
    TAKEN_BACK = "taken_back"
    NOT_TAKEN_BACK = "not_taken_back"
    NOTICE = "notice"  # a manager has to see it; `message` says it
    READY = "ready"  # looked over at the start of a shift: all is well
    NOT_READY = "not_ready"  # something to see to; `message` says how much


@dataclass(frozen=True, slots=True)
class Banner:
    """Something the cashier must hear of whatever she is doing. `bill_number` opens that bill."""

    kind: BannerKind
    bill_number: str | None = None
    amount_vnd: int = 0
    message: Message | None = None


# ---------------------------------------------------------------- events


@dataclass(frozen=True, slots=True)
class BillChanged:
    """A bill has a new snapshot."""

    view: BillView


@dataclass(frozen=True, slots=True)
class StripChanged:
    """The status strip has a new snapshot."""

    view: StripView


@dataclass(frozen=True, slots=True)
class ListsChanged:
    """Open bills, queue or slips changed."""

    view: ListsView


@dataclass(frozen=True, slots=True)
class BannerRaised:
    """Show a banner with its sound."""

    banner: Banner


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person signed in, or None: signed out."""

    person: Person | None


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """A command was not carried out; nothing changed."""

    command: str
    message: Message


@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """The printer took the pulse for the drawer."""


@dataclass(frozen=True, slots=True)
class BookingScanned:
    """A booking number was scanned at a bill: it belongs to the page of bookings. Nothing was asked of anybody."""

    key: str
    number: str


@dataclass(frozen=True, slots=True)
class TakeBackEnded:
    """How taking a redemption back ended: `done`, `refused`, `by_hand`, or `open` (nobody knows yet: ask again)."""

    bill_number: str
    ending: str
    end: str


TillEvent = (
    BillChanged
    | StripChanged
    | ListsChanged
    | BannerRaised
    | SignedIn
    | CommandFailed
    | DrawerOpened
    | BookingScanned
    | TakeBackEnded
)
