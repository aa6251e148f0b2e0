"""Every state a cashier can meet, as snapshots: for screenshots and for the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pos.domain.bill import SkuLine
from pos.domain.offline_policy import Ground
from pos.domain.reasons import Reason
from pos.domain.voucher import Detail
from pos.till.ports import PrintState
from pos.till.views import (
    BillView,
    IssuerChoice,
    LineStatus,
    LineView,
    ListsView,
    Message,
    OfflineOffer,
    OpenBill,
    Phase,
    QueueRow,
    SlipRow,
    Verdict,
)
from tests.ui.fake_till import NOW_UTC

GOT_IT = "Got It"
TEA = (SkuLine("TRA-DAO-L", 1, 55_000),)
FIFTY = LineView("l1", 1, "2835", GOT_IT, LineStatus.USABLE, 50_000, 50_000, expires_on=date(2027, 3, 31))
PEACH = LineView("l2", 2, "7719", GOT_IT, LineStatus.USABLE, 55_000, 55_000, redeems=TEA, expires_on=date(2027, 3, 31))
USED_UP = LineView(
    "l3", 3, "9003", GOT_IT, LineStatus.REFUSED, reason=Reason.ALREADY_USED,
    detail=Detail(used_at="2026-11-20 19:04:11", store_vi="Cửa hàng Lê Lợi", store_en="Le Loi store"),
)  # fmt: skip
BILL = BillView(
    key="k1", number="HN03-T2-20261121-000148", total_vnd=265_000, phase=Phase.DRAFT, lines=(), left_vnd=265_000
)


def lists() -> ListsView:
    """A busy morning: three open bills, three vouchers in the queue."""
    three, twelve, hour = (NOW_UTC - timedelta(minutes=minutes) for minutes in (3, 12, 65))
    number, offline = "HN03-T2-20261121-0001{}".format, LineStatus.ACCEPTED_OFFLINE
    return ListsView(
        open_bills=(
            OpenBill(number("02"), Phase.UNSENT, 200_000, ("6042",), hour, None, 1),
            OpenBill(number("37"), Phase.FINISH, 50_000, ("1180",), twelve, None, 3),
            OpenBill(number("41"), Phase.UNKNOWN, 105_000, ("2835", "7719"), three, 1038.0, 2),
        ),
        queue=(
            QueueRow("q1", number("39"), "4410", GOT_IT, 100_000, hour, offline, 4, 1012.0, None),
            QueueRow("q2", number("40"), "0217", GOT_IT, 50_000, twelve, LineStatus.UNKNOWN, 1, 999.0, None),
            QueueRow("q3", number("43"), "9903", GOT_IT, 50_000, three, offline, 2, None, "http.4xx"),
        ),
        slips=slips(),
    )


def slips() -> tuple[SlipRow, ...]:
    """Last evening's that may be on paper, the one the printer has no paper for, and those behind it."""
    number, state = "HN03-T2-20261121-0001{}".format, PrintState
    evening, hour, three = (NOW_UTC - timedelta(minutes=minutes) for minutes in (760, 65, 3))
    yesterday = "HN03-T2-20261120-000206"
    return (
        SlipRow("j1", yesterday, 0, evening, 150_000, state.DOUBTFUL, "printer.interrupted"),
        SlipRow("j2", number("39"), 0, hour, 100_000, state.PENDING, "printer.paper_out"),
        SlipRow("j3", number("39"), 1, three, 100_000, state.PENDING, None),
        SlipRow("j4", number("43"), 0, three, 1_250_000, state.PRINTING, None),
    )


def bill(*lines: LineView, focus: str | None = None, **changes: object) -> BillView:
    """A bill with these vouchers, sums as the engine makes them."""
    paid = sum(line.amount_vnd for line in lines if line.status in _PAID)
    waiting = sum(line.amount_vnd for line in lines if line.status in (LineStatus.UNKNOWN, LineStatus.SENDING))
    view = replace(
        BILL,
        lines=lines,
        focus=focus or (lines[-1].id if lines else None),
        voucher_vnd=paid,
        waiting_vnd=waiting,
        left_vnd=max(0, BILL.total_vnd - paid),
    )
    return replace(view, **changes)  # type: ignore[arg-type]


def as_(status: LineStatus, *lines: LineView) -> tuple[LineView, ...]:
    """The same vouchers in another state."""
    return tuple(replace(line, status=status) for line in lines)


