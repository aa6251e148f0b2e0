"""The printer test of the settings, at a printer on a real socket: a test page, and "can you read this line?"."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hardware.errors import PermissionHint
from hardware.printer.proving import proven_page
from hardware.virtual.paper import Build
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import font_dir, printer_profile_dir
from pos.domain.errors import JournalUnavailable
from pos.i18n import Translator
from pos.receipts.printer_test import PrinterTest
from pos.receipts.slip import SlipFacts
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.ports import Person, PrintJob
from pos.till.views import DeviceView, Link, StripChanged
from pos.ui.app import application, build_window
from pos.ui.bridge import Bridge
from pos.ui.config import Choices, UiConfig
from pos.ui.printer_test.presenter import Stage
from pos.ui.printer_test.sheet import PrinterTestSheet
from tests.hardware.test_usb_printer import without_root
from tests.ui.fake_till import HUONG, LAN, FakeTill, ManualClock, strip
from tests.ui.hands import Hands

EPSON = "epson-tm-t82"  # two pages to read


def no_facts(job: PrintJob) -> SlipFacts:
    raise AssertionError(f"no slip is printed here, asked for {job.id}")


class Counter:
    """A window, a printer, and the printer's thread between them."""

    def __init__(
        self,
        qtbot: QtBot,
        folder: Path,
        address: str,
        person: Person = HUONG,
        language: str = "vi",
        profile: str = EPSON,
    ) -> None:
        application()
        self.kept: list[str] = []
        self.disk_full = self.unprivileged = False
        self.thread = ThreadPoolExecutor(1)
        self.errands: list[Future[None]] = []
        self.views: list[DeviceView] = []
        self.slips = DriverSlipPrinter(
            address, profile, profile_dir=printer_profile_dir(), font_dir=font_dir(), cache_dir=folder,
            facts=no_facts, words=lambda: Translator(language), on_device=self.views.append,
        )  # fmt: skip
        bridge = Bridge()
        desk = PrinterTest(
            self.slips, self._put, words=lambda: Translator(language), keep=self._keep, told=bridge.printer_tested
        )
        self.till, clock = FakeTill(), ManualClock()
        config = UiConfig(
            choices=Choices(language=language, volume_percent=0), mono_s=clock.mono_s, now_utc=clock.now_utc,
            printer_test=desk,
            access={"printer": PermissionHint("device.hint.group", {"group": "lp", "rule": "70-quay-voucher.rules"})},
        )  # fmt: skip
        self.window = build_window(self.till, config, bridge)
        qtbot.addWidget(self.window)
        self.window.show()
        self.qtbot = qtbot
        self.hands = Hands(qtbot, self.window, self.till, clock)
        self.hands.sign_in(person)
        self.hands.press("Ctrl+,", "F11")

    def _put(self, errand: Callable[[], None]) -> None:
        def run() -> None:
            with without_root() if self.unprivileged else nullcontext():
                errand()

        self.errands.append(self.thread.submit(run))

    def _keep(self, text: str) -> None:
        if self.disk_full:
            raise JournalUnavailable("journal.io", file="settings.json")
        self.kept.append(text)

    @property
    def sheet(self) -> PrinterTestSheet:
        sheet = self.window.box.sheet
        assert isinstance(sheet, PrinterTestSheet)
        return sheet

    def wait(self, stage: Stage) -> str:
        """Until the box is at this stage; what it says then."""
        self.qtbot.waitUntil(lambda: self.sheet.presenter.stage is stage, timeout=15_000)
        return f"{self.sheet.says.text()}\n{self.sheet.note.text()}"

    def end(self) -> None:
        """Everything the printer's thread was asked has been done."""
        self.thread.shutdown(wait=True)
        self.hands.settle()


@pytest.fixture
def printer() -> Iterator[VirtualPrinter]:
    with VirtualPrinter(build=Build(font=font_dir() / "BeVietnamPro-Regular.ttf")) as printer:
        yield printer


