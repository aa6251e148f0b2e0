"""Schema 4: paying bookings. Frozen: a later need is a later migration.

How the promise of contracts/gotadi.md §5.3 and §8 is said here:

- A payment stands on a bill of its own. Its transaction id is unique and never changes.
- `booking_open_number`: no second payment of a booking while one is not closed. `booking_one_voucher`: no second
  voucher on a booking while one of ours may be used or is.
- Money is the signed amount, and that is the price shown less the discounts: `booking_money_is_signed`.
- Every call is counted before it may leave; what may have been paid is never paid back: `booking_pays_back_unpaid`.
- Every open payment has a next step or an open case: `booking_has_an_owner`, and a case that is the last owner stays.
"""
# ruff: noqa: S608 – SQL is put together from this module's own constants

NUMBER = 4
NAME = "bookings"

_CASES = (
    "'not_committed', 'held', 'by_hand', 'failed_issue', 'refunded', 'pay_back', 'ticket_to_give',"
    " 'voucher_used_not_paid', 'amount_mismatch', 'other_voucher'"
)
_ENDS = "'issued', 'payment_failed', 'refunded', 'expired', 'given_up'"

TABLES = f"""
CREATE TABLE booking (
    id TEXT PRIMARY KEY,
    bill_number TEXT NOT NULL UNIQUE REFERENCES bill (number),
    issuer TEXT NOT NULL,
    number TEXT NOT NULL CHECK (length(number) BETWEEN 6 AND 32),
    product TEXT NOT NULL CHECK (product <> ''),
    title TEXT NOT NULL,
    starts TEXT NOT NULL,
    price_vnd INTEGER NOT NULL CHECK (price_vnd > 0),
    applied_vnd INTEGER NOT NULL CHECK (applied_vnd >= 0 AND applied_vnd < price_vnd),
    deadline_utc TEXT,
    transaction_id TEXT NOT NULL UNIQUE
        CHECK (length(transaction_id) BETWEEN 1 AND 36 AND transaction_id NOT GLOB '*[^A-Za-z0-9_-]*'),
    voucher TEXT NOT NULL CHECK (voucher IN ('none', 'unsent', 'in_flight', 'unknown', 'used', 'refused')),
    money TEXT NOT NULL CHECK (money IN ('not_taken', 'taken', 'paid_back')),
    journey TEXT NOT NULL CHECK (journey IN ('unsent', 'in_flight', 'open', 'held', {_ENDS})),
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    closed_utc TEXT,
    code_sealed BLOB,
    tracking_sealed BLOB,
    code_hash BLOB CHECK (length(code_hash) >= 16),
    code_ending TEXT CHECK (length(code_ending) <= 4),
    discount_vnd INTEGER NOT NULL DEFAULT 0 CHECK (discount_vnd >= 0),
    redeems INTEGER NOT NULL DEFAULT 0 CHECK (redeems >= 0),
    redeemed_utc TEXT,
    redeemed_session TEXT,
    redeemed_mono_s REAL,
    redeemed_issuer_utc TEXT,
    signed_vnd INTEGER,
    taken_vnd INTEGER,
    commits INTEGER NOT NULL DEFAULT 0 CHECK (commits >= 0),
    unclear_commits INTEGER NOT NULL DEFAULT 0 CHECK (unclear_commits BETWEEN 0 AND commits),
    committed_utc TEXT,
    committed_session TEXT,
    committed_mono_s REAL,
    committed_issuer_utc TEXT,
    polls INTEGER NOT NULL DEFAULT 0 CHECK (polls >= 0),
    barred INTEGER NOT NULL DEFAULT 0 CHECK (barred >= 0),
    empties INTEGER NOT NULL DEFAULT 0 CHECK (empties >= 0),
    looked_session TEXT,
    looked_mono_s REAL,
    looked_utc TEXT,
    unanswered INTEGER NOT NULL DEFAULT 0 CHECK (unanswered >= 0),
    word TEXT,
    can_resend INTEGER NOT NULL DEFAULT 0 CHECK (can_resend IN (0, 1)),
    payment_status TEXT NOT NULL DEFAULT '',
    issue_status TEXT NOT NULL DEFAULT '',
    payment_ref TEXT,
    passenger_ref TEXT,
    tickets TEXT NOT NULL DEFAULT '',
    held_utc TEXT,
    ticket_copy INTEGER,
    due_session TEXT,
    due_mono_s REAL,
    due_utc TEXT,
    created_utc TEXT NOT NULL,
    business_date TEXT NOT NULL,
    cashier TEXT NOT NULL,
    CHECK (closed = 0 OR (closed_utc IS NOT NULL AND due_session IS NULL)),
    CHECK (closed = 0 OR money = 'paid_back' OR (journey = 'issued' AND money = 'taken')
           OR (journey = 'given_up' AND money = 'not_taken')),
    CHECK ((due_session IS NULL) = (due_mono_s IS NULL) AND (due_session IS NULL) = (due_utc IS NULL)),
    CHECK (voucher = 'none' OR (code_sealed IS NOT NULL AND tracking_sealed IS NOT NULL AND code_hash IS NOT NULL)),
    CHECK (voucher NOT IN ('in_flight', 'unknown', 'used', 'refused') OR (redeems > 0 AND redeemed_utc IS NOT NULL)),
    CHECK (journey IN ('unsent', 'given_up') OR (commits > 0 AND committed_utc IS NOT NULL AND money <> 'not_taken'))
) STRICT, WITHOUT ROWID;

CREATE TABLE booking_attempt (
    booking_id TEXT NOT NULL REFERENCES booking (id),
    call_id TEXT NOT NULL,
    operation TEXT NOT NULL
        CHECK (operation IN ('look', 'validate', 'redeem', 'order', 'commit', 'poll', 'commit_result')),
    at_utc TEXT NOT NULL,
    session TEXT NOT NULL,
    mono_s REAL NOT NULL,
    issuer_utc TEXT,
    PRIMARY KEY (booking_id, call_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE booking_step (
    id INTEGER PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES booking (id),
    at_utc TEXT NOT NULL,
    kind TEXT NOT NULL,
    who TEXT NOT NULL,
    word TEXT,
    amount_vnd INTEGER
) STRICT;

CREATE TABLE booking_case (
    id INTEGER PRIMARY KEY,
    booking_id TEXT NOT NULL REFERENCES booking (id),
    kind TEXT NOT NULL CHECK (kind IN ({_CASES})),
    opened_utc TEXT NOT NULL,
    closed_utc TEXT,
    closed_by TEXT,
    closure TEXT,
    CHECK ((closed_utc IS NULL) = (closed_by IS NULL) AND (closed_utc IS NULL) = (closure IS NULL)),
    CHECK (closed_utc IS NULL OR (trim(closed_by) <> '' AND trim(closure) <> ''))
) STRICT;
"""

