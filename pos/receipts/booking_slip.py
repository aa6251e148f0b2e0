"""The slip of a booking's payment: what was paid for which booking, and the ticket – or that it is still awaited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hardware.printer.document import Align, Columns, Cut, Document, DrawerPulse, Feed, Item, Qr, Rule, Size, Text
from pos.domain.booking_payment import UNPAID, JourneyFact, MoneyFact, VoucherFact
from pos.i18n import Translator
from pos.receipts.slip import SlipFacts, head
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.booking.ports import Payment
from pos.till.ports import PrintJob, PrintState, StoredBill
from pos.till.views import Environment


class DriverPaidSlipPrinter:
    """The port `PaidSlipPrinter` on the till's printer; belongs to the printer's thread."""

    def __init__(self, printer: DriverSlipPrinter) -> None:
        self._printer = printer

    def print_payment(
        self, job: PrintJob, payment: Payment, bill: StoredBill, *, begin: Callable[[], None]
    ) -> tuple[PrintState, str | None]:
        """Print one slip; as `DriverSlipPrinter.print_slip`."""
        return self._printer.print_document(
            job, lambda facts, words: booking_slip(bill, payment, facts, words), begin=begin
        )


def booking_slip(stored: StoredBill, payment: Payment, facts: SlipFacts, words: Translator) -> Document:
    """The slip of one payment. The QR holds the bill number.

    The first slip that tells of the ticket is no copy, though one that said "waiting" came before it.
    """
    items: list[Item] = []
    if facts.drawer and facts.copy == 0:
        items.append(DrawerPulse(facts.drawer_pin))
    first = facts.copy == payment.ticket_copy
    items += head(stored, replace(facts, copy=0) if first else facts, words, title="slip.booking_title")
    items += _amounts(payment, words)
    items += [Rule(), Text(words.t(_word(payment)), Size.NORMAL, True, Align.CENTER)]
    items += _references(payment, words)
    items += [Feed(8), Qr(stored.bill.number), Text(words.t("slip.keep"), Size.SMALL, align=Align.CENTER)]
    if facts.environment is not Environment.PRODUCTION:
        mark = words.t(f"slip.not_real.{facts.environment.value}")
        items += [Feed(8), Text(mark, Size.NORMAL, True, Align.CENTER, True)]
    return Document((*items, Feed(16), Cut()))


def _amounts(payment: Payment, words: Translator) -> list[Item]:
    items: list[Item] = [Columns(words.t("slip.booking_number"), payment.number, bold=True)]
    if payment.title:
        items.append(Text(payment.title, Size.SMALL))
    items.append(Columns(words.t("slip.booking_price"), words.money(payment.price_vnd)))
    if payment.applied_vnd:
        items.append(Columns(words.t("slip.booking_applied"), f"-{words.money(payment.applied_vnd)}"))
    if payment.state.voucher is VoucherFact.USED and payment.code is not None:
        label = words.t("slip.booking_voucher", ending=payment.code.ending)
        items.append(Columns(label, f"-{words.money(payment.discount_vnd)}"))
    items.append(Columns(words.t("slip.booking_taken"), words.money(payment.taken_vnd or 0), Size.LARGE, True))
    return items


def _word(payment: Payment) -> str:
    """Only what is certain: nothing is called issued before the issuer's record says so."""
    if payment.state.money is MoneyFact.PAID_BACK:
        return "slip.booking_paid_back"
    if payment.state.journey is JourneyFact.ISSUED:
        return "slip.booking_issued"
    if payment.state.journey in UNPAID:
        return "slip.booking_pay_back"
    if (payment.payment_status, payment.issue_status) == ("SUCCEEDED", "FAILED"):
        return "slip.booking_support"
    return "slip.booking_waiting"


def _references(payment: Payment, words: Translator) -> list[Item]:
    found = (
        ("slip.booking_passenger", payment.passenger_ref),
        ("slip.booking_payment", payment.payment_ref),
        *(("slip.booking_ticket", ticket) for ticket in payment.tickets),
    )
    items: list[Item] = [Columns(words.t(key), value) for key, value in found if value]
    items.append(Text(words.t("slip.transaction", id=payment.transaction_id), Size.SMALL))
    return items
