"""The virtual devices behave as the real ones would, so that training and tests mean something."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal

import pytest
import serial
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.usb_identity import UsbIdentity
from hardware.virtual.paper import Slip
from hardware.virtual.printer import Pace, PrinterBrain, PrinterFault, VirtualPrinter, VirtualSerialPrinter
from hardware.virtual.scanner import VirtualScanner, read_at_other_baud
from tests.hardware.collector import Collector

SLIP = b"\x1b@Hello\nWorld\n\x1dV\x00"


def connect(printer: VirtualPrinter) -> socket.socket:
    _, host, port = printer.address.split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def test_a_slip_is_shown_as_soon_as_it_is_cut(tmp_path: Path) -> None:
    seen: Collector[Slip] = Collector()
    with VirtualPrinter(384, seen) as printer, connect(printer) as host:
        host.sendall(SLIP)
        (slip,) = seen.wait_until(lambda slips: len(slips) == 1)

    slip.save(tmp_path / "slip.png")
    assert slip.texts == ("Hello", "World")
    assert (slip.cut, slip.not_understood) == (True, ())
    with Image.open(tmp_path / "slip.png") as picture:
        assert picture.width == 384


def test_a_slip_that_is_never_cut_comes_out_when_the_host_leaves() -> None:
    with VirtualPrinter(384) as printer:
        with connect(printer) as host:
            host.sendall(b"Hello\n")
        (slip,) = printer.wait_for_slips(1)

    assert (slip.texts, slip.cut) == (("Hello",), False)


def test_bytes_that_no_printer_knows_stand_on_the_slip() -> None:
    brain = PrinterBrain(384)
    brain.receive(b"\x1b\x7fHello\n\x1dV\x00")

    assert brain.slips[0].not_understood == (b"\x1b\x7f",)


def test_without_paper_it_answers_keeps_the_bytes_and_prints_them_later() -> None:
    brain = PrinterBrain(384)
    brain.fault = PrinterFault.PAPER_OUT

    assert brain.receive(SLIP + b"\x10\x04\x04") == b"\x7e"
    assert brain.receive(b"\x1dr\x01") == b""
    assert brain.slips == []

    brain.fault = PrinterFault.NONE
    assert brain.receive(b"") == b"\x00"
    assert brain.slips[0].texts == ("Hello", "World")


def test_a_dead_printer_refuses_and_keeps_its_address() -> None:
    with VirtualPrinter(384) as printer:
        address = printer.address
        printer.set_fault(PrinterFault.DEAD)
        with pytest.raises(ConnectionRefusedError):
            connect(printer)
        printer.set_fault(PrinterFault.NONE)
        connect(printer).close()

        assert printer.address == address


def test_faults_can_change_while_a_host_is_connected() -> None:
    with VirtualPrinter(384) as printer, connect(printer) as host:
        printer.set_fault(PrinterFault.MUTE)
        host.sendall(b"\x10\x04\x01" + SLIP)
        printer.wait_for_slips(1)
        printer.set_fault(PrinterFault.COVER_OPEN)
        host.sendall(b"\x10\x04\x02")

        assert host.recv(8) == b"\x16"


def test_a_native_qr_code_is_painted_and_can_be_scanned_from_the_paper() -> None:
    brain = PrinterBrain(384)
    store = b"HCM01-0042"
    length = len(store) + 3
    brain.receive(b"\x1ba\x01\x1d(k\x03\x001C\x06\x1d(k" + bytes((length, 0)) + b"1P0" + store)
    brain.receive(b"\x1d(k\x03\x001Q0\x1dV\x00")

    codes = zxingcpp.read_barcodes(brain.slips[0].image.convert("L"))
    assert [code.text for code in codes] == ["HCM01-0042"]


def test_the_scanner_path_goes_and_comes_with_the_cable(scanner: VirtualScanner) -> None:
    first = os.path.realpath(scanner.path)
    scanner.unplug()
    assert not scanner.path.is_symlink()
    assert not scanner.plugged
    scanner.scan("LOST")
    scanner.replug()
    scanner.replug()

    assert scanner.path.exists()
    assert first.startswith("/dev/pts/")


def test_the_scanner_comes_back_under_another_name_and_says_who_it_is(tmp_path: Path) -> None:
    with VirtualScanner(tmp_path / "ttyACM0", usb=UsbIdentity(0x1A86, 0x7523, "S1")) as scanner:
        assert scanner.address.startswith("serial:usb:1a86:7523:S1?")
        scanner.unplug()
        assert scanner.ports() == []
        scanner.replug(tmp_path / "ttyACM1")

        assert [port.device for port in scanner.ports()] == [str(tmp_path / "ttyACM1")]
        assert not (tmp_path / "ttyACM0").is_symlink()


def test_pieces_are_sent_when_they_are_asked_for(scanner: VirtualScanner) -> None:
    till = os.open(scanner.path, os.O_RDWR | os.O_NOCTTY)
    read = []
    for sent in scanner.in_pieces(b"ABCDE", 2):
        read.append((sent, os.read(till, 64)))
        assert scanner.unread == 0
    os.close(till)

    assert read == [(2, b"AB"), (4, b"CD"), (5, b"E")]


@given(st.binary(max_size=40), st.sampled_from([1200, 9600, 38400, 115200]))
def test_at_the_same_speed_a_line_gives_what_was_sent(data: bytes, baud: int) -> None:
    assert read_at_other_baud(data, baud, baud) == data


def test_a_reader_at_twice_the_speed_sees_every_bit_twice() -> None:
    """Worked out on paper: 0x55 is 0101010101 on the line with its start and stop bit, 0x00 nine low bits."""
    assert read_at_other_baud(b"\x55", 9600, 19200)[0] == 0b01100110
    assert read_at_other_baud(b"\xff", 9600, 19200) == b"\xfe"
    assert read_at_other_baud(b"\x00", 9600, 19200)[0] == 0


def test_the_scanner_sends_prefix_code_suffix_and_terminator(tmp_path: Path) -> None:
    with VirtualScanner(tmp_path / "s", terminator="\r\n", prefix="<", suffix=">") as scanner:
        till = os.open(scanner.path, os.O_RDWR | os.O_NOCTTY)
        scanner.scan("VCH-7K2M9XQ1")

        assert os.read(till, 64) == b"<VCH-7K2M9XQ1>\r\n"
        os.close(till)


# ------------------------------------------------------------ speed, buffer, and what goes wrong

TEN_LINES = b"".join(b"line %d\n" % number for number in range(10)) + b"\x1dV\x00"
PICTURE = b"\x1dv0\x00\x48\x00\x64\x00" + b"\xff" * 7200  # 100 rows of 576 dots


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def paced(clock: Clock, *, buffer_bytes: int = 4096, xonxoff: bool = False) -> PrinterBrain:
    return PrinterBrain(576, pace=Pace(buffer_bytes=buffer_bytes, dots_per_s=1000, xonxoff=xonxoff), clock=clock)


def test_printing_takes_as_long_as_the_paper_needs_and_the_end_is_told_after_it() -> None:
    clock = Clock()
    brain = paced(clock, buffer_bytes=65536)

    assert brain.receive(PICTURE * 5 + b"\x1dr\x01") == b""  # 500 rows: half a second
    for _ in range(4):
        clock.now_s += 0.1
        assert brain.tick() == b""
    clock.now_s += 0.11

    assert brain.tick() == b"\x00"


def test_who_sends_faster_than_the_paper_moves_loses_bytes_and_is_told() -> None:
    clock = Clock()
    brain = paced(clock)
    for _ in range(40):
        brain.receive(PICTURE[:1000] * 7)

    for _ in range(3000):
        clock.now_s += 1
        brain.receive(b"\x1dV\x00" * 5)

    assert brain.overrun_bytes > 100_000
    assert brain.slips[0].overrun_bytes == brain.overrun_bytes


def test_who_waits_for_the_paper_loses_nothing() -> None:
    clock = Clock()
    brain = paced(clock)
    stream = PICTURE * 10 + b"\x1dV\x00"
    for at in range(0, len(stream), 720):  # ten rows, and the time they take
        brain.receive(stream[at : at + 720])
        clock.now_s += 0.0101
    clock.now_s += 1
    brain.tick()

    assert brain.overrun_bytes == 0
    assert brain.slips[0].image.height == 1000
    assert brain.slips[0].not_understood == ()


def test_a_printer_with_xon_and_xoff_says_when_to_wait_and_when_to_go_on() -> None:
    clock = Clock()
    brain = paced(clock, xonxoff=True)
    stream = PICTURE * 2 + PICTURE[:4000]  # one prints, one is ready, the third waits in the buffer
    said = b"".join(brain.receive(stream[at : at + 500]) for at in range(0, len(stream), 500))
    clock.now_s += 60
    said += brain.tick()

    assert said == b"\x13\x11"
    assert brain.overrun_bytes == 0


def test_paper_that_ends_in_mid_slip_holds_it_and_the_new_roll_ends_it() -> None:
    brain = PrinterBrain(576)
    brain.load_paper(100)
    brain.receive(TEN_LINES + b"\x1dr\x01")

    assert brain.fault is PrinterFault.PAPER_OUT
    assert brain.receive(b"\x10\x04\x02") == b"\x32"
    assert brain.slips == []

    brain.load_paper()
    assert brain.tick() == b"\x00"
    assert [slip.texts[-1] for slip in brain.slips] == ["line 9"]


def test_a_power_cut_loses_the_buffer_and_nothing_that_is_on_paper() -> None:
    clock = Clock()
    brain = paced(clock)
    brain.receive(b"one\n\x1bJ\xff\x1bJ\xfftwo\n")
    brain.power_cycle()
    clock.now_s += 10
    brain.receive(b"three\n\x1dV\x00")

    clock.now_s += 10
    brain.tick()
    assert brain.slips[0].texts == ("one", "three")


def test_a_jammed_cutter_is_told_and_recovered_from() -> None:
    brain = PrinterBrain(576)
    brain.fault = PrinterFault.ERROR
    answers = brain.receive(TEN_LINES + b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04")

    assert answers == b"\x1a\x52\x1a\x12"
    brain.receive(b"\x10\x05\x01")
    assert brain.fault is PrinterFault.NONE
    assert len(brain.slips) == 1


def test_a_host_that_clears_the_buffer_gets_a_clean_slip() -> None:
    brain = PrinterBrain(576)
    brain.fault = PrinterFault.PAPER_OUT
    brain.receive(TEN_LINES + b"\x10\x05\x02")
    brain.load_paper()
    brain.receive(b"new\n\x1dV\x00")

    assert [slip.texts for slip in brain.slips] == [("new",)]


def test_automatic_status_tells_each_change_without_being_asked() -> None:
    brain = PrinterBrain(576)
    assert brain.receive(b"\x1da\xff") == b"\x10\x00\x00\x00"
    brain.fault = PrinterFault.COVER_OPEN
    brain.fault = PrinterFault.PAPER_OUT
    brain.fault = PrinterFault.NONE

    assert brain.tick() == bytes.fromhex("38000000 18000f00 10000000")
    brain.receive(b"\x1da\x00")
    brain.fault = PrinterFault.COVER_OPEN
    assert brain.tick() == b""


def test_the_end_of_a_job_is_answered_with_its_own_id() -> None:
    clock = Clock()
    brain = paced(clock)
    assert brain.receive(PICTURE[:7208] + b"\x1d(H\x06\x0000JB07") == b""
    clock.now_s += 1

    assert brain.tick() == b"7\x22JB07\x00"


def test_it_says_who_it_is() -> None:
    assert PrinterBrain(576).receive(b"\x1dI\x42\x1dI\x43\x1dI\x01") == b"_QUAY\x00_VIRTUAL\x00\x20"


def test_it_answers_garbage_late_or_not_at_all_and_prints_all_the_same() -> None:
    answers = []
    for fault in (PrinterFault.GARBAGE, PrinterFault.MUTE, PrinterFault.LATE):
        clock = Clock()
        brain = PrinterBrain(576, clock=clock)
        brain.fault = fault
        soon = brain.receive(b"\x10\x04\x01" + TEN_LINES + b"\x1dr\x01")
        clock.now_s += 1.1
        answers.append((soon, brain.tick(), len(brain.slips)))

    garbage, mute, late = answers
    assert b"\x12" not in garbage[0]
    assert len(garbage[0]) > 2
    assert mute == (b"", b"", 1)
    assert late == (b"", b"\x12\x00", 1)


def test_near_the_end_of_the_roll_it_says_so() -> None:
    brain = PrinterBrain(576)
    brain.load_paper(5_000)

    assert brain.receive(b"\x10\x04\x04\x1dr\x01") == b"\x1e\x03"


# ------------------------------------------------------------ on a serial line


def opened(printer: VirtualSerialPrinter) -> serial.Serial:
    return serial.Serial(str(printer.path), 115200, timeout=5, xonxoff="xonxoff" in printer.address)


def test_a_serial_printer_prints_and_answers(tmp_path: Path) -> None:
    with VirtualSerialPrinter(tmp_path / "printer") as printer, opened(printer) as port:
        port.write(b"\x10\x04\x01" + SLIP)
        (slip,) = printer.wait_for_slips(1)

        assert port.read(1) == b"\x12"
        assert slip.texts == ("Hello", "World")


def test_a_slow_line_carries_no_more_than_its_speed(tmp_path: Path) -> None:
    clock = Clock()
    with VirtualSerialPrinter(tmp_path / "printer", 300, clock=clock) as printer, opened(printer) as port:
        port.write(SLIP)
        assert printer.wait_for_slips(1, timeout_s=0.1) == []  # no time has passed
        while not printer.wait_for_slips(1, timeout_s=0.002):
            clock.now_s += 0.004

    assert clock.now_s - 1000.0 >= len(SLIP) * 10 / 300


class Ticking:
    """A clock that moves with each look at it: the printer's own pace, however busy the computer is."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        self.now_s += 0.0005
        return self.now_s


