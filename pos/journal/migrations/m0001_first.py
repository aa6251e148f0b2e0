"""Schema 1: bills, redemptions and all that follows them. Frozen: a later need is a later migration.

How the rules of design.md §2 are said here:

- One code stands once: `redemption_standing` is unique over the states in which it must not be taken again.
- `redemption_alive` holds exactly the rows that somebody still has to look at, so that questions about them cost the
  number of such rows and not the size of the journal.
- Triggers say what no program may do, ours included: evidence is only appended, nothing of a sale is deleted, value
  given stays given, a verdict stays.
- Tables with a key of our own are WITHOUT ROWID: one tree instead of two, and ids sort by time, so rows append.
"""

NUMBER = 1
NAME = "first"

_OUTCOMES = "'unsent', 'in_flight', 'unknown', 'used', 'refused', 'dropped'"
_OPEN_HOLDS = "'reserving', 'unknown', 'held', 'releasing'"

TABLES = f"""
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
    series TEXT PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 1)
) STRICT, WITHOUT ROWID;

CREATE TABLE bill (
    seq INTEGER PRIMARY KEY,
    number TEXT NOT NULL UNIQUE CHECK (length(number) BETWEEN 1 AND 255),
    total_vnd INTEGER NOT NULL CHECK (total_vnd >= 0),
    skus TEXT,
    created_utc TEXT NOT NULL,
    business_date TEXT NOT NULL,
    cashier TEXT NOT NULL,
    slips INTEGER NOT NULL DEFAULT 0 CHECK (slips >= 0)
) STRICT;

CREATE TABLE redemption (
    id TEXT PRIMARY KEY,
    bill_number TEXT NOT NULL REFERENCES bill (number),
    position INTEGER NOT NULL,
    provider TEXT NOT NULL,
    code_sealed BLOB NOT NULL,
    code_hash BLOB NOT NULL CHECK (length(code_hash) >= 16),
    code_ending TEXT NOT NULL CHECK (length(code_ending) <= 4),
    outcome TEXT NOT NULL CHECK (outcome IN ({_OUTCOMES})),
    given INTEGER NOT NULL CHECK (given IN (0, 1)),
    given_utc TEXT,
    hold TEXT NOT NULL CHECK (hold IN ('none', 'released', 'consumed', {_OPEN_HOLDS})),
    reserving INTEGER NOT NULL CHECK (reserving IN (0, 1)),
    worth_vnd INTEGER CHECK (worth_vnd >= 0),
    amount_vnd INTEGER NOT NULL CHECK (amount_vnd >= 0),
    lost_vnd INTEGER NOT NULL CHECK (lost_vnd >= 0),
    declared INTEGER NOT NULL CHECK (declared IN (0, 1)),
    skus TEXT,
    reason TEXT,
    detail TEXT,
    transaction_id TEXT,
    created_utc TEXT NOT NULL,
    business_date TEXT NOT NULL,
    cashier TEXT NOT NULL,
    sent_utc TEXT,
    sent_session TEXT,
    sent_mono_s REAL,
    sent_issuer_utc TEXT,
    sends INTEGER NOT NULL CHECK (sends >= 0),
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    proven_unused INTEGER NOT NULL CHECK (proven_unused IN (0, 1)),
    shown_utc TEXT,
    CHECK (outcome <> 'dropped' OR given = 0),
    CHECK (given = 0 OR given_utc IS NOT NULL),
    CHECK (outcome <> 'in_flight' OR sent_utc IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
    redemption_id TEXT NOT NULL REFERENCES redemption (id),
    call_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    at_utc TEXT NOT NULL,
    session TEXT NOT NULL,
    mono_s REAL NOT NULL,
    issuer_utc TEXT,
    PRIMARY KEY (redemption_id, call_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE answer (
    call_id TEXT NOT NULL,
    nth INTEGER NOT NULL,
    at_utc TEXT NOT NULL,
    result TEXT NOT NULL,
    answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
    http_status INTEGER,
    failure TEXT,
    issuer_utc TEXT,
    offset_s REAL,
    raw TEXT,
    PRIMARY KEY (call_id, nth)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    redemption_id TEXT PRIMARY KEY REFERENCES redemption (id),
    work TEXT NOT NULL CHECK (work IN ('send', 'inquire', 'release', 'recheck')),
    unanswered INTEGER NOT NULL CHECK (unanswered >= 0),
    failures INTEGER NOT NULL CHECK (failures >= 0),
    due_session TEXT NOT NULL,
    due_mono_s REAL NOT NULL,
    due_utc TEXT NOT NULL,
    quarantine TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
    id INTEGER PRIMARY KEY,
    redemption_id TEXT NOT NULL REFERENCES redemption (id),
    kind TEXT NOT NULL CHECK (kind IN ('loss', 'undecidable', 'used_not_given', 'value_mismatch', 'late_effect',
                                       'stuck_hold')),
    opened_utc TEXT NOT NULL,
    amount_vnd INTEGER NOT NULL CHECK (amount_vnd >= 0),
    reason TEXT,
    owner TEXT,
    closed_utc TEXT,
    closed_by TEXT,
    closure TEXT,
    CHECK ((closed_utc IS NULL) = (closed_by IS NULL) AND (closed_utc IS NULL) = (closure IS NULL)),
    CHECK (closed_utc IS NULL OR (trim(closed_by) <> '' AND trim(closure) <> ''))
) STRICT;

CREATE TABLE last_check (
    provider TEXT NOT NULL,
    code_hash BLOB NOT NULL,
    at_utc TEXT NOT NULL,
    session TEXT NOT NULL,
    mono_s REAL NOT NULL,
    worth_vnd INTEGER CHECK (worth_vnd >= 0),
    reason TEXT,
    PRIMARY KEY (provider, code_hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE print_job (
    id TEXT PRIMARY KEY,
    bill_number TEXT NOT NULL REFERENCES bill (number),
    copy INTEGER NOT NULL CHECK (copy >= 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'printed', 'sent', 'doubtful', 'cancelled')),
    created_utc TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    note TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL CHECK (trim(name) <> ''),
    role TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
    pin_hash TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_utc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- high_utc: the latest at_utc so far, kept only where the clock had jumped back (NULL: at_utc itself).
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at_utc TEXT NOT NULL,
    kind TEXT NOT NULL,
    ref TEXT NOT NULL,
    actor TEXT NOT NULL,
    facts TEXT NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    high_utc TEXT
) STRICT;
"""

