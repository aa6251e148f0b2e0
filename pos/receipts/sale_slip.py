"""The slip that is worth money: bought codes with serial and expiry, and what the customer does with them. Where the
issuer sent the code to a phone it is a proof and no money: the issuer's transaction and no code (contracts/appotapay.md
§8.5).

Made from journal rows and the codes that were decrypted for this one printing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from hardware.printer.document import Align, Columns, Cut, Document, DrawerPulse, Feed, Item, Qr, Rule, Size, Text
from pos.domain.phone import masked_mobile
from pos.domain.sale import PlainCode
from pos.i18n import Translator
from pos.receipts.slip import SlipFacts, head
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.ports import PrintJob, PrintState, StoredBill
from pos.till.selling.slips import SoldSlip
from pos.till.selling.views import ShownCode
from pos.till.views import Environment

_LARGE_MAX, _NORMAL_MAX = 16, 20
"""Letters and digits of a code that stand on one line of 58 mm paper; small letters hold 24, what is longer is
broken. No code is grouped: whoever types it off the slip must not wonder about a blank.
"""


class DriverSoldSlipPrinter:
    """The port `SoldSlipPrinter` on the till's printer; belongs to the printer's thread."""

    def __init__(self, printer: DriverSlipPrinter) -> None:
        self._printer = printer

    def print_sold(
        self, job: PrintJob, sold: SoldSlip, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Print one slip; as `DriverSlipPrinter.print_slip`."""
        return self._printer.print_document(job, lambda facts, words: sale_slip(bill, sold, facts, words), begin=begin)


def sale_slip(stored: StoredBill, sold: SoldSlip, facts: SlipFacts, words: Translator) -> Document:
    """The slip of one sale. The QR holds the bill number, never a code."""
    items: list[Item] = []
    if facts.drawer and facts.copy == 0:
        items.append(DrawerPulse(facts.drawer_pin))
    items += head(stored, facts, words, title="slip.sale_title")
    name = f"{sold.sale.order.quantity} × {sold.sale.product_name}"
    items.append(Columns(name, words.money(sold.sale.price_vnd), bold=True))
    items.append(Text(sold.label, Size.SMALL))
    if sold.sale.order.phone:
        items.append(Columns(words.t("slip.sale_sms_to"), masked_mobile(sold.sale.order.phone), bold=True))
    for number, code in enumerate(sold.codes, 1):
        items += _code(number, code, words)
    items += _foot(stored, sold, facts, words)
    return Document((*items, Feed(16), Cut()))


def _code(number: int, shown: ShownCode, words: Translator) -> list[Item]:
    text = shown.code.reveal() if isinstance(shown.code, PlainCode) else words.t("slip.sale_unreadable")
    face = "" if shown.face_vnd is None else words.money(shown.face_vnd)
    items: list[Item] = [
        Rule(dashed=True),
        Columns(words.t("slip.sale_code", number=number), face),
        Text(text, _size(len(text)), True, Align.CENTER),
        Columns(words.t("slip.sale_serial"), shown.serial, Size.SMALL),
    ]
    if shown.expires:
        items.append(Columns(words.t("slip.sale_expires"), _day(shown.expires, words), Size.SMALL))
    return items


def _size(length: int) -> Size:
    if length <= _LARGE_MAX:
        return Size.LARGE
    return Size.NORMAL if length <= _NORMAL_MAX else Size.SMALL


def _day(text: str, words: Translator) -> str:
    """As the shop writes a date, where the issuer's could be read."""
    try:
        return words.date(date.fromisoformat(text))
    except ValueError:
        return text


def _foot(stored: StoredBill, sold: SoldSlip, facts: SlipFacts, words: Translator) -> list[Item]:
    sms = bool(sold.sale.order.phone)
    instructions = words.t("slip.sale_sms", label=sold.label) if sms else words.t(sold.instructions)
    items: list[Item] = [Rule(), Text(instructions, Size.SMALL)]
    if sold.sale.transaction_id:
        items.append(Text(words.t("slip.transaction", id=sold.sale.transaction_id), Size.SMALL))
    if sms:
        items.append(Text(words.t("slip.sale_order", id=sold.sale.order.id), Size.SMALL))
    items += [
        Feed(8),
        Qr(stored.bill.number),
        Text(words.t("slip.sale_sms_keep" if sms else "slip.sale_keep"), Size.SMALL, align=Align.CENTER),
    ]
    if facts.environment is not Environment.PRODUCTION:
        mark = words.t(f"slip.not_real.{facts.environment.value}")
        items += [Feed(8), Text(mark, Size.NORMAL, True, Align.CENTER, True)]
    return items
