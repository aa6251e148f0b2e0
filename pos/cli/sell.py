"""`quay sell …`, `quay stock`: buy codes for a customer who has paid, and look after what is open."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

from pos.cli import output
from pos.cli.folder import open_program, place_arguments
from pos.cli.output import Output
from pos.domain.errors import ConfigError, PosError
from pos.domain.permissions import Action
from pos.domain.sale import PlainCode, ask_pause_s
from pos.till.ports import Person
from pos.till.selling.ask import is_asked_about
from pos.till.selling.desk import SaleDesk
from pos.till.selling.ports import Sale
from pos.till.selling.views import ProductsView, SalePhase, SaleView, ShownCode

ACTOR = "cli"
_REFUSED = (SalePhase.PAY_BACK, SalePhase.PAID_BACK)
_UNKNOWN = (SalePhase.WAITING, SalePhase.BY_HAND, SalePhase.BUYING)
_MANAGERS = {
    "show": Action.SHOW_CODES_AGAIN,
    "reprint": Action.REPRINT_CODES,
    "hand-over": Action.HAND_OVER_LATE,
    "close": Action.CLOSE_SALE,
}
_ABOUT = {
    "list": "what can be bought now, with prices",
    "buy": "PRODUCT: the customer has paid; buy its codes",
    "open": "sales whose customer has neither codes nor money, or that have a case",
    "ask": "SALE: ask the issuer what became of its order",
    "send": "SALE: send the order of a sale of which nothing was bought",
    "drop": "SALE: give it up; its money is then to be paid back",
    "paid-back": "SALE: the customer has her money back",
    "show": "SALE: tell its codes; a manager's PIN comes on stdin",
    "reprint": "SALE: another slip with its codes; a manager's PIN comes on stdin",
    "hand-over": "SALE: the customer is back; a manager's PIN comes on stdin",
    "decrypt": "SALE: read its codes again after key or padding were mended",
    "close": "SALE: a manager has settled its cases with the issuer; the PIN comes on stdin",
}


def arguments(parser: argparse.ArgumentParser, name: str) -> None:
    """Declare the arguments."""
    if name == "stock":
        parser.add_argument("--seller", help="the issuer; needed where several sell codes")
        return
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for action, about in _ABOUT.items():
        command = actions.add_parser(action, help=about)
        if action in ("list", "buy"):
            command.add_argument("--seller", help="the issuer; needed where several sell codes")
        if action == "buy":
            command.add_argument("product", metavar="PRODUCT")
            command.add_argument("--quantity", type=int, default=1)
            command.add_argument("--phone", help="the issuer sends the one code to this number by SMS, where it can")
            command.add_argument("--wait", type=int, default=20, metavar="S", help="seconds to ask if nobody knows yet")
        elif action not in ("list", "open"):
            command.add_argument("sale", metavar="SALE", help="bill number or id of the sale")
        if action in ("show", "reprint"):
            command.add_argument("--reason", required=True, help="why; goes into the audit chain")
        if action == "close":
            command.add_argument("--closure", required=True, help="how it was settled; goes into the audit chain")
            command.add_argument("--not-bought", action="store_true", help="the issuer confirms: nothing was bought")
        place_arguments(command)
        command.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="one JSON value on stdout")


def execute(args: argparse.Namespace, out: Output) -> int:
    """Status 0: bought, or told; 1: not bought; 2: set-up, nothing left; 3: outcome unknown."""
    pin = sys.stdin.readline().strip() if getattr(args, "action", "") in _MANAGERS else None
    with open_program(args) as program:
        manager = program.rights.allow(_MANAGERS[args.action], None, pin).answers if pin is not None else None
        return carry_out(program.selling.desk, manager, args, out)


def carry_out(desk: SaleDesk, manager: Person | None, args: argparse.Namespace, out: Output) -> int:
    """The command on an opened till.

    Args:
        desk: of the till.
        manager: who gave a PIN, where one is asked for.
        args: of the command line.
        out: tells.
    """
    action = "stock" if args.command == "stock" else args.action
    if action in ("list", "stock"):
        shown = desk.products.renew(_seller(desk, args.seller), actor=ACTOR)
        return _tell_products(out, shown, stock=action == "stock")
    if action == "open":
        return _tell_open(out, desk)
    if action == "buy":
        return _buy(desk, args, out)
    sale = _sale(desk, args.sale)
    if action == "show":
        return _show(desk, sale, manager, args, out)
    if action in _CALLS:
        return _told(out, desk.view(sale.id, fault=_CALLS[action](desk, sale)))
    _STEPS[action](desk, sale, manager, args)
    return _told(out, desk.view(sale.id))


def _seller(desk: SaleDesk, wanted: str | None) -> str:
    names = desk.sellers.names()
    if wanted is not None:
        return desk.sellers.line(wanted).seller.name
    if not names:
        raise ConfigError("sale.none")
    if len(names) > 1:
        raise ConfigError("sale.which_seller", sellers=", ".join(names))
    return names[0]


def _sale(desk: SaleDesk, name: str) -> Sale:
    sale = desk.sales.sale_of(name) or desk.sales.sale(name)
    if sale is None:
        raise ConfigError("sale.unknown_id")
    return sale


# ---------------------------------------------------------------- steps


def _buy(desk: SaleDesk, args: argparse.Namespace, out: Output) -> int:
    """Write the sale, send its order once, ask a while if nobody knows. The slip waits for the window's printer."""
    seller = _seller(desk, args.seller)
    if desk.products.view(seller).too_old:
        desk.products.renew(seller, actor=ACTOR)
    draft = desk.draft(seller, args.product, args.quantity, phone=args.phone)
    desk.record(draft, actor=ACTOR)
    end = desk.send(draft.id, actor=ACTOR, here=lambda: True)
    fault, waited_s, asks = end.fault, 0.0, 0
    while _worth_asking(desk, draft.id) and waited_s + ask_pause_s(asks) <= args.wait:
        time.sleep(ask_pause_s(asks))
        waited_s, asks = waited_s + ask_pause_s(asks), asks + 1
        fault = desk.ask(draft.id, actor=ACTOR, here=lambda: True).fault
    return _told(out, desk.view(draft.id, fault=fault))