INDEXES = f"""
CREATE INDEX redemption_of_bill ON redemption (bill_number, position);

CREATE UNIQUE INDEX redemption_standing ON redemption (code_hash, provider)
WHERE given = 1 OR outcome IN ('in_flight', 'unknown', 'used');

CREATE INDEX redemption_alive ON redemption (given, outcome, given_utc, amount_vnd, hold, shown_utc, sends, bill_number)
WHERE outcome IN ('unsent', 'in_flight', 'unknown') OR (outcome = 'used' AND given = 0) OR hold IN ({_OPEN_HOLDS})
   OR (shown_utc IS NULL AND (outcome = 'used' OR (outcome = 'refused' AND sends > 0)));

CREATE UNIQUE INDEX case_open ON cases (redemption_id, kind) WHERE closed_utc IS NULL;
CREATE INDEX case_of_redemption ON cases (redemption_id);
CREATE INDEX print_job_waiting ON print_job (state) WHERE state IN ('pending', 'doubtful');
CREATE UNIQUE INDEX person_name ON person (name) WHERE active = 1;
"""

_NEVER_DELETED = ("bill", "redemption", "attempt", "answer", "cases", "print_job", "audit", "counter", "person")
_NEVER_CHANGED = ("attempt", "answer", "audit")

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;\n"
    for table in _NEVER_DELETED
) + "".join(
    f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;\n"
    for table in _NEVER_CHANGED
)

