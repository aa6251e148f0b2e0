"""Decides what the selling page shows and what a key means now. Plain Python; knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pos.domain.permissions import Action
from pos.domain.phone import read_mobile
from pos.i18n import Translator
from pos.till.ports import Person
from pos.till.rights import may
from pos.till.selling.commands import SaleTill
from pos.till.selling.views import (
    CodesShown,
    OpenSale,
    OpenSalesChanged,
    ProductsChanged,
    ProductsView,
    ProductTile,
    SaleChanged,
    SaleFailed,
    SaleNews,
    SalePhase,
    SaleView,
)
from pos.till.views import Banner, BannerKind, Message
from pos.ui.counter.model import Panel
from pos.ui.sell import tiles as words
from pos.ui.sell.model import Act, Left, SellModel
from pos.ui.sell.panels import Moment, actions_for, panel_for
from pos.ui.signs import Shape, Sound
from pos.ui.theme import Tone
from pos.ui.widgets.bar_action import BarAction
from pos.ui.words import say_message

BOUNCE_S = 0.3
"""A second Enter within this time of a new state is the same press of a hurried hand: it must not take money."""
NEEDS_MANAGER = "sale.needs_manager"


@dataclass(frozen=True, slots=True)
class Approval:
    """A box the page must open: a reason, a manager's PIN, or both, for this act."""

    act: Act
    wants_reason: bool
    wants_pin: bool
    by_sms: bool = False

    @property
    def words(self) -> str:
        """Where its sentences stand; a slip without codes is another matter than one with them."""
        return f"sell.approve.{self.act}.sms" if self.by_sms and self.act is Act.COPY else f"sell.approve.{self.act}"


