"""What AppotaPay's answers prove. Pure rules over `wire.Answer` and the HTTP status.

Source: contracts/appotapay.md §3 (a code in the body decides), §9 (codes), §10 (outcomes), §12 (asking).
Whether the order id was sent before is known to the caller alone: a refusal here is one of *this* send.
"""

from __future__ import annotations

from pos.domain.errors import OutcomeUnknown, ProviderError, SetupFault
from pos.domain.sale import AskAnswer, Bought, BuyAnswer, NotBought, NotFound, Order, Pending, SealedCode
from pos.providers.appotapay.codes import TABLE, TO_CONFIRM, UNDECIDED, UNRECOGNISED, Proof, row_of
from pos.providers.appotapay.wire import Answer

ERROR_CODES = (
    *sorted({f"appotapay.{row.word}" for row in TABLE.values() if row.buy is Proof.SETUP}),
    f"appotapay.{UNDECIDED}", f"appotapay.{UNRECOGNISED}", "appotapay.id_used", "appotapay.caller_refused",
    "appotapay.throttled",
)  # fmt: skip
"""Stable codes of the errors raised for AppotaPay's answers, besides those of `pos.providers.http`."""


def of_buying(status: int, answer: Answer, order: Order) -> BuyAnswer:
    """What the answer to a purchase proves.

    Raises:
        SetupFault: refused at the door, nothing bought by this send.
        OutcomeUnknown: only asking by the same id decides.
    """
    row = row_of(answer.code)
    if row.buy is Proof.BOUGHT:
        return _bought(answer, order)
    if row.buy is Proof.OPEN:
        return Pending(str(answer.code), answer.message)
    _raise_unless_proven(status, answer.code, row.buy)
    confirm = answer.code == TO_CONFIRM
    return NotBought(row.word, str(answer.code), answer.message, confirm=confirm)


def of_asking(status: int, answer: Answer, order: Order) -> AskAnswer:
    """What the answer to an ask proves.

    Raises:
        SetupFault, OutcomeUnknown: no answer; the order stays as it was.
    """
    row = row_of(answer.code)
    if row.ask is Proof.BOUGHT:
        return _bought(answer, order)
    if row.ask is Proof.OPEN:
        return Pending(str(answer.code), answer.message)
    _raise_unless_proven(status, answer.code, row.ask)
    if row.ask is Proof.NOT_FOUND:
        return NotFound(str(answer.code))
    return NotBought(row.word, str(answer.code), answer.message)


def raise_unless_done(status: int, code: int) -> None:
    """For products and balance, where nothing is at stake: code 0 or no answer.

    Raises:
        SetupFault, OutcomeUnknown.
    """
    if code == 0:
        return
    _raise_unless_proven(status, code, row_of(code).ask)
    raise _unknown(code)


def without_code(status: int, why: str, *, blank: bool, changing: bool) -> ProviderError:
    """The failure that an answer without `errorCode` is (§10).

    Args:
        status: of HTTP.
        why: what is wrong with the body, for a status that says nothing.
        blank: there is no body.
        changing: it answers a purchase, where a refusal must be beyond doubt.
    """
    if status in (401, 403) and (blank or not changing):
        return SetupFault("appotapay.caller_refused", status=status)
    kinds = {2: why, 4: "http.4xx", 5: "http.5xx"}
    return OutcomeUnknown(kinds.get(status // 100, "http.odd_status"), status=status)


def _raise_unless_proven(status: int, code: int, proof: Proof) -> None:
    """Let through what ends an order; a server in trouble (5xx) proves no such thing, whatever its body says."""
    if proof is Proof.UNKNOWN:
        raise _unknown(code)
    if status // 100 == 5:
        raise OutcomeUnknown("http.5xx", status=status)
    if proof is Proof.SETUP:
        raise SetupFault(f"appotapay.{row_of(code).word}", result=str(code))


def _unknown(code: int) -> OutcomeUnknown:
    row = row_of(code)
    word = row.word if row.buy is Proof.UNKNOWN else UNDECIDED
    return OutcomeUnknown(f"appotapay.{word}", result=str(code))


def _bought(answer: Answer, order: Order) -> Bought:
    return Bought(
        codes=answer.cards,
        complete=_by_sms(answer) if order.phone else _complete(answer, order),
        transaction_id=answer.transaction_id,
        charged_vnd=answer.amount_vnd,
        balance_vnd=answer.balance_vnd,
        at=answer.time,
    )


def _by_sms(answer: Answer) -> bool:
    """The code goes to the customer's phone: one that comes here too would be handed out twice (§8.5)."""
    return answer.card_entries == 0


def _complete(answer: Answer, order: Order) -> bool:
    """As many cards as ordered, each of the value ordered and with a code, none of them twice (§10)."""
    cards: tuple[SealedCode, ...] = answer.cards
    return (
        len(cards) == answer.card_entries == order.quantity
        and all(card.ciphertext and card.face_vnd in (None, order.face_vnd) for card in cards)
        and len({card.serial for card in cards}) == len({card.ciphertext for card in cards}) == order.quantity
    )
