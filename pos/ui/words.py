"""Sentences made of domain values: reasons with their details, goods, issuers. Used by every presenter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pos.domain.bill import SkuLine
from pos.domain.codes import ScanFault
from pos.domain.reasons import CLASS_OF, Reason, ReasonClass
from pos.domain.voucher import NO_DETAIL, Detail
from pos.i18n import Sentence, Translator, Value
from pos.till.views import LineStatus, LineView, Message
from pos.ui.signs import Shape
from pos.ui.theme import Tone

MASK = "••••"
LONGEST_NUMBER = 16


def masked(ending: str) -> str:
    """`••••2835`."""
    return MASK + ending


def short_number(bill_number: str) -> str:
    """A long bill number by its end, where a column has no room for all of it: `…000141`."""
    if len(bill_number) <= LONGEST_NUMBER:
        return bill_number
    tail = bill_number.rpartition("-")[2]
    return "…" + (tail if 4 <= len(tail) <= LONGEST_NUMBER else bill_number[-10:])


def provider_name(tr: Translator, provider: str) -> str:
    """An issuer's name for people; an id without words is shown as it is."""
    key = f"provider.{provider}"
    return tr.t(key) if tr.has(key) else provider


def say_message(tr: Translator, message: Message) -> Sentence:
    """A message's three sentences; a reason can be a message too: nothing of the bill was used then."""
    name = message.code.removeprefix("reason.")
    if name != message.code and name in {reason.value for reason in Reason}:
        return Sentence(tr.t(f"reason.{name}.what"), tr.t("message.reason.safe"), tr.t(f"reason.{name}.do"))
    return tr.message(message.code, dict(message.params))


def goods_text(tr: Translator, skus: tuple[SkuLine, ...]) -> str:
    """`1 × TRA-DAO, 2 × BANH-MI`."""
    return ", ".join(tr.t("counter.goods", quantity=line.quantity, sku=line.sku) for line in skus)


def reason_short(tr: Translator, reason: Reason) -> str:
    """The reason in two or three words, for a chip."""
    return tr.t(f"reason.{reason}.short")


def reason_what(tr: Translator, reason: Reason, detail: Detail = NO_DETAIL) -> str:
    """What the reason is, with place, time and amounts where the issuer told them."""
    fault = _scan_fault(reason, detail)
    if fault is not None:
        return tr.message(f"scan.{fault}").what
    return tr.t(f"reason.{reason}.what", **_detail_params(tr, detail))


def reason_do(tr: Translator, reason: Reason, detail: Detail = NO_DETAIL) -> str:
    """What to tell the customer, or to do."""
    fault = _scan_fault(reason, detail)
    if fault is not None:
        return tr.message(f"scan.{fault}").do
    return tr.t(f"reason.{reason}.do", **_detail_params(tr, detail))


def needs_customer(reason: Reason) -> bool:
    """Whether the voucher may still be good once the customer has done something."""
    return CLASS_OF[reason] is ReasonClass.CUSTOMER


def chip_of(tr: Translator, line: LineView) -> tuple[str, Tone, Shape]:
    """Word, colour and shape of a voucher's row."""
    for word, told, tone, shape in _SPECIAL:
        if told(line):
            return tr.t(f"status.{word}"), tone, shape
    tone, shape = _CHIPS[line.status]
    word = tr.t(f"status.{line.status}")
    if line.status in (LineStatus.REFUSED, LineStatus.UNCHECKED) and line.reason is not None:
        word = reason_short(tr, line.reason)
    return word, tone, shape


def _scan_fault(reason: Reason, detail: Detail) -> str | None:
    known = {fault.value for fault in ScanFault}
    return detail.code if reason is Reason.BAD_SCAN and detail.code in known else None


def _detail_params(tr: Translator, detail: Detail) -> dict[str, Value]:
    store = detail.store_vi if tr.language == "vi" else detail.store_en or detail.store_vi
    return {
        "used_at": _issuer_moment(tr, detail.used_at),
        "store": store,
        "on_date": detail.on_date,
        "order_value_vnd": detail.order_value_vnd,
        "start_date": detail.start_date,
        "excluded": ", ".join(_excluded_day(tr, day) for day in detail.excluded),
        "skus": ", ".join(detail.skus),
        "code": detail.code,
        "bill_number": getattr(detail, "bill_number", None),
    }


def _issuer_moment(tr: Translator, text: str | None) -> str | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{moment:%H:%M}, {tr.date(moment.date())}"


def _excluded_day(tr: Translator, day: str) -> str:
    key = f"weekday.{day.strip().lower()}"
    if tr.has(key):
        return tr.t(key)
    try:
        return tr.date(datetime.fromisoformat(day).date())
    except ValueError:
        return day


_SPECIAL: tuple[tuple[str, Callable[[LineView], bool], Tone, Shape], ...] = (
    ("taken_back", lambda line: line.taken_back, Tone.BRAND, Shape.BACK),
    ("unconfirmed", lambda line: line.unconfirmed, Tone.OFFLINE, Shape.SHIELD),
    ("rejected", lambda line: line.rejected, Tone.REFUSED, Shape.X),
    ("needs_decision", lambda line: line.needs_decision, Tone.UNKNOWN, Shape.WAIT),
    ("needs_network", lambda line: line.needs_network, Tone.UNKNOWN, Shape.QUESTION),
)
"""What goes before the status: the word a person needs."""
_CHIPS: dict[LineStatus, tuple[Tone, Shape]] = {
    LineStatus.CHECKING: (Tone.NEUTRAL, Shape.NONE),
    LineStatus.USABLE: (Tone.USABLE, Shape.TICK),
    LineStatus.REFUSED: (Tone.REFUSED, Shape.X),
    LineStatus.UNCHECKED: (Tone.UNKNOWN, Shape.QUESTION),
    LineStatus.HELD: (Tone.BRAND, Shape.TICK),
    LineStatus.SENDING: (Tone.UNKNOWN, Shape.NONE),
    LineStatus.UNSENT: (Tone.BRAND, Shape.RING),
    LineStatus.UNKNOWN: (Tone.UNKNOWN, Shape.WAIT),
    LineStatus.USED: (Tone.USABLE, Shape.TICK),
    LineStatus.ACCEPTED_OFFLINE: (Tone.OFFLINE, Shape.SHIELD),
    LineStatus.DROPPED: (Tone.NEUTRAL, Shape.X),
    LineStatus.LATE: (Tone.REFUSED, Shape.X),
}
