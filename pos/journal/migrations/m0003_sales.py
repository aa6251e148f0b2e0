"""Schema 3: selling codes. Frozen: a later need is a later migration.

How the rules of design.md §2 ("Selling codes") are said here:

- A sale is one order line on a bill of its own: `bill_number` is unique, and a bill with a sale holds no redemption.
- One order id for ever: unique, and with all that says what was ordered it never changes.
- `phone_sealed` is set where the issuer sends the one code to the customer's phone: then no code comes to the till.
- Every open sale has a next step or an open case: `sale_has_an_owner`, and a case that is the last owner stays open.
- Evidence and codes are only appended, nothing is deleted, a verdict stays, what is closed stays closed.
- `sale_due` and `sale_open` hold exactly the rows that somebody still has to look at.
"""

NUMBER = 3
NAME = "sales"

_CASES = "'incomplete', 'unreadable', 'other_order', 'by_hand', 'not_delivered'"

TABLES = f"""
CREATE TABLE sale (
    id TEXT PRIMARY KEY,
    bill_number TEXT NOT NULL UNIQUE REFERENCES bill (number),
    seller TEXT NOT NULL,
    order_id TEXT NOT NULL UNIQUE CHECK (length(order_id) BETWEEN 1 AND 23 AND order_id NOT GLOB '*[^A-Z0-9]*'),
    product_code TEXT NOT NULL CHECK (product_code <> ''),
    product_name TEXT NOT NULL,
    supplier TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 100),
    face_vnd INTEGER NOT NULL CHECK (face_vnd >= 0),
    price_vnd INTEGER NOT NULL CHECK (price_vnd >= 0),
    outcome TEXT NOT NULL CHECK (outcome IN ('unsent', 'in_flight', 'unknown', 'bought', 'not_bought', 'dropped')),
    closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
    closed_utc TEXT,
    sent_utc TEXT,
    sent_session TEXT,
    sent_mono_s REAL,
    sent_issuer_utc TEXT,
    sends INTEGER NOT NULL CHECK (sends >= 0),
    unclear_sends INTEGER NOT NULL CHECK (unclear_sends BETWEEN 0 AND sends),
    asks INTEGER NOT NULL CHECK (asks >= 0),
    not_found INTEGER NOT NULL CHECK (not_found >= 0),
    confirming INTEGER NOT NULL CHECK (confirming IN (0, 1)),
    incomplete INTEGER NOT NULL CHECK (incomplete IN (0, 1)),
    unreadable INTEGER NOT NULL CHECK (unreadable IN (0, 1)),
    reason TEXT,
    reason_code TEXT,
    transaction_id TEXT,
    charged_vnd INTEGER,
    due_session TEXT,
    due_mono_s REAL,
    due_utc TEXT,
    created_utc TEXT NOT NULL,
    business_date TEXT NOT NULL,
    cashier TEXT NOT NULL,
    phone_sealed BLOB CHECK (phone_sealed IS NULL OR quantity = 1),
    CHECK (closed = 0 OR outcome IN ('bought', 'not_bought', 'dropped')),
    CHECK (closed = 0 OR (closed_utc IS NOT NULL AND due_session IS NULL)),
    CHECK ((due_session IS NULL) = (due_mono_s IS NULL) AND (due_session IS NULL) = (due_utc IS NULL)),
    CHECK (outcome NOT IN ('in_flight', 'unknown', 'bought', 'not_bought') OR (sent_utc IS NOT NULL AND sends > 0))
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_code (
    sale_id TEXT NOT NULL REFERENCES sale (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    sealed BLOB NOT NULL,
    serial TEXT NOT NULL,
    face_vnd INTEGER,
    expires TEXT NOT NULL,
    vendor TEXT NOT NULL,
    at_utc TEXT NOT NULL,
    PRIMARY KEY (sale_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_attempt (
    sale_id TEXT NOT NULL REFERENCES sale (id),
    call_id TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('buy', 'ask', 'status')),
    at_utc TEXT NOT NULL,
    session TEXT NOT NULL,
    mono_s REAL NOT NULL,
    issuer_utc TEXT,
    PRIMARY KEY (sale_id, call_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_case (
    id INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL REFERENCES sale (id),
    kind TEXT NOT NULL CHECK (kind IN ({_CASES})),
    opened_utc TEXT NOT NULL,
    closed_utc TEXT,
    closed_by TEXT,
    closure TEXT,
    CHECK ((closed_utc IS NULL) = (closed_by IS NULL) AND (closed_utc IS NULL) = (closure IS NULL)),
    CHECK (closed_utc IS NULL OR (trim(closed_by) <> '' AND trim(closure) <> ''))
) STRICT;

CREATE TABLE code_showing (
    id INTEGER PRIMARY KEY,
    sale_id TEXT NOT NULL REFERENCES sale (id),
    at_utc TEXT NOT NULL,
    who TEXT NOT NULL CHECK (trim(who) <> ''),
    how TEXT NOT NULL CHECK (how IN ('print', 'screen', 'decrypt')),
    approved_by TEXT,
    reason TEXT,
    job_id TEXT
) STRICT;

CREATE TABLE product_list (
    seller TEXT PRIMARY KEY,
    products TEXT NOT NULL,
    listed_utc TEXT NOT NULL,
    session TEXT NOT NULL,
    mono_s REAL NOT NULL
) STRICT, WITHOUT ROWID;
"""

