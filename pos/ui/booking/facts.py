"""Figures, timeline and rows of the booking page as words: pure functions of the snapshot and the time."""

from __future__ import annotations

from datetime import datetime

from pos.i18n import Translator
from pos.till.booking.views import BookingPhase, BookingView, OpenBooking, StepKind, StepView, VoucherOutcome
from pos.ui.booking.model import Step
from pos.ui.booking.panels import TONES
from pos.ui.theme import Tone
from pos.ui.widgets.list_model import Figure
from pos.ui.widgets.rows import Cell, TableRow
from pos.ui.words import masked, short_number

AMBER_S, RED_S = 600, 180
"""Seconds before the last moment at which the countdown turns amber, and red."""
OPEN_COLUMNS = ("number", "title", "state", "amount", "since", "next")
_GOOD = frozenset({StepKind.VOUCHER_USED, StepKind.ISSUED, StepKind.CLOSED})
_BAD = frozenset({
    StepKind.VOUCHER_REFUSED, StepKind.AMOUNT_DIFFERS, StepKind.PAYMENT_FAILED, StepKind.REFUNDED, StepKind.EXPIRED,
    StepKind.ORDER_REFUSED, StepKind.COMMIT_REFUSED,
})  # fmt: skip
_OPEN = frozenset({
    StepKind.VOUCHER_LOST, StepKind.COMMIT_LOST, StepKind.HELD, StepKind.BY_HAND, StepKind.RESTARTED,
    StepKind.VOUCHER_LATE, StepKind.ORDER_FAILED, StepKind.COMMIT_NOT_SENT, StepKind.VOUCHER_NOT_SENT,
})  # fmt: skip
_OVER = frozenset({BookingPhase.DONE, BookingPhase.PAID_BACK, BookingPhase.GIVEN_UP, BookingPhase.ISSUED})
_NO_COUNTDOWN = _OVER | {BookingPhase.WAITING, BookingPhase.HELD, BookingPhase.PAY_BACK, BookingPhase.COMMITTING}


def facts_of(tr: Translator, view: BookingView) -> str:
    """Product and start, in a line."""
    product = f"bookpay.product.{view.product}"
    parts = (view.label, tr.t(product) if tr.has(product) else view.product, _moment(tr, view.starts))
    return " · ".join(part for part in parts if part)


def _moment(tr: Translator, text: str) -> str:
    """The issuer's times look like local ones with a Z put on (contracts/gotadi.md §9): shown as they stand."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%H:%M} {tr.date(moment.date())}"


def deadline_of(tr: Translator, view: BookingView, now_utc: datetime) -> tuple[str, Tone]:
    """The countdown to the last moment at which anything is begun."""
    last = view.begin_until_utc or view.deadline_utc
    if last is None or view.phase in _NO_COUNTDOWN:
        return "", Tone.NEUTRAL
    left_s = (last - now_utc).total_seconds()
    if left_s <= 0:
        return tr.t("bookpay.deadline.over"), Tone.REFUSED
    tone = Tone.REFUSED if left_s < RED_S else Tone.UNKNOWN if left_s < AMBER_S else Tone.NEUTRAL
    minutes, seconds = divmod(int(left_s), 60)
    if left_s < AMBER_S:
        return tr.t("bookpay.deadline.clock", clock=f"{minutes}:{seconds:02d}"), tone
    return tr.t("bookpay.deadline", left_s=left_s, at=tr.clock(last)), tone


def figures_of(tr: Translator, view: BookingView) -> tuple[Figure, ...]:
    """Price, voucher, what the customer pays. Always three, so that the screen keeps its places."""
    nothing = tr.t("counter.no_amount")
    price = tr.money(view.price_vnd) if view.price_vnd is not None else nothing
    voucher = view.voucher
    taken_vnd = view.applied_vnd
    label = tr.t("counter.voucher")
    tone = Tone.NEUTRAL
    if voucher is not None:
        label = f"{label} {masked(voucher.ending)}"
        tone = _VOUCHER_TONES.get(voucher.outcome, Tone.UNKNOWN)
        if voucher.outcome not in (VoucherOutcome.REFUSED, VoucherOutcome.COVERS_ALL):
            taken_vnd += voucher.discount_vnd or 0
    off = f"−{tr.money(taken_vnd)}" if taken_vnd else nothing
    pays_vnd = view.due_vnd if view.due_vnd is not None else view.shown_vnd
    pays = tr.money(pays_vnd) if pays_vnd is not None else nothing
    due = view.due_vnd is not None
    return (
        Figure(tr.t("bookpay.price"), price),
        Figure(label, off, tone),
        Figure(tr.t("bookpay.pays" if due else "bookpay.would_pay"), pays, Tone.BRAND if due else Tone.NEUTRAL),
    )


_VOUCHER_TONES = {
    VoucherOutcome.USABLE: Tone.USABLE,
    VoucherOutcome.USED: Tone.USABLE,
    VoucherOutcome.REFUSED: Tone.REFUSED,
    VoucherOutcome.COVERS_ALL: Tone.REFUSED,
}


def steps_of(tr: Translator, view: BookingView) -> tuple[Step, ...]:
    """The timeline, newest first: what matters now stands on top."""
    steps = [_step(tr, step) for step in view.steps]
    if view.busy and view.busy_since_utc is not None:
        words = tr.t(f"bookpay.now.{view.phase}", label=view.label)
        steps.append(Step(_clock(tr, view.busy_since_utc), words, "", Tone.BRAND, current=True))
    return tuple(reversed(steps))


def _step(tr: Translator, step: StepView) -> Step:
    key = f"booking.step.{step.kind}"
    words = tr.t(key, word=_word(tr, step.word), amount_vnd=step.amount_vnd)
    if step.times > 1:
        words = f"{words} ({step.times}×)"
    tone = Tone.USABLE if step.kind in _GOOD else Tone.REFUSED if step.kind in _BAD else Tone.NEUTRAL
    if step.kind in _OPEN:
        tone = Tone.UNKNOWN
    return Step(_clock(tr, step.at_utc), words, tr.money(step.amount_vnd) if step.amount_vnd is not None else "", tone)


def _word(tr: Translator, word: str | None) -> str | None:
    """The issuer's two states, or why it could not be asked, in words."""
    if not word:
        return None
    if tr.has(f"message.{word}.what"):
        return tr.message(word).what.rstrip(".")
    paid, _, issued = word.partition("/")
    keys = (f"bookpay.paid.{paid.lower()}", f"bookpay.issued.{issued.lower()}")
    return ", ".join(tr.t(key) for key in keys if tr.has(key)) or None


def _clock(tr: Translator, instant: datetime) -> str:
    return f"{tr.clock(instant)}:{instant:%S}"


def open_row(tr: Translator, row: OpenBooking, now_utc: datetime) -> TableRow:
    """One booking that waits."""
    wait_s = (row.next_ask_utc - now_utc).total_seconds() if row.next_ask_utc is not None else None
    nothing = tr.t("counter.no_amount")
    ask = nothing if wait_s is None else tr.duration(wait_s + 0.999) if wait_s > 0 else tr.t("queue.now")
    return TableRow(
        row.key,
        (
            Cell(row.number),
            Cell(row.title or short_number(row.bill_number)),
            Cell(tr.t(f"bookpay.state.{row.phase}"), TONES[row.phase]),
            Cell(tr.money(row.due_vnd) if row.due_vnd is not None else nothing, right=True),
            Cell(tr.duration((now_utc - row.opened_utc).total_seconds())),
            Cell(ask),
        ),
    )