@dataclass(frozen=True, slots=True)
class PhoneWanted:
    """The page must ask for the number to which the issuer sends the code; `label` is the issuer's name."""

    label: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What goes with an event: a sound, a banner when nobody looks, the end of a box or why it failed."""

    sound: Sound | None = None
    banner: Banner | None = None
    refused: Message | None = None
    done: bool = False
    approval: Approval | None = None


NOTHING = Heard()


class SellPresenter:
    """The page: what is on offer, the sale in hand, the sales that wait.

    Args:
        mono_s, now_utc: the clocks that the snapshots count on.
    """

    def __init__(self, till: SaleTill, mono_s: Callable[[], float], now_utc: Callable[[], datetime]) -> None:
        self._till, self._mono_s, self._now_utc = till, mono_s, now_utc
        self._lists: dict[str, ProductsView] = {}
        self._open: tuple[OpenSale, ...] = ()
        self.count = 0
        self._phases: dict[str, SalePhase] = {}
        self._sale_id: str | None = None
        self._view: SaleView | None = None
        self._shown: CodesShown | None = None
        self._message: Message | None = None
        self._asked: Act | None = None
        self._chosen: str | None = None
        self._quantity, self._typing = 1, False
        self._listing = False
        self._manager = False
        self._whose = ""
        self._changed_mono_s = 0.0

    # ------------------------------------------------------------ events

    def signed_in(self, person: Person | None) -> None:
        """Begin or end a turn. Codes that were shown are forgotten at once; a sale in hand stays for her who began it,
        should she come back, and is set aside for anybody else.
        """
        self._manager = may(Action.SHOW_CODES_AGAIN, person)
        self._shown = None
        if person is None:
            return
        if person.id != self._whose:
            self._leave()
        self._whose = person.id
        self.refresh()

    def refresh(self) -> None:
        """Ask every seller for its list."""
        for seller in self._till.sellers():
            self._till.refresh_products(seller)

    def take(self, news: SaleNews, *, in_sight: bool) -> Heard:
        """One event of the till."""
        if isinstance(news, ProductsChanged):
            self._lists[news.view.seller] = news.view
            return NOTHING
        if isinstance(news, OpenSalesChanged):
            self._open, self.count = news.rows, news.count
            return NOTHING
        if isinstance(news, SaleFailed):
            return self._failed(news)
        if isinstance(news, CodesShown):
            return self._take_codes(news)
        return self._take_sale(news, in_sight=in_sight)

    def _take_sale(self, news: SaleChanged, *, in_sight: bool) -> Heard:
        view = news.view
        before = self._phases.get(view.id)
        self._phases[view.id] = view.phase
        mine = view.id == self._sale_id
        if mine:
            self._view = view
            if before is not view.phase:
                self._changed_mono_s, self._message = self._mono_s(), None
        if before is view.phase:
            return NOTHING
        done = mine and self._asked is not None
        if done:
            self._asked = None
        banner = _BANNERS.get(view.phase) if before is not None and not (mine and in_sight) else None
        sound = _SOUNDS.get(SalePhase.PRINTING if _just_sent(view, before) else view.phase) if mine else None
        return Heard(sound, Banner(banner, view.bill_number, view.price_vnd) if banner else None, done=done)

    def _take_codes(self, news: CodesShown) -> Heard:
        """Kept only while the sale is in hand: codes of another turn are dropped unseen."""
        if news.sale_id != self._sale_id:
            return NOTHING
        self._shown, self._asked = news, None
        self._changed_mono_s = self._mono_s()
        return Heard(done=True)

    def _failed(self, news: SaleFailed) -> Heard:
        if news.sale_id is not None and news.sale_id != self._sale_id:
            return NOTHING
        if news.message.code == NEEDS_MANAGER and news.command == "show_codes":
            self._asked = Act.SHOW
            return Heard(approval=Approval(Act.SHOW, wants_reason=True, wants_pin=not self._manager))
        if self._asked is not None:
            return Heard(Sound.REFUSED, refused=news.message)
        if self._view is None:
            self._sale_id = None
        self._message, self._changed_mono_s = news.message, self._mono_s()
        return Heard(Sound.REFUSED)

    # ------------------------------------------------------------ what is shown

    def model(self, tr: Translator) -> SellModel:
        """Everything to be drawn now."""
        offered = words.in_order(self._lists.values())
        note, tone = words.list_note(tr, self._lists.values(), self._now_utc())
        view = self._view
        left = Left.OPEN if self._listing else Left.CODES if view is not None and view.codes else Left.TILES
        shown = self._shown.codes if self._shown is not None else ()
        chosen = self._tile(offered)
        titles = words.titles(offered)
        panel, actions = self._right(tr, chosen, titles)
        return SellModel(
            left=left,
            title=tr.t(f"sell.title.{left}") if left is not Left.TILES or view is None else words.what_of(view),
            note=note if left is Left.TILES else tr.t(f"sell.hint.{left}"),
            note_tone=tone if left is Left.TILES else Tone.NEUTRAL,
            tiles=tuple(words.tile_of(tr, tile, titles[words.key_of(tile)], busy=view is not None) for tile in offered),
            selected=offered.index(chosen) if chosen is not None and view is None else -1,
            codes=words.code_rows(tr, view, shown) if view is not None else (),
            rows=tuple(words.open_row(tr, sale, self._now_utc()) for sale in self._open),
            empty=tr.t("sell.open_empty"),
            columns=tuple(tr.t(f"sell.col.{name}") for name in words.OPEN_COLUMNS),
            edge=self._edge(tr),
            panel=panel,
            actions=actions,
        )

    def _edge(self, tr: Translator) -> tuple[BarAction, ...]:
        """The buttons above the left half."""
        if self._listing:
            return (BarAction(Act.OPEN_LIST, tr.t("sell.do.tiles"), "F6"),)
        label = tr.t("sell.do.open_list")
        waiting = BarAction(Act.OPEN_LIST, f"{label} ({self.count})" if self.count else label, "F6")
        if self._view is not None:
            return (waiting,)
        return (waiting, BarAction(Act.REFRESH, tr.t("sell.do.refresh"), "F4"))

    def _right(
        self, tr: Translator, chosen: ProductTile | None, titles: dict[str, str]
    ) -> tuple[Panel, tuple[BarAction, ...]]:
        if self._message is not None:
            said = say_message(tr, self._message)
            panel = Panel(Tone.REFUSED, Shape.CROSS, said.what, what=said.safe, note=said.do)
            return panel, (BarAction(Act.READ, tr.t("action.continue"), "Enter", primary=True),)
        if self._view is not None:
            moment = self._moment(tr, self._view)
            return panel_for(moment), actions_for(moment)
        if self._sale_id is not None:
            return Panel(Tone.NEUTRAL, Shape.WORKING, tr.t("sell.opening")), ()
        if chosen is None:
            return Panel(Tone.NEUTRAL, Shape.GOODS, tr.t("sell.choose.title"), what=tr.t("sell.choose.what")), ()
        return self._choice(tr, chosen, titles[words.key_of(chosen)])

    def _choice(self, tr: Translator, tile: ProductTile, title: str) -> tuple[Panel, tuple[BarAction, ...]]:
        price_vnd = tile.price_vnd * self._quantity
        panel = Panel(
            Tone.BRAND if tile.can_sell else Tone.NEUTRAL,
            Shape.GOODS,
            title,
            amount=tr.money(price_vnd),
            what=tr.t("sell.choice", quantity=self._quantity, amount_vnd=tile.face_vnd),
            note=tr.t("sell.choice.note", count=self._most(tile)) if tile.can_sell else tr.t("sell.choice.dull"),
        )
        if not tile.can_sell:
            return panel, ()
        sell = BarAction(Act.SELL, tr.t("sell.do.sell", quantity=self._quantity), "Enter", primary=True)
        less = (BarAction(Act.LESS, tr.t("sell.do.less"), "-"),) if self._quantity > 1 else ()
        more = (BarAction(Act.MORE, tr.t("sell.do.more"), "+"),) if self._quantity < self._most(tile) else ()
        # One code goes to a phone: offered only where one is chosen, so that no number of codes changes unseen.
        by_phone = self._quantity == 1 and self._lists[tile.seller].by_phone
        sms = (BarAction(Act.SMS, tr.t("sell.do.sms"), "F7"),) if by_phone else ()
        return panel, (sell, *less, *more, *sms)

    def _moment(self, tr: Translator, view: SaleView) -> Moment:
        waited_s = self._mono_s() - self._changed_mono_s
        return Moment(tr, view, self._now_utc(), waited_s, self._manager, self._shown is not None)

    @property
    def calling(self) -> bool:
        """The order leaves, or is on its way."""
        return self._view is not None and self._view.phase is SalePhase.BUYING

    @property
    def ticking(self) -> bool:
        """Something on the page counts."""
        return self._view is not None and self._view.phase in (SalePhase.BUYING, SalePhase.WAITING)

    # ------------------------------------------------------------ choosing

    def _tile(self, offered: tuple[ProductTile, ...]) -> ProductTile | None:
        return next((tile for tile in offered if words.key_of(tile) == self._chosen), None)

    def _most(self, tile: ProductTile) -> int:
        most = self._lists[tile.seller].max_quantity
        return max(1, min(most, tile.stock)) if tile.stock is not None else most

    def choose(self, key: str) -> None:
        """A tile was touched."""
        if self._view is None and self._sale_id is None:
            self._chosen, self._quantity, self._typing, self._message = key, 1, False, None

    def step(self, by: int) -> None:
        """The arrows: another tile."""
        offered = words.in_order(self._lists.values())
        if not offered or self._view is not None:
            return
        chosen = self._tile(offered)
        at = offered.index(chosen) + by if chosen is not None else 0
        self.choose(words.key_of(offered[min(len(offered) - 1, max(0, at))]))

    def digit(self, text: str) -> bool:
        """A digit is the quantity; the first one replaces what stood there."""
        tile = self._tile(words.in_order(self._lists.values()))
        if tile is None or self._view is not None or not (text.isascii() and text.isdigit()):
            return False
        wanted = int(f"{self._quantity}{text}") if self._typing else int(text)
        if 1 <= wanted <= self._most(tile):
            self._quantity, self._typing = wanted, True
        elif not self._typing or not 1 <= int(text) <= self._most(tile):
            self._typing = False
        else:
            self._quantity = int(text)
        return True

    def resume(self, sale_id: str) -> None:
        """Bring a sale that waits to the front."""
        view = next((sale for sale in self._open if sale.id == sale_id), None)
        if view is not None:
            self._leave()
            self._sale_id, self._view = view.id, view
            self._phases[view.id] = view.phase
            self._changed_mono_s = self._mono_s()

    def resume_bill(self, bill_number: str) -> None:
        """The same by its bill."""
        sale = next((sale for sale in self._open if sale.bill_number == bill_number), None)
        if sale is not None:
            self.resume(sale.id)

    def _leave(self) -> None:
        """The page is free for the next customer; shown codes are forgotten."""
        view = self._view
        if view is not None and view.phase is SalePhase.DRAFT:
            self._till.cancel(view.id)
        elif view is not None and view.phase is SalePhase.BUYING:
            self._till.set_aside(view.id)
        self._sale_id = self._view = self._shown = self._message = self._asked = None
        self._listing = False
        self._quantity, self._typing = 1, False

    # ------------------------------------------------------------ what is done

    def act(self, act: Act) -> Approval | PhoneWanted | None:
        """Carry out an action that is offered now; a box to open first, if it needs one."""
        tr = Translator()
        model = self.model(tr)
        action = next((action for action in (*model.actions, *model.edge) if action.id == act), None)
        if action is None:
            return None
        hurried = action.key == "Enter" and self._mono_s() - self._changed_mono_s < BOUNCE_S
        if hurried and act is not Act.SELL:
            return None
        return self._do(act)

    def _do(self, act: Act) -> Approval | PhoneWanted | None:
        if act is Act.SMS:
            tile = self._tile(words.in_order(self._lists.values()))
            return None if tile is None else PhoneWanted(self._lists[tile.seller].label)
        own = self._own_acts().get(act)
        if own is not None:
            own()
            return None
        view = self._view
        if view is None:
            return None
        if act in _APPROVED:
            self._asked = act
            reason = act is not Act.HAND_OVER
            if reason or not self._manager:
                return Approval(act, wants_reason=reason, wants_pin=not self._manager, by_sms=bool(view.phone))
            self.approve(act, "", "")
            return None
        _SALE_ACTS[act](self._till, view.id)
        return None

    def _own_acts(self) -> dict[Act, Callable[[], None]]:
        """What concerns the page and not a sale's money."""
        return {
            Act.SELL: self._sell,
            Act.MORE: lambda: self._more(1),
            Act.LESS: lambda: self._more(-1),
            Act.REFRESH: self.refresh,
            Act.OPEN_LIST: self._toggle_list,
            Act.NEXT: self._leave,
            Act.SET_ASIDE: self._leave,
            Act.CANCEL: self._leave,
            Act.HIDE: self._hide,
            Act.READ: self._read,
        }

    def approve(self, act: Act, reason: str, pin: str) -> None:
        """The box was filled in."""
        view, manager_pin = self._view, pin or None
        if view is None:
            return
        if act is Act.SHOW:
            self._till.show_codes(view.id, manager_pin=manager_pin, reason=reason)
        elif act is Act.COPY:
            self._till.reprint(view.id, manager_pin=manager_pin, reason=reason)
        elif act is Act.HAND_OVER:
            self._till.hand_over_late(view.id, manager_pin=manager_pin)
        else:
            self._till.close_case(
                view.id, manager_pin=manager_pin, closure=reason, not_bought=act is Act.NOT_BOUGHT
            )  # fmt: skip

    def give_up(self) -> None:
        """The box was closed without an answer."""
        self._asked = None

    def _sell(self) -> None:
        self._start(self._quantity, None)

    def sell_by_sms(self, typed: str) -> None:
        """Begin the sale of one code for this number.

        Raises:
            RuleBroken: `sale.phone`; it is no number, nothing was begun.
        """
        self._start(1, read_mobile(typed))

    def _start(self, quantity: int, phone: str | None) -> None:
        tile = self._tile(words.in_order(self._lists.values()))
        if tile is not None and self._sale_id is None:
            self._sale_id = self._till.start_sale(tile.seller, tile.code, quantity, phone=phone)
            self._changed_mono_s = self._mono_s()

    def _more(self, by: int) -> None:
        self._quantity, self._typing = self._quantity + by, False

    def _toggle_list(self) -> None:
        if not self._listing and self._view is not None:
            self._leave()
        self._listing = not self._listing

    def _hide(self) -> None:
        self._shown = None

    def _read(self) -> None:
        self._message = None