@pytest.mark.parametrize("flow", ["none", "rtscts", "xonxoff"])
def test_only_a_line_without_flow_control_loses_bytes(
    flow: Literal["none", "rtscts", "xonxoff"], tmp_path: Path
) -> None:
    pace = Pace(buffer_bytes=2048, dots_per_s=400, xonxoff=flow == "xonxoff")
    printer = VirtualSerialPrinter(tmp_path / "printer", 921_600, flow=flow, pace=pace, clock=Ticking())
    with printer, opened(printer) as port:
        port.write(PICTURE * 4 + b"\x1dV\x00" * (3000 if flow == "none" else 1))
        slips = printer.wait_for_slips(1, timeout_s=20)

        assert (printer.overrun_bytes > 0) == (flow == "none")
        assert flow == "none" or slips[0].image.height == 400


def test_a_serial_printer_that_is_switched_off_is_gone_and_comes_back_under_its_path(tmp_path: Path) -> None:
    with VirtualSerialPrinter(tmp_path / "printer") as printer:
        printer.set_fault(PrinterFault.DEAD)
        assert not printer.path.is_symlink()
        printer.set_fault(PrinterFault.NONE)
        with opened(printer) as port:
            port.write(SLIP)
            assert len(printer.wait_for_slips(1)) == 1