GOT_OR_VIN = (IssuerChoice("gotit", GOT_IT), IssuerChoice("vinid-evoucher", "VinID"))
VIN = LineView("l9", 2, "0002", "VinID", LineStatus.USABLE, 100_000, 100_000, choices=GOT_OR_VIN[:1])
WHOSE = LineView("l8", 2, "0002", "", LineStatus.UNCHECKED, reason=Reason.WHICH_ISSUER, choices=GOT_OR_VIN)

_PAID = (LineStatus.USABLE, LineStatus.HELD, LineStatus.USED, LineStatus.ACCEPTED_OFFLINE)
_S = LineStatus
_UNCHECKED = replace(FIFTY, status=_S.UNCHECKED, reason=Reason.OFFLINE, checked_utc=NOW_UTC - timedelta(minutes=4))
_BLIND = LineView("l1", 1, "4410", GOT_IT, _S.UNCHECKED, reason=Reason.OFFLINE, needs_value=True)
_DECLARED = replace(_BLIND, needs_value=False, worth_vnd=150_000, amount_vnd=150_000, declared=True)
_BIG = replace(FIFTY, worth_vnd=300_000, amount_vnd=265_000, lost_vnd=35_000)


def _refused(reason: Reason, **detail: object) -> BillView:
    line = LineView("l2", 2, "9003", GOT_IT, _S.REFUSED, reason=reason, detail=Detail(**detail))  # type: ignore[arg-type]
    return bill(FIFTY, line)


_THROTTLED = replace(FIFTY, status=_S.UNCHECKED, reason=Reason.THROTTLED, worth_vnd=None, amount_vnd=0)
_FAILED = replace(_THROTTLED, reason=Reason.ASKING_FAILED)
_PERIOD = {"start_date": date(2026, 12, 1), "excluded": ("2026-12-24", "Sunday")}
_NO_VALUE = OfflineOffer(Verdict.REFUSE, (Ground.NO_VALUE,), 2, 150_000)


def scenes() -> dict[str, BillView]:
    """Name of a picture → the bill that makes it. Times count from mono 1000."""
    used = as_(_S.USED, FIFTY, PEACH)
    return {
        "draft-empty": replace(BILL, total_vnd=0, left_vnd=0),
        "draft-total": BILL,
        "checking": bill(FIFTY, replace(PEACH, status=_S.CHECKING, worth_vnd=None, amount_vnd=0, redeems=()),
                         busy=True, since_mono_s=1000.0),
        "checking-slow": bill(replace(FIFTY, status=_S.CHECKING, worth_vnd=None, amount_vnd=0),
                              busy=True, since_mono_s=996.5),
        "usable": bill(FIFTY, PEACH, USED_UP, focus="l2"),
        "usable-one": bill(FIFTY),
        "usable-no-total": bill(FIFTY, total_vnd=0, left_vnd=0),
        "usable-loss": bill(_BIG, lost_vnd=35_000),
        "loss-question": bill(_BIG, lost_vnd=35_000, confirm_loss=35_000),
        "refused": bill(FIFTY, replace(USED_UP, id="l2", number=2)),
        "refused-first": bill(replace(USED_UP, id="l1", number=1)),
        "refused-consent": _refused(Reason.NEEDS_CONSENT),
        "refused-skus": _refused(Reason.NEEDS_SKUS, skus=("TRA-DAO-L", "TRA-VAI-L")),
        "refused-period": _refused(Reason.OUTSIDE_PERIOD, **_PERIOD),
        "refused-pin": _refused(Reason.PIN_WRONG),
        "throttled": bill(_THROTTLED, throttled_until_mono_s=1052.0),
        "unchecked": bill(_FAILED),
        "notice-scan": bill(FIFTY, message=Message("scan.web_address")),
        "notice-disk": bill(FIFTY, message=Message("journal.disk_full")),
        "unlock": bill(FIFTY, message=Message("guard.too_many_unknown")),
        "sending": bill(*as_(_S.SENDING, FIFTY, PEACH), phase=Phase.SENDING, busy=True, since_mono_s=997.0),
        "sending-long": bill(*as_(_S.SENDING, FIFTY, PEACH), phase=Phase.SENDING, busy=True, since_mono_s=986.0),
        "held": bill(*as_(_S.HELD, FIFTY, PEACH), phase=Phase.HELD),
        "offered-value": bill(_BLIND, phase=Phase.OFFERED, offer=_NO_VALUE),
        "offered-accept": bill(_UNCHECKED, phase=Phase.OFFERED, offer=OfflineOffer(Verdict.ACCEPT, (), 2, 150_000)),
        "offered-manager": bill(_DECLARED, phase=Phase.OFFERED,
                                offer=OfflineOffer(Verdict.NEEDS_MANAGER, (Ground.NEVER_CHECKED,), 2, 150_000)),
        "offered-refuse": bill(_DECLARED, phase=Phase.OFFERED,
                               offer=OfflineOffer(Verdict.REFUSE, (Ground.AMOUNT, Ground.SUM), 9, 4_950_000)),
        "done": bill(*used, phase=Phase.DONE, transaction_id="5120_20261121101932004518"),
        "done-nothing-left": bill(*as_(_S.USED, _BIG), phase=Phase.DONE, transaction_id="5120_20261121101932004519"),
        "done-mixed": bill(*used, USED_UP, phase=Phase.DONE, transaction_id="5120_20261121101932004518"),
        "accepted": bill(*as_(_S.ACCEPTED_OFFLINE, _UNCHECKED), phase=Phase.ACCEPTED_OFFLINE,
                         offer=OfflineOffer(Verdict.ACCEPT, (), 3, 200_000)),
        "unknown": bill(*as_(_S.UNKNOWN, FIFTY, PEACH), phase=Phase.UNKNOWN, next_inquiry_mono_s=1038.0, inquiries=1),
        "unsent": bill(*as_(_S.UNSENT, FIFTY, PEACH), phase=Phase.UNSENT),
        "finish": bill(*used, phase=Phase.FINISH),
        "closed": bill(replace(USED_UP, id="l1", number=1), phase=Phase.CLOSED),
        **several(),
    }  # fmt: skip


