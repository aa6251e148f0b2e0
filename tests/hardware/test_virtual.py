"""The virtual devices behave as the real ones would, so that training and tests mean something."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.usb_identity import UsbIdentity
from hardware.virtual.paper import Slip
from hardware.virtual.printer import PrinterBrain, PrinterFault, VirtualPrinter
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
