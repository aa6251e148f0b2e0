"""The people at a till: they see what the window shows and press what it offers, well or badly.

A cashier knows views and events only. She waits for the screen or does not, goes on with the next customer while a
call hangs, comes back to open bills, and in the evening goes through what is left.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from pos.till.service import Till
from pos.till.views import (
    BannerRaised,
    BillChanged,
    BillView,
    CommandFailed,
    LineStatus,
    LineView,
    ListsChanged,
    ListsView,
    Phase,
    SignedIn,
    TillEvent,
    Verdict,
    Verdicts,
)
from tests.simulation.box import MANAGER_PIN, Engine
from tests.simulation.customers import Customers
from tests.simulation.threads import Event

if TYPE_CHECKING:
    from tests.simulation.world import TillBox

RESULTS = frozenset({Phase.DONE, Phase.ACCEPTED_OFFLINE, Phase.CLOSED})
OUTCOMES = RESULTS | {Phase.FINISH, Phase.UNSENT}
DAY_S = 24 * 3600.0
DRAWS_LATE = 0.1
"""How often the window is still busy with the view before the newest."""
PATIENCE_S = (0.5, 3.0, 9.0, 40.0)
TOLERATED = frozenset({"rule.already_taken"})
"""Two bills with one code: the second is stopped by this rule, with a sentence."""


class Cashier:
    """One till's cashier. She outlives the processes she works with; her memory of bills does not."""

    def __init__(self, box: TillBox) -> None:
        self._box = box
        self._dice = random.Random(f"{box.world.plan.seed} cashier {box.name}")
        self._slow_screen = random.Random(f"{box.world.plan.seed} screen {box.name}")
        self._customers = Customers(box.world, self._dice, box.name)
        self._steps_left = box.world.plan.steps
        self._oddity = box.world.plan.oddity
        self._day_steps = 0
        self._night = False
        self._views: dict[str, BillView] = {}
        self._lists: ListsView | None = None
        self._key: str | None = None
        self._fresh = False
        self._parked: list[str] = []
        self._painted: set[tuple[str, Phase, Verdicts]] = set()
        self._to_show: list[str] = []
        self._news = Event()
        self._signed_in = Event()
        self._engine: Engine | None = None

    # ------------------------------------------------------------ what she sees

    def hear(self, event: TillEvent) -> None:
        """On a till thread, as the window's bridge."""
        if isinstance(event, BillChanged):
            self._views[event.view.key] = event.view
            self._box.teller.shown(event.view)
            self._judge(event.view.message.code if event.view.message else "")
            self._news.set()
        elif isinstance(event, ListsChanged):
            self._lists = event.view
        elif isinstance(event, BannerRaised):
            if event.banner.bill_number:
                self._to_show.append(event.banner.bill_number)
        elif isinstance(event, SignedIn):
            self._signed_in.set()
        elif isinstance(event, CommandFailed):
            self._judge(event.message.code)
            self._news.set()

    def _judge(self, code: str) -> None:
        """No sentence may speak of a broken rule: people cannot break them."""
        if code.startswith("rule.") and code not in TOLERATED:
            self._box.world.stumbled(f"{self._box.name}: a cashier was told {code}")

    @property
    def view(self) -> BillView | None:
        """The bill on the screen."""
        return self._views.get(self._key) if self._key is not None else None

    # ------------------------------------------------------------ her day

    def work(self, engine: Engine) -> None:
        """Serve until the evening, or until somebody closes the window."""
        self._engine, self._night = engine, False
        self._views.clear()
        self._parked.clear()
        self._key, self._lists = None, None
        self._signed_in.clear()
        engine.till.sign_in("1", "0000")
        self._signed_in.wait(60.0)  # the window shows no bill before
        self._next()
        self._day_steps = self._dice.randint(20, 400)
        while self._steps_left > 0 and self._day_steps > 0:
            self._steps_left -= 1
            self._day_steps -= 1
            self._box.world.steps += 1
            self._act()
            self._box.world.scheduler.sleep(self._dice.choice((0.0, 0.1, 0.3, 1.0, 4.0)))
            if "restart" in self._box.world.plan.others and self._dice.random() < 0.004:
                return  # the window is closed in the middle of whatever runs
        self._night = True
        if self._steps_left <= 0:
            self._finish()

    def night_s(self) -> float:
        """How long the till stays closed after this process."""
        if not self._night:
            return self._dice.choice((1.0, 30.0))
        # What a clock that was ahead has put off until "tomorrow" comes due when that day is over.
        to_eight_s = DAY_S - self._box.world.scheduler.now_s % DAY_S
        return to_eight_s + (self._box.most_ahead_s if self._box.last_day else 0.0)

    def _finish(self) -> None:
        """The run's last days: everything is healthy, and the cashier goes through what is open until nothing is."""
        box = self._box
        if not box.calm:
            box.calm = True
            box.network.cable_in = True
            box.jump_clock(-box.wall_offset_s)
            self._hands_off()
            return  # restarted once, with all that is left
        self._clean_up()
        box.world.scheduler.sleep(400.0)
        self._clean_up()
        if box.last_day:
            box.world.check(box, at_rest=True, day_closed=True)
            box.finished = True
        box.last_day = True

    def _hands_off(self) -> None:
        """The till alone, in the run of the program that had the trouble: a restart makes everything due at once."""
        scheduler = self._box.world.scheduler
        scheduler.sleep(400.0)  # whatever was on the line, and the issuer's longest pause, is over
        key = self._till.open_bill()
        self._begin(key, fresh=True)
        self._wait(40)
        self._till.set_total(key, 100_000)
        self._till.manager_unlock(MANAGER_PIN)
        self._till.scan(key, self._customers.good())  # a set-up fault is over when a person's call goes through
        self._wait(40)
        self._till.abandon(key)
        scheduler.sleep(1500.0)
        self._box.world.check(self._box, at_rest=True)

    def _clean_up(self) -> None:
        till, scheduler = self._till, self._box.world.scheduler
        before, same = self._lists, 0
        while same < 4:  # longer than the longest pause between two inquiries: what is left now is left to people
            key = till.open_bill()
            self._begin(key, fresh=True)
            self._wait(40)
            till.manager_unlock(MANAGER_PIN)
            till.set_total(key, 100_000)
            till.scan(key, self._customers.good())  # a call that goes through: a set-up fault is over
            self._wait(40)
            till.abandon(key)
            scheduler.sleep(20.0)
            self._go_through()
            till.settle_now()
            scheduler.sleep(80.0)
            lists = self._lists
            if lists is not None and not lists.open_bills and not lists.queue:
                return
            same = same + 1 if _left(lists) == _left(before) else 0
            before = lists

    def _go_through(self) -> None:
        """Each open bill once, as a diligent person would."""
        lists = self._lists
        for bill in lists.open_bills if lists is not None else ():
            self._begin(self._till.resume_bill(bill.number))
            for _ in range(6):
                self._wait(40)
                view = self.view
                if view is None or view.number != bill.number:
                    break
                self._paint(self.view)
                act = _DILIGENT.get(view.phase)
                if act is None:
                    break
                act(self._till, view)
                self._box.world.scheduler.sleep(5.0)
            if self.view is not None:
                self._till.close_bill(self.view.key)

    # ------------------------------------------------------------ one decision

    @property
    def _till(self) -> Till:
        assert self._engine is not None
        return self._engine.till

    def _chance(self, share: float) -> bool:
        return self._dice.random() < share

    def _act(self) -> None:
        view = self.view
        self._paint(self.view)
        if self._chance(0.3 if self._much_open() else min(0.04, self._oddity)):
            self._look_around()
        elif view is None:
            if not self._wait(self._dice.choice(PATIENCE_S)) and self._chance(0.2):
                self._next()
        else:
            getattr(self, f"_in_{view.phase.value}")(view)
        if self._chance(self._hurry):
            return
        self._wait(0.3)

    @property
    def _hurry(self) -> float:
        return 0.3 if "rush" in self._box.world.plan.others else 0.03

    def _wait(self, patience_s: float) -> bool:
        """Look at the screen until nothing moves on it any more, or patience ends. True if something came."""
        ends_s = self._box.world.scheduler.now_s + patience_s
        before = self.view
        came = False
        while True:
            view = self.view
            if view is not None and not view.busy and view.phase is not Phase.SENDING and came:
                break
            left_s = ends_s - self._box.world.scheduler.now_s
            if left_s <= 0:
                break
            self._news.clear()
            if not self._news.wait(left_s):
                break
            came = True
        behind = came and self._slow_screen.random() < DRAWS_LATE
        self._paint(before if behind else self.view)
        return came

    def _paint(self, view: BillView | None) -> None:
        """The window has drawn the bill's outcome; a slow one says so when there is a newer one already."""
        if view is None or view.phase not in OUTCOMES:
            return
        mark = (view.number, view.phase, view.verdicts)
        if mark not in self._painted:
            self._painted.add(mark)
            self._box.teller.painted(view)
            self._till.painted(view.number, view.verdicts)

    # ------------------------------------------------------------ by phase

    def _in_draft(self, view: BillView) -> None:
        usable = [line for line in view.lines if line.status is LineStatus.USABLE]
        if not view.lines or (self._customers.more(view) and not self._chance(self._oddity)):
            self._scan(view)
        elif view.confirm_loss:
            self._till.confirm(view.key, loss_accepted=self._chance(0.9))
            self._patiently()
        elif not view.total_vnd:
            self._till.set_total(view.key, self._customers.total(view))
        elif usable and not self._chance(self._oddity):
            self._till.confirm(view.key)
            self._patiently()
        elif not usable and self._chance(0.8):
            self._leave(view)
        else:
            self._odd_draft(view)

    def _scan(self, view: BillView) -> None:
        if not view.total_vnd and self._chance(0.8):
            self._till.set_total(view.key, self._customers.total(view))
        if self._customers.wants_goods(view):
            self._till.add_sku(view.key, self._customers.goods())
        if view.message is not None and view.message.code == "guard.too_many_unknown":
            self._till.manager_unlock(MANAGER_PIN if self._chance(0.8) else "1")
        self._till.scan(view.key, self._customers.shows(view))
        if not self._chance(self._hurry):
            self._wait(self._dice.choice(PATIENCE_S))

    def _odd_draft(self, view: BillView) -> None:
        line = self._some(view)
        acts: tuple[Callable[[], object], ...] = (
            lambda: self._leave(view),
            lambda: self._park(view),
            lambda: self._till.set_total(view.key, self._customers.total(view)),
            lambda: self._till.check_again(view.key, line.id),
            lambda: self._till.remove_line(view.key, line.id),
            lambda: self._till.set_bill_number(view.key, self._customers.bill_number()),
            lambda: self._till.scan(view.key, f"BILL:{self._customers.bill_number()}:{self._customers.total(view)}"),
            lambda: self._till.add_sku(view.key, self._customers.goods()),
            lambda: self._till.declare(view.key, line.id, 150_000),
            lambda: self._leave(view),
        )
        self._dice.choice(acts)()

    def _some(self, view: BillView) -> LineView:
        return self._dice.choice(view.lines)

    def _in_offered(self, view: BillView) -> None:
        offer, till = view.offer, self._till
        needy = [line for line in view.lines if line.needs_value]
        if needy and self._chance(0.8):
            till.declare(view.key, needy[0].id, self._dice.choice((50_000, 150_000, 200_000, 900_000)))
        elif not view.total_vnd:
            till.set_total(view.key, self._customers.total(view))
        elif offer is not None and offer.verdict is not Verdict.REFUSE and self._chance(0.75):
            pin = None
            if offer.verdict is Verdict.NEEDS_MANAGER:
                pin = self._dice.choice((MANAGER_PIN, MANAGER_PIN, MANAGER_PIN, "1", None))
            till.accept_offline(view.key, manager_pin=pin)
            self._patiently()
        elif self._chance(0.5):
            self._leave(view)
        elif self._chance(0.3):
            till.scan(view.key, self._customers.shows(view))
        elif self._chance(0.5):
            for line in view.lines:
                if line.status is LineStatus.UNCHECKED:
                    till.check_again(view.key, line.id)
        else:
            self._odd_draft(view)

    def _in_sending(self, view: BillView) -> None:
        if "aside" in self._box.world.plan.others and self._chance(0.3) and self._waited(view):
            self._till.set_aside(view.key)
            self._next()
        else:
            self._wait(self._dice.choice(PATIENCE_S))

    def _waited(self, view: BillView) -> bool:
        assert self._engine is not None
        since = view.since_mono_s
        return view.can_set_aside or (since is not None and self._engine.clock.mono_s() - since >= 8.0)

    def _in_held(self, view: BillView) -> None:
        if self._chance(0.75):
            self._till.confirm(view.key, loss_accepted=view.confirm_loss > 0)
            self._patiently()
        elif len(view.lines) > 1 and self._chance(0.4):
            self._till.remove_line(view.key, self._some(view).id)
        elif self._chance(0.3):
            self._park(view)
        else:
            self._leave(view)

    def _in_unknown(self, view: BillView) -> None:
        if self._chance(0.06):  # no button of this screen, but a click may have been on its way
            self._dice.choice((self._till.drop, self._till.send_again, self._till.finish_sale))(view.number)
        elif self._chance(0.35):
            self._till.ask_again(view.number)
            self._wait(self._dice.choice(PATIENCE_S))
        elif "aside" in self._box.world.plan.others and self._chance(0.4):
            self._till.set_aside(view.key)
            self._next()
        else:
            self._wait(self._dice.choice((5.0, 60.0, 70.0)))

    def _in_unsent(self, view: BillView) -> None:
        if self._chance(0.5):
            self._till.send_again(view.number)
            self._patiently()
        elif self._chance(0.7):
            self._till.drop(view.number)
        else:
            self._till.set_aside(view.key)
            self._next()

    def _in_finish(self, view: BillView) -> None:
        if self._chance(0.6):
            self._till.finish_sale(view.number)
        elif self._chance(0.4):
            self._till.customer_left(view.number)
        else:
            self._till.set_aside(view.key)
            self._next()

    def _in_done(self, view: BillView) -> None:
        if self._chance(0.05):
            self._till.reprint(view.number)
        self._till.close_bill(view.key)
        self._next()

    _in_accepted_offline = _in_done
    _in_closed = _in_done

    def _patiently(self) -> None:
        if not self._chance(self._hurry):
            self._wait(self._dice.choice(PATIENCE_S))

    # ------------------------------------------------------------ bills

    def _begin(self, key: str, *, fresh: bool = False) -> None:
        self._key, self._fresh = key, fresh

    def _next(self) -> None:
        """The next customer, or the draft that waits."""
        if self._parked and self._chance(0.7):
            self._begin(self._parked.pop())
            return
        self._box.world.bills += 1
        self._customers.next()
        self._begin(self._till.open_bill(), fresh=True)
        if self._chance(self._hurry):
            self._till.scan(self._key or "", self._customers.good())  # a new bill takes scans before it is drawn

    def _park(self, view: BillView) -> None:
        self._parked.append(view.key)
        self._parked = self._parked[-4:]
        self._box.world.bills += 1
        self._customers.next()
        self._begin(self._till.open_bill(), fresh=True)

    def _leave(self, view: BillView) -> None:
        self._till.abandon(view.key)
        self._next()

    def _much_open(self) -> bool:
        """A list that grows is gone through."""
        return self._lists is not None and len(self._lists.open_bills) > 4

    def _look_around(self) -> None:
        """Lists and banners: bring an open bill back, press "settle now", sign in anew."""
        lists = self._lists
        wanted = [bill.number for bill in lists.open_bills] if lists is not None else []
        wanted += self._to_show
        self._to_show.clear()
        if wanted and self._chance(0.8):
            view = self.view
            if view is not None and view.phase is Phase.DRAFT and view.lines:
                self._parked.append(view.key)
            self._begin(self._till.resume_bill(self._dice.choice(wanted)))
            self._wait(1.0)
        elif self._chance(0.5):
            self._till.settle_now()
        else:
            self._till.sign_in(*self._dice.choice((("1", "0000"), ("2", MANAGER_PIN), ("1", MANAGER_PIN))))


def _left(lists: ListsView | None) -> object:
    if lists is None:
        return None
    return [(bill.number, bill.phase) for bill in lists.open_bills], [row.redemption_id for row in lists.queue]


_DILIGENT: dict[Phase, Callable[[Till, BillView], None]] = {
    Phase.DRAFT: lambda till, view: till.abandon(view.key),
    Phase.OFFERED: lambda till, view: till.abandon(view.key),
    Phase.HELD: lambda till, view: till.abandon(view.key),
    Phase.SENDING: lambda till, view: None,
    Phase.UNKNOWN: lambda till, view: till.ask_again(view.number),
    Phase.UNSENT: lambda till, view: till.drop(view.number),
    Phase.FINISH: lambda till, view: till.customer_left(view.number),
}
"""What ends a bill of each phase; what is finished is only looked at."""
