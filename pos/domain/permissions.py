"""Who may do what: every action of a person at this till × every role. This table decides; the till asks it in one
place (`pos.till.rights`).

Two roles are enough: a cashier serves customers, a manager answers for what costs the shop money or hides something.
Whoever sets the till up is its first manager until there is another one. A third role would need an act that is
neither, and there is none.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is at the till."""

    CASHIER = "cashier"
    MANAGER = "manager"


class Right(StrEnum):
    """What the table says."""

    MAY = "may"  # signed in is enough
    APPROVAL = "approval"  # a manager's PIN on the spot; kept with both names. A manager types her own once more
    NO = "no"  # only a manager acting in her own name: signed in, or by her PIN at the door of her page


class Action(StrEnum):
    """Everything a person can do at the till. `right.<action>` names it.

    What anybody may who stands before it, also with nobody signed in, is none: choosing language, colours, size and
    volume, and trying printer and scanner.
    """

    # at the counter
    REDEEM = "redeem"  # check vouchers, mark them used, ask again, give a bill up
    ACCEPT_OFFLINE = "accept_offline"  # within what the policy leaves to the cashier
    ACCEPT_OFFLINE_BEYOND = "accept_offline_beyond"  # where the policy wants a manager
    DECIDE_UNDECIDED = "decide_undecided"  # give value that no issuer can vouch for, or refuse it
    TAKE_BACK = "take_back"  # have an issuer make a used voucher usable again
    UNLOCK_SCANNING = "unlock_scanning"  # go on after too many unknown codes
    OPEN_DRAWER = "open_drawer"  # without a sale
    REPRINT_SLIP = "reprint_slip"  # a copy of a slip that is worth nothing
    # selling codes
    SELL = "sell"
    SHOW_CODES = "show_codes"  # of her own sale, while its paper is not out for sure
    SHOW_CODES_AGAIN = "show_codes_again"  # of any other
    REPRINT_CODES = "reprint_codes"  # a second paper with codes that are worth money
    HAND_OVER_LATE = "hand_over_late"  # print codes for a customer who came back
    CLOSE_SALE = "close_sale"  # settle a sale's cases with the issuer
    # bookings
    PAY_BOOKING = "pay_booking"
    SETTLE_BOOKING = "settle_booking"  # settle a payment's cases with the issuer
    # the till as a whole
    HAND_OVER_SHIFT = "hand_over_shift"  # on the PIN of whoever takes over
    # the manager's page
    SEE_DAY = "see_day"  # and take its files along
    SETTLE_CASE = "settle_case"
    CLOSE_DAY = "close_day"
    CHECK_STATEMENT = "check_statement"
    SEE_LEVELS = "see_levels"
    SEE_AUDIT = "see_audit"
    CHANGE_SETTINGS = "change_settings"  # and policy, devices, issuers, profiles
    MANAGE_PEOPLE = "manage_people"  # add, retire, new PIN, role, end a wait
    ACKNOWLEDGE = "acknowledge"  # that a PIN was recovered, or something changed behind the program's back
    BACK_UP = "back_up"
    RESTORE = "restore"
    BACK_UP_KEYS = "back_up_keys"
    ROTATE_KEYS = "rotate_keys"
    UPDATE_PROGRAM = "update_program"  # look for a newer one, fetch it, put it in place, go back


_MAY, _APPROVAL, _NO = Right.MAY, Right.APPROVAL, Right.NO

TABLE: dict[Action, tuple[Right, Right]] = {
    # action: (cashier, manager)
    Action.REDEEM: (_MAY, _MAY),
    Action.ACCEPT_OFFLINE: (_MAY, _MAY),
    Action.ACCEPT_OFFLINE_BEYOND: (_APPROVAL, _APPROVAL),
    Action.DECIDE_UNDECIDED: (_APPROVAL, _APPROVAL),
    Action.TAKE_BACK: (_APPROVAL, _APPROVAL),
    Action.UNLOCK_SCANNING: (_APPROVAL, _APPROVAL),
    Action.OPEN_DRAWER: (_APPROVAL, _MAY),  # `drawer.cashier_may_open` makes the first a MAY
    Action.REPRINT_SLIP: (_MAY, _MAY),
    Action.SELL: (_MAY, _MAY),
    Action.SHOW_CODES: (_MAY, _MAY),
    Action.SHOW_CODES_AGAIN: (_APPROVAL, _MAY),
    Action.REPRINT_CODES: (_APPROVAL, _MAY),
    Action.HAND_OVER_LATE: (_APPROVAL, _MAY),
    Action.CLOSE_SALE: (_APPROVAL, _MAY),
    Action.PAY_BOOKING: (_MAY, _MAY),
    Action.SETTLE_BOOKING: (_APPROVAL, _APPROVAL),
    Action.HAND_OVER_SHIFT: (_MAY, _MAY),
    Action.SEE_DAY: (_NO, _MAY),
    Action.SETTLE_CASE: (_NO, _MAY),
    Action.CLOSE_DAY: (_NO, _MAY),
    Action.CHECK_STATEMENT: (_NO, _MAY),
    Action.SEE_LEVELS: (_NO, _MAY),
    Action.SEE_AUDIT: (_NO, _MAY),
    Action.CHANGE_SETTINGS: (_NO, _MAY),
    Action.MANAGE_PEOPLE: (_NO, _MAY),
    Action.ACKNOWLEDGE: (_NO, _MAY),
    Action.BACK_UP: (_NO, _MAY),
    Action.RESTORE: (_NO, _APPROVAL),
    Action.BACK_UP_KEYS: (_NO, _APPROVAL),
    Action.ROTATE_KEYS: (_NO, _APPROVAL),
    Action.UPDATE_PROGRAM: (_NO, _MAY),
}

CASHIER_BY_SETTING = frozenset({Action.OPEN_DRAWER})
"""Actions that a setting of the shop turns from APPROVAL into MAY for a cashier."""


def right_of(action: Action, role: Role) -> Right:
    """What the table says. Total: an action without a row is a `KeyError`, and no test lets it ship."""
    cashier, manager = TABLE[action]
    return cashier if role is Role.CASHIER else manager