RULES = """
CREATE TRIGGER redemption_who_is_fixed BEFORE UPDATE OF id, bill_number, position, provider, code_sealed, code_hash,
    code_ending, reserving, created_utc, business_date, cashier ON redemption
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER redemption_given_stays BEFORE UPDATE OF given ON redemption WHEN OLD.given = 1 AND NEW.given = 0
BEGIN SELECT RAISE(ABORT, 'rule.given_stays'); END;

CREATE TRIGGER redemption_verdict_stays BEFORE UPDATE OF outcome ON redemption
WHEN OLD.outcome IN ('used', 'refused') AND NEW.outcome <> OLD.outcome
BEGIN SELECT RAISE(ABORT, 'rule.verdict_stays'); END;

CREATE TRIGGER redemption_settled_stays BEFORE UPDATE OF outcome, given ON redemption
WHEN (OLD.outcome = 'refused' OR OLD.outcome = 'dropped') AND OLD.given = 0
 AND (NEW.outcome <> OLD.outcome OR NEW.given <> OLD.given)
 AND NOT (OLD.outcome = 'dropped' AND NEW.outcome = 'used' AND NEW.given = 0)
BEGIN SELECT RAISE(ABORT, 'rule.settled_stays'); END;

CREATE TRIGGER redemption_amount_stays BEFORE UPDATE OF amount_vnd, lost_vnd ON redemption
WHEN (OLD.outcome <> 'unsent' OR OLD.given = 1) AND (NEW.amount_vnd <> OLD.amount_vnd OR NEW.lost_vnd <> OLD.lost_vnd)
BEGIN SELECT RAISE(ABORT, 'rule.amount_stays'); END;

CREATE TRIGGER redemption_sends_grow BEFORE UPDATE OF sends ON redemption WHEN NEW.sends < OLD.sends
BEGIN SELECT RAISE(ABORT, 'rule.sends_grow'); END;

CREATE TRIGGER bill_sent_stays BEFORE UPDATE OF total_vnd, skus ON bill
WHEN EXISTS (SELECT 1 FROM redemption WHERE bill_number = OLD.number AND (sends > 0 OR sent_utc IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'rule.bill_sent'); END;

CREATE TRIGGER bill_who_is_fixed BEFORE UPDATE OF seq, number, created_utc, business_date, cashier ON bill
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

-- Work is left while nobody knows what the issuer did or will do, and while a hold nobody waits for locks a voucher
-- (until a person has closed the case about it).
CREATE TRIGGER outbox_work_left BEFORE DELETE ON outbox
WHEN EXISTS (
    SELECT 1 FROM redemption r WHERE r.id = OLD.redemption_id AND (
        r.outcome IN ('in_flight', 'unknown') OR (r.outcome = 'unsent' AND r.given = 1)
        OR ((r.hold IN ('reserving', 'unknown', 'releasing')
             OR (r.hold = 'held' AND r.outcome IN ('dropped', 'refused')))
            AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.redemption_id = r.id AND c.kind = 'stuck_hold'
                                                    AND c.closed_utc IS NOT NULL))))
BEGIN SELECT RAISE(ABORT, 'rule.work_left'); END;

CREATE TRIGGER outbox_who_is_fixed BEFORE UPDATE OF redemption_id ON outbox
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER case_opened_is_fixed BEFORE UPDATE OF id, redemption_id, kind, opened_utc, amount_vnd, reason ON cases
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER case_closed_stays BEFORE UPDATE ON cases WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER case_opens_open BEFORE INSERT ON cases WHEN NEW.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER print_job_who_is_fixed BEFORE UPDATE OF id, bill_number, copy, created_utc ON print_job
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER counter_grows BEFORE UPDATE ON counter WHEN NEW.series <> OLD.series OR NEW.value <= OLD.value
BEGIN SELECT RAISE(ABORT, 'rule.counter_grows'); END;
"""

STATEMENTS = TABLES + INDEXES + APPEND_ONLY + RULES
