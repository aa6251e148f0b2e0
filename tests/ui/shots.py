"""Pictures of every screen and state: `python -m tests.ui.shots OUT [language] [width] [theme] [scene …]`."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from hardware.errors import RULE_FILE, PermissionHint
from hardware.printer.profile import load_profile
from hardware.printer.proving import candidates
from pos.bootstrap import printer_profile_dir
from pos.receipts.printer_test import PageEnded
from pos.till.ports import Person
from pos.till.views import (
    Banner,
    BannerKind,
    BannerRaised,
    BillChanged,
    BookingScanned,
    CommandFailed,
    DeviceView,
    Environment,
    Link,
    ListsChanged,
    Message,
    SignedIn,
    StripChanged,
    TakeBackEnded,
)
from pos.ui.app import application, build_window
from pos.ui.counter.model import ActionId
from pos.ui.printer_test.sheet import PrinterTestSheet
from pos.ui.shell.presenter import Screen
from pos.ui.theme import ThemeName
from pos.ui.training.panel import TrainingPanel
from pos.ui.window import MainWindow
from tests.ui.camera import LOOKS, SIZES, Camera, render, settle
from tests.ui.fake_till import EVERYONE, HUONG, LAN, NOW_UTC, FakeTill, ManualClock, strip
from tests.ui.office import config_of
from tests.ui.scenes import lists, scenes
from tests.ui.test_training import FakeControls


class SilentDesk:
    """A printer that is told and says nothing: what it says is shown by hand."""

    def print_sample(self) -> None:
        """Nothing."""

    def print_lines(self) -> None:
        """Nothing."""

    def keep(self, readable: Collection[int]) -> None:
        """Nothing."""

    def leave(self) -> None:
        """Nothing."""


def make(camera: Camera, scale: int = 100, everyone: tuple[Person, ...] = EVERYONE) -> tuple[MainWindow, FakeTill]:
    """A window of the till."""
    clock, till = ManualClock(), FakeTill(everyone)
    config = replace(
        config_of(clock, camera.language, camera.size, camera.theme, scale), printer_test=SilentDesk(), takes_back=True,
        access={"printer": PermissionHint("device.hint.group", {"group": "lp", "rule": RULE_FILE})},
    )  # fmt: skip
    window = build_window(till, config)
    window.show()
    till.say(StripChanged(strip(Environment.SANDBOX)))
    return window, till


def counter_scenes(window: MainWindow, till: FakeTill, camera: Camera, wanted: list[str], prefix: str = "") -> None:
    """All bills, one after the other, on one window."""
    till.say(SignedIn(LAN))
    settle(application())
    for name, view in scenes().items():
        if wanted and name not in wanted:
            continue
        world = strip(Environment.SANDBOX)
        if name in ("accepted", "unknown") or name.startswith("offered"):
            world = replace(
                world, network=DeviceView(Link.DOWN, "net.unreachable", NOW_UTC), queue_count=3, at_risk_vnd=200_000,
                oldest_utc=NOW_UTC.replace(hour=1), open_bills=1,
            )  # fmt: skip
        till.say(StripChanged(world))
        till.say(BillChanged(replace(view, key=window.counter.key or "k1", phase=view.phase)))
        camera.take(window, prefix + name)


def other_screens(window: MainWindow, till: FakeTill, camera: Camera) -> None:
    """Lists, boxes and banners."""
    busy = replace(
        strip(Environment.SANDBOX), open_bills=3, queue_count=3, at_risk_vnd=200_000, open_cases=2, unprinted=4,
        doubtful=1, print_tried_utc=NOW_UTC,
        oldest_utc=lists().queue[0].accepted_utc, printer=DeviceView(Link.DOWN, "paper_out"),
    )  # fmt: skip
    till.say(StripChanged(busy))
    till.say(ListsChanged(lists()))
    settle(application())
    for screen in (Screen.OPEN_BILLS, Screen.QUEUE, Screen.SLIPS):
        window.navigation.open_screen(screen)
        camera.take(window, f"list-{screen}")
    for row in lists().slips:
        window.desk_boxes.open_slip(row.job_id)
        camera.take(window, f"slip-{row.state}")
        window.box.sheet.dismiss()  # type: ignore[union-attr]
    window.navigation.open_screen(Screen.COUNTER)
    drawer(window, till, camera)
    till.say(BillChanged(replace(scenes()["usable"], key=window.counter.key or "")))
    settle(application())
    for key in ("F4", "F6", "F7"):
        window._keyboard.press(key)
        camera.take(window, f"box-{key}")
        window.box.sheet.dismiss()  # type: ignore[union-attr]
    window.open_settings()
    camera.take(window, "settings")
    window.settings_boxes.test_scanner()
    camera.take(window, "scanner-test")
    window.box.sheet.dismiss()  # type: ignore[union-attr]
    printer_test(window, till, camera)
    till.say(BannerRaised(Banner(BannerKind.RESOLVED_USED, "HN03-T2-20261121-000137")))
    till.say(BannerRaised(Banner(BannerKind.LOSS, "HN03-T2-20261121-000088", 100_000)))
    camera.take(window, "banner")
    window.scans.take("x")
    till.say(SignedIn(None))
    settle(application())
    window.scans.take("4471902835")
    camera.take(window, "signin-scan")


def drawer(window: MainWindow, till: FakeTill, camera: Camera) -> None:
    """The drawer's box in every stage, a bill behind it; the banner of a stopped printer above."""
    till.say(BillChanged(replace(scenes()["done"], key=window.counter.key or "")))
    camera.take(window, "done-paper-out")
    window.screens.counter_screen.press(ActionId.DRAWER)
    camera.take(window, "drawer-reason")
    press(window, "5")
    camera.take(window, "drawer-words")
    window.box.sheet.field.setText("Đổi tiền lẻ")  # type: ignore[union-attr]
    press(window, "")
    camera.take(window, "drawer-waiting")
    till.say(CommandFailed("open_drawer", Message("drawer.needs_manager")))
    camera.take(window, "drawer-pin")
    till.say(CommandFailed("open_drawer", Message("pin.wrong", (("wait_s", 2),))))
    camera.take(window, "drawer-pin-wrong")
    till.say(CommandFailed("open_drawer", Message("drawer.shut", (("why", "printer.paper_out"),))))
    camera.take(window, "drawer-shut")
    window.box.sheet.dismiss()  # type: ignore[union-attr]


