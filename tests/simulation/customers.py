"""Customers and their vouchers: good ones mostly, and every other kind there is."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from pos.till.views import BillView

if TYPE_CHECKING:
    from tests.simulation.world import World

WORTHS_VND = (20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_500_000)
TOTALS_VND = (900, 45_000, 150_000, 265_000, 700_000, 3_000_000)
_NOISE = (
    "",
    "  ",
    "https://v.gotit.vn/abc",
    "12345",
    "44719028350001112223334445",
    "44719\x0728351",
    "４４７１９０２８３５1",
)
_REFUSED = ("206", "232", "246", "256", "250")
SKU = "TRA-DAO-L"


class Customers:
    """Those who come to one till, one after the other."""

    def __init__(self, world: World, dice: random.Random, till: str) -> None:
        self._world = world
        self._dice = dice
        self._till = till
        self._vouchers = 1
        self._numbers = 0
        self._with_goods = False

    def next(self) -> None:
        """Another customer."""
        dice, plan = self._dice, self._world.plan
        self._vouchers = dice.choice((1, 1, 2, 3, 4, 6))
        if plan.bulk and dice.random() < 0.15:
            self._vouchers = dice.randint(6, 25)
        self._with_goods = plan.goods and dice.random() < 0.3

    def more(self, view: BillView) -> bool:
        """Whether the customer has more vouchers than are on the bill."""
        return len(view.lines) < self._vouchers

    def wants_goods(self, view: BillView) -> bool:
        """Whether the goods are on the bill yet."""
        return self._with_goods and not view.skus

    def goods(self) -> str:
        """A line of goods."""
        return f"{SKU}:{self._dice.randint(1, 3)}:55000"

    def total(self, view: BillView) -> int:
        """What is due; now and then too little for any voucher."""
        del view
        return self._dice.choices(TOTALS_VND, (1, 2, 3, 4, 4, 8))[0]

    def bill_number(self) -> str:
        """The shop's own."""
        self._numbers += 1
        return f"HN03-{self._till}-S-{self._numbers:06d}"

    def shows(self, view: BillView) -> str:
        """What the scanner reads."""
        dice = self._dice
        kind = dice.random()
        if kind < 0.83 - self._world.plan.again:
            return self.good()
        if kind < 0.83 and self._world.recent:
            return dice.choice(self._world.recent[-20:])  # shown before, here or at another till
        if kind < 0.86:
            return dice.choice(_NOISE)
        if kind < 0.90:
            return self._code()  # no issuer knows it
        if kind < 0.94:
            return self._add(resting_state=dice.choice((0, 8, 9, 10)))
        if kind < 0.96:
            code = self._add()
            self._world.issuer.use_elsewhere(code)
            return code
        if kind < 0.98:
            return self._add(refused_code=dice.choice(_REFUSED))
        return self._add(stacking=("253",), campaign="A") if dice.random() < 0.5 else f" {self.good()}\n"

    def good(self) -> str:
        """A voucher that can be used."""
        if self._with_goods and self._dice.random() < 0.4:
            return self._add(skus=(SKU,))
        return self._add(least_order_vnd=self._dice.choice((None, None, None, 200_000)))

    def _add(self, **more: object) -> str:
        code = self._code()
        self._world.issuer.add(code, self._dice.choice(WORTHS_VND), **more)
        self._world.recent.append(code)
        del self._world.recent[:-200]
        return code

    def _code(self) -> str:
        """10 to 16 characters; no two of a world end alike."""
        world = self._world
        world.codes += 1
        head = "".join(self._dice.choices("0123456789AB", k=self._dice.choice((6, 6, 8, 12))))
        code = f"{head}{world.codes:04d}"
        world.by_ending[code[-4:]] = code
        return code
