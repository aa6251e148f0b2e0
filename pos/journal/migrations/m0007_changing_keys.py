"""Schema 7: the key under which codes are sealed may be changed. Frozen: a later need is a later migration.

- A code never changes, and what says which code it is (the sealed text, its keyed hash) is fixed as before – but while
  the row `key_rotation` stands in `meta`, both may be written anew. Nothing else becomes changeable by it.
- Whoever writes that row and changes a code leaves a row that no longer fits its seal in the audit chain.
"""

NUMBER = 7
NAME = "changing_keys"

_NO_CHANGE = "NOT EXISTS (SELECT 1 FROM meta WHERE name = 'key_rotation')"

STATEMENTS = f"""
DROP TRIGGER redemption_who_is_fixed;
CREATE TRIGGER redemption_who_is_fixed BEFORE UPDATE OF id, bill_number, position, provider, code_ending, reserving,
    created_utc, business_date, cashier ON redemption
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;
CREATE TRIGGER redemption_code_is_fixed BEFORE UPDATE OF code_sealed, code_hash ON redemption WHEN {_NO_CHANGE}
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

DROP TRIGGER sale_who_is_fixed;
CREATE TRIGGER sale_who_is_fixed BEFORE UPDATE OF id, bill_number, seller, order_id, product_code, product_name,
    supplier, quantity, face_vnd, price_vnd, created_utc, business_date, cashier ON sale
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;
CREATE TRIGGER sale_phone_is_fixed BEFORE UPDATE OF phone_sealed ON sale WHEN {_NO_CHANGE}
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;

DROP TRIGGER sale_code_fixed;
CREATE TRIGGER sale_code_fixed BEFORE UPDATE OF sale_id, position, serial, face_vnd, expires, vendor, at_utc
    ON sale_code
BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;
CREATE TRIGGER sale_code_sealed_fixed BEFORE UPDATE OF sealed ON sale_code WHEN {_NO_CHANGE}
BEGIN SELECT RAISE(ABORT, 'rule.append_only'); END;

DROP TRIGGER booking_voucher_sent_stays;
CREATE TRIGGER booking_voucher_sent_stays BEFORE UPDATE OF code_ending, discount_vnd ON booking
WHEN OLD.redeems > 0 AND (NEW.code_ending IS NOT OLD.code_ending
                          OR (OLD.voucher <> 'unsent' AND NEW.discount_vnd <> OLD.discount_vnd))
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;
CREATE TRIGGER booking_code_sent_stays BEFORE UPDATE OF code_hash ON booking
WHEN OLD.redeems > 0 AND NEW.code_hash IS NOT OLD.code_hash AND {_NO_CHANGE}
BEGIN SELECT RAISE(ABORT, 'rule.identity_is_fixed'); END;
"""
