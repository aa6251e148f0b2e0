"""Settings of the shop, its devices, its files and its looks."""

from __future__ import annotations

from pos.settings.setting import Applies, Form, Setting, Unit, Who

_NOW = Applies.NOW

SHOP = (
    Setting("store.code", "CH01", form=Form.CODE),
    Setting("store.name", ""),
    Setting("store.day_change_hour", 0, high=12, unit=Unit.OCLOCK, applies=_NOW),
    Setting("store.logo", "", form=Form.FILE, applies=_NOW),
    Setting("till.code", "T1", form=Form.CODE),
    Setting("bill.max_vouchers", 20, low=1, high=200),
    Setting("training", False),
)

DEVICES = (
    Setting("printer.address", ""),
    Setting("printer.paper_mm", "80", choices=("58", "80"), unit=Unit.MILLIMETRES),
    Setting("printer.profile", ""),
    Setting("printer.text_codepage", ""),
    Setting("printer.drawer", False, applies=_NOW),
    Setting("printer.drawer_pin", "2", choices=("2", "5"), applies=_NOW),
    Setting("drawer.cashier_may_open", False, applies=_NOW),
    Setting("scanner.address", ""),
    Setting("scanner.framing", "auto", choices=("auto", "cr", "lf", "crlf", "stx_etx", "gap")),
    Setting("scanner.gs1_ai", "", form=Form.GS1_AI),
    Setting("scanner.prefix", ""),
    Setting("scanner.suffix", ""),
)

REPORTS = (
    Setting("reports.copy_folder", "", form=Form.FOLDER, applies=_NOW),
    Setting("reports.copy_at", "closing", choices=("closing", *(str(hour) for hour in range(24))), applies=_NOW),
    Setting("reports.copy_formats", "xlsx,pdf,csv", choices=("xlsx,pdf,csv", "xlsx,pdf", "xlsx", "pdf", "csv"),
            applies=_NOW),
)  # fmt: skip

BACKUP = (Setting("backup.second_folder", "", form=Form.FOLDER, applies=_NOW),)

LOOKS = (
    Setting("ui.language", "vi", choices=("vi", "en"), who=Who.ANYBODY, applies=_NOW),
    Setting("ui.theme", "light", choices=("light", "dark", "contrast"), who=Who.ANYBODY, applies=_NOW),
    Setting("ui.scale", 100, low=80, high=200, unit=Unit.PERCENT, who=Who.ANYBODY, applies=_NOW),
    Setting("ui.volume", 80, high=100, unit=Unit.PERCENT, who=Who.ANYBODY, applies=_NOW),
)