def test_a_serial_printer_unplugged_in_mid_slip_hangs_up(tmp_path: Path) -> None:
    with VirtualSerialPrinter(tmp_path / "printer", close_after_bytes=5) as printer, opened(printer) as port:
        printer.set_fault(PrinterFault.CLOSE_MID_SLIP)
        port.write(SLIP)

        with pytest.raises(OSError, match="disconnected"):
            port.read(1)


def test_a_network_printer_with_a_small_buffer_holds_the_host_back_and_loses_nothing() -> None:
    def quick() -> float:
        return time.monotonic() * 100

    with VirtualPrinter(576, pace=Pace(buffer_bytes=1024, dots_per_s=1000), clock=quick) as printer:
        with connect(printer) as host:
            host.sendall(PICTURE * 20 + b"\x1dV\x00")
        (slip,) = printer.wait_for_slips(1)

    assert slip.image.height == 2000
    assert slip.overrun_bytes == 0


def test_a_network_printer_that_is_power_cycled_drops_its_host_and_listens_again() -> None:
    with VirtualPrinter(576) as printer:
        with connect(printer) as host:
            host.sendall(b"half a sl")
            printer.power_cycle()
            with suppress(ConnectionResetError):
                assert host.recv(1) == b""
        with connect(printer) as host:
            host.sendall(SLIP)
            assert len(printer.wait_for_slips(1)) == 1
