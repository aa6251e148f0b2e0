"""Every rule that the database itself holds about sales: trigger, a statement that breaks it and no other, its name.

The shop of `test_sale_rules`: s1 unknown and due, s2 bought and closed with a code, s3 bought and a closed case of its
own beside its open one, s4 in flight, s5 by SMS; B0 is a bill with a redemption, B9 one with nothing.
"""
# ruff: noqa: E501 – one rule a line

_NEW = (
    "INSERT INTO sale (id, bill_number, seller, order_id, product_code, product_name, supplier, quantity, face_vnd, price_vnd,"
    " outcome, closed, sends, unclear_sends, asks, not_found, confirming, incomplete, unreadable, due_session, due_mono_s,"
    " due_utc, created_utc, business_date, cashier) VALUES ('s9', '{bill}', 'x', 'T9', 'P', 'P', 'S', 1, 1, 1, '{outcome}',"
    " 0, 0, 0, 0, 0, 0, 0, 0, 'a', 1.0, 'x', 'x', 'x', 'x')"
)

SALE_BITES = [
    ("sale_stays", "DELETE FROM sale WHERE id = 's1'", "rule.nothing_deleted"),
    ("sale_code_stays", "DELETE FROM sale_code", "rule.nothing_deleted"),
    ("sale_attempt_stays", "DELETE FROM sale_attempt", "rule.nothing_deleted"),
    ("sale_case_stays", "DELETE FROM sale_case", "rule.nothing_deleted"),
    ("code_showing_stays", "DELETE FROM code_showing", "rule.nothing_deleted"),
    ("product_list_stays", "DELETE FROM product_list", "rule.nothing_deleted"),
    ("sale_code_fixed", "UPDATE sale_code SET serial = 'x'", "rule.append_only"),
    ("sale_code_sealed_fixed", "UPDATE sale_code SET sealed = x'00'", "rule.append_only"),
    ("sale_attempt_fixed", "UPDATE sale_attempt SET operation = 'ask'", "rule.append_only"),
    ("code_showing_fixed", "UPDATE code_showing SET who = 'nobody'", "rule.append_only"),
    ("sale_who_is_fixed", "UPDATE sale SET order_id = 'T77' WHERE id = 's1'", "rule.identity_is_fixed"),
    ("sale_who_is_fixed", "UPDATE sale SET quantity = 2 WHERE id = 's1'", "rule.identity_is_fixed"),
    ("sale_phone_is_fixed", "UPDATE sale SET phone_sealed = x'00' WHERE id = 's5'", "rule.identity_is_fixed"),
    ("sale_begins_unsent", _NEW.format(bill="B9", outcome="dropped"), "rule.sale_begins_unsent"),
    ("sale_on_its_own_bill", _NEW.format(bill="B0", outcome="unsent"), "rule.bill_of_its_own"),
    ("redemption_on_no_sale", "INSERT INTO redemption SELECT 'r9', 'B1', 1, provider, code_sealed, x'00112233445566778899aabbccddeeff',"
     " code_ending, 'unsent', 0, NULL, hold, reserving, worth_vnd, amount_vnd, lost_vnd, declared, skus, NULL, NULL, NULL,"
     " created_utc, business_date, cashier, NULL, NULL, NULL, NULL, 0, 0, 0, NULL, 'no' FROM redemption", "rule.bill_of_its_own"),
    ("sale_verdict_stays", "UPDATE sale SET outcome = 'not_bought' WHERE id = 's3'", "rule.verdict_stays"),
    ("sale_closed_stays", "UPDATE sale SET closed_utc = 'y' WHERE id = 's2'", "rule.settled_stays"),
    ("sale_sends_grow", "UPDATE sale SET sends = 1, unclear_sends = 1 WHERE id = 's1'", "rule.sends_grow"),
    ("sale_leaves_counted", "UPDATE sale SET outcome = 'in_flight' WHERE id = 's1'", "rule.sends_grow"),
    ("sale_has_an_owner", "UPDATE sale SET due_session = NULL, due_mono_s = NULL, due_utc = NULL WHERE id = 's1'", "rule.work_left"),
    ("sale_case_is_the_owner", "UPDATE sale_case SET closed_utc = 'x', closed_by = 'x', closure = 'x' WHERE closed_utc IS NULL",
     "rule.case_not_closable"),
    ("sale_case_opened_is_fixed", "UPDATE sale_case SET kind = 'by_hand' WHERE closed_utc IS NULL", "rule.identity_is_fixed"),
    ("sale_case_closed_stays", "UPDATE sale_case SET closure = 'y' WHERE closed_utc IS NOT NULL", "rule.case_closed"),
    ("sale_case_opens_open", "INSERT INTO sale_case (sale_id, kind, opened_utc, closed_utc, closed_by, closure)"
     " VALUES ('s1', 'by_hand', 'x', 'x', 'x', 'x')", "rule.case_closed"),
    ("sale_code_is_bought", "INSERT INTO sale_code VALUES ('s1', 1, x'00', 'x', 1, 'x', 'x', 'x')", "rule.not_bought"),
    ("bill_sold_stays", "UPDATE bill SET total_vnd = 1 WHERE number = 'B1'", "rule.bill_sent"),
]  # fmt: skip
