"""How an idle printer is, as the strip and the banner tell it: with the reason where it cannot even be opened."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import font_dir, printer_profile_dir
from pos.i18n import Translator
from pos.receipts.slip import SlipFacts
from pos.receipts.slip_printer import DriverSlipPrinter
from pos.till.ports import PrintJob
from pos.till.views import DeviceView, Link
from tests.hardware.test_usb_printer import without_root


def no_facts(job: PrintJob) -> SlipFacts:
    raise AssertionError(f"no slip is printed here, asked for {job.id}")


def asked(address: str, cache: Path, profile: str = "epson-tm-t82") -> DeviceView:
    """What is told after one question."""
    views: list[DeviceView] = []
    printer = DriverSlipPrinter(
        address, profile, profile_dir=printer_profile_dir(), font_dir=font_dir(), cache_dir=cache, facts=no_facts,
        words=Translator, on_device=views.append,
    )  # fmt: skip
    printer.ask()
    (view,) = views
    return view


@pytest.mark.parametrize(
    ("fault", "view"),
    [
        (PrinterFault.NONE, DeviceView(Link.OK, "ready")),
        (PrinterFault.PAPER_LOW, DeviceView(Link.WARN, "paper_low")),
        (PrinterFault.PAPER_OUT, DeviceView(Link.DOWN, "paper_out")),
        (PrinterFault.OFFLINE, DeviceView(Link.DOWN, "offline")),
        (PrinterFault.MUTE, DeviceView(Link.WARN, "no_status")),
        (PrinterFault.DEAD, DeviceView(Link.DOWN, "device.not_found")),
    ],
)
def test_what_the_printer_says_is_told_and_silence_is_never_fine(
    tmp_path: Path, fault: PrinterFault, view: DeviceView
) -> None:
    with VirtualPrinter() as printer:
        printer.set_fault(fault)
        assert asked(printer.address, tmp_path) == view


def test_a_printer_that_is_not_this_user_s_to_open_says_so_before_the_first_slip() -> None:
    with tempfile.TemporaryDirectory(prefix="usb-") as folder:
        Path(folder).chmod(0o755)  # not pytest's: whoever is not root must get as far as the node
        node, cache = Path(folder) / "lp0", Path(folder) / "cache"
        node.touch()
        node.chmod(0)
        cache.mkdir()
        cache.chmod(0o777)
        with without_root():
            view = asked(f"file:{node}", cache)
    assert view == DeviceView(Link.DOWN, "device.permission_denied")


def test_an_unknown_kind_and_no_printer_are_told(tmp_path: Path) -> None:
    assert asked("tcp:127.0.0.1:9", tmp_path, profile="no-such-kind") == DeviceView(Link.DOWN, "device.bad_profile")
    assert asked("", tmp_path) == DeviceView(Link.OFF, "none")