INDEXES = """
CREATE INDEX sale_due ON sale (due_session, due_mono_s) WHERE due_session IS NOT NULL;
CREATE INDEX sale_open ON sale (outcome) WHERE closed = 0;
CREATE UNIQUE INDEX sale_case_open ON sale_case (sale_id, kind) WHERE closed_utc IS NULL;
CREATE INDEX sale_case_of_sale ON sale_case (sale_id);
CREATE INDEX code_showing_of_sale ON code_showing (sale_id);
CREATE INDEX print_job_of_bill ON print_job (bill_number);
"""

_NEVER_DELETED = ("sale", "sale_code", "sale_attempt", "sale_case", "code_showing", "product_list")
_NEVER_CHANGED = ("sale_code", "sale_attempt", "code_showing")

APPEND_ONLY = "".join(
    f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;\n"
    for table in _NEVER_DELETED
) + "".join(
    f"CREATE TRIGGER {table}_fixed BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;\n"
    for table in _NEVER_CHANGED
)

RULES = """
CREATE TRIGGER sale_who_is_fixed BEFORE UPDATE OF id, bill_number, seller, order_id, product_code, product_name,
    supplier, quantity, face_vnd, price_vnd, created_utc, business_date, cashier, phone_sealed ON sale
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER sale_begins_unsent BEFORE INSERT ON sale
WHEN NEW.outcome <> 'unsent' OR NEW.closed <> 0 OR NEW.sends <> 0 OR NEW.due_session IS NULL
BEGIN SELECT RAISE(ABORT, 'rule.sale_begins_unsent'); END;

CREATE TRIGGER sale_verdict_stays BEFORE UPDATE OF outcome ON sale
WHEN OLD.outcome IN ('bought', 'not_bought', 'dropped') AND NEW.outcome <> OLD.outcome
BEGIN SELECT RAISE(ABORT, 'rule.verdict_stays'); END;

CREATE TRIGGER sale_closed_stays BEFORE UPDATE OF closed, closed_utc ON sale WHEN OLD.closed = 1
BEGIN SELECT RAISE(ABORT, 'rule.settled_stays'); END;

CREATE TRIGGER sale_sends_grow BEFORE UPDATE OF sends ON sale WHEN NEW.sends < OLD.sends
BEGIN SELECT RAISE(ABORT, 'rule.sends_grow'); END;

CREATE TRIGGER sale_leaves_counted BEFORE UPDATE OF outcome ON sale
WHEN NEW.outcome = 'in_flight' AND OLD.outcome <> 'in_flight' AND NEW.sends <> OLD.sends + 1
BEGIN SELECT RAISE(ABORT, 'rule.sends_grow'); END;

CREATE TRIGGER sale_has_an_owner BEFORE UPDATE ON sale
WHEN NEW.closed = 0 AND NEW.due_session IS NULL
 AND NOT EXISTS (SELECT 1 FROM sale_case c WHERE c.sale_id = OLD.id AND c.closed_utc IS NULL)
BEGIN SELECT RAISE(ABORT, 'rule.work_left'); END;

CREATE TRIGGER sale_case_is_the_owner BEFORE UPDATE OF closed_utc ON sale_case
WHEN NEW.closed_utc IS NOT NULL
 AND EXISTS (SELECT 1 FROM sale s WHERE s.id = OLD.sale_id AND s.closed = 0 AND s.due_session IS NULL)
 AND NOT EXISTS (SELECT 1 FROM sale_case c WHERE c.sale_id = OLD.sale_id AND c.id <> OLD.id AND c.closed_utc IS NULL)
BEGIN SELECT RAISE(ABORT, 'rule.case_not_closable'); END;

CREATE TRIGGER sale_case_opened_is_fixed BEFORE UPDATE OF id, sale_id, kind, opened_utc ON sale_case
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER sale_case_closed_stays BEFORE UPDATE ON sale_case WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER sale_case_opens_open BEFORE INSERT ON sale_case WHEN NEW.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER sale_code_is_bought BEFORE INSERT ON sale_code
WHEN NOT EXISTS (SELECT 1 FROM sale s WHERE s.id = NEW.sale_id AND s.outcome = 'bought')
BEGIN SELECT RAISE(ABORT, 'rule.not_bought'); END;

CREATE TRIGGER sale_on_its_own_bill BEFORE INSERT ON sale
WHEN EXISTS (SELECT 1 FROM redemption r WHERE r.bill_number = NEW.bill_number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_of_its_own'); END;

CREATE TRIGGER redemption_on_no_sale BEFORE INSERT ON redemption
WHEN EXISTS (SELECT 1 FROM sale s WHERE s.bill_number = NEW.bill_number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_of_its_own'); END;

CREATE TRIGGER bill_sold_stays BEFORE UPDATE OF total_vnd, skus ON bill
WHEN EXISTS (SELECT 1 FROM sale WHERE bill_number = OLD.number)
BEGIN SELECT RAISE(ABORT, 'rule.bill_sent'); END;
"""

STATEMENTS = TABLES + INDEXES + APPEND_ONLY + RULES
