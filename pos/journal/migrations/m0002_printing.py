"""Schema 2: a slip that has been begun, and a voucher used too late. Frozen: a later need is a later migration.

- A print job is `printing` from before its first byte leaves until its end is known. Who finds it so at the start knows
  that it may be on paper. SQLite cannot change a CHECK, so the table is made anew (sqlite.org/lang_altertable.html §7;
  nothing refers to it, so foreign keys need no care) with its triggers, and its index, which holds that state too.
- What came to an end on paper, or perhaps did, never waits to be printed again: that would be a second original.
- A voucher whose late effect is a case is a person's: no program hands value over for it.
"""

NUMBER = 2
NAME = "printing"

STATEMENTS = """
CREATE TABLE print_job_new (
    id TEXT PRIMARY KEY,
    bill_number TEXT NOT NULL REFERENCES bill (number),
    copy INTEGER NOT NULL CHECK (copy >= 0),
    state TEXT NOT NULL CHECK (state IN ('pending', 'printing', 'printed', 'sent', 'doubtful', 'cancelled')),
    created_utc TEXT NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    note TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO print_job_new (id, bill_number, copy, state, created_utc, tries, note)
SELECT id, bill_number, copy, state, created_utc, tries, note FROM print_job ORDER BY id;
DROP TABLE print_job;
ALTER TABLE print_job_new RENAME TO print_job;

CREATE INDEX print_job_waiting ON print_job (state) WHERE state IN ('pending', 'printing', 'doubtful');

CREATE TRIGGER print_job_stays BEFORE DELETE ON print_job BEGIN SELECT RAISE(ABORT, 'rule.nothing_deleted'); END;

CREATE TRIGGER print_job_who_is_fixed BEFORE UPDATE OF id, bill_number, copy, created_utc ON print_job
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

CREATE TRIGGER print_job_on_paper_stays BEFORE UPDATE OF state ON print_job
WHEN OLD.state IN ('printed', 'sent', 'doubtful', 'cancelled') AND NEW.state IN ('pending', 'printing')
BEGIN SELECT RAISE(ABORT, 'rule.slip_on_paper'); END;

CREATE TRIGGER redemption_late_stays BEFORE UPDATE OF given ON redemption
WHEN OLD.outcome = 'used' AND OLD.given = 0 AND NEW.given = 1
 AND EXISTS (SELECT 1 FROM cases c WHERE c.redemption_id = OLD.id AND c.kind = 'late_effect')
BEGIN SELECT RAISE(ABORT, 'rule.late_is_a_case'); END;
"""
