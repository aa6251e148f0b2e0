"""Schema 5: what a manager decided about a redemption that its issuer cannot tell about, and redemptions taken back.
Frozen: a later need is a later migration.

- A decision is made once and stays: accepted (the value was given, the issuer has not confirmed it) or rejected.
- Taking back is written step by step before each call: `begun` with manager and reason, perhaps `again` once, and at
  the end `done`, `refused` or `by_hand`. No step happens twice, and nothing follows an end.
- `redemption.taking_back` says the same in one word, because an index sees one table only. It is never written by a
  program: a trigger follows the steps, another refuses anything else.
- A redemption that is proven taken back (`done`) stands no longer, so that its code may be used again here. While that
  is open, or was left to a person, it stands whatever its outcome: should the issuer free the voucher later, it must
  not free a second use. Nor is value handed over for it.
- A take-back that ended `by_hand` is a case. SQLite cannot change a CHECK, so `cases` is made anew
  (sqlite.org/lang_altertable.html §7; nothing refers to it) with its indexes and triggers, and with the two triggers of
  other tables that read it.
"""

NUMBER = 5
NAME = "taken_back"

TABLES = """
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

ALTER TABLE redemption ADD COLUMN taking_back TEXT NOT NULL DEFAULT 'no'
    CHECK (taking_back IN ('no', 'open', 'done', 'refused', 'by_hand'));

DROP INDEX redemption_standing;
CREATE UNIQUE INDEX redemption_standing ON redemption (code_hash, provider)
WHERE taking_back <> 'done' AND (given = 1 OR outcome IN ('in_flight', 'unknown', 'used')
                                 OR taking_back IN ('open', 'by_hand'));
CREATE INDEX redemption_taking_back ON redemption (taking_back) WHERE taking_back = 'open';
"""

RULES = """
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

CREATE TRIGGER taken_back_tells AFTER INSERT ON taken_back
BEGIN
    UPDATE redemption SET taking_back = CASE WHEN NEW.step IN ('begun', 'again') THEN 'open' ELSE NEW.step END
    WHERE id = NEW.redemption_id;
END;

CREATE TRIGGER redemption_taking_back_as_told BEFORE UPDATE OF taking_back ON redemption
WHEN NEW.taking_back <> ifnull((
    SELECT CASE WHEN t.step IN ('begun', 'again') THEN 'open' ELSE t.step END FROM taken_back t
    WHERE t.redemption_id = OLD.id ORDER BY t.step IN ('begun', 'again') LIMIT 1), 'no')
BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;

CREATE TRIGGER redemption_new_not_taken_back BEFORE INSERT ON redemption WHEN NEW.taking_back <> 'no'
BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;

CREATE TRIGGER redemption_taken_back_rests BEFORE UPDATE OF outcome, given ON redemption
WHEN OLD.taking_back IN ('open', 'done', 'by_hand') AND (NEW.outcome <> OLD.outcome OR NEW.given <> OLD.given)
BEGIN SELECT RAISE(ABORT, 'rule.being_taken_back'); END;
"""

CASES = """
DROP TRIGGER outbox_work_left;
DROP TRIGGER redemption_late_stays;

CREATE TABLE cases_new (
    id INTEGER PRIMARY KEY,
    redemption_id TEXT NOT NULL REFERENCES redemption (id),
    kind TEXT NOT NULL CHECK (kind IN ('loss', 'undecidable', 'used_not_given', 'value_mismatch', 'late_effect',
                                       'stuck_hold', 'not_taken_back')),
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

INSERT INTO cases_new (id, redemption_id, kind, opened_utc, amount_vnd, reason, owner, closed_utc, closed_by, closure)
SELECT id, redemption_id, kind, opened_utc, amount_vnd, reason, owner, closed_utc, closed_by, closure
FROM cases ORDER BY id;
DROP TABLE cases;
ALTER TABLE cases_new RENAME TO cases;

CREATE UNIQUE INDEX case_open ON cases (redemption_id, kind) WHERE closed_utc IS NULL;
CREATE INDEX case_of_redemption ON cases (redemption_id);

CREATE TRIGGER cases_stays BEFORE DELETE ON cases BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;

CREATE TRIGGER case_opened_is_fixed BEFORE UPDATE OF id, redemption_id, kind, opened_utc, amount_vnd, reason ON cases
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER case_closed_stays BEFORE UPDATE ON cases WHEN OLD.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER case_opens_open BEFORE INSERT ON cases WHEN NEW.closed_utc IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'rule.case_closed'); END;

CREATE TRIGGER outbox_work_left BEFORE DELETE ON outbox
WHEN EXISTS (
    SELECT 1 FROM redemption r WHERE r.id = OLD.redemption_id AND (
        r.outcome IN ('in_flight', 'unknown') OR (r.outcome = 'unsent' AND r.given = 1)
        OR ((r.hold IN ('reserving', 'unknown', 'releasing')
             OR (r.hold = 'held' AND r.outcome IN ('dropped', 'refused')))
            AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.redemption_id = r.id AND c.kind = 'stuck_hold'
                                                    AND c.closed_utc IS NOT NULL))))
BEGIN SELECT RAISE(ABORT, 'rule.work_left'); END;

CREATE TRIGGER redemption_late_stays BEFORE UPDATE OF given ON redemption
WHEN OLD.outcome = 'used' AND OLD.given = 0 AND NEW.given = 1
 AND EXISTS (SELECT 1 FROM cases c WHERE c.redemption_id = OLD.id AND c.kind = 'late_effect')
BEGIN SELECT RAISE(ABORT, 'rule.late_is_a_case'); END;
"""

STATEMENTS = TABLES + RULES + CASES
