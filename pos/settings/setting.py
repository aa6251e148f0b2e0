"""What a setting is: everything that screen, command line, file and audit need to know of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | bool


class Group(StrEnum):
    """Which settings belong together, in the order in which an installer meets them."""

    SHOP = "shop"
    GOTIT = "gotit"
    GOTADI = "gotadi"
    APPOTAPAY = "appotapay"
    VINID = "vinid"
    ROUTING = "routing"
    POLICY = "policy"
    PRINTER = "printer"
    SCANNER = "scanner"
    DRAWER = "drawer"
    REPORTS = "reports"
    BACKUP = "backup"
    LOOKS = "looks"
    SECURITY = "security"
    NETWORK = "network"
    UPDATES = "updates"


class Unit(StrEnum):
    """What a number counts; `setting.unit.<unit>` in the locale files."""

    NONE = ""
    SECONDS = "s"
    MILLISECONDS = "ms"
    MINUTES = "min"
    HOURS = "h"
    OCLOCK = "oclock"
    VND = "đ"
    PERCENT = "%"
    MILLIMETRES = "mm"


class Who(StrEnum):
    """Who may change a setting once the till has a manager."""

    ANYBODY = "anybody"
    MANAGER = "manager"


class Applies(StrEnum):
    """When a change that is made on a running till takes effect."""

    NOW = "now"
    NEXT_BILL = "next_bill"
    RESTART = "restart"


class Form(StrEnum):
    """How a text is written, beyond its characters."""

    ANY = "any"
    HTTPS = "https"
    FILE = "file"
    FOLDER = "folder"
    DATE = "date"
    GS1_AI = "gs1_ai"
    PINS = "pins"
    PROXY = "proxy"
    CODE = "code"  # begins bill numbers: letters and digits, never empty


_GROUPS = {
    "store": Group.SHOP, "till": Group.SHOP, "bill": Group.SHOP, "training": Group.SHOP, "ui": Group.LOOKS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. Its words are `setting.<key>.label` and `setting.<key>.help` in the locale files.

    Args:
        key: stable dotted name.
        default: also fixes the type (text, whole number, yes/no).
        choices: allowed values; empty: any.
        low: least number; `high`: greatest.
        unit: of a number.
        secret: kept encrypted, never shown.
        lines: may have several lines (a key as PEM).
        form: how a text is written.
        who: may change it once there is a manager.
        applies: when a change takes effect.
    """

    key: str
    default: Value
    choices: tuple[str, ...] = ()
    low: int = 0
    high: int = 1_000_000
    unit: Unit = Unit.NONE
    secret: bool = False
    lines: bool = False
    form: Form = Form.ANY
    who: Who = Who.MANAGER
    applies: Applies = Applies.RESTART

    @property
    def group(self) -> Group:
        """What it belongs to."""
        if self.key.startswith("printer.drawer"):
            return Group.DRAWER
        head = self.key.partition(".")[0]
        return _GROUPS.get(head) or Group(head)

    @property
    def kind(self) -> str:
        """`flag`, `number`, `choice`, `secret` or `text`: which control a screen gives it."""
        if isinstance(self.default, bool):
            return "flag"
        if isinstance(self.default, int):
            return "number"
        if self.choices:
            return "choice"
        return "secret" if self.secret else "text"

    @property
    def needs_reason(self) -> bool:
        """The shop's risk is changed with a reason that stands in the audit chain (design.md §2)."""
        return self.group is Group.POLICY
