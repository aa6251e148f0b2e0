"""The window's printer test on the running till: on the printer's own thread, kept where the command line keeps it."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

from hardware.virtual.paper import Build
from hardware.virtual.printer import PrinterFault, VirtualPrinter
from pos.bootstrap import font_dir, open_folder
from pos.receipts.printer_test import PageEnded, PrinterTestEvent, ProofKept
from tests.integration.test_drawer import opened

_WAIT_S = 20.0


def test_a_proof_is_kept_in_the_settings_and_used_at_once(tmp_path: Path) -> None:
    with VirtualPrinter(build=Build(font=font_dir() / "BeVietnamPro-Regular.ttf")) as printer:
        shop = opened(tmp_path, printer, printer__profile="epson-tm-t82")
        told: queue.Queue[tuple[str, PrinterTestEvent]] = queue.Queue()
        desk = shop.running.printer_test(lambda event: told.put((threading.current_thread().name, event)))

        desk.print_lines()
        thread, event = told.get(timeout=_WAIT_S)
        assert thread == "printer", "the thread that prints the slips; no other opens the printer"
        assert isinstance(event, PageEnded)
        assert (event.outcome, [line.number for line in event.lines]) == ("confirmed", [1, 2])
        desk.keep([1])
        assert told.get(timeout=_WAIT_S)[1] == ProofKept()

        desk.print_sample()
        assert isinstance(told.get(timeout=_WAIT_S)[1], PageEnded)
        assert printer.wait_for_slips(2)[-1].texts, "in the printer's own letters from now on"

        printer.set_fault(PrinterFault.DEAD)
        desk.print_sample()
        assert told.get(timeout=_WAIT_S)[1] == PageEnded("not_sent", "device.not_found")
        assert shop.running.close()
        address = printer.address

    assert open_folder(tmp_path).settings.text("printer.text_codepage") == f"tcvn3:30,31 epson-tm-t82 {address}"
