"""Schema 6: the manager's day. Frozen: a later need is a later migration.

- Reading a day, a range, an ending or a bill number costs the rows it is about: the indexes say which questions.
- `shift`: one is open at most. A bill belongs to the shift in which its running number was written.
- `day_close`: one Z report a business date, once written never changed. It covers the bills after the one before it, so
  that neither midnight nor a wrong clock counts a bill twice or never.
- `day_case`: what a closing or a statement left over, with an owner until a person closes it, as every other case.
- A difference of a statement is one case for ever, however often its file is checked: `day_case_of_statement`.
- What a person has counted, and what a statement check found, is evidence: only appended.
- `level`: how fast and how well it went, counted by hour. No money; may lose its last minute when the plug is pulled.
"""

NUMBER = 6
NAME = "managers_day"

INDEXES = """
CREATE INDEX redemption_of_day ON redemption (business_date, id, cashier, amount_vnd, provider, outcome, given,
    taking_back, created_utc, code_ending);
CREATE INDEX redemption_apart ON redemption (business_date, id)
WHERE outcome IN ('refused', 'dropped') OR taking_back <> 'no';
CREATE INDEX redemption_ending ON redemption (code_ending, id);
CREATE INDEX bill_tail ON bill (substr(number, -4));
CREATE INDEX sale_code_tail ON sale_code (substr(serial, -4));
CREATE INDEX sale_of_day ON sale (business_date, id);
CREATE INDEX booking_of_day ON booking (business_date, id);
CREATE INDEX audit_ref ON audit (ref);
"""

