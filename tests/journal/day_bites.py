"""Every rule that the database itself holds about the manager's day: trigger, a statement that breaks it and no other,
its name. The shop of `test_rules`, and a day of its own: `DAY` puts it there.
"""
# ruff: noqa: E501 – one rule a line

_CLOSE = "INSERT INTO day_close VALUES ('{day}', {number}, 'x', 'Hương', {after}, 9, 1, '{{}}')"
_CASE = "INSERT INTO day_case VALUES ({id}, 'slip', 'd', 'j', '', 'B1', '', 1, NULL, 'x', NULL, {closed})"

DAY = (
    "INSERT INTO shift VALUES (1, 'd', 'x', 'Lan', 0, 'y', 'Lan', 'Minh', 3)",
    "INSERT INTO shift VALUES (2, 'd', 'x', 'Minh', 3, NULL, NULL, NULL, NULL)",
    "INSERT INTO day_close VALUES ('2026-11-20', 1, 'x', 'Hương', 0, 9, 1, '{}')",
    "INSERT INTO paper_count VALUES (1, 'd', 'gotit', 3, 2, 'Hương', 'x')",
    "INSERT INTO day_case VALUES (1, 'paper', 'd', 'd', 'gotit', '', '', 0, NULL, 'x', NULL, NULL, NULL, NULL)",
    "INSERT INTO day_case VALUES (2, 'slip', 'd', 'k', '', 'B1', '', 1, NULL, 'x', NULL, NULL, NULL, NULL)",
    "UPDATE day_case SET closed_utc = 'y', closed_by = 'Hương', closure = 'found' WHERE id = 2",
    "INSERT INTO statement_check VALUES (1, 'gotit', 'a.csv', printf('%064d', 0), 'a', 'b', 1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 0, '{}', '{}', 'x', 'x')",
    "INSERT INTO statement_difference VALUES (1, 1, 'missing_here', 2, '', '', 'T1', '', '', '', 5, NULL, '')",
)

DAY_BITES = [
    ("shift_stays", "DELETE FROM shift", "rule.nothing_deleted"),
    ("day_close_stays", "DELETE FROM day_close", "rule.nothing_deleted"),
    ("paper_count_stays", "DELETE FROM paper_count", "rule.nothing_deleted"),
    ("day_case_stays", "DELETE FROM day_case", "rule.nothing_deleted"),
    ("statement_check_stays", "DELETE FROM statement_check", "rule.nothing_deleted"),
    ("statement_difference_stays", "DELETE FROM statement_difference", "rule.nothing_deleted"),
    ("day_close_fixed", "UPDATE day_close SET report = '{1}'", "rule.append_only"),
    ("paper_count_fixed", "UPDATE paper_count SET counted = 3", "rule.append_only"),
    ("statement_check_fixed", "UPDATE statement_check SET matched = 1", "rule.append_only"),
    ("statement_difference_fixed", "UPDATE statement_difference SET theirs_vnd = 6", "rule.append_only"),
    ("shift_opened_is_fixed", "UPDATE shift SET opened_by = 'Minh' WHERE id = 2", "rule.identity_is_fixed"),
    ("shift_closed_stays", "UPDATE shift SET handed_to = 'Lan' WHERE id = 1", "rule.settled_stays"),
    ("day_close_follows", _CLOSE.format(day="2026-11-21", number=3, after=9), "rule.day_follows"),
    ("day_close_follows", _CLOSE.format(day="2026-11-21", number=2, after=8), "rule.day_follows"),
    ("day_case_opened_is_fixed", "UPDATE day_case SET amount_vnd = 7 WHERE id = 1", "rule.identity_is_fixed"),
    ("day_case_closed_stays", "UPDATE day_case SET closure = 'lost' WHERE id = 2", "rule.case_closed"),
    ("day_case_opens_open", _CASE.format(id=9, closed="'x', 'x', 'x'"), "rule.case_closed"),
]