def several() -> dict[str, BillView]:
    """Bills with vouchers of two issuers, one of which cannot say for whom a voucher was used."""
    used = replace(FIFTY, status=_S.USED)
    refused = replace(VIN, status=_S.REFUSED, reason=Reason.UNKNOWN_OR_USED, worth_vnd=None, amount_vnd=0)
    undecided = replace(VIN, status=_S.UNKNOWN, choices=(), needs_decision=True)
    taken = replace(VIN, status=_S.USED, choices=(), can_take_back=True)
    unconfirmed = replace(taken, unconfirmed=True)
    silent = replace(refused, status=_S.UNCHECKED, reason=Reason.OFFLINE, needs_network=True)
    refuse = OfflineOffer(Verdict.REFUSE, (Ground.PROVIDER,), 0, 0)
    back = replace(unconfirmed, unconfirmed=False, taken_back=True, can_take_back=False)
    return {
        "several": bill(FIFTY, VIN),
        "several-refused": bill(FIFTY, refused),
        "whose": bill(FIFTY, WHOSE),
        "whose-first": bill(WHOSE),
        "whose-waits": bill(WHOSE, replace(FIFTY, number=1), focus="l1"),
        "decide": bill(used, undecided, phase=Phase.UNKNOWN),
        "unconfirmed": bill(used, unconfirmed, phase=Phase.DONE),
        "rejected": bill(replace(refused, choices=(), rejected=True, can_take_back=True), phase=Phase.CLOSED),
        "may-take-back": bill(used, taken, phase=Phase.DONE),
        "taken-back": replace(
            bill(used, back, phase=Phase.DONE), voucher_vnd=50_000, left_vnd=215_000),
        "unsent-beside": bill(replace(USED_UP, id="l1", number=1), replace(VIN, status=_S.UNSENT), phase=Phase.UNSENT,
                              focus="l1"),
        "network": bill(replace(silent, number=1), phase=Phase.OFFERED, offer=refuse),
        "network-left": bill(replace(FIFTY, status=_S.ACCEPTED_OFFLINE), silent, phase=Phase.OFFERED, focus="l1",
                             offer=refuse),
        "network-beside": bill(_UNCHECKED, silent, phase=Phase.OFFERED,
                               offer=OfflineOffer(Verdict.ACCEPT, (), 2, 150_000)),
    }  # fmt: skip