TABLES = """
CREATE TABLE saved_filter (
    name TEXT PRIMARY KEY CHECK (trim(name) <> ''),
    query TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_utc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE shift (
    id INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    opened_utc TEXT NOT NULL,
    opened_by TEXT NOT NULL CHECK (trim(opened_by) <> ''),
    after_bill_seq INTEGER NOT NULL CHECK (after_bill_seq >= 0),
    closed_utc TEXT,
    closed_by TEXT,
    handed_to TEXT,
    last_bill_seq INTEGER CHECK (last_bill_seq >= after_bill_seq),
    CHECK ((closed_utc IS NULL) = (closed_by IS NULL) AND (closed_utc IS NULL) = (last_bill_seq IS NULL))
) STRICT;

CREATE TABLE day_close (
    business_date TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE CHECK (number >= 1),
    closed_utc TEXT NOT NULL,
    closed_by TEXT NOT NULL CHECK (trim(closed_by) <> ''),
    after_bill_seq INTEGER NOT NULL CHECK (after_bill_seq >= 0),
    last_bill_seq INTEGER NOT NULL CHECK (last_bill_seq >= after_bill_seq),
    audit_seq INTEGER NOT NULL CHECK (audit_seq >= 0),
    report TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_count (
    id INTEGER PRIMARY KEY,
    business_date TEXT NOT NULL,
    issuer TEXT NOT NULL,
    expected INTEGER NOT NULL CHECK (expected >= 0),
    counted INTEGER NOT NULL CHECK (counted >= 0),
    counted_by TEXT NOT NULL CHECK (trim(counted_by) <> ''),
    at_utc TEXT NOT NULL
) STRICT;

CREATE TABLE day_case (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('open_row', 'slip', 'paper', 'statement')),
    business_date TEXT NOT NULL,
    ref TEXT NOT NULL,
    issuer TEXT NOT NULL,
    bill_number TEXT NOT NULL,
    ending TEXT NOT NULL CHECK (length(ending) <= 4),
    amount_vnd INTEGER NOT NULL CHECK (amount_vnd >= 0),
    reason TEXT,
    opened_utc TEXT NOT NULL,
    owner TEXT,
    closed_utc TEXT,
    closed_by TEXT,
    closure TEXT,
    CHECK ((closed_utc IS NULL) = (closed_by IS NULL) AND (closed_utc IS NULL) = (closure IS NULL)),
    CHECK (closed_utc IS NULL OR (trim(closed_by) <> '' AND trim(closure) <> ''))
) STRICT;

CREATE TABLE statement_layout (
    issuer TEXT PRIMARY KEY,
    layout TEXT NOT NULL,
    saved_by TEXT NOT NULL,
    saved_utc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE statement_check (
    id INTEGER PRIMARY KEY,
    issuer TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_sha256 TEXT NOT NULL CHECK (length(file_sha256) = 64),
    first_date TEXT NOT NULL,
    last_date TEXT NOT NULL CHECK (last_date >= first_date),
    lines INTEGER NOT NULL CHECK (lines >= 0),
    matched INTEGER NOT NULL CHECK (matched BETWEEN 0 AND lines),
    ours INTEGER NOT NULL CHECK (ours >= 0),
    theirs_vnd INTEGER NOT NULL,
    ours_vnd INTEGER NOT NULL,
    missing_here INTEGER NOT NULL CHECK (missing_here >= 0),
    missing_there INTEGER NOT NULL CHECK (missing_there >= 0),
    amount_differs INTEGER NOT NULL CHECK (amount_differs >= 0),
    doubtful INTEGER NOT NULL CHECK (doubtful >= 0),
    duplicate INTEGER NOT NULL CHECK (duplicate >= 0),
    unreadable INTEGER NOT NULL CHECK (unreadable >= 0),
    found_by TEXT NOT NULL,
    left_out TEXT NOT NULL,
    checked_by TEXT NOT NULL CHECK (trim(checked_by) <> ''),
    checked_utc TEXT NOT NULL
) STRICT;

CREATE TABLE statement_difference (
    check_id INTEGER NOT NULL REFERENCES statement_check (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    kind TEXT NOT NULL CHECK (kind IN ('missing_here', 'missing_there', 'amount_differs', 'doubtful', 'duplicate',
                                       'unreadable')),
    line INTEGER CHECK (line >= 1),
    row_kind TEXT NOT NULL CHECK (row_kind IN ('', 'redemption', 'sale', 'booking')),
    row_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    bill_number TEXT NOT NULL,
    ending TEXT NOT NULL CHECK (length(ending) <= 4),
    day TEXT NOT NULL,
    theirs_vnd INTEGER,
    ours_vnd INTEGER,
    note TEXT NOT NULL,
    PRIMARY KEY (check_id, position),
    CHECK ((row_kind = '') = (row_id = '')),
    CHECK (line IS NOT NULL OR row_id <> '')
) STRICT, WITHOUT ROWID;

CREATE TABLE level (
    business_date TEXT NOT NULL,
    hour INTEGER NOT NULL CHECK (hour BETWEEN 0 AND 23),
    what TEXT NOT NULL,
    issuer TEXT NOT NULL,
    bucket INTEGER NOT NULL CHECK (bucket >= 0),
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (business_date, hour, what, issuer, bucket)
) STRICT, WITHOUT ROWID;

ALTER TABLE sale_case ADD COLUMN owner TEXT;
ALTER TABLE booking_case ADD COLUMN owner TEXT;

CREATE UNIQUE INDEX shift_open ON shift ((closed_utc IS NULL)) WHERE closed_utc IS NULL;
CREATE UNIQUE INDEX day_case_open ON day_case (kind, ref, issuer) WHERE closed_utc IS NULL;
CREATE INDEX day_case_ref ON day_case (ref);
CREATE UNIQUE INDEX day_case_of_statement ON day_case (ref, issuer) WHERE kind = 'statement';
CREATE INDEX case_still_open ON cases (id) WHERE closed_utc IS NULL;
CREATE INDEX sale_case_still_open ON sale_case (id) WHERE closed_utc IS NULL;
CREATE INDEX booking_case_still_open ON booking_case (id) WHERE closed_utc IS NULL;
CREATE INDEX paper_count_of_day ON paper_count (business_date, issuer);
"""

_NEVER_DELETED = ("shift", "day_close", "paper_count", "day_case", "statement_check", "statement_difference")
_NEVER_CHANGED = ("day_close", "paper_count", "statement_check", "statement_difference")

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;\n"
    for table in _NEVER_DELETED
) + "".join(
    f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;\n"
    for table in _NEVER_CHANGED
)

RULES = """
CREATE TRIGGER shift_opened_is_fixed BEFORE UPDATE OF id, business_date, opened_utc, opened_by, after_bill_seq ON shift
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER shift_closed_stays BEFORE UPDATE ON shift WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.settled_stays'); END;

CREATE TRIGGER day_close_follows BEFORE INSERT ON day_close
WHEN NEW.number <> (SELECT ifnull(max(number), 0) + 1 FROM day_close)
  OR NEW.after_bill_seq <> (SELECT ifnull(max(last_bill_seq), 0) FROM day_close)
  OR NEW.business_date <= (SELECT ifnull(max(business_date), '') FROM day_close)
BEGIN SELECT RAISE(ABORT, 'rule.day_follows'); END;

CREATE TRIGGER day_case_opened_is_fixed BEFORE UPDATE OF id, kind, business_date, ref, issuer, bill_number, ending,
    amount_vnd, reason, opened_utc ON day_case
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER day_case_closed_stays BEFORE UPDATE ON day_case WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER day_case_opens_open BEFORE INSERT ON day_case WHEN NEW.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;
"""

STATEMENTS = INDEXES + TABLES + APPEND_ONLY + RULES
