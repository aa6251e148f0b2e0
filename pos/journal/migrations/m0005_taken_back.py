"""Schema 5: what a manager decided about a redemption that its issuer cannot tell about, and redemptions taken back.
Frozen: a later need is a later migration.

- A decision is made once and stays: accepted (the value was given, the issuer has not confirmed it) or rejected.
- Taking back is written step by step before each call: `begun` with manager and reason, perhaps `again` once, and at
  the end `done`, `refused` or `by_hand`. No step happens twice, and nothing follows an end.
"""

NUMBER = 5
NAME = "taken_back"

STATEMENTS = """
CREATE TABLE decision (
    redemption_id TEXT PRIMARY KEY REFERENCES redemption (id),
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    manager TEXT NOT NULL CHECK (trim(manager) <> ''),
    reason TEXT NOT NULL CHECK (trim(reason) <> ''),
    at_utc TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE taken_back (
    redemption_id TEXT NOT NULL REFERENCES redemption (id),
    step TEXT NOT NULL CHECK (step IN ('begun', 'again', 'done', 'refused', 'by_hand')),
    call_id TEXT,
    manager TEXT NOT NULL CHECK (trim(manager) <> ''),
    reason TEXT NOT NULL CHECK (trim(reason) <> ''),
    at_utc TEXT NOT NULL,
    PRIMARY KEY (redemption_id, step),
    CHECK ((step IN ('begun', 'again')) = (call_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TRIGGER decision_stays BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;
CREATE TRIGGER decision_fixed BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;
CREATE TRIGGER taken_back_stays BEFORE DELETE ON taken_back BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;
CREATE TRIGGER taken_back_fixed BEFORE UPDATE ON taken_back BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;

-- The issuer is asked for the voucher only: one that this till never sent may be another till's.
CREATE TRIGGER taken_back_was_ours BEFORE INSERT ON taken_back
WHEN NOT EXISTS (SELECT 1 FROM attempt a WHERE a.redemption_id = NEW.redemption_id AND a.operation = 'mark_used')
BEGIN SELECT RAISE(ABORT, 'rule.never_sent'); END;

CREATE TRIGGER taken_back_in_order BEFORE INSERT ON taken_back
WHEN (NEW.step <> 'begun'
      AND NOT EXISTS (SELECT 1 FROM taken_back t WHERE t.redemption_id = NEW.redemption_id AND t.step = 'begun'))
  OR EXISTS (SELECT 1 FROM taken_back t WHERE t.redemption_id = NEW.redemption_id
                                          AND t.step IN ('done', 'refused', 'by_hand'))
BEGIN SELECT RAISE(ABORT, 'rule.taken_back_ended'); END;
"""