def _worth_asking(desk: SaleDesk, sale_id: str) -> bool:
    """Whether nobody knows yet, or the one ask about an incomplete order is still to come."""
    return is_asked_about(desk.sale(sale_id)) and not desk.view(sale_id).cases


def _show(desk: SaleDesk, sale: Sale, manager: Person | None, args: argparse.Namespace, out: Output) -> int:
    """The codes for people; JSON, which ends in files, has them masked."""
    codes = desk.show(sale.id, person=None, manager=manager, reason=args.reason)
    if out.as_json:
        out.json({**_sale_json(desk.view(sale.id)), "codes": [_code_json(code) for code in codes]})
    for number, shown in enumerate(codes, 1):
        text = shown.code.reveal() if isinstance(shown.code, PlainCode) else "–"
        out.say(out.words.t("cli.sell_code", number=number, code=text, serial=shown.serial, expires=shown.expires))
    return output.OK


def _ask(desk: SaleDesk, sale: Sale) -> PosError | None:
    return desk.ask(sale.id, actor=ACTOR, here=lambda: False).fault


def _send(desk: SaleDesk, sale: Sale) -> PosError | None:
    return desk.send(sale.id, actor=ACTOR, here=lambda: True).fault


def _reprint(desk: SaleDesk, sale: Sale, manager: Person | None, args: argparse.Namespace) -> None:
    desk.reprint(sale.id, person=None, manager=manager, reason=args.reason)


def _close(desk: SaleDesk, sale: Sale, manager: Person | None, args: argparse.Namespace) -> None:
    desk.close_case(sale.id, manager=manager, closure=args.closure, not_bought=args.not_bought)


_CALLS: dict[str, Callable[[SaleDesk, Sale], PosError | None]] = {"ask": _ask, "send": _send}
_STEPS: dict[str, Callable[[SaleDesk, Sale, Person | None, argparse.Namespace], object]] = {
    "drop": lambda desk, sale, *_: desk.drop(sale.id, actor=ACTOR),
    "paid-back": lambda desk, sale, *_: desk.paid_back(sale.id, actor=ACTOR),
    "reprint": _reprint,
    "hand-over": lambda desk, sale, manager, _: desk.hand_over_late(sale.id, person=None, manager=manager),
    "decrypt": lambda desk, sale, *_: desk.decrypt_again(sale.id, actor=ACTOR),
    "close": _close,
}


# ---------------------------------------------------------------- telling