def printer_test(window: MainWindow, till: FakeTill, camera: Camera) -> None:
    """The printer test in every stage; last a printer that the system refuses."""
    lines = candidates(load_profile(printer_profile_dir(), "epson-tm-t82"))
    boxes, bridge = window.settings_boxes, window.bridge
    till.say(SignedIn(HUONG))
    settle(application())
    boxes.test_printer()
    camera.take(window, "printer-test")
    sheet = window.box.sheet
    assert isinstance(sheet, PrinterTestSheet)
    for event in (PageEnded("confirmed"), PageEnded("not_sent", "printer.paper_out")):
        sheet.buttons["sample"].click()
        bridge.printer_tested(event)
        camera.take(window, f"printer-test-{event.outcome}")
    sheet.buttons["prove"].click()
    camera.take(window, "printer-test-printing")
    bridge.printer_tested(PageEnded("sent_unconfirmed", "printer.mute", lines=lines))
    camera.take(window, "printer-test-question")
    sheet.buttons["no"].click()
    sheet.buttons["yes"].click()
    camera.take(window, "printer-test-summary")
    sheet.dismiss()
    world = strip(Environment.SANDBOX)
    till.say(StripChanged(replace(world, printer=DeviceView(Link.DOWN, "device.permission_denied"))))
    settle(application())
    window.open_settings()
    camera.take(window, "access-settings")
    window.box.sheet.dismiss()  # type: ignore[union-attr]
    camera.take(window, "access-banner")
    till.say(StripChanged(world))
    till.say(SignedIn(LAN))
    settle(application())


def press(window: MainWindow, text: str) -> None:
    """A digit, or Enter."""
    key = Qt.Key.Key_Return if not text else Qt.Key(ord(text))
    QTest.keyClick(window.focusWidget() or window, key)
    settle(application())


def issuers(window: MainWindow, till: FakeTill, camera: Camera) -> None:
    """The boxes of several issuers: whose, decide, take back; how taking back ended."""

    def show(name: str) -> None:
        till.say(BillChanged(replace(scenes()[name], key=window.counter.key or "")))
        settle(application())

    def box(key: str, name: str, *then: str) -> None:
        window._keyboard.press(key)
        for text in then:
            settle(application())
            press(window, text)
        camera.take(window, name)
        window.box.sheet.dismiss()  # type: ignore[union-attr]

    show("several")
    box("Ctrl+I", "box-issuer")
    show("decide")
    box("Ctrl+D", "box-decide")
    box("Ctrl+D", "box-accept", "1")
    box("Ctrl+D", "box-reject", "2")
    show("may-take-back")
    box("Ctrl+B", "box-take-back")
    show("unconfirmed")
    box("Ctrl+B", "box-others")
    for end in ("refused", "by_hand", "open"):
        till.say(TakeBackEnded(scenes()["unconfirmed"].number, "0002", end))
        camera.take(window, f"end-{end}")
    till.say(TakeBackEnded("HN03-T2-20261121-000088", "0002", "open"))
    till.say(TakeBackEnded("HN03-T2-20261121-000088", "0002", "done"))
    show("draft-empty")
    box("Ctrl+B", "box-find")
    till.say(BookingScanned(window.counter.key or "", "ADCO2401010000001"))
    camera.take(window, "no-bookings")


def training(camera: Camera) -> None:
    """The panel beside the till, with a slip on its paper."""
    window, till = make(camera)
    till.say(SignedIn(LAN))
    settle(application())
    desk = TrainingPanel.beside(window, FakeControls())
    till.say(BillChanged(replace(scenes()["usable"], key=window.counter.key or "")))
    slip = QImage(384, 300, QImage.Format.Format_Grayscale8)
    slip.fill(255)
    painter = QPainter(slip)
    painter.setFont(window.screens.look.font(26, 700))
    painter.drawText(slip.rect(), int(Qt.AlignmentFlag.AlignCenter), "PHIẾU VOUCHER\n105.000 ₫")
    painter.end()
    desk.slips.append(slip)
    desk.printed.emit()
    camera.take(window, "training")
    window.close()


def draw(camera: Camera) -> None:
    """Everything, or the scenes that the command line names."""
    wanted = [word for word in sys.argv[2:] if word not in LOOKS]
    window, till = make(camera)
    settle(application())
    camera.take(window, "signin")
    counter_scenes(window, till, camera, wanted)
    if not wanted or "issuers" in wanted:
        issuers(window, till, camera)
    if not wanted:
        other_screens(window, till, camera)
    window.close()
    window.deleteLater()
    if not wanted and (camera.size, camera.theme) == (SIZES[0], ThemeName.LIGHT):
        training(camera)
        for scale in (80, 150, 200):
            window, till = make(camera, scale)
            counter_scenes(window, till, camera, ["usable", "offered-manager"], f"scale{scale}-")
            window.close()


if __name__ == "__main__":
    render(draw)
