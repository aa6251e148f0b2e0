"""Every rule that the database itself holds about payments of bookings: trigger, a statement that breaks it and no
other, its name.

The shop of `test_booking_rules`: k1 money taken, commit open and due, k2 issued and closed, k3 unsent with a voucher
used, one closed and one open case and no due time, k4 unsent and due with a signed amount, k5 money taken and
given up, k6 money taken, its voucher refused, nothing sent; BR is a bill with a redemption, BN one with nothing.
"""
# ruff: noqa: E501 – one rule a line

_NEW = (
    "INSERT INTO booking (id, bill_number, issuer, number, product, title, starts, price_vnd, applied_vnd, transaction_id,"
    " voucher, money, journey, closed, due_session, due_mono_s, due_utc, created_utc, business_date, cashier)"
    " VALUES ('k9', '{bill}', 'x', 'NUMBER9', 'AIR', '', '', 10, 0, 't9', 'none', 'not_taken', '{journey}', {closed}, 'a', 1.0,"
    " 'x', 'x', 'x', 'x')"
)

BOOKING_BITES = [
    ("booking_stays", "DELETE FROM booking WHERE id = 'k4'", "rule.nothing_deleted"),
    ("booking_attempt_stays", "DELETE FROM booking_attempt", "rule.nothing_deleted"),
    ("booking_step_stays", "DELETE FROM booking_step", "rule.nothing_deleted"),
    ("booking_case_stays", "DELETE FROM booking_case", "rule.nothing_deleted"),
    ("booking_attempt_fixed", "UPDATE booking_attempt SET operation = 'look'", "rule.append_only"),
    ("booking_step_fixed", "UPDATE booking_step SET who = 'nobody'", "rule.append_only"),
    ("booking_who_is_fixed", "UPDATE booking SET transaction_id = 't77' WHERE id = 'k1'", "rule.identity_is_fixed"),
    ("booking_who_is_fixed", "UPDATE booking SET price_vnd = price_vnd + 1 WHERE id = 'k1'", "rule.identity_is_fixed"),
    ("booking_begins_unsent", _NEW.format(bill="BN", journey="given_up", closed=0), "rule.booking_begins_unsent"),
    ("booking_on_its_own_bill", _NEW.format(bill="BR", journey="unsent", closed=0), "rule.bill_of_its_own"),
    ("redemption_on_no_booking", "INSERT INTO redemption SELECT 'r9', 'B1', 1, provider, code_sealed, x'00112233445566778899aabbccddeeff',"
     " code_ending, 'unsent', 0, NULL, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, skus, NULL, NULL, NULL,"
     " created_utc, business_date, cashier, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, 'no' FROM redemption", "rule.bill_of_its_own"),
    ("sale_on_no_booking", "INSERT INTO sale (id, bill_number, seller, order_id, product_code, product_name, supplier, quantity,"
     " face_vnd, price_vnd, outcome, closed, sends, unclear_sends, asks, not_found, confirming, incomplete, unreadable, due_session,"
     " due_mono_s, due_utc, created_utc, business_date, cashier) VALUES ('s9', 'B1', 'x', 'T9', 'P', 'P', 'S', 1, 1, 1, 'unsent', 0,"
     " 0, 0, 0, 0, 0, 0, 0, 'a', 1.0, 'x', 'x', 'x', 'x')", "rule.bill_of_its_own"),
    ("booking_voucher_sent_stays", "UPDATE booking SET code_ending = '9999' WHERE id = 'k3'", "rule.identity_is_fixed"),
    ("booking_code_sent_stays", "UPDATE booking SET code_hash = randomblob(16) WHERE id = 'k3'", "rule.identity_is_fixed"),
    ("booking_voucher_sent_stays", "UPDATE booking SET discount_vnd = 1 WHERE id = 'k3'", "rule.identity_is_fixed"),
    ("booking_use_stays", "UPDATE booking SET voucher = 'unsent' WHERE id = 'k3'", "rule.verdict_stays"),
    ("booking_redeem_counted", "UPDATE booking SET redeems = 2 WHERE id = 'k3'", "rule.sends_grow"),
    ("booking_commit_counted", "UPDATE booking SET journey = 'in_flight' WHERE id = 'k1'", "rule.sends_grow"),
    ("booking_commit_is_paid_for", "UPDATE booking SET voucher = 'unsent', journey = 'in_flight', commits = 1, committed_utc = 'x' WHERE id = 'k6'",
     "rule.commit_needs_money"),
    ("booking_money_is_signed", "UPDATE booking SET taken_vnd = signed_vnd - 1, money = 'taken' WHERE id = 'k4'", "rule.amount_differs"),
    ("booking_taken_stays", "UPDATE booking SET taken_vnd = 1 WHERE id = 'k1'", "rule.amount_stays"),
    ("booking_pays_back_unpaid", "UPDATE booking SET money = 'paid_back' WHERE id = 'k1'", "rule.may_be_paid"),
    ("booking_end_stays", "UPDATE booking SET journey = 'unsent' WHERE id = 'k5'", "rule.verdict_stays"),
    ("booking_closed_stays", "UPDATE booking SET closed_utc = 'y' WHERE id = 'k2'", "rule.settled_stays"),
    ("booking_has_an_owner", "UPDATE booking SET due_session = NULL, due_mono_s = NULL, due_utc = NULL WHERE id = 'k1'", "rule.work_left"),
    ("booking_case_is_the_owner", "UPDATE booking_case SET closed_utc = 'x', closed_by = 'x', closure = 'x' WHERE closed_utc IS NULL AND booking_id = 'k3'",
     "rule.case_not_closable"),
    ("booking_case_opened_is_fixed", "UPDATE booking_case SET kind = 'by_hand' WHERE closed_utc IS NULL AND booking_id = 'k3'", "rule.identity_is_fixed"),
    ("booking_case_closed_stays", "UPDATE booking_case SET closure = 'y' WHERE closed_utc IS NOT NULL", "rule.case_closed"),
    ("booking_case_opens_open", "INSERT INTO booking_case (booking_id, kind, opened_utc, closed_utc, closed_by, closure)"
     " VALUES ('k1', 'by_hand', 'x', 'x', 'x', 'x')", "rule.case_closed"),
    ("bill_booked_stays", "UPDATE bill SET total_vnd = 1 WHERE number = 'B1'", "rule.bill_sent"),
]  # fmt: skip
