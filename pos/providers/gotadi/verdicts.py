"""What Gotadi's answers about a voucher and about a payment mean. Pure rules over `wire` and `layouts`.

Source: contracts/gotadi.md §5.2, §5.3 (when a voucher may be used, when it has been), §4.4 (whose words count), §8.1.
"""

from __future__ import annotations

import re

from pos.domain.booking import AmountDue, BookingRefused, CommitAnswer, VoucherOffer, VoucherRedeemed
from pos.domain.codes import VoucherCode
from pos.domain.errors import OutcomeUnknown, SetupFault
from pos.providers.gotadi import codes, layouts, wire
from pos.providers.gotadi.envelope import EnvelopeFault, Envelopes, Sealed, signature_before_last
from pos.providers.gotadi.masking import Hide
from pos.providers.gotadi.wire import Common, Fields

_OK = 200
_LONG_WORD = re.compile(r"\S{24,}")
"""No word for people: a tracking code, a token, a key, an address with one of them."""


def refusal(common: Common, hide: Hide, reason: str | None = None) -> BookingRefused:
    """A refusal in the issuer's own words, the reason by its code."""
    meaning = codes.business(common.faults)
    message = common.text_message or next((fault.message for fault in common.faults), "")
    return BookingRefused(
        reason=reason or meaning.reason,
        code=codes.code_of(common.faults),
        message=wire.one_line(_LONG_WORD.sub("••••", hide(message))) or None,
        passing=meaning.passing,
    )


# ---------------------------------------------------------------- vouchers


def offer(status: int, answer: Fields, number: str, code: VoucherCode, hide: Hide) -> VoucherOffer | BookingRefused:
    """Read the answer to validate (§5.2).

    Raises:
        wire.Unreadable: no verdict in it.
        SetupFault: it is about the caller.
        OutcomeUnknown: it is about another voucher or booking.
    """
    common, valid = wire.common(answer), wire.flag(answer, "voucherValid")
    tracking, discount = wire.text(answer, "trackingCode"), wire.amount(answer, "discountAmount")
    if codes.unauthorised(common.faults):
        raise SetupFault("gotadi.not_allowed", status=status)
    if status != _OK or not common.success or valid is not True:
        if not common.refused and valid is not False:
            raise wire.Unreadable
        return refusal(common, hide)
    _about_ours(answer, number, code, must_say=True)
    discount_vnd = wire.whole_vnd(discount)
    if discount is not None and discount > 0 and discount_vnd is None:
        return refusal(common, hide, "voucher_odd_amount")
    if not discount_vnd or not tracking:
        return refusal(common, hide, "voucher_no_discount")
    return VoucherOffer(discount_vnd, tracking)


def redeemed(
    status: int, answer: Fields, number: str, code: VoucherCode, hide: Hide
) -> VoucherRedeemed | BookingRefused:
    """Read the answer to redeem (§5.3). A refusal lets a voucher be tried anew, so it must be the issuer's clear word.

    Raises:
        wire.Unreadable: no verdict in it.
        OutcomeUnknown: words that contradict each other, that may pass, or that are about another voucher or booking.
    """
    common, valid = wire.common(answer), wire.flag(answer, "redeemValid")
    _about_ours(answer, number, code, must_say=False)
    if status == _OK and common.success and valid is True:
        return VoucherRedeemed()
    if valid is True or codes.unauthorised(common.faults):
        raise OutcomeUnknown("gotadi.contradiction", status=status)
    if valid is None and not common.refused:
        raise wire.Unreadable
    refused = refusal(common, hide)
    if refused.passing:
        raise OutcomeUnknown("gotadi.undefined", result=refused.code)
    return refused


def _about_ours(answer: Fields, number: str, code: VoucherCode, *, must_say: bool) -> None:
    said = (wire.text(answer, "bookingNumber"), wire.text(answer, "voucherCode"))
    for told, ours in zip(said, (number, code.reveal().strip()), strict=True):
        if told != ours and (told or must_say):
            raise OutcomeUnknown("gotadi.other_answer")


# ---------------------------------------------------------------- payment


def due(answer: Fields, envelopes: Envelopes, ours: layouts.PaymentWords, hide: Hide) -> AmountDue | BookingRefused:
    """Read the answer to place-order (§8.1): the amount is the issuer's signed word or it is nothing.

    Args:
        answer: of a 200, or of a refusal with any status.
        envelopes: for opening and verifying.
        ours: what was asked for; its amount is not looked at.
        hide: takes secrets out of the issuer's messages.

    Raises:
        EnvelopeFault: not to be opened, not from the issuer, not for this booking, no amount.
        wire.Unreadable: no verdict in it.
        SetupFault: it is about the caller.
    """
    common = wire.common(answer)
    if codes.unauthorised(common.faults):
        raise SetupFault("gotadi.not_allowed")
    if not common.success:
        if not common.refused:
            raise wire.Unreadable
        return refusal(common, hide)
    sealed = wire.sealed_in_url(wire.text(answer, "result"))
    if sealed is None:
        raise EnvelopeFault("booking.unreadable")
    words = layouts.read_order(envelopes.verify(signature_before_last(envelopes.open(sealed))))
    _same(words, ours)
    if not words.product:
        raise EnvelopeFault("booking.signature")
    if not words.total_vnd:
        raise EnvelopeFault("booking.unreadable")
    return AmountDue(words.total_vnd)


def commit_answer(sealed: Sealed, envelopes: Envelopes, ours: layouts.PaymentWords) -> CommitAnswer:
    """Read the sealed answer to commit or query-trans (§8.2, §8.3).

    Raises:
        EnvelopeFault: not to be opened, not from the issuer, or not about this booking.
    """
    words = layouts.read_commit(envelopes.verify(signature_before_last(envelopes.open(sealed))))
    _same(words, ours)
    return CommitAnswer(codes.word_of(words.error_code), wire.one_line(words.error_code, 8), words.total_vnd)


def _same(words: layouts.PaymentWords, ours: layouts.PaymentWords) -> None:
    """A good signature over somebody else's order is no signature (§4.4). `product_type` may be absent (§8.2)."""
    if (words.access_code, words.number) != (ours.access_code, ours.number) or words.product not in ("", ours.product):
        raise EnvelopeFault("booking.signature")