def _tell_products(out: Output, shown: ProductsView, *, stock: bool) -> int:
    if shown.fault is not None:
        what = out.words.message(shown.fault.code, dict(shown.fault.params)).what
        out.hint(f"{what} {out.words.t('cli.sell_list_not_renewed')}")
    if out.as_json:
        out.json(
            {
                "seller": shown.seller,
                "listed_utc": None if shown.listed_utc is None else shown.listed_utc.isoformat(),
                "too_old": shown.too_old,
                "fault": None if shown.fault is None else shown.fault.code,
                "balance_vnd": shown.balance_vnd,
                "products": [
                    {
                        "code": tile.code, "name": tile.name, "supplier": tile.supplier, "face_vnd": tile.face_vnd,
                        "price_vnd": tile.price_vnd, "stock": tile.stock, "can_sell": tile.can_sell,
                    }
                    for tile in shown.tiles
                ],
            }
        )  # fmt: skip
    for tile in shown.tiles:
        left = out.words.t("cli.sell_stock_unsaid") if tile.stock is None else tile.stock
        key = "cli.sell_stock" if stock else "cli.sell_product"
        out.say(out.words.t(key, name=tile.name, code=tile.code, price_vnd=tile.price_vnd, stock=left))
    if stock and shown.balance_vnd is not None:
        out.say(out.words.t("cli.sell_balance", balance_vnd=shown.balance_vnd))
    return output.USAGE if shown.fault is not None else output.OK


def _tell_open(out: Output, desk: SaleDesk) -> int:
    views = [desk.view(sale.id) for sale in desk.sales.open_sales(1000)]
    if out.as_json:
        out.json([_sale_json(view) for view in views])
    for view in views:
        _say_sale(out, view)
    return output.OK


def _told(out: Output, view: SaleView) -> int:
    _hint_fault(out, view)
    if out.as_json:
        out.json(_sale_json(view))
    _say_sale(out, view)
    if view.phase in _REFUSED:
        return output.REFUSED
    if view.phase in _UNKNOWN:
        return output.UNKNOWN
    return output.USAGE if view.phase is SalePhase.UNSENT else output.OK


def _hint_fault(out: Output, view: SaleView) -> None:
    """Why the last call brought no verdict. What is safe follows from the sale, whose order may have left before."""
    if view.fault is None or view.phase not in (*_UNKNOWN, SalePhase.UNSENT):
        return
    what = out.words.message(view.fault.code, dict(view.fault.params)).what
    by_sms = f"sell.sms.{view.phase}.note"
    note = by_sms if view.phone and out.words.has(by_sms) else f"sell.{view.phase}.note"
    out.hint(f"{what} {out.words.t(note, amount_vnd=view.price_vnd, label=view.label, phone=view.phone)}")


def _say_sale(out: Output, view: SaleView) -> None:
    words = out.words
    price = words.money(view.price_vnd)
    out.say(
        f"{view.bill_number}: {view.quantity} × {view.product_name}, {price} – {words.t(f'sale.phase.{view.phase}')}"
    )
    if view.phone:
        out.say(f"  {words.t('cli.sell_sms', phone=view.phone, id=view.transaction_id or view.order_id)}")
    if view.reason is not None:
        out.say(f"  {words.t(f'sale.{view.reason}')}")
    for kind in view.cases:
        out.say(f"  {words.t(f'sale.case.{kind}')}")


def _sale_json(view: SaleView) -> dict[str, Any]:
    return {
        "id": view.id, "bill_number": view.bill_number, "seller": view.seller, "order_id": view.order_id,
        "product": view.product_code, "quantity": view.quantity, "face_vnd": view.face_vnd,
        "price_vnd": view.price_vnd, "outcome": view.outcome, "phase": view.phase, "reason": view.reason,
        "reason_code": view.reason_code, "transaction_id": view.transaction_id, "charged_vnd": view.charged_vnd,
        "asks": view.asks, "next_ask_utc": None if view.next_ask_utc is None else view.next_ask_utc.isoformat(),
        "cases": list(view.cases), "phone": view.phone or None,
        "codes": [
            {"serial_ending": code.serial[-4:], "face_vnd": code.face_vnd, "expires": code.expires}
            for code in view.codes
        ],
    }  # fmt: skip


def _code_json(shown: ShownCode) -> dict[str, Any]:
    ending = shown.code.ending if isinstance(shown.code, PlainCode) else None
    return {
        "ending": ending, "serial_ending": shown.serial[-4:], "face_vnd": shown.face_vnd, "expires": shown.expires,
    }  # fmt: skip