INDEXES = """
CREATE UNIQUE INDEX booking_open_number ON booking (issuer, number) WHERE closed = 0;
CREATE UNIQUE INDEX booking_one_voucher ON booking (issuer, number) WHERE voucher IN ('in_flight', 'unknown', 'used');
CREATE INDEX booking_due ON booking (journey, due_session, due_mono_s) WHERE due_session IS NOT NULL;
CREATE INDEX booking_step_of ON booking_step (booking_id);
CREATE UNIQUE INDEX booking_case_open ON booking_case (booking_id, kind) WHERE closed_utc IS NULL;
CREATE INDEX booking_case_of ON booking_case (booking_id);
"""

_NEVER_DELETED = ("booking", "booking_attempt", "booking_step", "booking_case")
_NEVER_CHANGED = ("booking_attempt", "booking_step")

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;\n"
    for table in _NEVER_DELETED
) + "".join(
    f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;\n"
    for table in _NEVER_CHANGED
)

RULES = f"""
CREATE TRIGGER booking_who_is_fixed BEFORE UPDATE OF id, bill_number, issuer, number, product, title, starts, price_vnd,
    applied_vnd, deadline_utc, transaction_id, created_utc, business_date, cashier ON booking
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER booking_begins_unsent BEFORE INSERT ON booking
WHEN NEW.voucher <> 'none' OR NEW.money <> 'not_taken' OR NEW.journey <> 'unsent' OR NEW.closed <> 0
  OR NEW.redeems <> 0 OR NEW.commits <> 0 OR NEW.due_session IS NULL
BEGIN SELECT RAISE(ABORT, 'rule.booking_begins_unsent'); END;

CREATE TRIGGER booking_voucher_sent_stays BEFORE UPDATE OF code_hash, code_ending, discount_vnd ON booking
WHEN OLD.redeems > 0 AND (NEW.code_hash IS NOT OLD.code_hash OR NEW.code_ending IS NOT OLD.code_ending
                          OR (OLD.voucher <> 'unsent' AND NEW.discount_vnd <> OLD.discount_vnd))
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER booking_use_stays BEFORE UPDATE OF voucher ON booking
WHEN OLD.voucher = 'used' AND NEW.voucher <> 'used'
BEGIN SELECT RAISE(ABORT, 'rule.verdict_stays'); END;

CREATE TRIGGER booking_redeem_counted BEFORE UPDATE OF voucher, redeems ON booking
WHEN NEW.redeems <> OLD.redeems + (NEW.voucher = 'in_flight' AND OLD.voucher <> 'in_flight')
BEGIN SELECT RAISE(ABORT, 'rule.sends_grow'); END;

CREATE TRIGGER booking_commit_counted BEFORE UPDATE OF journey, commits ON booking
WHEN NEW.commits <> OLD.commits + (NEW.journey = 'in_flight' AND OLD.journey <> 'in_flight')
BEGIN SELECT RAISE(ABORT, 'rule.sends_grow'); END;

CREATE TRIGGER booking_commit_is_paid_for BEFORE UPDATE OF journey ON booking
WHEN NEW.journey = 'in_flight' AND (NEW.money <> 'taken' OR NEW.voucher NOT IN ('none', 'used', 'refused'))
BEGIN SELECT RAISE(ABORT, 'rule.commit_needs_money'); END;

CREATE TRIGGER booking_money_is_signed BEFORE UPDATE OF money ON booking
WHEN OLD.money = 'not_taken' AND NEW.money = 'taken'
 AND (NEW.taken_vnd IS NULL OR NEW.signed_vnd IS NULL OR NEW.taken_vnd <> NEW.signed_vnd
      OR NEW.signed_vnd <> NEW.price_vnd - NEW.applied_vnd - iif(NEW.voucher = 'used', NEW.discount_vnd, 0))
BEGIN SELECT RAISE(ABORT, 'rule.amount_differs'); END;

CREATE TRIGGER booking_taken_stays BEFORE UPDATE OF taken_vnd, money ON booking
WHEN OLD.money <> 'not_taken' AND (NEW.taken_vnd IS NOT OLD.taken_vnd OR NEW.money = 'not_taken'
                                   OR (OLD.money = 'paid_back' AND NEW.money <> 'paid_back'))
BEGIN SELECT RAISE(ABORT, 'rule.amount_stays'); END;

CREATE TRIGGER booking_pays_back_unpaid BEFORE UPDATE OF money ON booking
WHEN NEW.money = 'paid_back' AND NEW.journey NOT IN ('payment_failed', 'refunded', 'expired', 'given_up')
BEGIN SELECT RAISE(ABORT, 'rule.may_be_paid'); END;

CREATE TRIGGER booking_end_stays BEFORE UPDATE OF journey ON booking
WHEN OLD.journey IN ({_ENDS}) AND NEW.journey <> OLD.journey
BEGIN SELECT RAISE(ABORT, 'rule.verdict_stays'); END;

CREATE TRIGGER booking_closed_stays BEFORE UPDATE OF closed, closed_utc ON booking WHEN OLD.closed = 1
BEGIN SELECT RAISE(ABORT, 'rule.settled_stays'); END;

CREATE TRIGGER booking_has_an_owner BEFORE UPDATE ON booking
WHEN NEW.closed = 0 AND NEW.due_session IS NULL
 AND NOT EXISTS (SELECT 1 FROM booking_case c WHERE c.booking_id = OLD.id AND c.closed_utc IS NULL)
BEGIN SELECT RAISE(ABORT, 'rule.work_left'); END;

CREATE TRIGGER booking_case_is_the_owner BEFORE UPDATE OF closed_utc ON booking_case
WHEN NEW.closed_utc IS NOT NULL
 AND EXISTS (SELECT 1 FROM booking b WHERE b.id = OLD.booking_id AND b.closed = 0 AND b.due_session IS NULL)
 AND NOT EXISTS (SELECT 1 FROM booking_case c
                 WHERE c.booking_id = OLD.booking_id AND c.id <> OLD.id AND c.closed_utc IS NULL)
BEGIN SELECT RAISE(ABORT, 'rule.case_not_closable'); END;

CREATE TRIGGER booking_case_opened_is_fixed BEFORE UPDATE OF id, booking_id, kind, opened_utc ON booking_case
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER booking_case_closed_stays BEFORE UPDATE ON booking_case WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER booking_case_opens_open BEFORE INSERT ON booking_case WHEN NEW.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER booking_on_its_own_bill BEFORE INSERT ON booking
WHEN EXISTS (SELECT 1 FROM redemption r WHERE r.bill_number = NEW.bill_number)
  OR EXISTS (SELECT 1 FROM sale s WHERE s.bill_number = NEW.bill_number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_of_its_own'); END;

CREATE TRIGGER redemption_on_no_booking BEFORE INSERT ON redemption
WHEN EXISTS (SELECT 1 FROM booking b WHERE b.bill_number = NEW.bill_number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_of_its_own'); END;

CREATE TRIGGER sale_on_no_booking BEFORE INSERT ON sale
WHEN EXISTS (SELECT 1 FROM booking b WHERE b.bill_number = NEW.bill_number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_of_its_own'); END;

CREATE TRIGGER bill_booked_stays BEFORE UPDATE OF total_vnd, skus ON bill
WHEN EXISTS (SELECT 1 FROM booking WHERE bill_number = OLD.number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_sent'); END;
"""

STATEMENTS = TABLES + INDEXES + APPEND_ONLY + RULES