def _just_sent(view: SaleView, before: SalePhase | None) -> bool:
    """The issuer has sold and sends the code itself: such a sale is done at once."""
    return bool(view.phone) and view.phase is SalePhase.DONE and before in (SalePhase.BUYING, SalePhase.WAITING)


_SALE_ACTS: dict[Act, Callable[[SaleTill, str], None]] = {
    Act.MONEY_TAKEN: lambda till, sale: till.money_taken(sale),
    Act.ASK_NOW: lambda till, sale: till.ask_now(sale),
    Act.SEND_AGAIN: lambda till, sale: till.send_again(sale),
    Act.DROP: lambda till, sale: till.drop(sale),
    Act.PAID_BACK: lambda till, sale: till.paid_back(sale),
    Act.SHOW: lambda till, sale: till.show_codes(sale),
    Act.SEEN: lambda till, sale: till.slip_seen(sale),
    Act.DECRYPT: lambda till, sale: till.decrypt_again(sale),
}
_APPROVED = frozenset({Act.COPY, Act.HAND_OVER, Act.CLOSE_CASE, Act.NOT_BOUGHT})
_BANNERS: dict[SalePhase, BannerKind] = {
    SalePhase.TO_HAND_OVER: BannerKind.SALE_READY,
    SalePhase.PAY_BACK: BannerKind.SALE_PAY_BACK,
    SalePhase.UNSENT: BannerKind.SALE_PAY_BACK,
    SalePhase.BY_HAND: BannerKind.SALE_CASE,
    SalePhase.INCOMPLETE: BannerKind.SALE_CASE,
    SalePhase.UNREADABLE: BannerKind.SALE_CASE,
}
_SOUNDS: dict[SalePhase, Sound] = {
    SalePhase.PRINTING: Sound.USABLE,
    SalePhase.WAITING: Sound.UNKNOWN,
    SalePhase.UNSENT: Sound.UNKNOWN,
    SalePhase.BY_HAND: Sound.UNKNOWN,
    SalePhase.DOUBTFUL: Sound.UNKNOWN,
    SalePhase.TO_HAND_OVER: Sound.NOTICE,
    SalePhase.INCOMPLETE: Sound.UNKNOWN,
    SalePhase.UNREADABLE: Sound.UNKNOWN,
    SalePhase.PAY_BACK: Sound.REFUSED,
}