def test_the_line_that_can_be_read_is_what_slips_print_with_from_now_on(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    counter = Counter(qtbot, tmp_path, printer.address)
    counter.hands.press("F7")
    assert counter.sheet.presenter.stage is Stage.PRINTING, "the window goes on while the printer prints"
    assert "dòng số 1" in counter.wait(Stage.QUESTION)
    assert len(printer.wait_for_slips(1)) == 1

    counter.hands.press("Enter", "F7")  # Enter is no answer
    assert "dòng số 2" in counter.wait(Stage.QUESTION)
    counter.hands.press("F6")
    assert "bộ chữ của máy in" in counter.wait(Stage.SUMMARY)
    assert counter.kept == [], "nothing is changed before it is kept"
    counter.hands.press("Enter")
    assert counter.wait(Stage.CHOOSE).startswith("✓")

    (kept,) = counter.kept
    profile = counter.slips.driver().profile  # type: ignore[union-attr]
    page = proven_page(kept, printer.address, profile)
    assert page is not None
    assert page.encoding == "cp1258", "as `quay devices print-test --prove` keeps it"
    assert counter.slips.proven() == page
    counter.hands.press("F6")
    assert counter.wait(Stage.CHOOSE)
    counter.end()
    assert printer.slips[-1].texts, "the next page is printed with the printer's own letters"


def test_no_line_readable_prints_pictures_and_says_so(qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter) -> None:
    counter = Counter(qtbot, tmp_path, printer.address, language="en")
    counter.hands.press("F7")
    counter.wait(Stage.QUESTION)
    counter.hands.press("F7", "F7")
    assert "as pictures" in counter.wait(Stage.SUMMARY)
    counter.hands.press("Enter")
    counter.wait(Stage.CHOOSE)
    assert counter.kept == [""]
    assert counter.slips.proven() is None
    counter.end()


@pytest.mark.parametrize("answers", [[], ["F6"], ["F6", "F6"]], ids=["unanswered", "half", "all"])
def test_leaving_changes_nothing(qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter, answers: list[str]) -> None:
    counter = Counter(qtbot, tmp_path, printer.address)
    counter.hands.press("F7")
    counter.wait(Stage.QUESTION)
    counter.hands.press(*answers, "Esc")
    assert counter.window.box.sheet is None
    counter.end()
    assert counter.kept == []
    assert counter.slips.proven() is None


def test_a_page_that_was_still_waiting_for_the_printer_is_not_printed_once_the_person_has_left(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    counter = Counter(qtbot, tmp_path, printer.address)
    slip_in_hand = threading.Event()
    counter.thread.submit(slip_in_hand.wait)
    counter.hands.press("F6")
    assert counter.sheet.presenter.stage is Stage.PRINTING
    counter.hands.press("Esc")
    slip_in_hand.set()
    counter.end()
    assert printer.slips == []
    assert [errand.exception() for errand in counter.errands] == [None]


@pytest.mark.parametrize(
    ("fault", "vi", "en"),
    [
        (PrinterFault.PAPER_OUT, "hết giấy", "out of paper"),
        (PrinterFault.COVER_OPEN, "Nắp máy in", "cover is open"),
        (PrinterFault.DEAD, "tắt hoặc chưa nối", "off or not connected"),
    ],
)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_printer_that_cannot_print_is_told_in_a_sentence_and_nothing_is_asked(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter, fault: PrinterFault, vi: str, en: str, language: str
) -> None:
    printer.set_fault(fault)
    counter = Counter(qtbot, tmp_path, printer.address, language=language)
    counter.hands.press("F7")
    said = counter.wait(Stage.CHOOSE)
    assert said.startswith("✗")
    assert (vi if language == "vi" else en) in said
    assert counter.views[-1].link is Link.DOWN, "the strip says the same"
    counter.end()
    assert counter.kept == []


def test_a_silent_printer_is_no_printed_page_but_its_lines_can_be_read(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    printer.set_fault(PrinterFault.MUTE)
    counter = Counter(qtbot, tmp_path, printer.address)
    counter.hands.press("F6")
    said = counter.wait(Stage.CHOOSE)
    assert said.startswith("?")
    assert "im lặng" in said
    counter.hands.press("F7")
    assert "im lặng" in counter.wait(Stage.QUESTION)
    counter.end()


def test_paper_that_ends_on_the_way_is_said_while_the_page_waits(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    counter = Counter(qtbot, tmp_path, printer.address)
    slip_in_hand = threading.Event()
    counter.thread.submit(slip_in_hand.wait)
    counter.hands.press("F6")
    counter.till.say(StripChanged(replace(strip(person=HUONG), printer=DeviceView(Link.DOWN, "paper_out"))))
    counter.hands.settle()
    assert "hết giấy" in counter.sheet.note.text()
    slip_in_hand.set()
    counter.wait(Stage.CHOOSE)
    counter.end()


def test_a_cashier_prints_a_test_page_and_changes_nothing(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    counter = Counter(qtbot, tmp_path, printer.address, person=LAN)
    counter.hands.press("F7")
    assert counter.sheet.presenter.stage is Stage.CHOOSE
    assert "quản lý" in counter.sheet.note.text()
    counter.hands.press("F6")
    assert counter.wait(Stage.CHOOSE).startswith("✓")
    (slip,) = printer.wait_for_slips(1)
    assert slip.pulses == (), "a drawer is opened only where it is written down"
    counter.end()


def test_no_printer_and_a_kind_that_prints_pictures_only_are_told(qtbot: QtBot, tmp_path: Path) -> None:
    counter = Counter(qtbot, tmp_path, "")
    counter.hands.press("F7")
    assert "Chưa cài máy in" in counter.wait(Stage.CHOOSE)
    counter.end()


def test_answers_that_cannot_be_kept_change_nothing_and_say_so(
    qtbot: QtBot, tmp_path: Path, printer: VirtualPrinter
) -> None:
    counter = Counter(qtbot, tmp_path, printer.address)
    counter.disk_full = True
    counter.hands.press("F7")
    counter.wait(Stage.QUESTION)
    counter.hands.press("F6", "F6", "Enter")
    assert counter.wait(Stage.CHOOSE).startswith("✗ Chưa lưu được")
    assert counter.slips.proven() is None
    counter.end()


@pytest.mark.parametrize(("language", "missing"), [("vi", "nhóm lp"), ("en", "group lp")])
def test_a_printer_the_system_refuses_names_the_group_or_rule(qtbot: QtBot, language: str, missing: str) -> None:
    """A device node that only its group may write to, as Debian makes it."""
    with tempfile.TemporaryDirectory(prefix="usb-") as folder:
        Path(folder).chmod(0o755)  # not pytest's: whoever is not root must get as far as the node
        node = Path(folder) / "lp0"
        node.touch()
        cache = Path(folder) / "cache"
        counter = Counter(qtbot, cache, f"file:{node}", language=language)
        counter.hands.press("F6")
        counter.wait(Stage.CHOOSE)
        cache.chmod(0o777)
        node.chmod(0)
        counter.unprivileged = True
        counter.hands.press("F6")
        said = counter.wait(Stage.CHOOSE)
        counter.end()
    assert missing in said
    assert "70-quay-voucher.rules" in said
    assert counter.views[-1] == DeviceView(Link.DOWN, "device.permission_denied")
